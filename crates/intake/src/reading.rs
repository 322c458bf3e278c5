//! The first pass over a file: everything up to the sort.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use chrono::NaiveDate;
use yilian_contract::{BenefitOf, Canary, Contract, Kind, Regions, Schemas, Subject};

use crate::cell::VillageClasses;
use crate::header::HEADER_WITHIN;
use crate::layout::Layout;
use crate::parts::{Unread, treat_all};
use crate::plan::{Plan, Unplanned, Work};
use crate::problem::Problem;
use crate::progress::{Progress, Stage};
use crate::read_file::ReadFile;
use crate::source::{BadPart, Cells, Encoding, Source, TableName};
use crate::spare::Spare;
use crate::tables::Table;
use crate::totals::benefit_codes;
use crate::treat::{PersonPlan, Recall, Shared, Tokens};
use crate::write::Texts;
use crate::{IntakeError, canary};

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

/// What all tables of a file have in common.
struct Common {
    texts: Mutex<HashMap<String, usize>>,
    recall: Recall,
    /// Canonical numbers of canaries.
    canaries: Vec<[u8; 18]>,
}

/// Why a file is read no further.
enum Stop {
    Failed(IntakeError),
    /// Text that began like UTF-8 goes on as something else, in or after this row.
    NotText(u32),
}

impl From<IntakeError> for Stop {
    fn from(error: IntakeError) -> Self {
        Self::Failed(error)
    }
}

