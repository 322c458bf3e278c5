use std::io::Cursor;

use calamine::{Data, Reader as _, Xlsx};

use super::super::tests::{table, version};
use super::*;
use crate::table::ReleasedTable;

fn book(table: &ReleasedTable, readers: Readers) -> Xlsx<Cursor<Vec<u8>>> {
    let version = version();
    let folder = tempfile::tempdir().unwrap();
    let bytes = bytes(&[Checked::new(table, &version).unwrap()], &version, (readers, folder.path())).unwrap();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "what did not fit into memory is left behind");
    Xlsx::new(Cursor::new(bytes)).unwrap()
}

fn lines(book: &mut Xlsx<Cursor<Vec<u8>>>, sheet: &str) -> Vec<Vec<Data>> {
    book.worksheet_range(sheet).unwrap().rows().map(<[Data]>::to_vec).collect()
}

fn texts(line: &[Data]) -> Vec<String> {
    line.iter().map(ToString::to_string).collect()
}

#[test]
fn a_sheet_of_statuses_stands_beside_each_table() {
    let book = book(&table(), Readers::Everybody);
    assert_eq!(book.sheet_names(), ["说明", "living", "living_status", "代码表"]);
}

#[test]
fn the_unit_stands_top_right_and_a_line_is_a_cell_of_the_table() {
    let lines = lines(&mut book(&table(), Readers::Everybody), "living");
    assert_eq!(lines[2][5].to_string(), "计量单位 Unit：人 persons、元 yuan、元 yuan each");
    let head = ["地区代码\nRegion code", "地区\nRegion", "居住状况\nSituation", "人数\nPersons\n（人 persons）"];
    assert_eq!(texts(&lines[3])[..4], head);
    assert_eq!(texts(&lines[4]), ["total", "合计", "合计 Total", "120", "36000.5", "300"]);
    assert!(matches!(lines[4][4], Data::Float(_)), "a number is a number");
    assert!(matches!(lines[7][0], Data::String(_)), "a code is a text");
}

#[test]
fn every_status_has_its_mark_and_stands_in_words_beside_it() {
    let mut book = book(&table(), Readers::Everybody);
    let (values, statuses) = (lines(&mut book, "living"), lines(&mut book, "living_status"));
    let shown = |place: usize| (texts(&values[place])[3..6].to_vec(), statuses[place][3].to_string());
    assert_eq!(shown(5), (vec!["80".to_owned(), "0.01".to_owned(), "…".to_owned()], "公布 published".to_owned()));
    assert_eq!(shown(8), (vec!["*".to_owned(); 3], "未公布 suppressed".to_owned()));
    assert_eq!(shown(10), (vec![String::new(); 3], "无数据 missing".to_owned()));
    assert_eq!(shown(11), (vec![String::new(); 3], "不适用 not applicable".to_owned()));
    assert_eq!(shown(12), (vec!["0".to_owned(); 3], "零 zero".to_owned()));
}

#[test]
fn what_the_marks_and_the_table_mean_stands_below_its_last_line() {
    let table = table();
    let lines = lines(&mut book(&table, Readers::Everybody), "living");
    let below: Vec<String> =
        lines.iter().skip(4).map(|line| line[0].to_string()).skip_while(|text| !text.is_empty()).collect();
    assert!(below[1].starts_with("“*” 为保护个人信息未公布"), "{below:?}");
    let notes = [&table.definition.universe.zh, &table.definition.formula.zh];
    assert!(notes.into_iter().all(|note| below.iter().any(|text| text.contains(note.as_str()))), "{below:?}");
}

#[test]
fn some_of_the_whole_are_marked() {
    let mut table = table();
    table.definition.dimensions[0].adds_up = false;
    table.definition.measures[1].part_of = Some("persons".to_owned());
    let lines = lines(&mut book(&table, Readers::Everybody), "living");
    assert_eq!(texts(&lines[4])[2], "合计 Total");
    assert_eq!(texts(&lines[5])[2], "#独居 alone");
    assert!(texts(&lines[3])[4].starts_with("#金额\n"));
}

#[test]
fn a_workbook_for_internal_use_says_so_on_every_sheet_of_values() {
    let mut book = book(&table(), Readers::Inside);
    for (sheet, line) in [("说明", 3), ("living", 2), ("living_status", 2)] {
        let lines = lines(&mut book, sheet);
        assert!(lines[line][0].to_string().contains("内部资料"), "{sheet}");
    }
}
