//! The same sheets as CSV files.

use std::fs;

use yilian_delivery::ClueKind;

use crate::book::{FLAG, book, clue, entry, folder, known, person, read_file, usual};

#[test]
fn csv_files_have_a_mark_and_no_cell_that_a_spreadsheet_would_calculate_or_shorten() {
    let mut hostile = clue(FLAG, ClueKind::Overlap);
    hostile.question_zh = "@SUM(A1)".into();
    hostile.amount = Some("-120.00".to_owned());
    let book = book(vec![entry(hostile, vec![person("=HYPERLINK(\"x\")", "159901193911041234")], None)]);
    let files = book.to_csv().unwrap();
    let names: Vec<_> = files.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["01.overlap.csv", "02.gap.csv", "03.same_person.csv", "04.returned.csv", "05.records.csv"]);
    let text = std::str::from_utf8(&files[0].1).unwrap();
    assert!(text.starts_with("\u{feff}疑似重复享受（待核实）\r\n"), "{text}");
    for expected in
        ["'@SUM(A1)", "\"'=HYPERLINK(\"\"x\"\")\"", "'9223372036854775801", "'159901193911041234", ",-120.00,"]
    {
        assert!(text.contains(expected), "{expected} is not in {text}");
    }
}

#[test]
fn a_folder_of_csv_files_saved_in_the_encoding_of_the_country_is_read_back() {
    let book = usual();
    let folder = folder();
    for (name, bytes) in book.to_csv().unwrap() {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(&bytes[3..]);
        let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
        for record in reader.records() {
            let mut cells: Vec<String> = record.unwrap().iter().map(str::to_owned).collect();
            if name.starts_with("01") && cells[0].contains(FLAG) {
                cells.splice(15.., ["数据有误", "", "否", "张三", "2026/11/20"].map(str::to_owned));
            }
            writer.write_record(cells).unwrap();
        }
        let saved = String::from_utf8(writer.into_inner().unwrap()).unwrap();
        fs::write(folder.path().join(name), encoding_rs::GB18030.encode(&saved).0).unwrap();
    }
    let read = read_file(folder.path(), &known(&book)).unwrap();
    assert_eq!((read.answers.len(), read.unanswered()), (1, 3));
    assert_eq!(read.answers[0].clue_id.to_string(), FLAG);
}
