//! Bad input: a clear message with file, column and row count, the right exit code, and the published run untouched.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{RecordBatch, StringArray};
use yilian_demo::{Extract, Finished, Offices, PackReport, Published};

use crate::fixture::{copy_folder, copy_of, new_folder, programs, run_options, shared};
use crate::payments::{BENEFIT, ID_NUMBER, PAID_ON, Payments, rejects, write_extract};
use crate::resealed::{Change, resealed};

/// What a department's program made of an extract.
fn pack(extract: &Extract) -> (Offices, Finished) {
    let folder = extract.path.parent().unwrap().file_name().unwrap().to_string_lossy().into_owned();
    let offices = copy_of(&shared().offices, &format!("{folder}_offices"));
    let finished = offices.try_pack(extract).unwrap();
    (offices, finished)
}

/// Asserts that the file is refused with exit code 1 and a message that holds every one of `words`.
fn assert_refused(extract: &Extract, words: &[&str]) {
    let (_, finished) = pack(extract);
    assert_eq!(finished.code, 1, "{}\n{}", finished.stdout, finished.stderr);
    let message = format!("{}{}", finished.stdout, finished.stderr);
    for word in words {
        assert!(message.contains(word), "`{word}` is not in the message:\n{message}");
    }
    assert!(!message.contains("15990119400506"), "the message holds a value:\n{message}");
}

fn assert_packed(extract: &Extract) -> (Offices, PackReport) {
    let (offices, finished) = pack(extract);
    assert_eq!(finished.code, 0, "{}", finished.stderr);
    let report = finished.json().unwrap();
    (offices, report)
}

#[test]
fn good_payments_are_packed() {
    let (_, report) = assert_packed(&Payments::good(40).write("good"));
    assert_eq!((report.counts.read, report.counts.delivered, report.counts.null_tokens), (40, 40, 0));
}

#[test]
fn one_number_of_17_digits_is_a_finding_and_the_row_goes_on_without_a_token() {
    let extract = Payments::good(40).with(ID_NUMBER, 1, "15990119400506001").write("short_id");
    let (_, report) = assert_packed(&extract);
    assert_eq!((report.counts.delivered, report.counts.null_tokens), (40, 1));
}

#[test]
fn one_impossible_date_rejects_its_row_and_the_others_go_on() {
    let extract = Payments::good(40).with(PAID_ON, 1, "20230231").write("impossible_date");
    let (offices, report) = assert_packed(&extract);
    assert_eq!(report.counts.delivered, 39);
    let rejects = rejects(&offices, &extract);
    assert!(rejects.contains("paid_on") || rejects.contains("发放日期"), "{rejects}");
    assert!(!rejects.contains("20230231"), "a value stands in rejects.csv: {rejects}");
}

#[test]
fn impossible_dates_above_the_tolerance_refuse_the_file() {
    let extract = Payments::good(40).with(PAID_ON, 5, "20230231").write("impossible_dates");
    assert_refused(&extract, &["补贴发放明细.csv", "5"]);
}

#[test]
fn an_unknown_code_rejects_its_row() {
    let extract = Payments::good(40).with(BENEFIT, 1, "MZ99").write("unknown_code");
    let (offices, report) = assert_packed(&extract);
    assert_eq!(report.counts.delivered, 39);
    let rejects = rejects(&offices, &extract);
    assert!(rejects.contains("benefit") || rejects.contains("补贴项目"), "{rejects}");
}

#[test]
fn a_missing_required_column_refuses_the_file() {
    assert_refused(&Payments::good(40).without(PAID_ON).write("missing_column"), &["补贴发放明细.csv", "发放日期"]);
}

#[test]
fn an_empty_file_is_refused() {
    assert_refused(&write_extract("empty_file", ""), &["补贴发放明细.csv"]);
}

#[test]
fn a_header_without_rows_is_refused() {
    assert_refused(&Payments::good(0).write("header_alone"), &["补贴发放明细.csv"]);
}

#[test]
fn a_required_column_without_any_value_refuses_the_file() {
    assert_refused(
        &Payments::good(40).with(PAID_ON, 40, "").write("all_null"),
        &["补贴发放明细.csv", "发放日期", "40"],
    );
}

