//! The files of a version: what stands in [`ReleasedTable`]s as Parquet, CSV, SDMX-CSV, a workbook and a Data Package, with
//! the checksums of a folder and a search for numbers that should not be in it.
//!
//! Every format is written from the same rows in the same order, and from nothing else. A value that is withheld is gone
//! before anything is built: no buffer, page, dictionary or statistic has ever held it.

mod columns;
mod csv_file;
mod error;
mod folder;
mod metadata;
mod package;
mod parquet_file;
mod rows;
mod scan;
mod sdmx;
mod sums;
#[cfg(test)]
mod tests;
mod version;
mod words;
mod workbook;

use std::path::Path;

pub use error::{FilesError, RowDefect};
pub use folder::Written;
pub use scan::{Found, FoundIn, Marker, Markers, Scan, scan};
pub use sums::{Difference, SUMS, SUMS_SIGNATURE, verify_sums, write_sums};
pub use version::Version;

use crate::table::ReleasedTable;
use folder::Folder;
pub(crate) use folder::sha256 as sha256_of;
use rows::Checked;
use version::Readers;

/// Writes the tables of a version: those for everybody into `public`, those for internal use into `restricted`.
///
/// Each folder is complete in itself and says what it holds in a `datapackage.json`; one without a table is not made. What is written is returned by path, first of `public`. The caller adds what else belongs to the version
/// and then calls [`write_sums`] for each folder.
///
/// # Errors
/// [`FilesError`]; a file that exists is never overwritten, and `restricted` may not lie within `public`.
pub fn write_version(
    tables: &[ReleasedTable],
    version: &Version,
    public: &Path,
    restricted: &Path,
) -> Result<Vec<Written>, FilesError> {
    version.check()?;
    if restricted.starts_with(public) {
        return Err(FilesError::RestrictedWithinPublic {
            restricted: restricted.to_owned(),
            public: public.to_owned(),
        });
    }
    let mut written = Vec::new();
    for (readers, root) in [(Readers::Everybody, public), (Readers::Inside, restricted)] {
        let theirs = tables.iter().filter(|table| Readers::of(&table.definition) == readers);
        let theirs = theirs.map(|table| Checked::new(table, version)).collect::<Result<Vec<_>, _>>()?;
        if !theirs.is_empty() {
            written.extend(write_folder(&theirs, version, readers, root)?);
        }
    }
    Ok(written)
}

fn write_folder(
    tables: &[Checked<'_>],
    version: &Version,
    readers: Readers,
    root: &Path,
) -> Result<Vec<Written>, FilesError> {
    let mut folder = Folder::create(root)?;
    for table in tables {
        let name = table.name();
        folder.put(&format!("data/{name}.parquet"), &parquet_file::bytes(table, version)?)?;
        folder.put(&format!("csv/{name}.csv"), &csv_file::bytes(table)?)?;
        folder.put(&format!("sdmx/{name}.csv"), &sdmx::data(table, version)?)?;
    }
    folder.put(sdmx::STRUCTURE, &sdmx::structure(tables, version)?)?;
    folder.put(workbook::FILE, &workbook::bytes(tables, version, (readers, root))?)?;
    let package = package::bytes(tables, version, readers, folder.written())?;
    folder.put(package::FILE, &package)?;
    Ok(folder.into_written())
}
