//! Treats the rows of one part of a file, column by column.

mod certificate;
mod control;
mod household;
mod living;
mod named;
mod person;
mod person_plan;
mod recall;
mod record_number;
mod values;

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Mutex;

use chrono::NaiveDate;
use yilian_contract::{Contract, Regions, Subject};
use yilian_token::{Key, KeyError, Label, Tokeniser};

use crate::IntakeError;
use crate::cell::VillageClasses;
use crate::damage::Damage;
use crate::finding::{FindingKind, Findings};
use crate::layout::Layout;
use crate::memo::{Memo, Total};
use crate::plan::{Plan, Work};
use crate::reject::{NO_COLUMN, Reason, Reject};
use crate::source::{Cells, Mixture};
use crate::spill::{Spill, SpreadBy};
use crate::totals::{Fate, Totals};

use person::People;
pub(crate) use person_plan::PersonPlan;
pub(crate) use recall::Recall;

/// Rejected cells that are listed; a file with more of them is broken and refused anyway.
const REJECTS_LISTED: usize = 500_000;

/// What every thread needs to know and none changes.
#[derive(Clone)]
pub(crate) struct Shared<'a> {
    pub(crate) contract: &'a Contract,
    pub(crate) plan: &'a Plan,
    pub(crate) person: &'a PersonPlan,
    pub(crate) layout: &'a Layout,
    pub(crate) regions: &'a Regions,
    pub(crate) villages: &'a VillageClasses,
    pub(crate) excluded: &'a HashSet<[u8; 18]>,
    /// Canonical numbers that no row may have.
    pub(crate) canaries: &'a [[u8; 18]],
    pub(crate) texts: &'a Mutex<HashMap<String, usize>>,
    pub(crate) place: &'a str,
    /// The last day of the period; `None` when only inspecting.
    pub(crate) period_end: Option<NaiveDate>,
    /// `None` when only inspecting.
    pub(crate) tokens: Option<Tokens<'a>>,
    pub(crate) folder: &'a Path,
    pub(crate) recall: &'a Recall,
    /// Bytes of treated rows that a thread may keep in memory.
    pub(crate) room: usize,
    /// A row of a text file has as many cells as its header; a sheet's row ends with its last value.
    pub(crate) is_text: bool,
}

/// The link key, ready for each kind of token.
#[derive(Clone)]
pub(crate) struct Tokens<'k> {
    pub(crate) person: Tokeniser<'k>,
    /// Of the next link key; a bridge alone needs it.
    pub(crate) next_person: Option<Tokeniser<'k>>,
    pub(crate) name: Tokeniser<'k>,
    pub(crate) household: Tokeniser<'k>,
    pub(crate) worker: Tokeniser<'k>,
    pub(crate) record: Tokeniser<'k>,
}

impl<'k> Tokens<'k> {
    pub(crate) fn new(key: &'k Key, next: Option<&'k Key>) -> Result<Self, KeyError> {
        Ok(Self {
            person: key.tokeniser(Label::Person)?,
            next_person: next.map(|key| key.tokeniser(Label::Person)).transpose()?,
            name: key.tokeniser(Label::Name)?,
            household: key.tokeniser(Label::Household)?,
            worker: key.tokeniser(Label::Worker)?,
            record: key.tokeniser(Label::Record)?,
        })
    }
}

/// What a thread has counted and written.
pub(crate) struct Outcome {
    pub(crate) spill: Spill,
    pub(crate) findings: Findings,
    pub(crate) rejects: Vec<Reject>,
    pub(crate) by_reason: [u64; Reason::ALL.len()],
    pub(crate) totals: Totals,
    pub(crate) damage: Vec<(u16, Damage)>,
    /// Whether a column of the contract had a value in any row.
    pub(crate) filled: Vec<bool>,
    pub(crate) mixture: Mixture,
    pub(crate) read: u64,
    pub(crate) delivered: u64,
    pub(crate) out_of_scope: u64,
    pub(crate) excluded: u64,
    pub(crate) upgraded: u64,
    pub(crate) null_tokens: u64,
}

/// One thread's state.
pub(crate) struct Worker<'a> {
    pub(crate) shared: &'a Shared<'a>,
    memos: Vec<Memo>,
    own_texts: HashMap<String, usize>,
    people: People,
    records: Vec<u8>,
    /// The first reason to reject a row.
    rejected: Vec<Option<Reason>>,
    /// Category and grade that a certificate number says; empty where a dataset has none.
    said: Vec<Option<[u8; 2]>>,
    /// Benefit, month and amount of each row for the control totals.
    control: [Vec<Total>; 3],
    pub(crate) out: Outcome,
}

impl<'a> Worker<'a> {
    pub(crate) fn new(shared: &'a Shared<'a>) -> Self {
        let spread = match shared.contract.subject {
            Subject::Person => SpreadBy::PersonAndName,
            Subject::Worker | Subject::Bridge => SpreadBy::FirstToken,
            Subject::None => SpreadBy::Nothing,
        };
        let columns = shared.plan.columns.len();
        Self {
            shared,
            memos: shared.plan.columns.iter().map(|column| Memo::new(values::memo_bits(&column.work))).collect(),
            own_texts: HashMap::new(),
            people: People::new(),
            records: Vec::new(),
            rejected: Vec::new(),
            said: Vec::new(),
            control: [const { Vec::new() }; 3],
            out: Outcome {
                spill: Spill::new(spread, shared.layout.width, shared.folder, shared.room),
                findings: Findings::default(),
                rejects: Vec::new(),
                by_reason: [0; Reason::ALL.len()],
                totals: Totals::default(),
                damage: Vec::new(),
                filled: vec![false; columns],
                mixture: Mixture::default(),
                read: 0,
                delivered: 0,
                out_of_scope: 0,
                excluded: 0,
                upgraded: 0,
                null_tokens: 0,
            },
        }
    }