impl Reading<'_> {
    pub(crate) fn read(&self) -> Result<ReadFile, IntakeError> {
        let has_both_keys = self.tokens.as_ref().is_none_or(|tokens| tokens.next_person.is_some());
        if self.contract.subject == Subject::Bridge && !has_both_keys {
            return Err(IntakeError::Bridge { dataset: self.contract.dataset.clone() });
        }
        let first = Source::open(self.input, None)?;
        let guessed = first.encoding();
        let read = match self.attempt(first) {
            Err(Stop::NotText(_)) if guessed == Encoding::Utf8 => {
                self.attempt(Source::open(self.input, Some(Encoding::Gb18030))?)
            }
            read => read,
        };
        read.map_err(|stop| match stop {
            Stop::Failed(error) => error,
            Stop::NotText(row) => IntakeError::Encoding { path: self.input.to_owned(), row: row.into() },
        })
    }

    fn attempt(&self, mut source: Source) -> Result<ReadFile, Stop> {
        self.progress.start(Stage::Read, std::fs::metadata(self.input).map_or(0, |metadata| metadata.len()));
        let people = std::fs::metadata(self.input).map_or(0, |metadata| metadata.len() / SHORTEST_ROW);
        let common = Common {
            texts: Mutex::new(HashMap::new()),
            recall: Recall::new(people),
            canaries: canary::numbers(self.canaries()),
        };
        let layout = Layout::new(self.contract, &|list| self.schemas.codes.get(list).cloned())?;
        let mut read = ReadFile::new(layout, source.encoding(), ROOM);
        let mut unplanned = Vec::new();
        let mut number = 0;
        while let Some(name) = source.table()? {
            self.table(&mut source, (&name, number), &common, (&mut read, &mut unplanned))?;
            number += 1;
        }
        self.plant(&common, &mut read)?;
        let may_be_empty = self.may_be_empty() && read.plan().is_some();
        let texts = common.texts.into_inner().unwrap_or_else(PoisonError::into_inner);
        read.finish(source.facts()?, interned(texts));
        self.refuse_unplanned(&read, unplanned)?;
        if read.rows() == 0 && !may_be_empty {
            return Err(self.refused(0, vec![Problem::Empty]).into());
        }
        Ok(read)
    }

    /// Reads a table and adds what was found; a sheet of something else is kept among the unplanned.
    fn table(
        &self,
        source: &mut Source,
        (name, number): (&TableName, usize),
        common: &Common,
        (read, unplanned): (&mut ReadFile, &mut Vec<(TableName, Unplanned, Spare)>),
    ) -> Result<(), Stop> {
        let Some(first) = source.next()? else {
            read.skipped(name);
            return Ok(());
        };
        let encoding = source.encoding();
        let grid = source.grid(&first);
        let before = first.first_row.saturating_sub(1);
        let head = Cells::head(&first, grid, encoding, HEADER_WITHIN).map_err(|bad| self.bad(bad))?;
        let plan = match Plan::new(self.schemas, self.contract, &read.layout, (&head, before))? {
            Ok(plan) => plan,
            Err(wrong) => {
                let spare = Spare::look(source, &first)?;
                if wrong.known < 2 && spare.is_note() && name.sheet.is_some() {
                    read.skipped(name);
                } else {
                    unplanned.push((name.clone(), wrong, spare));
                }
                return Ok(());
            }
        };
        let person = PersonPlan::new(self.schemas, self.contract, &plan, &read.layout)?;
        let shared = Shared { is_text: encoding != Encoding::Workbook, ..self.shared((&plan, &person), read, common) };
        let outcomes = treat_all(&shared, source, first, (grid, encoding), (self.threads, self.progress));
        let outcomes = outcomes.map_err(|unread| match unread {
            Unread::Failed(error) => error.into(),
            Unread::Bad(row, bad) => self.bad((row, bad)),
        })?;
        read.benefits = self.benefits(&plan);
        let table = Table { sheet: name.sheet.clone(), before, headers: plan.headers.clone() };
        read.add((table, name.hidden, number), plan, outcomes);
        Ok(())
    }

    /// Plants the canaries by the plan of the first table, where they are to be tokenised and there is a table.
    fn plant(&self, common: &Common, read: &mut ReadFile) -> Result<(), IntakeError> {
        let Some(plan) = read.plan().filter(|_| self.tokens.is_some()) else { return Ok(()) };
        let person = PersonPlan::new(self.schemas, self.contract, plan, &read.layout)?;
        let planted = canary::plant(&self.shared((plan, &person), read, common), self.schemas, self.canaries())?;
        read.plant(planted, self.contract);
        Ok(())
    }

    fn canaries(&self) -> &[Canary] {
        if self.contract.carries_canaries() { &self.schemas.canaries } else { &[] }
    }

    fn shared<'s>(
        &'s self,
        (plan, person): (&'s Plan, &'s PersonPlan),
        read: &'s ReadFile,
        common: &'s Common,
    ) -> Shared<'s> {
        Shared {
            contract: self.contract,
            plan,
            person,
            layout: &read.layout,
            regions: self.regions,
            villages: self.villages,
            excluded: self.excluded,
            canaries: &common.canaries,
            texts: &common.texts,
            place: self.place,
            period_end: self.period_end,
            tokens: self.tokens.clone(),
            folder: self.folder,
            recall: &common.recall,
            room: read.room() / self.threads.max(1),
            is_text: false,
        }
    }

    fn bad(&self, (row, bad): (u32, BadPart)) -> Stop {
        match bad {
            BadPart::NotText => Stop::NotText(row),
            BadPart::Quotes => Stop::Failed(IntakeError::Quotes { path: self.input.to_owned(), row: row.into() }),
        }
    }

    /// Whether a header and no row says something: that nothing happened in the period. A stock without anybody, or the
    /// payments of many benefits without one, is a mistake.
    fn may_be_empty(&self) -> bool {
        let totals = &self.contract.totals;
        let pays_many = matches!(totals.benefit, BenefitOf::Column(_)) && totals.month.is_some();
        self.contract.kind == Kind::Events && !pays_many
    }

    /// The codes of the benefit column, if the control totals have one.
    fn benefits(&self, plan: &Plan) -> Vec<String> {
        let BenefitOf::Column(name) = &self.contract.totals.benefit else { return Vec::new() };
        let column = plan.columns.iter().find(|column| column.name == *name);
        benefit_codes(column.and_then(|column| match &column.work {
            Work::Code(codes) => Some(codes),
            _ => None,
        }))
    }

    /// Refuses the file if a sheet is neither of this dataset nor a note.
    fn refuse_unplanned(
        &self,
        read: &ReadFile,
        unplanned: Vec<(TableName, Unplanned, Spare)>,
    ) -> Result<(), IntakeError> {
        let alone = unplanned.len() == 1 && read.tables.sheets().is_empty();
        let mut problems = Vec::new();
        for (name, wrong, spare) in unplanned {
            match name.sheet {
                // A text file without a single filled cell.
                None if spare.is_empty() => problems.push(Problem::Empty),
                Some(name) if !alone => problems.push(Problem::Sheet { name, problems: wrong.problems }),
                _ => problems.extend(wrong.problems),
            }
        }
        if problems.is_empty() { Ok(()) } else { Err(self.refused(read.rows(), problems)) }
    }

    pub(crate) fn refused(&self, rows: u64, problems: Vec<Problem>) -> IntakeError {
        IntakeError::Refused { path: self.input.to_owned(), rows, problems }
    }
}

/// The texts in the order of their numbers.
fn interned(texts: HashMap<String, usize>) -> Texts {
    let mut list: Vec<(usize, String)> = texts.into_iter().map(|(text, number)| (number, text)).collect();
    list.sort_unstable();
    Texts::new(list.into_iter().map(|(_, text)| text).collect())
}
