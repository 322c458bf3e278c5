//! How cells look, and how a page is printed.

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder, Worksheet, XlsxError};

use crate::cell::{Cell, begins_formula};
use crate::column::Column;

const FONT: &str = "宋体";
const A4: u8 = 9;
const LINES: Color = Color::RGB(0x00BF_BFBF);
const HEAD: Color = Color::RGB(0x00D9_E2F0);
/// What the officer fills in.
const TO_FILL_IN: Color = Color::RGB(0x00FF_F8DC);

const DAY: &str = "yyyy-mm-dd";
const YUAN: &str = "#,##0.00";
/// Text, whatever is typed into the cell afterwards.
const TEXT: &str = "@";

/// The formats of a workbook.
pub(crate) struct Styles {
    pub(crate) title: Format,
    pub(crate) sentence: Format,
    pub(crate) note: Format,
    pub(crate) head: Format,
    pub(crate) head_to_fill_in: Format,
    text: Format,
    quoted: Format,
    count: Format,
    yuan: Format,
    yuan_as_text: Format,
    day: Format,
    answer: Format,
    answer_yuan: Format,
    answer_day: Format,
}

impl Styles {
    pub(crate) fn new() -> Self {
        let plain = Format::new().set_font_name(FONT).set_font_size(10);
        let line = plain.clone().set_align(FormatAlign::VerticalCenter);
        let boxed = plain.set_border(FormatBorder::Thin).set_border_color(LINES).set_text_wrap();
        let cell = boxed.clone().set_align(FormatAlign::VerticalCenter);
        let head =
            boxed.set_bold().set_font_size(9).set_align(FormatAlign::Center).set_align(FormatAlign::VerticalCenter);
        let text = cell.clone().set_num_format(TEXT);
        let answer = cell.clone().set_background_color(TO_FILL_IN);
        Self {
            title: line.clone().set_font_size(16).set_bold(),
            sentence: line.clone().set_bold().set_font_color(Color::RGB(0x00C0_0000)),
            note: line,
            head: head.clone().set_background_color(HEAD),
            head_to_fill_in: head.set_background_color(Color::RGB(0x00FF_E699)),
            quoted: text.clone().set_quote_prefix(),
            text,
            count: cell.clone().set_num_format("0").set_align(FormatAlign::Center),
            yuan: cell.clone().set_num_format(YUAN).set_align(FormatAlign::Right),
            yuan_as_text: cell.clone().set_num_format(TEXT).set_align(FormatAlign::Right),
            day: cell.set_num_format(DAY).set_align(FormatAlign::Center),
            answer_yuan: answer.clone().set_num_format(YUAN).set_align(FormatAlign::Right),
            answer_day: answer.clone().set_num_format(DAY).set_align(FormatAlign::Center),
            answer,
        }
    }

    /// How a cell looks in its column.
    pub(crate) fn of(&self, cell: &Cell, column: Option<Column>) -> &Format {
        match (column, cell) {
            (Some(Column::Recovered), _) => &self.answer_yuan,
            (Some(Column::DecidedOn), _) => &self.answer_day,
            (Some(column), _) if column.is_answer() => &self.answer,
            (Some(Column::Amount), Cell::Text(_)) => &self.yuan_as_text,
            (_, Cell::Text(text)) if begins_formula(text) => &self.quoted,
            (_, Cell::Empty | Cell::Text(_)) => &self.text,
            (_, Cell::Count(_)) => &self.count,
            (_, Cell::Yuan(_)) => &self.yuan,
            (_, Cell::Day(_)) => &self.day,
        }
    }
}

/// A4 landscape, as wide as the page, the header on every page.
pub(crate) fn page(worksheet: &mut Worksheet, (title, office): (&str, &str), header_row: u32) -> Result<(), XlsxError> {
    // A single & begins a code.
    let plain = |text: &str| text.replace('&', "&&").chars().take(80).collect::<String>();
    worksheet
        .set_paper_size(A4)
        .set_landscape()
        .set_print_fit_to_pages(1, 0)
        .set_print_center_horizontally(true)
        .set_margins(0.4, 0.4, 0.6, 0.6, 0.3, 0.3)
        .set_header(format!("&L&9{}&R&9{}", plain(office), plain(title)))
        .set_footer("&L&9含个人信息，请妥善保管&C&9第 &P 页，共 &N 页");
    worksheet.set_repeat_rows(header_row, header_row)?;
    Ok(())
}
