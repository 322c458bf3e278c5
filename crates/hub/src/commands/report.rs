//! `yilian report MONTH`.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;

use chrono::NaiveDate;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, XlsxError};
use serde_json::json;
use yilian_contract::{CodeList, RegionNames};
use yilian_pipeline::monitor::{self, Line};
use yilian_pipeline::publication;
use yilian_pipeline::site::Site;

use crate::arguments::ReportArguments;
use crate::error::HubError;
use crate::library::{self, Library};
use crate::printer::Printer;

const FONT: &str = "宋体";
/// Counts of few people stand in it as they are.
const INSIDE: &str = "内部工作用表，未作披露控制，不得对外发布。“—”为无数据，不是零。";
const HEAD: [&str; 7] = ["地区代码", "地区", "项目", "单位", "本月", "本年累计", "上年同月"];
const WIDTHS: [f64; 7] = [10.0, 16.0, 52.0, 8.0, 16.0, 16.0, 16.0];
/// Sections in the order of the sheets.
const SECTIONS: [(&str, &str); 3] = [("benefit", "待遇发放"), ("settlement", "服务结算"), ("indicator", "服务指标")];
const UNITS: [(&str, &str); 5] =
    [("persons", "人"), ("yuan", "元"), ("events", "单"), ("number", "个"), ("percent", "%")];

/// Names of what the lines speak of in codes.
struct Words {
    regions: RegionNames,
    items: BTreeMap<String, String>,
}

/// Writes the monthly monitor of the current publication as a workbook.
pub(crate) fn run(
    arguments: &ReportArguments,
    site: &Path,
    schemas: Option<&Path>,
    printer: Printer,
) -> Result<ExitCode, HubError> {
    let site = Site::open(site)?;
    let month = month(&arguments.month)?;
    let words = Words::load(schemas)?;
    let (current, lines) = super::block_on(async {
        let current = publication::current(site.store()).await?.ok_or(HubError::NothingPublished)?;
        let lines = monitor::read(site.store(), &current, month).await?;
        Ok((current, lines))
    })?;
    if lines.is_empty() {
        return Err(HubError::NoSuchMonth { month: arguments.month.clone() });
    }
    let name = format!("monitor-{}.xlsx", month.format("%Y-%m"));
    let file = arguments.out.clone().unwrap_or_else(|| site.root().join(name));
    let failed = |_| HubError::ReportNotWritten { file: file.clone() };
    let bytes = workbook(&lines, &words, (month, current.as_of.as_str())).map_err(failed)?;
    std::fs::write(&file, bytes).map_err(|source| HubError::Io { path: file.clone(), source })?;
    answer(printer, &file, lines.len());
    Ok(ExitCode::SUCCESS)
}

fn answer(printer: Printer, file: &Path, lines: usize) {
    printer.answer(
        || format!("monitor: {} ({lines} lines; for inside use)", file.display()),
        || json!({ "report": file, "lines": lines }),
    );
}

/// `2025-03` as its first day.
fn month(text: &str) -> Result<NaiveDate, HubError> {
    format!("{text}-01").parse().map_err(|_| HubError::Month { text: text.to_owned() })
}

impl Words {
    fn load(schemas: Option<&Path>) -> Result<Self, HubError> {
        let library = Library::load(schemas)?;
        let regions =
            RegionNames::load(&library::folder(schemas)?).map_err(|mistakes| HubError::Mistakes { mistakes })?;
        let lists = ["benefit", "indicator"].into_iter().filter_map(|name| library.schemas.codes.get(name));
        let items = lists.flat_map(named).collect();
        Ok(Self { regions, items })
    }

    fn item<'w>(&'w self, code: &'w str) -> &'w str {
        if code == "none" { "不属于任何项目" } else { self.items.get(code).map_or(code, String::as_str) }
    }
}

