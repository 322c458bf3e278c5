use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::FilesError;

/// A file that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Where it lies.
    pub file: PathBuf,
    /// Its path in the folder of its readers, with `/` between the parts.
    pub path: String,
    /// Its length.
    pub bytes: u64,
    /// SHA-256 of its bytes in 64 hexadecimal digits.
    pub sha256: String,
}

/// A folder that is being filled; what stands in it already is kept.
pub(super) struct Folder {
    root: PathBuf,
    written: Vec<Written>,
}

impl Folder {
    pub(super) fn create(root: &Path) -> Result<Self, FilesError> {
        create_folder(root)?;
        Ok(Self { root: root.to_owned(), written: Vec::new() })
    }

    /// Writes a new file; folders on the way are made.
    pub(super) fn put(&mut self, path: &str, bytes: &[u8]) -> Result<(), FilesError> {
        let file = self.root.join(path);
        if let Some(folder) = file.parent() {
            create_folder(folder)?;
        }
        write_new(&file, bytes)?;
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.written.push(Written { file, path: path.to_owned(), bytes: length, sha256: sha256(bytes) });
        Ok(())
    }

    pub(super) fn written(&self) -> &[Written] {
        &self.written
    }

    /// By path.
    pub(super) fn into_written(mut self) -> Vec<Written> {
        self.written.sort_by(|one, other| one.path.cmp(&other.path));
        self.written
    }
}

fn create_folder(folder: &Path) -> Result<(), FilesError> {
    let failed = |source| FilesError::File { action: "create", path: folder.to_owned(), source };
    fs::create_dir_all(folder).map_err(failed)
}

/// Writes a file that must not exist.
pub(super) fn write_new(file: &Path, bytes: &[u8]) -> Result<(), FilesError> {
    let failed = |source| FilesError::File { action: "write", path: file.to_owned(), source };
    let mut open = OpenOptions::new().write(true).create_new(true).open(file).map_err(failed)?;
    open.write_all(bytes).map_err(failed)
}

pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}
