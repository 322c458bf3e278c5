//! Writes a small invented release with every status, two tables for everybody and one for internal use, for readers of
//! other makes to try.
//!
//! ```sh
//! cargo run -p yilian-release --example write_example -- FOLDER
//! ```

use std::collections::BTreeMap;
use std::error::Error;
use std::path::PathBuf;

use chrono::NaiveDate;
use yilian_disclosure::Status;
use yilian_release::{
    Base, Dimension, Finality, Group, Measure, Ratio, Region, RegionLevel, ReleasedRow, ReleasedTable, TableDefinition,
    Text, Timing, Unit, Version, write_sums, write_version,
};

const REGIONS: [(&str, RegionLevel, &str, &str); 5] = [
    ("total", RegionLevel::Whole, "合计", "Total"),
    ("1599", RegionLevel::City, "示例市", "Example City"),
    ("159901", RegionLevel::County, "甲县", "Jia County"),
    ("159901001", RegionLevel::Township, "甲一镇", "159901001"),
    ("159901other", RegionLevel::Township, "其他", "Other areas"),
];

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args_os().nth(1).ok_or("usage: write_example FOLDER")?);
    let version = Version {
        year: 2025,
        number: 1,
        state: Finality::Provisional,
        publisher: text("示例市民政局", "Civil Affairs Bureau of Example City"),
        id: "elders-1599-2025-1".to_owned(),
        as_of: NaiveDate::from_ymd_opt(2026, 3, 31).ok_or("no such day")?,
        thresholds: BTreeMap::from(
            [("population", Some(5)), ("facilities", None), ("overlap_summary", Some(5))]
                .map(|(table, k)| (table.to_owned(), k)),
        ),
    };
    let (public, restricted) = (folder.join("public"), folder.join("restricted"));
    write_version(&[population(), facilities(), overlaps()], &version, &public, &restricted)?;
    write_sums(&public)?;
    write_sums(&restricted)?;
    Ok(())
}

fn text(zh: &str, en: &str) -> Text {
    Text { zh: zh.to_owned(), en: en.to_owned() }
}

fn group(code: &str, zh: &str, en: &str, of: &[&str]) -> Group {
    let of = of.iter().map(|code| (*code).to_owned()).collect();
    Group { code: code.to_owned(), zh: zh.to_owned(), en: en.to_owned(), of }
}

fn dimension(name: &str, title: Text, categories: Vec<Group>) -> Dimension {
    Dimension { name: name.to_owned(), title, categories, adds_up: true, sensitive: Vec::new(), township: Vec::new() }
}

fn measure(name: &str, title: Text, unit: Unit) -> Measure {
    Measure { name: name.to_owned(), title, unit, part_of: None, ratio: None }
}

fn table(name: &str, title: Text, dimensions: Vec<Dimension>, measures: Vec<Measure>) -> ReleasedTable {
    let definition = TableDefinition {
        name: name.to_owned(),
        title,
        universe: text("60周岁及以上老年人", "People aged 60 and older"),
        base: Base::Residence,
        timing: Timing::Stock,
        departments: vec!["civil_affairs".to_owned()],
        datasets: vec!["elder_register".to_owned()],
        formula: text("按去重人数计", "Different people are counted"),
        footnotes: vec![text("合计与分项之和的差异未作机械调整", "Totals are not adjusted to the sum of their parts")],
        dimensions,
        measures,
        restricted: false,
    };
    ReleasedTable { rows: rows(&definition), definition, year: 2025 }
}

/// Every cell of every region, each status in turn; all measures of a cell share one fate.
fn rows(definition: &TableDefinition) -> Vec<ReleasedRow> {
    let statuses = [Status::Published, Status::Suppressed, Status::Zero, Status::Missing, Status::NotApplicable];
    let mut cells: Vec<Vec<String>> = vec![Vec::new()];
    for dimension in &definition.dimensions {
        let codes = || dimension.categories.iter().chain(&dimension.township).map(|group| group.code.as_str());
        let all = || ["total"].into_iter().chain(codes());
        cells =
            cells.iter().flat_map(|cell| all().map(|code| [cell.as_slice(), &[code.to_owned()]].concat())).collect();
    }
    let mut rows = Vec::new();
    for (code, level, zh, en) in REGIONS {
        let region = Region { code: code.to_owned(), level, name_zh: zh.to_owned(), name_en: en.to_owned() };
        for (cell, number) in cells.iter().zip(0_usize..) {
            // The whole is published in every region.
            let status = statuses.get(number % statuses.len()).copied().unwrap_or(Status::Published);
            for (measure, place) in definition.measures.iter().zip(1_i64..) {
                let value = match status {
                    Status::Published => Some((10 - place) * 1237 + i64::try_from(rows.len()).unwrap_or(0)),
                    Status::Zero => Some(0),
                    Status::Suppressed | Status::Missing | Status::NotApplicable => None,
                };
                let (dimensions, measure) = (cell.clone().into(), measure.name.as_str().into());
                rows.push(ReleasedRow { region: region.clone().into(), dimensions, measure, value, status });
            }
        }
    }
    rows
}

fn population() -> ReleasedTable {
    let sex = vec![group("1", "男", "Male", &[]), group("2", "女", "Female", &[])];
    let bands = vec![group("60-64", "60—64岁", "60–64", &[]), group("65-99", "65—99岁", "65–99", &[])];
    let mut age = dimension("age_band", text("年龄组", "Age band"), bands);
    age.township = vec![group("65+", "65岁及以上", "65 and older", &["65-99"])];
    let ratio = Some(Ratio { of: "amount".to_owned(), to: "persons".to_owned() });
    let visited = Measure {
        part_of: Some("persons".to_owned()),
        ..measure("visited", text("探访人数", "Persons visited"), Unit::Person)
    };
    let measures = vec![
        measure("persons", text("人数", "Persons"), Unit::Person),
        visited,
        measure("amount", text("金额", "Amount"), Unit::Yuan),
        Measure { ratio, ..measure("average", text("人均金额", "Average amount"), Unit::YuanEach) },
    ];
    let dimensions = vec![dimension("sex", text("性别", "Sex"), sex), age];
    table("population", text("老年人口", "Older population"), dimensions, measures)
}

fn facilities() -> ReleasedTable {
    let kinds = vec![group("home", "养老院", "Home", &[]), group("day", "日间照料", "Day care", &[])];
    let measures = vec![
        measure("facilities", text("机构数", "Facilities"), Unit::Facility),
        measure("beds", text("床位数", "Beds"), Unit::Bed),
        measure("beds_per_1000", text("每千名老年人床位数", "Beds per 1,000 elders"), Unit::PerThousand),
    ];
    let dimensions = vec![dimension("type", text("机构类型", "Type of facility"), kinds)];
    table("facilities", text("养老机构", "Facilities"), dimensions, measures)
}

fn overlaps() -> ReleasedTable {
    let rules = vec![group("X01", "规则一", "Rule 1", &[]), group("X02", "规则二", "Rule 2", &[])];
    let mut rule = dimension("rule", text("规则", "Rule"), rules);
    rule.adds_up = false;
    let measures = vec![measure("flags", text("提示数", "Flags"), Unit::Person)];
    let mut table = table("overlap_summary", text("待遇重叠提示汇总", "Summary of overlaps"), vec![rule], measures);
    table.definition.restricted = true;
    table
}
