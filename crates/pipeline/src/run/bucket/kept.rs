//! What a bucket keeps of one night for the next: what each step's rows follow from, and the files of its tables.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use yilian_engine::TableName;

use super::super::RunError;
use super::super::contents::{Contents, Extent};
use super::super::model::children;
use crate::files;

const RECORD: &str = "steps.json";
/// Digits of the digest by which the name of a file tells what its rows follow from.
const DIGITS: usize = 32;

/// What is known of a step.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct KeptStep {
    /// What its rows follow from.
    pub(super) made_from: Contents,
    /// What its rows are.
    pub(super) contents: Contents,
    /// The files of its table; none for a step whose rows are not kept.
    pub(super) files: Vec<KeptFile>,
}

/// Name and length of a file.
pub(super) type KeptFile = (String, u64);

#[derive(Debug, Default, Serialize, Deserialize)]
struct Record {
    /// Which program, models, contracts and hub key the steps are of.
    form: String,
    steps: BTreeMap<String, KeptStep>,
}

/// A bucket's folder.
pub(crate) struct KeptBucket {
    folder: PathBuf,
    /// Whether a later night will ask.
    is_for_later: bool,
    before: Record,
    now: Record,
}

impl KeptBucket {
    /// Opens the folder of a bucket. Nothing of it counts where another `form` made it or a file is not as it was left;
    /// without a form there is no earlier night, and no later one.
    pub(super) fn open(folder: PathBuf, form: Option<&str>) -> Result<Self, RunError> {
        fs::create_dir_all(&folder).map_err(RunError::io("create", &folder))?;
        let before = fs::read(folder.join(RECORD)).ok().and_then(|text| serde_json::from_slice::<Record>(&text).ok());
        let is_whole = |record: &Record| {
            let mut files = record.steps.values().flat_map(|step| &step.files);
            Some(record.form.as_str()) == form
                && files.all(|(name, length)| fs::metadata(folder.join(name)).is_ok_and(|file| file.len() == *length))
        };
        let before = before.filter(is_whole).unwrap_or_default();
        let now = Record { form: form.unwrap_or_default().to_owned(), steps: BTreeMap::new() };
        Ok(Self { folder, is_for_later: form.is_some(), before, now })
    }

    /// Whether a night before left anything.
    pub(super) fn is_new(&self) -> bool {
        self.before.steps.is_empty()
    }

    pub(super) fn is_for_later(&self) -> bool {
        self.is_for_later
    }

    /// The step of the night before.
    pub(super) fn before(&self, name: &TableName) -> Option<&KeptStep> {
        self.before.steps.get(&name.to_string())
    }

    /// The file of those rows of a table that are meant, if all follow from `made_from`.
    pub(super) fn new_file(&self, name: &TableName, made_from: &Contents, extent: &Extent) -> PathBuf {
        let (meant, made_from) = (format!("{extent:?}"), made_from.of_extent(extent));
        let digest = Contents::following_from([self.now.form.as_str(), &meant, &made_from]);
        let digest: String = digest.chars().take(DIGITS).collect();
        self.folder.join(format!("{name}-{digest}.parquet"))
    }

    pub(super) fn path(&self, file: &str) -> PathBuf {
        self.folder.join(file)
    }

    /// Takes down a step of this night.
    pub(super) fn note(&mut self, name: &TableName, step: KeptStep) {
        self.now.steps.insert(name.to_string(), step);
    }

    /// What this night took down of a step.
    pub(super) fn now(&self, name: &TableName) -> Option<&KeptStep> {
        self.now.steps.get(&name.to_string())
    }

    /// Makes this night's the steps that the next one finds, and removes the files of the one before.
    ///
    /// Files are made sure of first: a loss of power must not leave a record of rows that are not there.
    pub(crate) fn finish(self) -> Result<(), RunError> {
        let Self { folder, is_for_later, before, now } = self;
        if !is_for_later {
            return Ok(());
        }
        let files_of = |record: &Record| -> BTreeSet<String> {
            record.steps.values().flat_map(|step| &step.files).map(|(name, _)| name.clone()).collect()
        };
        let (old, new) = (files_of(&before), files_of(&now));
        for name in new.difference(&old) {
            let file = folder.join(name);
            files::sync(&file).map_err(RunError::io("write", &file))?;
        }
        let record = folder.join(RECORD);
        files::replace_json(&record, &now).map_err(RunError::io("write", &record))?;
        for file in children(&folder)? {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            if name != RECORD && !new.contains(&*name) {
                files::remove(&file).map_err(RunError::io("remove", &file))?;
            }
        }
        Ok(())
    }
}

/// Name and length of a file.
pub(super) fn name_and_length(file: &Path) -> Result<KeptFile, RunError> {
    let length = fs::metadata(file).map_err(RunError::io("read", file))?.len();
    Ok((file.file_name().unwrap_or_default().to_string_lossy().into_owned(), length))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORM: Option<&str> = Some("form");

    fn name() -> TableName {
        TableName { schema: "work".to_owned(), table: "side".to_owned() }
    }

    /// A night that makes the table from `made_from`.
    fn night(folder: &Path, made_from: &str) -> PathBuf {
        let mut kept = KeptBucket::open(folder.to_owned(), FORM).unwrap();
        let made_from = Contents::Whole(made_from.to_owned());
        let file = kept.new_file(&name(), &made_from, &Extent::All);
        fs::write(&file, "rows").unwrap();
        let contents = made_from.clone();
        kept.note(&name(), KeptStep { made_from, contents, files: vec![name_and_length(&file).unwrap()] });
        kept.finish().unwrap();
        file
    }

    #[test]
    fn the_next_night_finds_the_steps_of_the_last_one_and_their_files_alone() {
        let folder = tempfile::tempdir().unwrap();
        let first = night(folder.path(), "first");
        let second = night(folder.path(), "second");
        assert!(!first.exists() && second.exists());
        let kept = KeptBucket::open(folder.path().to_owned(), FORM).unwrap();
        assert_eq!(kept.before(&name()).unwrap().made_from, Contents::Whole("second".to_owned()));
    }

    #[test]
    fn what_another_program_left_or_was_cut_short_counts_as_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let file = night(folder.path(), "rows");
        let is_new = |form| KeptBucket::open(folder.path().to_owned(), form).unwrap().is_new();
        assert!(!is_new(FORM) && is_new(Some("another form")) && is_new(None));
        fs::write(&file, "row").unwrap();
        assert!(is_new(FORM));
        fs::remove_file(&file).unwrap();
        assert!(is_new(FORM));
        night(folder.path(), "rows");
        fs::write(folder.path().join(RECORD), "{").unwrap();
        assert!(is_new(FORM));
    }

    #[test]
    fn a_run_that_keeps_nothing_leaves_no_record() {
        let folder = tempfile::tempdir().unwrap();
        KeptBucket::open(folder.path().to_owned(), None).unwrap().finish().unwrap();
        assert_eq!(children(folder.path()).unwrap(), Vec::<PathBuf>::new());
    }
}
