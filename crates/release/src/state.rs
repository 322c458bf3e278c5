#[cfg(test)]
mod tests;

use std::fmt;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::annual::Finality;
use crate::error::ReleaseError;
use crate::files::{SUMS, sha256_of, verify_sums};
use crate::make::{PUBLIC, RESTRICTED, SEALED};

/// The file beside the files of a version that says where it stands; it is not among those that are signed for.
pub const STATE_FILE: &str = "state.json";

/// Where a version stands, and who has said so (`release.md`, "States, sign-off, files").
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VersionState {
    /// The year that it is about.
    pub year: i32,
    /// 1, 2, 3, …; a correction is the next one.
    pub version: u32,
    /// How far it has come.
    pub stage: Stage,
    /// Whether later arrears may still change the year.
    pub finality: Finality,
    /// What a correction changes; empty for the first version.
    pub note: String,
    /// The published run that it was made from.
    pub run: String,
    /// SHA-256 over the models that counted it, hex.
    pub models: String,
    /// SHA-256 of SHA256SUMS, hex: what everybody below has signed for.
    pub sums: String,
    /// Whether it was attacked together with the version before it, which was counted again for that.
    pub recounted: bool,
    /// In the order in which they were given.
    pub signatures: Vec<Signature>,
}

/// Nothing is skipped and nothing goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Made, and looked at by nobody.
    Draft,
    /// The privacy reviewer has read the dossier and agrees.
    Reviewed,
    /// 制表人, 审核人 and 单位负责人 have signed.
    Signed,
    /// Given out. It is never changed again.
    Published,
}

/// Somebody's word for a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// As what.
    pub office: SigningOffice,
    /// Who.
    pub name: String,
    /// `YYYY-MM-DD`.
    pub on: String,
}

/// As what somebody signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SigningOffice {
    /// 隐私审查人, who signs first.
    PrivacyReviewer,
    /// 制表人.
    Compiler,
    /// 审核人.
    Checker,
    /// 单位负责人.
    Head,
}

/// The three whose signatures make a reviewed version a signed one.
const SIGNERS: [SigningOffice; 3] = [SigningOffice::Compiler, SigningOffice::Checker, SigningOffice::Head];

impl VersionState {
    /// A version that was just made.
    pub fn draft(
        (year, version): (i32, u32),
        finality: Finality,
        note: &str,
        (run, models): (&str, &str),
        (sums, recounted): (&str, bool),
    ) -> Self {
        Self {
            year,
            version,
            stage: Stage::Draft,
            finality,
            note: note.to_owned(),
            run: run.to_owned(),
            models: models.to_owned(),
            sums: sums.to_owned(),
            recounted,
            signatures: Vec::new(),
        }
    }

    /// The version with one more signature; the third of the signers makes it signed.
    ///
    /// # Errors
    /// [`ReleaseError::NotNow`] out of order, a second time, or without a name.
    pub fn sign(mut self, office: SigningOffice, name: &str, on: &str) -> Result<Self, ReleaseError> {
        let refuse = |reason: String| Err(ReleaseError::NotNow { year: self.year, version: self.version, reason });
        let name = name.trim();
        if name.is_empty() {
            return refuse("a signature needs a name".to_owned());
        }
        if self.has(office) {
            return refuse(format!("{office} has signed already"));
        }
        match (self.stage, office) {
            (Stage::Draft, SigningOffice::PrivacyReviewer) => self.stage = Stage::Reviewed,
            (Stage::Draft, _) => return refuse("the privacy reviewer signs first".to_owned()),
            (Stage::Reviewed, _) => {}
            (stage, _) => return refuse(format!("it is {stage} and takes no more signatures")),
        }
        self.signatures.push(Signature { office, name: name.to_owned(), on: on.to_owned() });
        if self.stage == Stage::Reviewed && SIGNERS.into_iter().all(|signer| self.has(signer)) {
            self.stage = Stage::Signed;
        }
        Ok(self)
    }

