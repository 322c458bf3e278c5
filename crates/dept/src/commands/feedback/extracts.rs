//! Takes names, ID numbers and townships from the extracts that the officer still has.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use yilian_contract::RegionNames;
use yilian_delivery::Clue;
use yilian_intake::{PeopleRequest, PersonCells, Plain, RowMap, SourcePlace, SourceRow, people, source_digest};

use super::own_rows::OwnRows;
use crate::error::DeptError;
use crate::records;
use crate::schemas::Loaded;
use crate::site::Site;

/// Whom the rows of some clues are about.
pub(super) struct People {
    /// By extract, dataset and row of the extract.
    found: BTreeMap<(String, String), BTreeMap<SourcePlace, PersonCells>>,
    /// Names of the townships by their codes, each name of one township alone.
    townships: BTreeMap<String, String>,
    /// Deliveries whose extract was not given, as `<dataset>.<period>.<sequence>`.
    pub(super) without_extract: BTreeSet<String>,
}

impl People {
    /// Reads the given extracts, which are known by their digests.
    pub(super) fn read(
        extracts: &[PathBuf],
        rows: &OwnRows,
        (site, loaded): (&Site, &Loaded),
        region_names: &RegionNames,
    ) -> Result<Self, DeptError> {
        let mut given = BTreeMap::new();
        for extract in extracts {
            given.insert(source_digest(extract)?, extract.as_path());
        }
        let mut wanted: BTreeMap<(String, String), BTreeSet<SourcePlace>> = BTreeMap::new();
        let mut without_extract = BTreeSet::new();
        for ((dataset, period, sequence, _), map) in rows.deliveries() {
            if given.contains_key(&map.source_digest) {
                let source = (map.source_digest.clone(), dataset.to_string());
                wanted.entry(source).or_default().extend(map.rows.values().map(SourceRow::place));
            } else {
                without_extract.insert(format!("{dataset}.{period}.{sequence}"));
            }
        }
        let used = wanted.keys().map(|(digest, _)| digest.as_str()).collect();
        refuse_unknown(&given, &used, &site.records()?)?;
        let mut found = BTreeMap::new();
        for ((digest, dataset), rows) in wanted {
            let Some(extract) = given.get(&digest) else { continue };
            let request = PeopleRequest {
                schemas: &loaded.schemas,
                contract: loaded.schemas.dataset(&dataset).map_err(DeptError::Dataset)?,
                regions: &loaded.regions,
                extract,
                digest: &digest,
                rows: &rows,
            };
            let read = people(&request)?;
            found.insert((digest, dataset), read);
        }
        let townships = townships(&found, region_names);
        Ok(Self { found, townships, without_extract })
    }

    /// Whom a clue is about, each person once.
    pub(super) fn of(&self, clue: &Clue, rows: &OwnRows) -> Vec<PersonCells> {
        let mut people: Vec<PersonCells> = Vec::new();
        for person in self.behind(clue, rows) {
            let same = |other: &PersonCells| other.name == person.name && other.id_number == person.id_number;
            if !people.iter().any(same) {
                people.push(person.clone());
            }
        }
        people
    }

    /// The township of the first row that names one.
    pub(super) fn township(&self, clue: &Clue, rows: &OwnRows) -> Option<String> {
        let code = self.behind(clue, rows).find_map(|person| person.township.as_ref())?;
        self.townships.get(code.reveal()).cloned()
    }

    fn behind<'a>(&'a self, clue: &'a Clue, rows: &'a OwnRows) -> impl Iterator<Item = &'a PersonCells> {
        clue.rows.iter().filter_map(move |row| {
            let map = rows.map(row)?;
            let source = map.rows.get(&row.row)?;
            self.found.get(&(map.source_digest.clone(), row.dataset.to_string()))?.get(&source.place())
        })
    }
}

/// An extract that was packed, though for no row of this parcel, is none of the officer's mistakes; any other file is.
fn refuse_unknown(given: &BTreeMap<String, &Path>, used: &BTreeSet<&str>, records: &Path) -> Result<(), DeptError> {
    let mut unknown: BTreeMap<&str, &Path> = given
        .iter()
        .filter(|(digest, _)| !used.contains(digest.as_str()))
        .map(|(digest, path)| (digest.as_str(), *path))
        .collect();
    if unknown.is_empty() {
        return Ok(());
    }
    for map in records::row_maps(records)? {
        unknown.remove(RowMap::read(&map, &BTreeSet::new())?.source_digest.as_str());
    }
    if unknown.is_empty() {
        return Ok(());
    }
    Err(DeptError::ExtractsUnknown { files: unknown.into_values().map(Path::to_owned).collect() })
}

/// Names of the townships; where two have one name, with the name of the county.
fn townships(
    found: &BTreeMap<(String, String), BTreeMap<SourcePlace, PersonCells>>,
    names: &RegionNames,
) -> BTreeMap<String, String> {
    let people = found.values().flat_map(BTreeMap::values);
    let codes: BTreeSet<&str> = people.filter_map(|person| person.township.as_ref().map(Plain::reveal)).collect();
    let name = |code: &str| names.name(code).unwrap_or(code).to_owned();
    let mut times: BTreeMap<String, u32> = BTreeMap::new();
    for code in &codes {
        *times.entry(name(code)).or_default() += 1;
    }
    let label = |code: &str| {
        let short = name(code);
        let county = code.get(..6).and_then(|county| names.name(county)).unwrap_or_default();
        if times.get(&short).is_some_and(|times| *times > 1) { format!("{county}{short}") } else { short }
    };
    codes.into_iter().map(|code| (code.to_owned(), label(code))).collect()
}
