//! Looks for link keys where a hub might hold or name one.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::error::PipelineError;

/// A key file has a few hundred bytes; what is longer is data.
const LONGEST_KEY_FILE: u64 = 16 * 1024;

/// Folders of the vault that this program alone writes, file by file from rows.
const ROWS: [&str; 2] = ["vault/spine", "vault/staged"];

#[derive(Deserialize)]
struct AnyKey {
    #[serde(rename = "use")]
    key_use: String,
}

pub(super) fn refuse_in_environment(
    environment: impl Iterator<Item = (OsString, OsString)>,
) -> Result<(), PipelineError> {
    for (name, value) in environment {
        let name = name.to_string_lossy();
        let named_file = name.starts_with("YILIAN") && file_is_link_key(Path::new(&value));
        if is_link_key(value.to_string_lossy().as_bytes()) || named_file {
            return Err(PipelineError::LinkKeyAtHub { place: format!("environment variable {name}") });
        }
    }
    Ok(())
}

pub(super) fn refuse_in_text(text: &str, root: &Path, file: &Path) -> Result<(), PipelineError> {
    let Ok(document) = serde_saphyr::from_str::<serde_json::Value>(text) else {
        return Ok(());
    };
    let mut open = vec![&document];
    while let Some(value) = open.pop() {
        match value {
            serde_json::Value::String(setting)
                if is_link_key(setting.as_bytes()) || file_is_link_key(&root.join(setting)) =>
            {
                return Err(PipelineError::LinkKeyAtHub { place: format!("a setting of {}", file.display()) });
            }
            serde_json::Value::Array(items) => open.extend(items),
            serde_json::Value::Object(fields) => open.extend(fields.values()),
            _ => {}
        }
    }
    Ok(())
}

/// Searches a site but its store and [`ROWS`], which may hold very many files, by their exact paths: a folder of such a
/// name elsewhere is somebody's.
pub(super) fn refuse_in_site(root: &Path, storage: &str) -> Result<(), PipelineError> {
    let not_searched: Vec<PathBuf> = ROWS.into_iter().chain([storage]).map(|folder| root.join(folder)).collect();
    refuse_in_folder(root, &not_searched)
}

/// Searches a folder in which files arrive; one that is not there holds no key.
pub(crate) fn refuse_in_inbox(inbox: &Path) -> Result<(), PipelineError> {
    if inbox.is_dir() { refuse_in_folder(inbox, &[]) } else { Ok(()) }
}

fn refuse_in_folder(root: &Path, not_searched: &[PathBuf]) -> Result<(), PipelineError> {
    let mut open = vec![root.to_owned()];
    while let Some(folder) = open.pop() {
        let entries = fs::read_dir(&folder).map_err(PipelineError::io("read", &folder))?;
        for entry in entries {
            let entry = entry.map_err(PipelineError::io("read", &folder))?;
            let path = entry.path();
            let kind = entry.file_type().map_err(PipelineError::io("read", &path))?;
            if kind.is_dir() {
                if !not_searched.contains(&path) {
                    open.push(path);
                }
            } else if file_is_link_key(&path) {
                return Err(PipelineError::LinkKeyAtHub { place: path.display().to_string() });
            }
        }
    }
    Ok(())
}

fn file_is_link_key(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| found.is_file() && found.len() <= LONGEST_KEY_FILE)
        && fs::read(path).is_ok_and(|content| is_link_key(&content))
}

fn is_link_key(content: &[u8]) -> bool {
    content.trim_ascii_start().starts_with(b"{")
        && serde_json::from_slice::<AnyKey>(content).is_ok_and(|key| key.key_use == "link")
}
