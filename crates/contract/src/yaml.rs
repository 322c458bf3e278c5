use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::error::ContractError;
use crate::names;

/// A YAML file under examination: its path, and everything found wrong with it so far.
pub(crate) struct Examined {
    path: PathBuf,
    pub(crate) errors: Vec<ContractError>,
}

/// A mapping of the file together with the words that say where it stands.
pub(crate) struct Place<'v> {
    pub(crate) place: String,
    map: &'v Map<String, Value>,
}

/// Reads a YAML file as a tree of values.
pub(crate) fn read(path: &Path) -> Result<(Value, Vec<u8>), ContractError> {
    let bytes = read_bytes(path)?;
    let text = std::str::from_utf8(&bytes).map_err(|error| malformed(path, &error))?;
    let value = serde_saphyr::from_str(text).map_err(|error| malformed(path, &error))?;
    Ok((value, bytes))
}

/// Reads a file, keeping its path in the error.
pub(crate) fn read_bytes(path: &Path) -> Result<Vec<u8>, ContractError> {
    fs::read(path).map_err(|error| unreadable(path, &error))
}

/// The files with this ending in a folder, in the order of their names.
pub(crate) fn files(folder: &Path, ending: &str) -> Result<Vec<PathBuf>, ContractError> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| unreadable(folder, &error))? {
        let path = entry.map_err(|error| unreadable(folder, &error))?.path();
        if path.is_file() && path.to_string_lossy().ends_with(ending) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

pub(crate) fn unreadable(path: &Path, error: &std::io::Error) -> ContractError {
    ContractError::Unreadable { path: path.to_owned(), reason: error.to_string() }
}

pub(crate) fn malformed(path: &Path, error: &impl ToString) -> ContractError {
    ContractError::Malformed { path: path.to_owned(), reason: error.to_string() }
}

impl Examined {
    pub(crate) fn new(path: &Path) -> Self {
        Self { path: path.to_owned(), errors: Vec::new() }
    }

    /// The value as a mapping whose keys are all in `allowed`.
    pub(crate) fn mapping<'v>(&mut self, value: &'v Value, place: &str, allowed: &[&str]) -> Option<Place<'v>> {
        let Some(map) = value.as_object() else {
            self.missing(place, "", "a mapping");
            return None;
        };
        for name in map.keys().filter(|name| !allowed.contains(&name.as_str())) {
            self.errors.push(ContractError::UnknownKey {
                path: self.path.clone(),
                place: place.to_owned(),
                name: name.clone(),
                nearest: names::nearest_owned(name, allowed.iter().copied()),
            });
        }
        Some(Place { place: place.to_owned(), map })
    }

    /// The text under a key; its absence is an error.
    pub(crate) fn text(&mut self, at: &Place<'_>, key: &str) -> String {
        self.optional_text(at, key).unwrap_or_else(|| {
            if at.get(key).is_none() {
                self.missing(&at.place, key, "a text");
            }
            String::new()
        })
    }

    /// The text under a key, or `None` where the key is absent; any other kind of value is an error.
    pub(crate) fn optional_text(&mut self, at: &Place<'_>, key: &str) -> Option<String> {
        let text = at.get(key)?.as_str().map(str::to_owned);
        if text.is_none() {
            self.missing(&at.place, key, "a text; put it in quotes");
        }
        text
    }

    /// The list of texts under a key; empty where the key is absent.
    pub(crate) fn texts(&mut self, at: &Place<'_>, key: &str) -> Vec<String> {
        let Some(value) = at.get(key) else { return Vec::new() };
        let texts: Option<Vec<String>> =
            value.as_array().and_then(|list| list.iter().map(|item| item.as_str().map(str::to_owned)).collect());
        texts.unwrap_or_else(|| {
            self.missing(&at.place, key, "a list of texts; put numbers in quotes");
            Vec::new()
        })
    }

    /// The list under a key; its absence is an error.
    pub(crate) fn list<'v>(&mut self, at: &Place<'v>, key: &str) -> &'v [Value] {
        at.get(key).and_then(Value::as_array).map_or_else(
            || {
                self.missing(&at.place, key, "a list");
                Default::default()
            },
            Vec::as_slice,
        )
    }

    /// The choice that a text names; an unknown text is an error with the nearest name.
    pub(crate) fn choice<T: Copy>(
        &mut self,
        at: &Place<'_>,
        key: &str,
        what: &'static str,
        choices: &[(&str, T)],
    ) -> Option<T> {
        if at.get(key).is_none() {
            self.missing(&at.place, key, what);
        }
        let name = self.optional_text(at, key)?;
        let found = choices.iter().find(|(choice, _)| *choice == name).map(|(_, value)| *value);
        if found.is_none() {
            self.unknown(&at.place, what, &name, choices.iter().map(|(choice, _)| *choice));
        }
        found
    }

    /// Records a value that is not among the valid ones.
    pub(crate) fn unknown<'a>(
        &mut self,
        place: &str,
        what: &'static str,
        name: &str,
        valid: impl Iterator<Item = &'a str>,
    ) {
        self.errors.push(ContractError::UnknownValue {
            path: self.path.clone(),
            place: place.to_owned(),
            what,
            name: name.to_owned(),
            nearest: names::nearest_owned(name, valid),
        });
    }

    /// Records a key that is absent or holds the wrong kind of value.
    pub(crate) fn missing(&mut self, place: &str, name: &str, expected: &'static str) {
        self.errors.push(ContractError::Missing {
            path: self.path.clone(),
            place: place.to_owned(),
            name: name.to_owned(),
            expected,
        });
    }

    /// Records what is not the code of a province, city or county.
    pub(crate) fn region(&mut self, place: &str, code: &str) {
        if ![2, 4, 6].contains(&code.len()) || !code.bytes().all(|byte| byte.is_ascii_digit()) {
            self.contradiction(place, format!("`{code}` is not a region code of 2, 4 or 6 digits"));
        }
    }

    /// Records two statements that do not fit together.
    pub(crate) fn contradiction(&mut self, place: &str, reason: impl Into<String>) {
        self.errors.push(ContractError::Contradiction {
            path: self.path.clone(),
            place: place.to_owned(),
            reason: reason.into(),
        });
    }
}

impl<'v> Place<'v> {
    /// The value under a key; null counts as absent.
    pub(crate) fn get(&self, key: &str) -> Option<&'v Value> {
        self.map.get(key).filter(|value| !value.is_null())
    }
}

/// ODCS `customProperties`, a list of `{property, value}`, as one mapping.
pub(crate) fn custom_properties(file: &mut Examined, value: Option<&Value>, place: &str) -> Map<String, Value> {
    let mut properties = Map::new();
    for item in value.and_then(Value::as_array).into_iter().flatten() {
        let Some(at) = file.mapping(item, place, &["property", "value"]) else { continue };
        let name = file.text(&at, "property");
        let Some(value) = at.get("value") else {
            file.missing(place, "value", "what the custom property holds");
            continue;
        };
        if properties.insert(name.clone(), value.clone()).is_some() {
            file.contradiction(place, format!("custom property `{name}` is given twice"));
        }
    }
    properties
}
