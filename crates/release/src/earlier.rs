use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use arrow::array::RecordBatch;
use yilian_disclosure::Status;

use crate::definition::{TableDefinition, Unit};
use crate::definitions::TableDefinitions;
use crate::error::ReleaseError;
use crate::make::{PUBLIC, RESTRICTED};
use crate::table::ReleasedTable;

/// The versions of a year that readers have already when another one is made.
#[derive(Debug, Clone, Default)]
pub struct Earlier {
    /// Those that were published, the oldest first.
    pub versions: Vec<EarlierVersion>,
    /// What the newest of them was counted from; `None` where its deliveries are no longer kept.
    pub recount: Option<Recount>,
}

/// The finest cells of an earlier version, counted again from its run.
#[derive(Debug, Clone, Default)]
pub struct Recount {
    /// As [`YearInput::rows`](crate::YearInput::rows).
    pub rows: BTreeMap<String, RecordBatch>,
    /// As [`YearInput::complete`](crate::YearInput::complete).
    pub complete: BTreeSet<(String, String)>,
}

/// A published version as its readers have it.
#[derive(Debug, Clone, Default)]
pub struct EarlierVersion {
    /// Its number within the year.
    pub number: u32,
    /// SHA-256 of its SHA256SUMS, hex.
    pub sums: String,
    tables: BTreeMap<String, Cells>,
}

/// Region, codes of the dimensions, measure.
type Place = (String, Vec<String>, String);
type Cells = BTreeMap<Place, Told>;

/// What a version says of a number that it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// In units of the last decimal of the unit.
    Value(i64),
    /// It is not published, to protect people.
    Withheld,
    /// Deliveries are missing.
    Missing,
}

/// What readers know of a number from a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shown {
    /// In units of the last decimal of the unit.
    Value(i64),
    Withheld,
}

impl EarlierVersion {
    /// Reads the tables of the version in `folder`, those for internal use too.
    ///
    /// A table that has other dimensions now has no number in common with the new one and is left out.
    ///
    /// # Errors
    /// [`ReleaseError::File`]; [`ReleaseError::Definition`] for a file that is no table of a release.
    pub fn read(
        folder: &Path,
        (number, sums): (u32, &str),
        definitions: &TableDefinitions,
    ) -> Result<Self, ReleaseError> {
        let mut tables = BTreeMap::new();
        for definition in definitions.iter() {
            let name = format!("{}.csv", definition.name);
            let files = [PUBLIC, RESTRICTED].map(|part| folder.join(part).join("csv").join(&name));
            if let Some(file) = files.iter().find(|file| file.exists()) {
                tables.insert(definition.name.clone(), read_table(file, definition)?);
            }
        }
        Ok(Self { number, sums: sums.to_owned(), tables })
    }

    /// The same from tables that were never written.
    pub fn of_tables(tables: &[ReleasedTable], number: u32) -> Self {
        let cells = |table: &ReleasedTable| -> Cells {
            let rows = table.rows.iter().filter_map(|row| {
                let told = told(row.status, row.value)?;
                Some(((row.region.code.clone(), row.dimensions.to_vec(), row.measure.to_string()), told))
            });
            rows.collect()
        };
        let tables = tables.iter().map(|table| (table.definition.name.clone(), cells(table))).collect();
        Self { number, sums: String::new(), tables }
    }

    /// What it says of a number: region, codes of the dimensions in the table's order, measure; `None` where it has none.
    pub fn number(&self, table: &str, place: &(String, Vec<String>, String)) -> Option<Told> {
        self.tables.get(table)?.get(place).copied()
    }

    /// What readers know of a number; `None` also where it says that deliveries are missing.
    pub(crate) fn shown(&self, table: &str, place: &(String, Vec<String>, String)) -> Option<Shown> {
        match self.number(table, place)? {
            Told::Value(value) => Some(Shown::Value(value)),
            Told::Withheld => Some(Shown::Withheld),
            Told::Missing => None,
        }
    }
}

fn told(status: Status, value: Option<i64>) -> Option<Told> {
    match status {
        Status::Published | Status::Zero => value.map(Told::Value),
        Status::Suppressed => Some(Told::Withheld),
        Status::Missing => Some(Told::Missing),
        Status::NotApplicable => None,
    }
}

fn read_table(file: &Path, definition: &TableDefinition) -> Result<Cells, ReleaseError> {
    let text = fs::read_to_string(file).map_err(|source| ReleaseError::File {
        action: "read",
        path: file.to_owned(),
        source,
    })?;
    let refuse = |reason: &str| ReleaseError::Definition { file: file.to_owned(), reason: reason.to_owned() };
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let header = reader.headers().cloned().map_err(|_| refuse("it is no table with a header"))?;
    let column = |name: &str| header.iter().position(|column| column == name);
    let [region, measure, value, status] =
        ["region", "measure", "value", "status"].map(|name| column(name).ok_or_else(|| refuse("a column is missing")));
    let (region, measure, value, status) = (region?, measure?, value?, status?);
    let dimensions: Option<Vec<usize>> =
        definition.dimensions.iter().map(|dimension| column(&dimension.name)).collect();
    // Year, level, two names of the region, measure, unit, value and status stand beside region and dimensions.
    let Some(dimensions) = dimensions.filter(|found| found.len() + 9 == header.len()) else { return Ok(Cells::new()) };
    let mut cells = Cells::new();
    for record in reader.records() {
        let record = record.map_err(|_| refuse("a line has another number of fields"))?;
        let field = |at: usize| record.get(at).unwrap_or_default();
        let Some(known) = definition.measure(field(measure)) else { continue };
        let found = match field(status) {
            "published" | "zero" => parsed(field(value), known.unit).map(Told::Value),
            "suppressed" => Some(Told::Withheld),
            "missing" => Some(Told::Missing),
            "not_applicable" => continue,
            _ => None,
        };
        let found = found.ok_or_else(|| refuse("a status or a value is none of a release"))?;
        let codes = dimensions.iter().map(|at| field(*at).to_owned()).collect();
        cells.insert((field(region).to_owned(), codes, known.name.clone()), found);
    }
    Ok(cells)
}

/// A decimal with all of its places as a whole number of the last one.
fn parsed(text: &str, unit: Unit) -> Option<i64> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    if decimals.len() != usize::try_from(unit.decimals()).ok()? {
        return None;
    }
    format!("{whole}{decimals}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decimal_is_read_as_it_was_written() {
        assert_eq!(parsed("1234.56", Unit::Yuan), Some(123_456));
        assert_eq!(parsed("-0.05", Unit::Yuan), Some(-5));
        assert_eq!(parsed("0.7", Unit::Hour), Some(7));
        assert_eq!(parsed("40", Unit::Person), Some(40));
        for (text, unit) in [("40.0", Unit::Person), ("1.5", Unit::Yuan), ("", Unit::Person), ("x", Unit::Bed)] {
            assert_eq!(parsed(text, unit), None, "{text}");
        }
    }
}