#[test]
fn id_numbers_that_a_spreadsheet_damaged_refuse_the_file() {
    let extract = Payments::good(40).with(ID_NUMBER, 3, "1.50104E+17").write("spreadsheet");
    assert_refused(&extract, &["补贴发放明细.csv", "身份证号码", "3"]);
    let mut zeros = Payments::good(40);
    for (row, cells) in zeros.rows.iter_mut().enumerate().take(3) {
        cells[ID_NUMBER] = format!("1599011940050{}2000", row + 1);
    }
    assert_refused(&zeros.write("spreadsheet_zeros"), &["补贴发放明细.csv", "身份证号码", "3"]);
}

#[test]
fn a_contract_with_a_typo_names_the_nearest_valid_word() {
    let schemas = new_folder("typo");
    copy_folder(&programs().repository().join("schemas"), &schemas);
    let contract = schemas.join("civil_affairs").join("benefit_payment.odcs.yaml");
    let text = fs::read_to_string(&contract).unwrap();
    fs::write(&contract, text.replacen("classification: direct", "classfication: direct", 1)).unwrap();
    let extract = Payments::good(40).write("typo_extract");
    let offices = copy_of(&shared().offices, "typo_offices");
    let finished = programs()
        .try_run(
            "yilian-dept",
            [
                "pack".into(),
                extract.path.display().to_string(),
                "--dataset=benefit_payment".into(),
                "--period=2025-11".into(),
                format!("--site={}", offices.department("civil_affairs").display()),
                format!("--schemas={}", schemas.display()),
            ],
        )
        .unwrap();
    assert_eq!(finished.code, 1, "{}", finished.stderr);
    assert!(finished.stderr.contains("benefit_payment.odcs.yaml"), "{}", finished.stderr);
    assert!(
        finished.stderr.contains("`classification`") || finished.stderr.contains("classification"),
        "{}",
        finished.stderr
    );
}

#[test]
fn an_unknown_dataset_names_the_nearest_one() {
    let extract = Extract { dataset: "benefit_paymnet".to_owned(), ..Payments::good(3).write("dataset_name") };
    let offices = copy_of(&shared().offices, "dataset_name_offices");
    let finished = offices.try_pack(&extract).unwrap();
    assert!(matches!(finished.code, 1 | 2), "{}", finished.stderr);
    assert!(finished.stderr.contains("benefit_payment"), "{}", finished.stderr);
}

/// A hub that has published, and one good delivery that it has not seen.
fn hub_and_new_delivery(name: &str) -> (Offices, PathBuf) {
    let offices = copy_of(&shared().offices, name);
    let extract = Payments::good(40).write(&format!("{name}_extract"));
    let delivery = offices.pack(&extract).unwrap().report.delivery;
    (offices, delivery)
}

/// Puts bytes into the inbox under the name of a delivery, and asserts that the hub refuses them with this reason.
fn assert_quarantined(offices: &Offices, delivery: &Path, bytes: &[u8], reason: &str) {
    let before = Published::newest(&offices.store()).unwrap();
    fs::write(offices.inbox().join(delivery.file_name().unwrap()), bytes).unwrap();
    let report = offices.receive().unwrap();
    assert_eq!(report.refused.len(), 1, "{report:?}");
    let reasons = report.refused[0].reasons.join("\n");
    assert!(reasons.contains(reason), "`{reason}` is not in the receipt:\n{reasons}");
    let quarantined = files_named(&offices.store().join("quarantine"));
    assert!(!quarantined.is_empty(), "nothing is in quarantine");
    let after = Published::newest(&offices.store()).unwrap();
    assert_eq!((before.number, before.run_id), (after.number, after.run_id));
}

fn files_named(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).map(|entries| entries.map(|entry| entry.unwrap().path()).collect()).unwrap_or_default()
}

#[test]
fn a_truncated_delivery_goes_to_quarantine() {
    let (offices, delivery) = hub_and_new_delivery("truncated");
    let bytes = fs::read(&delivery).unwrap();
    assert_quarantined(&offices, &delivery, &bytes[..bytes.len() * 2 / 3], "cut off");
}

