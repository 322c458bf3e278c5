//! Which hub key a run works with, and how a change of the key ends (`design.md` 3).
//!
//! A publication names the check value of the key its spine is made with. So a run knows after a crash at any moment
//! which of two keys is in force: until a publication names the next one it is the old one, with everything as it was.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use yilian_token::{Key, KeyUse};

use super::RunError;
use super::generation::{Generations, STAGED_FOLDERS, parts};
use super::model::{children, children_if_any};
use super::name_spine;
use super::segment;
use super::spine::Subject;
use super::tombstones::{self, Tombstones};
use crate::files;
use crate::publication::{self, Publication};
use crate::site::Site;

/// The keys of one run.
pub(crate) struct Keys {
    /// Makes the hub tokens of this run.
    pub(crate) hub: Arc<Key>,
    /// Made the hub tokens of the spine that the run found, where that was another key.
    pub(crate) former: Option<Arc<Key>>,
    /// Makes the record keys of people seen for the first time.
    pub(crate) noise: Key,
}

impl Keys {
    /// Reads the keys, and brings a change that was published to its end.
    pub(crate) fn settle(site: &Site, previous: Option<&Publication>) -> Result<Self, RunError> {
        let noise = Key::read(&site.noise_key_file(), KeyUse::Noise).map_err(RunError::NoiseKey)?;
        let read = |file: &Path| Key::read(file, KeyUse::Hub).map(Arc::new);
        let made_with = previous.map(|publication| publication.inputs.hub_key.as_str());
        let next = site.next_hub_key_file();
        let next = if next.exists() { Some(read(&next)?) } else { None };
        if let (Some(next), Some(previous)) = (&next, previous)
            && made_with == Some(next.check_value().as_str())
        {
            finish(site, previous)?;
            return Ok(Self { hub: Arc::clone(next), former: None, noise });
        }
        let current = read(&site.hub_key_file())?;
        if let Some(wanted) = made_with.filter(|wanted| *wanted != current.check_value()) {
            return Err(RunError::AnotherHubKey { wanted: wanted.to_owned(), found: current.check_value() });
        }
        Ok(match next {
            Some(next) => Self { hub: next, former: made_with.map(|_| current), noise },
            None => Self { hub: current, former: None, noise },
        })
    }

    /// Ends a change of the hub key once `publication` names the next key; nothing to do where there is no change.
    pub(crate) fn settled(&self, site: &Site, publication: &Publication) -> Result<(), RunError> {
        if site.next_hub_key_file().exists() && publication.inputs.hub_key == self.hub.check_value() {
            finish(site, publication)?;
        }
        Ok(())
    }
}

/// Removes what the old key has made, then the old key. Whatever a crash leaves is removed by the next run: it finds the
/// next key's file until everything else is done.
fn finish(site: &Site, publication: &Publication) -> Result<(), RunError> {
    let vault = site.vault();
    publication::make_durable(site.store(), publication)?;
    let spines = Subject::ALL.map(|subject| subject.folder(&vault));
    for folder in spines.into_iter().chain([name_spine::folder(&vault), tombstones::folder(&vault)]) {
        let named = publication.inputs.spine.iter().map(|name| segment::path(&folder, name)).collect();
        remove_others(&folder, &named)?;
    }
    let tombstones = Tombstones::load(&vault, &publication.inputs.spine)?;
    let generations = Generations::new(&publication.inputs.hub_key, &publication.inputs.spine, &tombstones);
    let generations = generations.all();
    for folder in STAGED_FOLDERS {
        for dataset in children_if_any(&vault.join(folder))?.iter().filter(|path| path.is_dir()) {
            for file in children(dataset)? {
                let name = file.file_name().unwrap_or_default().to_string_lossy();
                if !parts(&name).is_some_and(|(_, generation)| generations.contains(generation)) {
                    files::remove(&file).map_err(RunError::io("remove", &file))?;
                }
            }
        }
    }
    let (next, current) = (site.next_hub_key_file(), site.hub_key_file());
    fs::rename(&next, &current).map_err(RunError::io("rename", &next))?;
    make_durable(&vault)
}

/// Removes every segment but those named, which are first made sure to outlive a loss of power.
fn remove_others(folder: &Path, named: &BTreeSet<PathBuf>) -> Result<(), RunError> {
    let (kept, others): (Vec<_>, Vec<_>) = children_if_any(folder)?.into_iter().partition(|file| named.contains(file));
    kept.iter().try_for_each(|file| make_durable(file))?;
    others.iter().try_for_each(|file| files::remove(file).map_err(RunError::io("remove", file)))
}

fn make_durable(path: &Path) -> Result<(), RunError> {
    files::sync(path).map_err(RunError::io("write", path))
}
