//! The person block: tokens, scope, workers, protected people.

use yilian_intake::FindingKind;

use crate::office::{Office, column, id, rows, texts};

const FUNERAL: &str = "姓名,身份证号码,性别,出生日期,died_on,发放区划\n";

fn funeral(lines: &[&str]) -> String {
    format!("{FUNERAL}{}\n", lines.join("\n"))
}

#[test]
fn the_tokens_of_a_delivery_are_the_known_answers_of_the_design() {
    let text = "姓名,身份证号,性别,出生年月,发放流水号,补贴项目,所属月份,发放日期,金额,发放类型,对象类别,发放区划\n\
                阿拉坦.苏和,'159901193911041234,男,1939/11/4, ZF2025 00006312,MZ01,2025年1月,20250120,100,正常,,150104008032\n";
    let office = Office::new();
    let prepared = office.prepare("benefit_payment", text).unwrap();
    let data = rows(&prepared.data);
    assert_eq!(texts(&data, "person_token"), ["2b2dd53eca8f0a564ff0065014951ff626236de4e9f2b11c37d147d80a5cf846"]);
    assert_eq!(texts(&data, "name_token"), ["4389f571d04d15ed5260e135d5d20464c6683496a2cca5c63c9ddd5e2090fa7a"]);
    assert_eq!(texts(&data, "record_token"), ["f2c3d620a6ab5b5a84fb1afbad7a25a0ddf718082da2a3fea7d8598ef48f47e0"]);
    assert_eq!(texts(&data, "birth_month"), ["1939-11-01"]);
    assert_eq!(texts(&data, "sex"), ["1"]);
    assert_eq!(texts(&data, "id_quality"), ["valid18"]);
    let map = rows(&prepared.rows);
    assert_eq!(texts(&map, "record_number"), ["ZF202500006312"]);
    assert_eq!(texts(&map, "source_row"), ["2"]);
    assert_eq!(texts(&map, "row"), ["0"]);
}

#[test]
fn household_and_worker_tokens_are_the_known_answers_of_the_design() {
    let office = Office::new();
    let text = "姓名,身份证号,性别,出生日期,户主身份证号,done_on,金额,发放区划\n\
                王伟,159901391104123,男,,159901193911041234,2025-03-01,2800,150104008032\n";
    let prepared = office.prepare("accessibility_renovation", text).unwrap();
    let data = rows(&prepared.data);
    assert_eq!(texts(&data, "household_token"), ["13dbc71b8957ff980b15ed6f9b49929b17f0fabcf15567fd8b0ccf402deb2884"]);
    assert_eq!(texts(&data, "person_token"), ["2b2dd53eca8f0a564ff0065014951ff626236de4e9f2b11c37d147d80a5cf846"]);
    assert_eq!(texts(&data, "id_quality"), ["upgraded15"]);
    assert_eq!(prepared.counts.upgraded, 1);

    let text = "姓名,身份证号,性别,出生日期,employed,发放区划\n王伟,159901193911041234,男,19391104,是,150104008032\n\
                李小,159901200001010017,女,,是,150104008032\n";
    let prepared = office.prepare("care_worker", text).unwrap();
    let data = rows(&prepared.data);
    let worker = "e8ff2205f9bd1e6aeaf13582ff9b164eb1fe06464543b791f14a32b289d7eaf7".to_owned();
    assert!(texts(&data, "worker_token").contains(&worker));
    let schema = data.schema();
    let names: Vec<_> = schema.fields().iter().map(|field| field.name().as_str()).take(3).collect();
    assert_eq!(names, ["worker_token", "sex", "id_quality"]);
    assert!(data.column_by_name("name_token").is_none() && data.column_by_name("birth_month").is_none());
    assert_eq!(prepared.counts.delivered, 2, "there is no age limit for workers");
}

