//! What can be wrong with a key file.

use std::path::PathBuf;

use crate::{KeyUse, Label};

/// A key that cannot be used, with the file and what to do; never any key text.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file is missing or cannot be read or written.
    #[error("cannot open key file {}: {source}\n\nhint: make a key with `keys new`, or check the path in the site's configuration", path.display())]
    File {
        /// The key file.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        source: std::io::Error,
    },
    /// A key file is already there and is never overwritten.
    #[error("key file {} already exists and is not overwritten\n\nhint: move the old key away first; deliveries made with it can only be matched with it", path.display())]
    Exists {
        /// The key file.
        path: PathBuf,
    },
    /// Somebody other than the owner can read the file.
    #[error("key file {} can be read by others (mode {mode:03o})\n\nhint: chmod 600 {}", path.display(), path.display())]
    ReadableByOthers {
        /// The key file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The text is not a JSON Web Key of the expected form.
    #[error("key file {} is not a JSON Web Key of type \"oct\" with kty, kid, alg, use, k and created\n\nhint: make a key with `keys new`; key files are not edited by hand", path.display())]
    NotAKey {
        /// The key file.
        path: PathBuf,
    },
    /// The key names an algorithm that is neither HS256 nor HSM3.
    #[error("key file {} names an unknown algorithm\n\nhint: alg is HS256 (HMAC-SHA-256) or HSM3 (HMAC-SM3)", path.display())]
    UnknownAlgorithm {
        /// The key file.
        path: PathBuf,
    },
    /// The key names a use that is none of link, hub, noise.
    #[error("key file {} names an unknown use\n\nhint: use is link, hub or noise", path.display())]
    UnknownUse {
        /// The key file.
        path: PathBuf,
    },
    /// The key is for another use than the one asked for.
    #[error("key file {} is a {found} key, but a {expected} key is needed here\n\nhint: name the {expected} key; a department holds the link key alone, the hub never does", path.display())]
    WrongUse {
        /// The key file.
        path: PathBuf,
        /// What is needed.
        expected: KeyUse,
        /// What the file holds.
        found: KeyUse,
    },
    /// The secret is not 32 bytes.
    #[error("key file {} holds {bytes} key bytes instead of 32\n\nhint: make a key with `keys new`; a shortened or padded key makes tokens that match nobody's", path.display())]
    WrongLength {
        /// The key file.
        path: PathBuf,
        /// Number of bytes found.
        bytes: usize,
    },
    /// A label that belongs to another key's use.
    #[error("a {found} key cannot make {label:?} tokens, they need a {expected} key")]
    WrongLabel {
        /// The label asked for.
        label: Label,
        /// The use the label needs.
        expected: KeyUse,
        /// The use of the key at hand.
        found: KeyUse,
    },
    /// The operating system gave no random bytes.
    #[error("the operating system gave no random bytes for a new key: {source}")]
    NoRandomness {
        /// What the operating system said.
        #[source]
        source: getrandom::Error,
    },
}
