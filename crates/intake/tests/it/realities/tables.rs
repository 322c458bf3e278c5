//! R23: headers by other names, in two rows, below titles; footers.

use yilian_intake::{FindingKind, IntakeError, Problem};

use super::{FUNERAL, good_rows};
use crate::office::{Office, found, id, rows, rows_found, texts};

fn person(at: u32) -> String {
    id("19391104", at)
}

#[test]
fn r23_a_column_is_found_by_any_of_its_names_with_marks_units_and_spaces() {
    for name in [
        "身份证号",
        "公民身份号码",
        "证件号码",
        "SFZH",
        "sfzh",
        "身 份 证 号",
        "*身份证号：",
        "身份证号（18位）",
        " ＳＦＺＨ",
    ] {
        let text = FUNERAL.replace("身份证号码", name) + &good_rows(3);
        let prepared = Office::new().prepare("funeral", text).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(prepared.counts.null_tokens, 0, "{name}");
    }
}

#[test]
fn r23_another_persons_column_is_not_taken_for_the_persons() {
    let text = FUNERAL.replace("身份证号码", "身份证号码（监护人）") + &good_rows(3);
    let error = Office::new().prepare("funeral", text).unwrap_err();
    let IntakeError::Refused { problems, .. } = &error else { panic!("{error}") };
    assert!(matches!(&problems[..], [Problem::MissingColumn { header, .. }] if header == "身份证号码"), "{error}");
}

#[test]
fn r23_a_header_in_two_rows_below_a_title_is_read_with_its_groups() {
    let text = format!(
        "2025年火化登记表,,,,,,\n\
         序号,基本信息,,,,死亡日期,发放区划\n\
         ,\"姓\n名\",身份证号,性别,出生日期,,\n\
         1,王伟,{},男,,2025-03-01,150104008\n",
        person(1)
    );
    let office = Office::new();
    let prepared = office.prepare("funeral", text).unwrap();
    assert_eq!((prepared.counts.read, prepared.counts.delivered), (1, 1));
    assert_eq!(texts(&rows(&prepared.rows), "source_row"), ["4"]);
}

#[test]
fn r23_a_header_below_rows_of_people_refuses_the_file() {
    let text = format!("王伟,{},男,,2025-03-01,150104008\n{FUNERAL}{}", person(1), good_rows(3));
    let error = Office::new().prepare("funeral", text).unwrap_err();
    let IntakeError::Refused { problems, .. } = &error else { panic!("{error}") };
    assert_eq!(*problems, [Problem::RowsAboveHeader { rows: 1 }]);
}

#[test]
fn r23_the_same_header_below_two_groups_is_two_people() {
    let text = format!(
        "本人,,,,户主,,,,\n姓名,身份证号,性别,出生日期,姓名,身份证号,done_on,金额,发放区划\n\
         王伟,{},男,,李文,159901193911041234,2025-03-01,2800,150104008\n",
        person(1)
    );
    let office = Office::new();
    let prepared = office.prepare("accessibility_renovation", text).unwrap();
    let household = "13dbc71b8957ff980b15ed6f9b49929b17f0fabcf15567fd8b0ccf402deb2884";
    assert_eq!(texts(&rows(&prepared.data), "household_token"), [household], "the known answer of the head's number");
    assert_eq!(found(&prepared.findings, FindingKind::UnknownColumn), 1, "户主姓名");
}

#[test]
fn r23_footers_and_repeated_headers_are_left_out_and_counted_and_people_never_are() {
    let row = format!("王伟,{},男,,2025-03-01,150104008\n", person(1));
    let text = format!(
        "{FUNERAL}{row}{FUNERAL}{row}小计,2,,,,\n,,,,,\n备注小姐,{},女,,2025-03-01,150104008\n合 计：,3,,,,\n制表人：李某,,审核：张某,,,\n\
         填报单位（盖章）,,,,,\n",
        person(2)
    );
    let office = Office::new();
    let prepared = office.prepare("funeral", text).unwrap();
    assert_eq!((prepared.counts.read, prepared.counts.delivered), (3, 3));
    assert_eq!(rows_found(&prepared.findings, FindingKind::Footer), [3, 5, 8, 9, 10]);
}

#[test]
fn r23_rows_with_too_many_or_too_few_cells_are_named() {
    let text = FUNERAL.to_owned()
        + &good_rows(60)
        + &format!("王伟,{},男,,2025-03-01,150104008,多\n王伟,{},男,,2025-03-01\n", person(1), person(2));
    let office = Office::new();
    let prepared = office.prepare("funeral", text).unwrap();
    assert_eq!(prepared.counts.rejected.get("column_count"), Some(&1));
    assert_eq!(prepared.counts.rejected.get("missing_value"), Some(&1), "the region");
    assert_eq!(rows_found(&prepared.findings, FindingKind::ShortRow), [63]);
}

#[test]
fn r23_a_line_break_or_a_comma_in_quotation_marks_is_text_and_a_stray_mark_refuses_the_file() {
    let row = |name: &str| format!("{name},{},男,,2025-03-01,150104008\n", person(1));
    let text = FUNERAL.to_owned() + &row("\"王\n伟\"") + &row("\"王伟\"");
    let mut names = texts(&rows(&Office::new().prepare("funeral", text).unwrap().data), "name_token");
    names.dedup();
    assert_eq!(names.len(), 1);
    for name in ["\"王伟", "王\"伟", "\"王\"伟"] {
        let text = FUNERAL.to_owned() + &good_rows(5) + &row(name) + &good_rows(5);
        let error = Office::new().prepare("funeral", text).unwrap_err();
        assert!(matches!(error, IntakeError::Quotes { row: 7, .. }), "{name}: {error}");
    }
}
