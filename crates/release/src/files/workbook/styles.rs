use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder, Worksheet, XlsxError};

const FONT: &str = "宋体";
const A4: u8 = 9;
const LINES: Color = Color::RGB(0x00BF_BFBF);
const HEAD: Color = Color::RGB(0x00D9_E2F0);

/// The formats of a workbook.
pub(super) struct Styles {
    pub(super) title: Format,
    pub(super) subtitle: Format,
    pub(super) note: Format,
    pub(super) unit: Format,
    pub(super) head: Format,
    /// Text, whatever it looks like.
    pub(super) label: Format,
    /// A mark in the place of a number.
    pub(super) mark: Format,
    whole: Format,
    tenths: Format,
    hundredths: Format,
}

impl Styles {
    pub(super) fn new() -> Self {
        let plain = Format::new().set_font_name(FONT).set_font_size(10).set_align(FormatAlign::VerticalCenter);
        let cell = plain.clone().set_border(FormatBorder::Thin).set_border_color(LINES);
        let number = |format: &str| cell.clone().set_num_format(format).set_align(FormatAlign::Right);
        let head = cell.clone().set_bold().set_align(FormatAlign::Center).set_text_wrap();
        Self {
            title: plain.clone().set_font_size(16).set_bold(),
            subtitle: plain.clone().set_bold(),
            unit: plain.clone().set_align(FormatAlign::Right),
            note: plain,
            head: head.set_background_color(HEAD),
            label: cell.clone().set_num_format("@"),
            mark: number("@"),
            whole: number("#,##0"),
            tenths: number("#,##0.0"),
            hundredths: number("#,##0.00"),
        }
    }

    /// How a number with so many decimals looks.
    pub(super) fn number(&self, decimals: u32) -> &Format {
        match decimals {
            0 => &self.whole,
            1 => &self.tenths,
            _ => &self.hundredths,
        }
    }
}

/// A4 landscape, as wide as the page, the header on every page.
pub(super) fn page(sheet: &mut Worksheet, title: &str, head_row: u32) -> Result<(), XlsxError> {
    sheet
        .set_paper_size(A4)
        .set_landscape()
        .set_print_fit_to_pages(1, 0)
        .set_print_center_horizontally(true)
        .set_margins(0.4, 0.4, 0.6, 0.6, 0.3, 0.3)
        .set_header(header(title))
        .set_footer("&C&9第 &P 页，共 &N 页");
    sheet.set_repeat_rows(head_row, head_row)?;
    Ok(())
}

/// A single & begins a code, and the size of the letters takes every digit that follows it.
fn header(title: &str) -> String {
    let title: String = title.replace('&', "&&").chars().take(80).collect();
    format!("&L&9 {title}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_at_the_head_of_a_title_is_no_size_of_letters() {
        assert_eq!(header("2025年A&B"), "&L&9 2025年A&&B");
    }
}
