//! R06, R11, R17, R23, R24 in workbooks, and what only workbooks do.

use std::collections::BTreeSet;
use std::io::{Cursor, Read, Write};
use std::path::PathBuf;

use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook, Worksheet};
use yilian_intake::{Encoding, FindingKind, IntakeError, Prepared, Problem, RowMap, SourcePlace};

use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use super::FUNERAL;
use crate::office::{Office, column, found, id, rows, rows_found, texts};

fn save(office: &Office, mut book: Workbook) -> PathBuf {
    let path = office.folder.path().join("extract.xlsx");
    book.save(&path).unwrap();
    path
}

fn prepare(office: &Office, book: Workbook) -> Result<Prepared, IntakeError> {
    office.prepare_file("funeral", &save(office, book))
}

/// The workbook with one of its parts rewritten.
fn edited(book: &[u8], part: &str, edit: impl Fn(&str) -> String) -> Vec<u8> {
    let mut zip = ZipArchive::new(Cursor::new(book)).unwrap();
    let mut out = ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..zip.len() {
        let mut file = zip.by_index(at).unwrap();
        let name = file.name().unwrap().into_owned();
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        out.start_file(&*name, SimpleFileOptions::default()).unwrap();
        out.write_all(if name == part { edit(&text) } else { text }.as_bytes()).unwrap();
    }
    out.finish().unwrap().into_inner()
}

fn line(sheet: &mut Worksheet, row: u32, cells: &[&str]) {
    for (column, cell) in (0..).zip(cells) {
        if !cell.is_empty() {
            sheet.write_string(row, column, *cell).unwrap();
        }
    }
}

fn header(sheet: &mut Worksheet, row: u32) {
    line(sheet, row, &FUNERAL.trim().split(',').collect::<Vec<_>>());
}

fn person(sheet: &mut Worksheet, row: u32, number: u32) {
    line(sheet, row, &["王伟", &id("19391104", number), "男", "", "2025-03-01", "150104008"]);
}

fn township(book: &mut Workbook, name: &str, people: std::ops::Range<u32>) {
    let sheet = book.add_worksheet().set_name(name).unwrap();
    header(sheet, 0);
    for (row, number) in (1..).zip(people) {
        person(sheet, row, number);
    }
}

#[test]
fn r06_an_id_number_that_is_a_number_cell_has_lost_its_last_digits() {
    let office = Office::new();
    let mut book = Workbook::new();
    township(&mut book, "名册", 0..30);
    let sheet = book.worksheet_from_index(0).unwrap();
    sheet.write_number(5, 1, 159_901_193_911_041_234.0).unwrap();
    let error = prepare(&office, book).unwrap_err();
    let IntakeError::Refused { problems, .. } = &error else { panic!("{error}") };
    assert!(matches!(&problems[..], [Problem::SpreadsheetDamage { scientific: 1, .. }]), "{error}");
    assert!(!error.to_string().contains("1599"), "{error}");
}

#[test]
fn r11_and_r17_numbers_dates_and_formulas_in_cells_mean_what_the_text_means() {
    let office = Office::new();
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    header(sheet, 0);
    let chinese = Format::new().set_num_format("yyyy\"年\"m\"月\"d\"日\"");
    for row in 1..6 {
        person(sheet, row, 7);
        sheet.write_number(row, 5, 150_104_008.0).unwrap();
        sheet.write_number(row, 2, 1.0).unwrap();
    }
    sheet.write_datetime_with_format(1, 4, ExcelDateTime::from_ymd(2025, 3, 1).unwrap(), &chinese).unwrap();
    sheet.write_number(2, 4, 45_717.0).unwrap();
    sheet.write_number(3, 4, 20_250_301.0).unwrap();
    sheet.write_formula(4, 4, Formula::new("DATE(2025,3,1)").set_result("45717")).unwrap();
    // 15 digits are exact in a number cell.
    sheet.write_number(5, 1, 159_901_391_104_123.0).unwrap();
    let prepared = prepare(&office, book).unwrap();
    let data = rows(&prepared.data);
    assert_eq!(texts(&data, "death_month"), vec!["2025-03-01"; 5]);
    assert_eq!(
        (texts(&data, "sex"), texts(&data, "region")),
        (vec!["1".to_owned(); 5], vec!["150104008".to_owned(); 5])
    );
    assert_eq!((prepared.counts.delivered, prepared.counts.upgraded, prepared.counts.null_tokens), (5, 1, 0));
}

