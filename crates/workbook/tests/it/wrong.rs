//! What is wrong with a workbook is said all at once, with sheet and row and never with what stood there.

use std::path::Path;

use proptest::prelude::*;

use yilian_workbook::{Known, WorkbookError, Wrong};

use crate::book::{DECISIONS, FLAG, GAP, OTHER_FLAG, folder, known, read_file, usual};
use crate::officer::{Officer, Typed, text};

const OVERLAPS: &str = "疑似重复享受";
const GAPS: &str = "疑似应享未享";

fn refused(officer: &Officer, known: &Known) -> WorkbookError {
    let folder = folder();
    let path = folder.path().join("answered.xlsx");
    officer.save(&path);
    read_file(&path, known).unwrap_err()
}

fn codes(error: &WorkbookError) -> Vec<(u32, Option<u32>, &'static str)> {
    let WorkbookError::Faults { faults, .. } = error else { panic!("{error}") };
    faults.iter().map(|fault| (fault.place.sheet, fault.place.row, fault.wrong.code())).collect()
}

fn opened() -> Officer {
    Officer::open(&usual().to_xlsx(&DECISIONS).unwrap())
}

#[test]
fn all_faults_of_all_sheets_are_named_with_sheet_and_row() {
    let mut officer = opened();
    officer.sheet(OVERLAPS).fill(FLAG, "核实结论", text("属实代追回"));
    officer.sheet(OVERLAPS).fill(FLAG, "核实日期", text("昨天"));
    officer.sheet(OVERLAPS).fill(OTHER_FLAG, "已听取本人意见", text("是"));
    officer.sheet(GAPS).fill(GAP, "核实结论", text("同一人"));
    officer.sheet(GAPS).fill(GAP, "已听取本人意见", text("问过"));
    officer.sheet(GAPS).fill(GAP, "核实日期", Typed::Day(2026, 11, 23));
    let error = refused(&officer, &known(&usual()));
    let expected = [
        (1, Some(6), "decision_missing"),
        (1, Some(7), "decision_unknown"),
        (1, Some(7), "heard_missing"),
        (1, Some(7), "date_unreadable"),
        (2, Some(6), "decision_unfit"),
        (2, Some(6), "heard_unreadable"),
        (2, Some(6), "date_ahead"),
    ];
    assert_eq!(codes(&error), expected);
    let message = error.to_string();
    assert!(
        message.contains("第 1 张表（疑似重复享受）第 7 行：核实结论无法识别，最接近的是“属实待追回”"),
        "{message}"
    );
    for typed in ["属实代追回", "昨天", "问过", FLAG, OTHER_FLAG, GAP, "苏和", "159901193911041234"] {
        assert!(!message.contains(typed), "{typed} is repeated: {message}");
    }
}

#[test]
fn a_clue_number_that_became_a_number_is_refused_where_it_is_answered() {
    let mut officer = opened();
    let sheet = officer.sheet(OVERLAPS);
    sheet.fill(FLAG, "核实结论", text("属实已纠正"));
    sheet.fill(FLAG, "线索编号", Typed::Number(9.223_372_036_854_775e18));
    sheet.fill(OTHER_FLAG, "线索编号", text("1.23457E+18"));
    assert_eq!(codes(&refused(&officer, &known(&usual()))), [(1, Some(7), "clue_damaged")]);
}

#[test]
fn a_number_that_was_rounded_is_none_that_was_received() {
    let mut officer = opened();
    let sheet = officer.sheet(OVERLAPS);
    sheet.fill(FLAG, "核实结论", text("属实已纠正"));
    sheet.fill(FLAG, "线索编号", text("9223372036854770000"));
    assert_eq!(codes(&refused(&officer, &known(&usual()))), [(1, Some(7), "clue_unknown")]);
}

