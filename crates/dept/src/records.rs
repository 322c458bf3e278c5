//! The records of what was packed: row maps and rejects by dataset, period and sequence.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use yilian_contract::Period;

use crate::error::DeptError;

const UNDER_WAY: &str = ".packing-";
const LOCK: &str = "lock";
const ROW_MAP: &str = "rows.parquet";
/// In place of a sequence: the rejects of a file of which no delivery was made.
const REFUSED: &str = "refused";

/// A private folder that is locked while its owner lives and removed when it is dropped.
pub(crate) struct Workspace {
    folder: TempDir,
    lock: File,
}

impl Workspace {
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }
}

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
    pub(crate) fn workspace(&self) -> Result<Workspace, DeptError> {
        self.remove_abandoned()?;
        let made = || -> io::Result<Workspace> {
            let folder = private(tempfile::Builder::new().prefix(UNDER_WAY)).tempdir_in(&self.folder)?;
            // It gets its name when it is locked, so that nobody takes it for an abandoned one in between.
            let (unnamed, named) = (folder.path().join("lock.new"), folder.path().join(LOCK));
            let lock = File::create(&unnamed)?;
            lock.lock()?;
            fs::rename(unnamed, named)?;
            Ok(Workspace { folder, lock })
        };
        made().map_err(DeptError::io("made", &self.folder))
    }

    /// Takes away what a killed program left: tokens that nobody will ever pack.
    fn remove_abandoned(&self) -> Result<(), DeptError> {
        for entry in fs::read_dir(&self.folder).map_err(DeptError::io("read", &self.folder))? {
            let path = entry.map_err(DeptError::io("read", &self.folder))?.path();
            let under_way =
                path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with(UNDER_WAY));
            // Whoever works there holds the lock until its end.
            if under_way && File::open(path.join(LOCK)).is_ok_and(|lock| lock.try_lock().is_ok()) {
                match fs::remove_dir_all(&path) {
                    // Its owner gave it the name under which it stays, between the look at its lock and now.
                    Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                    removed => removed.map_err(DeptError::io("removed", &path))?,
                }
            }
        }
        Ok(())
    }

    /// Keeps what was packed under its sequence; fails if that sequence has records already.
    pub(crate) fn keep(&self, workspace: Workspace, sequence: u32) -> Result<PathBuf, DeptError> {
        let folder = self.path(sequence);
        let Workspace { folder: work, lock } = workspace;
        fs::remove_file(work.path().join(LOCK)).map_err(DeptError::io("removed", work.path()))?;
        fs::rename(work.path(), &folder).map_err(DeptError::io("made", &folder))?;
        drop(lock);
        // The folder has its new name: there is nothing left to remove.
        let _ = work.keep();
        Ok(folder)
    }

    /// Keeps the rejects of a file of which no delivery was made, in place of earlier ones.
    pub(crate) fn keep_refused(&self, rejects: &Path) -> Result<PathBuf, DeptError> {
        let folder = self.folder.join(format!("{}.{REFUSED}", self.partition));
        crate::site::private_folder(&folder)?;
        let file = folder.join("rejects.csv");
        fs::rename(rejects, &file).map_err(DeptError::io("written", &file))?;
        Ok(file)
    }

    /// Takes the rejects of an earlier, refused attempt away.
    pub(crate) fn forget_refused(&self) {
        // They are out of date; that they could not be removed harms nobody.
        let _ = fs::remove_dir_all(self.folder.join(format!("{}.{REFUSED}", self.partition)));
    }

    /// Where the records of `sequence` are.
    pub(crate) fn path(&self, sequence: u32) -> PathBuf {
        self.folder.join(format!("{}.{sequence}", self.partition))
    }
}

/// What was packed, or refused, last of one dataset and period.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Latest {
    pub(crate) dataset: String,
    pub(crate) period: Period,
    pub(crate) folder: PathBuf,
}

/// The newest records of every dataset and period below `folder`, in their order.
///
/// A file of which no delivery was made is newer than those that were packed before it.
pub(crate) fn latest(folder: &Path) -> Result<Vec<Latest>, DeptError> {
    newest(folder, u32::MAX)
}

/// The newest records of every dataset and period of which a delivery was made.
pub(crate) fn latest_packed(folder: &Path) -> Result<Vec<Latest>, DeptError> {
    newest(folder, u32::MAX - 1)
}

/// The newest records up to a version.
fn newest(folder: &Path, highest: u32) -> Result<Vec<Latest>, DeptError> {
    let mut found: BTreeMap<(String, Period), (u32, PathBuf)> = BTreeMap::new();
    for entry in fs::read_dir(folder).map_err(DeptError::io("read", folder))? {
        let path = entry.map_err(DeptError::io("read", folder))?.path();
        let Some((partition, version)) = path.file_name().and_then(|name| name.to_str()).and_then(partition) else {
            continue;
        };
        if version > highest {
            continue;
        }
        let newest = found.entry(partition).or_insert_with(|| (version, path.clone()));
        if newest.0 < version {
            *newest = (version, path);
        }
    }
    Ok(found.into_iter().map(|((dataset, period), (_, folder))| Latest { dataset, period, folder }).collect())
}

