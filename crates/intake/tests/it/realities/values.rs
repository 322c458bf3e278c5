//! R11 to R14 and R17 to R19: what cells mean.

use yilian_intake::{FindingKind, IntakeError, Problem};

use super::{FUNERAL, good_rows};
use crate::office::{Office, column, id, rows, rows_found, texts};

const PAYMENT: &str = "姓名,身份证号,性别,出生日期,发放流水号,补贴项目,所属月份,发放日期,AMOUNT,发放类型,发放区划\n";

/// A good payment with some cells replaced.
fn payment(number: u32, month: &str, amount: &str, kind: &str) -> String {
    format!("王伟,{},男,,ZF{number},MZ01,{month},20250120,{amount},{kind},150104008\n", id("19391104", 1))
}

/// Payments that may hold a few bad ones.
fn payments(header: &str, rows: &[String]) -> String {
    let good: String = (0..60).map(|at| payment(900 + at, "2025-01", "1", "正常")).collect();
    PAYMENT.replace("AMOUNT", header) + &rows.concat() + &good
}

/// The delivered texts of a column, without the sixty good payments.
fn delivered(text: &str, name: &str) -> Vec<String> {
    let office = Office::new();
    let prepared = office.prepare("benefit_payment", text).unwrap();
    let (data, map) = (rows(&prepared.data), rows(&prepared.rows));
    let mut found: Vec<(i64, String)> =
        texts(&map, "source_row").iter().map(|row| row.parse().unwrap()).zip(texts(&data, name)).collect();
    found.sort();
    found.truncate(found.len() - 60);
    found.into_iter().map(|(_, text)| text).collect()
}

#[test]
fn r11_a_day_in_every_spelling_is_the_day_and_a_default_is_none() {
    let header = "姓名,身份证号,性别,出生日期,opened_on,closed_on,服务机构,发放区划\n";
    let days = ["20231105", "2023/11/5", "2023-11-05", "2023年11月5日", "2023.11.05", "45235", "２０２３年１１月５日"];
    let none = ["1900-01-01", "00000000", "9999-12-31", "-", "/"];
    let row = |at: u32, day: &str, end: &str| format!("王伟,{},男,,{day},{end},FW1,150104008\n", id("19391104", at));
    let mut text = header.to_owned();
    for (at, day) in (0..).zip(days) {
        text += &row(at, day, "");
    }
    for (at, end) in (20..).zip(none) {
        text += &row(at, "20231105", end);
    }
    let data = rows(&Office::new().prepare("family_bed", text).unwrap().data);
    assert_eq!(texts(&data, "opened_on"), vec!["2023-11-05"; days.len() + none.len()]);
    assert!(column(&data, "closed_on").iter().all(Option::is_none));
}

#[test]
fn r11_a_day_that_does_not_exist_or_cannot_be_read_rejects_its_row() {
    let row = |day: &str| format!("王伟,{},男,,{day},150104008\n", id("19391104", 1));
    let bad = ["20230231", "11/5/2023", "2023年11月", "昨天", "00000000"];
    let text = bad.iter().fold(FUNERAL.to_owned() + &good_rows(200), |text, day| text + &row(day));
    let office = Office::new();
    let prepared = office.prepare("funeral", text).unwrap();
    let rejected = &prepared.counts.rejected;
    let counts =
        ["date_impossible", "date_unreadable", "date_without_day", "missing_value"].map(|why| rejected.get(why));
    assert_eq!(counts, [Some(&1), Some(&2), Some(&1), Some(&1)]);
}

#[test]
fn r12_money_is_read_exactly_in_the_unit_of_its_header() {
    let spellings = ["1234.5", "1234.50元", "\"1,234.50\"", "￥1234.50", "１２３４．５０", "0.12345万元", "123450分"];
    let rows: Vec<String> = (0..).zip(spellings).map(|(at, amount)| payment(at, "2025-01", amount, "正常")).collect();
    assert_eq!(delivered(&payments("金额", &rows), "amount"), vec!["1234.50"; spellings.len()]);
    let ten_thousands = payments("金额（万元）", &[payment(1, "2025-01", "0.12345", "正常")]);
    assert_eq!(delivered(&ten_thousands, "amount"), ["1234.50"]);
    let titled = format!("发放表,单位：分\n{}", payments("金额", &[payment(1, "2025-01", "123450", "正常")]));
    assert_eq!(delivered(&titled, "amount"), ["1234.50"]);
}

