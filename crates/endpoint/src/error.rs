//! What keeps the endpoint from starting, or a command from looking after its users.

use std::io;
use std::path::{Path, PathBuf};

use crate::users::SHORTEST_PASSWORD;

/// Why the endpoint does not start or a change of its users is refused; holds no password and no row value.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EndpointError {
    /// A name that cannot be one.
    #[error("a user's name has 1 to 63 letters, digits, `.`, `-`, `_` or `@`")]
    Name,
    /// A password that is too easy.
    #[error("a password has at least {SHORTEST_PASSWORD} characters and does not hold the user's name")]
    Password,
    /// The file of users is not what was written.
    #[error("`{}` is no file of users", file.display())]
    Users {
        /// The file.
        file: PathBuf,
    },
    /// A secret that others can read.
    #[error("others can read `{}`", file.display())]
    Open {
        /// The file.
        file: PathBuf,
    },
    /// A file that cannot be read or written.
    #[error("`{}` cannot be read or written", file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// The operating system's reason.
        #[source]
        source: io::Error,
    },
    /// A certificate or key that is none, or that do not belong together.
    #[error("`{}` and its key are no certificate that connections can be secured with: {reason}", file.display())]
    Certificate {
        /// The certificate.
        file: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The operating system gives no random bytes.
    #[error("the operating system gives no random bytes")]
    Randomness,
    /// The operating system gives no threads.
    #[error("the operating system gives no threads to run queries on")]
    Threads {
        /// Its reason.
        #[source]
        source: io::Error,
    },
    /// Another program has the address, or it is not ours.
    #[error("`{address}` cannot be listened on")]
    Listen {
        /// As given.
        address: String,
        /// The operating system's reason.
        #[source]
        source: io::Error,
    },
    /// Another endpoint writes the query log of the site.
    #[error("another endpoint serves this site: it writes `{}`", file.display())]
    Served {
        /// The log.
        file: PathBuf,
    },
    /// A line of the query log does not follow the one before it.
    #[error("`{}` is no query log: its last line is not whole", file.display())]
    Log {
        /// The log.
        file: PathBuf,
    },
    /// Limits that contradict one another.
    #[error("one query may have {query} bytes and all together {all}")]
    Limits {
        /// Bytes of one query.
        query: usize,
        /// Bytes of all.
        all: usize,
    },
}

impl EndpointError {
    pub(crate) fn file(file: &Path) -> impl Fn(io::Error) -> Self {
        move |source| Self::File { file: file.to_owned(), source }
    }

    /// What to do about it, for the line after `hint:`.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Open { file } => Some(format!("chmod 600 {}", file.display())),
            Self::Users { file } => Some(format!("move {} away and add the users again", file.display())),
            Self::Log { file } => Some(format!("move {} away: it was cut short or changed by hand", file.display())),
            Self::Listen { .. } => Some("end the other program, or name another address".to_owned()),
            Self::Served { .. } => Some("end it first".to_owned()),
            Self::Limits { .. } => Some("lower --query-memory, or raise memory_limit in site.yaml".to_owned()),
            _ => None,
        }
    }
}
