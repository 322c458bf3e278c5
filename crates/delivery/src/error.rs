//! What can go wrong on the sending side and with key files.

use std::io;
use std::path::PathBuf;

/// An error of packing a delivery or of handling a key file; never holds key material or a row's value.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DeliveryError {
    /// A file could not be read or written.
    #[error("`{}` could not be {action}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A file is there already and is not overwritten.
    #[error("`{}` exists already and is not overwritten", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// A secret key file can be read by others than its owner.
    #[error("the key file `{}` can be read by others than its owner", path.display())]
    KeyOpenToOthers {
        /// The file.
        path: PathBuf,
    },
    /// A key file is not of its form.
    #[error("`{}` is not {expected}", path.display())]
    KeyUnreadable {
        /// The file.
        path: PathBuf,
        /// What it should be.
        expected: &'static str,
    },
    /// A public key or recipient given as text is not of its form.
    #[error("the text given is not {expected}")]
    KeyTextMalformed {
        /// What it should be.
        expected: &'static str,
    },
    /// A key pair could not be made.
    #[error("no key pair could be made: the system's random numbers are not available")]
    KeyNotMade,
    /// The manifest could not be written as JSON.
    #[error("the manifest could not be written")]
    ManifestNotWritten(#[source] serde_json::Error),
    /// The manifest could not be signed.
    #[error("the manifest could not be signed")]
    NotSigned,
    /// The delivery could not be encrypted.
    #[error("the delivery could not be encrypted to the hub's recipient")]
    NotEncrypted,
}

impl DeliveryError {
    /// What the user can do about it, `None` if the message says it all.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::KeyOpenToOthers { path } => Some(format!("run `chmod 600 {}`", path.display())),
            Self::Exists { path } => Some(format!("move `{}` away first, or name another file", path.display())),
            Self::KeyTextMalformed { .. } => {
                Some("copy the whole line that `keys new` printed, without spaces".to_owned())
            }
            _ => None,
        }
    }

    pub(crate) fn io(action: &'static str, path: &std::path::Path, source: io::Error) -> Self {
        if source.kind() == io::ErrorKind::AlreadyExists {
            return Self::Exists { path: path.to_owned() };
        }
        Self::Io { action, path: path.to_owned(), source }
    }
}
