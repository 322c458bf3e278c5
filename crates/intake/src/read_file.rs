//! What the first pass found in a file.

use std::collections::BTreeMap;

use yilian_contract::Contract;
use yilian_contract::accounting::{Counts, Sum};

use crate::canary::Planted;
use crate::damage::Damage;
use crate::finding::{Finding, FindingKind, Findings, ROWS_NAMED};
use crate::layout::Layout;
use crate::plan::Plan;
use crate::problem::Problem;
use crate::reject::{NO_COLUMN, Reason, Reject};
use crate::source::{Encoding, Mixture, SheetLook, SourceFacts, TableName};
use crate::spill::Spill;
use crate::tables::{Table, Tables};
use crate::totals::{Named, Totals};
use crate::treat::Outcome;
use crate::write::Texts;

/// A sheet with fewer rows may lack a column that the file as a whole has.
const ROWS_FOR_A_VERDICT: u64 = 20;

/// What the first pass found.
pub(crate) struct ReadFile {
    pub(crate) layout: Layout,
    pub(crate) encoding: Encoding,
    pub(crate) digest: String,
    pub(crate) tables: Tables,
    pub(crate) texts: Texts,
    pub(crate) benefits: Vec<String>,
    pub(crate) spills: Vec<Spill>,
    pub(crate) totals: Totals,
    pub(crate) findings: Vec<Finding>,
    pub(crate) rejects: Vec<Reject>,
    /// Why the file as a whole is refused, if it is.
    pub(crate) problems: Vec<Problem>,
    pub(crate) excluded: u64,
    /// Planted rows of canaries, and what they add up to.
    pub(crate) canaries: (u64, BTreeMap<Named, Sum>),
    rejected: BTreeMap<String, u64>,
    read: u64,
    delivered: u64,
    out_of_scope: u64,
    upgraded: u64,
    null_tokens: u64,
    /// Bytes of treated rows that may still stay in memory.
    room: usize,
    sheets: Vec<ReadSheet>,
    skipped: Vec<String>,
    mixture: Mixture,
}

/// One table, until it is known how many there are.
struct ReadSheet {
    name: Option<String>,
    hidden: bool,
    /// Its number among all sheets of the workbook.
    number: usize,
    before: u32,
    plan: Plan,
    findings: Findings,
    rows: u64,
    /// For each column of the contract whether a row had a value, and what a spreadsheet did to it.
    columns: Vec<(bool, Damage)>,
}

impl ReadFile {
    pub(crate) fn new(layout: Layout, encoding: Encoding, room: usize) -> Self {
        Self {
            layout,
            encoding,
            digest: String::new(),
            tables: Tables::default(),
            texts: Texts::new(Vec::new()),
            benefits: Vec::new(),
            spills: Vec::new(),
            totals: Totals::default(),
            findings: Vec::new(),
            rejects: Vec::new(),
            problems: Vec::new(),
            excluded: 0,
            canaries: (0, BTreeMap::new()),
            rejected: BTreeMap::new(),
            read: 0,
            delivered: 0,
            out_of_scope: 0,
            upgraded: 0,
            null_tokens: 0,
            room,
            sheets: Vec::new(),
            skipped: Vec::new(),
            mixture: Mixture::default(),
        }
    }

    /// Data rows, those of protected people too.
    pub(crate) fn rows(&self) -> u64 {
        self.read + self.excluded
    }

    /// The plan of the first table.
    pub(crate) fn plan(&self) -> Option<&Plan> {
        self.sheets.first().map(|sheet| &sheet.plan)
    }

    pub(crate) fn room(&self) -> usize {
        self.room
    }

    pub(crate) fn skipped(&mut self, name: &TableName) {
        self.skipped.extend(name.sheet.clone());
    }

    /// Adds a table.
    pub(crate) fn add(&mut self, (table, hidden, number): (Table, bool, usize), plan: Plan, outcomes: Vec<Outcome>) {
        let mut sheet = ReadSheet {
            name: table.sheet.clone(),
            hidden,
            number,
            before: table.before,
            findings: Findings::default(),
            rows: 0,
            columns: vec![(false, Damage::default()); plan.columns.len()],
            plan,
        };
        self.tables.push(table);
        for outcome in outcomes {
            self.room = self.room.saturating_sub(outcome.spill.in_memory());
            sheet.rows += outcome.read + outcome.excluded;
            for ((filled, _), also) in sheet.columns.iter_mut().zip(&outcome.filled) {
                *filled |= also;
            }
            for (column, damage) in outcome.damage {
                if let Some((_, sum)) = sheet.columns.get_mut(usize::from(column)) {
                    sum.merge(damage);
                }
            }
            sheet.findings.merge(outcome.findings);
            self.spills.push(outcome.spill);
            self.rejects.extend(outcome.rejects);
            self.excluded += outcome.excluded;
            self.read += outcome.read;
            self.delivered += outcome.delivered;
            self.out_of_scope += outcome.out_of_scope;
            self.upgraded += outcome.upgraded;
            self.null_tokens += outcome.null_tokens;
            self.totals.merge(outcome.totals);
            self.mixture.merge(outcome.mixture);
            for (reason, count) in Reason::ALL.into_iter().zip(outcome.by_reason).filter(|(_, count)| *count > 0) {
                *self.rejected.entry(reason.code().to_owned()).or_insert(0) += count;
            }
        }
        self.sheets.push(sheet);
    }

