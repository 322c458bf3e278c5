//! Writes a grid onto a sheet.

use rust_xlsxwriter::{Worksheet, XlsxError};
use yilian_disclosure::Status;

use super::super::rows::Row;
use super::super::words;
use super::grid::{Grid, Line};
use super::styles::{Styles, page};
use super::{both, legend};

/// Title in two languages, and the line of source and unit, stand above it.
const HEAD_ROW: u32 = 3;
const HEAD_HEIGHT: f64 = 44.0;
/// Columns that stay where they are: the region.
const FROZEN: u16 = 2;
const LABEL_WIDTHS: [f64; 2] = [12.0, 20.0];
const DIMENSION_WIDTH: f64 = 22.0;
const MEASURE_WIDTH: f64 = 17.0;

/// Which of the two sheets of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    Values,
    Statuses,
}

pub(super) fn write(sheet: &mut Worksheet, styles: &Styles, grid: &Grid<'_>, shown: Shown) -> Result<(), XlsxError> {
    head(sheet, styles, grid, shown)?;
    let mut next = HEAD_ROW + 1;
    for line in grid.lines() {
        write_line(sheet, styles, (next, &line), shown)?;
        next += 1;
    }
    next += 1;
    let marks = legend::marks();
    for note in marks.iter().filter(|_| shown == Shown::Values).chain(&grid.notes) {
        sheet.write_string_with_format(next, 0, note, &styles.note)?;
        next += 1;
    }
    page(sheet, &grid.title.0, HEAD_ROW)?;
    sheet.set_freeze_panes(HEAD_ROW + 1, FROZEN)?;
    Ok(())
}

/// From top to bottom: a row that is left cannot be written again, and the writer does not say so.
fn head(sheet: &mut Worksheet, styles: &Styles, grid: &Grid<'_>, shown: Shown) -> Result<(), XlsxError> {
    let (zh, en) = match shown {
        Shown::Values => ("", ""),
        Shown::Statuses => ("（状态）", " (statuses)"),
    };
    sheet.write_string_with_format(0, 0, format!("{}{zh}", grid.title.0), &styles.title)?;
    sheet.write_string_with_format(1, 0, format!("{}{en}", grid.title.1), &styles.subtitle)?;
    sheet.write_string_with_format(2, 0, &grid.source, &styles.note)?;
    let last = u16::try_from(grid.heads.len().saturating_sub(1)).unwrap_or(u16::MAX);
    if shown == Shown::Values {
        sheet.write_string_with_format(2, last, &grid.unit, &styles.unit)?;
    }
    for ((column, text), place) in (0..).zip(&grid.heads).zip(0_usize..) {
        let width = LABEL_WIDTHS.get(place).copied();
        let other = if place < grid.labels { DIMENSION_WIDTH } else { MEASURE_WIDTH };
        sheet.set_column_width(column, width.unwrap_or(other))?;
        sheet.write_string_with_format(HEAD_ROW, column, text, &styles.head)?;
    }
    sheet.set_row_height(HEAD_ROW, HEAD_HEIGHT)?;
    Ok(())
}

fn write_line(
    sheet: &mut Worksheet,
    styles: &Styles,
    (place, line): (u32, &Line<'_>),
    shown: Shown,
) -> Result<(), XlsxError> {
    let mut column = 0;
    for label in &line.labels {
        sheet.write_string_with_format(place, column, *label, &styles.label)?;
        column += 1;
    }
    for cell in &line.cells {
        match (cell, shown) {
            (None, _) => sheet.write_blank(place, column, &styles.label)?,
            (Some(row), Shown::Values) => write_value(sheet, styles, (place, column), row)?,
            (Some(row), Shown::Statuses) => {
                let word = words::of_status(row.status);
                sheet.write_string_with_format(place, column, both(word.zh, word.en, " "), &styles.mark)?
            }
        };
        column += 1;
    }
    Ok(())
}

fn write_value<'s>(
    sheet: &'s mut Worksheet,
    styles: &Styles,
    (place, column): (u32, u16),
    row: &Row<'_>,
) -> Result<&'s mut Worksheet, XlsxError> {
    match (number(row), row.status, row.value) {
        (_, Status::Published, Some(0)) => {
            sheet.write_string_with_format(place, column, legend::BELOW_UNIT, &styles.mark)
        }
        (Some(number), ..) => {
            let style = styles.number(row.measure.unit.decimals());
            sheet.write_number_with_format(place, column, number, style)
        }
        (None, Status::Suppressed, _) => sheet.write_string_with_format(place, column, legend::WITHHELD, &styles.mark),
        (None, ..) => sheet.write_blank(place, column, &styles.label),
    }
}

/// The nearest number that a spreadsheet program can hold, which has 15 digits: read from the text, not computed.
fn number(row: &Row<'_>) -> Option<f64> {
    row.text()?.parse().ok()
}