/// Every row map below `folder`.
pub(crate) fn row_maps(folder: &Path) -> Result<Vec<PathBuf>, DeptError> {
    let entries = fs::read_dir(folder).map_err(DeptError::io("read", folder))?;
    let maps = entries.filter_map(|entry| Some(entry.ok()?.path().join(ROW_MAP)));
    Ok(maps.filter(|map| map.is_file()).collect())
}

/// The records of a delivery.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Packed {
    pub(crate) dataset: String,
    pub(crate) period: Period,
    pub(crate) sequence: u32,
    pub(crate) folder: PathBuf,
}

impl Packed {
    pub(crate) fn row_map(&self) -> PathBuf {
        self.folder.join(ROW_MAP)
    }
}

/// The records of every delivery below `folder`, in their order.
pub(crate) fn packed(folder: &Path) -> Result<Vec<Packed>, DeptError> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(DeptError::io("read", folder))? {
        let folder = entry.map_err(DeptError::io("read", folder))?.path();
        let named = folder.file_name().and_then(|name| name.to_str()).and_then(partition);
        let Some(((dataset, period), sequence)) = named.filter(|(_, version)| *version != u32::MAX) else { continue };
        if folder.join(ROW_MAP).is_file() {
            found.push(Packed { dataset, period, sequence, folder });
        }
    }
    found.sort_unstable();
    Ok(found)
}

/// A line of a `rejects.csv`.
pub(crate) struct RejectLine {
    /// `None` where the line is about the whole file.
    pub(crate) row: Option<u64>,
    pub(crate) column: String,
    pub(crate) reason: String,
    pub(crate) what: String,
    /// Where the extract has several sheets, the row's.
    pub(crate) sheet: Option<String>,
}

impl RejectLine {
    /// The column, behind its sheet where there are several.
    pub(crate) fn place(&self) -> String {
        let parts = [self.sheet.as_deref().unwrap_or_default(), &self.column];
        parts.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join("：")
    }
}

/// The rejects that stand in the records of a delivery, or of a file that made none.
pub(crate) fn rejects(folder: &Path) -> Result<Vec<RejectLine>, DeptError> {
    let path = folder.join("rejects.csv");
    if !path.is_file() {
        return Ok(Vec::new());
    }
    let bytes = fs::read(&path).map_err(DeptError::io("read", &path))?;
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&bytes);
    let mut csv = csv::ReaderBuilder::new().flexible(true).from_reader(bytes);
    let line = |record: csv::StringRecord| {
        let cell = |at| record.get(at).unwrap_or_default().to_owned();
        let sheet = Some(cell(5)).filter(|sheet| !sheet.is_empty());
        RejectLine { row: cell(0).parse().ok(), column: cell(1), reason: cell(2), what: cell(3), sheet }
    };
    let unreadable = |_| DeptError::Configuration { file: path.clone(), reason: "it is not a list of rejects".into() };
    csv.records().map(|record| record.map(line).map_err(unreadable)).collect()
}

/// Dataset, period and version of a folder's name.
fn partition(name: &str) -> Option<((String, Period), u32)> {
    let (partition, version) = name.rsplit_once('.')?;
    let (dataset, period) = partition.split_once('.')?;
    let version = if version == REFUSED { u32::MAX } else { version.parse().ok()? };
    Some(((dataset.to_owned(), period.parse().ok()?), version))
}

#[cfg(unix)]
fn private<'a, 'b, 'c>(builder: &'c mut tempfile::Builder<'a, 'b>) -> &'c mut tempfile::Builder<'a, 'b> {
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700))
}

#[cfg(not(unix))]
fn private<'a, 'b, 'c>(builder: &'c mut tempfile::Builder<'a, 'b>) -> &'c mut tempfile::Builder<'a, 'b> {
    builder
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
    fn the_latest_of_a_partition_is_the_highest_sequence_or_a_later_refusal() {
        let folder = tempfile::tempdir().unwrap();
        for name in
            ["funeral.2025.2", "funeral.2025.10", "funeral.2024.1", "funeral.2024.refused", "feedback", ".packing-1"]
        {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        let latest = latest(folder.path()).unwrap();
        let names: Vec<_> = latest.iter().map(|one| one.folder.file_name().unwrap().to_str().unwrap()).collect();
        assert_eq!(names, ["funeral.2024.refused", "funeral.2025.10"]);
    }

    #[test]
    fn what_a_killed_program_left_is_removed_and_work_under_way_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let records = Records::new(folder.path().into(), "funeral", &"2025".parse().unwrap());
        let abandoned = folder.path().join(".packing-abandoned");
        fs::create_dir(&abandoned).unwrap();
        File::create(abandoned.join(LOCK)).unwrap();
        let first = records.workspace().unwrap();
        let second = records.workspace().unwrap();
        assert!(!abandoned.exists());
        assert!(first.path().exists() && second.path().exists());
        drop((first, second));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
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
