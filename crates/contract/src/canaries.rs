//! `schemas/canaries.csv`: agreed fictitious people, whose tokens must be the same in every department.

use std::path::Path;

use crate::codes;
use crate::error::ContractError;
use crate::yaml::{self, Examined};

const COLUMNS: [&str; 5] = ["name", "written", "canonical", "shows_zh", "shows_en"];

/// Born no later, canaries are of the age that leaves a department in every period that one can deliver.
const LAST_BIRTH_YEAR: &str = "1950";

/// One way of writing the number of a person who does not exist.
///
/// Every department names the token that it makes of it in its sealed manifests, and plants a row of it in every
/// delivery about older people. Two departments that give two tokens do not write numbers the same way, or do not hold
/// the same key; rows of one person would not meet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Canary {
    /// A word for it.
    pub name: String,
    /// The number as an office may have it.
    pub written: String,
    /// The canonical number of 18 characters; canaries that share it must share their token.
    pub canonical: String,
    /// What it shows, in Chinese.
    pub shows_zh: String,
    /// What it shows, in English.
    pub shows_en: String,
}

/// Reads `canaries.csv` of the folder `schemas`; every mistake at once.
pub(crate) fn load(schemas: &Path) -> Result<Vec<Canary>, Vec<ContractError>> {
    let path = schemas.join("canaries.csv");
    let bytes = yaml::read_bytes(&path).map_err(|error| vec![error])?;
    let rows = codes::rows(&bytes).map_err(|error| vec![yaml::malformed(&path, &error)])?;
    let mut file = Examined::new(&path);
    codes::check_columns(&mut file, &rows.header, &COLUMNS, &[]);
    let mut canaries: Vec<Canary> = Vec::new();
    for (number, row) in rows.records.iter().enumerate() {
        let place = format!("row {}", number + 2);
        for column in COLUMNS.into_iter().filter(|column| rows.cell(row, column).is_empty()) {
            file.missing(&place, column, "a text");
        }
        let cell = |column: &str| rows.cell(row, column).to_owned();
        if canaries.iter().any(|other| other.name == cell("name")) {
            file.missing(&place, "name", "a word of its own");
        }
        let canonical = cell("canonical");
        if canonical.len() != 18 || canonical.get(6..10).is_none_or(|year| year > LAST_BIRTH_YEAR) {
            file.missing(&place, "canonical", "18 characters of somebody born in 1950 or before");
        }
        canaries.push(Canary {
            name: cell("name"),
            written: cell("written"),
            canonical: cell("canonical"),
            shows_zh: cell("shows_zh"),
            shows_en: cell("shows_en"),
        });
    }
    if file.errors.is_empty() { Ok(canaries) } else { Err(file.errors) }
}
