//! Tables that a place fills from its own documents: who pays a programme, what a service costs, who is due a disability
//! allowance, what a list of basic services promises.

use std::path::Path;

use super::{check_benefit, fen, one_of, table};
use crate::codes::{self, Rows};
use crate::error::ContractError;
use crate::load::Schemas;
use crate::yaml::Examined;

const FUNDERS: [&str; 3] = ["province", "city", "county"];
const SHARE: [&str; 10] = [
    "benefit",
    "place",
    "valid_from",
    "valid_until",
    "province",
    "city",
    "county",
    "odd_fen_to",
    "verified",
    "document",
];
const RATE: [&str; 6] = ["service", "place", "valid_from", "valid_until", "unit_price", "document"];
const ALLOWANCE: [&str; 9] =
    ["benefit", "place", "valid_from", "valid_until", "categories", "grades", "needs", "verified", "document"];
const STANDARD: [&str; 11] = [
    "item",
    "level",
    "place",
    "class",
    "target",
    "min_age",
    "amount",
    "valid_from",
    "valid_until",
    "verified",
    "document",
];

/// One row of a table under examination.
struct Row<'r> {
    rows: &'r Rows,
    record: &'r csv::StringRecord,
    place: String,
}

impl Row<'_> {
    fn cell(&self, column: &str) -> &str {
        self.rows.cell(self.record, column)
    }
}

/// Examines what only one table's rows have.
type CheckRow = fn(&mut Examined, &Row<'_>, &Schemas);

pub(super) fn check(folder: &Path, read: &Schemas) -> Vec<ContractError> {
    let tables: [(&str, &[&str], CheckRow); 4] = [
        ("funding_share.csv", &SHARE, check_share),
        ("service_rate.csv", &RATE, check_rate),
        ("disability_allowance.csv", &ALLOWANCE, check_allowance),
        ("service_standard.csv", &STANDARD, check_standard),
    ];
    let mut errors = Vec::new();
    for (name, columns, check_row) in tables {
        errors.extend(table(&folder.join(name), columns, |file, rows| {
            for (number, record) in rows.records.iter().enumerate() {
                let row = Row { rows, record, place: format!("row {}", number + 2) };
                check_common(file, &row);
                check_row(file, &row, read);
            }
        }));
    }
    errors
}

/// Place, dates and document, which every row has.
fn check_common(file: &mut Examined, row: &Row<'_>) {
    let place = row.cell("place");
    if !place.is_empty() {
        file.region(&row.place, place);
    }
    for key in ["valid_from", "valid_until"] {
        codes::date(file, &row.place, row.cell(key));
    }
    if row.cell("document").is_empty() {
        file.missing(&row.place, "document", "the document and clause that say so");
    }
}

fn check_share(file: &mut Examined, row: &Row<'_>, read: &Schemas) {
    check_benefit(file, &row.place, row.cell("benefit"), read);
    let parts: Option<Vec<u32>> = FUNDERS.iter().map(|level| row.cell(level).parse().ok()).collect();
    if parts.is_none_or(|parts| parts.iter().sum::<u32>() == 0) {
        file.missing(&row.place, "province, city, county", "whole parts that are not all 0, such as 0, 1, 1");
    }
    one_of(file, &row.place, ("level", row.cell("odd_fen_to")), &FUNDERS);
    if FUNDERS.contains(&row.cell("odd_fen_to")) && row.cell(row.cell("odd_fen_to")) == "0" {
        file.contradiction(&row.place, "the odd fen go to a level that pays no part");
    }
    verified(file, row);
}

fn check_rate(file: &mut Examined, row: &Row<'_>, read: &Schemas) {
    read.codes.check(file, &row.place, ("service", "service", row.cell("service")));
    amount(file, row, "unit_price");
}

fn check_allowance(file: &mut Examined, row: &Row<'_>, read: &Schemas) {
    check_benefit(file, &row.place, row.cell("benefit"), read);
    for (list, column) in [("disability_category", "categories"), ("disability_grade", "grades")] {
        for one in parts(row.cell(column)) {
            read.codes.check(file, &row.place, ("code", list, one));
        }
    }
    if row.cell("grades").is_empty() {
        file.missing(&row.place, "grades", "grades such as 1|2");
    }
    for benefit in parts(row.cell("needs")) {
        check_benefit(file, &row.place, benefit, read);
    }
    verified(file, row);
}

fn check_standard(file: &mut Examined, row: &Row<'_>, read: &Schemas) {
    for (column, list) in [("item", "service_item"), ("level", "list_level"), ("class", "care_class")] {
        read.codes.check(file, &row.place, (column, list, row.cell(column)));
    }
    let age = row.cell("min_age");
    if !age.is_empty() && age.parse::<u8>().is_err() {
        file.missing(&row.place, "min_age", "whole years, or empty");
    }
    if !row.cell("amount").is_empty() {
        amount(file, row, "amount");
    }
    verified(file, row);
}

fn parts(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('|').filter(|part| !part.is_empty())
}

fn amount(file: &mut Examined, row: &Row<'_>, column: &'static str) {
    if fen(row.cell(column)).is_none() {
        file.missing(&row.place, column, "yuan with at most two decimals");
    }
}

fn verified(file: &mut Examined, row: &Row<'_>) {
    one_of(file, &row.place, ("switch", row.cell("verified")), &["true", "false"]);
}
