//! Folders that live as long as what is done in them.

use std::path::{Path, PathBuf};

use super::RunError;

/// A folder that is emptied when a run begins and removed when it ends.
pub(crate) struct WorkFolder(PathBuf);

impl WorkFolder {
    pub(super) fn make(path: PathBuf) -> Result<Self, RunError> {
        if path.exists() {
            std::fs::remove_dir_all(&path).map_err(RunError::io("remove", &path))?;
        }
        std::fs::create_dir_all(&path).map_err(RunError::io("create", &path))?;
        Ok(Self(path))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for WorkFolder {
    fn drop(&mut self) {
        // What is left behind is removed when the next run begins.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
