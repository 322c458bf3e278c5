//! The cells of a sheet as text, in parts.

use std::io::Write;

use calamine::{DataRef, ExcelDateTime};

use super::Part;
use super::split::{CELL_END, RECORD_END, push_without_marks};

const PART: usize = 1 << 18;
/// A whole number up to here is exact in a spreadsheet; beyond it digits were lost.
const EXACT: f64 = 1e15;
/// More columns than any extract has; a cell far to the right must not make every row as wide.
const MOST_COLUMNS: u32 = 1000;

/// Why a cell cannot be placed; the text is for the officer.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Misplaced(pub(super) &'static str);

/// The rows of a sheet under way.
pub(super) struct SheetText {
    text: Vec<u8>,
    /// The record under way and the cells it already has, counted from 0.
    row: u32,
    column: u32,
    last: Option<(u32, u32)>,
    /// The first record of the part under way, counted from 0.
    first: u32,
    /// How many records stand before this sheet.
    base: u32,
}

impl SheetText {
    pub(super) fn new(base: u32) -> Self {
        Self { text: Vec::with_capacity(PART + PART / 8), row: 0, column: 0, last: None, first: 0, base }
    }

    /// Adds a cell; what stood before is returned once it is a part.
    pub(super) fn cell(&mut self, (row, column): (u32, u32), value: &DataRef<'_>) -> Result<Option<Part>, Misplaced> {
        // A cell without a value may stand anywhere: spreadsheets keep the borders of empty cells.
        if matches!(value, DataRef::Empty) {
            return Ok(None);
        }
        if self.last.is_some_and(|last| last >= (row, column)) {
            return Err(Misplaced("its cells are not in the order of rows and columns"));
        }
        if column >= MOST_COLUMNS {
            return Err(Misplaced("it has a cell beyond column ALL"));
        }
        self.last = Some((row, column));
        let mut full = None;
        while self.row < row {
            self.text.push(RECORD_END);
            self.row += 1;
            self.column = 0;
            if self.text.len() >= PART {
                full = Some(self.cut());
            }
        }
        while self.column < column {
            self.text.push(CELL_END);
            self.column += 1;
        }
        push_value(value, &mut self.text);
        Ok(full)
    }

    /// The last part, and how many records the sheet has.
    pub(super) fn finish(mut self) -> (Option<Part>, u32) {
        let records = if self.last.is_some() { self.row + 1 } else { 0 };
        (if self.text.is_empty() { None } else { Some(self.cut()) }, records)
    }

    fn cut(&mut self) -> Part {
        let text = std::mem::replace(&mut self.text, Vec::with_capacity(PART + PART / 8));
        let first_row = self.base.saturating_add(self.first).saturating_add(1);
        self.first = self.row;
        Part { bytes: text, first_row, quoted: false }
    }
}

fn push_value(value: &DataRef<'_>, into: &mut Vec<u8>) {
    match value {
        DataRef::SharedString(text) => push_without_marks(text.as_bytes(), into),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            push_without_marks(text.as_bytes(), into);
        }
        DataRef::Int(number) => push_text(format_args!("{number}"), into),
        DataRef::Float(number) => push_number(*number, into),
        DataRef::Bool(value) => into.push(if *value { b'1' } else { b'0' }),
        DataRef::DateTime(time) => push_date(time, into),
        // `#REF!` is no value: the column's reader must see it and refuse it.
        DataRef::Error(error) => push_text(format_args!("{error}"), into),
        DataRef::Empty => {}
    }
}

fn push_text(text: std::fmt::Arguments<'_>, into: &mut Vec<u8>) {
    // Writing into memory does not fail.
    let _ = into.write_fmt(text);
}

/// The number as a spreadsheet shows it: at most 15 digits. One that has lost digits shows it by its
/// scientific notation, so that it is found in a column of ID numbers.
#[expect(clippy::float_cmp, reason = "a spreadsheet's number is a float")]
fn push_number(number: f64, into: &mut Vec<u8>) {
    if number.abs() >= EXACT {
        // 1.5E17 as 1.5E+17, the way in which a spreadsheet would write it.
        let text = format!("{number:E}");
        let (mantissa, exponent) = text.split_once('E').unwrap_or((&text, ""));
        return push_text(format_args!("{mantissa}E+{exponent}"), into);
    }
    if number.trunc() == number {
        #[expect(clippy::cast_possible_truncation, reason = "whole and smaller than 10^15")]
        return push_text(format_args!("{}", number as i64), into);
    }
    let start = into.len();
    push_text(format_args!("{number}"), into);
    let digits = into.get(start..).unwrap_or_default().iter().filter(|byte| byte.is_ascii_digit()).count();
    if digits > 15 {
        // Rounding to 15 digits undoes 148.10000000000002.
        let rounded: f64 = format!("{number:.14e}").parse().unwrap_or(number);
        into.truncate(start);
        push_text(format_args!("{rounded}"), into);
    }
}

fn push_date(time: &ExcelDateTime, into: &mut Vec<u8>) {
    let (year, month, day, hour, minute, second, _) = time.to_ymd_hms_milli();
    push_text(format_args!("{year:04}-{month:02}-{day:02}"), into);
    if (hour, minute, second) != (0, 0, 0) {
        push_text(format_args!(" {hour:02}:{minute:02}:{second:02}"), into);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(number: f64) -> String {
        let mut text = Vec::new();
        push_number(number, &mut text);
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn numbers_are_written_as_a_spreadsheet_shows_them() {
        assert_eq!(number(150_104.0), "150104");
        assert_eq!(number(-100.0), "-100");
        assert_eq!(number(148.100_000_000_000_02), "148.1");
        assert_eq!(number(0.1 + 0.2), "0.3");
        assert_eq!(number(1234.5), "1234.5");
        assert_eq!(number(159_901_391_104_123.0), "159901391104123", "15 digits are exact");
        assert_eq!(number(159_901_193_911_041_230.0), "1.599011939110412E+17");
        assert_eq!(number(0.000_1), "0.0001");
    }

    #[test]
    fn cells_out_of_order_or_far_to_the_right_are_refused_and_empty_ones_are_nothing() {
        let one = DataRef::Int(1);
        let mut sheet = SheetText::new(0);
        assert!(sheet.cell((5, 3), &one).is_ok());
        assert!(sheet.cell((1_048_575, 16_383), &DataRef::Empty).is_ok());
        for place in [(5, 3), (5, 2), (4, 9), (6, 1000)] {
            assert!(sheet.cell(place, &one).is_err(), "{place:?}");
        }
        let (part, records) = sheet.finish();
        assert_eq!(part.unwrap().bytes, b"\x1e\x1e\x1e\x1e\x1e\x1f\x1f\x1f1");
        assert_eq!(records, 6);
    }
}
