//! Treats the rows of one part, column by column.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use chrono::{Datelike, NaiveDate};
use yilian_contract::{Contract, Regions};
use yilian_token::{Key, KeyError, Label, Tokeniser};

use crate::IntakeError;
use crate::canonical::canonical_id;
use crate::cell::{self, CodeTable, Read, VillageClasses, days_from_civil};
use crate::damage::Damage;
use crate::finding::{FindingKind, Findings};
use crate::layout::{FieldKind, Layout, RECORD_NUMBER};
use crate::memo::{Meaning, Memo};
use crate::person::{People, PersonPlan};
use crate::plan::{Plan, Planned, Work};
use crate::reject::{NO_COLUMN, Reason, Reject};
use crate::source::Cells;
use crate::spill::{Spill, SpreadBy};
use crate::totals::{Fate, Totals, fen_of_text};

/// Rejected cells that are listed; a file with more of them is broken and refused anyway.
const REJECTS_LISTED: usize = 500_000;

/// What every thread needs to know and none changes.
pub(crate) struct Shared<'a> {
    pub(crate) contract: &'a Contract,
    pub(crate) plan: &'a Plan,
    pub(crate) person: &'a PersonPlan,
    pub(crate) layout: &'a Layout,
    pub(crate) regions: &'a Regions,
    pub(crate) villages: &'a VillageClasses,
    pub(crate) excluded: &'a HashSet<[u8; 18]>,
    pub(crate) texts: &'a Mutex<HashMap<String, usize>>,
    pub(crate) place: &'a str,
    /// The last day of the period; `None` when only inspecting.
    pub(crate) period_end: Option<NaiveDate>,
    /// `None` when only inspecting.
    pub(crate) tokens: Option<Tokens<'a>>,
    pub(crate) folder: &'a Path,
}

/// The link key, ready for each kind of token.
#[derive(Clone)]
pub(crate) struct Tokens<'k> {
    pub(crate) person: Tokeniser<'k>,
    pub(crate) name: Tokeniser<'k>,
    pub(crate) household: Tokeniser<'k>,
    pub(crate) worker: Tokeniser<'k>,
    pub(crate) record: Tokeniser<'k>,
}

