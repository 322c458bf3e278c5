//! Control totals: every row and every fen of the text is delivered, rejected or left out.

use yilian_contract::accounting::Sum;

use crate::office::{Office, id, rows, texts};

const HEADER: &str =
    "姓名,身份证号,性别,出生日期,发放流水号,补贴项目,所属月份,发放日期,AMOUNT,发放类型,对象类别,发放区划\n";

fn line(person: &str, number: u32, month: &str, paid: &str, amount: &str) -> String {
    format!("王伟,{person},男,,ZF{number},MZ01,{month},{paid},{amount},正常,,150104008032\n")
}

#[test]
fn rows_and_money_add_up_per_benefit_and_month() {
    let office = Office::new();
    let mut text = HEADER.replace("AMOUNT", "金额");
    for number in 0..60 {
        text.push_str(&line(&id("19391104", number), number, "2025-01", "20250120", "\"1,000.50\""));
    }
    text.push_str(&line(&id("19391104", 1), 100, "2025年2月", "20250220", "-100"));
    text.push_str(&line(&id("19391104", 1), 101, "202502", "20250231", "77.07"));
    text.push_str(&line(&id("19900101", 1), 102, "2025-02-01", "20250220", "5"));
    let prepared = office.prepare("benefit_payment", &text).unwrap();
    let totals = &prepared.control_totals;
    assert_eq!(totals.len(), 2);
    assert_eq!(totals[0].month.as_deref(), Some("2025-01"));
    assert_eq!(totals[0].benefit.as_deref(), Some("MZ01"));
    assert_eq!(totals[0].read, Sum { rows: 60, fen: 60 * 100_050 });
    assert_eq!(totals[0].delivered, totals[0].read);
    assert_eq!(totals[1].read, Sum { rows: 3, fen: -10_000 + 7_707 + 500 });
    assert_eq!(totals[1].delivered, Sum { rows: 1, fen: -10_000 });
    assert_eq!(totals[1].rejected, Sum { rows: 1, fen: 7_707 });
    assert_eq!(totals[1].left_out, Sum { rows: 1, fen: 500 });
}

#[test]
fn the_unit_in_a_header_is_obeyed_by_money_and_totals() {
    let office = Office::new();
    for (header, amount) in [("金额(元)", "1234.5"), ("金额（万元）", "0.12345"), ("发放金额(单位:分)", "123450")]
    {
        let text = HEADER.replace("AMOUNT", header) + &line(&id("19391104", 1), 1, "2025-01", "20250120", amount);
        let prepared = office.prepare("benefit_payment", &text).unwrap();
        assert_eq!(texts(&rows(&prepared.data), "amount"), ["1234.50"]);
        assert_eq!(prepared.control_totals[0].delivered.fen, 123_450);
    }
}

#[test]
fn a_dataset_with_one_benefit_and_one_without_any_have_totals_too() {
    let office = Office::new();
    let text = format!(
        "姓名,身份证号,性别,出生日期,所属月份,mode,days,金额,pool_region\n王伟,{},男,,2025-01,home,28,1500,150104\n",
        id("19391104", 1)
    );
    let prepared = office.prepare("ltci_benefit", &text).unwrap();
    assert_eq!(prepared.control_totals[0].benefit.as_deref(), Some("YB01"));
    assert_eq!(prepared.control_totals[0].delivered, Sum { rows: 1, fen: 150_000 });

    let text =
        format!("姓名,身份证号,性别,出生日期,died_on,发放区划\n王伟,{},男,,2025-01-01,150104\n", id("19391104", 1));
    let prepared = office.prepare("funeral", &text).unwrap();
    assert_eq!(prepared.control_totals.len(), 1);
    assert_eq!(prepared.control_totals[0].delivered, Sum { rows: 1, fen: 0 });
}