#[test]
fn r17_a_formula_that_failed_is_no_value_and_one_without_a_result_refuses_the_file() {
    let office = Office::new();
    let mut book = Workbook::new();
    township(&mut book, "名册", 0..60);
    let sheet = book.worksheet_from_index(0).unwrap();
    sheet.write_formula(9, 4, Formula::new("VLOOKUP(1,A1:B2,2)").set_result("#REF!")).unwrap();
    let bytes = book.save_to_buffer().unwrap();
    let prepared = office.prepare("funeral", &bytes).unwrap();
    assert_eq!(prepared.counts.rejected.get("date_unreadable"), Some(&1));
    // As a program writes it that does not compute.
    let uncomputed = edited(&bytes, "xl/worksheets/sheet1.xml", |xml| {
        xml.replace("<v>#REF!</v>", "<v></v>").replace(" t=\"e\"", "")
    });
    let error = office.prepare("funeral", uncomputed).unwrap_err();
    let IntakeError::Refused { problems, .. } = &error else { panic!("{error}") };
    assert_eq!(*problems, [Problem::Uncomputed { count: 1, rows: vec![10] }], "{error}");
}

#[test]
fn r23_merged_headers_titles_and_footers_of_a_workbook_are_understood() {
    let office = Office::new();
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let plain = Format::new();
    sheet.merge_range(0, 0, 0, 6, "2025年火化登记表", &plain).unwrap();
    sheet.merge_range(1, 0, 2, 0, "序号", &plain).unwrap();
    sheet.merge_range(1, 1, 1, 4, "人员信息", &plain).unwrap();
    sheet.merge_range(1, 5, 2, 5, "死亡日期", &plain).unwrap();
    sheet.merge_range(1, 6, 2, 6, "发放区划", &plain).unwrap();
    line(sheet, 2, &["", "姓名", "身份证号", "性别", "出生日期"]);
    for row in 3..6 {
        line(sheet, row, &[&row.to_string(), "王伟", &id("19391104", row), "男", "", "2025-03-01", "150104"]);
    }
    sheet.merge_range(6, 0, 6, 6, "合计：3人", &plain).unwrap();
    sheet.merge_range(7, 0, 7, 6, "制表人：李某      审核人：张某", &plain).unwrap();
    let prepared = prepare(&office, book).unwrap();
    assert_eq!((prepared.counts.read, prepared.counts.delivered), (3, 3));
    let mut places = texts(&rows(&prepared.rows), "source_row");
    places.sort();
    assert_eq!(places, ["4", "5", "6"]);
    assert_eq!(rows_found(&prepared.findings, FindingKind::Footer), [7, 8]);
}

#[test]
fn r24_every_sheet_of_the_dataset_is_read_and_each_row_keeps_its_sheet() {
    let office = Office::new();
    let mut book = Workbook::new();
    township(&mut book, "小召前街", 0..40);
    let note = book.add_worksheet().set_name("填表说明").unwrap();
    line(note, 0, &["请按乡镇分表填写。"]);
    line(note, 3, &["代码", "名称"]);
    township(&mut book, "小黑河镇", 40..100);
    let sheet = book.worksheet_from_name("小黑河镇").unwrap();
    sheet.write_string(10, 4, "20230231").unwrap();
    book.add_worksheet().set_name("Sheet4").unwrap();
    let prepared = prepare(&office, book).unwrap();
    assert_eq!((prepared.encoding, prepared.sheets.len()), (Encoding::Workbook, 2));
    assert_eq!((prepared.counts.read, prepared.counts.delivered), (100, 99));
    let map = rows(&prepared.rows);
    let mut places: Vec<(String, u32)> = texts(&map, "sheet")
        .into_iter()
        .zip(texts(&map, "source_row").iter().map(|row| row.parse().unwrap()))
        .collect();
    places.sort_unstable();
    let mut expected: Vec<(String, u32)> =
        (2..=61).filter(|row| *row != 11).map(|row| ("小黑河镇".to_owned(), row)).collect();
    expected.extend((2..=41).map(|row| ("小召前街".to_owned(), row)));
    expected.sort_unstable();
    assert_eq!(places, expected);
    let rejects = std::fs::read_to_string(&prepared.rejects).unwrap();
    assert!(
        rejects.contains("\r\n11,死亡日期,date_impossible,") && rejects.trim_end().ends_with(",小黑河镇"),
        "{rejects}"
    );
    let skipped: Vec<_> = prepared.findings.iter().filter(|one| one.kind == FindingKind::SheetSkipped).collect();
    assert_eq!(skipped.iter().map(|one| one.sheet.as_deref().unwrap()).collect::<Vec<_>>(), ["填表说明", "Sheet4"]);
}

