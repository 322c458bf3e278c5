//! The folder of the demonstration: new, empty, or a former demonstration.

use std::fs;
use std::path::{Path, PathBuf};

use yilian_demo::DemoError;

/// Marks a folder as one that a demonstration may empty.
const MARKER: &str = ".yilian-demo";

/// Empties a former demonstration, or makes the folder; returns its absolute path.
///
/// # Errors
/// [`DemoError::NotADemo`] where the folder holds anything without the marker of a demonstration.
pub(crate) fn prepare(folder: &Path) -> Result<PathBuf, DemoError> {
    let marker = folder.join(MARKER);
    let is_empty = !folder.exists() || fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none());
    if !is_empty && !marker.is_file() {
        return Err(DemoError::NotADemo { folder: folder.to_path_buf() });
    }
    let file = |source| DemoError::File { path: folder.to_path_buf(), source };
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(file)?;
    }
    fs::create_dir_all(folder).map_err(file)?;
    fs::write(&marker, "Made by yilian-demo, which may empty this folder.\n").map_err(file)?;
    folder.canonicalize().map_err(file)
}
