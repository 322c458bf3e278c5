//! What can stop a command, whose fault it is, and what to do about it.

use std::io;
use std::path::{Path, PathBuf};

use yilian_contract::{ContractError, Department};
use yilian_delivery::DeliveryError;
use yilian_intake::{Fault, IntakeError};
use yilian_token::{KeyError, KeyUse};

/// The exit code of a fault of this program.
pub(crate) const OUR_BUG: u8 = 3;

/// Why a command stopped; never holds a row's value.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DeptError {
    #[error("`{}` has no dept.yaml", folder.display())]
    NotASite { folder: PathBuf },
    #[error("`{}` is a department's folder already", folder.display())]
    SiteExists { folder: PathBuf },
    #[error("`{}` cannot be used: {reason}", file.display())]
    Configuration { file: PathBuf, reason: String },
    #[error("a key of use {key_use} is {place}; it belongs to the hub alone")]
    ForeignKey { key_use: KeyUse, place: String },
    #[error("no folder schemas/ with contracts was found")]
    SchemasNotFound,
    #[error("the contracts in `{}` cannot be used ({} errors):{}", folder.display(), errors.len(), listed(errors))]
    Schemas { folder: PathBuf, errors: Vec<ContractError> },
    #[error(transparent)]
    Dataset(ContractError),
    #[error("the dataset {dataset} is not delivered by {department}")]
    AnotherDepartment { dataset: String, department: Department },
    #[error(transparent)]
    Key(KeyError),
    #[error(transparent)]
    Delivery(DeliveryError),
    #[error(transparent)]
    Intake(IntakeError),
    #[error(
        "`{}`: {rejected} of {read} rows would be rejected, more than the {permille} per mille that the contract allows",
        file.display()
    )]
    NotPackable { file: PathBuf, rejected: u64, read: u64, permille: u16 },
    #[error("`{}` exists already; a delivery is never overwritten", path.display())]
    DeliveryExists { path: PathBuf },
    #[error("`{}` could not be {action}", path.display())]
    Io { action: &'static str, path: PathBuf, source: io::Error },
}

impl DeptError {
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { action, path, source }
    }

    /// 1: the input is at fault, 2: the command line is, 3: we are.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Intake(error) if error.fault() == Fault::Bug => OUR_BUG,
            Self::Delivery(DeliveryError::ManifestNotWritten(_)) => OUR_BUG,
            Self::Dataset(_) | Self::AnotherDepartment { .. } | Self::SchemasNotFound | Self::NotASite { .. } => 2,
            _ => 1,
        }
    }

    /// What the user can do, `None` if the message says it all.
    pub(crate) fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NotASite { .. } => {
                "go to the department's folder or name it with `--site DIR`; `yilian-dept init DIR` makes one".into()
            }
            Self::SiteExists { .. } => "edit its dept.yaml, or name another folder".into(),
            Self::ForeignKey { .. } => {
                "take the key away; a department that holds it could follow its people through the hub's tables".into()
            }
            Self::SchemasNotFound => {
                "name the folder with `--schemas DIR` or in the environment variable YILIAN_SCHEMAS".into()
            }
            Self::AnotherDepartment { .. } => {
                "name the dataset with `--dataset`, or the folder of the right department with `--site`".into()
            }
            Self::NotPackable { .. } => {
                "correct the rows named above; `pack` would make no delivery of this file".into()
            }
            Self::DeliveryExists { .. } => "leave `--sequence` out, and the next free number is taken".into(),
            Self::Delivery(error) => return error.hint(),
            _ => return None,
        })
    }
}

impl From<KeyError> for DeptError {
    fn from(error: KeyError) -> Self {
        Self::Key(error)
    }
}

impl From<DeliveryError> for DeptError {
    fn from(error: DeliveryError) -> Self {
        Self::Delivery(error)
    }
}

impl From<IntakeError> for DeptError {
    fn from(error: IntakeError) -> Self {
        Self::Intake(error)
    }
}

fn listed(errors: &[ContractError]) -> String {
    errors.iter().fold(String::new(), |text, error| text + "\n  " + &error.to_string())
}
