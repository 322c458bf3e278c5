//! Segments: files of the vault that are only ever added to, each named by its content (`design.md` 5.2).
//!
//! A segment counts only once a publication names it, so a failed run leaves no trace.

use std::fs;
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use yilian_delivery::sha256_hex;

use super::RunError;
use super::table_file::to_parquet;
use crate::files;

/// The file of a segment.
pub(crate) fn path(folder: &Path, segment: &str) -> PathBuf {
    folder.join(format!("{segment}.parquet"))
}

/// Keeps rows as one segment and makes sure that it outlives a loss of power; gives its name.
pub(crate) fn keep(folder: &Path, prefix: &str, rows: &RecordBatch, what: &str) -> Result<String, RunError> {
    let content = to_parquet(rows, what)?;
    let name = format!("{prefix}{}", sha256_hex(&content));
    fs::create_dir_all(folder).map_err(RunError::io("create", folder))?;
    let file = path(folder, &name);
    fs::write(&file, content).map_err(RunError::io("write", &file))?;
    // The folder may be new, too.
    for path in [Some(file.as_path()), Some(folder), folder.parent()].into_iter().flatten() {
        files::sync(path).map_err(RunError::io("write", path))?;
    }
    Ok(name)
}
