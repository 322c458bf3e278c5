//! A person's own rows, as they stand in an extract.

use std::path::Path;

use chrono::NaiveDate;
use yilian_intake::{IntakeError, SubjectCell, SubjectRequest, SubjectRows, canonical_id, subject_rows};

use crate::office::{Office, SCHEMAS};

const HEADER: &str = "姓名,身份证号码,性别,出生日期,户主身份证号码,监护人电话,对象类别,起始月份,乡镇";

fn found(dataset: &str, extract: &Path, number: &str) -> Result<SubjectRows, IntakeError> {
    let contract = SCHEMAS.dataset(dataset).unwrap();
    let id = canonical_id(number, NaiveDate::MAX);
    subject_rows(&SubjectRequest { schemas: &SCHEMAS, contract, extract, id: &id })
}

fn shown(cell: &SubjectCell) -> &str {
    match cell {
        SubjectCell::Empty => "",
        SubjectCell::Text(text) => text.reveal(),
        SubjectCell::OfAnother => "***",
    }
}

#[test]
fn a_lower_case_x_and_an_old_number_are_found_in_either_encoding() {
    let text = "殡葬火化登记\n姓名,身份证号码,性别,出生日期,死亡日期,发放区划,备注\n\
                苏和,159901391104123,男,1939-11-04,2025-03-01,150104001,本人\n\
                \"阿拉坦\n其其格\",15990119400215018x,女,1940-02-15,2025-04-01,150104,\n\
                乌云,,女,1940-01-01,2025-04-01,150104002003,\n";
    for bytes in [text.as_bytes().to_vec(), encoding_rs::GB18030.encode(text).0.into_owned()] {
        let office = Office::new();
        let extract = office.file("extract", bytes);
        for (number, row, name) in [("159901193911041234", 3, "苏和"), ("15990119400215018X", 4, "阿拉坦\n其其格")]
        {
            let rows = found("funeral", &extract, number).unwrap();
            let [table] = &rows.tables[..] else { panic!("{rows:?}") };
            assert_eq!(table.rows.iter().map(|row| row.place.row).collect::<Vec<_>>(), [row]);
            assert_eq!(shown(&table.rows[0].cells[0]), name);
            assert_eq!(table.without_number, 1);
            // A column that the contract does not have is the department's own data all the same.
            let last = table.headers.last().unwrap();
            assert_eq!((last.text.as_str(), last.column.as_deref()), ("备注", None));
        }
        assert!(found("funeral", &extract, "159901194105055556").unwrap().tables[0].rows.is_empty());
        assert!(found("funeral", &extract, "").unwrap().tables[0].rows.is_empty());
    }
}

#[test]
fn the_number_of_another_head_is_not_given_and_rows_of_the_household_are_named_alone() {
    let office = Office::new();
    let contract = SCHEMAS.dataset("assistance_roll").unwrap();
    let required = contract.columns.iter().filter(|column| column.required && !HEADER.contains(&column.header));
    let more: Vec<_> = required.map(|column| column.header.as_str()).collect();
    let text = format!(
        "{HEADER},{}\n苏和,159901193911041234,,,159901193911041234\n乌云,159901194002292225,,,159901391104123,138\n",
        more.join(",")
    );
    let extract = office.file("extract", text);
    let head = found("assistance_roll", &extract, "159901193911041234").unwrap();
    assert_eq!(shown(&head.tables[0].rows[0].cells[4]), "159901193911041234");
    assert_eq!(head.tables[0].as_head.iter().map(|place| place.row).collect::<Vec<_>>(), [3]);
    let member = found("assistance_roll", &extract, "159901194002292225").unwrap();
    let cells: Vec<_> = member.tables[0].rows[0].cells.iter().map(shown).collect();
    assert_eq!(cells[..6], ["乌云", "159901194002292225", "", "", "***", "138"]);
    assert!(!format!("{member:?}").contains("1599"), "{member:?}");
}

#[test]
fn a_file_without_the_header_is_refused_without_a_word_of_it() {
    let office = Office::new();
    let extract = office.file("extract", "苏和,159901193911041234,男\n");
    let error = found("funeral", &extract, "159901193911041234").unwrap_err();
    let said = format!("{error} {error:?}");
    assert!(matches!(error, IntakeError::Refused { .. }));
    assert!(!said.contains("1599") && !said.contains("苏和"), "{said}");
}

#[test]
fn every_sheet_of_a_workbook_is_looked_into() {
    let office = Office::new();
    let path = office.folder.path().join("book.xlsx");
    let mut book = rust_xlsxwriter::Workbook::new();
    for name in ["一月", "二月"] {
        let sheet = book.add_worksheet().set_name(name).unwrap();
        let rows = [
            ["姓名", "身份证号码", "性别", "出生日期", "死亡日期", "发放区划"],
            ["苏和", "159901193911041234", "男", "1939-11-04", "2025-03-01", "150104"],
        ];
        for (row, cells) in (0..).zip(rows) {
            for (column, cell) in (0..).zip(cells) {
                sheet.write_string(row, column, cell).unwrap();
            }
        }
    }
    book.add_worksheet().set_name("说明").unwrap().write_string(0, 0, "说明").unwrap();
    book.save(&path).unwrap();
    let rows = found("funeral", &path, "159901391104123").unwrap();
    let places = rows.tables.iter().flat_map(|table| &table.rows).map(|row| row.place.clone());
    let places: Vec<_> = places.map(|place| (place.sheet.unwrap(), place.row)).collect();
    assert_eq!(places, [("一月".to_owned(), 2), ("二月".to_owned(), 2)]);
    assert_eq!(rows.other_sheets, ["说明"]);
}
