//! `tables.xlsx`: every table wide and readable, a sheet of statuses beside each, and what the marks mean.

mod grid;
mod legend;
mod sheet;
mod styles;
#[cfg(test)]
mod tests;

use std::path::Path;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, XlsxError};

use super::rows::Checked;
use super::version::Readers;
use super::{FilesError, Version};
use grid::Grid;
use sheet::Shown;
use styles::Styles;

pub(super) const FILE: &str = "tables.xlsx";

/// How the name of a sheet of statuses ends.
const STATUS_SHEET: &str = "_status";

/// The workbook; what of it does not fit into memory lies in `root`, without a name, while it is made.
pub(super) fn bytes(
    tables: &[Checked<'_>],
    version: &Version,
    (readers, root): (Readers, &Path),
) -> Result<Vec<u8>, FilesError> {
    write(tables, version, (readers, root)).map_err(|source| FilesError::Workbook { source })
}

fn write(tables: &[Checked<'_>], version: &Version, (readers, root): (Readers, &Path)) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    book.set_tempdir(root)?;
    // The day of the version in the place of the clock: the same tables give the same bytes.
    let created = ExcelDateTime::parse_from_str(&version.as_of.to_string())?;
    let properties = DocProperties::new().set_creation_datetime(&created).set_author(&version.publisher.zh);
    book.set_properties(&properties);
    let styles = Styles::new();
    legend::overview(book.add_worksheet(), &styles, tables, (version, readers))?;
    for table in tables {
        let grid = Grid::new(table, version, readers);
        for shown in [Shown::Values, Shown::Statuses] {
            let name = sheet_name(table.name(), shown);
            // The sheets of a province do not fit into memory: their rows go to the disk as they are written, in order.
            sheet::write(book.add_worksheet_with_low_memory()?.set_name(name)?, &styles, &grid, shown)?;
        }
    }
    legend::codes(book.add_worksheet(), &styles, tables)?;
    book.save_to_buffer()
}

fn sheet_name(table: &str, shown: Shown) -> String {
    match shown {
        Shown::Values => table.to_owned(),
        Shown::Statuses => format!("{table}{STATUS_SHEET}"),
    }
}

/// Both languages in one cell, once where they agree.
fn both(zh: &str, en: &str, between: &str) -> String {
    if zh == en { zh.to_owned() } else { format!("{zh}{between}{en}") }
}
