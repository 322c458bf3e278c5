//! What stands where, and that nothing of it is ever calculated.

use std::collections::BTreeSet;
use std::io::Read as _;

use yilian_delivery::{ClueKind, Reliability};
use yilian_workbook::{Book, OwnRecord};

use crate::book::{DECISIONS, FLAG, GAP, OTHER_FLAG, book, clue, entry, person, usual};
use crate::officer::{Officer, Screen, text};

const SENTENCE: &str = "本表是比对线索，不是处理决定。未经核实并听取本人或家属意见，不得据此停发、追回或者不予受理。";

fn open(book: &Book) -> Officer {
    Officer::open(&book.to_xlsx(&DECISIONS).unwrap())
}

/// A file inside the workbook.
fn part(book: &Book, name: &str) -> String {
    let bytes = book.to_xlsx(&DECISIONS).unwrap();
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    zip.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

fn shows_sentence(sheet: &Screen) -> bool {
    sheet.rows.iter().take(4).any(|row| row[0] == text(SENTENCE))
}

#[test]
fn the_sheets_of_the_issue_are_all_there_with_the_sentence_on_top() {
    let officer = open(&usual());
    let names: Vec<_> = officer.sheets.iter().map(|sheet| sheet.name.as_str()).collect();
    let expected = [
        "疑似重复享受（待核实）",
        "疑似应享未享（待核实）",
        "疑似同一人（待核实）",
        "退回修改的数据",
        "线索对应的本单位记录",
    ];
    assert_eq!(names, expected);
    assert!(officer.sheets.iter().all(shows_sentence));
    let top = &officer.sheets[0].rows[1][0];
    assert_eq!(*top, text("玉泉区民政    制表日期 2026-11-22    数据截至 2026-02-28    第 3 期    共 2 条"));
}

#[test]
fn the_columns_are_those_of_the_issue() {
    let mut officer = open(&usual());
    let sheet = officer.sheet("疑似重复享受");
    let expected = "线索编号 本单位记录号 姓名 身份证号 乡镇 待核实事项 本单位待遇 对方待遇类别 起止月份 月数 \
                    涉及金额（元） 政策依据 匹配可靠程度 首次提示 核实期限 核实结论 追回金额（元） 已听取本人意见 核实人 \
                    核实日期";
    let header: Vec<_> = expected.split(' ').filter(|name| !name.is_empty()).map(text).collect();
    assert_eq!(sheet.rows[sheet.header()], header);
    for (column, shown) in [
        ("本单位记录号", "ZF202501000017"),
        ("姓名", "苏和"),
        ("身份证号", "159901193911041234"),
        ("起止月份", "2025-01至\n2025-03"),
        ("月数", "3"),
        ("涉及金额（元）", "1234.5"),
        ("匹配可靠程度", "证件号一致"),
        ("首次提示", "2026-02-28"),
        ("核实期限", "2026-03-30"),
        ("核实结论", ""),
    ] {
        assert_eq!(sheet.shows(FLAG, column), shown, "{column}");
    }
}

#[test]
fn no_cell_is_a_formula_and_hostile_text_reads_back_as_it_was() {
    let hostile = [
        "=1+1",
        "+86",
        "-1",
        "@SUM(A1:A9)",
        "=cmd|' /C calc'!A0",
        "＝1+1",
        "'=1",
        "<f>1</f>",
        "_x003D_1",
        "a&b\"c'",
        "{=1}",
    ];
    let entries = hostile.iter().enumerate().map(|(at, name)| {
        let mut clue = clue(&format!("{}", at + 1), ClueKind::Overlap);
        clue.question_zh = (*name).into();
        clue.basis = (*name).into();
        let mut entry = entry(clue, vec![person(name, name)], None);
        entry.records[0].number = Some((*name).into());
        entry
    });
    let book = book(entries.collect());
    let xml = part(&book, "xl/worksheets/sheet1.xml");
    assert!(!xml.contains("<f>") && !xml.contains("<f "), "a cell is a formula");
    assert!(part(&book, "xl/styles.xml").contains("quotePrefix=\"1\""));
    let mut officer = open(&book);
    let sheet = officer.sheet("疑似重复享受");
    for (at, name) in hostile.iter().enumerate() {
        for column in ["姓名", "身份证号", "待核实事项", "政策依据", "本单位记录号"] {
            assert_eq!(sheet.shows(&(at + 1).to_string(), column), *name, "{column}");
        }
    }
}

#[test]
fn there_is_one_sheet_per_township_and_those_of_none_come_last() {
    let at = |id: &str, township| entry(clue(id, ClueKind::Overlap), Vec::new(), township);
    let book = book(vec![
        at("1", Some("昭君路街道")),
        at("2", None),
        at("3", Some("昭君路街道")),
        at("4", Some("一个名字特别特别特别特别特别特别特别特别长的街道办事处")),
        at("5", Some("一个名字特别特别特别特别特别特别特别特别长的街道办事处二")),
        entry(clue(GAP, ClueKind::Gap), Vec::new(), Some("昭君路街道")),
    ]);
    let officer = open(&book);
    let names: Vec<_> = officer.sheets.iter().map(|sheet| sheet.name.as_str()).collect();
    assert_eq!(names[3], "疑似重复享受·乡镇不详");
    assert_eq!(names[4], "疑似应享未享（待核实）", "a kind with one township has one sheet");
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
    assert!(names.iter().all(|name| name.chars().count() <= 31));
}

#[test]
fn two_people_of_one_clue_stand_line_by_line_and_many_records_are_counted() {
    let mut candidate = clue(FLAG, ClueKind::SamePerson);
    candidate.reliability = Reliability::Review;
    let people = vec![person("苏和", "159901193911041234"), person("苏 和", "159901193911041235")];
    let mut entry = entry(candidate, people, None);
    let record = |number: u64| OwnRecord {
        dataset: "老年人基础信息".to_owned(),
        period: "2025".to_owned(),
        source_row: (number > 1).then_some(number),
        number: None,
    };
    entry.records = (1..=5).map(record).collect();
    let book = book(vec![entry]);
    let mut officer = open(&book);
    let sheet = officer.sheet("疑似同一人");
    assert_eq!(sheet.shows(FLAG, "姓名"), "苏和\n苏 和");
    assert_eq!(sheet.shows(FLAG, "身份证号"), "159901193911041234\n159901193911041235");
    assert_eq!(sheet.shows(FLAG, "匹配可靠程度"), "须先人工核对");
    let shown = "老年人基础信息2025第2行\n老年人基础信息2025第3行\n老年人基础信息2025第4行\n等 4 条";
    assert_eq!(sheet.shows(FLAG, "本单位记录号"), shown);
    let records = officer.sheet("线索对应的本单位记录");
    let listed = records.rows.iter().filter(|row| row[0] == text(FLAG)).count();
    assert_eq!(listed, 5, "a row whose records are gone is listed too");
}

#[test]
fn pages_are_landscape_a4_with_the_header_on_each_and_the_answers_from_lists() {
    let xml = part(&usual(), "xl/worksheets/sheet1.xml");
    for expected in [
        "paperSize=\"9\"",
        "orientation=\"landscape\"",
        "fitToHeight=\"0\"",
        "<pane xSplit=\"3\" ySplit=\"5\"",
        "<autoFilter ref=\"A5:T7\"/>",
        "属实已纠正,属实待追回,已追回,数据有误,政策允许,未死亡,转其他部门",
        "\"是,否\"",
        "第 &amp;P 页，共 &amp;N 页",
    ] {
        assert!(xml.contains(expected), "{expected} is not in {xml}");
    }
    assert!(!xml.contains("本人放弃"), "a decision about gaps is offered for an overlap");
    assert!(part(&usual(), "xl/workbook.xml").contains("$5:$5"), "the header is not repeated");
}

#[test]
fn the_sheet_of_rejected_rows_says_where_what_and_how_to_correct() {
    let mut officer = open(&usual());
    let sheet = officer.sheet("退回修改的数据");
    let expected = ["补贴发放明细", "2025-01", "12", "发放日期", "日期不存在", "核对日期，日历上没有这一天"];
    let last = sheet.rows.last().unwrap();
    assert_eq!(last[0], text(expected[0]));
    assert_eq!(last[4..], [text(expected[4]), text(expected[5])]);
    assert!(sheet.rows.iter().any(|row| row[0] == text("数据") && row[5] == text("如何更正")));
}

#[test]
fn clues_that_are_due_first_come_first_and_those_that_are_only_told_last() {
    let mut early = clue(OTHER_FLAG, ClueKind::Overlap);
    early.due_on = "2026-03-01".parse().ok();
    let mut told = clue("7", ClueKind::Overlap);
    told.due_on = None;
    let entries = [told, clue(FLAG, ClueKind::Overlap), early].map(|clue| entry(clue, Vec::new(), None));
    let book = book(Vec::from(entries));
    let mut officer = open(&book);
    let sheet = officer.sheet("疑似重复享受");
    let header = sheet.header();
    assert_eq!([1, 2, 3].map(|row| sheet.rows[header + row][0].clone()), [OTHER_FLAG, FLAG, "7"].map(text));
    assert!(sheet.rows[header + 3].contains(&text("仅供知悉")), "{:?}", sheet.rows[header + 3]);
}