impl<'k> Tokens<'k> {
    pub(crate) fn new(key: &'k Key) -> Result<Self, KeyError> {
        Ok(Self {
            person: key.tokeniser(Label::Person)?,
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
    total_memos: [Memo; 3],
    records: Vec<u8>,
    /// The first reason to reject a row.
    rejected: Vec<Option<Reason>>,
    /// Category and grade that a certificate number says; empty where a dataset has none.
    said: Vec<Option<[u8; 2]>>,
    pub(crate) out: Outcome,
}

impl<'a> Worker<'a> {
    pub(crate) fn new(shared: &'a Shared<'a>) -> Self {
        use yilian_contract::Subject;
        let spread = match shared.contract.subject {
            Subject::Person => SpreadBy::PersonAndName,
            Subject::Worker => SpreadBy::Worker,
            Subject::None | Subject::Bridge => SpreadBy::Nothing,
        };
        let columns = shared.plan.columns.len();
        Self {
            shared,
            memos: (0..columns).map(|_| Memo::new(11)).collect(),
            own_texts: HashMap::new(),
            people: People::new(),
            total_memos: [Memo::new(8), Memo::new(10), Memo::new(11)],
            records: Vec::new(),
            rejected: Vec::new(),
            said: Vec::new(),
            out: Outcome {
                spill: Spill::new(spread, shared.layout.width, shared.folder),
                findings: Findings::default(),
                rejects: Vec::new(),
                by_reason: [0; Reason::ALL.len()],
                totals: Totals::default(),
                damage: Vec::new(),
                filled: vec![false; columns],
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
        let listed = self.out.rejects.len();
        for record in cells.too_long() {
            self.reject(cells, *record, NO_COLUMN, Reason::Columns);
        }
        let mut fates = self.people(cells);
        for index in 0..self.shared.plan.columns.len() {
            self.column(cells, index);
        }
        self.living_flags();
        self.settle(cells, &mut fates, listed);
        self.tokenise(cells, &fates);
        self.totals(cells, &fates);
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

    fn mark_filled(&mut self, cells: &Cells, index: usize, source: usize) {
        let filled = (0..cells.len()).any(|record| !cell::folded(cells.get(record, source)).is_empty());
        if let Some(place) = self.out.filled.get_mut(index) {
            *place |= filled;
        }
    }

    /// Columns whose cells mean one value each.
    fn values(&mut self, cells: &Cells, index: usize, column: &'a Planned, source: usize) {
        let Some(field) = column.field.and_then(|at| self.shared.layout.fields.get(at)) else { return };
        let urban = column.urban_rural.and_then(|at| self.shared.layout.fields.get(at));
        let mut memo = std::mem::replace(self.memos.get_mut(index).unwrap_or(&mut Memo::new(1)), Memo::new(1));
        let last_day = self.shared.period_end.map(days_from_civil).filter(|_| !column.may_lie_ahead);
        let mut filled = false;
        for record in 0..cells.len() {
            let span = cells.span(record, source);
            let meaning = memo.meaning(cells.bytes(), span, || self.meaning(column, cells.text(span.0, span.1)));
            let meaning = match meaning {
                Meaning::None => self.said_instead(column, record),
                meaning => meaning,
            };
            match meaning {
                Meaning::None if column.required => self.reject(cells, record, column.column, Reason::Missing),
                Meaning::None => {}
                Meaning::Bad(reason) => {
                    filled = true;
                    self.reject(cells, record, column.column, reason);
                }
                Meaning::Value(value, second) => {
                    filled = true;
                    let place = self.record(record);
                    field.put(place, value);
                    if let Some(urban) = urban {
                        urban.put(place, second.into());
                    }
                    if last_day.is_some_and(|last| after(&column.work, value, last)) {
                        self.find(cells, record, column.column, FindingKind::DateAfterPeriod);
                    }
                }
            }
        }
        if let Some(place) = self.memos.get_mut(index) {
            *place = memo;
        }
        if let Some(place) = self.out.filled.get_mut(index) {
            *place |= filled;
        }
    }

    fn meaning(&mut self, column: &Planned, text: &str) -> Meaning {
        let days = |read: Read<NaiveDate>| {
            read.map(|date| {
                date.map(|date| {
                    let date = if column.coarsen { date.with_day(1).unwrap_or(date) } else { date };
                    i64::from(days_from_civil(date))
                })
            })
        };
        let year = self.shared.period_end.map_or(0, |end| end.year());
        let read = match &column.work {
            Work::Region => return self.region(text),
            Work::Code(codes) => number(codes.read(text)),
            Work::Month => days(cell::month(text, year)),
            Work::Date => days(cell::day(text)),
            Work::DateTime => cell::seconds(text),
            Work::Yuan(unit) => cell::fen(text, *unit),
            Work::Integer => cell::integer(text),
            Work::Decimal => cell::decimal(text),
            Work::Bool => cell::truth(text).map(|value| value.map(i64::from)),
            Work::Text => cell::plain_text(text).map(|text| text.map(|text| self.intern(text))),
            Work::Person | Work::Record | Work::Household | Work::Certificate | Work::Drop => Ok(None),
        };
        match read {
            Ok(None) => Meaning::None,
            Ok(Some(value)) => Meaning::Value(value, 0),
            Err(reason) => Meaning::Bad(reason),
        }
    }

    fn region(&self, text: &str) -> Meaning {
        match cell::region(text, self.shared.regions) {
            Ok(None) => Meaning::None,
            Err(reason) => Meaning::Bad(reason),
            Ok(Some((region, village))) => {
                // Places in `layout::URBAN_RURAL`.
                let class = match village.and_then(|village| self.shared.villages.is_urban(village)) {
                    Some(false) => 0,
                    None => 1,
                    Some(true) => 2,
                };
                Meaning::Value(region.into(), class)
            }
        }
    }

    fn intern(&mut self, text: String) -> i64 {
        if let Some(known) = self.own_texts.get(&text) {
            return i64::try_from(*known).unwrap_or(0);
        }
        let mut all = self.shared.texts.lock().unwrap_or_else(PoisonError::into_inner);
        let next = all.len();
        let number = *all.entry(text.clone()).or_insert(next);
        drop(all);
        self.own_texts.insert(text, number);
        i64::try_from(number).unwrap_or(0)
    }

    /// The office's own number: kept for `rows.parquet`; its token is made once the row's fate is known.
    fn record_numbers(&mut self, cells: &Cells, index: usize, column: &Planned, source: usize) {
        let at = self.shared.layout.record_number;
        let mut filled = false;
        for record in 0..cells.len() {
            let text = cells.get(record, source);
            let number = without_spaces(text);
            if number.is_empty() {
                if column.required {
                    self.reject(cells, record, column.column, Reason::Missing);
                }
                continue;
            }
            filled = true;
            if number.len() > RECORD_NUMBER {
                self.reject(cells, record, column.column, Reason::RecordNumber);
                continue;
            }
            let length = u8::try_from(number.len()).unwrap_or(0);
            if let Some((first, rest)) = self.record(record).get_mut(at..).and_then(<[u8]>::split_first_mut) {
                *first = length;
                if let Some(place) = rest.get_mut(..number.len()) {
                    place.copy_from_slice(number.as_bytes());
                }
            }
        }
        if let Some(place) = self.out.filled.get_mut(index) {
            *place |= filled;
        }
    }

    fn households(&mut self, cells: &Cells, index: usize, column: &Planned, source: usize) {
        let field = column.field.and_then(|at| self.shared.layout.fields.get(at));
        let period_end = self.shared.period_end.unwrap_or(NaiveDate::MAX);
        let mut damage = Damage::default();
        let mut filled = false;
        for record in 0..cells.len() {
            let text = cells.get(record, source);
            filled |= !text.is_empty();
            damage.look(text.as_bytes());
            let id = canonical_id(text, period_end);
            match (id.bytes(), field, &self.shared.tokens) {
                (Some(id), Some(field), Some(tokens)) => {
                    let token = tokens.household.token(&[id]);
                    field.put_token(self.record(record), &token);
                }
                (None, _, _) if column.required || !text.is_empty() => {
                    self.find(cells, record, column.column, FindingKind::HouseholdNone);
                }
                _ => {}
            }
        }
        self.add_damage(column.column, damage);
        if let Some(place) = self.out.filled.get_mut(index) {
            *place |= filled;
        }
    }

    pub(crate) fn add_damage(&mut self, column: u16, damage: Damage) {
        match self.out.damage.iter_mut().find(|(known, _)| *known == column) {
            Some((_, known)) => known.merge(damage),
            None => self.out.damage.push((column, damage)),
        }
    }

    /// Category and grade stand in the certificate number; they are compared and it stays behind.
    fn certificates(&mut self, cells: &Cells, column: &Planned, source: usize) {
        let plan = self.shared.plan;
        let id = plan.source("id_number");
        let named = |name: &str| plan.columns.iter().find(|column| column.name == name);
        let compared = SAID.map(named);
        self.said.resize(cells.len(), None);
        for record in 0..cells.len() {
            let text = cell::folded(cells.get(record, source)).to_ascii_uppercase();
            if cell::is_none_mark(&text) {
                continue;
            }
            let Some((owner, said)) = certificate(&text) else {
                self.find(cells, record, column.column, FindingKind::CertificateUnreadable);
                continue;
            };
            let own = id.map(|id| canonical_id(cells.get(record, id), NaiveDate::MAX));
            if own.is_some_and(|own| own.text().is_some_and(|own| own != owner)) {
                self.find(cells, record, column.column, FindingKind::CertificateOfAnother);
            }
            let differs = compared.into_iter().zip(said).any(|(column, said)| {
                let written = column.and_then(|column| Some((column, cells.get(record, column.source?))));
                written.is_some_and(|(column, text)| reads_as_other(column, text, said))
            });
            if differs {
                self.find(cells, record, column.column, FindingKind::CertificateDiffers);
            }
            if let Some(place) = self.said.get_mut(record) {
                *place = Some(said);
            }
        }
    }

    /// What the certificate number says where the cell of its category or grade is empty.
    fn said_instead(&self, column: &Planned, record: usize) -> Meaning {
        let said = self.said.get(record).copied().flatten();
        let which = SAID.iter().position(|name| *name == column.name);
        let Some(number) = said.zip(which).and_then(|(said, which)| said.get(which).copied()) else {
            return Meaning::None;
        };
        match &column.work {
            Work::Integer => Meaning::Value(number.into(), 0),
            Work::Code(codes) => codes
                .read(&number.to_string())
                .ok()
                .flatten()
                .map_or(Meaning::None, |at| i64::try_from(at).map_or(Meaning::None, |at| Meaning::Value(at, 0))),
            _ => Meaning::None,
        }
    }

    /// The single column of older registers also means the three flags, where they are not given.
    fn living_flags(&mut self) {
        let layout = self.shared.layout;
        let Some(living) = layout.field("living") else { return };
        let FieldKind::Code(codes) = &living.kind else { return };
        let flags = LIVING_FLAGS.map(|name| layout.field(name));
        for record in self.records.chunks_exact_mut(layout.width) {
            let code = living.get(record).and_then(|at| usize::try_from(at).ok()).and_then(|at| codes.get(at));
            let Some(values) = code.and_then(|code| living_means(code)) else { continue };
            for (field, value) in flags.iter().flatten().zip(values) {
                if field.get(record).is_none() {
                    field.put(record, value);
                }
            }
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
        self.record_tokens(tokens, cells, fates);
    }

    fn record_tokens(&mut self, tokens: &Tokens<'_>, cells: &Cells, fates: &[Fate]) {
        let shared = self.shared;
        let Some(column) = shared.plan.columns.iter().find(|column| matches!(column.work, Work::Record)) else {
            return;
        };
        let Some(field) = column.field.and_then(|at| shared.layout.fields.get(at)) else { return };
        let Some(source) = column.source else { return };
        let department = shared.contract.department.map_or("common", |department| department.as_str());
        for (record, _) in fates.iter().enumerate().filter(|(_, fate)| **fate == Fate::Delivered) {
            let number = without_spaces(cells.get(record, source));
            if number.is_empty() {
                continue;
            }
            let parts = [shared.place, department, &shared.contract.dataset, &number];
            let token = tokens.record.token(&parts.map(str::as_bytes));
            field.put_token(self.record(record), &token);
        }
    }

    /// Adds up what the cells say, before and apart from what the columns made of them.
    fn totals(&mut self, cells: &Cells, fates: &[Fate]) {
        use yilian_contract::BenefitOf;
        let plan = self.shared.plan;
        let totals = &self.shared.contract.totals;
        let named = |name: &str| {
            let column = plan.columns.iter().find(|column| column.name == name)?;
            Some((&column.work, column.source?))
        };
        let benefit = match &totals.benefit {
            BenefitOf::Column(name) => named(name),
            _ => None,
        };
        let (month, amount) = (totals.month.as_deref().and_then(named), totals.amount.as_deref().and_then(named));
        let year = self.shared.period_end.map_or(0, |end| end.year());
        let [benefits, months, amounts] = &mut self.total_memos;
        for (record, fate) in fates.iter().enumerate() {
            let of = |memo: &mut Memo, column: Option<(&Work, usize)>| {
                let (work, source) = column?;
                let span = cells.span(record, source);
                match memo.meaning(cells.bytes(), span, || total(work, cells.text(span.0, span.1), year)) {
                    Meaning::Value(value, _) => Some(value),
                    _ => None,
                }
            };
            let benefit = of(benefits, benefit).and_then(|value| u16::try_from(value).ok());
            let month = of(months, month).and_then(|value| i32::try_from(value).ok());
            let fen = of(amounts, amount).unwrap_or(0);
            self.out.totals.add((benefit, month), fen, *fate);
        }
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

/// The columns that a certificate number says again.
const SAID: [&str; 2] = ["category", "grade"];
const LIVING_FLAGS: [&str; 3] = ["living_alone", "empty_nest", "left_behind"];

/// The flags, in the order of [`LIVING_FLAGS`]; who lives alone lives in an empty nest too.
fn living_means(code: &str) -> Option<[i64; 3]> {
    match code {
        "alone" => Some([1, 1, 0]),
        "empty_nest" => Some([0, 1, 0]),
        "left_behind" => Some([0, 0, 1]),
        "with_family" | "institution" => Some([0, 0, 0]),
        _ => None,
    }
}

fn number(read: Read<usize>) -> Read<i64> {
    read.map(|value| value.and_then(|value| i64::try_from(value).ok()))
}

fn after(work: &Work, value: i64, last_day: i32) -> bool {
    match work {
        Work::Date | Work::Month => value > i64::from(last_day),
        Work::DateTime => value >= (i64::from(last_day) + 1) * 86_400,
        _ => false,
    }
}

/// What a cell adds to the control totals.
fn total(work: &Work, text: &str, year: i32) -> Meaning {
    let read = match work {
        Work::Code(codes) => number(codes.read(text)),
        Work::Month => cell::month(text, year).map(|date| date.map(|date| i64::from(days_from_civil(date)))),
        Work::Yuan(unit) => Ok(Some(fen_of_text(text, *unit))),
        _ => Ok(None),
    };
    match read {
        Ok(Some(value)) => Meaning::Value(value, 0),
        _ => Meaning::None,
    }
}

/// A record number in the form that is hashed: NFKC, no spaces.
fn without_spaces(text: &str) -> std::borrow::Cow<'_, str> {
    use unicode_normalization::UnicodeNormalization;
    if text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\'') {
        return text.into();
    }
    let kept = text.nfkc().filter(|c| !c.is_whitespace() && !crate::canonical::is_ignorable(*c));
    kept.collect::<String>().trim_start_matches('\'').to_owned().into()
}

/// ID number, category and grade of a certificate number: 18 + 1 + 1 characters and perhaps `B1`, `B2` …
fn certificate(text: &str) -> Option<(&str, [u8; 2])> {
    let (owner, rest) = (text.get(..18)?, text.get(18..)?);
    let (digits, suffix) = (rest.get(..2)?.as_bytes(), rest.get(2..)?);
    let id = owner.bytes().enumerate().all(|(at, byte)| byte.is_ascii_digit() || (at == 17 && byte == b'X'));
    let again = suffix
        .strip_prefix('B')
        .map_or(suffix.is_empty(), |number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()));
    match digits {
        [category @ b'1'..=b'7', grade @ b'1'..=b'4'] if id && again => Some((owner, [category - b'0', grade - b'0'])),
        _ => None,
    }
}

/// Whether a filled cell means another number than the certificate says.
fn reads_as_other(column: &Planned, text: &str, said: u8) -> bool {
    let code = |codes: &CodeTable| codes.read(text).ok().flatten().and_then(|at| codes.codes().get(at).cloned());
    match &column.work {
        Work::Code(codes) => code(codes).is_some_and(|code| code != said.to_string()),
        Work::Integer => cell::integer(text).ok().flatten().is_some_and(|value| value != i64::from(said)),
        _ => false,
    }
}
