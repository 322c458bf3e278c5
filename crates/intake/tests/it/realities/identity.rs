//! R06 to R10, R15, R16, R26 to R28: who a row is about.

use yilian_intake::{FindingKind, IntakeError, Problem};

use super::{FUNERAL, good_rows};
use crate::office::{Office, column, found, id, rows, rows_found, texts};

fn person(number: &str, sex: &str, birth: &str) -> String {
    format!("王伟,{number},{sex},{birth},2025-03-01,150104008\n")
}

fn problems(dataset: &str, text: &str) -> Vec<Problem> {
    match Office::new().prepare(dataset, text).unwrap_err() {
        IntakeError::Refused { problems, .. } => problems,
        other => panic!("{other}"),
    }
}

#[test]
fn r06_a_file_whose_numbers_a_spreadsheet_rounded_is_refused_whole() {
    let rounded = FUNERAL.to_owned() + &good_rows(500) + &person("1.59901E+17", "男", "1939-11-04");
    assert!(matches!(&problems("funeral", &rounded)[..], [Problem::SpreadsheetDamage { scientific: 1, .. }]));
    let zeros: String = (1..8).map(|day| person(&format!("1599011939110{day}1000"), "男", "1939-11-04")).collect();
    let found = problems("funeral", &(FUNERAL.to_owned() + &good_rows(500) + &zeros));
    assert!(matches!(&found[..], [Problem::SpreadsheetDamage { zeros: 7, .. }]), "{found:?}");
}

#[test]
fn r06_other_numbers_that_were_rounded_refuse_the_file_too() {
    let header = "姓名,身份证号,性别,出生日期,发放流水号,补贴项目,所属月份,发放日期,金额,发放类型,发放区划\n";
    let row = |number: &str, region: &str| {
        format!("王伟,{},男,,{number},MZ01,2025-01,20250120,100,正常,{region}\n", id("19391104", 1))
    };
    for (number, region, column) in [
        ("2.02501E+17", "150104", "发放流水号"),
        ("ZF1", "1.50104E+11", "发放区划"),
        ("ZF1", " 1.50104e+11 ", "发放区划"),
    ] {
        let text = header.to_owned() + &row("ZF2", "150104008") + &row(number, region);
        let found = problems("benefit_payment", &text);
        assert!(
            matches!(&found[..], [Problem::SpreadsheetDamage { header, zeros: 0, .. }] if header == column),
            "{found:?}"
        );
    }
    let fine = header.to_owned() + &row("12E5", "150104008") + &row("2E+3-7", "150104");
    assert!(Office::new().prepare("benefit_payment", fine).is_ok(), "numbers that only look like it");
}

#[test]
fn r07_a_column_of_digits_stays_text_whether_or_not_an_x_appears() {
    let office = Office::new();
    let payments = |person: &str| {
        format!(
            "姓名,身份证号,性别,出生日期,发放流水号,补贴项目,所属月份,发放日期,金额,发放类型,发放区划\n\
                 王伟,{person},男,,000123,MZ01,2025-01,20250120,100,正常,150104008\n"
        )
    };
    let with_x = (0..100).map(|at| id("19391104", at)).find(|id| id.ends_with('X')).unwrap();
    for person in ["159901193911041234", &with_x] {
        let prepared = office.prepare("benefit_payment", payments(person)).unwrap();
        assert_eq!(texts(&rows(&prepared.rows), "record_number"), ["000123"], "leading zeros are part of a number");
        assert!(column(&rows(&prepared.data), "person_token")[0].is_some());
    }
}

#[test]
fn r08_a_number_in_any_spelling_is_the_same_person_and_counted() {
    let spellings = [
        "11010519491231002X",
        "11010519491231002x",
        "１１０１０５１９４９１２３１００２Ｘ",
        "'11010519491231002X",
        " 110105 19491231 002X",
        "110105-19491231-002X",
        "1101051949\u{200b}1231002X\t",
    ];
    let text = spellings.iter().fold(FUNERAL.to_owned(), |text, number| text + &person(number, "女", ""));
    let office = Office::new();
    let prepared = office.prepare("funeral", text).unwrap();
    let mut tokens = texts(&rows(&prepared.data), "person_token");
    tokens.dedup();
    assert_eq!((tokens.len(), prepared.counts.null_tokens), (1, 0));
    assert_eq!(rows_found(&prepared.findings, FindingKind::IdRewritten), [3, 4, 5, 6, 7, 8]);
}

#[test]
fn r09_a_15_digit_number_is_upgraded_and_says_so_and_a_centenarians_is_not() {
    let text = FUNERAL.to_owned()
        + &person("159901391104123", "男", "")
        + &person("159901193911041234", "男", "")
        + &person("159901391104996", "男", "1899-11-04");
    let office = Office::new();
    let prepared = office.prepare("funeral", text).unwrap();
    let data = rows(&prepared.data);
    let tokens = column(&data, "person_token");
    assert_eq!(tokens.iter().filter(|token| token.is_some()).count(), 2);
    assert_eq!(tokens[0], tokens[1], "the same person");
    let mut qualities = texts(&data, "id_quality");
    qualities.sort();
    assert_eq!(qualities, ["none", "upgraded15", "valid18"]);
    assert_eq!(prepared.counts.upgraded, 1);
    assert_eq!(rows_found(&prepared.findings, FindingKind::Centenarian15), [4]);
}

