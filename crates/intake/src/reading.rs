//! The first pass over a file: everything up to the sort.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::NaiveDate;
use yilian_contract::accounting::Counts;
use yilian_contract::{BenefitOf, Contract, Regions, Schemas, Subject};

use crate::IntakeError;
use crate::cell::VillageClasses;
use crate::damage::Damage;
use crate::error::Problem;
use crate::finding::{Finding, FindingKind, Findings};
use crate::layout::Layout;
use crate::plan::{HEADER_WITHIN, Plan, Work};
use crate::progress::{Progress, Stage};
use crate::reject::{NO_COLUMN, Reason, Reject};
use crate::source::{Cells, Encoding, Grid, Part, Source, SourceFacts};
use crate::spill::Spill;
use crate::totals::{Totals, benefit_codes};
use crate::treat::{Outcome, PersonPlan, Recall, Shared, Tokens, Worker};
use crate::write::Texts;

/// A row about a person has at least an ID number and some bytes more.
const SHORTEST_ROW: u64 = 32;
/// Treated rows that stay in memory, in bytes; more wait in a file.
const ROOM: usize = 256 << 20;

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
    pub(crate) spills: Vec<Spill>,
    pub(crate) totals: Totals,
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
            recall: Recall::new(std::fs::metadata(self.input).map_or(0, |metadata| metadata.len() / SHORTEST_ROW)),
            room: ROOM / self.threads.max(1),
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
        let (sender, receiver) = sync_channel::<Part>(8);
        // The threads alone own the receiving end: were they all to fail, sending would fail too and not wait for ever.
        let receiver = Arc::new(Mutex::new(receiver));
        let bad_row: Mutex<Option<u32>> = Mutex::new(None);
        let results = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..self.threads)
                .map(|_| {
                    let receiver = Arc::clone(&receiver);
                    let bad_row = &bad_row;
                    scope.spawn(move || treat_parts(shared, &receiver, (grid, encoding), bad_row, self.progress))
                })
                .collect();
            drop(receiver);
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
            let mut damage = Damage::default();
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
        let (first_row, bytes) = (part.first_row, part.bytes.len());
        if cells.split(part, grid, encoding, shared.plan.width).is_err() {
            let mut row = bad_row.lock().unwrap_or_else(PoisonError::into_inner);
            *row = Some(row.map_or(first_row, |row| row.min(first_row)));
            continue;
        }
        cells.skip_to_after(shared.plan.header_row);
        failed = worker.treat(&cells).err();
        progress.advance(bytes as u64);
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
    let mut findings = Findings::default();
    let mut totals = Totals::default();
    let mut file = ReadFile {
        layout,
        headers: Vec::new(),
        encoding,
        facts,
        texts,
        benefits,
        spills: Vec::new(),
        totals: Totals::default(),
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
