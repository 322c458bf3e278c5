//! The folder of the demonstration: new, empty, or a former demonstration.

use std::fs;
use std::path::{Path, PathBuf};

use yilian_demo::DemoError;

/// Marks a folder as one that a demonstration may empty.
const MARKER: &str = ".yilian-demo";

/// A folder that a demonstration may empty.
pub(crate) struct Vacant(PathBuf);

impl Vacant {
    /// Looks at the folder and changes nothing.
    ///
    /// # Errors
    /// [`DemoError::NotADemo`] where the folder holds anything without the marker of a demonstration.
    pub(crate) fn check(folder: &Path) -> Result<Self, DemoError> {
        let is_empty = !folder.exists() || fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none());
        if is_empty || folder.join(MARKER).is_file() {
            Ok(Self(folder.to_path_buf()))
        } else {
            Err(DemoError::NotADemo { folder: folder.to_path_buf() })
        }
    }

    /// Removes a former demonstration, makes the folder, and returns its absolute path.
    ///
    /// # Errors
    /// Where the folder cannot be emptied or made.
    pub(crate) fn prepare(self) -> Result<PathBuf, DemoError> {
        let folder = self.0;
        let file = |source| DemoError::File { path: folder.clone(), source };
        if folder.exists() {
            fs::remove_dir_all(&folder).map_err(file)?;
        }
        fs::create_dir_all(&folder).map_err(file)?;
        fs::write(folder.join(MARKER), "Made by yilian-demo, which may empty this folder.\n").map_err(file)?;
        folder.canonicalize().map_err(file)
    }
}
