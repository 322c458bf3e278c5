//! Files that a crash, a loss of power or a second hand meets between two steps.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::Path;

use serde::Serialize;

/// Removes a file; one that is gone already is no error.
pub(crate) fn remove(file: &Path) -> io::Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Writes a document in the place of an earlier one, of which a loss of power leaves the one or the other whole.
pub(crate) fn replace_json<D: Serialize>(file: &Path, document: &D) -> io::Result<()> {
    let unfinished = file.with_extension("unfinished");
    fs::write(&unfinished, serde_json::to_vec(document).map_err(io::Error::other)?)?;
    sync(&unfinished)?;
    fs::rename(&unfinished, file)
}

/// Makes sure that a file, or the names in a folder, outlive a loss of power.
pub(crate) fn sync(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_takes_the_place_of_an_earlier_one_and_leaves_nothing_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.json");
        for document in [["longer than the next"], ["short"]] {
            replace_json(&file, &document).unwrap();
            assert_eq!(fs::read_to_string(&file).unwrap(), format!("[\"{}\"]", document[0]));
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_that_is_gone_already_is_removed_without_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a");
        fs::write(&file, "").unwrap();
        remove(&file).unwrap();
        remove(&file).unwrap();
        assert!(remove(folder.path()).is_err(), "a folder is no file");
    }
}
