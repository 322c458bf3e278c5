//! What the other programs answer with `--json`, as far as the demonstration reads it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;

use crate::DemoError;

/// `keys new --json`.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct NewKey {
    /// The part that others may know: age recipient or minisign public key.
    pub(crate) public: String,
}

/// `yilian-dept keys check --json`.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct CheckValues {
    pub(crate) link: String,
    pub(crate) sign: String,
    pub(crate) seal: String,
}

/// `yilian-dept pack --json`: one sealed delivery and the counts of its extract.
#[derive(Debug, Clone, Deserialize)]
pub struct PackReport {
    /// The sealed file.
    pub delivery: PathBuf,
    /// SHA-256 of the manifest.
    pub delivery_id: String,
    /// Rows by what became of them.
    pub counts: PackCounts,
}

/// Rows of one extract by what became of them.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct PackCounts {
    /// Rows in the extract.
    pub read: u64,
    /// Rows in the delivery.
    pub delivered: u64,
    /// Rows about people under 60.
    pub out_of_scope: u64,
    /// Rows that the department must correct, by reason.
    pub rejected: BTreeMap<String, u64>,
    /// Delivered rows without a valid ID number.
    pub null_tokens: u64,
}

/// `yilian receive --json`.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct ReceiveReport {
    /// Names of the files that were accepted.
    pub accepted: Vec<String>,
    /// Names of the files that had been accepted before.
    #[serde(default)]
    pub repeated: Vec<String>,
    /// The files that went to quarantine.
    #[serde(default)]
    pub refused: Vec<RefusedFile>,
}

/// One delivery in quarantine.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct RefusedFile {
    /// Name of the file.
    pub file: String,
    /// Every reason of its receipt.
    pub reasons: Vec<String>,
}

impl ReceiveReport {
    /// Itself where the hub refused nothing.
    ///
    /// # Errors
    /// [`DemoError::Refused`] with one line for each refused file.
    pub fn nothing_refused(self) -> Result<Self, DemoError> {
        if self.refused.is_empty() {
            return Ok(self);
        }
        let line = |refused: &RefusedFile| format!("{}: {}", refused.file, refused.reasons.join("; "));
        Err(DemoError::Refused { refused: self.refused.iter().map(line).collect() })
    }
}
