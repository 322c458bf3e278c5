//! The table under a chart: rows and columns of released cells, each with its symbol where it has no value.

use std::collections::BTreeSet;

use serde::Serialize;
use yilian_disclosure::Status;

use super::edition::Language;
use super::number::{change, change_in_column, decimal, rounded};
use super::view::{Cell, Pick, UNKNOWN, View, When};
use super::words::symbol;
use crate::definition::{Measure, Unit};

/// A table of the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Grid {
    pub(super) id: String,
    pub(super) caption: String,
    /// The one unit of all columns; empty where they have different ones.
    pub(super) unit: String,
    /// What the first column names.
    pub(super) stub: String,
    pub(super) columns: Vec<Heading>,
    pub(super) groups: Vec<RowGroup>,
    /// What its symbols mean, and what cannot be added.
    pub(super) notes: Vec<String>,
}

/// What stands above a column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Heading {
    pub(super) title: String,
    /// In brackets; empty where all columns have one unit.
    pub(super) unit: String,
}

/// Rows under a heading of their own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct RowGroup {
    pub(super) title: String,
    pub(super) rows: Vec<Row>,
}

/// A row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Row {
    pub(super) label: String,
    pub(super) is_total: bool,
    pub(super) entries: Vec<Entry>,
}

/// What stands in a cell, and what is read aloud where that is a symbol.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Entry {
    pub(super) text: String,
    pub(super) spoken: String,
}

/// A column, before it is filled.
pub(super) struct Column<'text> {
    pub(super) title: String,
    pub(super) picks: Vec<Pick<'text>>,
    pub(super) measure: &'text Measure,
    pub(super) shows: Shows,
}

/// What a column shows of its measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shows {
    Value,
    Change,
}

/// A row, before it is filled.
pub(super) struct Line<'text> {
    pub(super) label: String,
    pub(super) region: &'text str,
    pub(super) picks: Vec<Pick<'text>>,
    pub(super) is_total: bool,
}

/// What is put into a grid.
pub(super) struct Plan<'text> {
    pub(super) id: String,
    pub(super) caption: String,
    pub(super) stub: String,
    pub(super) columns: Vec<Column<'text>>,
    pub(super) groups: Vec<(String, Vec<Line<'text>>)>,
    pub(super) notes: Vec<String>,
}

/// Yuan are shown in units of ten thousand where a grid has this much in a cell, in fen.
const MUCH_MONEY: i64 = 100_000_000;

/// Fills a plan; rows and columns without any cell are left out, and `None` is a grid without rows.
pub(super) fn fill(view: &View, mut plan: Plan, language: Language) -> Option<Grid> {
    let lines: Vec<&Line> = plan.groups.iter().flat_map(|(_, lines)| lines).collect();
    let is_empty = |column: &Column| {
        let is_idle = is_unknown(&column.picks);
        lines
            .iter()
            .map(|line| shown(view, line, column))
            .all(|shown| shown == Shown::Absent || is_idle && shown.is_nobody())
    };
    let kept: Vec<bool> = plan.columns.iter().map(|column| !is_empty(column)).collect();
    let mut kept = kept.into_iter();
    plan.columns.retain(|_| kept.next().unwrap_or(false));
    // One unit for all money of a grid, or its columns cannot be compared.
    let most = plan.columns.iter().map(|column| scale(view, &plan.groups, column)).max().unwrap_or(0);
    let is_money = |column: &Column| column.measure.unit == Unit::Yuan && column.shows == Shows::Value;
    let scales: Vec<u32> = plan.columns.iter().map(|column| if is_money(column) { most } else { 0 }).collect();
    let mut statuses = BTreeSet::new();
    let mut is_tiny = false;
    let mut groups = Vec::new();
    for (title, lines) in &plan.groups {
        let mut rows = Vec::new();
        for line in lines {
            let found: Vec<Shown> = plan.columns.iter().map(|column| shown(view, line, column)).collect();
            let is_idle = is_unknown(&line.picks) && found.iter().all(|shown| shown.is_nobody());
            if is_idle || !found.iter().any(|shown| shown.is_worth_a_row()) {
                continue;
            }
            let entries = found.iter().zip(plan.columns.iter().zip(&scales));
            let entries = entries.map(|(shown, (column, scale))| entry(*shown, column.measure.unit, *scale, language));
            let entries: Vec<Entry> = entries.collect();
            is_tiny |= entries.iter().any(|entry| entry.text == TINY);
            statuses.extend(found.iter().filter_map(|shown| shown.status()));
            rows.push(Row { label: line.label.clone(), is_total: line.is_total, entries });
        }
        if !rows.is_empty() {
            groups.push(RowGroup { title: title.clone(), rows });
        }
    }
    let units = units(&plan.columns, &scales, language);
    let notes = legend(&plan, &statuses, is_tiny, language);
    let (unit, columns) = headings(&plan.columns, &units, language);
    (!groups.is_empty()).then_some(Grid {
        id: plan.id,
        caption: plan.caption,
        unit,
        stub: plan.stub,
        columns,
        groups,
        notes,
    })
}

/// Less than the smallest unit shown.
const TINY: &str = "…";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shown {
    Value(i64),
    Change(super::number::Change),
    Withheld(Status),
    Absent,
}

/// Whether those are meant of whom a category is not known.
fn is_unknown(picks: &[Pick]) -> bool {
    picks.iter().any(|(_, code)| *code == UNKNOWN)
}

impl Shown {
    fn is_nobody(self) -> bool {
        matches!(self, Self::Value(0) | Self::Change(_) | Self::Absent | Self::Withheld(Status::NotApplicable))
    }