#[test]
fn r24_a_delivered_row_is_followed_back_into_its_own_sheet() {
    let office = Office::new();
    let mut book = Workbook::new();
    township(&mut book, "小召前街", 0..40);
    township(&mut book, "小黑河镇", 40..100);
    let path = save(&office, book);
    let prepared = office.prepare_file("funeral", &path).unwrap();
    let map = RowMap::read(&prepared.rows, &(0..100).collect()).unwrap();
    let found = Office::people("funeral", &path, &map);
    let numbers: BTreeSet<String> =
        found.values().map(|cells| cells.id_number.as_ref().unwrap().reveal().to_owned()).collect();
    assert_eq!(numbers, (0..100).map(|number| id("19391104", number)).collect());
    let place = SourcePlace { sheet: Some("小黑河镇".to_owned()), row: 2 };
    assert_eq!(found[&place].id_number.as_ref().unwrap().reveal(), id("19391104", 40));
}

#[test]
fn r24_a_single_sheet_is_named_once_and_its_rows_are_counted_from_its_own_first() {
    let office = Office::new();
    let mut book = Workbook::new();
    let note = book.add_worksheet().set_name("说明").unwrap();
    (0..20).for_each(|row| line(note, row, &["说明文字"]));
    township(&mut book, "名册", 0..3);
    let prepared = prepare(&office, book).unwrap();
    assert_eq!(prepared.sheets, ["名册"]);
    let map = rows(&prepared.rows);
    assert!(map.column_by_name("sheet").is_none());
    let traced = RowMap::read(&prepared.rows, &(0..3).collect()).unwrap();
    let path = office.folder.path().join("extract.xlsx");
    assert_eq!(Office::people("funeral", &path, &traced).len(), 3);
    let mut places = texts(&map, "source_row");
    places.sort();
    assert_eq!(places, ["2", "3", "4"]);
}

#[test]
fn r24_a_sheet_of_something_else_refuses_the_file_and_is_named() {
    let office = Office::new();
    let people = |header: &[&str]| {
        let mut book = Workbook::new();
        township(&mut book, "小召前街", 0..30);
        let other = book.add_worksheet().set_name("昭君路").unwrap();
        line(other, 0, header);
        line(other, 1, &["李文", &id("19391104", 99), "男", "", "2025-03-01"]);
        book
    };
    for header in [&["姓名", "身份证号", "性别", "出生日期", "死亡日期"][..], &["甲", "乙", "丙"], &[]]
    {
        let error = prepare(&office, people(header)).unwrap_err();
        let IntakeError::Refused { problems, .. } = &error else { panic!("{error}") };
        assert!(matches!(&problems[..], [Problem::Sheet { name, .. }] if name == "昭君路"), "{error}");
        assert!(!error.to_string().contains("李文"), "{error}");
    }
}

