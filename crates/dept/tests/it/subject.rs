//! `yilian-dept subject`: the answer to a person's request.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::Value;

use crate::office::{CANDIDATE, FLAG, GAP, NUMBER, Office, PEOPLE, said, succeeds, words};

fn asked(office: &Office, number: &str, extract: &Path, more: &[&str]) -> Output {
    let fixed = ["subject", "-", "--extract", extract.to_str().unwrap()];
    office.run_with(&fixed.iter().chain(more).copied().collect::<Vec<_>>(), number)
}

/// Headers and cells of a row that hold anything.
fn filled(row: &Value) -> Vec<(&str, &str)> {
    let cells = row["cells"].as_array().unwrap().iter();
    cells.filter_map(|cell| Some((cell["header"].as_str()?, cell["value"].as_str()?))).collect()
}

/// Packs an extract as payments of January 2025.
fn packed(office: &Office, text: &str) -> PathBuf {
    let path = office.folder.path().join("发放.csv");
    fs::write(&path, text).unwrap();
    let file = path.to_str().unwrap();
    succeeds(&office.run(&["pack", file, "--dataset", "benefit_payment", "--period", "2025-01"]));
    path
}

#[test]
fn every_spelling_of_a_number_finds_the_own_rows_and_where_they_went() {
    let office = Office::new();
    let delivery = office.pack()[0].delivery_id.to_string();
    for number in ["159901193911041250\n", "159901391104125", " １５９９０１-19391104-1250 \r\n"] {
        let answer = said(&asked(&office, number, &office.extract(), &["--json"]));
        let extract = &answer["extracts"][0];
        let rows = extract["rows"].as_array().unwrap();
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0]["place"]["row"], 2);
        let cells = filled(&rows[0]);
        let number = format!("{NUMBER}0");
        assert_eq!(cells[..2], [("姓名", "苏和"), ("身份证号码", "159901193911041250")]);
        assert_eq!((cells[2], cells.len()), (("发放流水号", number.as_str()), 8));
        let [sent] = &extract["deliveries"].as_array().unwrap()[..] else { panic!("{extract}") };
        assert_eq!((&sent["delivery_id"], &sent["period"]), (&delivery.as_str().into(), &"2025-01".into()));
        assert_eq!((&sent["purpose"], &sent["rows"][0]["fate"]), (&"查重".into(), &"delivered".into()));
    }
}

#[test]
fn the_answer_says_what_left_by_column_and_on_what_basis() {
    let office = Office::new();
    office.pack();
    let answer = said(&asked(&office, PEOPLE[0].1, &office.extract(), &["--json"]));
    assert_eq!((&answer["purpose"], &answer["legal_basis"]), (&"查重".into(), &"条例".into()));
    assert_eq!((&answer["excluded"], &answer["office"]), (&Value::Null, &"玉泉区民政".into()));
    let columns = answer["extracts"][0]["columns"].as_array().unwrap();
    let column = |header: &str| {
        let column = columns.iter().find(|column| column["header"] == header).unwrap();
        (column["class"].as_str().unwrap(), column["treatment"].as_str().unwrap(), column["leaves_as"].clone())
    };
    assert_eq!(column("身份证号码"), ("direct", "tokenise", serde_json::json!(["person_token", "id_quality"])));
    assert_eq!(column("出生日期"), ("quasi", "coarsen", serde_json::json!(["birth_month"])));
    assert_eq!(column("银行账号"), ("direct", "drop", serde_json::json!([])));
    assert_eq!(column("发放区划").2, serde_json::json!(["region", "region_urban_rural"]));
    let text = words(&asked(&office, PEOPLE[0].1, &office.extract(), &[]));
    for said in ["第四十四条", "重复比对", "809", "姓名: 苏和", "已去标识化并交付", "换成令牌 tokenise", "未查线索包"]
    {
        assert!(text.contains(said), "{said}\n{text}");
    }
}

#[test]
fn nobody_else_stands_in_the_answer() {
    let office = Office::new();
    let rows = office.pack();
    let parcel = office.parcel(&rows);
    for more in [&["--parcel", parcel.to_str().unwrap()][..], &["--parcel", parcel.to_str().unwrap(), "--json"]] {
        let text = words(&asked(&office, PEOPLE[0].1, &office.extract(), more));
        assert!(text.contains(PEOPLE[0].0) && text.contains(PEOPLE[0].1), "{text}");
        for (name, id, _) in &PEOPLE[1..] {
            assert!(!text.contains(name) && !text.contains(id), "{text}");
        }
        assert!(!text.contains("路人") && !text.contains(&format!("{NUMBER}1")), "{text}");
        assert!(!text.contains(GAP), "{text}");
    }
}

#[test]
fn the_clues_of_a_parcel_are_told_with_what_was_answered() {
    let office = Office::new();
    let rows = office.pack();
    let parcel = office.parcel(&rows);
    let answer = said(&asked(
        &office,
        PEOPLE[0].1,
        &office.extract(),
        &["--parcel", parcel.to_str().unwrap(), "--parcel", parcel.to_str().unwrap(), "--json"],
    ));
    let clues: Vec<_> = answer["clues"].as_array().unwrap().iter().map(|clue| clue["clue_id"].clone()).collect();
    assert_eq!(clues, [FLAG, CANDIDATE]);
    assert_eq!(answer["clues"][0]["counterpart"]["zh"], "其他部门待遇");
    assert_eq!(answer["clues"][0]["decision"], Value::Null);
    let text = words(&asked(&office, PEOPLE[0].1, &office.extract(), &["--parcel", parcel.to_str().unwrap()]));
    assert!(text.contains("不是处理决定") && text.contains("尚未核实"), "{text}");
}

