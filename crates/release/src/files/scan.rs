//! Looks for given numbers in every byte of a folder, in every form that a file may hold a number in.
//!
//! Numbers of at least six digits that are in no published cell show whether withheld values are really gone: whoever makes
//! an invented release with such values withheld must find none of them.

mod markers;
mod parts;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::Path;

use bytes::Bytes;

use super::FilesError;
use super::sums::{self, SUMS, SUMS_SIGNATURE};
pub use markers::{Marker, Markers};
use parts::{Holds, Part};

/// What was looked at, and what was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scan {
    /// How many files.
    pub files: u64,
    /// How many bytes of them, as they lie on the disk.
    pub bytes: u64,
    /// How many parts of them were looked through: pages, members of archives, bytes between them.
    pub parts: u64,
    /// In the order of files.
    pub found: Vec<Found>,
}

/// A marker that was found, or a part that nobody can look into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Path in the folder.
    pub file: String,
    /// Column, member of an archive, or `bytes`.
    pub place: String,
    /// The place of the first marker found there among the markers; `None` where the part cannot be read.
    pub marker: Option<usize>,
    /// In which form it was found.
    pub form: FoundIn,
    /// How many were found there.
    pub count: u64,
}

/// In which form a marker was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FoundIn {
    /// Digits, with or without separators and decimals.
    Text,
    /// A whole number or a floating-point number in either order of bytes.
    Binary,
    /// The value of a column, however it is encoded.
    Value,
    /// The name of a file.
    Name,
    /// A file that begins like Parquet or an archive and cannot be read as one.
    Unreadable,
}

/// Looks through every file below a folder, also the list of checksums and its signature.
///
/// Parquet is read page by page with its dictionaries, and value by value; its statistics, indexes and metadata stand between
/// the columns and are read as bytes. Archives, as a workbook is one, are read member by member. All else is read as bytes.
///
/// # Errors
/// [`FilesError::File`], [`FilesError::Unlistable`]; a file that cannot be read as what it is is found, not an error.
pub fn scan(folder: &Path, markers: &Markers) -> Result<Scan, FilesError> {
    let mut scan = Scan::default();
    let mut files = sums::files(folder)?;
    files.extend([SUMS, SUMS_SIGNATURE].into_iter().filter(|name| folder.join(name).exists()).map(str::to_owned));
    for file in files {
        let bytes = Bytes::from(sums::read(&folder.join(&file))?);
        scan.files += 1;
        scan.bytes += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        scan.look(markers, &file, &bytes);
    }
    Ok(scan)
}

impl Scan {
    fn look(&mut self, markers: &Markers, file: &str, bytes: &Bytes) {
        let mut found: BTreeMap<(String, FoundIn), (Option<usize>, u64)> = BTreeMap::new();
        let mut note = |place: &str, form: FoundIn, marker: Option<usize>| {
            found.entry((place.to_owned(), form)).or_insert((marker, 0)).1 += 1;
        };
        markers.in_text(file.as_bytes(), |marker| note("name", FoundIn::Name, Some(marker)));
        let mut count = 0;
        let readable = parts::visit(bytes, &mut |part: Part<'_>| {
            let text = if part.holds == Holds::Value { FoundIn::Value } else { FoundIn::Text };
            markers.in_text(part.bytes, |marker| note(part.place, text, Some(marker)));
            if let Some(width) = part.holds.width() {
                count += 1;
                markers.in_numbers(part.bytes, width, |marker| note(part.place, FoundIn::Binary, Some(marker)));
            }
        });
        if readable.is_none() {
            note("bytes", FoundIn::Unreadable, None);
        }
        self.parts += count;
        self.found.extend(found.into_iter().map(|((place, form), (marker, count))| Found {
            file: file.to_owned(),
            place,
            marker,
            form,
            count,
        }));
    }
}
