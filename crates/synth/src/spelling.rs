//! How offices spell dates, months, amounts, codes and yes or no.

use std::fmt::Write as _;

use chrono::{Datelike, NaiveDate};

use crate::calendar::{Month, day};
use crate::place::Region;

/// Serial numbers of four digits could be anything, so no office writes a day before 18 May 1927 as one.
const FIRST_SERIAL: i64 = 10_000;

/// The habits of one file. Every value follows the file's habit, but for a few that follow another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Different numbers, different habits.
    pub habit: u32,
}

impl Style {
    const fn of(self, kinds: u32, shift: u32, exception: bool) -> u32 {
        (self.habit.rotate_right(shift) + if exception { 1 } else { 0 }) % kinds
    }
}

/// One row under construction: its cells, and the habit of its file.
#[derive(Debug, Default)]
pub struct Row {
    text: String,
    ends: Vec<usize>,
    habit: Option<Style>,
    throw: u32,
}

impl Row {
    /// Empties the row for a file's next one; `throw` decides which cells break the file's habit.
    pub fn begin(&mut self, style: Style, throw: u32) {
        self.text.clear();
        self.ends.clear();
        self.habit = Some(style);
        self.throw = throw;
    }

    /// The cells written so far.
    pub fn cells(&self) -> impl Iterator<Item = &str> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, end)| self.text.get(start..*end).unwrap_or_default())
    }

    /// How many cells there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// True before the first cell.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Which of several spellings the next cell has.
    fn kind(&mut self, kinds: u32, shift: u32) -> u32 {
        self.throw = self.throw.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let exception = (self.throw >> 16).is_multiple_of(32);
        self.habit.map_or(0, |style| style.of(kinds, shift, exception))
    }

    fn end(&mut self) {
        self.ends.push(self.text.len());
    }

    /// Text as it is; empty means nothing.
    pub fn text(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self.end();
        self
    }

    /// A code, or its label: `("1", "男")`.
    pub fn code(&mut self, (code, label): (&str, &str)) -> &mut Self {
        let text = if self.kind(2, 3) == 0 { code } else { label };
        self.text.push_str(text);
        self.end();
        self
    }

    /// 是/否, 1/0, Y/N or 有/无.
    pub fn flag(&mut self, yes: bool) -> &mut Self {
        let text = match (self.kind(4, 5), yes) {
            (0, true) => "是",
            (0, false) => "否",
            (1, true) => "1",
            (1, false) => "0",
            (2, true) => "Y",
            (2, false) => "N",
            (_, true) => "有",
            (_, false) => "无",
        };
        self.text.push_str(text);
        self.end();
        self
    }

    /// A whole number.
    pub fn number(&mut self, number: impl Into<i64>) -> &mut Self {
        let _ = write!(self.text, "{}", number.into());
        self.end();
        self
    }

    /// Fen as yuan: `1600`, `1600.00`, `1,600.00`.
    pub fn yuan(&mut self, fen: i64) -> &mut Self {
        let kind = self.kind(3, 7);
        let (whole, rest) = (fen.abs() / 100, fen.abs() % 100);
        if fen < 0 {
            self.text.push('-');
        }
        let _ = match (kind, whole) {
            (2, 1_000_000..) => {
                let (millions, thousands) = (whole / 1_000_000, whole / 1_000 % 1_000);
                write!(self.text, "{millions},{thousands:03},{:03}.{rest:02}", whole % 1_000)
            }
            (2, 1_000..) => write!(self.text, "{},{:03}.{rest:02}", whole / 1_000, whole % 1_000),
            (0, _) if rest == 0 => write!(self.text, "{whole}"),
            _ => write!(self.text, "{whole}.{rest:02}"),
        };
        self.end();
        self
    }

    /// A day, or nothing where the office leaves it out: empty, `-`, `00000000` or `1900-01-01`.
    pub fn day(&mut self, date: Option<NaiveDate>) -> &mut Self {
        let kind = self.kind(6, 9);
        if let Some(date) = date.filter(|date| self.throw >> 23 == 7 && serial(*date) >= FIRST_SERIAL) {
            let _ = write!(self.text, "{}", serial(date));
        } else if let Some(date) = date {
            spell_day(&mut self.text, date, kind);
        } else {
            self.text.push_str(match self.throw >> 21 & 127 {
                0 => "00000000",
                1 => "1900-01-01",
                2 | 3 => "-",
                4 => "/",
                _ => "",
            });
        }
        self.end();
        self
    }

    /// A moment: `2025-01-04 10:00`.
    pub fn moment(&mut self, date: NaiveDate, minutes: u32) -> &mut Self {
        let kind = self.kind(3, 11);
        let (hour, minute) = (minutes / 60, minutes % 60);
        let (year, month, number) = (date.year(), date.month(), date.day());
        let _ = match kind {
            0 => write!(self.text, "{year}-{month:02}-{number:02} {hour:02}:{minute:02}"),
            1 => write!(self.text, "{year}-{month:02}-{number:02} {hour:02}:{minute:02}:00"),
            _ => write!(self.text, "{year}/{month}/{number} {hour:02}:{minute:02}"),
        };
        self.end();
        self
    }

    /// A month, or nothing.
    pub fn month(&mut self, month: Option<Month>) -> &mut Self {
        let kind = self.kind(5, 13);
        if let Some(month) = month {
            let (year, number) = (month.year(), month.number());
            let _ = match kind {
                0 => write!(self.text, "{year}-{number:02}"),
                1 => write!(self.text, "{year}年{number:02}月"),
                2 => write!(self.text, "{year}/{number:02}"),
                3 => write!(self.text, "{year}.{number:02}"),
                _ => write!(self.text, "{year}{number:02}"),
            };
        }
        self.end();
        self
    }

    /// A place of 12, 9 or 6 digits.
    pub fn region(&mut self, region: Region) -> &mut Self {
        let kind = if region.has_township() { self.kind(8, 15) } else { 9 };
        if let Some(old) = region.old_county().filter(|_| self.throw >> 20 & 7 == 3) {
            let _ = write!(self.text, "{old}");
            self.end();
            return self;
        }
        let _ = match kind {
            9 => write!(self.text, "{}", region.county()),
            7 => write!(self.text, "{}", region.0 / 1_000),
            _ => write!(self.text, "{}", region.0),
        };
        self.end();
        self
    }
}

