//! Sorts the records and writes `data.parquet` and `rows.parquet`.

mod columns;
mod order;
mod table;

use std::fs::{File, OpenOptions};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use arrow::datatypes::SchemaRef;

use crate::IntakeError;
use crate::layout::Layout;
use crate::progress::{Progress, Stage};
use crate::source::SourceFacts;
use crate::spill::{PARTITIONS, Spill};

pub(crate) use order::Texts;
use order::{Slice, groups, sort};
use table::Target;

/// Rows handed to the writer at a time; the bytes of the file depend on it.
const BATCH: usize = 8192;
/// Rows of a row group.
const GROUP: usize = 16 * BATCH;
/// Row groups that are encoded side by side at most.
const GROUPS_AT_ONCE: usize = 4;

/// What is to be written.
pub(crate) struct Output<'a> {
    pub(crate) layout: &'a Layout,
    pub(crate) schema: SchemaRef,
    pub(crate) texts: &'a Texts,
    pub(crate) facts: &'a SourceFacts,
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

/// Calls `work` for each item on several threads; the results are in the order of the items.
pub(crate) fn in_parallel<T: Sync, R: Send>(
    items: &[T],
    threads: usize,
    work: impl Fn(&T) -> Result<R, IntakeError> + Sync,
) -> Result<Vec<R>, IntakeError> {
    let next = AtomicUsize::new(0);
    let results: Mutex<Vec<(usize, Result<R, IntakeError>)>> = Mutex::new(Vec::with_capacity(items.len()));
    let one_thread = || {
        while let Some((at, item)) =
            Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|at| Some((at, items.get(at)?)))
        {
            let result = work(item);
            results.lock().unwrap_or_else(PoisonError::into_inner).push((at, result));
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads.min(items.len()) {
            scope.spawn(one_thread);
        }
        one_thread();
    });
    let mut results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    results.sort_unstable_by_key(|(at, _)| *at);
    results.into_iter().map(|(_, result)| result).collect()
}

/// Writes all records of the threads' spills.
pub(crate) fn write(output: &Output<'_>, spills: Vec<Spill>, rows: u64) -> Result<(), IntakeError> {
    output.progress.start(Stage::Write, rows);
    let mut data = Target::data(output)?;
    let mut row_map = Target::rows(output)?;
    let spills = Mutex::new(spills);
    let mut waiting: Vec<Slice> = Vec::new();
    let mut first_row = 0;
    let mut next = 0;
    while next < PARTITIONS || !waiting.is_empty() {
        let mut loaded = Vec::new();
        let mut bytes = 0;
        while next < PARTITIONS && bytes < GROUPS_AT_ONCE * GROUP * output.layout.width {
            let records = load(&spills, next)?;
            bytes += records.len();
            loaded.push(Mutex::new(records));
            next += 1;
        }
        let sorted = in_parallel(&loaded, output.threads, |records| {
            let records = std::mem::take(&mut *records.lock().unwrap_or_else(PoisonError::into_inner));
            sort(output, records)
        })?;
        for sorted in sorted {
            let range = 0..sorted.order.len();
            if !range.is_empty() {
                waiting.push(Slice { sorted: Arc::new(sorted), range });
            }
        }
        let groups = groups(&mut waiting, &mut first_row, next == PARTITIONS, data.groups);
        let encoded = in_parallel(&groups, output.threads, |group| {
            let both = (data.encode(output, group)?, row_map.encode_rows(output, group)?);
            output.progress.advance(group.rows as u64);
            Ok(both)
        })?;
        drop(groups);
        for (chunks, row_chunks) in encoded {
            data.append(chunks)?;
            row_map.append(row_chunks)?;
        }
    }
    data.close()?;
    row_map.close()
}

fn load(spills: &Mutex<Vec<Spill>>, partition: usize) -> Result<Vec<u8>, IntakeError> {
    let mut records = Vec::new();
    for spill in spills.lock().unwrap_or_else(PoisonError::into_inner).iter_mut() {
        spill.take(partition, &mut records)?;
    }
    Ok(records)
}
