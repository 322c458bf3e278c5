//! Planted identifiers are found nowhere but in the extract itself.

use std::fs;
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::office::{Office, id};

const NAME: &str = "欧阳金丝雀";

fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}

fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.display().to_string(), fs::read(path).unwrap()))
        .collect()
}

#[test]
fn no_name_id_or_account_is_in_any_file_error_or_finding() {
    let office = Office::new();
    let (person, young, account) = (id("19391104", 777), id("19990101", 777), "6222020286283555505");
    let mut text =
        "姓名,身份证号,性别,出生日期,发放流水号,补贴项目,所属月份,发放日期,金额,发放类型,对象类别,发放区划,银行账号\n"
            .to_owned();
    for number in 0..100 {
        let row = |who: &str, paid: &str| {
            format!("{NAME},{who},男,,ZF{number},MZ01,2025-01,{paid},1,正常,,150104,{account}\n")
        };
        text.push_str(&row(&person, "20250120"));
        text.push_str(&row(&young, "20250120"));
        if number < 3 {
            text.push_str(&row(&person, &person));
            text.push_str(&row(NAME, &person));
        }
    }
    let prepared = office.prepare("benefit_payment", &text).unwrap();
    let (said, findings) = (format!("{prepared:?}"), format!("{:?}", prepared.findings));
    let error = office.prepare("benefit_payment", text.replace("20250120", &person)).unwrap_err();
    let mut searched = files(&office.folder.path().join("out"));
    searched.push(("the result".to_owned(), said.into_bytes()));
    searched.push(("the findings".to_owned(), findings.into_bytes()));
    searched.push(("the error".to_owned(), format!("{error} {error:?}").into_bytes()));
    assert!(searched.len() >= 5);
    for (file, bytes) in searched {
        for needle in [NAME, &person, &young, account] {
            let digest = Sha256::digest(needle.as_bytes());
            assert!(!contains(&bytes, needle.as_bytes()), "{file}");
            assert!(!contains(&bytes, &digest), "{file}");
            assert!(!contains(&bytes, hex::encode(digest).as_bytes()), "{file}");
        }
    }
}

#[cfg(unix)]
#[test]
fn what_stays_is_readable_by_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let office = Office::new();
    let text =
        format!("姓名,身份证号,性别,出生日期,died_on,发放区划\n王伟,{},男,,2025-01-01,150104\n", id("19391104", 1));
    let prepared = office.prepare("funeral", text).unwrap();
    for path in [&prepared.rows, &prepared.rejects, &prepared.data] {
        assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
