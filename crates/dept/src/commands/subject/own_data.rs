//! The person's rows in the office's own extracts, and what became of each.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use yilian_contract::Contract;
use yilian_delivery::{Manifest, sha256_hex};
use yilian_intake::{
    CanonicalId, RowMap, SourcePlace, SubjectRequest, SubjectRow, SubjectRows, source_digest, subject_rows,
};

use crate::arguments::SubjectArguments;
use crate::error::DeptError;
use crate::records::{self, Packed};
use crate::schemas::Loaded;
use crate::site::Site;

/// What the office's extracts hold about the person.
pub(super) struct Own<'a> {
    /// Each extract with what was found in it.
    pub(super) extracts: Vec<Extract<'a>>,
    /// Deliveries whose extract was not given, as `<dataset>.<period>.<sequence>`.
    pub(super) not_given: BTreeSet<String>,
}

/// An extract that was looked into.
pub(super) struct Extract<'a> {
    pub(super) file: &'a Path,
    pub(super) contract: &'a Contract,
    pub(super) found: SubjectRows,
    /// What was packed from it.
    pub(super) deliveries: Vec<Delivery>,
}

/// A delivery that was packed from an extract.
pub(super) struct Delivery {
    /// SHA-256 of its manifest, in hex.
    pub(super) id: String,
    pub(super) period: String,
    pub(super) sequence: u32,
    /// What it was delivered for, by its manifest.
    pub(super) purpose: String,
    pub(super) legal_basis: String,
    /// What became of the person's rows, by place in the extract.
    pub(super) fates: BTreeMap<SourcePlace, Fate>,
    /// The person's rows by their places in the delivery: they are ranks of tokens, and are not shown.
    pub(super) places: BTreeSet<u64>,
}

/// What became of a row when it was packed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fate {
    Delivered,
    /// To be corrected, for this reason.
    Rejected(String),
    /// Not yet 60, or on the list of people who are not packed.
    LeftOut,
}

impl<'a> Own<'a> {
    /// Looks the number up in every extract; one that was packed is known by its digest.
    pub(super) fn find(
        subject: &'a SubjectArguments,
        id: &CanonicalId,
        (site, loaded): (&Site, &'a Loaded),
    ) -> Result<Self, DeptError> {
        let mut packed = by_source(&site.records()?)?;
        let mut extracts = Vec::new();
        for file in &subject.extract {
            let known = packed.remove(&source_digest(file)?).unwrap_or_default();
            let mut by_dataset: BTreeMap<&str, Vec<&Packed>> = BTreeMap::new();
            for one in &known {
                by_dataset.entry(&one.dataset).or_default().push(one);
            }
            if by_dataset.is_empty() {
                let unknown = || DeptError::DatasetUnknown { file: file.clone() };
                by_dataset.insert(subject.dataset.as_deref().ok_or_else(unknown)?, Vec::new());
            }
            for (dataset, packed) in by_dataset {
                let contract = loaded.contract(dataset, site)?;
                let request = SubjectRequest { schemas: &loaded.schemas, contract, extract: file, id };
                let found = subject_rows(&request)?;
                let deliveries =
                    packed.into_iter().map(|packed| Delivery::read(packed, &found)).collect::<Result<_, _>>()?;
                extracts.push(Extract { file, contract, found, deliveries });
            }
        }
        let name = |packed: &Packed| format!("{}.{}.{}", packed.dataset, packed.period, packed.sequence);
        let about_people = |packed: &&Packed| packed.dataset != "disposition";
        let not_given = packed.values().flatten().filter(about_people).map(name).collect();
        Ok(Self { extracts, not_given })
    }
}

/// What was packed here, by the digest of its extract.
fn by_source(records: &Path) -> Result<BTreeMap<String, Vec<Packed>>, DeptError> {
    let mut found: BTreeMap<String, Vec<Packed>> = BTreeMap::new();
    for packed in records::packed(records)? {
        let source = RowMap::read(&packed.row_map(), &BTreeSet::new())?.source_digest;
        found.entry(source).or_default().push(packed);
    }
    Ok(found)
}

impl Extract<'_> {
    /// The person's rows on all sheets.
    pub(super) fn rows(&self) -> impl Iterator<Item = &SubjectRow> {
        self.found.tables.iter().flat_map(|table| &table.rows)
    }

    /// How many of the person's rows stand in a delivery.
    pub(super) fn delivered(&self) -> usize {
        let in_one = |row: &SubjectRow| {
            self.deliveries.iter().any(|delivery| delivery.fates.get(&row.place) == Some(&Fate::Delivered))
        };
        self.rows().filter(|row| in_one(row)).count()
    }
}

impl Delivery {
    fn read(packed: &Packed, found: &SubjectRows) -> Result<Self, DeptError> {
        let rows: BTreeSet<SourcePlace> =
            found.tables.iter().flat_map(|table| &table.rows).map(|row| row.place.clone()).collect();
        let map = RowMap::of_sources(&packed.row_map(), &rows)?;
        let rejects = records::rejects(&packed.folder)?;
        let here = |place: &SourcePlace, row: u64, sheet: Option<&str>| {
            // Of a single sheet the records do not say the name.
            place.row == row && (sheet.is_none() || place.sheet.as_deref() == sheet)
        };
        let fate = |place: &SourcePlace| {
            if map.rows.values().any(|source| here(place, source.row, source.sheet.as_deref())) {
                return Fate::Delivered;
            }
            let rejected =
                rejects.iter().find(|line| line.row.is_some_and(|row| here(place, row, line.sheet.as_deref())));
            rejected.map_or(Fate::LeftOut, |line| Fate::Rejected(format!("{}：{}", line.column, line.what)))
        };
        let file = packed.folder.join("datapackage.json");
        let bytes = fs::read(&file).map_err(DeptError::io("read", &file))?;
        let unusable = |_| DeptError::Configuration { file: file.clone(), reason: "it is no manifest".into() };
        let manifest = Manifest::from_bytes(&bytes).map_err(unusable)?;
        Ok(Self {
            id: sha256_hex(&bytes),
            period: packed.period.to_string(),
            sequence: packed.sequence,
            purpose: manifest.purpose,
            legal_basis: manifest.legal_basis,
            fates: rows.iter().map(|place| (place.clone(), fate(place))).collect(),
            places: map.rows.into_keys().collect(),
        })
    }
}