#[test]
fn only_people_of_60_on_the_last_day_of_the_year_leave() {
    let text = funeral(&[
        &format!("王伟,{},男,,2025-03-01,150104008032", id("19651231", 123)),
        &format!("王强,{},男,,2025-03-01,150104008032", id("19660101", 123)),
        "李秀英,,女,1965年12月,2025-03-01,150104008032",
        "李秀兰,,女,1966年1月,2025-03-01,150104008032",
        "赵文,123,男,,2025-03-01,150104008032",
    ]);
    let office = Office::new();
    let mut text = text;
    for number in 100..140 {
        text.push_str(&format!("周某,{},男,,2025-03-01,150104008032\n", id("19400101", number)));
    }
    let prepared = office.prepare("funeral", &text).unwrap();
    assert_eq!(prepared.counts.out_of_scope, 2);
    assert_eq!(prepared.counts.rejected.get("age_unknown"), Some(&1));
    assert_eq!(prepared.counts.delivered, 42);
    assert_eq!(prepared.counts.null_tokens, 1);
    assert!(prepared.counts.balance());
    let rejects = std::fs::read_to_string(&prepared.rejects).unwrap();
    assert!(rejects.contains("\r\n6,身份证号码,age_unknown,"), "{rejects}");
}

#[test]
fn a_bad_number_is_delivered_with_a_null_token_and_what_the_columns_say() {
    let office = Office::new();
    let prepared =
        office.prepare("funeral", funeral(&["王伟,15990119391104123,男,1939-11-04,2025-03-01,150104008032"])).unwrap();
    let data = rows(&prepared.data);
    assert_eq!(column(&data, "person_token"), [None]);
    assert!(column(&data, "name_token")[0].is_some());
    assert_eq!(texts(&data, "id_quality"), ["none"]);
    assert_eq!(texts(&data, "sex"), ["1"]);
    assert_eq!(texts(&data, "birth_month"), ["1939-11-01"]);
    assert_eq!(prepared.findings[0].kind, FindingKind::IdLength);
    assert_eq!(prepared.findings[0].rows, [2]);
}

#[test]
fn no_name_token_without_name_sex_or_full_birth_date() {
    let office = Office::new();
    let prepared = office
        .prepare(
            "funeral",
            funeral(&[
                "王,159901193911041234,男,1939-11-04,2025-03-01,150104008032",
                "王伟,,男,1939年11月,2025-03-01,150104008032",
                "王伟,,未知,1939-11-04,2025-03-01,150104008032",
                "王伟,,,1939-11-04,2025-03-01,150104008032",
                "王\u{fffd},,男,1939-11-04,2025-03-01,150104008032",
            ]),
        )
        .unwrap();
    assert_eq!(column(&rows(&prepared.data), "name_token"), vec![None; 5]);
}

#[test]
fn the_number_wins_over_the_columns_and_the_difference_is_a_finding() {
    let office = Office::new();
    let prepared =
        office.prepare("funeral", funeral(&["王伟,159901193911041234,女,1949-11-04,2025-03-01,150104008032"])).unwrap();
    let data = rows(&prepared.data);
    assert_eq!((texts(&data, "sex"), texts(&data, "birth_month")), (vec!["1".into()], vec!["1939-11-01".into()]));
    let kinds: Vec<_> = prepared.findings.iter().map(|finding| finding.kind).collect();
    assert_eq!(kinds, [FindingKind::SexDiffers, FindingKind::BirthDiffers]);
    assert_eq!(prepared.counts.findings.get("sex_differs_from_id"), Some(&1));
}

#[test]
fn protected_people_stay_and_are_counted_for_a_whole_year_alone() {
    let mut office = Office::new();
    office.exclude = Some(office.file("exclude.txt", "# protected\n１５９９０１３９１１０４１２３\n"));
    let text = funeral(&[
        "王伟,159901193911041234,男,,2025-03-01,150104008032",
        &format!("李文,{},男,,bad,150104008032", id("19400101", 123)).replace("bad", "2025-03-02"),
    ]);
    let prepared = office.prepare("funeral", &text).unwrap();
    assert_eq!((prepared.counts.read, prepared.counts.delivered), (1, 1));
    assert_eq!(prepared.counts.excluded, Some(1));
    assert_eq!(prepared.control_totals[0].read.rows, 1);
    office.period = "2025-03".parse().unwrap();
    assert_eq!(office.prepare("funeral", &text).unwrap().counts.excluded, None);

    office.exclude = Some(office.file("exclude.txt", "\n123\n"));
    let error = office.prepare("funeral", &text).unwrap_err().to_string();
    assert!(error.contains("line 2") && !error.contains("123"), "{error}");
}