    /// The version as given out; only the newest one of its year can be, for a later one was made without regard to it.
    ///
    /// # Errors
    /// [`ReleaseError::NotNow`] before everybody has signed, a second time, and where `newest` is another one.
    pub fn publish(mut self, newest: u32) -> Result<Self, ReleaseError> {
        if newest > self.version && self.stage != Stage::Published {
            let reason = format!("version {newest} was made since and knows nothing of it; publish that one");
            return Err(ReleaseError::NotNow { year: self.year, version: self.version, reason });
        }
        if self.stage == Stage::Signed {
            self.stage = Stage::Published;
            return Ok(self);
        }
        let missing: Vec<String> = [SigningOffice::PrivacyReviewer]
            .into_iter()
            .chain(SIGNERS)
            .filter(|office| !self.has(*office))
            .map(|office| office.to_string())
            .collect();
        let reason = match self.stage {
            Stage::Published => "it is published already; a correction is a new version".to_owned(),
            _ => format!("these have not signed: {}", missing.join(", ")),
        };
        Err(ReleaseError::NotNow { year: self.year, version: self.version, reason })
    }

    /// How the files of the version in `folder` differ from those that were made, in words; none if every byte agrees.
    ///
    /// # Errors
    /// [`ReleaseError::File`], [`ReleaseError::Files`] for what cannot be read.
    pub fn differences(&self, folder: &Path) -> Result<Vec<String>, ReleaseError> {
        let sums = folder.join(PUBLIC).join(SUMS);
        let text = fs::read(&sums).map_err(|source| ReleaseError::File { action: "read", path: sums, source })?;
        let mut differences = Vec::new();
        if sha256_of(&text) != self.sums {
            differences.push(format!("{PUBLIC}/{SUMS}: changed since it was made"));
        }
        for name in [PUBLIC, RESTRICTED, SEALED] {
            let part = folder.join(name);
            if part.exists() {
                differences.extend(verify_sums(&part)?.iter().map(|difference| format!("{name}/{difference}")));
            }
        }
        Ok(differences)
    }

    fn has(&self, office: SigningOffice) -> bool {
        self.signatures.iter().any(|signature| signature.office == office)
    }

    /// Reads the state of the version in `folder`.
    ///
    /// # Errors
    /// [`ReleaseError::File`], [`ReleaseError::Definition`] for a file that somebody has changed by hand.
    pub fn read(folder: &Path) -> Result<Self, ReleaseError> {
        let file = folder.join(STATE_FILE);
        let text = fs::read_to_string(&file).map_err(|source| ReleaseError::File {
            action: "read",
            path: file.clone(),
            source,
        })?;
        serde_json::from_str(&text).map_err(|error| ReleaseError::Definition { file, reason: error.to_string() })
    }

    /// Writes the state of the version in `folder`, whole or not at all.
    ///
    /// # Errors
    /// [`ReleaseError::File`].
    pub fn write(&self, folder: &Path) -> Result<(), ReleaseError> {
        let file = folder.join(STATE_FILE);
        let failed = |source| ReleaseError::File { action: "write", path: file.clone(), source };
        let text = serde_json::to_string_pretty(self).map_err(|error| failed(error.into()))?;
        let mut new = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
        writeln!(new, "{text}").and_then(|()| new.as_file().sync_all()).map_err(failed)?;
        new.persist(&file).map_err(|error| failed(error.error))?;
        Ok(())
    }
}

/// The versions of a year that are there, in order, each with its folder `<number>`.
///
/// # Errors
/// [`ReleaseError::File`] where the folder cannot be read.
pub fn versions(year_folder: &Path) -> Result<Vec<(u32, PathBuf)>, ReleaseError> {
    if !year_folder.exists() {
        return Ok(Vec::new());
    }
    let failed = |source| ReleaseError::File { action: "read", path: year_folder.to_owned(), source };
    let mut found = Vec::new();
    for entry in fs::read_dir(year_folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if let Some(number) = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.parse().ok()) {
            found.push((number, path));
        }
    }
    found.sort();
    Ok(found)
}

impl fmt::Display for Stage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Draft => "draft",
            Self::Reviewed => "reviewed",
            Self::Signed => "signed",
            Self::Published => "published",
        })
    }
}

impl fmt::Display for SigningOffice {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::PrivacyReviewer => "the privacy reviewer",
            Self::Compiler => "the compiler (制表人)",
            Self::Checker => "the checker (审核人)",
            Self::Head => "the head of the office (单位负责人)",
        })
    }
}
