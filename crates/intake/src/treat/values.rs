//! Columns whose cells mean one value each.

use std::sync::PoisonError;

use chrono::{Datelike, NaiveDate};

use super::Worker;
use crate::cell::{self, Read, days_from_civil};
use crate::damage::Damage;
use crate::finding::FindingKind;
use crate::memo::{Meaning, Memo};
use crate::plan::{Planned, Work};
use crate::reject::Reason;
use crate::source::Cells;

/// Marks beside a region's class.
const SUPERSEDED: u8 = 0x10;
const TOWNSHIP_UNKNOWN: u8 = 0x20;

impl<'a> Worker<'a> {
    pub(super) fn mark_filled(&mut self, cells: &Cells, index: usize, source: usize) {
        let filled = (0..cells.len()).any(|record| !cell::folded(cells.get(record, source)).is_empty());
        if let Some(place) = self.out.filled.get_mut(index) {
            *place |= filled;
        }
    }

    /// Columns whose cells mean one value each.
    pub(super) fn values(&mut self, cells: &Cells, index: usize, column: &'a Planned, source: usize) {
        let Some(field) = column.field.and_then(|at| self.shared.layout.fields.get(at)) else { return };
        let urban = column.urban_rural.and_then(|at| self.shared.layout.fields.get(at));
        let mut memo = std::mem::replace(self.memos.get_mut(index).unwrap_or(&mut Memo::new(1)), Memo::new(1));
        let last_day = self.shared.period_end.map(days_from_civil).filter(|_| !column.may_lie_ahead);
        let control = self.control_of(column);
        let mut filled = false;
        let mut damage = Damage::default();
        for record in 0..cells.len() {
            let span = cells.span(record, source);
            let (mut meaning, mut total) = (Meaning::None, None);
            if span.0 < span.1 {
                (meaning, total) = memo.meaning(cells.bytes(), span, || {
                    let text = cells.text(span.0, span.1);
                    (self.meaning(column, text), control.and_then(|_| self.total(column, text)))
                });
            }
            if let Some(place) = control.and_then(|which| self.control.get_mut(which)?.get_mut(record)) {
                *place = total;
            }
            if meaning == Meaning::None && !self.said.is_empty() {
                meaning = self.said_instead(column, record);
            }
            match meaning {
                Meaning::None if column.required => self.reject(cells, record, column.column, Reason::Missing),
                Meaning::None => {}
                Meaning::Bad(reason) => {
                    filled = true;
                    if reason == Reason::Region {
                        damage.look_at_notation(cells.text(span.0, span.1));
                    }
                    self.reject(cells, record, column.column, reason);
                }
                Meaning::Value(value, second) => {
                    filled = true;
                    let place = self.record(record);
                    field.put(place, value);
                    if let Some(urban) = urban {
                        urban.put(place, i64::from(second & !(SUPERSEDED | TOWNSHIP_UNKNOWN)));
                    }
                    if second & SUPERSEDED != 0 {
                        self.find(cells, record, column.column, FindingKind::RegionSuperseded);
                    }
                    if second & TOWNSHIP_UNKNOWN != 0 {
                        self.find(cells, record, column.column, FindingKind::TownshipUnknown);
                    }
                    if last_day.is_some_and(|last| after(&column.work, value, last)) {
                        self.find(cells, record, column.column, FindingKind::DateAfterPeriod);
                    }
                }
            }
        }
        if damage.found() {
            self.add_damage(column.column, damage);
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
            Ok(Some(region)) => {
                // Places in `layout::URBAN_RURAL`.
                let class = match region.village.and_then(|village| self.shared.villages.is_urban(village)) {
                    Some(false) => 0,
                    None => 1,
                    Some(true) => 2,
                };
                let marks = if region.superseded { SUPERSEDED } else { 0 }
                    | if region.township_unknown { TOWNSHIP_UNKNOWN } else { 0 };
                Meaning::Value(region.township.into(), class | marks)
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
}

/// How many spellings of a column's cells are worth remembering; a memo should fit beside the others in a core's cache.
pub(super) fn memo_bits(work: &Work) -> u32 {
    match work {
        Work::Code(_) | Work::Bool => 7,
        Work::Month | Work::Date | Work::Yuan(_) | Work::Integer | Work::Decimal => 10,
        Work::Region | Work::Text | Work::DateTime => 12,
        Work::Person | Work::Record | Work::Household | Work::Certificate | Work::Drop => 1,
    }
}

pub(super) fn number(read: Read<usize>) -> Read<i64> {
    read.map(|value| value.and_then(|value| i64::try_from(value).ok()))
}

fn after(work: &Work, value: i64, last_day: i32) -> bool {
    match work {
        Work::Date | Work::Month => value > i64::from(last_day),
        Work::DateTime => value >= (i64::from(last_day) + 1) * 86_400,
        _ => false,
    }
}
