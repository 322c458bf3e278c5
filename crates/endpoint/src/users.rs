//! Who may log in (`users.json`): names, roles, and what verifies their passwords.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use yilian_access::Role;
use zeroize::Zeroizing;

use crate::error::EndpointError;
use crate::scram::Verifier;

/// A password has at least so many characters.
pub const SHORTEST_PASSWORD: usize = 12;
const LONGEST_NAME: usize = 63;

/// The file of users; only its owner may read it.
pub struct Users {
    file: PathBuf,
    users: BTreeMap<String, User>,
}

#[derive(Clone, Serialize, Deserialize)]
struct User {
    role: String,
    #[serde(flatten)]
    verifier: Verifier,
}

impl Users {
    /// Reads the file; one that is not there yet has no users.
    ///
    /// # Errors
    /// [`EndpointError::File`] where it cannot be read, [`EndpointError::Users`] where it is not what was written, and
    /// [`EndpointError::Open`] where others can read it.
    pub fn load(file: &Path) -> Result<Self, EndpointError> {
        let users = match fs::read(file) {
            Ok(bytes) => {
                let bytes = Zeroizing::new(bytes);
                let mode = fs::metadata(file).map_err(EndpointError::file(file))?.permissions().mode();
                if mode & 0o077 != 0 {
                    return Err(EndpointError::Open { file: file.to_owned() });
                }
                serde_json::from_slice(&bytes).map_err(|_| EndpointError::Users { file: file.to_owned() })?
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => BTreeMap::new(),
            Err(error) => return Err(EndpointError::file(file)(error)),
        };
        Ok(Self { file: file.to_owned(), users })
    }

    /// Adds a user, or gives one that is there another password and role.
    ///
    /// # Errors
    /// [`EndpointError::Name`] and [`EndpointError::Password`] for what cannot be one.
    pub fn add(&mut self, name: &str, role: Role, password: &str) -> Result<(), EndpointError> {
        let is_name = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '.' | '-' | '@');
        if name.is_empty() || name.len() > LONGEST_NAME || !name.chars().all(is_name) {
            return Err(EndpointError::Name);
        }
        if password.chars().count() < SHORTEST_PASSWORD || password.contains(name) {
            return Err(EndpointError::Password);
        }
        let verifier = Verifier::of_password(password).map_err(|_| EndpointError::Randomness)?;
        self.users.insert(name.to_owned(), User { role: role.as_str().to_owned(), verifier });
        self.write()
    }

    /// Removes a user; whether there was one.
    ///
    /// # Errors
    /// [`EndpointError::File`] where the file cannot be written.
    pub fn remove(&mut self, name: &str) -> Result<bool, EndpointError> {
        let was_there = self.users.remove(name).is_some();
        if was_there {
            self.write()?;
        }
        Ok(was_there)
    }

    /// Names and roles, in order.
    pub fn list(&self) -> impl Iterator<Item = (&str, &str)> {
        self.users.iter().map(|(name, user)| (name.as_str(), user.role.as_str()))
    }

    /// What verifies a user's password, and the role.
    pub(crate) fn find(&self, name: &str) -> Option<(Role, Verifier)> {
        let user = self.users.get(name)?;
        Some((user.role.parse().ok()?, user.verifier.clone()))
    }

    /// Beside the old one first, so that a crash leaves one of the two.
    fn write(&self) -> Result<(), EndpointError> {
        let failed = EndpointError::file(&self.file);
        let bytes = serde_json::to_vec_pretty(&self.users).map(Zeroizing::new);
        let bytes = bytes.map_err(|_| EndpointError::Users { file: self.file.clone() })?;
        let beside = self.file.with_extension("json.new");
        let write = || -> std::io::Result<()> {
            let mut new = private(&beside)?;
            new.write_all(&bytes)?;
            new.sync_all()?;
            fs::rename(&beside, &self.file)
        };
        write().map_err(failed)
    }
}

/// A file that only its owner may read, emptied if it is there.
pub(crate) fn private(path: &Path) -> std::io::Result<File> {
    let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.set_permissions(fs::Permissions::from_mode(0o600))?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_added_changed_and_removed() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("users.json");
        let mut users = Users::load(&file).unwrap();
        users.add("wang.fang", Role::Statistician, "correct horse battery").unwrap();
        users.add("wang.fang", Role::Operator, "correct horse battery").unwrap();
        let again = Users::load(&file).unwrap();
        assert_eq!(again.list().collect::<Vec<_>>(), [("wang.fang", "operator")]);
        let text = fs::read_to_string(&file).unwrap();
        assert!(!text.contains("correct"), "{text}");
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(users.remove("wang.fang").unwrap());
        assert!(!users.remove("wang.fang").unwrap());
    }

    #[test]
    fn a_short_password_and_a_strange_name_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let mut users = Users::load(&folder.path().join("users.json")).unwrap();
        let add = |users: &mut Users, name: &str, password: &str| users.add(name, Role::Release, password).err();
        assert!(matches!(add(&mut users, "a", "eleven char"), Some(EndpointError::Password)));
        assert!(matches!(add(&mut users, "longname", "longname1234"), Some(EndpointError::Password)));
        assert!(matches!(add(&mut users, "a b", "correct horse battery"), Some(EndpointError::Name)));
    }

    #[test]
    fn a_file_that_others_can_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("users.json");
        fs::write(&file, "{}").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(Users::load(&file), Err(EndpointError::Open { .. })));
    }
}
