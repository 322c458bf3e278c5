//! Acceptance tests: the programs as a user starts them, judged from outside.
//!
//! `tests/README.md` lists the fixtures and what each module is about.

#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod canaries;
#[cfg(test)]
mod circles;
#[cfg(test)]
mod cluster;
#[cfg(test)]
mod conservation;
#[cfg(test)]
mod determinism;
#[cfg(test)]
mod eligibility;
#[cfg(test)]
mod erasure;
#[cfg(test)]
mod expected_clue;
#[cfg(test)]
mod explain;
#[cfg(test)]
mod extract_rows;
#[cfg(test)]
mod feedback;
#[cfg(test)]
mod findings;
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod gaps;
#[cfg(test)]
mod guard;
#[cfg(test)]
mod guard_bytes;
#[cfg(test)]
mod guarded;
#[cfg(test)]
mod hub_key;
#[cfg(test)]
mod innocents;
#[cfg(test)]
mod interop;
#[cfg(test)]
mod layers;
#[cfg(test)]
mod leak;
#[cfg(test)]
mod link_key;
#[cfg(test)]
mod nights;
#[cfg(test)]
#[cfg(feature = "cluster")]
mod object_server;
#[cfg(test)]
mod payments;
#[cfg(test)]
mod plans;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod prune;
#[cfg(test)]
mod release;
#[cfg(test)]
mod release_bytes;
#[cfg(test)]
mod release_withheld;
#[cfg(test)]
mod released;
#[cfg(test)]
mod resealed;
#[cfg(test)]
mod review;
#[cfg(test)]
mod rules;
#[cfg(test)]
mod same_person;
#[cfg(test)]
mod serve;
#[cfg(test)]
mod settlement;
#[cfg(test)]
mod slt;
#[cfg(test)]
mod strangers;
#[cfg(test)]
mod targets;
#[cfg(test)]
mod truth;
#[cfg(test)]
mod world_a;
