use std::io;

use ballista_core::error::BallistaError;
use yilian_pipeline::run::RunError;

/// Why a process of a cluster could not begin or go on.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// A scheduler is named by host and port.
    #[error("{text:?} is no address of a scheduler")]
    Address {
        /// What was given.
        text: String,
    },
    /// The scheduler cannot listen there.
    #[error("cannot listen on {address}")]
    Listen {
        /// Where.
        address: String,
        /// Why not.
        source: io::Error,
    },
    /// A folder of the executor could not be made.
    #[error("the executor has no folder to work in")]
    Scratch {
        /// Why not.
        source: io::Error,
    },
    /// The executor could not begin.
    #[error(transparent)]
    Workshop(#[from] RunError),
    /// Ballista ended.
    #[error("the cluster's process ended")]
    Ballista {
        /// Its words.
        source: BallistaError,
    },
}

impl ClusterError {
    /// What to do about it, for the line after `hint:`.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Address { .. } => Some("write df://HOST:PORT".to_owned()),
            Self::Listen { .. } => Some("name another address with --bind".to_owned()),
            Self::Scratch { .. } => Some("name another folder with --scratch".to_owned()),
            Self::Workshop(error) => error.hint(),
            Self::Ballista { .. } => None,
        }
    }

    pub(crate) fn ballista(source: BallistaError) -> Self {
        Self::Ballista { source }
    }
}
