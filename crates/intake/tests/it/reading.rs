//! Encodings, headers, separators and workbooks.

use std::fs;

use encoding_rs::GB18030;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use yilian_intake::{Encoding, FindingKind};

use crate::office::{Office, id, rows, texts};

fn payments() -> String {
    let mut text =
        "姓名,身份证号码,性别,出生日期,发放流水号,补贴项目,所属月份,发放日期,金额,发放类型,对象类别,发放区划\n"
            .to_owned();
    for number in 0..300_u32 {
        let name = if number % 7 == 0 { "䶮㐀" } else { "阿拉坦·苏和" };
        text.push_str(&format!(
            "{name},{},男,,ZF{number:06},MZ01,2025-{:02},20250120,{number}.50,正常,H1,150104008032\n",
            id("19391104", number % 40),
            number % 12 + 1,
        ));
    }
    text
}

#[test]
fn the_same_table_in_every_encoding_gives_the_same_bytes() {
    let office = Office::new();
    let text = payments();
    let (gb, _, _) = GB18030.encode(&text);
    let quoted: String = text
        .lines()
        .map(|line| line.split(',').map(|cell| format!("\"{cell}\"")).collect::<Vec<_>>().join(",") + "\r\n")
        .collect();
    let cases: [(Vec<u8>, Encoding); 6] = [
        (text.clone().into_bytes(), Encoding::Utf8),
        (format!("\u{feff}{text}").into_bytes(), Encoding::Utf8WithMark),
        (gb.into_owned(), Encoding::Gb18030),
        (text.replace(',', "\t").into_bytes(), Encoding::Utf8),
        (quoted.into_bytes(), Encoding::Utf8),
        (text.trim_end().replace('\n', "\r\n").into_bytes(), Encoding::Utf8),
    ];
    let mut expected: Option<Vec<u8>> = None;
    for (bytes, encoding) in cases {
        let prepared = office.prepare("benefit_payment", bytes).unwrap();
        assert_eq!(prepared.encoding, encoding);
        assert_eq!(prepared.counts.delivered, 300);
        let data = fs::read(&prepared.data).unwrap();
        assert_eq!(*expected.get_or_insert_with(|| data.clone()), data, "{encoding:?}");
    }
}

#[test]
fn a_workbook_gives_what_the_text_gives() {
    let office = Office::new();
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let date = Format::new().set_num_format("yyyy-mm-dd");
    for (row, line) in (0_u32..).zip(payments().lines()) {
        for (column, cell) in (0_u16..).zip(line.split(',')) {
            if row > 0 && column == 8 {
                sheet.write_number(row, column, cell.parse::<f64>().unwrap()).unwrap();
            } else if row > 0 && column == 7 {
                let day = ExcelDateTime::from_ymd(2025, 1, 20).unwrap();
                sheet.write_datetime_with_format(row, column, &day, &date).unwrap();
            } else {
                sheet.write_string(row, column, cell).unwrap();
            }
        }
    }
    book.add_worksheet().write_string(0, 0, "second").unwrap();
    let path = office.folder.path().join("payments.xlsx");
    book.save(&path).unwrap();
    let prepared = office.prepare_file("benefit_payment", &path).unwrap();
    let from_book = fs::read(&prepared.data).unwrap();
    assert_eq!(prepared.encoding, Encoding::Workbook);
    assert_eq!(prepared.sheets, ["Sheet1"]);
    assert!(prepared.findings.iter().any(|finding| finding.kind == FindingKind::SheetSkipped));
    let from_text = office.prepare("benefit_payment", payments()).unwrap();
    assert!(from_book == fs::read(&from_text.data).unwrap());
}

#[test]
fn the_order_of_the_extract_leaves_no_trace_in_the_delivery() {
    let office = Office::new();
    let text = payments();
    let first = fs::read(office.prepare("benefit_payment", &text).unwrap().data).unwrap();
    let (header, body) = text.split_once('\n').unwrap();
    let mut lines: Vec<_> = body.lines().collect();
    lines.reverse();
    lines.rotate_left(77);
    let prepared = office.prepare("benefit_payment", format!("{header}\n{}\n", lines.join("\n"))).unwrap();
    assert!(first == fs::read(&prepared.data).unwrap());
    let data = rows(&prepared.data);
    let tokens: Vec<_> = texts(&data, "person_token").into_iter().zip(texts(&data, "name_token")).collect();
    assert!(tokens.is_sorted());
}

#[test]
fn headers_are_found_by_any_name_below_a_title_and_footers_are_left_out() {
    let office = Office::new();
    let text = format!(
        "2025年火化登记表,,,,,\n ＳＦＺＨ ,NAME,XB,出生年月,死亡日期,region,家庭住址\n\
         {},王伟,男,,2025-03-01,150104008032,某街1号\n,,,,,,\n合 计,1,,,,,\n制表人：李某,,,,,,\n",
        id("19391104", 123)
    );
    let prepared = office.prepare("funeral", &text).unwrap();
    assert_eq!((prepared.counts.read, prepared.counts.delivered), (1, 1));
    assert_eq!(texts(&rows(&prepared.rows), "source_row"), ["3"]);
    let unknown = &prepared.findings[0];
    assert_eq!((unknown.kind, unknown.column.as_deref()), (FindingKind::UnknownColumn, Some("家庭住址")));
    let footer = prepared.findings.iter().find(|finding| finding.kind == FindingKind::Footer).unwrap();
    assert_eq!((footer.count, footer.rows.as_slice()), (2, &[5, 6][..]));
}

#[test]
fn text_that_turns_out_to_be_gb18030_after_the_first_block_is_read_again() {
    let office = Office::new();
    let mut text = "name,id_number,sex,birth_date,died_on,region\n".to_owned();
    for number in 0..20_000_u32 {
        text.push_str(&format!("Wang Wei,{},male,,2025-03-01,150104008032\n", id("19391104", number % 900)));
    }
    text.push_str(&format!("王伟,{},男,,2025-03-01,150104008032\n", id("19391104", 999)));
    let (gb, _, _) = GB18030.encode(&text);
    let prepared = office.prepare("funeral", gb).unwrap();
    assert_eq!(prepared.encoding, Encoding::Gb18030);
    assert_eq!(prepared.counts.delivered, 20_001);
}