#[test]
fn r12_money_that_is_not_exact_or_of_an_unknown_unit_is_refused() {
    let none: Vec<String> =
        ["-", "/", "1e3", "12.345", "约100"].map(|amount| payment(1, "2025-01", amount, "正常")).into();
    let mut text = payments("金额", &none);
    text += &good_payments(100);
    let office = Office::new();
    let prepared = office.prepare("benefit_payment", text).unwrap();
    assert_eq!(prepared.counts.rejected.get("missing_value"), Some(&2), "none is not zero");
    assert_eq!(prepared.counts.rejected.get("amount_unreadable"), Some(&3));
    for text in [payments("金额(千元)", &[]), format!("发放表,单位：百元\n{}", payments("金额", &[]))] {
        let error = Office::new().prepare("benefit_payment", text).unwrap_err();
        let IntakeError::Refused { problems, .. } = &error else { panic!("{error}") };
        assert!(matches!(problems[..], [Problem::UnknownUnit { .. }]), "{error}");
    }
}

fn good_payments(count: u32) -> String {
    (0..count).map(|at| payment(2000 + at, "2025-01", "1", "正常")).collect()
}

#[test]
fn r12_a_number_that_is_no_money_rejects_its_row_and_leaves_the_totals_in_range() {
    let bad = [payment(1, "2025-01", "9999999999999999999", "正常"), payment(2, "2025-01", "10000000000", "正常")];
    let prepared = Office::new().prepare("benefit_payment", payments("金额", &bad)).unwrap();
    assert_eq!(prepared.counts.rejected.get("amount_unreadable"), Some(&2));
    assert_eq!(prepared.control_totals[0].read.fen, 6_000);
}

#[test]
fn r13_a_month_alone_is_of_the_periods_year_and_a_quarter_is_no_month() {
    let months = ["202511", "2025-11", "2025年11月", "11月", "45962", "2025.11.30"];
    let rows: Vec<String> = (0..).zip(months).map(|(at, month)| payment(at, month, "1", "正常")).collect();
    assert_eq!(delivered(&payments("金额", &rows), "month"), vec!["2025-11-01"; months.len()]);
    let bad: Vec<String> =
        ["2025年第4季度", "10-12月", "13月", "全年"].map(|month| payment(1, month, "1", "正常")).into();
    let office = Office::new();
    let prepared = office.prepare("benefit_payment", payments("金额", &bad) + &good_payments(100)).unwrap();
    assert_eq!(prepared.counts.rejected.get("month_unreadable"), Some(&4));
}

#[test]
fn r14_repeated_corrected_negative_and_late_rows_all_leave_as_they_are() {
    let office = Office::new();
    let rows_of = [
        payment(1, "2025-01", "100", "正常"),
        payment(1, "2025-01", "100", "正常"),
        payment(2, "2025-01", "-100", "冲回"),
        payment(3, "2024-11", "100", "补发"),
    ];
    let prepared = office.prepare("benefit_payment", payments("金额", &rows_of)).unwrap();
    assert_eq!(prepared.counts.delivered, 64);
    let data = rows(&prepared.data);
    let mut pairs: Vec<_> = texts(&data, "record_token").into_iter().zip(texts(&data, "amount")).collect();
    pairs.sort();
    assert_eq!(pairs.windows(2).filter(|pair| pair[0] == pair[1]).count(), 1, "the repeat has the same token");
    assert!(texts(&data, "amount").contains(&"-100.00".to_owned()));
    let january = prepared.control_totals.iter().find(|total| total.month.as_deref() == Some("2025-01")).unwrap();
    assert_eq!((january.read.rows, january.read.fen), (63, 10_000 + 60 * 100));
}

