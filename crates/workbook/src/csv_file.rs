//! Writes the sheets of a workbook as CSV files, for an office without a spreadsheet program.

use crate::book::Book;
use crate::cell::{Cell, begins_formula, loses_digits};
use crate::error::WorkbookError;
use crate::sheet::{Sheet, sheets};

/// Spreadsheet programs take a CSV for UTF-8 only with it.
const MARK: &str = "\u{feff}";

impl Book {
    /// One CSV file for each sheet: its name, which says nothing about anybody, and its bytes.
    pub fn to_csv(&self) -> Result<Vec<(String, Vec<u8>)>, WorkbookError> {
        let sheets = sheets(self);
        let named = (1..).zip(&sheets).map(|(number, sheet): (u32, _)| {
            let bytes = written(sheet).map_err(|_| WorkbookError::NotWritten)?;
            Ok((format!("{number:02}.{}.csv", sheet.stem), bytes))
        });
        named.collect()
    }
}

fn written(sheet: &Sheet) -> Result<Vec<u8>, csv::Error> {
    let mut csv = csv::WriterBuilder::new()
        .flexible(true)
        .terminator(csv::Terminator::CRLF)
        .from_writer(MARK.as_bytes().to_vec());
    csv.write_record([&sheet.title])?;
    for note in &sheet.notes {
        csv.write_record([note])?;
    }
    csv.write_record(sheet.heads.iter().map(|head| head.text))?;
    for row in &sheet.rows {
        csv.write_record(row.iter().map(text))?;
    }
    csv.into_inner().map_err(|error| error.into_error().into())
}

/// A cell as text; an apostrophe guards what a spreadsheet would calculate or shorten.
fn text(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) if begins_formula(text) || loses_digits(text) => format!("'{text}"),
        Cell::Text(text) | Cell::Yuan(text) => text.clone(),
        Cell::Count(number) => number.to_string(),
        Cell::Day(day) => day.to_string(),
    }
}
