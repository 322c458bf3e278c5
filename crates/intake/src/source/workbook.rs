//! The first sheet of an .xlsx workbook as text cells.

use std::collections::VecDeque;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use calamine::{DataRef, ExcelDateTime, Reader, Xlsx, open_workbook};

use super::split::{CELL_END, RECORD_END, push_without_marks};
use super::{Part, SourceFacts, digest_of};
use crate::IntakeError;

const PART: usize = 1 << 20;
/// A whole number up to here is exact in a spreadsheet; beyond it digits were lost.
const EXACT: f64 = 1e15;

/// A workbook whose first sheet is held as text; a sheet has at most 1,048,576 rows.
pub(crate) struct Workbook {
    path: PathBuf,
    parts: VecDeque<Part>,
    sheet: String,
    other_sheets: usize,
}

impl Workbook {
    pub(crate) fn open(path: &Path) -> Result<Self, IntakeError> {
        let failed =
            |error: calamine::XlsxError| IntakeError::Workbook { path: path.to_owned(), reason: error.to_string() };
        let mut book: Xlsx<BufReader<File>> = open_workbook(path).map_err(failed)?;
        let names = book.sheet_names();
        let Some(sheet) = names.first().cloned() else {
            return Err(IntakeError::Workbook { path: path.to_owned(), reason: "it has no sheet".to_owned() });
        };
        let mut sheet_text = SheetText::default();
        let mut reader = book.worksheet_cells_reader(&sheet).map_err(failed)?;
        while let Some(cell) = reader.next_cell().map_err(failed)? {
            let (row, column) = cell.get_position();
            sheet_text.cell(row, column, &text_of(cell.get_value()));
        }
        Ok(Self { path: path.to_owned(), parts: sheet_text.finish(), sheet, other_sheets: names.len() - 1 })
    }

    #[expect(clippy::unnecessary_wraps, reason = "the same signature as for a CSV file")]
    pub(crate) fn next(&mut self) -> Result<Option<Part>, IntakeError> {
        Ok(self.parts.pop_front())
    }

    pub(crate) fn facts(&self) -> Result<SourceFacts, IntakeError> {
        Ok(SourceFacts { digest: digest_of(&self.path)?, sheet: self.sheet.clone(), other_sheets: self.other_sheets })
    }
}

#[derive(Default)]
struct SheetText {
    parts: VecDeque<Part>,
    text: Vec<u8>,
    /// The record under way, counted from 0, and the cells it already has.
    row: u32,
    column: u32,
    /// Number of the first record of the part under way, counted from 0.
    first: u32,
}

impl SheetText {
    fn cell(&mut self, row: u32, column: u32, text: &str) {
        while self.row < row {
            self.text.push(RECORD_END);
            self.row += 1;
            self.column = 0;
            if self.text.len() >= PART {
                self.cut();
            }
        }
        while self.column < column {
            self.text.push(CELL_END);
            self.column += 1;
        }
        push_without_marks(text.as_bytes(), &mut self.text);
    }

    fn cut(&mut self) {
        self.parts.push_back(Part { bytes: std::mem::take(&mut self.text), first_row: self.first + 1, quoted: false });
        self.first = self.row;
    }

    fn finish(mut self) -> VecDeque<Part> {
        if !self.text.is_empty() {
            self.cut();
        }
        self.parts
    }
}

fn text_of(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number_text(*number),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(value) => if *value { "1" } else { "0" }.to_owned(),
        DataRef::DateTime(time) => date_text(time),
        // What a formula could not compute is nothing that an office wrote.
        DataRef::Error(_) | DataRef::Empty => String::new(),
    }
}

/// The number as a spreadsheet shows it: at most 15 digits. One that has lost digits shows it by its
/// scientific notation, so that it is found in a column of ID numbers.
fn number_text(number: f64) -> String {
    if number.abs() >= EXACT {
        return format!("{number:E}");
    }
    // Rounding to 15 digits undoes 148.10000000000002.
    let rounded: f64 = format!("{number:.14e}").parse().unwrap_or(number);
    format!("{rounded}")
}

fn date_text(time: &ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, _) = time.to_ymd_hms_milli();
    if (hour, minute, second) == (0, 0, 0) {
        format!("{year:04}-{month:02}-{day:02}")
    } else {
        format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
    }
}
