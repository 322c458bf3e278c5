use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::check::TOTAL;
use crate::definition::{Dimension, TableDefinition};
use crate::definitions::TableDefinitions;
use crate::error::ReleaseError;
use crate::make::{PUBLIC, RESTRICTED, SEALED};
use crate::sealed::{WITHHELD, Why};

/// Which number of a version is meant, in the codes of its files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// The table.
    pub table: String,
    /// Code of the region; `total` for the whole.
    pub region: String,
    /// A code by dimension; one that is not named is `total`.
    pub codes: BTreeMap<String, String>,
    /// The measure.
    pub measure: String,
}

/// A number of a version as it stands in its files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number<'d> {
    /// Its table.
    pub definition: &'d TableDefinition,
    /// The region's name.
    pub region_name: String,
    /// A code for each dimension, in their order.
    pub codes: Vec<String>,
    /// As it is written; empty where it is withheld, missing or does not apply.
    pub value: String,
    /// `published`, `zero`, `suppressed`, `missing` or `not_applicable`.
    pub status: String,
    /// Why it is withheld; `None` for one that is not.
    pub why: Option<Why>,
}

/// Finds a number in the files of the version in `folder`.
///
/// # Errors
/// [`ReleaseError::NoTable`], [`ReleaseError::NoName`] with the nearest valid name; [`ReleaseError::NotPlanned`] where all
/// names are valid and the version divides this level less finely; [`ReleaseError::File`], [`ReleaseError::Definition`].
pub fn find_number<'d>(
    folder: &Path,
    definitions: &'d TableDefinitions,
    place: &Place,
) -> Result<Number<'d>, ReleaseError> {
    let definition = definitions.get(&place.table)?;
    if definition.measure(&place.measure).is_none() {
        let measures = definition.measures.iter().map(|measure| measure.name.as_str());
        return Err(ReleaseError::no_name("measure", &place.measure, measures));
    }
    let codes = codes(definition, place)?;
    let part = if definition.restricted { RESTRICTED } else { PUBLIC };
    let lines = Lines::read(&folder.join(part).join("csv").join(format!("{}.csv", place.table)))?;
    let (mut regions, mut found) = (Vec::new(), None);
    for line in &lines.records {
        let region = lines.field(line, "region");
        regions.push(region);
        let is_meant = region == place.region && lines.field(line, "measure") == place.measure;
        let has = |(dimension, code): (&Dimension, &String)| lines.field(line, &dimension.name) == code;
        if is_meant && definition.dimensions.iter().zip(&codes).all(has) {
            found = Some(line);
        }
    }
    let Some(line) = found else {
        if regions.contains(&place.region.as_str()) {
            return Err(ReleaseError::NotPlanned { table: place.table.clone(), region: place.region.clone() });
        }
        return Err(ReleaseError::no_name("region", &place.region, regions.into_iter()));
    };
    let field = |name: &str| lines.field(line, name).to_owned();
    let (value, status, region_name) = (field("value"), field("status"), field("region_name_zh"));
    let why = if status == "suppressed" { Some(why(folder, definition, place, &codes)?) } else { None };
    Ok(Number { definition, region_name, codes, value, status, why })
}

/// The code of each dimension, in order; where a dimension has no total one of its categories must be named.
fn codes(definition: &TableDefinition, place: &Place) -> Result<Vec<String>, ReleaseError> {
    let names = || definition.dimensions.iter().map(|dimension| dimension.name.as_str());
    if let Some(unknown) = place.codes.keys().find(|name| !names().any(|known| known == name.as_str())) {
        return Err(ReleaseError::no_name("dimension", unknown, names()));
    }
    let code = |dimension: &Dimension| {
        let code = place.codes.get(&dimension.name).map_or(TOTAL, String::as_str);
        let groups = dimension.categories.iter().chain(&dimension.township).map(|group| group.code.as_str());
        let valid: Vec<&str> = dimension.adds_up.then_some(TOTAL).into_iter().chain(groups).collect();
        if valid.contains(&code) {
            return Ok(code.to_owned());
        }
        Err(ReleaseError::no_name("category", code, valid.into_iter()))
    };
    definition.dimensions.iter().map(code).collect()
}

/// Why a number is withheld; a ratio is where one of its parts is.
fn why(folder: &Path, definition: &TableDefinition, place: &Place, codes: &[String]) -> Result<Why, ReleaseError> {
    let lines = Lines::read(&folder.join(SEALED).join(WITHHELD))?;
    let ratio = definition.measure(&place.measure).and_then(|measure| measure.ratio.as_ref());
    let parts = ratio.map_or_else(|| vec![&place.measure], |ratio| vec![&ratio.of, &ratio.to]);
    let joined = codes.join(" ");
    let whole = [("table", &place.table), ("region", &place.region), ("codes", &joined)];
    let is_meant = |line: &&csv::StringRecord| {
        whole.iter().all(|(column, wanted)| lines.field(line, column) == wanted.as_str())
            && parts.iter().any(|part| lines.field(line, "measure") == part.as_str())
    };
    let line = lines.records.iter().find(is_meant);
    let found = line.and_then(|line| Why::parse(lines.field(line, "why")));
    found.ok_or_else(|| lines.refuse("it does not say why a number is withheld"))
}

/// The lines of a CSV file.
struct Lines {
    file: PathBuf,
    header: csv::StringRecord,
    records: Vec<csv::StringRecord>,
}

impl Lines {
    fn read(file: &Path) -> Result<Self, ReleaseError> {
        let text = fs::read_to_string(file).map_err(|source| ReleaseError::File {
            action: "read",
            path: file.to_owned(),
            source,
        })?;
        let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        let mut lines = Self { file: file.to_owned(), header: csv::StringRecord::new(), records: Vec::new() };
        let refuse = || ReleaseError::Definition { file: file.to_owned(), reason: "it is no table".to_owned() };
        lines.header = reader.headers().cloned().map_err(|_| refuse())?;
        lines.records = reader.records().collect::<Result<_, _>>().map_err(|_| refuse())?;
        Ok(lines)
    }

    fn field<'l>(&self, line: &'l csv::StringRecord, column: &str) -> &'l str {
        let at = self.header.iter().position(|name| name == column);
        at.and_then(|at| line.get(at)).unwrap_or_default()
    }

    fn refuse(&self, reason: &str) -> ReleaseError {
        ReleaseError::Definition { file: self.file.clone(), reason: reason.to_owned() }
    }
}
