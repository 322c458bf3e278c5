//! From an extract to the files of a delivery.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};

use chrono::NaiveDate;
use yilian_contract::accounting::{ControlTotal, Counts, imbalance};
use yilian_contract::{BenefitOf, Contract, Period, Regions, Schemas, Subject};
use yilian_token::Key;

use crate::canonical::canonical_id;
use crate::cell::VillageClasses;
use crate::error::Problem;
use crate::finding::{Finding, FindingKind};
use crate::layout::Layout;
use crate::person::PersonPlan;
use crate::plan::{HEADER_WITHIN, Plan, Work};
use crate::progress::{Progress, Stage};
use crate::reject::{NO_COLUMN, Reason, Reject};
use crate::source::{Cells, Encoding, Grid, Part, Source, SourceFacts};
use crate::totals::{Delivered, benefit_codes};
use crate::worker::{Outcome, Shared, Tokens, Worker};
use crate::write::{Output, Texts};
use crate::{IntakeError, reject, write};

/// Everything that preparing a delivery needs to know.
pub struct Request<'a> {
    /// Contracts and code lists.
    pub schemas: &'a Schemas,
    /// The contract of the dataset.
    pub contract: &'a Contract,
    /// Region codes.
    pub regions: &'a Regions,
    /// The extract.
    pub input: &'a Path,
    /// Code of the delivering office, of 2, 4 or 6 digits; part of every record token.
    pub place: &'a str,
    /// The period of the delivery.
    pub period: &'a Period,
    /// The link key.
    pub link_key: &'a Key,
    /// ID numbers of protected people, one a line, whose rows stay.
    pub exclude: Option<&'a Path>,
    /// Urban-rural class of villages: a CSV of code and class.
    pub village_classes: Option<&'a Path>,
    /// The folder for the results; it must exist and be on a disk with room for the tokenised rows.
    pub out_dir: &'a Path,
    /// Is told how far the work is.
    pub progress: &'a dyn Progress,
}

/// What was prepared.
#[derive(Debug)]
pub struct Prepared {
    /// `data.parquet`: what leaves.
    pub data: PathBuf,
    /// `rows.parquet`: from each row of the delivery to the row of the extract; stays.
    pub rows: PathBuf,
    /// `rejects.csv`: which rows stay and why; stays.
    pub rejects: PathBuf,
    /// Row counts for the manifest.
    pub counts: Counts,
    /// Control totals for the manifest; they balance.
    pub control_totals: Vec<ControlTotal>,
    /// What an officer should look at.
    pub findings: Vec<Finding>,
    /// How the extract was encoded.
    pub encoding: Encoding,
    /// SHA-256 of the extract, in hex.
    pub source_digest: String,
    /// Name of the sheet that was read; empty for a CSV.
    pub sheet: String,
}

/// Reads an extract, tokenises it and writes what leaves and what stays; see [`Prepared`].
///
/// Memory does not grow with the file: treated rows wait in a nameless temporary file.
///
/// # Errors
/// [`IntakeError`]; after [`IntakeError::TooManyRejects`] `rejects.csv` is there, nothing else.
pub fn prepare(request: &Request<'_>) -> Result<Prepared, IntakeError> {
    let excluded = excluded(request.exclude, request.period.end())?;
    let villages = VillageClasses::load(request.village_classes)?;
    let reading = Reading {
        schemas: request.schemas,
        contract: request.contract,
        regions: request.regions,
        input: request.input,
        place: request.place,
        period_end: Some(request.period.end()),
        tokens: Some(Tokens::new(request.link_key)?),
        excluded: &excluded,
        villages: &villages,
        folder: request.out_dir,
        progress: request.progress,
        threads: threads(),
    };
    let read = reading.read()?;
    let rejects = request.out_dir.join("rejects.csv");
    reject::write(&rejects, &read.rejects, &read.headers)?;
    let mut counts = read.counts();
    if request.period.months().len() == 12 && request.exclude.is_some() {
        counts.excluded = Some(read.excluded);
    }
    tolerable(request, &counts, &rejects)?;
    let (data, rows) = (request.out_dir.join("data.parquet"), request.out_dir.join("rows.parquet"));
    let (totals, findings) = (read.totals, read.findings);
    let output = Output {
        layout: &read.layout,
        schema: request.contract.delivery_schema(),
        texts: &read.texts,
        facts: &read.facts,
        data: &data,
        rows: &rows,
        threads: reading.threads,
        progress: request.progress,
    };
    write::write(&output, read.spills, counts.delivered)?;
    request.progress.start(Stage::Check, counts.delivered);
    let delivered = Delivered::count(&data, request.contract)?;
    request.progress.advance(counts.delivered);
    let written = delivered.rows;
    let control_totals = totals.into_list(request.contract, &read.benefits, delivered);
    balanced(request.input, &counts, written, &control_totals)?;
    Ok(Prepared {
        data,
        rows,
        rejects,
        counts,
        control_totals,
        findings,
        encoding: read.encoding,
        source_digest: read.facts.digest,
        sheet: read.facts.sheet,
    })
}

