//! What an officer fills in is what is read, whatever else happened to the workbook.

use proptest::prelude::*;
use yilian_delivery::ClueKind;
use yilian_workbook::{Answer, Answers, Heard, Known};

use crate::book::{CANDIDATE, DECISIONS, FLAG, GAP, OTHER_FLAG, book, clue, entry, folder, known, read_file, usual};
use crate::officer::{Officer, Typed, text};

const OVERLAPS: &str = "疑似重复享受";
const GAPS: &str = "疑似应享未享";

fn answered(sheet: &mut crate::officer::Screen, clue: &str, decision: &str) {
    sheet.fill(clue, "核实结论", text(decision));
    sheet.fill(clue, "已听取本人意见", text("是"));
    sheet.fill(clue, "核实日期", Typed::Day(2026, 11, 20));
}

fn read_back(officer: &Officer, known: &Known) -> Answers {
    let folder = folder();
    let path = folder.path().join("answered.xlsx");
    officer.save(&path);
    read_file(&path, known).unwrap()
}

#[test]
fn a_workbook_that_nobody_touched_has_no_answers() {
    let book = usual();
    let (folder, bytes) = (folder(), book.to_xlsx(&DECISIONS).unwrap());
    let path = folder.path().join("book.xlsx");
    std::fs::write(&path, &bytes).unwrap();
    let read = read_file(&path, &known(&book)).unwrap();
    assert_eq!((read.answers.len(), read.unanswered()), (0, 4));
    assert_eq!(bytes, book.to_xlsx(&DECISIONS).unwrap(), "the same book gives other bytes");
}

#[test]
fn each_kind_of_clue_is_answered_by_its_own_number() {
    let book = usual();
    let mut officer = Officer::open(&book.to_xlsx(&DECISIONS).unwrap());
    answered(officer.sheet(OVERLAPS), FLAG, "已追回");
    officer.sheet(OVERLAPS).fill(FLAG, "追回金额（元）", Typed::Number(120.5));
    answered(officer.sheet(GAPS), GAP, "本人放弃");
    answered(officer.sheet("疑似同一人"), CANDIDATE, "不是同一人");
    let read = read_back(&officer, &known(&book));
    let short: Vec<_> = read.answers.iter().map(|one| (one.kind, one.decision.as_str(), one.recovered_fen)).collect();
    let expected = [
        (ClueKind::Overlap, "recovered", Some(12_050)),
        (ClueKind::Gap, "waived", None),
        (ClueKind::SamePerson, "different_person", None),
    ];
    assert_eq!(short, expected);
    assert_eq!(read.answers[0].clue_id.to_string(), FLAG);
    assert_eq!(read.unanswered(), 1);
}

#[test]
fn rows_may_be_deleted_and_sorted_columns_moved_and_notes_written_below() {
    let book = usual();
    let mut officer = Officer::open(&book.to_xlsx(&DECISIONS).unwrap());
    let sheet = officer.sheet(OVERLAPS);
    answered(sheet, OTHER_FLAG, "政策允许");
    let header = sheet.header();
    sheet.rows.swap(header + 1, header + 2);
    for row in &mut sheet.rows[header..] {
        row.reverse();
    }
    sheet.rows.insert(0, vec![text("本表由张科长保管")]);
    sheet.rows.push(vec![text(""), text("以上两条已电话核实"), text(""), text(""), text("王伟")]);
    sheet.rows.push(vec![text("制表人：李娜"), text("2026年11月")]);
    officer.sheets.retain(|sheet| sheet.name.starts_with(OVERLAPS));
    let read = read_back(&officer, &known(&book));
    assert_eq!(read.answers.len(), 1);
    assert_eq!((read.answers[0].clue_id.to_string(), read.unanswered()), (OTHER_FLAG.to_owned(), 1));
}

#[test]
fn a_renamed_sheet_is_known_by_its_clues_or_by_its_title() {
    let book = usual();
    let mut officer = Officer::open(&book.to_xlsx(&DECISIONS).unwrap());
    answered(officer.sheet(GAPS), GAP, "属实已纠正");
    officer.sheet(GAPS).name = "张科长".to_owned();
    for known in [known(&book), Known::default()] {
        assert_eq!(read_back(&officer, &known).answers[0].kind, ClueKind::Gap);
    }
}

#[test]
fn the_same_answer_twice_is_one() {
    let book = usual();
    let mut officer = Officer::open(&book.to_xlsx(&DECISIONS).unwrap());
    let sheet = officer.sheet(OVERLAPS);
    answered(sheet, FLAG, "属实已纠正");
    let copy = sheet.row(FLAG).clone();
    sheet.rows.push(copy);
    assert_eq!(read_back(&officer, &known(&book)).answers.len(), 1);
}

