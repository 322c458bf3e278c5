//! A bulletin of invented numbers, in which every section and every status occurs: `bulletin_example <folder>` writes
//! `bulletin.zh.html` and `bulletin.en.html` there; a second folder holds definitions to use in place of invented ones.
//!
//! Cells are made small by a threshold alone; nothing protects them against differences. The numbers show what a page
//! looks like and mean nothing.

mod cells;
mod targets;

use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use serde::Deserialize;
use yilian_contract::Schemas;
use yilian_release::{
    Edition, Finality, Language, Region, RegionLevel, ReleasedTable, Signatures, TableDefinition, Text, bulletin,
};

#[derive(Deserialize)]
struct File {
    tables: BTreeMap<String, TableDefinition>,
}

const YEAR: i32 = 2025;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args_os().nth(1).map(PathBuf::from).ok_or("usage: bulletin_example <folder>")?;
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let schemas =
        Schemas::load(&root.join("schemas")).map_err(|errors| format!("{} errors in the contracts", errors.len()))?;
    let rules = yilian_contract::targets::load(&root.join("pipelines/kpi.yaml"), &schemas)
        .map_err(|errors| format!("{} errors in the targets", errors.len()))?;
    let definitions = match std::env::args_os().nth(2) {
        Some(folder) => real(Path::new(&folder))?,
        None => invented(&root.join("crates/release/examples/bulletin_example/tables.yaml"))?,
    };
    let regions = regions();
    let tables = |year| {
        let tables = definitions.iter().map(|definition| cells::table(definition.clone(), year, &regions));
        let mut tables: Vec<ReleasedTable> = tables.collect();
        tables.push(targets::table(&rules, year, &regions));
        tables
    };
    let edition = edition(rules.clone());
    for language in [Language::Zh, Language::En] {
        let page = bulletin(language, &edition, &tables(YEAR), &tables(YEAR - 1))?;
        std::fs::write(folder.join(language.file_name()), page)?;
    }
    Ok(())
}

fn invented(file: &Path) -> Result<Vec<TableDefinition>, Box<dyn Error>> {
    let file: File = serde_saphyr::from_str(&std::fs::read_to_string(file)?)?;
    Ok(file.tables.into_iter().map(|(name, definition)| TableDefinition { name, ..definition }).collect())
}

fn real(folder: &Path) -> Result<Vec<TableDefinition>, Box<dyn Error>> {
    let mut definitions = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "yaml")
            && path.file_stem().is_some_and(|name| name != "kpi")
        {
            definitions.push(TableDefinition::load(&path)?);
        }
    }
    definitions.sort_by(|left, right| left.name.cmp(&right.name));
    Ok(definitions)
}

fn edition(targets: Vec<yilian_contract::targets::Target>) -> Edition {
    let text = |zh: &str, en: &str| Text { zh: zh.to_owned(), en: en.to_owned() };
    Edition {
        place: text("示例市", "Example City"),
        region: "1506".to_owned(),
        publisher: text("示例市民政局", "Civil Affairs Bureau of Example City"),
        year: YEAR,
        version: "1".to_owned(),
        finality: Finality::Provisional,
        accepted_until: NaiveDate::from_ymd_opt(2026, 3, 31).unwrap_or_default(),
        published_on: NaiveDate::from_ymd_opt(2026, 4, 20),
        protection: Some(text(
            "涉及人数不足10人的单元格不公布；能由其他单元格推算出来的，一并不公布。",
            "Cells of fewer than 10 people are withheld, and so are cells from which these could be computed.",
        )),
        change_note: None,
        targets,
        signatures: Signatures {
            prepared: Some("制表甲".to_owned()),
            reviewed: Some("审核乙".to_owned()),
            responsible: None,
        },
    }
}

/// A city and its counties.
fn regions() -> Vec<Region> {
    let region = |code: &str, level, zh: &str, en: &str| Region {
        code: code.to_owned(),
        level,
        name_zh: zh.to_owned(),
        name_en: en.to_owned(),
    };
    vec![
        region("total", RegionLevel::Whole, "合计", "Total"),
        region("1506", RegionLevel::City, "示例市", "Example City"),
        region("150602", RegionLevel::County, "甲区", "Jia District"),
        region("150603", RegionLevel::County, "乙区", "Yi District"),
        region("150621", RegionLevel::County, "丙旗", "Bing Banner"),
        region("150622", RegionLevel::County, "丁旗", "Ding Banner"),
        region("150625", RegionLevel::County, "戊旗", "Wu Banner"),
        region("150627", RegionLevel::County, "己旗", "Ji Banner"),
    ]
}
