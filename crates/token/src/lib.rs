//! Keyed tokens: 32-byte HMACs that stand for ID numbers, names, households and record numbers.
//!
//! A department turns identifiers into *link tokens* with the link key; the hub turns link tokens into
//! *hub tokens* with its own key. Both are HMAC over `label || 0x00 || parts joined by 0x00`, never
//! truncated. This crate reads and writes the key files and computes the tokens; it knows nothing
//! about how an identifier is spelled.
//!
//! **Invariant:** there is no unkeyed hash here and no way to print a key: a [`Key`] is wiped when it is
//! dropped, its `Debug` is `***`, and no error carries key text.
//!
//! ```
//! use yilian_token::{Algorithm, Key, KeyUse, Label};
//! # fn main() -> Result<(), yilian_token::KeyError> {
//! let key = Key::generate(KeyUse::Link, Algorithm::Hs256, "link-2026a", "2026-01-01")?;
//! let person = key.tokeniser(Label::Person)?;
//! assert_eq!(person.token(&[b"159901193911041234"]).len(), 32);
//! # Ok(())
//! # }
//! ```

mod core_dumps;
mod error;
mod key;
mod known_answers;
mod tokeniser;

pub use core_dumps::switch_off_core_dumps;
pub use error::KeyError;
pub use key::{Algorithm, Key, KeyUse};
pub use known_answers::{KnownAnswer, known_answers};
pub use tokeniser::{Label, Token, Tokeniser};
