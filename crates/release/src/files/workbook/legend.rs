//! The sheets around the tables: what stands where and what the marks mean, and every code.

use rust_xlsxwriter::{Url, Worksheet, XlsxError};

use super::super::columns::{Kind, codes_of};
use super::super::rows::Checked;
use super::super::version::Readers;
use super::super::{Version, words};
use super::grid::inside;
use super::sheet::Shown;
use super::styles::{Styles, page};
use super::{both, sheet_name};

/// In the place of a number that is withheld.
pub(super) const WITHHELD: &str = "*";
/// In the place of a number that the decimals of its unit would show as zero.
pub(super) const BELOW_UNIT: &str = "…";

const OVERVIEW: &str = "说明";
const CODES: &str = "代码表";
const OVERVIEW_WIDTHS: [f64; 3] = [28.0, 60.0, 60.0];
const CODE_WIDTHS: [f64; 5] = [26.0, 26.0, 22.0, 36.0, 44.0];

/// What each mark means.
pub(super) fn marks() -> Vec<String> {
    [
        (WITHHELD, "为保护个人信息未公布，不是零", "withheld to protect people; not a zero"),
        (BELOW_UNIT, "不足最小单位", "less than half of the smallest unit shown"),
        (
            "空白 blank",
            "无数据（缺失或不适用，见状态表）",
            "no data (missing or not applicable, see the sheet of statuses)",
        ),
        ("#", "其中项", "of which"),
    ]
    .map(|(mark, zh, en)| format!("“{mark}” {zh} {en}"))
    .to_vec()
}

/// The first sheet.
pub(super) fn overview(
    sheet: &mut Worksheet,
    styles: &Styles,
    tables: &[Checked<'_>],
    (version, readers): (&Version, Readers),
) -> Result<(), XlsxError> {
    sheet.set_name(OVERVIEW)?;
    widths(sheet, &OVERVIEW_WIDTHS)?;
    let title = format!("{}年老年人状况与养老服务统计", version.year);
    sheet.write_string_with_format(0, 0, &title, &styles.title)?;
    let english = format!("Statistics of older people and care services {}", version.year);
    sheet.write_string_with_format(1, 0, english, &styles.subtitle)?;
    let mut next = 2;
    for text in about(version, readers).iter().chain(&marks()) {
        sheet.write_string_with_format(next, 0, text, &styles.note)?;
        next += 1;
    }
    for status in words::STATUSES {
        let (word, (zh, en)) = (words::of_status(status), words::meaning(status));
        let text = format!("{}：{zh} {en}", both(word.zh, word.en, " "));
        sheet.write_string_with_format(next, 0, text, &styles.note)?;
        next += 1;
    }
    next += 1;
    let head_row = next;
    row(sheet, styles, next, ["工作表 Sheet", "表名", "Title"].map(str::to_owned).as_slice(), Line::Head)?;
    for table in tables {
        next += 1;
        let title = &table.definition.title;
        row(sheet, styles, next, &[table.name().to_owned(), title.zh.clone(), title.en.clone()], Line::Body)?;
        let place = format!("internal:'{}'!A1", sheet_name(table.name(), Shown::Values));
        sheet.write_url_with_text(next, 0, Url::new(place), table.name())?;
    }
    page(sheet, &title, head_row)
}

fn about(version: &Version, readers: Readers) -> Vec<String> {
    let state = words::of_state(version.state);
    vec![
        format!("发布单位 Publisher：{}", both(&version.publisher.zh, &version.publisher.en, " ")),
        format!(
            "版本 Version：{}（第{}版，{}，数据截至{}）{}",
            version.id,
            version.number,
            both(state.zh, state.en, " "),
            version.as_of,
            inside(readers)
        ),
        both(words::ROUNDING.zh, words::ROUNDING.en, " "),
    ]
}

/// The last sheet: all codes that stand in a table.
pub(super) fn codes(sheet: &mut Worksheet, styles: &Styles, tables: &[Checked<'_>]) -> Result<(), XlsxError> {
    sheet.set_name(CODES)?;
    widths(sheet, &CODE_WIDTHS)?;
    let head = ["表 Table", "列 Column", "代码 Code", "中文", "English"].map(str::to_owned);
    row(sheet, styles, 0, &head, Line::Head)?;
    let mut next = 0;
    for table in tables {
        let definition = table.definition;
        let dimensions = definition.dimensions.iter().map(|dimension| (dimension.name.as_str(), codes_of(dimension)));
        let measures = ("measure", Kind::Measure(&definition.measures).codes());
        for (column, codes) in dimensions.chain([measures]) {
            for code in codes {
                next += 1;
                let texts = [table.name(), column, code.code, code.zh, code.en].map(str::to_owned);
                row(sheet, styles, next, &texts, Line::Body)?;
            }
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    page(sheet, CODES, 0)
}

#[derive(Clone, Copy)]
enum Line {
    Head,
    Body,
}

fn row(sheet: &mut Worksheet, styles: &Styles, place: u32, texts: &[String], line: Line) -> Result<(), XlsxError> {
    let style = match line {
        Line::Head => &styles.head,
        Line::Body => &styles.label,
    };
    for (column, text) in (0..).zip(texts) {
        sheet.write_string_with_format(place, column, text, style)?;
    }
    Ok(())
}

fn widths(sheet: &mut Worksheet, widths: &[f64]) -> Result<(), XlsxError> {
    for (column, width) in (0..).zip(widths) {
        sheet.set_column_width(column, *width)?;
    }
    Ok(())
}
