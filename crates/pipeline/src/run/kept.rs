//! `vault/kept`: what the buckets of one night leave for the next, so that a night computes what has changed.
//!
//! **Invariant:** no result depends on it. It holds rows about people, without a token that another office knows; a night
//! removes whatever of it no longer follows from what the vault holds.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::bucket::BucketFolders;
use super::contents::Contents;
use super::model::children_if_any;
use super::{Night, RunError};
use crate::files;
use crate::publication::{Inputs, TableFile};
use crate::site::Site;

/// Names what is kept: another name makes the next night compute everything.
const FORM: &str = "months apart";
/// Below the vault.
pub(crate) const FOLDER: &str = "kept";
const PUBLISHED: &str = "published.json";

impl BucketFolders {
    /// Below the folder of one run, for nobody else.
    pub(super) fn of_one_run(work: &Path) -> Self {
        Self { below: work.join("buckets"), form: None }
    }
}

/// Where so many buckets find what they left; what another number of buckets has left is removed.
pub(super) fn folders(night: &Night<'_>, buckets: u32) -> Result<BucketFolders, RunError> {
    let folder = night.site.vault().join(FOLDER);
    let of_these = folder.join(buckets.to_string());
    for other in children_if_any(&folder)?.into_iter().filter(|path| path.is_dir() && *path != of_these) {
        fs::remove_dir_all(&other).map_err(RunError::io("remove", &other))?;
    }
    Ok(BucketFolders { below: of_these, form: Some(form(night)) })
}

/// How many buckets the night before had, if it left anything.
pub(super) fn buckets(site: &Site) -> Option<u32> {
    let folders = children_if_any(&site.vault().join(FOLDER)).ok()?;
    folders.iter().find_map(|folder| folder.file_name()?.to_str()?.parse().ok())
}

/// Which program, models, contracts and hub key make what is kept: of another form nothing counts.
fn form(night: &Night<'_>) -> String {
    let Inputs { program, schemas, hub_key, .. } = night.inputs;
    Contents::following_from([FORM, program, schemas, hub_key])
}

/// Removes everything.
pub(super) fn forget(site: &Site) -> Result<(), RunError> {
    let folder = site.vault().join(FOLDER);
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(RunError::io("remove", &folder))?;
    }
    Ok(())
}

/// Files of a publication by what their rows are, for the next one.
#[derive(Debug)]
pub(super) struct PublishedFiles {
    path: PathBuf,
    before: BTreeMap<String, TableFile>,
    now: Written,
}

#[derive(Debug, Serialize, Deserialize)]
struct Written {
    form: String,
    files: BTreeMap<String, TableFile>,
}

impl PublishedFiles {
    pub(super) fn open(night: &Night<'_>) -> Self {
        Self::of_form(night.site.vault().join(FOLDER).join(PUBLISHED), form(night))
    }

    fn of_form(path: PathBuf, form: String) -> Self {
        let before = fs::read(&path).ok().and_then(|text| serde_json::from_slice::<Written>(&text).ok());
        let before = before.filter(|before| before.form == form).map(|before| before.files).unwrap_or_default();
        Self { path, before, now: Written { form, files: BTreeMap::new() } }
    }

    /// A file of the publication before that has these rows.
    pub(super) fn find(&self, contents: &str) -> Option<&TableFile> {
        self.before.get(contents)
    }

    pub(super) fn note(&mut self, contents: String, file: TableFile) {
        self.now.files.insert(contents, file);
    }

    /// Lets the next publication find the files of this one.
    pub(super) fn finish(self) -> Result<(), RunError> {
        let Some(folder) = self.path.parent().filter(|folder| folder.exists()) else { return Ok(()) };
        files::replace_json(&self.path, &self.now).map_err(RunError::io("write", &self.path))?;
        files::sync(folder).map_err(RunError::io("write", folder))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_publication_finds_the_files_of_the_one_before_unless_another_program_wrote_them() {
        let folder = tempfile::tempdir().unwrap();
        let open = |form: &str| PublishedFiles::of_form(folder.path().join(PUBLISHED), form.to_owned());
        let file =
            TableFile { path: "runs/1/hub/person.parquet".to_owned(), bytes: 1, sha256: "ab".to_owned(), rows: 1 };
        let mut first = open("form");
        assert!(first.find("rows").is_none());
        first.note("rows".to_owned(), file);
        first.finish().unwrap();
        assert_eq!(open("form").find("rows").unwrap().path, "runs/1/hub/person.parquet");
        assert!(open("form").find("other rows").is_none() && open("another form").find("rows").is_none());
        let second = open("another form");
        second.finish().unwrap();
        assert!(open("form").find("rows").is_none());
    }
}