#[test]
fn two_different_answers_to_one_clue_are_named_with_both_places() {
    let mut officer = opened();
    let sheet = officer.sheet(OVERLAPS);
    for (header, typed) in [("核实结论", "属实已纠正"), ("已听取本人意见", "是"), ("核实日期", "2026-11-20")]
    {
        sheet.fill(FLAG, header, text(typed));
    }
    let mut copy = sheet.row(FLAG).clone();
    copy[sheet.column("核实结论")] = text("数据有误");
    sheet.rows.push(copy);
    let error = refused(&officer, &known(&usual()));
    assert_eq!(codes(&error), [(1, Some(8), "answered_twice")]);
    let WorkbookError::Faults { faults, .. } = error else { panic!() };
    assert!(matches!(faults[0].wrong, Wrong::AnsweredTwice { other } if other.row == Some(7)));
}

#[test]
fn a_decision_without_its_clue_and_a_sheet_without_its_columns_are_not_lost_in_silence() {
    let mut officer = opened();
    officer.sheet(OVERLAPS).rows.push(vec![text(""); 15].into_iter().chain([text("数据有误")]).collect());
    let (header, heard) = (officer.sheet(GAPS).header(), officer.sheet(GAPS).column("已听取本人意见"));
    officer.sheet(GAPS).rows[header][heard] = text("听取意见");
    let same = officer.sheet("疑似同一人");
    let header = same.header();
    same.rows.remove(header);
    let found = codes(&refused(&officer, &known(&usual())));
    assert_eq!(found, [(1, Some(8), "clue_missing"), (2, None, "column_missing"), (3, None, "column_missing")]);
}

#[test]
fn what_is_no_workbook_of_ours_is_said_to_be_none() {
    let folder = folder();
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let read = |path: &Path| read_file(path, &Known::default()).unwrap_err();
    assert!(matches!(read(&folder.path().join("none.xlsx")), WorkbookError::Unreadable { .. }));
    assert!(matches!(read(&write("old.xls", b"\xd0\xcf\x11\xe0rest")), WorkbookError::NotAWorkbook { .. }));
    assert!(matches!(read(&write("cut.xlsx", b"PK\x03\x04rest")), WorkbookError::NotAWorkbook { .. }));
    assert!(matches!(read(&write("other.csv", "姓名,身份证号\n".as_bytes())), WorkbookError::NoClueSheet { .. }));
    let mut officer = opened();
    officer.sheets.retain(|sheet| sheet.name == "退回修改的数据");
    assert!(matches!(refused(&officer, &Known::default()), WorkbookError::NoClueSheet { .. }));
}

/// A workbook with one of its files changed at these places, packed again so that its checksums are right.
fn tampered(part: &str, places: &[(prop::sample::Index, u8)]) -> Vec<u8> {
    use std::io::{Cursor, Read as _, Write as _};
    let mut old = zip::ZipArchive::new(Cursor::new(usual().to_xlsx(&DECISIONS).unwrap())).unwrap();
    let mut new = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..old.len() {
        let mut file = old.by_index(at).unwrap();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        let name = file.name().unwrap().into_owned();
        if name.ends_with(part) {
            for (place, byte) in places {
                let length = bytes.len();
                bytes[place.index(length)] = *byte;
            }
        }
        new.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        new.write_all(&bytes).unwrap();
    }
    new.finish().unwrap().into_inner()
}

proptest! {
    #[test]
    fn a_damaged_workbook_is_read_or_refused_and_nothing_of_it_is_repeated(
        part in prop::sample::select(vec!["sheet1.xml", "sharedStrings.xml", "workbook.xml", "styles.xml", ".rels"]),
        places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let folder = folder();
        let path = folder.path().join("damaged.xlsx");
        std::fs::write(&path, tampered(part, &places)).unwrap();
        if let Err(error) = read_file(&path, &known(&usual())) {
            let said = format!("{error} {error:?}");
            prop_assert!(!said.contains("苏和") && !said.contains("15990119"), "{}", said);
        }
    }
}
