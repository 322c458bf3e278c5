//! Writes a workbook as .xlsx.

use chrono::Datelike;
use rust_xlsxwriter::{
    DataValidation, DataValidationRule, DocProperties, ExcelDateTime, Workbook, Worksheet, XlsxError,
};

use crate::book::Book;
use crate::cell::Cell;
use crate::column::Column;
use crate::decision::Decisions;
use crate::error::WorkbookError;
use crate::sheet::{Head, Sheet, sheets};
use crate::xlsx_style::{Styles, page};

/// Columns that stay in sight: clue, record and name.
const FROZEN: u16 = 3;

impl Book {
    /// The workbook as the bytes of an .xlsx file; the same book gives the same bytes.
    pub fn to_xlsx(&self, decisions: &Decisions) -> Result<Vec<u8>, WorkbookError> {
        // What the writer says may repeat a cell.
        self.written(decisions).map_err(|_| WorkbookError::NotWritten)
    }

    fn written(&self, decisions: &Decisions) -> Result<Vec<u8>, XlsxError> {
        let mut workbook = Workbook::new();
        let made_on = excel_day(self.made_on)?;
        workbook.set_properties(
            &DocProperties::new()
                .set_title("比对线索核实工作簿")
                .set_author("yilian-dept")
                .set_creation_datetime(&made_on),
        );
        let styles = Styles::new();
        for sheet in sheets(self) {
            let worksheet = workbook.add_worksheet();
            fill(worksheet, &sheet, &styles)?;
            if let Some(kind) = sheet.asks {
                offer(worksheet, &sheet, &decisions.labels(kind))?;
            }
            page(worksheet, (&sheet.title, &self.office), header_row(&sheet))?;
        }
        workbook.save_to_buffer()
    }
}

/// The header stands below the title and the notes.
fn header_row(sheet: &Sheet) -> u32 {
    u32::try_from(sheet.notes.len()).unwrap_or(0) + 1
}

fn last_row(sheet: &Sheet) -> u32 {
    header_row(sheet).saturating_add(u32::try_from(sheet.rows.len()).unwrap_or(u32::MAX))
}

fn fill(worksheet: &mut Worksheet, sheet: &Sheet, styles: &Styles) -> Result<(), XlsxError> {
    worksheet.set_name(&sheet.name)?;
    // No cells are merged on top: columns stay free to be moved.
    worksheet.write_string_with_format(0, 0, &sheet.title, &styles.title)?;
    for (row, note) in (1..).zip(&sheet.notes) {
        let style = if note == crate::sheet::SENTENCE { &styles.sentence } else { &styles.note };
        worksheet.write_string_with_format(row, 0, note, style)?;
    }
    let header = header_row(sheet);
    for (column, head) in (0..).zip(&sheet.heads) {
        let to_fill_in = head.column.is_some_and(Column::is_answer);
        let style = if to_fill_in { &styles.head_to_fill_in } else { &styles.head };
        worksheet.write_string_with_format(header, column, head.text, style)?;
        worksheet.set_column_width(column, head.width)?;
    }
    worksheet.set_row_height(0, 26)?.set_row_height(header, 30)?;
    for (row, cells) in (header + 1..).zip(&sheet.rows) {
        worksheet.set_row_height(row, row_height(cells, &sheet.heads))?;
        for ((column, cell), head) in (0..).zip(cells).zip(&sheet.heads) {
            let style = styles.of(cell, head.column);
            match cell {
                Cell::Empty => worksheet.write_blank(row, column, style)?,
                Cell::Text(text) => worksheet.write_string_with_format(row, column, text, style)?,
                // Counts stay far below what a spreadsheet holds exactly.
                Cell::Count(number) => {
                    let number = u32::try_from(*number).unwrap_or(u32::MAX);
                    worksheet.write_number_with_format(row, column, number, style)?
                }
                Cell::Yuan(text) => match text.parse::<f64>() {
                    Ok(number) => worksheet.write_number_with_format(row, column, number, style)?,
                    Err(_) => worksheet.write_string_with_format(row, column, text, style)?,
                },
                Cell::Day(day) => worksheet.write_datetime_with_format(row, column, excel_day(*day)?, style)?,
            };
        }
    }
    let last_column = u16::try_from(sheet.heads.len()).unwrap_or(1).saturating_sub(1);
    if !sheet.rows.is_empty() {
        worksheet.autofilter(header, 0, last_row(sheet), last_column)?;
    }
    worksheet.set_freeze_panes(header + 1, if sheet.asks.is_some() { FROZEN } else { 0 })?;
    Ok(())
}

/// The height that wrapped text needs, in points: not every program works it out by itself.
fn row_height(cells: &[Cell], heads: &[Head]) -> u16 {
    const LINE: u16 = 14;
    const HIGHEST: u16 = 400;
    let lines = cells.iter().zip(heads).map(|(cell, head)| match cell {
        Cell::Text(text) => text.lines().map(|line| lines_of(line, head.width)).sum(),
        _ => 1,
    });
    lines.max().unwrap_or(1).saturating_mul(LINE).saturating_add(3).min(HIGHEST)
}

/// How many lines a text takes in a column; a Chinese character is twice as wide as a digit.
fn lines_of(text: &str, width: u16) -> u16 {
    let wide = text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).fold(0_u16, u16::saturating_add);
    wide.div_ceil(width.max(1)).max(1)
}

/// Drop-downs and hints in the columns that the officer fills in.
fn offer(worksheet: &mut Worksheet, sheet: &Sheet, decisions: &[&str]) -> Result<(), XlsxError> {
    if sheet.rows.is_empty() {
        return Ok(());
    }
    let first_day = DataValidationRule::GreaterThanOrEqualTo(ExcelDateTime::from_ymd(2000, 1, 1)?);
    let rules = [
        (Column::Decision, DataValidation::new().allow_list_strings(decisions)?, "请从下拉列表中选择核实结论"),
        (
            Column::Recovered,
            DataValidation::new().allow_decimal_number(DataValidationRule::GreaterThanOrEqualTo(0.0)),
            "请填写以元为单位的金额，只填数字",
        ),
        (Column::Heard, DataValidation::new().allow_list_strings(&["是", "否"])?, "请填“是”或“否”"),
        (Column::DecidedOn, DataValidation::new().allow_date(first_day), "请填写日期，例如 2026-11-20"),
    ];
    for (column, rule, message) in rules {
        let place = sheet.heads.iter().position(|head| head.column == Some(column));
        let Some(place) = place.and_then(|place| u16::try_from(place).ok()) else { continue };
        let rule = rule.set_error_title("填写有误")?.set_error_message(message)?;
        worksheet.add_data_validation(header_row(sheet) + 1, place, last_row(sheet), place, &rule)?;
    }
    Ok(())
}

fn excel_day(day: chrono::NaiveDate) -> Result<ExcelDateTime, XlsxError> {
    let part = |number: u32| u8::try_from(number).unwrap_or(1);
    ExcelDateTime::from_ymd(u16::try_from(day.year()).unwrap_or(1900), part(day.month()), part(day.day()))
}
