//! Looks for what should not be there: ID numbers in any byte of a file, and values that nobody sees but the bytes hold.
//!
//! Parquet is read page by page with its dictionaries, metadata and statistics, because a value may stand in a
//! dictionary that no row refers to. Arrow files are read by their buffers, because a value may stand under a null.

mod arrow_file;
mod parquet_file;
mod tar_entries;
#[cfg(test)]
mod tests;

use std::ops::Range;

use bytes::Bytes;
use serde::Serialize;
use yilian_delivery::is_sealed;
use yilian_pipeline::store::Store;
use yilian_pipeline::{PipelineError, Progress};

use crate::patterns::{Hits, id_numbers};

/// How the name of a sealed file ends.
const SEALED: &str = ".tar.age";

/// What was looked at, and where something was found.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Residue {
    pub(crate) files: u64,
    pub(crate) bytes: u64,
    pub(crate) found: Vec<Found>,
}

/// Something that should not be there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Found {
    /// Path in the store, or name of the delivery.
    pub(crate) file: String,
    /// Column, or part of the file.
    pub(crate) place: String,
    /// Where in it the first one is: row group, page, buffer, byte; empty where that says nothing.
    pub(crate) first: String,
    pub(crate) kind: FoundKind,
    pub(crate) count: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FoundKind {
    IdNumber,
    UnusedDictionaryEntry,
    ValueUnderNull,
    NotSealed,
    Unreadable,
}

impl Residue {
    /// Scans every file of the store that is not sealed.
    pub(crate) async fn scan_store(&mut self, store: &Store, progress: &dyn Progress) -> Result<(), PipelineError> {
        let objects = store.list("").await?;
        progress.start("scan what is stored", Some(objects.len() as u64));
        for object in objects {
            progress.advance(1);
            self.note_numbers(&object.path, "file name", "", id_numbers(object.path.as_bytes()));
            self.scan_stored(&object.path, &store.get(&object.path).await?);
        }
        progress.finish(&format!("{} files", self.files));
        Ok(())
    }

    /// Scans a file of the store unless it is sealed, which its bytes say and not its name.
    fn scan_stored(&mut self, file: &str, bytes: &Bytes) {
        if is_sealed(bytes) {
            return;
        }
        if file.strip_suffix(SEALED).is_some() {
            self.note(file, "file", String::new(), (FoundKind::NotSealed, 1));
        }
        let entries = tar_entries::of(bytes);
        if entries.is_empty() {
            self.scan(file, bytes);
            return;
        }
        // Parquet in a delivery that was taken in plain is scanned as Parquet.
        for entry in &entries {
            self.scan(file, &bytes.slice(entry.clone()));
        }
        self.scan_outside(file, bytes, &entries);
    }

    /// Scans one file's bytes by what they are.
    pub(crate) fn scan(&mut self, file: &str, bytes: &Bytes) {
        self.files += 1;
        self.bytes += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.scan_outside(file, bytes, &parquet_file::compressed_columns(bytes));
        let scanned = if bytes.starts_with(b"PAR1") {
            self.scan_parquet(file, bytes).is_ok()
        } else if bytes.starts_with(b"ARROW1") {
            self.scan_arrow(file, bytes).is_some()
        } else {
            true
        };
        if !scanned {
            self.note(file, "file", String::new(), (FoundKind::Unreadable, 1));
        }
    }

    /// Scans what stands before, between and behind ranges that are in order.
    fn scan_outside(&mut self, file: &str, bytes: &Bytes, ranges: &[Range<usize>]) {
        let starts = std::iter::once(0).chain(ranges.iter().map(|range| range.end));
        let ends = ranges.iter().map(|range| range.start).chain([bytes.len()]);
        for (start, end) in starts.zip(ends) {
            if let Some(part) = bytes.get(start..end) {
                let hits = id_numbers(part);
                let hits = Hits { first: hits.first.map(|first| start + first), ..hits };
                self.note_numbers(file, "bytes", "", hits);
            }
        }
    }

    fn note_numbers(&mut self, file: &str, place: &str, part: &str, hits: Hits) {
        let first = hits.first.map(|byte| format!("{part}byte {byte}")).unwrap_or_default();
        self.note(file, place, first, (FoundKind::IdNumber, hits.count));
    }

    fn note(&mut self, file: &str, place: &str, first: String, (kind, count): (FoundKind, u64)) {
        if count > 0 {
            self.found.push(Found { file: file.to_owned(), place: place.to_owned(), first, kind, count });
        }
    }
}

/// Whether readers outside the hub's operators get the file.
fn is_published(file: &str) -> bool {
    file.contains("/statistics/")
}