#[test]
fn a_delivery_with_a_flipped_bit_goes_to_quarantine() {
    let (offices, delivery) = hub_and_new_delivery("flipped");
    let mut bytes = fs::read(&delivery).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    assert_quarantined(&offices, &delivery, &bytes, "changed");
}

#[test]
fn an_empty_delivery_goes_to_quarantine() {
    let (offices, delivery) = hub_and_new_delivery("empty_delivery");
    assert_quarantined(&offices, &delivery, b"", "empty");
}

#[test]
fn a_delivery_with_the_signature_of_another_department_goes_to_quarantine() {
    let offices = copy_of(&shared().offices, "other_signature");
    let keys = |department| offices.department(department).join("keys");
    for file in ["sign.key", "sign.pub"] {
        fs::remove_file(keys("civil_affairs").join(file)).unwrap();
        fs::copy(keys("health").join(file), keys("civil_affairs").join(file)).unwrap();
    }
    let extract = Payments::good(40).write("other_signature_extract");
    let delivery = offices.pack(&extract).unwrap().report.delivery;
    assert_quarantined(&offices, &delivery, &fs::read(&delivery).unwrap(), "signature");
}

#[test]
fn a_delivery_made_with_another_link_key_goes_to_quarantine() {
    let offices = copy_of(&shared().offices, "other_key");
    fs::remove_file(offices.link_key("civil_affairs")).unwrap();
    let site = offices.department("civil_affairs").display().to_string();
    programs().run("yilian-dept", ["keys", "new", "--use", "link", "--site", &site]).unwrap();
    let extract = Payments::good(40).write("other_key_extract");
    let delivery = offices.pack(&extract).unwrap().report.delivery;
    assert_quarantined(&offices, &delivery, &fs::read(&delivery).unwrap(), "check value");
}

#[test]
fn a_delivery_with_a_code_that_the_hub_does_not_know_goes_to_quarantine() {
    let offices = copy_of(&shared().offices, "hub_code");
    let extract = Payments::good(40).write("hub_code_extract");
    let delivery = offices.pack(&extract).unwrap().report.delivery;
    let unknown = |rows: &RecordBatch| {
        let index = rows.schema().index_of("benefit").unwrap();
        let mut columns = rows.columns().to_vec();
        columns[index] = Arc::new(StringArray::from(vec!["MZ99"; rows.num_rows()]));
        RecordBatch::try_new(rows.schema(), columns).unwrap()
    };
    let change = Change { name: "hub_code_delivery", rows: &unknown, description: &|_| {} };
    let changed = resealed(&offices, &delivery, &change);
    assert_quarantined(&offices, &changed, &fs::read(&changed).unwrap(), "benefit");
}

#[test]
fn a_lower_sequence_that_arrives_late_changes_nothing() {
    let offices = copy_of(&shared().offices, "late_sequence");
    let few = offices.pack(&Payments::good(20).write("late_first")).unwrap().report.delivery;
    let many = offices.pack(&Payments::good(40).write("late_second")).unwrap().report.delivery;
    let payments = |offices: &Offices| {
        offices.run(&run_options(&[])).unwrap();
        let query =
            "select count(*) as rows from hub.benefit_month where benefit = 'MZ01' and month = date '2025-11-01'";
        offices.sql("operator", query).unwrap()[0]["rows"].to_string()
    };
    let deliver = |delivery: &Path| {
        fs::copy(delivery, offices.inbox().join(delivery.file_name().unwrap())).unwrap();
        offices.receive().unwrap()
    };
    deliver(&many).nothing_refused().unwrap();
    let with_many = payments(&offices);
    deliver(&few);
    assert_eq!(payments(&offices), with_many);
}

#[test]
fn the_same_delivery_again_is_a_no_op() {
    let offices = copy_of(&shared().offices, "again");
    let before = Published::newest(&offices.store()).unwrap();
    offices.hand_over(&shared().packed).unwrap();
    let report = offices.receive().unwrap().nothing_refused().unwrap();
    assert!(report.accepted.is_empty(), "{:?}", report.accepted);
    let after = Published::newest(&offices.store()).unwrap();
    assert_eq!(before.number, after.number);
}
