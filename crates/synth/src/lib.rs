//! Invents older people, the extracts that five departments would export about them, and the truth beside them.
//!
//! People come household by household; what is true about a person ([`person`]) leads to what the person draws
//! ([`lawful`], with planted problems from [`plant`]), what the offices write down ([`offices`]) and, from the rows
//! really written, to what a hub must find ([`oracle`], [`truth`]).
//!
//! ```no_run
//! use yilian_synth::world::{Options, generate};
//! use yilian_synth::printer::Quiet;
//! let options = Options::new(2_000, 1, "out".into());
//! generate(&options, &mut Quiet)?;
//! # Ok::<(), yilian_synth::error::SynthError>(())
//! ```
//!
//! **Invariant:** depends on no other crate of the workspace. The truth would prove nothing if it came from the code
//! that it tests. Memory does not grow with the number of people: one household at a time, one buffer per file, and
//! counts by place and band.

pub mod world;

pub mod population;

pub mod person;

pub mod problem;

pub mod lawful;

pub mod plant;

pub mod innocent;

pub mod prepare;

pub mod stack;

pub mod draw;

pub mod offices;

pub mod desk;

pub mod clerk;

pub mod fact;

pub mod rulebook;

pub mod oracle;

pub mod truth;

pub mod files;

pub mod dataset;

pub mod spelling;

pub mod citizen;

pub mod names;

pub mod place;

pub mod calendar;

pub mod dice;

pub mod error;

pub mod printer;
