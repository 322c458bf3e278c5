//! `datapackage.json`: what stands in a folder, as Data Package v2 (datapackage.org) says it.

use serde::Serialize;

use super::columns::{Column, Kind};
use super::folder::Written;
use super::metadata::{About, Category, Description, Title, categories};
use super::rows::Checked;
use super::version::Readers;
use super::{FilesError, Version, sdmx, words, workbook};
use crate::annual::Finality;

pub(super) const FILE: &str = "datapackage.json";

const PACKAGE: &str = "https://datapackage.org/profiles/2.0/datapackage.json";
const RESOURCE: &str = "https://datapackage.org/profiles/2.0/dataresource.json";
const SCHEMA: &str = "https://datapackage.org/profiles/2.0/tableschema.json";

/// Package of a version.
#[derive(Serialize)]
struct Package<'t> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    name: &'t str,
    id: &'t str,
    #[serde(flatten)]
    title: Title,
    #[serde(flatten)]
    description: Description,
    version: String,
    created: String,
    /// The first is the one of names without a language.
    languages: [&'static str; 2],
    year: i32,
    state: Finality,
    contributors: [Contributor; 1],
    resources: Vec<Resource<'t>>,
}

#[derive(Serialize)]
struct Contributor {
    #[serde(flatten)]
    title: Title,
    roles: [&'static str; 1],
}

/// A file of the package.
#[derive(Serialize)]
struct Resource<'t> {
    #[serde(rename = "$schema")]
    profile: &'static str,
    name: String,
    #[serde(rename = "type")]
    kind: &'static str,
    path: &'t str,
    #[serde(flatten)]
    title: Title,
    format: &'static str,
    mediatype: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    encoding: Option<&'static str>,
    bytes: u64,
    hash: String,
    #[serde(flatten)]
    about: Option<About<'t>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    schema: Option<Schema<'t>>,
}

#[derive(Serialize)]
struct Schema<'t> {
    #[serde(rename = "$schema")]
    profile: &'static str,
    fields: Vec<Field<'t>>,
    #[serde(rename = "missingValues")]
    missing_values: [&'static str; 1],
    #[serde(rename = "primaryKey")]
    primary_key: Vec<&'t str>,
}

#[derive(Serialize)]
struct Field<'t> {
    name: &'t str,
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(flatten)]
    title: Title,
    constraints: Constraints<'t>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    categories: Vec<Category<'t>>,
}

#[derive(Serialize)]
struct Constraints<'t> {
    required: bool,
    #[serde(rename = "enum", skip_serializing_if = "Vec::is_empty")]
    codes: Vec<&'t str>,
}

pub(super) fn bytes(
    tables: &[Checked<'_>],
    version: &Version,
    readers: Readers,
    written: &[Written],
) -> Result<Vec<u8>, FilesError> {
    let package = package(tables, version, readers, written);
    let failed = |error: serde_json::Error| FilesError::Text { file: FILE.to_owned(), source: error.into() };
    let mut bytes = serde_json::to_vec_pretty(&package).map_err(failed)?;
    bytes.push(b'\n');
    Ok(bytes)
}

fn package<'t>(
    tables: &'t [Checked<'_>],
    version: &'t Version,
    readers: Readers,
    written: &'t [Written],
) -> Package<'t> {
    let mut files: Vec<&Written> = written.iter().collect();
    files.sort_by(|one, other| one.path.cmp(&other.path));
    Package {
        schema: PACKAGE,
        name: &version.id,
        id: &version.id,
        title: title(version, readers),
        description: description(version),
        version: version.semantic(),
        created: version.instant(),
        languages: ["zh", "en"],
        year: version.year,
        state: version.state,
        contributors: [Contributor { title: Title::from(&version.publisher), roles: ["publisher"] }],
        resources: files.into_iter().map(|file| resource(tables, file)).collect(),
    }
}

fn title(version: &Version, readers: Readers) -> Title {
    let state = words::of_state(version.state);
    let (zh, en) = match readers {
        Readers::Everybody => ("", ""),
        Readers::Inside => ("（内部资料）", ", for internal use"),
    };
    Title::new(
        format!("{}年老年人状况与养老服务统计（{}）{zh}", version.year, state.zh),
        format!("Statistics of older people and care services {} ({}){en}", version.year, state.en),
    )
}

