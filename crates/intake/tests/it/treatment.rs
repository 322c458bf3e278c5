//! What becomes of the columns.

use yilian_intake::FindingKind;

use crate::office::{Office, column, id, rows, texts};

#[test]
fn codes_and_labels_mix_and_regions_are_cut_with_the_class_of_the_village() {
    let mut office = Office::new();
    office.villages = Some(office.file("villages.csv", "code,class\n150104008032,111\n150104008033,220\n"));
    let person = id("19391104", 123);
    let text = format!(
        "姓名,身份证号,性别,出生日期,户籍地区划,常住地区划,居住状况,状态,更新日期,独居\n\
         王伟,{person},男,,150104008032,150104008033,独居,active,45657,\n\
         王伟,{person},男,,150104,150104008,with_family,在册,2024-12-31,是\n"
    );
    let prepared = office.prepare("elder_register", &text).unwrap_or_else(|error| panic!("{error}"));
    let data = rows(&prepared.data);
    let mut hukou: Vec<_> =
        texts(&data, "hukou_region").into_iter().zip(texts(&data, "hukou_region_urban_rural")).collect();
    hukou.sort();
    assert_eq!(hukou, [("150104".into(), "unknown".into()), ("150104008".into(), "urban".into())]);
    let mut lives = texts(&data, "residence_region_urban_rural");
    lives.sort();
    assert_eq!(lives, ["rural", "unknown"]);
    let mut flags: Vec<_> = texts(&data, "living_alone").into_iter().zip(texts(&data, "empty_nest")).collect();
    flags.sort();
    assert_eq!(flags, [("true".into(), "false".into()), ("true".into(), "true".into())]);
    assert_eq!(texts(&data, "updated_on"), ["2024-12-31", "2024-12-31"]);
}

#[test]
fn a_certificate_number_is_compared_and_stays() {
    let office = Office::new();
    let (one, other) = (id("19391104", 123), id("19391104", 125));
    let text = format!(
        "姓名,身份证号,性别,出生日期,残疾人证号,残疾类别,残疾等级,issued_on,状态,发放区划\n\
         王伟,{one},男,,{one}43,肢体,3,2020-01-01,valid,150104\n\
         王伟,{one},男,,{one}44B1,4,,2020-01-01,valid,150104\n\
         王伟,{one},男,,{one}11,4,3,2020-01-01,valid,150104\n\
         王伟,{one},男,,{other}43,4,3,2020-01-01,valid,150104\n\
         王伟,{one},男,,4711,4,3,2020-01-01,valid,150104\n"
    );
    let prepared = office.prepare("disability_certificate", &text).unwrap_or_else(|error| panic!("{error}"));
    let data = rows(&prepared.data);
    assert!(data.schema().fields().iter().all(|field| !field.name().contains("certificate")));
    assert_eq!(prepared.counts.delivered, 5);
    let count =
        |kind| prepared.findings.iter().filter(|finding| finding.kind == kind).map(|finding| finding.count).sum();
    let found: [u64; 3] =
        [FindingKind::CertificateDiffers, FindingKind::CertificateOfAnother, FindingKind::CertificateUnreadable]
            .map(count);
    assert_eq!(found, [1, 1, 1]);
    let mut grades = texts(&data, "grade");
    grades.sort();
    assert_eq!(grades, ["3", "3", "3", "3", "4"]);
}

#[test]
fn a_bad_cell_rejects_its_row_with_row_column_and_reason() {
    let office = Office::new();
    let mut text = "姓名,身份证号,性别,出生日期,died_on,发放区划\n".to_owned();
    for number in 0..200 {
        text.push_str(&format!("王伟,{},男,,2025-03-01,150104008032\n", id("19391104", number)));
    }
    let person = id("19391104", 300);
    for cells in ["20230231,150104008032", ",150104008032", "2025-03-01,15010", "2025-03-01,999999"] {
        text.push_str(&format!("王伟,{person},男,,{cells}\n"));
    }
    text.push_str(&format!("王伟,{person},男,,2025-03-01,150104008032,too many\n"));
    let prepared = office.prepare("funeral", &text).unwrap();
    let rejects = std::fs::read_to_string(&prepared.rejects).unwrap();
    let lines: Vec<_> =
        rejects.lines().skip(1).map(|line| line.splitn(4, ',').take(3).collect::<Vec<_>>().join(",")).collect();
    assert_eq!(
        lines,
        [
            "202,died_on,date_impossible",
            "203,died_on,missing_value",
            "204,发放区划,region_unreadable",
            "205,发放区划,region_unknown",
            "206,,column_count",
        ]
    );
    assert_eq!(prepared.counts.rejected_rows(), 5);
    assert_eq!(texts(&rows(&prepared.data), "death_month"), vec!["2025-03-01"; 200]);
}

#[test]
fn kept_text_that_could_name_a_person_is_rejected() {
    let office = Office::new();
    let mut text = "姓名,身份证号,性别,出生日期,opened_on,服务机构,发放区划\n".to_owned();
    for number in 0..100 {
        text.push_str(&format!("王伟,{},男,,2025-03-01,FW{number:02},150104008032\n", id("19391104", number)));
    }
    for provider in ["赵翠强", "13812345678", "159901193911041234"] {
        text.push_str(&format!("王伟,{},男,,2025-03-01,{provider},150104008032\n", id("19391104", 200)));
    }
    let prepared = office.prepare("family_bed", &text).unwrap();
    assert_eq!(prepared.counts.rejected.get("personal_text"), Some(&3));
    let providers = texts(&rows(&prepared.data), "provider_code");
    let mut sorted = providers.clone();
    sorted.sort();
    assert_eq!(sorted.len(), 100);
    assert_eq!(sorted[99], "FW99");
}

#[test]
fn empty_cells_of_optional_columns_are_null() {
    let office = Office::new();
    let text = format!(
        "姓名,身份证号,性别,出生日期,opened_on,closed_on,服务机构,发放区划\n王伟,{},男,,2025-03-01,-,,150104008032\n",
        id("19391104", 123)
    );
    let data = rows(&office.prepare("family_bed", &text).unwrap().data);
    assert_eq!(column(&data, "closed_on"), [None]);
    assert_eq!(column(&data, "provider_code"), [None]);
}