#[test]
fn a_rejected_row_and_one_that_was_left_out_did_not_leave() {
    let office = Office::new();
    let young = "159901198001011231";
    let text = fs::read_to_string(office.extract()).unwrap();
    let text = text.replace("路人,,男,1940-01-01,ZF2025000099", "苏和,159901391104125,,,ZF2025000099");
    let text = text + &format!("乌兰,{young},,,ZF2025000098,高龄津贴,202501,2025-01-15,100.00,150104001\n");
    let extract = packed(&office, &text);
    let answer = said(&asked(&office, PEOPLE[0].1, &extract, &["--json"]));
    let rows = answer["extracts"][0]["deliveries"][0]["rows"].as_array().unwrap();
    let fates: Vec<_> = rows.iter().map(|row| (row["place"]["row"].as_u64().unwrap(), row["fate"].clone())).collect();
    assert_eq!(fates, [(2, "delivered".into()), (25, "rejected".into())]);
    assert!(rows[1]["reason"].as_str().unwrap().starts_with("发放日期"), "{}", rows[1]);
    let text = words(&asked(&office, young, &extract, &[]));
    assert!(text.contains("未满60岁") && text.contains("没有离开本单位"), "{text}");
}

#[test]
fn a_person_on_the_list_of_those_who_are_not_packed_is_told_so() {
    let office = Office::new();
    let extract = packed(&office, &fs::read_to_string(office.extract()).unwrap());
    fs::write(office.site().join("exclude.txt"), "# 保密\n159901391104125\n").unwrap();
    assert_eq!(said(&asked(&office, PEOPLE[0].1, &extract, &["--json"]))["excluded"], true);
    assert_eq!(said(&asked(&office, PEOPLE[1].1, &extract, &["--json"]))["excluded"], false);
    assert!(words(&asked(&office, PEOPLE[0].1, &extract, &[])).contains("在名单中"));
}

#[test]
fn a_delivery_whose_extract_was_not_given_is_named() {
    let office = Office::new();
    office.pack();
    let other = office.folder.path().join("另一份.csv");
    let text = fs::read_to_string(office.extract()).unwrap();
    fs::write(&other, text.replace("苏和,", "苏和平,")).unwrap();
    let refused = asked(&office, PEOPLE[0].1, &other, &[]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(words(&refused).contains("--dataset"), "{}", words(&refused));
    let answer = said(&asked(&office, PEOPLE[0].1, &other, &["--dataset", "benefit_payment", "--json"]));
    assert_eq!(answer["extracts_not_given"], serde_json::json!(["benefit_payment.2025-01.1"]));
    assert_eq!(answer["extracts"][0]["deliveries"], serde_json::json!([]));
    assert_eq!(answer["extracts"][0]["rows"].as_array().unwrap().len(), 1);
    let foreign = asked(&office, PEOPLE[0].1, &other, &["--dataset", "pension_payment"]);
    assert_eq!(foreign.status.code(), Some(2));
}

#[test]
fn the_file_is_private_never_replaced_and_the_screen_hears_counts_alone() {
    let office = Office::new();
    office.pack();
    let out = office.folder.path().join("答复.txt");
    let more = ["--out", out.to_str().unwrap()];
    let output = asked(&office, PEOPLE[0].1, &office.extract(), &more);
    succeeds(&output);
    let written = fs::read_to_string(&out).unwrap();
    assert!(written.contains(PEOPLE[0].1), "{written}");
    let screen = words(&output);
    assert!(!screen.contains(PEOPLE[0].0) && !screen.contains(PEOPLE[0].1), "{screen}");
    assert!(screen.contains("rows: 1"), "{screen}");
    let again = asked(&office, PEOPLE[0].1, &office.extract(), &more);
    assert_eq!(again.status.code(), Some(2));
    assert_eq!(fs::read_to_string(&out).unwrap(), written);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&out).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn no_error_repeats_a_number_or_a_row() {
    let office = Office::new();
    office.pack();
    let extract = office.extract();
    let file = extract.to_str().unwrap();
    let (wrong, right) = ("159901193911041235", PEOPLE[0].1);
    let headless = office.folder.path().join("无表头.csv");
    let text = fs::read_to_string(&extract).unwrap();
    fs::write(&headless, text.split_once('\n').unwrap().1).unwrap();
    let headless = headless.to_str().unwrap();
    let attempts: [(&[&str], &str); 7] = [
        (&["subject", wrong, "--extract", file], ""),
        (&["subject", right, wrong, "--extract", file], ""),
        (&["subject", right, "--extract", file, "--dataset"], ""),
        (&["subject", right], ""),
        (&["subject", "--extract", file], wrong),
        (&["subject", "-", "--extract", file], ""),
        (&["subject", "-", "--extract", headless, "--dataset", "benefit_payment"], right),
    ];
    for (arguments, input) in attempts {
        let output = office.run_with(arguments, input);
        assert!(!output.status.success());
        let said = words(&output);
        let leaks = [wrong, right, PEOPLE[0].0, PEOPLE[1].1, "路人", NUMBER];
        assert!(leaks.iter().all(|value| !said.contains(value)), "{said}");
    }
    let output = office.run(&["subject", right, "--extract", file]);
    succeeds(&output);
    assert!(String::from_utf8_lossy(&output.stderr).contains("`-`"), "{}", words(&output));
}
