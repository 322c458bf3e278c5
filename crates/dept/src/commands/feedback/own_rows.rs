//! Follows the rows that clues rest on back into the records of what was packed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::Arc;

use yilian_contract::Period;
use yilian_delivery::{Clue, ClueRow, sha256_hex};
use yilian_intake::{RowMap, SourceRow};
use yilian_workbook::OwnRecord;

use crate::error::DeptError;
use crate::records::Records;
use crate::schemas::Loaded;

/// One delivery of this office, as a clue names it.
pub(super) type DeliveryKey = (Arc<str>, Arc<str>, u32, Arc<str>);

/// Where the rows of some clues came from.
pub(super) struct OwnRows {
    /// The row maps of the deliveries whose records are still there.
    found: BTreeMap<DeliveryKey, RowMap>,
    /// How many rows can no longer be followed.
    pub(super) lost: u64,
}

fn key(row: &ClueRow) -> DeliveryKey {
    (Arc::clone(&row.dataset), Arc::clone(&row.period), row.sequence, Arc::clone(&row.delivery_id))
}

impl OwnRows {
    /// Looks all rows up, each delivery once.
    pub(super) fn find(records: &Path, clues: &[Clue]) -> Result<Self, DeptError> {
        let mut wanted: BTreeMap<DeliveryKey, BTreeSet<u64>> = BTreeMap::new();
        for row in clues.iter().flat_map(|clue| &clue.rows) {
            wanted.entry(key(row)).or_default().insert(row.row);
        }
        let mut found = BTreeMap::new();
        for (delivery, rows) in wanted {
            if let Some(map) = read(records, &delivery, &rows)? {
                found.insert(delivery, map);
            }
        }
        let mut rows = Self { found, lost: 0 };
        let lost = clues.iter().flat_map(|clue| &clue.rows).filter(|row| rows.source(row).is_none()).count();
        rows.lost = u64::try_from(lost).unwrap_or(u64::MAX);
        Ok(rows)
    }

    /// The extract's row behind a row; `None` if the records are gone.
    pub(super) fn source(&self, row: &ClueRow) -> Option<&SourceRow> {
        self.map(row)?.rows.get(&row.row)
    }

    /// The row map that a row stands in; `None` if the records are gone.
    pub(super) fn map(&self, row: &ClueRow) -> Option<&RowMap> {
        self.found.get(&key(row))
    }

    /// A row as the officer sees it.
    pub(super) fn record(&self, row: &ClueRow, loaded: &Loaded) -> OwnRecord {
        let source = self.source(row);
        OwnRecord {
            dataset: loaded.title(&row.dataset).to_owned(),
            period: row.period.to_string(),
            source_row: source.map(|source| source.row),
            number: source.and_then(|source| source.record_number.clone()),
        }
    }

    /// Each delivery whose records are there, with its row map.
    pub(super) fn deliveries(&self) -> impl Iterator<Item = (&DeliveryKey, &RowMap)> {
        self.found.iter()
    }
}

/// `None` if the records of that very delivery are not there any more.
fn read(
    records: &Path,
    (dataset, period, sequence, delivery_id): &DeliveryKey,
    rows: &BTreeSet<u64>,
) -> Result<Option<RowMap>, DeptError> {
    // The names come from outside: only those that we give ourselves lead to a folder.
    let ours = dataset.bytes().all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'_' | b'0'..=b'9'));
    let Some(period) = period.parse::<Period>().ok().filter(|_| ours && !dataset.is_empty()) else {
        return Ok(None);
    };
    let folder = Records::new(records.to_owned(), dataset, &period).path(*sequence);
    let manifest = fs::read(folder.join("datapackage.json")).unwrap_or_default();
    let map = folder.join("rows.parquet");
    if *sha256_hex(&manifest) != **delivery_id || !map.is_file() {
        return Ok(None);
    }
    Ok(Some(RowMap::read(&map, rows)?))
}
