//! `yilian-dept answer`: from the filled-in workbook to a delivery.

use std::fs;
use std::path::{Path, PathBuf};

use crate::office::{CANDIDATE, FLAG, GAP, Office, PEOPLE, said, words};
use crate::officer::{Officer, Screen, Typed, text};

/// An office that has opened a parcel.
struct Asked {
    office: Office,
    workbook: PathBuf,
}

impl Asked {
    fn new() -> Self {
        let office = Office::new();
        let parcel = office.parcel(&office.pack());
        let extract = office.extract();
        let made = said(&office.run(&[
            "feedback",
            parcel.to_str().unwrap(),
            "--extract",
            extract.to_str().unwrap(),
            "--json",
        ]));
        Self { workbook: made["workbook"].as_str().unwrap().into(), office }
    }

    /// Changes the workbook and saves it under another name.
    fn filled(&self, name: &str, fill: impl Fn(&mut Officer)) -> PathBuf {
        let mut officer = Officer::open(&fs::read(&self.workbook).unwrap());
        fill(&mut officer);
        let path = self.office.folder.path().join(name);
        officer.save(&path);
        path
    }

    fn answer(&self, workbook: &Path, period: &str) -> std::process::Output {
        self.office.run(&["answer", workbook.to_str().unwrap(), "--period", period, "--json"])
    }

    /// The answers kept with the records of a delivery.
    fn kept(&self, sequence: &str) -> String {
        let folder = self.office.site().join(format!("records/disposition.{sequence}"));
        fs::read_to_string(folder.join("answers.csv")).unwrap()
    }

    fn deliveries(&self) -> Vec<String> {
        let entries = fs::read_dir(self.office.site().join("out")).unwrap();
        let mut names: Vec<_> = entries.map(|one| one.unwrap().file_name().into_string().unwrap()).collect();
        names.retain(|name| name.contains("disposition"));
        names.sort();
        names
    }
}

fn fill(sheet: &mut Screen, clue: &str, decision: &str) {
    sheet.fill(clue, "核实结论", text(decision));
    sheet.fill(clue, "已听取本人意见", text("是"));
    sheet.fill(clue, "核实人", text("张三"));
    sheet.fill(clue, "核实日期", Typed::Day(2025, 12, 1));
}

#[test]
fn answers_become_a_sealed_delivery_of_the_day() {
    let asked = Asked::new();
    let workbook = asked.filled("answered.xlsx", |officer| {
        fill(officer.sheet("疑似重复享受"), FLAG, "已追回");
        officer.sheet("疑似重复享受").fill(FLAG, "追回金额（元）", Typed::Number(99.5));
        fill(officer.sheet("疑似同一人"), CANDIDATE, "同一人");
    });
    let answer = said(&asked.answer(&workbook, "2025-12-02"));
    assert_eq!((&answer["answered"], &answer["unanswered"]), (&2.into(), &1.into()));
    let counts = &answer["packed"]["counts"];
    assert_eq!((&counts["read"], &counts["delivered"]), (&2.into(), &2.into()), "{answer}");
    assert_eq!(asked.deliveries(), ["150104.civil_affairs.disposition.2025-12-02.1.tar.age"]);
    let kept = asked.kept("2025-12-02.1");
    let expected = format!(
        "flag_id,gap_id,candidate_id,decision,heard,decided_on,recovered_amount,from_month,until_month\n\
         {FLAG},,,recovered,是,2025-12-01,99.50,2025-01,2025-01\n,,{CANDIDATE},same_person,是,2025-12-01,,2025-01,2025-01\n"
    );
    assert_eq!(kept, expected);
    let left: Vec<_> = fs::read_dir(asked.office.site().join("records"))
        .unwrap()
        .map(|one| one.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with('.'))
        .collect();
    assert_eq!(left, Vec::<String>::new());
}

#[test]
fn the_period_is_today_unless_it_is_said() {
    let asked = Asked::new();
    let workbook = asked.filled("answered.xlsx", |officer| fill(officer.sheet("疑似重复享受"), FLAG, "数据有误"));
    let answer = said(&asked.office.run(&["answer", workbook.to_str().unwrap(), "--json"]));
    assert_eq!(answer["packed"]["sequence"], 1);
    let delivery = asked.deliveries().remove(0);
    let period = delivery.split('.').nth(3).unwrap();
    assert!(period.len() == 10 && period > "2025-12-01", "{delivery}");
}

#[test]
fn a_second_workbook_of_a_day_loses_nothing_and_the_same_one_again_changes_nothing() {
    let asked = Asked::new();
    let morning = asked.filled("morning.xlsx", |officer| fill(officer.sheet("疑似重复享受"), FLAG, "政策允许"));
    let evening = asked.filled("evening.xlsx", |officer| fill(officer.sheet("疑似应享未享"), GAP, "本人放弃"));
    said(&asked.answer(&morning, "2025-12-02"));
    assert_eq!(said(&asked.answer(&evening, "2025-12-02"))["carried"], 1);
    let kept = asked.kept("2025-12-02.2");
    assert!(kept.contains(FLAG) && kept.contains(GAP), "{kept}");
    let again = said(&asked.answer(&evening, "2025-12-02"));
    assert!(again["packed"].is_null(), "{again}");
    let later = said(&asked.answer(&morning, "2025-12-03"));
    assert_eq!((&later["sent_before"], later["packed"].is_null()), (&1.into(), true));
    assert_eq!(asked.deliveries().len(), 2);
}

#[test]
fn faults_are_said_all_at_once_with_sheet_and_row_and_nothing_is_packed() {
    let asked = Asked::new();
    let workbook = asked.filled("answered.xlsx", |officer| {
        officer.sheet("疑似重复享受").fill(FLAG, "核实结论", text("苏和说属实"));
        officer.sheet("疑似应享未享").fill(GAP, "已听取本人意见", text("是"));
        officer.sheet("疑似同一人").fill(CANDIDATE, "线索编号", Typed::Number(7.0e18));
        let same = officer.sheet("疑似同一人");
        let (row, column) = (same.header() + 1, same.column("核实结论"));
        same.rows[row][column] = text("同一人");
    });
    let output = asked.answer(&workbook, "2025-12-02");
    assert_eq!(output.status.code(), Some(1));
    let parts: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let kinds: Vec<_> = parts["parts"].as_array().unwrap().iter().map(|part| part["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["decision_unknown", "heard_missing", "date_missing", "decision_missing", "clue_damaged"]);
    let words = words(&output);
    for value in ["苏和说", PEOPLE[0].0, PEOPLE[0].1, FLAG, GAP, "7E18"] {
        assert!(!words.contains(value), "{words}");
    }
    assert_eq!(asked.deliveries(), Vec::<String>::new());
}

#[test]
fn a_workbook_without_answers_is_a_fault_of_the_input() {
    let asked = Asked::new();
    let output = asked.answer(&asked.workbook, "2025-12-02");
    assert_eq!(output.status.code(), Some(1));
    assert!(words(&output).contains("还没有填写任何核实结论"), "{}", words(&output));
}

#[test]
fn a_clue_of_another_office_is_none_of_ours() {
    let asked = Asked::new();
    let other = Asked::new();
    let workbook = asked.filled("answered.xlsx", |officer| {
        let sheet = officer.sheet("疑似重复享受");
        fill(sheet, FLAG, "数据有误");
        sheet.fill(FLAG, "线索编号", text("5"));
    });
    let output = other.answer(&workbook, "2025-12-02");
    assert!(words(&output).contains("没有收到过这个编号"), "{}", words(&output));
}
