//! The demonstration: five departments and a hub in six folders, and the count of what was found against what was planted.
//!
//! [`Programs`] starts the other programs as a person would; [`World`] names the extracts; [`Offices`] is the
//! six folders with their keys; [`Offices::pack_all`], [`Offices::receive`] and [`Offices::run`] are the chain;
//! [`Published`] reads what the hub published; [`score`] compares it with a list of planted pairs.
//! The binary `yilian-demo` and the acceptance tests use the same chain.
//!
//! **Invariant:** nothing here decides who overlaps. The planted truth comes from the generator, the flags from the
//! hub, and this crate only joins the two on person ids computed from the ID number with both keys.

mod chain;
mod compare;
mod error;
mod gaps;
mod links;
mod offices;
mod people;
mod programs;
mod published;
mod reports;
mod rule_book;
mod truth;
mod world;

pub mod summary;

pub use chain::{PackOptions, PackedExtract, RunOptions};
pub use compare::{Flag, Pair, RuleScore, SECOND_READING, flags, score, with_readings_as_one};
pub use error::DemoError;
pub use gaps::{JudgedMonths, gaps, gaps_not_judged, planted_gaps};
pub use links::{LinkScore, link_scores};
pub use offices::{DEPARTMENTS, Offices, Setup};
pub use people::{People, tokens_by_person};
pub use programs::{Finished, Programs};
pub use published::{Published, TableFile};
pub use reports::{PackReport, ReceiveReport};
pub use truth::{PlantedPair, Reach, not_judged, planted, planted_with_every_switch, rules};
pub use world::{Extract, World};