fn threads() -> usize {
    std::thread::available_parallelism().map_or(2, std::num::NonZero::get).clamp(1, 8)
}

fn tolerable(request: &Request<'_>, counts: &Counts, rejects: &Path) -> Result<(), IntakeError> {
    let permille = request.contract.rejected_tolerance.0;
    let rejected = counts.rejected_rows();
    if u128::from(rejected) * 1000 <= u128::from(counts.read) * u128::from(permille) {
        return Ok(());
    }
    Err(IntakeError::TooManyRejects {
        path: request.input.to_owned(),
        rejected,
        read: counts.read,
        permille,
        rejects: rejects.to_owned(),
    })
}

/// Fails if a row or a fen was lost between the text and the file.
fn balanced(path: &Path, counts: &Counts, written: u64, totals: &[ControlTotal]) -> Result<(), IntakeError> {
    let apart = imbalance(totals);
    if apart.is_empty() && counts.balance() && counts.delivered == written {
        return Ok(());
    }
    let difference = |of: fn(&yilian_contract::accounting::Sum) -> i64| {
        apart.iter().fold(0_i64, |sum, one| {
            let accounted = one.accounted.as_ref().map_or(i64::MAX, of);
            sum.saturating_add(of(&one.read).saturating_sub(accounted).saturating_abs())
        })
    };
    Err(IntakeError::Imbalance {
        path: path.to_owned(),
        benefits: apart.len(),
        rows: difference(|sum| sum.rows),
        fen: difference(|sum| sum.fen),
    })
}

/// The ID numbers of protected people.
fn excluded(path: Option<&Path>, period_end: NaiveDate) -> Result<HashSet<[u8; 18]>, IntakeError> {
    let Some(path) = path else { return Ok(HashSet::new()) };
    let bytes = std::fs::read(path).map_err(|source| IntakeError::Input { path: path.to_owned(), source })?;
    let text = String::from_utf8_lossy(&bytes);
    let mut ids = HashSet::new();
    for (line, text) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let text = text.split('#').next().unwrap_or_default().trim();
        if text.is_empty() {
            continue;
        }
        match canonical_id(text, period_end).bytes() {
            Some(id) => ids.insert(*id),
            None => return Err(IntakeError::Exclude { path: path.to_owned(), line: line + 1 }),
        };
    }
    Ok(ids)
}

/// The first pass: everything up to the sort. `inspect` does nothing else.
pub(crate) struct Reading<'a> {
    pub(crate) schemas: &'a Schemas,
    pub(crate) contract: &'a Contract,
    pub(crate) regions: &'a Regions,
    pub(crate) input: &'a Path,
    pub(crate) place: &'a str,
    pub(crate) period_end: Option<NaiveDate>,
    pub(crate) tokens: Option<Tokens<'a>>,
    pub(crate) excluded: &'a HashSet<[u8; 18]>,
    pub(crate) villages: &'a VillageClasses,
    pub(crate) folder: &'a Path,
    pub(crate) progress: &'a dyn Progress,
    pub(crate) threads: usize,
}

/// What the first pass found.
pub(crate) struct ReadFile {
    pub(crate) layout: Layout,
    pub(crate) headers: Vec<String>,
    pub(crate) encoding: Encoding,
    pub(crate) facts: SourceFacts,
    pub(crate) texts: Texts,
    pub(crate) benefits: Vec<String>,
    pub(crate) spills: Vec<crate::spill::Spill>,
    pub(crate) totals: crate::totals::Totals,
    pub(crate) findings: Vec<Finding>,
    pub(crate) rejects: Vec<Reject>,
    pub(crate) excluded: u64,
    rejected: BTreeMap<String, u64>,
    read: u64,
    delivered: u64,
    out_of_scope: u64,
    upgraded: u64,
    null_tokens: u64,
}

impl ReadFile {
    pub(crate) fn counts(&self) -> Counts {
        let mut findings = BTreeMap::new();
        for finding in &self.findings {
            *findings.entry(finding.kind.code().to_owned()).or_insert(0) += finding.count;
        }
        Counts {
            read: self.read,
            delivered: self.delivered,
            out_of_scope: self.out_of_scope,
            excluded: None,
            rejected: self.rejected.clone(),
            upgraded: self.upgraded,
            null_tokens: self.null_tokens,
            findings,
        }
    }
}

/// How an attempt to read a file ended.
enum Attempt {
    Done(Box<ReadFile>),
    /// Text that began like UTF-8 goes on as something else, in or after this row.
    NotText(u32),
}

