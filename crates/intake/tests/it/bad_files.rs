//! Files that are refused as a whole.

use proptest::prelude::*;
use yilian_intake::{Fault, IntakeError, Problem};

use crate::office::{Office, id};

fn problems(dataset: &str, text: &str) -> (Vec<Problem>, String) {
    let error = Office::new().prepare(dataset, text).unwrap_err();
    assert_eq!(error.fault(), Fault::Input);
    let said = error.to_string();
    match error {
        IntakeError::Refused { problems, .. } => (problems, said),
        other => panic!("{other}"),
    }
}

#[test]
fn missing_columns_are_all_named_with_the_nearest_header() {
    let (problems, said) =
        problems("funeral", "姓名,身份证号,性别,出生日期,死亡期,地区\n王伟,1,男,,2025-03-01,150104\n");
    assert_eq!(problems.len(), 2);
    assert!(said.contains("发放区划") && said.contains("hint:"), "{said}");
}

#[test]
fn an_empty_file_and_a_stock_with_a_header_alone_are_refused() {
    let header = "姓名,身份证号码,机构编码,入住日期,发放区划\n";
    for (dataset, text) in [("funeral", ""), ("funeral", "\u{feff}"), ("funeral", "\n\n"), ("institution_stay", header)]
    {
        let error = Office::new().prepare(dataset, text).unwrap_err();
        let IntakeError::Refused { rows: 0, problems, .. } = &error else { panic!("{text:?}: {error}") };
        assert_eq!(*problems, [Problem::Empty], "{text:?}");
    }
}

#[test]
fn a_month_without_events_is_a_header_alone() {
    for footer in ["", "合计,,,,,\n"] {
        let text = format!("姓名,身份证号,性别,出生日期,died_on,发放区划\n{footer}");
        let prepared = Office::new().prepare("funeral", &text).unwrap();
        assert_eq!((prepared.counts.read, prepared.counts.delivered), (0, 0));
    }
}

#[test]
fn a_required_column_without_any_value_refuses_the_file() {
    let text = format!(
        "姓名,身份证号,性别,出生日期,died_on,发放区划\n王伟,{},男,,,150104\n李文,{},男,,,150104\n",
        id("19391104", 1),
        id("19391104", 3)
    );
    let (problems, said) = problems("funeral", &text);
    assert_eq!(problems, [Problem::NullColumn { header: "died_on".to_owned() }]);
    assert!(said.contains("2 data rows"), "{said}");
    let text = "姓名,身份证号,性别,出生日期,died_on,发放区划\n王伟,,男,19391104,2025-01-01,150104\n";
    assert_eq!(super::bad_files::problems("funeral", text).0.len(), 1, "the ID column too");
}

#[test]
fn a_spreadsheet_that_rounded_the_numbers_refuses_the_file() {
    let file = |numbers: &[&str]| {
        let mut text = "姓名,身份证号,性别,出生日期,died_on,发放区划\n".to_owned();
        for number in numbers {
            text.push_str(&format!("王伟,{number},男,1939-11-04,2025-03-01,150104\n"));
        }
        text
    };
    let good = id("19391104", 1);
    let (problems, said) = problems("funeral", &file(&[&good, "1.50104E+17"]));
    assert!(matches!(problems[..], [Problem::SpreadsheetDamage { scientific: 1, .. }]), "{problems:?}");
    assert!(said.contains("身份证号") && said.contains("文本") && !said.contains("1.50104"), "{said}");
    let zeros = "150104193911041000";
    assert!(Office::new().prepare("funeral", file(&[&good, zeros, zeros])).is_ok());
    let (problems, _) = super::bad_files::problems("funeral", &file(&[&good, zeros, zeros, zeros]));
    assert!(matches!(problems[..], [Problem::SpreadsheetDamage { zeros: 3, numbers: 4, .. }]), "{problems:?}");
}

#[test]
fn too_many_rejects_refuse_the_file_and_leave_the_list() {
    let office = Office::new();
    let mut text = "姓名,身份证号,性别,出生日期,died_on,发放区划\n".to_owned();
    for number in 0..10 {
        text.push_str(&format!("王伟,{},男,,20230231,150104\n", id("19391104", number)));
        text.push_str(&format!("王伟,{},男,,20230201,150104\n", id("19391104", number)));
    }
    let error = office.prepare("funeral", &text).unwrap_err();
    let IntakeError::TooManyRejects { rejected, read, rejects, .. } = &error else { panic!("{error}") };
    assert_eq!((*rejected, *read), (10, 20));
    assert_eq!(std::fs::read_to_string(rejects).unwrap().lines().count(), 11);
    assert!(!office.folder.path().join("out/data.parquet").exists());
}

#[test]
fn bytes_that_are_no_text_and_open_quotes_are_refused() {
    let office = Office::new();
    let error = office.prepare("funeral", b"\xff\xfe\x00\xd8").unwrap_err();
    assert!(matches!(error, IntakeError::Encoding { .. }));
    let mut bytes = "姓名,身份证号,性别,出生日期,died_on,发放区划\n".as_bytes().to_vec();
    bytes.extend(b"\xb0\xff,1,1,1,1,1\n");
    assert!(matches!(office.prepare("funeral", bytes).unwrap_err(), IntakeError::Encoding { .. }));
    assert!(matches!(office.prepare("funeral", b"PK\x03\x04rest").unwrap_err(), IntakeError::Workbook { .. }));
}

#[test]
fn inspect_says_what_prepare_would_reject_and_writes_nothing() {
    let office = Office::new();
    let text = format!(
        "姓名,身份证号,性别,出生日期,died_on,发放区划,电话\n王伟,{},男,,20230231,150104,1\n王伟,123,男,1939-01-01,2023-02-01,150104,1\n",
        id("19391104", 1)
    );
    let inspection = office.inspect("funeral", &text).unwrap();
    assert_eq!((inspection.rows, inspection.deliverable), (2, 1));
    assert_eq!(inspection.rejected[0].rows, [2]);
    assert_eq!(inspection.findings.len(), 2);
    assert!(!office.folder.path().join("out").exists());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = Office::new().prepare("funeral", &bytes);
    }

    #[test]
    fn arbitrary_cells_never_panic_and_always_balance(cells in "([0-9\"A-Zx年月日.,\n\t\u{3000}王-]{0,60}\n){0,12}") {
        let header = "姓名,身份证号,性别,出生日期,发放流水号,补贴项目,所属月份,发放日期,金额,发放类型,对象类别,发放区划\n";
        let good = format!("王伟,{},男,,ZF1,MZ01,2025-01,20250120,100,正常,,150104\n", id("19391104", 1)).repeat(300);
        if let Err(error) = Office::new().prepare("benefit_payment", format!("{header}{good}{cells}")) {
            prop_assert_eq!(error.fault(), Fault::Input, "{}", error);
        }
    }
}
