//! What comes from outside, read with anything at all: extracts at the department, deliveries at the hub, and again from its
//! store.
//!
//! Each target is a plain function of bytes that panics where a promise is broken. A fuzzer calls it, and so do the
//! tests here, with seeded bytes and a bounded number of times.
//!
//! **Invariant:** no key and no person here exists anywhere else.
#![forbid(unsafe_code)]

mod accepted_reader;
mod delivery_reader;
mod edits;
mod extract_reader;
mod office;
mod sound;

pub use accepted_reader::accepted_reader;
pub use delivery_reader::delivery_reader;
pub use extract_reader::extract_reader;