#[test]
fn r17_codes_and_texts_mean_the_same_and_anything_else_is_rejected() {
    let header = "姓名,身份证号,性别,出生日期,残疾人证号,残疾类别,残疾等级,issued_on,状态,发放区划\n";
    let row = |sex: &str, category: &str, grade: &str| {
        format!("王伟,{},{sex},,,{category},{grade},2020-01-01,valid,150104\n", id("19391104", 1))
    };
    let same = [("男", "肢体", "一级"), ("1", "4", "1"), ("１", "肢体残疾", "1.0"), ("1.0", "4.0", "１")];
    let text = same.iter().fold(header.to_owned(), |text, (sex, category, grade)| text + &row(sex, category, grade));
    let text = text.clone() + &text.lines().nth(1).map(|line| format!("{line}\n")).unwrap().repeat(100);
    let office = Office::new();
    let prepared = office
        .prepare("disability_certificate", text.clone() + &row("男", "9", "1") + &row("男", "4", "五级"))
        .unwrap();
    let data = rows(&prepared.data);
    assert!(texts(&data, "category").iter().chain(&texts(&data, "grade")).all(|code| code == "4" || code == "1"));
    assert_eq!(prepared.counts.rejected.get("unknown_code"), Some(&2));
    let prepared = office.prepare("disability_certificate", text + &row("不详", "4", "1")).unwrap();
    assert_eq!(rows_found(&prepared.findings, FindingKind::SexUnreadable), [106]);
}

#[test]
fn r18_old_region_codes_leave_as_written_and_are_named_and_a_split_is_not_guessed() {
    let row = |region: &str| format!("王伟,{},男,,2025-03-01,{region}\n", id("19391104", 1));
    // 伊金霍洛旗 until 2001, 茌平县 until 2019, a county that was split, and a township that its county never had.
    let regions = ["150627100", "152728", "371523", "440321", "150104999", "150104008032"];
    let text = regions.iter().fold(FUNERAL.to_owned(), |text, region| text + &row(region));
    let office = Office::new();
    let prepared = office.prepare("funeral", text + &good_rows(100) + &row("159901")).unwrap();
    let mut left = texts(&rows(&prepared.data), "region");
    left.sort();
    left.dedup();
    assert_eq!(left, ["150104008", "150104999", "150627100", "152728", "371523", "440321"]);
    assert_eq!(rows_found(&prepared.findings, FindingKind::RegionSuperseded), [3, 4]);
    assert_eq!(rows_found(&prepared.findings, FindingKind::TownshipUnknown), [6]);
    assert_eq!(prepared.counts.rejected.get("region_unknown"), Some(&1), "a code that was never issued");
}

#[test]
fn r19_hukou_and_residence_are_two_columns_and_neither_is_filled_from_the_other_or_from_the_number() {
    let header = "姓名,身份证号,性别,出生日期,户籍地区划,常住地区划,居住状况,状态,更新日期,独居\n";
    let row = |hukou: &str, lives: &str| {
        format!("王伟,{},男,,{hukou},{lives},with_family,在册,2024-12-31,否\n", id("19391104", 1))
    };
    let text = header.to_owned()
        + &row("150104", "371521")
        + &row("150104", "371521").repeat(60)
        + &row("", "371521")
        + &row("150104", "");
    let office = Office::new();
    let prepared = office.prepare("elder_register", text).unwrap();
    let data = rows(&prepared.data);
    assert!(texts(&data, "hukou_region").iter().all(|code| code == "150104"));
    assert!(column(&data, "residence_region").iter().flatten().all(|code| code == "371521"));
    let empty = column(&data, "residence_region").iter().filter(|code| code.is_none()).count() as u64;
    let missing = prepared.counts.rejected.get("missing_value").copied().unwrap_or(0);
    assert_eq!(empty + missing, 2, "null or rejected");
}