    /// A row of what cannot occur says nothing.
    fn is_worth_a_row(self) -> bool {
        match self {
            Self::Value(_) => true,
            Self::Withheld(status) => status != Status::NotApplicable,
            Self::Change(_) | Self::Absent => false,
        }
    }

    fn status(self) -> Option<Status> {
        match self {
            Self::Withheld(status) => Some(status),
            Self::Value(_) | Self::Change(_) | Self::Absent => None,
        }
    }
}

fn shown(view: &View, line: &Line, column: &Column) -> Shown {
    let picks = [line.picks.as_slice(), column.picks.as_slice()].concat();
    let cell = |when| view.cell(when, line.region, &picks, &column.measure.name);
    match (column.shows, cell(When::Now)) {
        (_, Cell::Absent) | (Shows::Change, Cell::Withheld(_)) => Shown::Absent,
        (Shows::Value, Cell::Known(value)) => Shown::Value(value),
        (Shows::Value, Cell::Withheld(status)) => Shown::Withheld(status),
        (Shows::Change, Cell::Known(now)) => {
            let before = cell(When::Before).known();
            before.and_then(|before| change(now, before, column.measure.unit)).map_or(Shown::Absent, Shown::Change)
        }
    }
}

/// How many digits of fen are dropped besides the two that make a yuan.
fn scale(view: &View, groups: &[(String, Vec<Line>)], column: &Column) -> u32 {
    let values = groups.iter().flat_map(|(_, lines)| lines).filter_map(|line| match shown(view, line, column) {
        Shown::Value(value) => Some(value.abs()),
        Shown::Change(_) | Shown::Withheld(_) | Shown::Absent => None,
    });
    let is_much = column.measure.unit == Unit::Yuan && values.max().is_some_and(|most| most >= MUCH_MONEY);
    if is_much { 4 } else { 0 }
}

fn entry(shown: Shown, unit: Unit, scale: u32, language: Language) -> Entry {
    let text = match shown {
        Shown::Value(value) if value != 0 && rounded(value, scale) == 0 => TINY.to_owned(),
        Shown::Value(value) => decimal(rounded(value, scale), unit.decimals()),
        Shown::Change(change) => change_in_column(change),
        Shown::Withheld(status) => symbol(status).to_owned(),
        Shown::Absent => String::new(),
    };
    let spoken = match shown {
        Shown::Withheld(status) => language.status(status).to_owned(),
        Shown::Value(_) if text == TINY => language.pick("不足最小单位", "less than the smallest unit").to_owned(),
        Shown::Value(_) | Shown::Change(_) | Shown::Absent => String::new(),
    };
    Entry { text, spoken }
}

fn units(columns: &[Column], scales: &[u32], language: Language) -> Vec<&'static str> {
    let unit = |(column, scale): (&Column, &u32)| match (column.shows, column.measure.unit) {
        (Shows::Value, _) if *scale > 0 => language.pick("万元", "10,000 yuan"),
        (Shows::Value, unit) => language.unit(unit, false),
        (Shows::Change, Unit::Percent) => language.pick("百分点", "points"),
        (Shows::Change, _) => "%",
    };
    columns.iter().zip(scales).map(unit).collect()
}

/// The unit of all values, if they have one alone, and the columns' titles with the units that differ from it.
fn headings(columns: &[Column], units: &[&str], language: Language) -> (String, Vec<Heading>) {
    let values = || columns.iter().zip(units).filter(|(column, _)| column.shows == Shows::Value).map(|(_, unit)| *unit);
    let common = values().next().filter(|first| values().all(|unit| unit == *first));
    let titles = columns.iter().zip(units).map(|(column, unit)| {
        let part = if column.shows == Shows::Value && column.measure.part_of.is_some() { "#" } else { "" };
        let has_own = column.shows == Shows::Change || common.is_none();
        let unit = if has_own { language.in_brackets(unit) } else { String::new() };
        Heading { title: format!("{part}{}", column.title), unit }
    });
    (common.unwrap_or_default().to_owned(), titles.collect())
}

fn legend(plan: &Plan, statuses: &BTreeSet<Status>, is_tiny: bool, language: Language) -> Vec<String> {
    let mut notes: Vec<String> = statuses.iter().map(|status| language.legend(*status)).collect();
    if is_tiny {
        notes.push(language.pick("… 不足最小单位", "…: less than the smallest unit").to_owned());
    }
    if plan.columns.iter().any(|column| column.shows == Shows::Value && column.measure.part_of.is_some()) {
        notes.push(language.pick("# 其中项", "#: part of another column").to_owned());
    }
    notes.extend(plan.notes.iter().cloned());
    notes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_shows_its_value_or_the_symbol_of_its_status() {
        let written = |shown, unit, scale| {
            let entry = entry(shown, unit, scale, Language::Zh);
            (entry.text, entry.spoken)
        };
        let plain = |text: &str| (text.to_owned(), String::new());
        assert_eq!(written(Shown::Value(1_234), Unit::Person, 0), plain("1,234"));
        assert_eq!(written(Shown::Value(0), Unit::Person, 0), plain("0"));
        assert_eq!(written(Shown::Value(123_456_789), Unit::Yuan, 4), plain("123.46"));
        assert_eq!(written(Shown::Value(4_999), Unit::Yuan, 4), ("…".to_owned(), "不足最小单位".to_owned()));
        let suppressed = written(Shown::Withheld(Status::Suppressed), Unit::Person, 0);
        assert_eq!(suppressed, ("*".to_owned(), "为保护个人信息未公布".to_owned()));
        let missing = written(Shown::Withheld(Status::Missing), Unit::Person, 0);
        assert_eq!(missing, (String::new(), "无数据（部门报送不完整）".to_owned()));
    }
}
