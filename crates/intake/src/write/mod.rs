//! Sorts the records and writes `data.parquet` and `rows.parquet`.

mod columns;
mod order;
mod schedule;
mod table;

use std::fs::{File, OpenOptions};
use std::path::Path;

use arrow::datatypes::SchemaRef;

use crate::IntakeError;
use crate::layout::Layout;
use crate::progress::{Progress, Stage};
use crate::spill::Partitions;
use crate::tables::Tables;

pub(crate) use order::Texts;
use schedule::Schedule;
use table::Target;

/// Rows handed to the writer at a time; the bytes of the file depend on it.
const BATCH: usize = 8192;
/// Rows of a row group.
const GROUP: usize = 16 * BATCH;

/// What is to be written.
pub(crate) struct Output<'a> {
    pub(crate) layout: &'a Layout,
    pub(crate) schema: SchemaRef,
    pub(crate) texts: &'a Texts,
    /// SHA-256 of the source, in hex.
    pub(crate) digest: &'a str,
    pub(crate) tables: &'a Tables,
    pub(crate) data: &'a Path,
    pub(crate) rows: &'a Path,
    pub(crate) threads: usize,
    pub(crate) progress: &'a dyn Progress,
}

/// A new file that only its owner can read; an older one is replaced.
pub(crate) fn private_file(path: &Path) -> Result<File, IntakeError> {
    let failed = |source| IntakeError::Output { path: path.to_owned(), source };
    match std::fs::remove_file(path) {
        Ok(()) => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(source) => return Err(failed(source)),
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(failed)
}

/// Writes all records in order; neither the bytes nor the memory depend on the number of threads.
pub(crate) fn write(output: &Output<'_>, partitions: &Partitions, rows: u64) -> Result<(), IntakeError> {
    output.progress.start(Stage::Write, rows);
    let schedule = Schedule::new(output, partitions, (Target::data(output)?, Target::rows(output)?));
    std::thread::scope(|scope| {
        for _ in 1..output.threads {
            scope.spawn(|| schedule.work());
        }
        schedule.work();
    });
    let (data, rows) = schedule.finish()?;
    data.close()?;
    rows.close()
}
