//! The released tables of all years, as readers meet them in SQL.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use yilian_access::{ColumnNote, TableSource};
use yilian_engine::rows_of_parquet;
use yilian_pipeline::site::Site;
use yilian_release::{PUBLIC, RESTRICTED, Stage, VersionState, versions};

use crate::commands::year;
use crate::error::HubError;

/// The schema of each part of a version.
const SCHEMAS: [(&str, &str); 2] = [(PUBLIC, "release"), (RESTRICTED, "restricted")];
const PACKAGE: &str = "datapackage.json";

/// What a version says of its tables.
#[derive(Deserialize)]
struct Package {
    resources: Vec<Resource>,
}

#[derive(Deserialize)]
struct Resource {
    name: String,
    path: String,
    #[serde(default)]
    title: String,
    #[serde(default, rename = "title@en")]
    title_en: String,
    #[serde(default)]
    schema: Columns,
}

#[derive(Default, Deserialize)]
struct Columns {
    #[serde(default)]
    fields: Vec<Field>,
}

#[derive(Deserialize)]
struct Field {
    name: String,
    #[serde(default)]
    title: String,
    #[serde(default, rename = "title@en")]
    title_en: String,
}

/// Each table of the newest published version of every year, the years of one table together; none before anything is
/// published.
pub(super) fn tables(site: &Site) -> Result<Vec<TableSource>, HubError> {
    let mut tables: BTreeMap<(&str, String), TableSource> = BTreeMap::new();
    for (_, _, version) in newest_versions(site)? {
        for (part, schema) in SCHEMAS {
            for resource in resources(&version.join(part))? {
                let file = version.join(part).join("data").join(format!("{}.parquet", resource.name));
                let rows = rows_of_parquet(&file)?;
                let table = tables.entry((schema, resource.name.clone())).or_insert_with(|| TableSource {
                    schema: schema.to_owned(),
                    table: resource.name,
                    files: Vec::new(),
                    rows: 0,
                    title_zh: String::new(),
                    title_en: String::new(),
                    columns: Vec::new(),
                });
                table.files.push(file);
                table.rows += rows;
                // The newest year names the table.
                (table.title_zh, table.title_en) = (resource.title, resource.title_en);
                table.columns = resource.schema.fields.into_iter().map(note).collect();
            }
        }
    }
    Ok(tables.into_values().collect())
}

/// Year, number and folder of the newest published version of every year, in order of year.
pub(super) fn newest_versions(site: &Site) -> Result<Vec<(i32, u32, PathBuf)>, HubError> {
    let mut found = Vec::new();
    for year in years(site)? {
        if let Some((number, folder)) = newest_published(site, year)? {
            found.push((year, number, folder));
        }
    }
    Ok(found)
}

fn note(field: Field) -> ColumnNote {
    ColumnNote { column: field.name, zh: field.title, en: field.title_en }
}

/// Names the newest published version of each year: another text means that readers see other tables.
pub(super) fn newest(site: &Site) -> Result<String, HubError> {
    let folders = newest_versions(site)?.into_iter().map(|(_, _, folder)| folder.display().to_string());
    Ok(folders.collect::<Vec<_>>().join(" "))
}

/// The years that have a folder, in order.
fn years(site: &Site) -> Result<Vec<i32>, HubError> {
    let folder = year::releases_of(site);
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let failed = |source| HubError::Io { path: folder.clone(), source };
    let entries = fs::read_dir(&folder).map_err(failed)?.collect::<Result<Vec<_>, _>>().map_err(failed)?;
    let mut years: Vec<i32> = entries.iter().filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
    years.sort_unstable();
    Ok(years)
}

fn newest_published(site: &Site, year: i32) -> Result<Option<(u32, PathBuf)>, HubError> {
    for (number, folder) in versions(&year::folder_of(site, year))?.into_iter().rev() {
        if VersionState::read(&folder)?.stage == Stage::Published {
            return Ok(Some((number, folder)));
        }
    }
    Ok(None)
}

/// The tables of a part of a version, each once though it has several files; a version without the part has none.
fn resources(part: &Path) -> Result<Vec<Resource>, HubError> {
    let file = part.join(PACKAGE);
    if !part.exists() {
        return Ok(Vec::new());
    }
    let failed = |source| HubError::Io { path: file.clone(), source };
    let text = fs::read(&file).map_err(failed)?;
    let package: Package = serde_json::from_slice(&text).map_err(|error| failed(error.into()))?;
    Ok(package.resources.into_iter().filter(|resource| resource.path == format!("csv/{}.csv", resource.name)).collect())
}
