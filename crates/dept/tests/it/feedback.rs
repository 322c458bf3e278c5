//! `yilian-dept feedback`: from a sealed parcel to the workbook of an officer.

use std::fs;
use std::path::PathBuf;

use yilian_contract::Department;
use yilian_delivery::{ClueKind, Identity, SigningKey};

use crate::office::{CANDIDATE, FLAG, GAP, NUMBER, Office, PEOPLE, clue, parcel_of, said, succeeds, words};
use crate::officer::{Officer, text};

fn workbook(office: &Office) -> PathBuf {
    office.site().join("records/feedback/150104.civil_affairs.parcel.00000003.xlsx")
}

fn opened(office: &Office) -> Officer {
    Officer::open(&fs::read(workbook(office)).unwrap())
}

#[test]
fn a_flag_reaches_the_own_record_number_and_with_the_extract_the_person() {
    let office = Office::new();
    let parcel = office.parcel(&office.pack());
    let extract = office.extract();
    let output = office.run(&["feedback", parcel.to_str().unwrap(), "--extract", extract.to_str().unwrap(), "--json"]);
    let answer = said(&output);
    assert_eq!(answer["clues"], serde_json::json!({ "overlap": 1, "gap": 1, "same_person": 1 }));
    assert_eq!((&answer["clues_without_names"], &answer["rows_without_records"]), (&0.into(), &0.into()));
    let mut officer = opened(&office);
    let flags = officer.sheet("疑似重复享受");
    assert_eq!(flags.shows(FLAG, "本单位记录号"), format!("{NUMBER}0"));
    assert_eq!((flags.shows(FLAG, "姓名"), flags.shows(FLAG, "身份证号")), (PEOPLE[0].0.into(), PEOPLE[0].1.into()));
    assert_eq!(
        (flags.shows(FLAG, "乡镇"), flags.shows(FLAG, "本单位待遇")),
        ("小召前街街道".into(), "高龄津贴".into())
    );
    let gaps = officer.sheet("疑似应享未享");
    assert_eq!((gaps.shows(GAP, "姓名"), gaps.shows(GAP, "乡镇")), ("=乌云".into(), "兴隆巷街道".into()));
    let same = officer.sheet("疑似同一人");
    assert_eq!(same.shows(CANDIDATE, "姓名"), format!("{}\n{}", PEOPLE[0].0, PEOPLE[2].0));
    assert_eq!(same.shows(CANDIDATE, "本单位记录号"), format!("{NUMBER}0\n{NUMBER}2"));
}

#[test]
fn without_the_extract_the_names_stay_empty_and_it_says_so() {
    let office = Office::new();
    let parcel = office.parcel(&office.pack());
    let output = office.run(&["feedback", parcel.to_str().unwrap()]);
    succeeds(&output);
    let words = words(&output);
    assert!(words.contains("3 条线索没有姓名") && words.contains("benefit_payment.2025-01.1"), "{words}");
    assert!(words.contains("150104.civil_affairs.funeral.2025.1.tar.age 退回 refused"), "{words}");
    let mut officer = opened(&office);
    let flags = officer.sheet("疑似重复享受");
    assert_eq!(flags.shows(FLAG, "本单位记录号"), format!("{NUMBER}0"));
    assert_eq!((flags.shows(FLAG, "姓名"), flags.shows(FLAG, "身份证号")), (String::new(), String::new()));
}

#[test]
fn rejected_rows_and_refused_deliveries_come_back_to_be_corrected() {
    let office = Office::new();
    let parcel = office.parcel(&office.pack());
    succeeds(&office.run(&["feedback", parcel.to_str().unwrap()]));
    let mut officer = opened(&office);
    let sheet = officer.sheet("退回修改的数据");
    let rows: Vec<_> = sheet.rows.iter().skip(5).collect();
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0][..5], ["殡葬火化", "2025", "整个文件", "", "文件未加密"].map(text));
    assert_eq!(rows[1][0], text("补贴发放明细"));
    assert_eq!(rows[1][3..5], ["发放日期", "日期不存在"].map(text));
}

#[test]
fn a_row_whose_records_are_gone_is_listed_and_counted() {
    let office = Office::new();
    let rows = office.pack();
    let mut other = rows[0].clone();
    other.delivery_id = "ab".repeat(32).into();
    let mut outside = rows[0].clone();
    outside.dataset = "../../site/keys".into();
    let clues =
        vec![clue(FLAG, ClueKind::Overlap, vec![other, outside]), clue(GAP, ClueKind::Gap, vec![rows[1].clone()])];
    let parcel = office.sealed(clues);
    let answer = said(&office.run(&["feedback", parcel.to_str().unwrap(), "--json"]));
    assert_eq!(answer["rows_without_records"], 2);
    let mut officer = opened(&office);
    assert_eq!(officer.sheet("疑似重复享受").shows(FLAG, "本单位记录号"), "");
    assert_eq!(officer.sheet("疑似应享未享").shows(GAP, "本单位记录号"), format!("{NUMBER}1"));
}