    /// Adds the rows of canaries, which count apart from all others.
    pub(crate) fn plant(&mut self, planted: Planted, contract: &Contract) {
        self.canaries = (planted.rows, planted.totals.named(contract, &self.benefits));
        self.spills.push(planted.spill);
    }

    /// Makes the lists of findings and problems, when all tables have been read.
    pub(crate) fn finish(&mut self, facts: SourceFacts, texts: Texts) {
        self.texts = texts;
        self.digest = facts.digest;
        self.rejects.sort_unstable();
        debug_assert!(self.rejects.iter().all(|one| one.column != NO_COLUMN || one.reason == Reason::Columns));
        let several = self.tables.are_several();
        let sheets = std::mem::take(&mut self.sheets);
        for sheet in &sheets {
            let mut problems = sheet.problems(if several { ROWS_FOR_A_VERDICT } else { 1 });
            let look = facts.looks.get(sheet.number);
            problems.extend(look.filter(|look| look.uncomputed.count > 0).map(|look| Problem::Uncomputed {
                count: look.uncomputed.count,
                rows: look.uncomputed.rows.iter().map(|row| u64::from(*row)).collect(),
            }));
            match &sheet.name {
                Some(name) if several && !problems.is_empty() => {
                    self.problems.push(Problem::Sheet { name: name.clone(), problems });
                }
                _ => self.problems.extend(problems),
            }
        }
        if self.problems.is_empty() {
            self.problems.extend(whole_columns(&sheets));
        }
        self.problems.extend(self.mixture.row().map(|row| Problem::MixedEncodings { row: row.into() }));
        for sheet in sheets {
            let look = facts.looks.get(sheet.number);
            self.findings.extend(sheet.into_findings(several, look));
        }
        for name in std::mem::take(&mut self.skipped) {
            self.findings.push(whole(FindingKind::SheetSkipped, Some(&name), None));
        }
    }

    pub(crate) fn counts(&self) -> Counts {
        let mut findings = BTreeMap::new();
        for finding in &self.findings {
            *findings.entry(finding.kind.code().to_owned()).or_insert(0) += finding.count;
        }
        Counts {
            read: self.read,
            delivered: self.delivered,
            canaries: self.canaries.0,
            out_of_scope: self.out_of_scope,
            excluded: None,
            rejected: self.rejected.clone(),
            upgraded: self.upgraded,
            null_tokens: self.null_tokens,
            findings,
        }
    }
}

impl ReadSheet {
    /// What is wrong with the table as a whole.
    fn problems(&self, least_rows: u64) -> Vec<Problem> {
        let mut problems = Vec::new();
        for ((column, header), (filled, damage)) in self.plan.columns.iter().zip(&self.plan.headers).zip(&self.columns)
        {
            if column.required && !filled && self.rows >= least_rows {
                problems.push(Problem::NullColumn { header: header.clone() });
            }
            problems.extend(damage.problem(header));
        }
        problems
    }

    fn into_findings(self, several: bool, look: Option<&SheetLook>) -> Vec<Finding> {
        let name = self.name.as_deref().filter(|_| several);
        let unknown = self.plan.unknown.iter().map(|header| whole(FindingKind::UnknownColumn, name, Some(header)));
        let mut findings: Vec<Finding> = unknown.collect();
        findings.extend(self.findings.into_list(name, &self.plan.headers, self.before));
        if self.hidden {
            findings.push(whole(FindingKind::HiddenSheet, self.name.as_deref(), None));
        }
        let Some(look) = look else { return findings };
        let last_header = self.plan.header_row.saturating_sub(self.before);
        if look.hidden_rows.count > 0 {
            let rows = look.hidden_rows.rows.iter().map(|row| u64::from(*row)).collect();
            let count = look.hidden_rows.count;
            findings.push(Finding { count, rows, ..whole(FindingKind::HiddenRows, name, None) });
        }
        let width = u32::try_from(self.plan.width).unwrap_or(u32::MAX);
        let hidden = |at: u32| look.hidden_columns.iter().any(|(first, last)| (*first..=*last).contains(&at));
        for at in (1..=width).filter(|at| hidden(*at)) {
            let header = at.checked_sub(1).and_then(|at| self.plan.written.get(usize::try_from(at).ok()?));
            findings.push(whole(FindingKind::HiddenColumn, name, header));
        }
        let merged: Vec<u64> =
            look.merged.iter().map(|(first, _)| *first).filter(|row| *row > last_header).map(u64::from).collect();
        if !merged.is_empty() {
            let count = merged.len() as u64;
            let rows = merged.into_iter().take(ROWS_NAMED).collect();
            findings.push(Finding { count, rows, ..whole(FindingKind::MergedCells, name, None) });
        }
        findings
    }
}

/// What is wrong with a column over all tables and shows in none alone.
fn whole_columns(sheets: &[ReadSheet]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let Some(first) = sheets.first() else { return problems };
    for (at, (column, header)) in first.plan.columns.iter().zip(&first.plan.headers).enumerate() {
        let mut all = Damage::default();
        let mut any = false;
        for (filled, damage) in sheets.iter().filter_map(|sheet| sheet.columns.get(at)) {
            any |= filled;
            all.merge(*damage);
        }
        if column.required && !any && sheets.iter().any(|sheet| sheet.rows > 0) {
            problems.push(Problem::NullColumn { header: header.clone() });
        }
        problems.extend(all.problem(header));
    }
    problems
}

fn whole(kind: FindingKind, sheet: Option<&str>, column: Option<&String>) -> Finding {
    Finding { kind, sheet: sheet.map(str::to_owned), column: column.cloned(), count: 1, rows: Vec::new() }
}
