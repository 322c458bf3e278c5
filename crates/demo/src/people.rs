//! Turns an ID number into the hub's person id the way a delivery does: link key, hub key, spine.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use arrow::array::{FixedSizeBinaryArray, Int64Array};
use yilian_token::{Key, KeyUse, Label, Token};

use crate::published::{column, read_parquet};
use crate::{DemoError, Offices};

/// The people whom one hub knows, by ID number.
///
/// Only a test or a demonstration can make this: it needs the link key of the departments and the vault of the hub.
pub struct People {
    link: Key,
    hub: Key,
    spine: HashMap<Token, i64>,
}

impl People {
    /// Reads both keys and the spine.
    ///
    /// # Errors
    /// Where a key or a file of the spine cannot be read.
    pub fn open(offices: &Offices) -> Result<Self, DemoError> {
        let link = key(&offices.link_key("civil_affairs"), KeyUse::Link)?;
        let hub = key(&offices.hub_key(), KeyUse::Hub)?;
        let spine = spine(&offices.hub().join("vault").join("spine"))?;
        Ok(Self { link, hub, spine })
    }

    /// The person with this ID number in its canonical form, 18 characters; `None` where the hub has never seen it.
    pub fn person_id(&self, id_number: &str) -> Option<i64> {
        let token = self.link.tokeniser(Label::Person).ok()?.token(&[id_number.as_bytes()]);
        let hub_token = self.hub.tokeniser(Label::HubPerson).ok()?.of_token(&token);
        self.spine.get(&hub_token).copied()
    }
}

/// The hub token of every person of a hub, by person id.
///
/// # Errors
/// Where a file of the spine cannot be read.
pub fn tokens_by_person(hub: &Path) -> Result<HashMap<i64, Token>, DemoError> {
    Ok(spine(&hub.join("vault").join("spine"))?.into_iter().map(|(token, person)| (person, token)).collect())
}

fn key(path: &Path, expected: KeyUse) -> Result<Key, DemoError> {
    Key::read(path, expected).map_err(|error| DemoError::Key { path: path.to_path_buf(), problem: error.to_string() })
}

fn spine(folder: &Path) -> Result<HashMap<Token, i64>, DemoError> {
    let mut people = HashMap::new();
    let entries = std::fs::read_dir(folder).map_err(DemoError::file(folder))?;
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "parquet"));
    files.sort();
    for path in files {
        for batch in read_parquet(&path)? {
            let tokens: &FixedSizeBinaryArray = column(&batch, "spine", "hub_token")?;
            let ids: &Int64Array = column(&batch, "spine", "person_id")?;
            for (row, id) in ids.iter().enumerate() {
                if let (Ok(token), Some(id)) = (Token::try_from(tokens.value(row)), id) {
                    people.insert(token, id);
                }
            }
        }
    }
    Ok(people)
}
