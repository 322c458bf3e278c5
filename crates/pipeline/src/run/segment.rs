//! Segments: files of the vault that are only ever added to, each named by its content (`design.md` 5.2).
//!
//! A segment counts only once a publication names it, so a failed run leaves no trace.

use std::fs::{self, File};
use std::io::{self, Write};
use std::iter;
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use sha2::{Digest, Sha256};

use super::RunError;
use super::table_file::{Packing, ROWS_AT_ONCE, TableWriter};
use super::threads::one_ahead;
use crate::files;

/// The file of a segment.
pub(crate) fn path(folder: &Path, segment: &str) -> PathBuf {
    folder.join(format!("{segment}.parquet"))
}

/// Keeps rows, which come in batches however cut, as one segment and makes sure that it outlives a loss of power; gives its
/// name.
///
/// What a run leaves that ended meanwhile bears no segment's name, and the next segment of the folder takes its place.
pub(crate) fn keep(
    folder: &Path,
    prefix: &str,
    schema: &SchemaRef,
    rows: impl Iterator<Item = Result<RecordBatch, RunError>> + Send,
    what: &str,
) -> Result<String, RunError> {
    fs::create_dir_all(folder).map_err(RunError::io("create", folder))?;
    let unfinished = folder.join(prefix).with_extension("unfinished");
    let digest = write(&unfinished, schema, rows, what).inspect_err(|_| {
        files::remove(&unfinished).ok();
    })?;
    let name = format!("{prefix}{digest}");
    fs::rename(&unfinished, path(folder, &name)).map_err(RunError::io("rename", &unfinished))?;
    // The folder may be new, too.
    for path in [Some(folder), folder.parent()].into_iter().flatten() {
        files::sync(path).map_err(RunError::io("write", path))?;
    }
    Ok(name)
}

/// Puts rows together to batches, so that a segment of any length costs no more memory; an error takes the place of the batch that it stands in.
pub(crate) fn batches<Row>(
    rows: impl Iterator<Item = Result<Row, RunError>>,
) -> impl Iterator<Item = Result<Vec<Row>, RunError>> {
    let mut rows = rows.peekable();
    iter::from_fn(move || {
        rows.peek()?;
        Some(rows.by_ref().take(ROWS_AT_ONCE).collect())
    })
}

/// Writes rows to a file and makes sure of it; gives the digest of its bytes.
fn write(
    file: &Path,
    schema: &SchemaRef,
    rows: impl Iterator<Item = Result<RecordBatch, RunError>> + Send,
    what: &str,
) -> Result<String, RunError> {
    let sink = File::create(file).map_err(RunError::io("create", file))?;
    let sink = Digesting { sink, digest: Sha256::new() };
    let mut writer = TableWriter::new(sink, schema, Packing::Published, what)?;
    // The HMACs and lookups of the next rows are made while these are encoded.
    one_ahead(rows, |batch| writer.write(batch))?;
    let (Digesting { sink, digest }, _) = writer.finish()?;
    sink.sync_all().map_err(RunError::io("write", file))?;
    Ok(hex::encode(digest.finalize()))
}

/// A sink that knows the digest of what went into it.
struct Digesting<Sink> {
    sink: Sink,
    digest: Sha256,
}

impl<Sink: Write> Write for Digesting<Sink> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.sink.write(bytes)?;
        self.digest.update(bytes.get(..written).unwrap_or(bytes));
        Ok(written)
    }
    fn flush(&mut self) -> io::Result<()> {
        self.sink.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, Int64Array, StringArray};
    use yilian_delivery::sha256_hex;

    use super::*;
    use crate::run::table_file::to_parquet;

    fn rows(count: i64) -> RecordBatch {
        let numbers: ArrayRef = Arc::new(Int64Array::from_iter_values(0..count));
        let texts: ArrayRef =
            Arc::new(StringArray::from_iter_values((0..count).map(|row| format!("text {}", row % 7))));
        RecordBatch::try_from_iter([("row_id", numbers), ("text", texts)]).unwrap()
    }

    /// Keeps rows cut after each so many.
    fn keep_cut(folder: &Path, rows: &RecordBatch, length: usize) -> String {
        let cuts = (0..rows.num_rows()).step_by(length);
        let batches = cuts.map(|from| Ok(rows.slice(from, length.min(rows.num_rows() - from))));
        keep(folder, "person-", &rows.schema(), batches, "test").unwrap()
    }

    fn files_of(folder: &Path) -> Vec<PathBuf> {
        fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect()
    }

    #[test]
    fn a_segment_has_the_same_name_and_bytes_however_its_rows_are_cut() {
        let vault = tempfile::tempdir().unwrap();
        let folder = vault.path().join("spine");
        // Several groups of rows of the file.
        let rows = rows(300_000);
        let whole = to_parquet(&rows, "test").unwrap();
        for length in [rows.num_rows(), 131_072, ROWS_AT_ONCE, 1000] {
            let name = keep_cut(&folder, &rows, length);
            assert_eq!(name, format!("person-{}", sha256_hex(&whole)));
            assert!(fs::read(path(&folder, &name)).unwrap() == whole);
        }
        assert_eq!(files_of(&folder).len(), 1);
    }

    #[test]
    fn what_a_run_left_in_the_midst_of_a_segment_is_gone_after_the_next_one() {
        let vault = tempfile::tempdir().unwrap();
        fs::write(vault.path().join("person-.unfinished"), vec![1; 1_000_000]).unwrap();
        let name = keep_cut(vault.path(), &rows(3), 3);
        assert_eq!(files_of(vault.path()), [path(vault.path(), &name)]);
    }

    #[test]
    fn rows_that_end_in_an_error_leave_nothing() {
        let vault = tempfile::tempdir().unwrap();
        let rows = rows(3);
        let batches = [Ok(rows.clone()), Err(RunError::Interrupted)].into_iter();
        let failed = keep(vault.path(), "person-", &rows.schema(), batches, "test");
        assert!(matches!(failed, Err(RunError::Interrupted)));
        assert!(files_of(vault.path()).is_empty());
    }
}
