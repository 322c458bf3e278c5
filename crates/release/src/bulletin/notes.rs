//! What stands behind the numbers: definitions of the tables, and how many cells there are of each status.

use serde::Serialize;
use yilian_disclosure::Status;

use super::edition::Language;
use super::number::decimal;
use super::words::symbol;
use crate::table::ReleasedTable;

/// What a table is, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Definition {
    table: String,
    title: String,
    universe: String,
    base: &'static str,
    timing: String,
    departments: String,
    formula: String,
}

/// How many cells of the release have a status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct StatusCount {
    symbol: &'static str,
    words: &'static str,
    cells: String,
}

pub(super) fn definitions(tables: &[&ReleasedTable], language: Language) -> Vec<Definition> {
    let define = |table: &&ReleasedTable| {
        let definition = &table.definition;
        let departments = definition.departments.iter().map(|code| language.department(code).to_owned());
        Definition {
            table: definition.name.clone(),
            title: language.text(&definition.title).to_owned(),
            universe: language.text(&definition.universe).to_owned(),
            base: language.base(definition.base),
            timing: language.timing(definition.timing, table.year),
            departments: language.list(&departments.collect::<Vec<_>>()),
            formula: language.text(&definition.formula).to_owned(),
        }
    };
    tables.iter().map(define).collect()
}

pub(super) fn statuses(tables: &[&ReleasedTable], language: Language) -> Vec<StatusCount> {
    let all = [Status::Published, Status::Zero, Status::Suppressed, Status::Missing, Status::NotApplicable];
    let count = |status| {
        let rows = tables.iter().flat_map(|table| &table.rows).filter(|row| row.status == status);
        let cells = decimal(i64::try_from(rows.count()).unwrap_or(i64::MAX), 0);
        let symbol = match status {
            Status::Published => language.pick("数值", "number"),
            Status::Zero => "0",
            Status::Missing => language.pick("空白", "blank"),
            Status::Suppressed | Status::NotApplicable => symbol(status),
        };
        StatusCount { symbol, words: language.status(status), cells }
    };
    all.into_iter().map(count).collect()
}
