mod local;

use std::path::Path;

use crate::codes::{self, Rows};
use crate::contract::Contract;
use crate::error::ContractError;
use crate::load::Schemas;
use crate::yaml::{self, Examined};

const SOURCE: [&str; 7] =
    ["benefit", "dataset", "form", "benefit_column", "benefit_values", "month_column", "amount_column"];
const TERM: [&str; 10] = [
    "benefit",
    "place",
    "valid_from",
    "valid_until",
    "accrual",
    "starts",
    "start_age",
    "ends_on_death",
    "ends_on_move",
    "lawful_after_death",
];
const AMOUNT: [&str; 6] = ["standard", "place", "valid_from", "valid_until", "amount", "document"];
const ACCRUALS: [&str; 4] = ["month", "quarter", "year", ""];
const STARTS: [&str; 5] = ["birthday_month", "next_month", "next_quarter", "approval_month", ""];
const ENDS: [&str; 4] = ["same_month", "next_month", "period_end", ""];
const SWITCHES: [&str; 3] = ["true", "false", ""];

/// What is wrong with the tables that relate benefits to datasets, columns and months.
pub(crate) fn check(schemas: &Path, read: &Schemas) -> Vec<ContractError> {
    let folder = schemas.join("codes");
    let mut errors = table(&folder.join("benefit_source.csv"), &SOURCE, |file, rows| {
        for (number, row) in rows.records.iter().enumerate() {
            check_source(file, rows, row, (number, read));
        }
    });
    errors.extend(table(&folder.join("term.csv"), &TERM, |file, rows| {
        for (number, row) in rows.records.iter().enumerate() {
            check_term(file, rows, row, (number, read));
        }
    }));
    errors.extend(table(&folder.join("standard_amount.csv"), &AMOUNT, |file, rows| {
        for (number, row) in rows.records.iter().enumerate() {
            check_amount(file, rows, row, (number, read));
        }
    }));
    errors.extend(local::check(&folder, read));
    errors
}

fn table(path: &Path, columns: &[&str], check: impl FnOnce(&mut Examined, &Rows)) -> Vec<ContractError> {
    let bytes = match yaml::read_bytes(path) {
        Ok(bytes) => bytes,
        Err(error) => return vec![error],
    };
    let rows = match codes::rows(&bytes) {
        Ok(rows) => rows,
        Err(error) => return vec![yaml::malformed(path, &error)],
    };
    let mut file = Examined::new(path);
    codes::check_columns(&mut file, &rows.header, columns, &[]);
    check(&mut file, &rows);
    file.errors
}

fn check_source(file: &mut Examined, rows: &Rows, row: &csv::StringRecord, (number, read): (usize, &Schemas)) {
    let place = format!("row {}", number + 2);
    check_benefit(file, &place, rows.cell(row, "benefit"), read);
    one_of(file, &place, ("form", rows.cell(row, "form")), &["booking", "spell"]);
    let name = rows.cell(row, "dataset");
    let Ok(contract) = read.dataset(name) else {
        file.unknown(&place, "dataset", name, read.contracts.iter().map(|contract| contract.dataset.as_str()));
        return;
    };
    for key in ["benefit_column", "month_column", "amount_column"] {
        check_column(file, &place, rows.cell(row, key), contract);
    }
}

fn check_column(file: &mut Examined, place: &str, name: &str, contract: &Contract) {
    let columns = contract.delivery_columns();
    if !name.is_empty() && !columns.iter().any(|column| column.name == name) {
        file.unknown(place, "column", name, columns.iter().map(|column| column.name.as_str()));
    }
}

fn check_term(file: &mut Examined, rows: &Rows, row: &csv::StringRecord, (number, read): (usize, &Schemas)) {
    let place = format!("row {}", number + 2);
    check_benefit(file, &place, rows.cell(row, "benefit"), read);
    for key in ["valid_from", "valid_until"] {
        codes::date(file, &place, rows.cell(row, key));
    }
    let age = rows.cell(row, "start_age");
    if !age.is_empty() && age.parse::<u8>().is_err() {
        file.missing(&place, "start_age", "whole years, or empty");
    }
    let allowed: [(&'static str, &[&str]); 5] = [
        ("accrual", &ACCRUALS),
        ("starts", &STARTS),
        ("ends_on_death", &ENDS),
        ("ends_on_move", &ENDS),
        ("lawful_after_death", &SWITCHES),
    ];
    for (key, valid) in allowed {
        one_of(file, &place, (key, rows.cell(row, key)), valid);
    }
}

fn check_amount(file: &mut Examined, rows: &Rows, row: &csv::StringRecord, (number, read): (usize, &Schemas)) {
    let place = format!("row {}", number + 2);
    read.codes.check(file, &place, ("rate", "standard", rows.cell(row, "standard")));
    for key in ["valid_from", "valid_until"] {
        codes::date(file, &place, rows.cell(row, key));
    }
    if fen(rows.cell(row, "amount")).is_none() {
        file.missing(&place, "amount", "yuan of a month with at most two decimals");
    }
    if rows.cell(row, "document").is_empty() {
        file.missing(&place, "document", "the document that sets the rate");
    }
}

/// Yuan with at most two decimals as fen.
pub(crate) fn fen(cell: &str) -> Option<i64> {
    let (yuan, cents) = cell.split_once('.').unwrap_or((cell, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let yuan = Some(yuan).filter(|yuan| !yuan.is_empty() && digits(yuan))?.parse::<i64>().ok()?;
    let cents = Some(cents).filter(|cents| cents.len() <= 2 && digits(cents))?;
    yuan.checked_mul(100)?.checked_add(format!("{cents:0<2}").parse::<i64>().ok()?)
}

fn check_benefit(file: &mut Examined, place: &str, benefit: &str, read: &Schemas) {
    read.codes.check(file, place, ("benefit", "benefit", benefit));
}

fn one_of(file: &mut Examined, place: &str, (what, name): (&'static str, &str), valid: &[&str]) {
    if !valid.contains(&name) {
        file.unknown(place, what, name, valid.iter().copied().filter(|name| !name.is_empty()));
    }
}

#[cfg(test)]
mod tests {
    use super::fen;

    #[test]
    fn yuan_are_whole_fen_or_nothing() {
        assert_eq!(["0", "12", "12.5", "12.05"].map(fen), [Some(0), Some(1200), Some(1250), Some(1205)]);
        assert_eq!(["", ".5", "-1", "1.005", "1,000", "x"].map(fen), [None; 6]);
    }
}
