//! Refuses a key of the hub wherever a department might hold or name one.

use std::ffi::OsString;
use std::fs;
use std::path::Path;

use serde::Deserialize;
use yilian_token::KeyUse;

use crate::error::DeptError;

/// A key file has a few hundred bytes; what is longer is data.
const LONGEST_KEY_FILE: u64 = 16 * 1024;

#[derive(Deserialize)]
struct AnyKey {
    #[serde(rename = "use")]
    key_use: String,
}

/// Refuses a variable that holds a hub key, or a `YILIAN…` variable that names the file of one.
pub(crate) fn refuse_in_environment(environment: impl Iterator<Item = (OsString, OsString)>) -> Result<(), DeptError> {
    for (name, value) in environment {
        let name = name.to_string_lossy().into_owned();
        let mut found = foreign_use(value.to_string_lossy().as_bytes());
        if name.starts_with("YILIAN") {
            found = found.or_else(|| foreign_key_file(Path::new(&value))).or_else(|| named_use(&name));
        }
        if let Some(key_use) = found {
            let place = format!("in the environment variable {name}");
            return Err(DeptError::ForeignKey { key_use, place });
        }
    }
    Ok(())
}

/// Refuses a setting of dept.yaml that is a hub key, names the file of one, or is called like one.
pub(crate) fn refuse_in_settings(text: &str, root: &Path, file: &Path) -> Result<(), DeptError> {
    let Ok(document) = serde_saphyr::from_str::<serde_json::Value>(text) else {
        return Ok(());
    };
    let mut open = vec![&document];
    while let Some(value) = open.pop() {
        let found = match value {
            serde_json::Value::String(setting) => {
                foreign_use(setting.as_bytes()).or_else(|| foreign_key_file(&root.join(setting)))
            }
            serde_json::Value::Array(items) => {
                open.extend(items);
                None
            }
            serde_json::Value::Object(fields) => {
                open.extend(fields.values());
                fields.keys().find_map(|name| named_use(name))
            }
            _ => None,
        };
        if let Some(key_use) = found {
            return Err(DeptError::ForeignKey { key_use, place: format!("named in {}", file.display()) });
        }
    }
    Ok(())
}

/// Refuses a key file of the hub in `folder`.
pub(crate) fn refuse_in_folder(folder: &Path) -> Result<(), DeptError> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Ok(());
    };
    for entry in entries {
        let path = entry.map_err(DeptError::io("read", folder))?.path();
        if let Some(key_use) = foreign_key_file(&path) {
            return Err(DeptError::ForeignKey { key_use, place: format!("in {}", path.display()) });
        }
    }
    Ok(())
}

fn foreign_key_file(path: &Path) -> Option<KeyUse> {
    let metadata = fs::metadata(path).ok().filter(|found| found.is_file() && found.len() <= LONGEST_KEY_FILE)?;
    debug_assert!(metadata.is_file(), "filtered above");
    foreign_use(&fs::read(path).ok()?)
}

/// The use of the key that `content` is, if a department must not hold it.
fn foreign_use(content: &[u8]) -> Option<KeyUse> {
    if !content.trim_ascii_start().starts_with(b"{") {
        return None;
    }
    let key: AnyKey = serde_json::from_slice(content).ok()?;
    match key.key_use.parse().ok()? {
        KeyUse::Link => None,
        foreign @ (KeyUse::Hub | KeyUse::Noise) => Some(foreign),
    }
}

/// The use that a setting's or variable's name speaks of, such as `hub_key` or `YILIAN_NOISE_KEY`.
fn named_use(name: &str) -> Option<KeyUse> {
    let words: Vec<String> = name.split(['_', '-', '.']).map(str::to_ascii_lowercase).collect();
    let has = |word: &str| words.iter().any(|other| other == word);
    // The key by which the hub's signature is checked is public.
    let key = (has("key") && !has("signature")) || words.len() == 1;
    match () {
        () if key && has("hub") => Some(KeyUse::Hub),
        () if key && has("noise") => Some(KeyUse::Noise),
        () => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(name: &str, value: &str) -> Result<(), DeptError> {
        refuse_in_environment(std::iter::once((OsString::from(name), OsString::from(value))))
    }

    #[test]
    fn a_hub_or_noise_key_in_the_environment_is_refused() {
        for key_use in ["hub", "noise"] {
            let key = format!(r#"{{"kty":"oct","kid":"x","alg":"HS256","use":"{key_use}","k":"","created":""}}"#);
            assert!(environment("ANYTHING", &key).is_err());
        }
        assert!(environment("YILIAN_HUB_KEY", "somewhere").is_err());
        assert!(environment("YILIAN_SCHEMAS", "schemas").is_ok());
        assert!(environment("HOME", "/home/hub").is_ok());
    }

    #[test]
    fn a_setting_that_speaks_of_a_hub_key_is_refused() {
        let refused = |text: &str| refuse_in_settings(text, Path::new("."), Path::new("dept.yaml")).is_err();
        assert!(refused("keys: {link: keys/link.jwk, hub: keys/hub.jwk}"));
        assert!(refused("noise_key: x"));
        assert!(refused("signature: {hub: keys/hub.jwk}"));
        assert!(!refused("hub_recipient: age1xyz"));
        assert!(!refused("hub_signature_key: RWxyz"));
    }

    #[test]
    fn a_hub_key_lying_in_the_folder_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        refuse_in_folder(folder.path()).unwrap();
        fs::write(folder.path().join("other.json"), r#"{"use":"hub"}"#).unwrap();
        assert!(refuse_in_folder(folder.path()).is_err());
    }
}