fn description(version: &Version) -> Description {
    Description::new(
        format!("第{}版，数据截至{}。数值为空时，状态列说明原因；未公布不等于零。", version.number, version.as_of),
        format!(
            "Version {}, deliveries accepted until {}. Where a value is empty, the status says why; what is withheld is no zero.",
            version.number, version.as_of
        ),
    )
}

fn resource<'t>(tables: &'t [Checked<'_>], file: &'t Written) -> Resource<'t> {
    let shape = Shape::of(&file.path);
    let table = shape.table.and_then(|name| tables.iter().find(|table| table.name() == name));
    let name = shape.table.unwrap_or("all");
    let title = table.map_or_else(|| Title::new(shape.zh, shape.en), |table| Title::from(&table.definition.title));
    // The schema stands at the file in which every reader of packages applies it.
    let described = table.filter(|_| shape.suffix.is_empty());
    Resource {
        profile: RESOURCE,
        name: format!("{name}{}", shape.suffix),
        kind: if described.is_some() { "table" } else { "file" },
        path: &file.path,
        title,
        format: shape.format,
        mediatype: shape.mediatype,
        encoding: (shape.mediatype == CSV).then_some("utf-8"),
        bytes: file.bytes,
        hash: format!("sha256:{}", file.sha256),
        about: described.map(About::new),
        schema: described.map(schema),
    }
}

const CSV: &str = "text/csv";

/// What a file is, by its path.
struct Shape<'p> {
    table: Option<&'p str>,
    suffix: &'static str,
    format: &'static str,
    mediatype: &'static str,
    zh: &'static str,
    en: &'static str,
}

impl<'p> Shape<'p> {
    fn of(path: &'p str) -> Self {
        let table = |folder: &str, ending: &str| path.strip_prefix(folder).and_then(|path| path.strip_suffix(ending));
        let shape = |suffix, format, mediatype| Self { table: None, suffix, format, mediatype, zh: "", en: "" };
        if let Some(name) = table("csv/", ".csv") {
            Self { table: Some(name), ..shape("", "csv", CSV) }
        } else if let Some(name) = table("data/", ".parquet") {
            Self { table: Some(name), ..shape("-parquet", "parquet", "application/vnd.apache.parquet") }
        } else if let Some(name) = table("sdmx/", ".csv") {
            Self { table: Some(name), ..shape("-sdmx", "csv", "application/vnd.sdmx.data+csv;version=2.0.0") }
        } else if path == sdmx::STRUCTURE {
            let shape = shape("-sdmx-structure", "xml", "application/vnd.sdmx.structure+xml;version=3.0.0");
            Self { zh: "数据结构定义", en: "Data structure definitions", ..shape }
        } else if path == workbook::FILE {
            let mediatype = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
            Self { zh: "统计表", en: "Workbook of all tables", ..shape("-workbook", "xlsx", mediatype) }
        } else {
            Self { zh: "其他", en: "Other", ..shape("-other", "", "application/octet-stream") }
        }
    }
}

fn schema<'t>(table: &'t Checked<'_>) -> Schema<'t> {
    let is_key = |column: &&Column<'_>| matches!(column.kind, Kind::Region | Kind::Dimension(..) | Kind::Measure(_));
    Schema {
        profile: SCHEMA,
        fields: table.columns.iter().map(field).collect(),
        missing_values: [""],
        primary_key: table.columns.iter().filter(is_key).map(|column| column.name).collect(),
    }
}

fn field<'t>(column: &'t Column<'_>) -> Field<'t> {
    let codes = column.kind.codes();
    Field {
        name: column.name,
        kind: match column.kind {
            Kind::Year => "year",
            Kind::Value => "number",
            _ => "string",
        },
        title: Title::from(&column.title),
        constraints: Constraints {
            required: column.kind != Kind::Value,
            codes: codes.iter().map(|code| code.code).collect(),
        },
        categories: categories(&codes),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{table, version};
    use super::*;

    #[test]
    fn a_package_of_one_table() {
        let (table, version) = (table(), version());
        let written = |path: &str| Written {
            file: path.into(),
            path: path.to_owned(),
            bytes: 3,
            sha256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad".to_owned(),
        };
        let files = [workbook::FILE, sdmx::STRUCTURE, "data/living.parquet", "csv/living.csv", "sdmx/living.csv"];
        let tables = [Checked::new(&table, &version).unwrap()];
        let bytes = bytes(&tables, &version, Readers::Everybody, &files.map(written)).unwrap();
        insta::assert_snapshot!(String::from_utf8(bytes).unwrap());
    }
}