    /// Treats the rows of a part.
    pub(crate) fn treat(&mut self, cells: &Cells) -> Result<(), IntakeError> {
        let rows = cells.len();
        self.records.clear();
        self.records.resize(rows * self.shared.layout.width, 0xff);
        self.rejected.clear();
        self.rejected.resize(rows, None);
        self.said.clear();
        for control in &mut self.control {
            control.clear();
            control.resize(rows, None);
        }
        let listed = self.out.rejects.len();
        for record in cells.too_long() {
            self.reject(cells, *record, NO_COLUMN, Reason::Columns);
        }
        let mut fates = self.people(cells);
        for index in 0..self.shared.plan.columns.len() {
            self.column(cells, index);
        }
        self.living_flags();
        if self.shared.is_text {
            for record in cells.too_short().iter().filter(|at| fates.get(**at) != Some(&Fate::Footer)) {
                self.find(cells, *record, NO_COLUMN, FindingKind::ShortRow);
            }
        }
        self.settle(cells, &mut fates, listed);
        self.tokenise(cells, &fates);
        self.totals(&fates);
        self.deliver(cells, &fates)
    }

    pub(crate) fn reject(&mut self, cells: &Cells, record: usize, column: u16, reason: Reason) {
        if let Some(place) = self.rejected.get_mut(record) {
            place.get_or_insert(reason);
        }
        if self.out.rejects.len() < REJECTS_LISTED {
            let row = cells.rows().get(record).copied().unwrap_or_default();
            self.out.rejects.push(Reject { row, column, reason });
        }
    }

    pub(crate) fn find(&mut self, cells: &Cells, record: usize, column: u16, kind: FindingKind) {
        self.out.findings.add(kind, column, cells.rows().get(record).copied().unwrap_or_default());
    }

    pub(crate) fn record(&mut self, at: usize) -> &mut [u8] {
        let width = self.shared.layout.width;
        self.records.get_mut(at * width..(at + 1) * width).unwrap_or_default()
    }

    /// Finds out who each row is about, and so whether it may leave.
    fn people(&mut self, cells: &Cells) -> Vec<Fate> {
        let mut people = std::mem::replace(&mut self.people, People::empty());
        let fates = people.read(self, cells);
        self.people = people;
        fates
    }

    /// Treats one column apart from the person block.
    fn column(&mut self, cells: &Cells, index: usize) {
        let Some(column) = self.shared.plan.columns.get(index) else { return };
        let Some(source) = column.source else { return };
        match &column.work {
            Work::Person | Work::Drop => self.mark_filled(cells, index, source),
            Work::Record => self.record_numbers(cells, index, column, source),
            Work::Household => self.households(cells, index, column, source),
            Work::Certificate => {
                self.mark_filled(cells, index, source);
                self.certificates(cells, column, source);
            }
            _ => self.values(cells, index, column, source),
        }
    }

    /// Lets scope win over mistakes: what stays behind anyway is nobody's mistake.
    fn settle(&mut self, cells: &Cells, fates: &mut [Fate], listed: usize) {
        let mut staying = HashSet::new();
        for ((fate, rejected), row) in fates.iter_mut().zip(&self.rejected).zip(cells.rows()) {
            match (*fate, rejected) {
                (Fate::Delivered, Some(reason)) => {
                    *fate = Fate::Rejected;
                    let number = Reason::ALL.iter().position(|known| known == reason);
                    if let Some(count) = number.and_then(|at| self.out.by_reason.get_mut(at)) {
                        *count += 1;
                    }
                }
                (Fate::OutOfScope | Fate::Excluded | Fate::Footer, Some(_)) => {
                    staying.insert(*row);
                }
                _ => {}
            }
        }
        if !staying.is_empty() {
            let new = self.out.rejects.split_off(listed.min(self.out.rejects.len()));
            self.out.rejects.extend(new.into_iter().filter(|reject| !staying.contains(&reject.row)));
        }
    }

    fn tokenise(&mut self, cells: &Cells, fates: &[Fate]) {
        let Some(tokens) = &self.shared.tokens else { return };
        self.people.tokenise(self.shared, cells, fates, &mut self.records);
        self.record_tokens(tokens, fates);
    }

    fn deliver(&mut self, cells: &Cells, fates: &[Fate]) -> Result<(), IntakeError> {
        let layout = self.shared.layout;
        let quality = layout.field("id_quality");
        for (((record, fate), row), at) in
            self.records.chunks_exact_mut(layout.width).zip(fates).zip(cells.rows()).zip(0..)
        {
            self.out.read += u64::from(!matches!(fate, Fate::Excluded | Fate::Footer));
            match fate {
                Fate::Excluded => self.out.excluded += 1,
                Fate::OutOfScope => self.out.out_of_scope += 1,
                Fate::Footer => self.out.findings.add(FindingKind::Footer, NO_COLUMN, *row),
                Fate::Rejected => {}
                Fate::Delivered => {
                    self.out.delivered += 1;
                    if quality.is_some() {
                        self.out.upgraded += u64::from(self.people.is_upgraded(at));
                        self.out.null_tokens += u64::from(self.people.is_unknown(at));
                    }
                    if let Some(place) = record.get_mut(layout.source_row..layout.source_row + 4) {
                        place.copy_from_slice(&row.to_be_bytes());
                    }
                    if self.shared.tokens.is_some() {
                        self.out.spill.push(record)?;
                    }
                }
            }
        }
        Ok(())
    }
}
