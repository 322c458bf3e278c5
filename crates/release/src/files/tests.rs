//! A small table with every status, and what is written of it.

use crate::annual::Finality;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use chrono::NaiveDate;
use tempfile::TempDir;
use yilian_disclosure::Status;

use super::*;
use crate::definition::{Base, Dimension, Group, Measure, Ratio, TableDefinition, Text, Timing, Unit};
use crate::table::{Region, RegionLevel, ReleasedRow};

pub(super) fn text(zh: &str, en: &str) -> Text {
    Text { zh: zh.to_owned(), en: en.to_owned() }
}

pub(super) fn version() -> Version {
    Version {
        year: 2025,
        number: 1,
        state: Finality::Provisional,
        publisher: text("示例市民政局", "Civil Affairs Bureau of Example City"),
        id: "elders-1501-2025-1".to_owned(),
        as_of: NaiveDate::from_ymd_opt(2026, 3, 31).unwrap(),
        thresholds: BTreeMap::from([("living".to_owned(), Some(5)), ("flags".to_owned(), Some(10))]),
    }
}

fn group(code: &str, zh: &str, en: &str, of: &[&str]) -> Group {
    let of = of.iter().map(|code| (*code).to_owned()).collect();
    Group { code: code.to_owned(), zh: zh.to_owned(), en: en.to_owned(), of }
}

pub(super) fn living() -> Dimension {
    Dimension {
        name: "situation".to_owned(),
        title: text("居住状况", "Situation"),
        categories: vec![group("alone", "独居", "alone", &[]), group("couple", "夫妻同住", "as a couple", &[])],
        adds_up: true,
        sensitive: Vec::new(),
        township: vec![group("alone+", "独居及以上", "alone and more", &["alone"])],
    }
}

fn measure(name: &str, title: Text, unit: Unit) -> Measure {
    Measure { name: name.to_owned(), title, unit, part_of: None, ratio: None }
}

pub(super) fn row(region: &str, living: &str, measure: &str, value: Option<i64>, status: Status) -> ReleasedRow {
    let (level, zh, en) = match region.len() {
        4 => (RegionLevel::City, "示例市", "Example City"),
        6 => (RegionLevel::County, "甲县", "150104"),
        9 => (RegionLevel::Township, "乙镇", "150104001"),
        _ => (RegionLevel::Whole, "合计", "Total"),
    };
    ReleasedRow {
        region: Region { code: region.to_owned(), level, name_zh: zh.to_owned(), name_en: en.to_owned() }.into(),
        dimensions: [living.to_owned()].into(),
        measure: measure.into(),
        value,
        status,
    }
}

/// Three measures of each cell share one fate.
fn cell(region: &str, living: &str, values: [i64; 3], status: Status) -> [ReleasedRow; 3] {
    let names = ["persons", "amount", "average"];
    let value = |place: usize| match status {
        Status::Published | Status::Zero => Some(values[place]),
        Status::Suppressed | Status::Missing | Status::NotApplicable => None,
    };
    [0, 1, 2].map(|place| row(region, living, names[place], value(place), status))
}

pub(super) fn table() -> ReleasedTable {
    let persons = measure("persons", text("人数", "Persons"), Unit::Person);
    let amount = measure("amount", text("金额", "Amount"), Unit::Yuan);
    let ratio = Some(Ratio { of: "amount".to_owned(), to: "persons".to_owned() });
    let average = Measure { ratio, ..measure("average", text("人均", "Average"), Unit::YuanEach) };
    let definition = TableDefinition {
        name: "living".to_owned(),
        title: text("独居老年人", "Older people living alone"),
        universe: text("60岁及以上", "60 and older"),
        base: Base::Residence,
        timing: Timing::Stock,
        departments: vec!["civil_affairs".to_owned()],
        datasets: vec!["elder_register".to_owned()],
        formula: text("人数为去重人数", "Different people"),
        footnotes: vec![text("未作机械调整", "Not adjusted mechanically")],
        dimensions: vec![living()],
        measures: vec![persons, amount, average],
        restricted: false,
    };
    let rows = [
        cell("total", "total", [120, 3_600_050, 30_000], Status::Published),
        cell("total", "alone", [80, 1, 0], Status::Published),
        cell("total", "couple", [40, 3_600_049, 90_001], Status::Published),
        cell("1501", "total", [120, 3_600_050, 30_000], Status::Published),
        cell("1501", "alone", [0, 0, 0], Status::Suppressed),
        cell("1501", "couple", [0, 0, 0], Status::Suppressed),
        cell("150104", "total", [0, 0, 0], Status::Missing),
        cell("150104001", "alone+", [0, 0, 0], Status::Zero),
        cell("150104001", "couple", [0, 0, 0], Status::NotApplicable),
    ];
    ReleasedTable { definition, year: 2025, rows: rows.into_iter().flatten().collect() }
}

/// The same table under another name, for internal use.
pub(super) fn restricted() -> ReleasedTable {
    let mut table = table();
    "flags".clone_into(&mut table.definition.name);
    table.definition.restricted = true;
    table
}

fn paths(written: &[Written], folder: &Path) -> Vec<String> {
    written.iter().filter(|file| file.file.starts_with(folder)).map(|file| file.path.clone()).collect()
}

#[test]
fn tables_for_internal_use_stand_in_a_folder_of_their_own() {
    let folder = TempDir::new().unwrap();
    let (public, inside) = (folder.path().join("1"), folder.path().join("restricted"));
    let written = write_version(&[table(), restricted()], &version(), &public, &inside).unwrap();
    let names = |table: &str| {
        ["csv/T.csv", "data/T.parquet", "datapackage.json", "sdmx/T.csv", "sdmx/structure.xml", "tables.xlsx"]
            .map(|path| path.replace('T', table))
    };
    assert_eq!(paths(&written, &public), names("living"));
    assert_eq!(paths(&written, &inside), names("flags"));
    for file in paths(&written, &public) {
        let bytes = fs::read(public.join(&file)).unwrap();
        assert!(!bytes.windows(5).any(|window| window == b"flags"), "{file} names a restricted table");
    }
}

#[test]
fn what_is_restricted_never_lies_within_what_is_public() {
    let folder = TempDir::new().unwrap();
    let public = folder.path().join("1");
    let error = write_version(&[restricted()], &version(), &public, &public.join("restricted")).unwrap_err();
    assert!(matches!(error, FilesError::RestrictedWithinPublic { .. }));
    assert!(!public.exists());
}

#[test]
fn the_same_tables_give_the_same_bytes_and_nothing_is_overwritten() {
    let folder = TempDir::new().unwrap();
    let write = |name: &str| {
        let public = folder.path().join(name);
        write_version(&[table()], &version(), &public, &folder.path().join("restricted")).map(|_| public)
    };
    let sums = |folder: &Path| write_sums(folder).unwrap();
    let (one, two) = (write("1").unwrap(), write("2").unwrap());
    assert_eq!(sums(&one), sums(&two));
    assert_eq!(verify_sums(&one).unwrap(), []);
    assert!(matches!(write("1"), Err(FilesError::File { action: "write", .. })));
    assert!(!folder.path().join("restricted").exists());
}

#[test]
fn a_table_without_rows_of_its_own_threshold_is_not_written() {
    let folder = TempDir::new().unwrap();
    let version = Version { thresholds: BTreeMap::new(), ..version() };
    let error = write_version(&[table()], &version, &folder.path().join("1"), &folder.path().join("2")).unwrap_err();
    assert!(matches!(error, FilesError::NoThreshold { .. }));
}