fn named(list: &CodeList) -> impl Iterator<Item = (String, String)> + '_ {
    list.entries.iter().map(|entry| (entry.code.clone(), entry.label_zh.clone()))
}

/// One sheet for each section that has lines; all cells are text, so that no spreadsheet program changes one.
fn workbook(lines: &[Line], words: &Words, (month, as_of): (NaiveDate, &str)) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    // The day of the run in the place of the clock: the same publication gives the same bytes.
    book.set_properties(&DocProperties::new().set_creation_datetime(&ExcelDateTime::parse_from_str(as_of)?));
    let title = Format::new().set_font_name(FONT).set_font_size(14).set_bold();
    let plain = Format::new().set_font_name(FONT).set_font_size(10);
    let cell = plain.clone().set_border(FormatBorder::Thin).set_num_format("@");
    let head = cell.clone().set_bold().set_align(FormatAlign::Center);
    let number = cell.clone().set_align(FormatAlign::Right);
    for (section, name) in SECTIONS {
        let mut here = lines.iter().filter(|line| line.section == section).peekable();
        if here.peek().is_none() {
            continue;
        }
        let sheet = book.add_worksheet().set_name(name)?;
        sheet.write_string_with_format(
            0,
            0,
            format!("养老服务月度监测 {} {name}", month.format("%Y年%m月")),
            &title,
        )?;
        sheet.write_string_with_format(1, 0, format!("数据截至 {as_of}。{INSIDE}"), &plain)?;
        for ((column, text), width) in (0..).zip(HEAD).zip(WIDTHS) {
            sheet.set_column_width(column, width)?;
            sheet.write_string_with_format(2, column, text, &head)?;
        }
        for (row, line) in (3..).zip(here) {
            let unit = UNITS.iter().find(|(code, _)| *code == line.unit).map_or(line.unit.as_str(), |(_, unit)| unit);
            let region = words.regions.name(&line.region).unwrap_or_default();
            for (column, text) in (0..).zip([line.region.as_str(), region, words.item(&line.item), unit]) {
                sheet.write_string_with_format(row, column, text, &cell)?;
            }
            for (column, value) in (4..).zip([&line.value, &line.so_far, &line.last_year]) {
                sheet.write_string_with_format(row, column, shown(value.as_deref(), &line.unit), &number)?;
            }
        }
        sheet.set_freeze_panes(3, 0)?;
    }
    book.save_to_buffer()
}

/// Whole things have no decimals; what nobody knows is no zero.
fn shown<'v>(value: Option<&'v str>, unit: &str) -> &'v str {
    match value {
        Some(value) if unit != "yuan" && unit != "percent" => value.strip_suffix(".00").unwrap_or(value),
        Some(value) => value,
        None => "—",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_a_year_and_a_month() {
        assert_eq!(month("2025-03").unwrap(), NaiveDate::from_ymd_opt(2025, 3, 1).unwrap());
        for wrong in ["2025", "2025-13", "202503", "2025-03-01"] {
            assert!(month(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_nobody_knows_is_no_zero() {
        assert_eq!(shown(None, "persons"), "—");
        assert_eq!(shown(Some("7.00"), "persons"), "7");
        assert_eq!(shown(Some("7.00"), "yuan"), "7.00");
    }

    #[test]
    fn one_month_gives_one_file_byte_for_byte() {
        let line = |section: &str, item: &str| Line {
            section: section.to_owned(),
            item: item.to_owned(),
            region: "150104".to_owned(),
            unit: "persons".to_owned(),
            value: Some("7.00".to_owned()),
            so_far: None,
            last_year: None,
        };
        let lines = [line("benefit", "MZ01"), line("indicator", "family_beds")];
        let words = Words { regions: RegionNames::default(), items: BTreeMap::new() };
        let made = || workbook(&lines, &words, (month("2025-03").unwrap(), "2025-12-31")).unwrap();
        assert!(made().starts_with(b"PK"));
        assert_eq!(made(), made());
    }
}