/// One clue with what an officer types about it, and what that means.
#[derive(Debug, Clone)]
struct Filled {
    typed: [Typed; 4],
    answer: Option<(String, Heard, String, Option<i64>)>,
}

fn filled() -> impl Strategy<Value = Filled> {
    let decision = prop_oneof![
        Just(("属实已纠正", "corrected")),
        Just(("属实待追回", "to_recover")),
        Just(("属实已追回", "recovered")),
        Just(("已追回", "recovered")),
        Just(("数据有误", "data_error")),
        Just((" 政策允许 ", "allowed")),
        Just(("健在", "not_dead")),
        Just(("转其他部门", "passed_on")),
    ];
    let heard = prop_oneof![
        Just(("是", Heard::Yes)),
        Just((" 是", Heard::Yes)),
        Just(("有", Heard::Yes)),
        Just(("否", Heard::No)),
        Just(("无", Heard::No)),
    ];
    let day = (2020_u16..=2026, 1_u8..=10, 1_u8..=28, 0_u8..5).prop_map(|(year, month, day, spelling)| {
        let typed = match spelling {
            0 => Typed::Day(year, month, day),
            1 => text(&format!("{year}-{month:02}-{day:02}")),
            2 => text(&format!("{year}/{month}/{day}")),
            3 => text(&format!("{year}年{month}月{day}日")),
            _ => text(&format!("{year}{month:02}{day:02}")),
        };
        (typed, format!("{year}-{month:02}-{day:02}"))
    });
    let amount = 0_i64..10_000_000;
    (any::<bool>(), decision, heard, day, amount, any::<bool>()).prop_map(
        |(answers, decision, heard, day, amount, as_number)| {
            if !answers {
                return Filled { typed: [text(""), text(""), text(""), text("-")], answer: None };
            }
            let recovers = matches!(decision.1, "corrected" | "to_recover" | "recovered");
            let yuan = format!("{}.{:02}", amount / 100, amount % 100);
            let typed = match (recovers, as_number) {
                (false, _) => text(""),
                (true, true) => Typed::Number(yuan.parse().unwrap()),
                (true, false) => text(&yuan),
            };
            Filled {
                typed: [text(decision.0), typed, text(heard.0), day.0],
                answer: Some((decision.1.to_owned(), heard.1, day.1, recovers.then_some(amount))),
            }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn what_is_filled_in_is_what_is_read(
        rows in prop::collection::btree_map(1_u64..i64::MAX.unsigned_abs(), filled(), 1..12),
        order in any::<prop::sample::Index>(),
        townships in 1_usize..4,
    ) {
        let places = ["昭君路街道", "小召前街街道", "兴隆巷街道"];
        let entries = rows.keys().enumerate().map(|(at, id)| {
            entry(clue(&id.to_string(), ClueKind::Overlap), Vec::new(), Some(places[at % townships]))
        });
        let book = book(entries.collect());
        let mut officer = Officer::open(&book.to_xlsx(&DECISIONS).unwrap());
        let headers = ["核实结论", "追回金额（元）", "已听取本人意见", "核实日期"];
        for sheet in officer.sheets.iter_mut().filter(|sheet| sheet.name.starts_with(OVERLAPS)) {
            let (header, clues) = (sheet.header(), sheet.column("线索编号"));
            let columns = headers.map(|header| sheet.column(header));
            for row in &mut sheet.rows[header + 1..] {
                let Typed::Text(id) = &row[clues] else { panic!("a clue number is no text") };
                let filled = &rows[&id.parse::<u64>().unwrap()];
                for (column, typed) in columns.iter().zip(&filled.typed) {
                    row[*column] = typed.clone();
                }
            }
            let width = sheet.rows[header].len();
            let turn = order.index(width);
            for row in &mut sheet.rows[header..] {
                row.rotate_left(turn);
            }
            let below = sheet.rows.len() - header - 1;
            sheet.rows[header + 1..].rotate_left(order.index(below));
        }
        let read = read_back(&officer, &known(&book));
        let expected: Vec<Answer> = rows
            .iter()
            .filter_map(|(id, filled)| {
                let (decision, heard, day, recovered_fen) = filled.answer.clone()?;
                let decided_on = day.parse().unwrap();
                let months = months_of(&book, *id);
                Some(Answer { kind: ClueKind::Overlap, clue_id: *id, decision, heard, decided_on, recovered_fen, months })
            })
            .collect();
        prop_assert_eq!(read.unanswered(), rows.len() - expected.len());
        prop_assert_eq!(read.answers, expected);
    }
}

/// First and last month of a clue of the book.
fn months_of(book: &yilian_workbook::Book, clue_id: u64) -> Option<(String, String)> {
    let clue = book.entries.iter().map(|entry| &entry.clue).find(|clue| clue.clue_id == clue_id.to_string())?;
    Some((clue.from_month.clone(), clue.until_month.clone()))
}
