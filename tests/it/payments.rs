//! A small extract of benefit payments, written by hand, that a test damages in one way.

use std::fs;
use std::path::{Path, PathBuf};

use yilian_demo::{Extract, Offices};

use crate::fixture::new_folder;

const HEADER: [&str; 10] =
    ["姓名", "身份证号码", "性别", "出生日期", "发放流水号", "补贴项目", "所属月份", "发放日期", "金额", "发放区划"];

/// Rows and header of an extract, before it is written.
#[derive(Clone)]
pub(crate) struct Payments {
    pub(crate) header: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
}

/// Places of the columns that tests damage.
pub(crate) const ID_NUMBER: usize = 1;
pub(crate) const BENEFIT: usize = 5;
pub(crate) const PAID_ON: usize = 7;

impl Payments {
    /// `rows` good payments of as many people, in an area code that was never issued.
    pub(crate) fn good(rows: u32) -> Self {
        let row = |serial: u32| {
            let id_number = id_number(serial);
            let sex = if serial % 2 == 1 { "男" } else { "女" };
            let payment = format!("ZF2025{serial:08}");
            [
                "测试甲",
                &id_number,
                sex,
                "1940-05-06",
                &payment,
                "MZ01",
                "2025-11",
                "2025-11-20",
                "100.00",
                "150104001001",
            ]
            .map(str::to_owned)
            .to_vec()
        };
        Self { header: HEADER.map(str::to_owned).to_vec(), rows: (1..=rows).map(row).collect() }
    }

    /// Puts `value` into one column of the first `rows` rows.
    pub(crate) fn with(mut self, column: usize, rows: usize, value: &str) -> Self {
        for row in self.rows.iter_mut().take(rows) {
            value.clone_into(&mut row[column]);
        }
        self
    }

    /// Takes a column away, header and all.
    pub(crate) fn without(mut self, column: usize) -> Self {
        self.header.remove(column);
        for row in &mut self.rows {
            row.remove(column);
        }
        self
    }

    /// Writes the extract as UTF-8 CSV into a folder of its own.
    pub(crate) fn write(&self, name: &str) -> Extract {
        let lines = std::iter::once(&self.header).chain(&self.rows).map(|cells| cells.join(",") + "\n");
        write_extract(name, &lines.collect::<String>())
    }
}

/// Writes any text as the extract of benefit payments of November 2025.
pub(crate) fn write_extract(name: &str, text: &str) -> Extract {
    let path = new_folder(name).join("补贴发放明细.csv");
    fs::write(&path, text).unwrap();
    Extract {
        department: "civil_affairs".to_owned(),
        dataset: "benefit_payment".to_owned(),
        period: "2025-11".to_owned(),
        bytes: fs::metadata(&path).unwrap().len(),
        path,
    }
}

/// What stands in `rejects.csv` of the newest delivery of the office for an extract.
pub(crate) fn rejects(offices: &Offices, extract: &Extract) -> String {
    let records = offices.department(&extract.department).join("records");
    let prefix = format!("{}.{}.", extract.dataset, extract.period);
    let newest = newest_below(&records, &prefix);
    fs::read_to_string(newest.join("rejects.csv")).unwrap()
}

fn newest_below(folder: &Path, prefix: &str) -> PathBuf {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let named = entries.filter(|path| path.file_name().unwrap().to_string_lossy().starts_with(prefix));
    named.max_by_key(|path| fs::metadata(path).unwrap().modified().unwrap()).unwrap()
}

/// A valid ID number of a person born on 6 May 1940.
pub(crate) fn id_number(serial: u32) -> String {
    with_check_character(&format!("15990119400506{serial:03}"))
}

/// A valid ID number from its first 17 digits.
pub(crate) fn with_check_character(body: &str) -> String {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = body.chars().zip(WEIGHTS).map(|(digit, weight)| digit.to_digit(10).unwrap() * weight).sum();
    let check = b"10X98765432"[usize::try_from(sum % 11).unwrap()];
    format!("{body}{}", char::from(check))
}
