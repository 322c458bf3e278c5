use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::path::Path;

use super::FilesError;
use super::folder::{sha256, write_new};

/// The list of checksums of a folder, as `sha256sum --check` reads it.
pub const SUMS: &str = "SHA256SUMS";
/// Its signature, which the list cannot hold.
pub const SUMS_SIGNATURE: &str = "SHA256SUMS.minisig";

/// How a folder differs from its list.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Difference {
    /// Listed and not there.
    Missing(String),
    /// Listed, and its bytes are others.
    Changed(String),
    /// There and not listed.
    Unlisted(String),
}

/// Writes the checksums of every file of a folder, in the order of their paths, and gives the bytes that are to be signed.
///
/// # Errors
/// [`FilesError::File`], also where the list exists; [`FilesError::Unlistable`].
pub fn write_sums(folder: &Path) -> Result<Vec<u8>, FilesError> {
    let mut list = String::new();
    for path in files(folder)? {
        let sum = sha256(&read(&folder.join(&path))?);
        list.extend([sum.as_str(), "  ", &path, "\n"]);
    }
    write_new(&folder.join(SUMS), list.as_bytes())?;
    Ok(list.into_bytes())
}

/// Every difference between a folder and its list of checksums, in the order of paths; none if they agree.
///
/// A listed path is opened only if the folder holds it. The signature is for the caller to check.
///
/// # Errors
/// [`FilesError::File`], [`FilesError::SumsLine`], [`FilesError::Unlistable`].
pub fn verify_sums(folder: &Path) -> Result<Vec<Difference>, FilesError> {
    let listed = listed(&folder.join(SUMS))?;
    let found = files(folder)?;
    let mut differences = Vec::new();
    for (path, sum) in &listed {
        if !found.contains(path) {
            differences.push(Difference::Missing(path.clone()));
        } else if sha256(&read(&folder.join(path))?) != *sum {
            differences.push(Difference::Changed(path.clone()));
        }
    }
    let unlisted = found.into_iter().filter(|path| !listed.contains_key(path));
    differences.extend(unlisted.map(Difference::Unlisted));
    differences.sort_by(|one, other| one.path().cmp(other.path()));
    Ok(differences)
}

impl Difference {
    /// The path in the folder.
    pub fn path(&self) -> &str {
        match self {
            Self::Missing(path) | Self::Changed(path) | Self::Unlisted(path) => path,
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self {
            Self::Missing(_) => "is missing",
            Self::Changed(_) => "changed since it was made",
            Self::Unlisted(_) => "is not part of the version",
        };
        write!(formatter, "{}: {what}", self.path())
    }
}

fn listed(list: &Path) -> Result<BTreeMap<String, String>, FilesError> {
    let bytes = read(list)?;
    let mut sums = BTreeMap::new();
    for (line, number) in String::from_utf8_lossy(&bytes).lines().zip(1..) {
        let pair = line.split_once("  ").filter(|(sum, path)| is_sum(sum) && !path.is_empty());
        let repeated = pair.and_then(|(sum, path)| sums.insert(path.to_owned(), sum.to_owned()));
        if pair.is_none() || repeated.is_some() {
            return Err(FilesError::SumsLine { path: list.to_owned(), line: number });
        }
    }
    Ok(sums)
}

fn is_sum(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// Paths of all files in a folder but the list and its signature, with `/` between the parts.
pub(super) fn files(folder: &Path) -> Result<BTreeSet<String>, FilesError> {
    let mut found = BTreeSet::new();
    let mut folders = vec![(folder.to_owned(), String::new())];
    while let Some((folder, prefix)) = folders.pop() {
        let failed = |source| FilesError::File { action: "list", path: folder.clone(), source };
        for entry in fs::read_dir(&folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let unlistable = || FilesError::Unlistable { path: entry.path() };
            let name = entry.file_name().into_string().map_err(|_| unlistable())?;
            // `sha256sum` writes such names in another way.
            if name.contains(['\n', '\r', '\\']) {
                return Err(unlistable());
            }
            let path = format!("{prefix}{name}");
            let kind = entry.file_type().map_err(failed)?;
            if kind.is_dir() {
                folders.push((entry.path(), format!("{path}/")));
            } else if !kind.is_file() {
                // What a link leads to may change while the list does not.
                return Err(unlistable());
            } else if path != SUMS && path != SUMS_SIGNATURE {
                found.insert(path);
            }
        }
    }
    Ok(found)
}

pub(super) fn read(file: &Path) -> Result<Vec<u8>, FilesError> {
    fs::read(file).map_err(|source| FilesError::File { action: "read", path: file.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    fn folder() -> TempDir {
        let folder = TempDir::new().unwrap();
        fs::create_dir(folder.path().join("data")).unwrap();
        fs::write(folder.path().join("data/b.csv"), "abc").unwrap();
        fs::write(folder.path().join("a.txt"), "").unwrap();
        fs::write(folder.path().join("data.csv"), "x").unwrap();
        folder
    }

    #[test]
    fn the_list_names_every_file_once_in_the_order_of_paths() {
        let folder = folder();
        let list = String::from_utf8(write_sums(folder.path()).unwrap()).unwrap();
        // The sums of nothing and of `abc` stand in FIPS 180-4's examples.
        let lines: Vec<&str> = list.lines().collect();
        assert_eq!(lines[0], "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  a.txt");
        assert!(lines[1].ends_with("  data.csv"));
        assert_eq!(lines[2], "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  data/b.csv");
        assert_eq!(verify_sums(folder.path()).unwrap(), []);
        assert!(write_sums(folder.path()).is_err(), "nothing is overwritten");
    }

    #[test]
    fn every_kind_of_difference_is_named() {
        let folder = folder();
        write_sums(folder.path()).unwrap();
        fs::write(folder.path().join(SUMS_SIGNATURE), "signed").unwrap();
        assert_eq!(verify_sums(folder.path()).unwrap(), []);
        fs::write(folder.path().join("data/b.csv"), "abd").unwrap();
        fs::remove_file(folder.path().join("a.txt")).unwrap();
        fs::write(folder.path().join("data/c.csv"), "").unwrap();
        let differences = verify_sums(folder.path()).unwrap();
        let (changed, missing) = ("data/b.csv".to_owned(), "a.txt".to_owned());
        let unlisted = Difference::Unlisted("data/c.csv".to_owned());
        assert_eq!(differences, [Difference::Missing(missing), Difference::Changed(changed), unlisted]);
    }

    #[test]
    fn a_line_that_is_none_is_named_and_a_path_outside_is_never_opened() {
        let folder = folder();
        let sum = "0".repeat(64);
        for wrong in [format!("{sum} a.txt"), "abc  a.txt".to_owned(), format!("{sum}  a.txt\n{sum}  a.txt")] {
            fs::write(folder.path().join(SUMS), wrong).unwrap();
            assert!(matches!(verify_sums(folder.path()), Err(FilesError::SumsLine { .. })));
        }
        fs::write(folder.path().join(SUMS), format!("{sum}  ../outside\n")).unwrap();
        let differences = verify_sums(folder.path()).unwrap();
        assert!(differences.contains(&Difference::Missing("../outside".to_owned())));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_refused() {
        let folder = folder();
        std::os::unix::fs::symlink("/dev/null", folder.path().join("link")).unwrap();
        assert!(matches!(write_sums(folder.path()), Err(FilesError::Unlistable { .. })));
    }
}
