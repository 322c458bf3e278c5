//! What an officer reads about a messy extract.

use std::path::Path;

use yilian_contract::{Period, Regions, Schemas};
use yilian_intake::Silent;

use super::*;

const EXTRACT: &str = "2025年火化登记表,,,,,,\n\
    序号,基本信息,,,,死亡日期,发放区划,家庭住址\n\
    ,姓名,身份证号码,性别,出生日期,,,\n\
    1,王伟,159901193911041250,男,1939-11-04,2025-03-01,150104008,某街1号\n\
    2,王伟,'159901193911041250,女,1949-11-04,20230231,152728,\n\
    3,乌云,15990119391104,女,1940-01-01,,150104008,\n\
    4,王强,,男,,2025-03-01,15010,\n\
    5,李文,159901393911041,男,,2025-03-01\n\
    合计,5,,,,,,\n";

fn schemas() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas")
}

/// What is said about an extract of this text, to people and to machines.
fn said(text: &str) -> (String, serde_json::Value) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("extract.csv");
    std::fs::write(&file, text).unwrap();
    let regions = Regions::load(&schemas()).unwrap();
    let schemas = Schemas::load(&schemas()).unwrap();
    let contract = schemas.dataset("funeral").unwrap();
    let period: Period = "2025".parse().unwrap();
    let request = InspectRequest {
        schemas: &schemas,
        contract,
        regions: &regions,
        input: &file,
        period: Some(&period),
        progress: &Silent,
    };
    let found = yilian_intake::inspect(&request).unwrap();
    let file = "extract.csv".into();
    let arguments = InspectArguments { file, dataset: "funeral".into(), period: None, schemas: None };
    (for_people(contract, &arguments, &found), for_machines(contract, &found))
}

#[test]
fn every_finding_is_listed_by_kind_with_rows_in_both_languages() {
    let (people, _) = said(EXTRACT);
    for line in [
        "殡葬火化",
        "读入 read: 5",
        "可报送 deliverable: 1",
        "不合格 rejected: 4",
        "需要更正，这些行不会报送 to be corrected, these rows stay:",
        "日期不存在",
        "the calendar has no such day",
        "提示，本身不影响报送 to look at, for this alone no row stays:",
        "身份证号位数不对",
        "an old region code; it is counted under its only successor",
    ] {
        assert!(people.contains(line), "{line}: {people}");
    }
    let row =
        |what: &str| people.lines().find(|line| line.contains(what)).unwrap_or_else(|| panic!("{what}: {people}"));
    assert!(row("身份证号位数不对").split_whitespace().take(3).eq(["身份证号码", "1", "6"]), "{people}");
}

#[test]
fn machines_read_the_same_as_people() {
    let (_, machine) = said(EXTRACT);
    let count =
        |list: &str| machine[list].as_array().unwrap().iter().map(|one| one["count"].as_u64().unwrap()).sum::<u64>();
    assert_eq!((machine["read"].as_u64(), machine["rejected_rows"].as_u64()), (Some(5), Some(4)));
    assert_eq!(count("rejected"), 6);
    let kinds: Vec<&str> =
        machine["findings"].as_array().unwrap().iter().map(|one| one["kind"].as_str().unwrap()).collect();
    for kind in ["unknown_column", "id_length", "id_rewritten", "sex_differs_from_id", "region_superseded", "footer"] {
        assert!(kinds.contains(&kind), "{kind}: {kinds:?}");
    }
}

#[test]
fn what_refuses_the_whole_file_is_said_together_with_every_row() {
    let (people, machine) = said(&EXTRACT.replace("15990119391104,", "1.59901E+17,"));
    assert!(people.contains("整个文件不能打包") && people.contains("死亡日期"), "{people}");
    assert_eq!(machine["problems"][0]["kind"], "spreadsheet_damage");
    assert!(machine["rejected"].as_array().is_some_and(|rejected| !rejected.is_empty()));
}

#[test]
fn nothing_of_a_row_is_said() {
    let (people, machine) = said(EXTRACT);
    let all = people + &machine.to_string();
    for value in ["王伟", "乌云", "1599", "某街", "20230231", "15010\""] {
        assert!(!all.contains(value), "{value}: {all}");
    }
}
