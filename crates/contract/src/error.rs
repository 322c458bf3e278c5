use std::fmt;
use std::path::PathBuf;

use thiserror::Error;

/// Why `schemas/` or `pipelines/` cannot be used: always the reader's files, never a row of an extract.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ContractError {
    /// A file or folder cannot be read.
    #[error("cannot read {path}: {reason}", path = path.display())]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// What the operating system said.
        reason: String,
    },
    /// A file is not YAML or CSV at all.
    #[error("{path} is not well formed: {reason}", path = path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What the parser said.
        reason: String,
    },
    /// A key that the format does not have.
    #[error("{path}: unknown key `{name}` in {place}{}", suggestion(nearest.as_deref()), path = path.display())]
    UnknownKey {
        /// The file.
        path: PathBuf,
        /// Where in the file, as a reader would say it: "property `amount` of `extract`".
        place: String,
        /// The key as written.
        name: String,
        /// The closest valid key.
        nearest: Option<String>,
    },
    /// A value outside the set of values that its key allows: a type, treatment, classification, code list, benefit …
    #[error("{path}: unknown {what} `{name}` in {place}{}", suggestion(nearest.as_deref()), path = path.display())]
    UnknownValue {
        /// The file.
        path: PathBuf,
        /// Where in the file.
        place: String,
        /// What kind of value: "type", "treatment", "code list" …
        what: &'static str,
        /// The value as written.
        name: String,
        /// The closest valid value.
        nearest: Option<String>,
    },
    /// A key that must be there is not, or holds the wrong kind of value.
    #[error("{path}: {place} needs `{name}` ({expected})", path = path.display())]
    Missing {
        /// The file.
        path: PathBuf,
        /// Where in the file.
        place: String,
        /// The key.
        name: String,
        /// What it must hold.
        expected: &'static str,
    },
    /// Two parts of one file, or two files, say different things.
    #[error("{path}: {place}: {reason}", path = path.display())]
    Contradiction {
        /// The file.
        path: PathBuf,
        /// Where in the file.
        place: String,
        /// What does not fit.
        reason: String,
    },
    /// Nothing in `schemas/` describes this dataset.
    #[error("there is no dataset `{name}`{}", suggestion(nearest.as_deref()))]
    UnknownDataset {
        /// The name as given.
        name: String,
        /// The closest dataset.
        nearest: Option<String>,
    },
    /// Not one of the five departments.
    #[error("there is no department `{name}`{}", suggestion(nearest.as_deref()))]
    UnknownDepartment {
        /// The name as given.
        name: String,
        /// The closest department.
        nearest: Option<String>,
    },
}

/// The "did you mean" half of a message; empty where nothing is near.
fn suggestion(nearest: Option<&str>) -> impl fmt::Display {
    nearest.map_or_else(String::new, |name| format!("; the nearest valid one is `{name}`"))
}