impl Reading<'_> {
    pub(crate) fn read(&self) -> Result<ReadFile, IntakeError> {
        if self.contract.subject == Subject::Bridge {
            return Err(IntakeError::Bridge { dataset: self.contract.dataset.clone() });
        }
        let first = Source::open(self.input, None)?;
        let guessed = first.encoding();
        match self.attempt(first)? {
            Attempt::Done(read) => Ok(*read),
            Attempt::NotText(_) if guessed == Encoding::Utf8 => {
                match self.attempt(Source::open(self.input, Some(Encoding::Gb18030))?)? {
                    Attempt::Done(read) => Ok(*read),
                    Attempt::NotText(row) => Err(self.not_text(row)),
                }
            }
            Attempt::NotText(row) => Err(self.not_text(row)),
        }
    }

    fn not_text(&self, row: u32) -> IntakeError {
        IntakeError::Encoding { path: self.input.to_owned(), row: row.into() }
    }

    fn attempt(&self, mut source: Source) -> Result<Attempt, IntakeError> {
        let encoding = source.encoding();
        let layout = Layout::new(self.contract, &|list| self.schemas.codes.get(list).cloned())?;
        let Some(first) = source.next()? else {
            return Err(self.refused(0, vec![Problem::Empty]));
        };
        let grid = source.grid(&first);
        let Ok(head) = Cells::head(&first, grid, encoding, HEADER_WITHIN) else {
            return Ok(Attempt::NotText(first.first_row));
        };
        let plan = Plan::new(self.schemas, self.contract, &layout, &head, self.input)?;
        let person = PersonPlan::new(self.schemas, self.contract, &plan, &layout)?;
        let texts = Mutex::new(HashMap::new());
        let shared = Shared {
            contract: self.contract,
            plan: &plan,
            person: &person,
            layout: &layout,
            regions: self.regions,
            villages: self.villages,
            excluded: self.excluded,
            texts: &texts,
            place: self.place,
            period_end: self.period_end,
            tokens: self.tokens.clone(),
            folder: self.folder,
        };
        let (outcome, bad_row) = self.treat_all(&shared, &mut source, first, (grid, encoding))?;
        if let Some(row) = bad_row {
            return Ok(Attempt::NotText(row));
        }
        let facts = source.facts()?;
        let texts = interned(texts.into_inner().unwrap_or_else(PoisonError::into_inner));
        self.judge(&plan, &outcome)?;
        let benefits = match &self.contract.totals.benefit {
            BenefitOf::Column(name) => plan.columns.iter().find(|column| column.name == *name),
            _ => None,
        };
        let benefits = benefit_codes(benefits.and_then(|column| match &column.work {
            Work::Code(codes) => Some(codes),
            _ => None,
        }));
        Ok(Attempt::Done(Box::new(summary(plan, layout, (encoding, facts, texts, benefits), outcome))))
    }

    /// Reads part after part on this thread and treats them on others.
    fn treat_all(
        &self,
        shared: &Shared<'_>,
        source: &mut Source,
        first: Part,
        (grid, encoding): (Grid, Encoding),
    ) -> Result<(Vec<Outcome>, Option<u32>), IntakeError> {
        let size = std::fs::metadata(self.input).map_or(0, |metadata| metadata.len());
        self.progress.start(Stage::Read, size);
        let (sender, receiver) = sync_channel::<Part>(2);
        let receiver = Mutex::new(receiver);
        let bad_row: Mutex<Option<u32>> = Mutex::new(None);
        let treat = || treat_parts(shared, &receiver, (grid, encoding), &bad_row, self.progress);
        let results = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..self.threads).map(|_| scope.spawn(treat)).collect();
            let fed = feed(source, first, sender, &bad_row);
            let mut outcomes = Vec::new();
            for thread in threads {
                let outcome = thread.join().unwrap_or(Err(IntakeError::Bug { step: "treat a part of the file" }));
                outcomes.push(outcome);
            }
            fed.and_then(|()| outcomes.into_iter().collect::<Result<Vec<_>, _>>())
        });
        let bad_row = bad_row.into_inner().unwrap_or_else(PoisonError::into_inner);
        if bad_row.is_some() {
            return Ok((Vec::new(), bad_row));
        }
        results.map(|outcomes| (outcomes, None))
    }

    /// Refuses a file that is wrong as a whole.
    fn judge(&self, plan: &Plan, outcomes: &[Outcome]) -> Result<(), IntakeError> {
        let rows: u64 = outcomes.iter().map(|outcome| outcome.read + outcome.excluded).sum();
        if rows == 0 {
            return Err(self.refused(0, vec![Problem::Empty]));
        }
        let mut problems = Vec::new();
        for (at, (column, header)) in plan.columns.iter().zip(&plan.headers).enumerate() {
            let filled = outcomes.iter().any(|outcome| outcome.filled.get(at).copied().unwrap_or(false));
            if column.required && !filled {
                problems.push(Problem::NullColumn { header: header.clone() });
            }
            let mut damage = crate::damage::Damage::default();
            for (_, part) in outcomes.iter().flat_map(|outcome| &outcome.damage).filter(|(of, _)| *of == column.column)
            {
                damage.merge(*part);
            }
            problems.extend(damage.problem(header));
        }
        if problems.is_empty() { Ok(()) } else { Err(self.refused(rows, problems)) }
    }

    fn refused(&self, rows: u64, problems: Vec<Problem>) -> IntakeError {
        IntakeError::Refused { path: self.input.to_owned(), rows, problems }
    }
}

