//! `vault/kept`: what the buckets of one night leave for the next, so that a night computes what has changed.
//!
//! **Invariant:** no result depends on it. It holds rows about people, without a token that another office knows; a night
//! removes whatever of it no longer follows from what the vault holds.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

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
    let Inputs { program, schemas, hub_key, .. } = night.inputs;
    let form = Contents::following_from([FORM, program, schemas, hub_key]);
    Ok(BucketFolders { below: of_these, form: Some(form) })
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
#[derive(Debug, Default)]
pub(super) struct PublishedFiles {
    path: PathBuf,
    before: BTreeMap<String, TableFile>,
    now: BTreeMap<String, TableFile>,
}

impl PublishedFiles {
    pub(super) fn open(night: &Night<'_>) -> Self {
        let path = night.site.vault().join(FOLDER).join(PUBLISHED);
        let before = fs::read(&path).ok().and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default();
        Self { path, before, now: BTreeMap::new() }
    }

    /// A file of the publication before that has these rows.
    pub(super) fn find(&self, contents: &str) -> Option<&TableFile> {
        self.before.get(contents)
    }

    pub(super) fn note(&mut self, contents: String, file: TableFile) {
        self.now.insert(contents, file);
    }

    /// Lets the next publication find the files of this one.
    pub(super) fn finish(self) -> Result<(), RunError> {
        let Some(folder) = self.path.parent().filter(|folder| folder.exists()) else { return Ok(()) };
        files::replace_json(&self.path, &self.now).map_err(RunError::io("write", &self.path))?;
        files::sync(folder).map_err(RunError::io("write", folder))
    }
}
