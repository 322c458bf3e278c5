//! What can go wrong in this crate, and whose fault it is.

use std::path::PathBuf;

use yilian_delivery::DeliveryError;

/// Everything that stops a command of the pipeline; no message holds a row value.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PipelineError {
    /// The folder holds no `site.yaml`.
    #[error("{} is not a site folder: it has no site.yaml", .folder.display())]
    NotASite {
        /// The folder that was asked for.
        folder: PathBuf,
    },
    /// `init` would overwrite a site.
    #[error("{} is a site folder already", .folder.display())]
    SiteExists {
        /// The folder that was asked for.
        folder: PathBuf,
    },
    /// A configuration file does not read as it should; all mistakes at once.
    #[error("{} has {} mistake(s):\n  {}", .file.display(), .mistakes.len(), .mistakes.join("\n  "))]
    Configuration {
        /// The file at fault.
        file: PathBuf,
        /// One sentence each.
        mistakes: Vec<String>,
    },
    /// A key that turns identifiers into tokens was found at the hub (`design.md` 2).
    #[error("a link key is in reach of the hub: {place}")]
    LinkKeyAtHub {
        /// File, setting or environment variable that holds or names it; never the key.
        place: String,
    },
    /// The vault can be read by other users of the machine.
    #[error("{} can be read by other users", .folder.display())]
    VaultOpen {
        /// The vault.
        folder: PathBuf,
    },
    /// Another command changes the site; nothing was done.
    #[error("the site is in use by {holder}")]
    InUse {
        /// The command and the number of its process.
        holder: String,
    },
    /// The key file that opens deliveries is missing or damaged.
    #[error("deliveries cannot be opened: {source}")]
    Identity {
        /// Why, without key material.
        #[source]
        source: DeliveryError,
    },
    /// The key file that signs parcels is damaged or open to others.
    #[error("parcels cannot be signed: {source}")]
    SigningKey {
        /// Why, without key material.
        #[source]
        source: DeliveryError,
    },
    /// A delivery in the inbox cannot be read by the machine; what its content is worth is a receipt's business.
    #[error("the inbox cannot be read: {source}")]
    Inbox {
        /// Why.
        #[source]
        source: DeliveryError,
    },
    /// An accepted delivery is no longer what it was when it was accepted.
    #[error("the stored delivery {delivery_id} is damaged: {}", .reasons.join("; "))]
    StoredDelivery {
        /// Which.
        delivery_id: String,
        /// In English.
        reasons: Vec<String>,
    },
    /// A file or folder could not be read or written.
    #[error("cannot {action} {}", .path.display())]
    Io {
        /// `read`, `write`, `create`, …
        action: &'static str,
        /// What it was tried on.
        path: PathBuf,
        /// The operating system's reason.
        #[source]
        source: std::io::Error,
    },
    /// The storage URL is of a kind this program cannot open.
    #[error("storage {location:?} cannot be opened: {reason}")]
    Storage {
        /// The setting as written.
        location: String,
        /// Why.
        reason: String,
    },
    /// The object store refused or failed.
    #[error("storage failed to {action} {path}")]
    Object {
        /// `put`, `get`, `list`, …
        action: &'static str,
        /// Path inside the store.
        path: String,
        /// The store's reason.
        #[source]
        source: object_store::Error,
    },
    /// A JSON document in the store was not written by this program, or is damaged.
    #[error("{path} in the store is not a {what}")]
    Document {
        /// Path inside the store.
        path: String,
        /// `publication`, `accepted delivery`, …
        what: &'static str,
        /// The parser's reason.
        #[source]
        source: serde_json::Error,
    },
    /// Another run published since this one started; nothing was changed.
    #[error("publication {number} was written by another run since this one started")]
    AnotherWriter {
        /// The number both wanted.
        number: u64,
    },
    /// Work beside the main thread ended before it was done.
    #[error("the work was interrupted")]
    Interrupted,
    /// No run and no publication of that name.
    #[error("no publication has the run or number {wanted:?}")]
    UnknownRun {
        /// As typed.
        wanted: String,
    },
}

/// Whose fault a failure is; the exit code of the command follows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The data or the site is at fault: exit code 1.
    Input,
    /// The command line is at fault: exit code 2.
    Usage,
    /// We are: exit code 3.
    Bug,
}

impl PipelineError {
    /// Whose fault it is.
    pub fn fault(&self) -> Fault {
        match self {
            Self::NotASite { .. } | Self::SiteExists { .. } | Self::UnknownRun { .. } => Fault::Usage,
            Self::Interrupted => Fault::Bug,
            _ => Fault::Input,
        }
    }

    /// What to do about it, for the line after `hint:`.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NotASite { .. } => {
                Some("make one with `yilian init SITE --place CODE`, or name one with --site".to_owned())
            }
            Self::SiteExists { .. } => Some("edit its site.yaml, or name another folder".to_owned()),
            Self::LinkKeyAtHub { .. } => Some(
                "the link key belongs to the departments alone; take it away from this machine, \
                 tell its owners, and make a new one with `yilian-dept keys new --use link`"
                    .to_owned(),
            ),
            Self::VaultOpen { folder } => Some(format!("chmod 700 {}", folder.display())),
            Self::InUse { .. } => Some(
                "wait until it has ended, then call this again; the site is free as soon as its process ends, and \
                 vault/lock may stay"
                    .to_owned(),
            ),
            Self::Identity { source } => {
                Some(source.hint().unwrap_or_else(|| "make one with `yilian keys new --use age`".to_owned()))
            }
            Self::SigningKey { source } => source.hint(),
            Self::StoredDelivery { .. } => Some("ask its sender to pack it again with a higher sequence".to_owned()),
            Self::AnotherWriter { .. } => Some("look at `yilian status`, then run again".to_owned()),
            Self::UnknownRun { .. } => Some("`yilian status` lists the runs".to_owned()),
            _ => None,
        }
    }

    pub(crate) fn io(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { action, path, source }
    }
}