fn feed(
    source: &mut Source,
    first: Part,
    sender: SyncSender<Part>,
    bad_row: &Mutex<Option<u32>>,
) -> Result<(), IntakeError> {
    let mut next = Some(first);
    while let Some(part) = next {
        // Nobody listens any more if all threads have failed; they say why.
        if sender.send(part).is_err() || bad_row.lock().unwrap_or_else(PoisonError::into_inner).is_some() {
            return Ok(());
        }
        next = source.next()?;
    }
    // The threads end when nobody can send any more.
    drop(sender);
    Ok(())
}

fn treat_parts(
    shared: &Shared<'_>,
    receiver: &Mutex<Receiver<Part>>,
    (grid, encoding): (Grid, Encoding),
    bad_row: &Mutex<Option<u32>>,
    progress: &dyn Progress,
) -> Result<Outcome, IntakeError> {
    let mut worker = Worker::new(shared);
    let mut cells = Cells::default();
    let mut failed = None;
    loop {
        let part = receiver.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(part) = part else { break };
        // After a failure the parts are still taken, so that the reader does not wait for ever.
        if failed.is_some() {
            continue;
        }
        if cells.split(&part, grid, encoding, shared.plan.width).is_err() {
            let mut row = bad_row.lock().unwrap_or_else(PoisonError::into_inner);
            *row = Some(row.map_or(part.first_row, |row| row.min(part.first_row)));
            continue;
        }
        cells.skip_to_after(shared.plan.header_row);
        failed = worker.treat(&cells).err();
        progress.advance(part.bytes.len() as u64);
    }
    failed.map_or(Ok(worker.out), Err)
}

/// The texts in the order of their numbers.
fn interned(texts: HashMap<String, usize>) -> Texts {
    let mut list: Vec<(usize, String)> = texts.into_iter().map(|(text, number)| (number, text)).collect();
    list.sort_unstable();
    Texts::new(list.into_iter().map(|(_, text)| text).collect())
}

fn summary(
    plan: Plan,
    layout: Layout,
    (encoding, facts, texts, benefits): (Encoding, SourceFacts, Texts, Vec<String>),
    outcomes: Vec<Outcome>,
) -> ReadFile {
    let mut findings = crate::finding::Findings::default();
    let mut totals = crate::totals::Totals::default();
    let mut file = ReadFile {
        layout,
        headers: Vec::new(),
        encoding,
        facts,
        texts,
        benefits,
        spills: Vec::new(),
        totals: crate::totals::Totals::default(),
        findings: Vec::new(),
        rejects: Vec::new(),
        excluded: 0,
        rejected: BTreeMap::new(),
        read: 0,
        delivered: 0,
        out_of_scope: 0,
        upgraded: 0,
        null_tokens: 0,
    };
    for outcome in outcomes {
        file.spills.push(outcome.spill);
        file.rejects.extend(outcome.rejects);
        file.excluded += outcome.excluded;
        file.read += outcome.read;
        file.delivered += outcome.delivered;
        file.out_of_scope += outcome.out_of_scope;
        file.upgraded += outcome.upgraded;
        file.null_tokens += outcome.null_tokens;
        findings.merge(outcome.findings);
        totals.merge(outcome.totals);
        for (reason, count) in Reason::ALL.into_iter().zip(outcome.by_reason).filter(|(_, count)| *count > 0) {
            *file.rejected.entry(reason.code().to_owned()).or_insert(0) += count;
        }
    }
    file.rejects.sort_unstable();
    file.totals = totals;
    file.findings = findings.into_list(&plan.headers);
    let whole_file = |kind, column, count| Finding { kind, column, count, rows: Vec::new() };
    let unknown = plan.unknown.into_iter().map(|header| whole_file(FindingKind::UnknownColumn, Some(header), 1));
    file.findings.splice(0..0, unknown);
    if file.facts.other_sheets > 0 {
        file.findings.push(whole_file(FindingKind::OtherSheets, None, file.facts.other_sheets as u64));
    }
    file.headers = plan.headers;
    debug_assert!(file.rejects.iter().all(|reject| reject.column != NO_COLUMN || reject.reason == Reason::Columns));
    file
}
