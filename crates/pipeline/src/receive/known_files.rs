//! Files of the inbox that are known, told by what the file system says of them: an inbox of a year's deliveries need not be
//! read each night to find nothing new in it.
//!
//! It saves reading and proves nothing: a file without a record here, or with another stamp, is read and digested as ever.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::PipelineError;
use crate::files;

const FILE: &str = "inbox.json";

/// What stands in the vault of files whose content had been accepted when it was read.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct KnownFiles(BTreeMap<PathBuf, KnownFile>);

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct KnownFile {
    stamp: Stamp,
    sha256: String,
}

/// A file as it stands. The moment of its inode's last change is set by the system at every write, and by nobody else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stamp {
    device: u64,
    inode: u64,
    bytes: u64,
    changed: (i64, i64),
}

impl Stamp {
    pub(super) fn of(file: &Path) -> io::Result<Self> {
        let found = fs::metadata(file)?;
        let changed = (found.ctime(), found.ctime_nsec());
        Ok(Self { device: found.dev(), inode: found.ino(), bytes: found.len(), changed })
    }

    pub(super) fn bytes(self) -> u64 {
        self.bytes
    }
}

impl KnownFiles {
    /// What the last command left in `vault`; nothing where there is no such file, or none that can be read.
    pub(super) fn load(vault: &Path) -> Self {
        let content = fs::read(vault.join(FILE)).unwrap_or_default();
        serde_json::from_slice(&content).unwrap_or_default()
    }

    /// The SHA-256 of a file that stands as it did when it was read.
    pub(super) fn sha256(&self, file: &Path, stamp: Stamp) -> Option<&str> {
        self.0.get(file).filter(|known| known.stamp == stamp).map(|known| known.sha256.as_str())
    }

    /// Leaves in `vault`, in place of these, those of the files `met` in this inbox whose content is accepted.
    ///
    /// # Errors
    /// [`PipelineError::Io`] where the vault cannot be written.
    pub(super) fn keep(
        &self,
        vault: &Path,
        met: impl IntoIterator<Item = (PathBuf, Stamp, String)>,
        accepted: &BTreeSet<String>,
    ) -> Result<(), PipelineError> {
        let known = met.into_iter().filter(|(_, _, sha256)| accepted.contains(sha256));
        let known = Self(known.map(|(file, stamp, sha256)| (file, KnownFile { stamp, sha256 })).collect());
        if known == *self {
            return Ok(());
        }
        let file = vault.join(FILE);
        files::replace_json(&file, &known).map_err(PipelineError::io("write", &file))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keep(vault: &Path, file: &Path, accepted: &[&str]) {
        let met = [(file.to_owned(), Stamp::of(file).unwrap(), "a".to_owned())];
        KnownFiles::default().keep(vault, met, &accepted.iter().map(|sha256| (*sha256).to_owned()).collect()).unwrap();
    }

    #[test]
    fn a_file_is_known_until_anything_of_it_changes() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "content").unwrap();
        keep(folder.path(), &file, &["a", "b"]);
        let known = KnownFiles::load(folder.path());
        assert_eq!(known.sha256(&file, Stamp::of(&file).unwrap()), Some("a"));
        let modified = fs::metadata(&file).unwrap().modified().unwrap();
        fs::write(&file, "CONTENT").unwrap();
        fs::File::options().append(true).open(&file).unwrap().set_modified(modified).unwrap();
        assert_eq!(known.sha256(&file, Stamp::of(&file).unwrap()), None, "the same length and time of writing");
    }

    #[test]
    fn a_file_whose_content_was_not_accepted_is_not_kept() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "content").unwrap();
        keep(folder.path(), &file, &["b"]);
        assert_eq!(KnownFiles::load(folder.path()).sha256(&file, Stamp::of(&file).unwrap()), None);
    }

    #[test]
    fn a_damaged_record_is_none() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(FILE), "{").unwrap();
        assert_eq!(KnownFiles::load(folder.path()), KnownFiles::default());
    }
}