#[test]
fn r10_placeholders_are_told_apart_from_mistakes_and_permits_are_people() {
    let permit = "81000019500101001";
    let permits: Vec<String> = "0123456789X".chars().map(|check| format!("{permit}{check}")).collect();
    let mut text = FUNERAL.to_owned();
    for number in ["111111111111111111", "000000000000000", "123456789012345678", "0000", "E12345678"] {
        text += &person(number, "男", "1939-11-04");
    }
    for number in &permits {
        text += &person(number, "男", "1950-01-01");
    }
    let office = Office::new();
    let prepared = office.prepare("funeral", text).unwrap();
    assert_eq!(rows_found(&prepared.findings, FindingKind::IdPlaceholder), [2, 3, 4, 5]);
    assert_eq!(rows_found(&prepared.findings, FindingKind::IdLength), [6], "a passport");
    assert_eq!(found(&prepared.findings, FindingKind::ResidencePermit), 1);
    assert_eq!(found(&prepared.findings, FindingKind::IdCheckCharacter), 10, "no permit without its check character");
    let data = rows(&prepared.data);
    let tokens = column(&data, "person_token");
    assert_eq!(tokens.iter().flatten().count(), 1, "a null token never joins");
}

#[test]
fn r15_sex_and_birth_come_from_the_number_where_the_columns_are_empty_or_absent() {
    let number = id("19391104", 124);
    let text = FUNERAL.to_owned() + &person(&number, "", "");
    let short = format!("身份证号,死亡日期,发放区划\n{number},2025-03-01,150104008\n");
    for text in [text, short] {
        let data = rows(&Office::new().prepare("funeral", text).unwrap().data);
        assert_eq!(
            (texts(&data, "sex"), texts(&data, "birth_month")),
            (vec!["2".to_owned()], vec!["1939-11-01".to_owned()])
        );
    }
    let none = FUNERAL.to_owned() + &good_rows(50) + &person("", "", "");
    let office = Office::new();
    let prepared = office.prepare("funeral", none).unwrap();
    assert_eq!(prepared.counts.rejected.get("age_unknown"), Some(&1), "nothing is guessed");
}

#[test]
fn r16_where_number_and_columns_disagree_the_number_wins_and_the_rows_are_named() {
    let text = FUNERAL.to_owned() + &good_rows(1) + &person(&id("19391104", 123), "女", "1949-11-04");
    let office = Office::new();
    let prepared = office.prepare("funeral", text).unwrap();
    let data = rows(&prepared.data);
    let pairs: Vec<_> = texts(&data, "sex").into_iter().zip(texts(&data, "birth_month")).collect();
    assert!(pairs.contains(&("1".to_owned(), "1939-11-01".to_owned())), "{pairs:?}");
    assert_eq!(rows_found(&prepared.findings, FindingKind::SexDiffers), [3]);
    assert_eq!(rows_found(&prepared.findings, FindingKind::BirthDiffers), [3]);
}

#[test]
fn r26_a_household_is_known_by_the_number_of_its_head_in_any_spelling() {
    let row = |head: &str| format!("王伟,{},男,,{head},2025-03-01,2800,150104008\n", id("19391104", 1));
    let header = "姓名,身份证号,性别,出生日期,户主身份证号,done_on,金额,发放区划\n";
    let text = header.to_owned() + &row("159901193911041234") + &row("'159901391104123") + &row("家庭7号");
    let office = Office::new();
    let prepared = office.prepare("accessibility_renovation", text).unwrap();
    let households = column(&rows(&prepared.data), "household_token");
    let known: Vec<&String> = households.iter().flatten().collect();
    assert_eq!(known.len(), 2);
    assert_eq!(known[0], known[1]);
    assert_eq!(rows_found(&prepared.findings, FindingKind::HouseholdNone), [4]);
}

#[test]
fn r27_a_person_with_a_corrected_number_has_two_person_tokens_and_one_name_token() {
    let text = FUNERAL.to_owned()
        + &person(&id("19391104", 123), "男", "")
        + &person(&id("19391104", 125), "男", "")
        + &person("15990119391104", "男", "1939年11月4日");
    let data = rows(&Office::new().prepare("funeral", text).unwrap().data);
    let mut people: Vec<String> = column(&data, "person_token").into_iter().flatten().collect();
    people.dedup();
    assert_eq!(people.len(), 2, "nothing is merged");
    let mut names = texts(&data, "name_token");
    names.dedup();
    assert_eq!(names.len(), 1, "what a human may compare");
}

#[test]
fn r28_sixty_is_reached_by_the_last_day_of_the_periods_year_and_a_leap_day_is_a_day() {
    let text = FUNERAL.to_owned()
        + &person(&id("19651231", 1), "男", "")
        + &person(&id("19660101", 1), "男", "")
        + &person(&id("19640229", 1), "男", "")
        + &person(&id("19650229", 1), "男", "");
    let mut office = Office::new();
    office.period = "2025-03".parse().unwrap();
    let text = text + &good_rows(40);
    let prepared = office.prepare("funeral", &text).unwrap();
    assert_eq!(prepared.counts.out_of_scope, 1);
    assert_eq!(rows_found(&prepared.findings, FindingKind::IdBirthDate), [5], "1965 had no 29 February");
    assert_eq!(prepared.counts.rejected.get("age_unknown"), Some(&1));
    office.period = "2024".parse().unwrap();
    assert_eq!(office.prepare("funeral", &text).unwrap().counts.out_of_scope, 2);
}