#[test]
fn an_extract_that_was_changed_or_never_packed_is_refused_before_anything_is_written() {
    let office = Office::new();
    let parcel = office.parcel(&office.pack());
    let changed = office.folder.path().join("changed.csv");
    fs::write(&changed, fs::read_to_string(office.extract()).unwrap() + "\n").unwrap();
    let output = office.run(&["feedback", parcel.to_str().unwrap(), "--extract", changed.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(words(&output).contains("changed.csv"), "{}", words(&output));
    assert!(!workbook(&office).exists());
}

#[test]
fn a_workbook_is_private_and_never_overwritten() {
    let office = Office::new();
    let parcel = office.parcel(&office.pack());
    succeeds(&office.run(&["feedback", parcel.to_str().unwrap()]));
    let before = fs::read(workbook(&office)).unwrap();
    let again = office.run(&["feedback", parcel.to_str().unwrap()]);
    assert_eq!(again.status.code(), Some(1));
    assert!(words(&again).contains("--out"), "{}", words(&again));
    assert_eq!(fs::read(workbook(&office)).unwrap(), before);
    let out = office.folder.path().join("other.xlsx");
    succeeds(&office.run(&["feedback", parcel.to_str().unwrap(), "--out", out.to_str().unwrap()]));
    #[cfg(unix)]
    for path in [workbook(&office), out] {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o077, 0);
    }
}

#[test]
fn csv_files_are_written_to_a_private_folder_on_request() {
    let office = Office::new();
    let parcel = office.parcel(&office.pack());
    let extract = office.extract();
    succeeds(&office.run(&["feedback", parcel.to_str().unwrap(), "--extract", extract.to_str().unwrap(), "--csv"]));
    let folder = office.site().join("records/feedback/150104.civil_affairs.parcel.00000003.csv");
    let gaps = fs::read_to_string(folder.join("02.gap.csv")).unwrap();
    assert!(gaps.contains(",'=乌云,"), "{gaps}");
    assert_eq!(fs::read_dir(folder).unwrap().count(), 5);
}

#[test]
fn a_parcel_that_is_not_believed_makes_nothing() {
    let office = Office::new();
    let rows = office.pack();
    let parcel = office.parcel(&rows);
    let refused = |path: &PathBuf, expected: &str| {
        let output = office.run(&["feedback", path.to_str().unwrap()]);
        assert_eq!(output.status.code(), Some(1));
        assert!(words(&output).contains(expected), "{}", words(&output));
        assert!(!workbook(&office).exists());
    };
    let mut bytes = fs::read(&parcel).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    let damaged = office.folder.path().join("damaged.tar.age");
    fs::write(&damaged, bytes).unwrap();
    refused(&damaged, "被截断或改动");
    let stranger = SigningKey::generate().unwrap();
    let content = parcel_of(vec![clue(FLAG, ClueKind::Overlap, rows.clone())]);
    let path = office.folder.path().join("forged.tar.age");
    fs::write(&path, content.seal(&stranger, &office.recipient).unwrap()).unwrap();
    refused(&path, "不是由 dept.yaml 中登记的数据中心签名的");
    fs::write(&path, content.seal(&office.hub, &Identity::generate().recipient()).unwrap()).unwrap();
    refused(&path, "加密给其他单位");
    let mut misdirected = content.clone();
    misdirected.department = Department::Health;
    fs::write(&path, misdirected.seal(&office.hub, &office.recipient).unwrap()).unwrap();
    refused(&path, "给其他单位的线索包");
}

#[test]
fn without_the_hubs_key_feedback_says_how_to_add_it() {
    let office = Office::with(SigningKey::generate().unwrap(), &[]);
    let parcel = office.parcel(&[]);
    let output = office.run(&["feedback", parcel.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(words(&output).contains("hub_signature_key: RW"), "{}", words(&output));
}

#[test]
fn nothing_of_the_extract_is_ever_said() {
    let office = Office::new();
    let parcel = office.parcel(&office.pack());
    let extract = office.extract();
    let (parcel, extract) = (parcel.to_str().unwrap(), extract.to_str().unwrap());
    let mut said = String::new();
    for more in [&[][..], &["--extract", extract], &["--extract", extract, "--csv", "--json"], &["--extract", parcel]] {
        let _ = fs::remove_file(workbook(&office));
        let arguments: Vec<_> = ["feedback", parcel].iter().chain(more).copied().collect();
        said += &words(&office.run(&arguments));
    }
    for (name, id, _) in PEOPLE {
        assert!(!said.contains(name) && !said.contains(id) && !said.contains(&id[6..14]), "{said}");
    }
    assert!(!said.contains(NUMBER) && !said.contains("小召前街街道") && !said.contains(FLAG), "{said}");
}