fn spell_day(text: &mut String, date: NaiveDate, kind: u32) {
    let (year, month, number) = (date.year(), date.month(), date.day());
    let _ = match kind {
        0 => write!(text, "{year}-{month:02}-{number:02}"),
        1 => write!(text, "{year}/{month}/{number}"),
        2 => write!(text, "{year}年{month}月{number}日"),
        3 => write!(text, "{year}年{month:02}月{number:02}日"),
        4 => write!(text, "{year}/{month:02}/{number:02}"),
        _ => write!(text, "{year}{month:02}{number:02}"),
    };
}

/// Days since 30 December 1899, as spreadsheets count them.
pub fn serial(date: NaiveDate) -> i64 {
    (date - day(1899, 12, 30)).num_days()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(habit: u32) -> Row {
        let mut row = Row::default();
        row.begin(Style { habit }, 1);
        row
    }

    #[test]
    fn a_serial_is_what_a_spreadsheet_shows() {
        assert_eq!(serial(day(2023, 11, 5)), 45_235);
    }

    #[test]
    fn amounts_keep_their_fen() {
        let mut row = row(0);
        row.yuan(160_000).yuan(-12_345).yuan(5).yuan(110_701_000);
        let cells: Vec<_> = row.cells().collect();
        for (cell, wanted) in cells.iter().zip(["1600.00", "-123.45", "0.05", "1107010.00"]) {
            assert!(cell.split(',').skip(1).all(|group| group.len() == 3 || group.contains('.')), "{cell}");
            let plain = cell.replace(',', "");
            assert!(plain == wanted || format!("{plain}.00") == wanted, "{cell}");
        }
    }

    #[test]
    fn an_absent_day_is_empty_or_a_known_default() {
        let mut row = row(3);
        for _ in 0..500 {
            row.day(None);
        }
        assert!(row.cells().all(|c| ["", "-", "/", "00000000", "1900-01-01"].contains(&c)));
    }
}
