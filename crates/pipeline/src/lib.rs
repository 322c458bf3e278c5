//! The hub's nightly chain: receive, stage, link, model, publish.
//!
//! A run is a pure function of its inputs, each named by digest; a failed run changes nothing that
//! a reader can see. The store is the only place readers look at; keys, spine and staged rows stay
//! in the vault.
//!
//! **Invariant:** nothing here reads a name, an ID number or an account, or holds a link key.

pub mod canary;
pub mod coverage;
pub mod error;
mod files;
pub mod monitor;
pub mod progress;
pub mod prune;
pub mod publication;
pub mod receive;
pub mod run;
pub mod site;
pub mod store;

pub use error::{Fault, PipelineError};
pub use progress::{Progress, Quiet};