#[test]
fn r24_a_bad_sheet_is_refused_by_its_name_among_good_ones() {
    let office = Office::new();
    let mut book = Workbook::new();
    township(&mut book, "小召前街", 0..30);
    let sheet = book.add_worksheet().set_name("昭君路").unwrap();
    header(sheet, 0);
    for row in 1..31 {
        line(sheet, row, &["王伟", "", "男", "1939-11-04", "2025-03-01", "150104008"]);
    }
    let error = prepare(&office, book).unwrap_err();
    let IntakeError::Refused { problems, .. } = &error else { panic!("{error}") };
    let expected = Problem::NullColumn { header: "身份证号码".to_owned() };
    assert_eq!(*problems, [Problem::Sheet { name: "昭君路".to_owned(), problems: vec![expected] }]);
}

#[test]
fn r24_hidden_rows_columns_and_sheets_are_read_and_named_and_so_are_merged_cells() {
    let office = Office::new();
    let mut book = Workbook::new();
    township(&mut book, "小召前街", 0..30);
    township(&mut book, "昭君路", 30..60);
    let sheet = book.worksheet_from_name("小召前街").unwrap();
    sheet.set_row_hidden(4).unwrap().set_row_hidden(5).unwrap();
    sheet.set_column_hidden(1).unwrap().set_column_hidden(700).unwrap();
    sheet.merge_range(8, 3, 10, 3, "", &Format::new()).unwrap();
    book.worksheet_from_name("昭君路").unwrap().set_hidden(true);
    let prepared = prepare(&office, book).unwrap();
    assert_eq!(prepared.counts.delivered, 60);
    let one = |kind| prepared.findings.iter().find(|one| one.kind == kind).unwrap();
    let rows = one(FindingKind::HiddenRows);
    assert_eq!((rows.sheet.as_deref(), rows.count, rows.rows.as_slice()), (Some("小召前街"), 2, &[5, 6][..]));
    assert_eq!(one(FindingKind::HiddenColumn).column.as_deref(), Some("身份证号码"));
    assert_eq!(found(&prepared.findings, FindingKind::HiddenColumn), 1, "columns without a header say nothing");
    assert_eq!(one(FindingKind::HiddenSheet).sheet.as_deref(), Some("昭君路"));
    assert_eq!(one(FindingKind::MergedCells).rows, [9]);
}

#[test]
fn the_columns_and_units_of_each_sheet_are_its_own() {
    let office = Office::new();
    let mut book = Workbook::new();
    for (name, amount, value) in [("一", "金额", 1234.5), ("二", "金额（万元）", 0.12345)] {
        let sheet = book.add_worksheet().set_name(name).unwrap();
        let mut cells =
            ["姓名", "身份证号", "性别", amount, "补贴项目", "所属月份", "发放日期", "发放流水号", "发放区划"];
        let mut row =
            ["王伟", &id("19391104", 1), "男", "", "MZ01", "2025-01", "20250120", name, "150104"].map(str::to_owned);
        if name == "二" {
            cells.swap(0, 1);
            row.swap(0, 1);
        }
        line(sheet, 0, &cells);
        line(sheet, 1, &row.each_ref().map(String::as_str));
        sheet.write_number(1, 3, value).unwrap();
    }
    let path = save(&office, book);
    let prepared = office.prepare_file("benefit_payment", &path).unwrap();
    let data = rows(&prepared.data);
    assert_eq!(texts(&data, "amount"), ["1234.50", "1234.50"]);
    let tokens = column(&data, "person_token");
    assert!(tokens[0].is_some() && tokens[0] == tokens[1]);
    assert_eq!(prepared.control_totals.len(), 1, "the totals are of the file");
}

#[test]
fn an_old_xls_a_locked_and_a_damaged_workbook_are_refused_with_a_hint() {
    let office = Office::new();
    let mut book = Workbook::new();
    township(&mut book, "名册", 0..300);
    let whole = book.save_to_buffer().unwrap();
    let old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old or locked".to_vec();
    for bytes in
        [old, whole[..whole.len() / 2].to_vec(), whole[..whole.len() - 30].to_vec(), b"PK\x03\x04rest".to_vec()]
    {
        let error = office.prepare("funeral", bytes).unwrap_err();
        assert!(matches!(error, IntakeError::Workbook { .. }), "{error}");
        assert!(error.to_string().contains("hint: save it again as .xlsx"), "{error}");
    }
}
