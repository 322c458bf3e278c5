//! The micro data of the years that have a published release, as readers ask them in SQL.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use yilian_access::Micro;
use yilian_contract::{RegionNames, Regions};
use yilian_disclosure::Thresholds;
use yilian_micro::{Catalogue, MicroError, MicroYear, Surroundings, YearInput};
use yilian_pipeline::site::Site;
use yilian_release::{EarlierVersion, TableDefinitions, VersionState};
use yilian_token::{Key, KeyUse};

use crate::commands::{released, year};
use crate::error::HubError;
use crate::library;

/// The micro data of the newest published version of every year that has kept its rows.
pub(super) fn open(site: &Site, schemas: Option<&Path>) -> Result<Micro, HubError> {
    let mut kept = Vec::new();
    for (year, number, version) in released::newest_versions(site)? {
        let rows = year::micro_of(site, year, number);
        if rows.is_dir() {
            kept.push((year, number, version, rows));
        }
    }
    if kept.is_empty() {
        return Ok(Micro::default());
    }
    let schemas = library::folder(schemas)?;
    let definitions = TableDefinitions::load(&library::release_tables(&schemas));
    let definitions = Arc::new(definitions.map_err(|faults| HubError::Definitions { faults })?);
    let key = Arc::new(Key::read(&site.noise_key_file(), KeyUse::Noise)?);
    let mut years = Vec::new();
    for (year, number, version, rows) in kept {
        let (state, tables) = (VersionState::read(&version)?, Arc::clone(&definitions));
        years.push(Arc::new(MicroYear::new(YearInput {
            year,
            catalogue: Arc::new(catalogue(site, &schemas, (&definitions, year))?),
            files: files(&rows)?,
            version: Box::new(move || EarlierVersion::read(&version, (number, &state.sums), &tables)),
            definitions: Arc::clone(&definitions),
            key: Arc::clone(&key),
            threads: super::all_threads(),
        })));
    }
    Ok(Micro::new(years))
}

fn catalogue(
    site: &Site,
    schemas: &Path,
    (definitions, year): (&TableDefinitions, i32),
) -> Result<Catalogue, HubError> {
    let mistakes = |mistakes| HubError::Mistakes { mistakes };
    let (regions, names) = (Regions::load(schemas).map_err(mistakes)?, RegionNames::load(schemas).map_err(mistakes)?);
    let text = format!("{year}-12-31");
    let day = text.parse().map_err(|_| HubError::ReferenceDay { text: text.clone() })?;
    let place = site.config().place.as_str();
    let within = regions.counties_on(day).into_iter().filter(|county| county.starts_with(place));
    let counties: Vec<(String, String)> =
        within.map(|county| (county.to_owned(), names.name(county).unwrap_or(county).to_owned())).collect();
    let file = schemas.join("disclosure_threshold.csv");
    let thresholds = fs::read_to_string(&file).map_err(|source| HubError::Io { path: file, source })?;
    let thresholds = Thresholds::parse(&thresholds)?;
    let of = |table: &str| Ok(thresholds.of(table, &text)?.k().unwrap_or_default());
    let floors: Vec<u32> = definitions.names().map(of).collect::<Result<_, HubError>>()?;
    let floor = floors.into_iter().max().unwrap_or_default();
    let with = Surroundings { definitions, place, counties: &counties, floor };
    Ok(Catalogue::load(&library::pipelines(schemas).join("shapes.yaml"), with)?)
}

/// The files of each table, in the order of the buckets.
fn files(rows: &Path) -> Result<BTreeMap<String, Vec<PathBuf>>, HubError> {
    let mut tables = BTreeMap::new();
    let mut buckets: Option<Vec<OsString>> = None;
    for folder in children(rows)? {
        let table = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let files = children(&folder)?;
        // People are met in the file of the same name: a file that is lost would join them with others.
        let names: Vec<OsString> = files.iter().filter_map(|file| file.file_name()).map(OsString::from).collect();
        if *buckets.get_or_insert_with(|| names.clone()) != names {
            return Err(MicroError::Buckets { table }.into());
        }
        tables.insert(table, files);
    }
    Ok(tables)
}

fn children(folder: &Path) -> Result<Vec<PathBuf>, HubError> {
    let failed = |source| HubError::Io { path: folder.to_owned(), source };
    let entries = fs::read_dir(folder).map_err(failed)?;
    let mut paths: Vec<PathBuf> =
        entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>().map_err(failed)?;
    paths.sort_unstable();
    Ok(paths)
}
