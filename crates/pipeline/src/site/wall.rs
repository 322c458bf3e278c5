//! Looks for link keys where a hub might hold or name one.

use std::ffi::OsString;
use std::fs;
use std::path::Path;

use serde::Deserialize;

use crate::error::PipelineError;

/// A key file has a few hundred bytes; what is longer is data.
const LONGEST_KEY_FILE: u64 = 16 * 1024;

/// Data folders, written by this program alone.
const DATA_FOLDERS: [&str; 4] = ["store", "inbox", "spine", "staged"];

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

pub(super) fn refuse_in_folder(root: &Path) -> Result<(), PipelineError> {
    let mut open = vec![root.to_owned()];
    while let Some(folder) = open.pop() {
        let entries = fs::read_dir(&folder).map_err(PipelineError::io("read", &folder))?;
        for entry in entries {
            let entry = entry.map_err(PipelineError::io("read", &folder))?;
            let path = entry.path();
            let kind = entry.file_type().map_err(PipelineError::io("read", &path))?;
            if kind.is_dir() {
                let name = entry.file_name();
                if !DATA_FOLDERS.iter().any(|data| name == *data) {
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
