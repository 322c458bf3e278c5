//! The records of what was packed: row maps and rejects by dataset, period and sequence.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use yilian_contract::Period;

use crate::error::DeptError;

/// The records of one dataset and period.
pub(crate) struct Records {
    folder: PathBuf,
    partition: String,
}

impl Records {
    pub(crate) fn new(folder: PathBuf, dataset: &str, period: &Period) -> Self {
        Self { folder, partition: format!("{dataset}.{period}") }
    }

    /// One more than the last sequence that was packed; 1 for the first.
    pub(crate) fn next_sequence(&self) -> Result<u32, DeptError> {
        let mut last = 0;
        for entry in fs::read_dir(&self.folder).map_err(DeptError::io("read", &self.folder))? {
            let entry = entry.map_err(DeptError::io("read", &self.folder))?;
            let name = entry.file_name();
            let sequence = name
                .to_str()
                .and_then(|name| name.strip_prefix(&self.partition)?.strip_prefix('.')?.parse::<u32>().ok());
            last = last.max(sequence.unwrap_or(0));
        }
        Ok(last.saturating_add(1))
    }

    /// A folder for work under way, beside the records; it is gone when it is dropped.
    pub(crate) fn workspace(&self) -> Result<TempDir, DeptError> {
        tempfile::Builder::new()
            .prefix(".packing-")
            .tempdir_in(&self.folder)
            .map_err(DeptError::io("made", &self.folder))
    }

    /// Keeps what was packed under its sequence; fails if that sequence has records already.
    pub(crate) fn keep(&self, workspace: TempDir, sequence: u32) -> Result<PathBuf, DeptError> {
        let folder = self.path(sequence);
        fs::rename(workspace.path(), &folder).map_err(DeptError::io("made", &folder))?;
        // The folder has its new name: there is nothing left to remove.
        let _ = workspace.keep();
        Ok(folder)
    }

    /// Keeps the rejects of a file of which no delivery was made, in place of earlier ones.
    pub(crate) fn keep_refused(&self, rejects: &Path) -> Result<PathBuf, DeptError> {
        let folder = self.folder.join(format!("{}.refused", self.partition));
        crate::site::private_folder(&folder)?;
        let file = folder.join("rejects.csv");
        fs::rename(rejects, &file).map_err(DeptError::io("written", &file))?;
        Ok(file)
    }

    /// Takes the rejects of an earlier, refused attempt away.
    pub(crate) fn forget_refused(&self) {
        // They are out of date; that they could not be removed harms nobody.
        let _ = fs::remove_dir_all(self.folder.join(format!("{}.refused", self.partition)));
    }

    /// Where the records of `sequence` are.
    pub(crate) fn path(&self, sequence: u32) -> PathBuf {
        self.folder.join(format!("{}.{sequence}", self.partition))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_sequence_is_one_more_than_the_last_of_that_partition() {
        let folder = tempfile::tempdir().unwrap();
        let records = |period: &str| Records::new(folder.path().into(), "ltci_benefit", &period.parse().unwrap());
        assert_eq!(records("2025").next_sequence().unwrap(), 1);
        for name in
            ["ltci_benefit.2025.2", "ltci_benefit.2025.10", "ltci_benefit.2025-01.11", "ltci_benefit.2025.refused"]
        {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        assert_eq!(records("2025").next_sequence().unwrap(), 11);
        assert_eq!(records("2025-01").next_sequence().unwrap(), 12);
    }

    #[test]
    fn a_sequence_with_records_is_never_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let records = Records::new(folder.path().into(), "funeral", &"2025".parse().unwrap());
        for attempt in 0..2 {
            let workspace = records.workspace().unwrap();
            fs::write(workspace.path().join("rows.parquet"), [attempt]).unwrap();
            assert_eq!(records.keep(workspace, 1).is_ok(), attempt == 0);
        }
        assert_eq!(fs::read(folder.path().join("funeral.2025.1/rows.parquet")).unwrap(), [0]);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
