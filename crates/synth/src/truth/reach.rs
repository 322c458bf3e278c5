//! Which pairs a hub can reach, and why not.

use std::collections::BTreeMap;

use crate::fact::{Fact, Fate, Link, Says};
use crate::oracle::{self, Ground, Pair};

/// Whether a hub can find a pair, and how sure it can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// It rests on rows with valid numbers.
    Reachable,
    /// It rests on a number of 15 digits.
    Upgraded15,
    /// The department keeps people under 60.
    OutOfScope,
    /// It rests on a row without a valid number.
    NoValidId,
    /// It rests on a row that the department must reject.
    RejectedRow,
    /// The death is known by a number of 15 digits alone.
    DeathUpgraded15,
    /// Not true, but a hub must think so: the row that would say otherwise is out of its reach.
    EvidenceLost,
}

impl Reach {
    /// The columns `reachable`, `reason` and `grade`.
    pub(super) const fn columns(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Reachable => ("true", "", "id"),
            Self::Upgraded15 => ("true", "", "upgraded15"),
            Self::OutOfScope => ("false", "out_of_scope", ""),
            Self::NoValidId => ("false", "no_valid_id", ""),
            Self::RejectedRow => ("false", "rejected_row", ""),
            Self::DeathUpgraded15 => ("false", "death_upgraded15", ""),
            Self::EvidenceLost => ("true", "evidence_lost", "id"),
        }
    }
}

/// Every pair of a person, true or seen by a hub, with its reach.
pub fn pairs(facts: &[Fact], year: i32, in_scope: bool) -> Vec<(Pair, Ground, Reach)> {
    let all: Vec<&Fact> = facts.iter().collect();
    // The oracle does not ask how a death is known when it says what is true.
    let known = judge_true(facts, year);
    let good = |fact: &&&Fact| fact.link != Link::Lost && fact.fate == Fate::Delivered;
    let delivered: Vec<&Fact> = all.iter().filter(good).copied().collect();
    let flawless = delivered.len() == all.len() && facts.iter().all(|f| f.link == Link::Valid);
    if flawless && in_scope {
        let reach = |(pair, ground)| (pair, ground, Reach::Reachable);
        return known.into_iter().map(reach).collect();
    }
    let seen = if in_scope { oracle::judge(&delivered, year) } else { BTreeMap::new() };
    let valid: Vec<&Fact> = delivered.iter().filter(|fact| fact.link == Link::Valid).copied().collect();
    let sure = oracle::judge(&valid, year);
    let linked: Vec<&Fact> = all.iter().filter(|fact| fact.link != Link::Lost).copied().collect();
    let without_rejects = oracle::judge(&linked, year);
    let mut found = Vec::new();
    for (pair, ground) in &seen {
        let reach = match (known.contains_key(pair), sure.contains_key(pair)) {
            (false, _) => Reach::EvidenceLost,
            (true, true) => Reach::Reachable,
            (true, false) => Reach::Upgraded15,
        };
        found.push((*pair, ground.clone(), reach));
    }
    for (pair, ground) in known.into_iter().filter(|(pair, _)| !seen.contains_key(pair)) {
        let reach = if !in_scope {
            Reach::OutOfScope
        } else if without_rejects.contains_key(&pair) {
            Reach::RejectedRow
        } else if pair.rule == "X08" && death_is_upgraded(facts) {
            Reach::DeathUpgraded15
        } else {
            Reach::NoValidId
        };
        found.push((pair, ground, reach));
    }
    found
}

/// What is true, however the rows identify the person.
fn judge_true(facts: &[Fact], year: i32) -> BTreeMap<Pair, Ground> {
    let as_meant: Vec<Fact> = facts.iter().cloned().map(|fact| Fact { link: Link::Valid, ..fact }).collect();
    oracle::judge(&as_meant.iter().collect::<Vec<_>>(), year)
}

fn death_is_upgraded(facts: &[Fact]) -> bool {
    let deaths = || facts.iter().filter(|fact| matches!(fact.says, Says::Death { .. }));
    deaths().any(|fact| fact.link == Link::Upgraded) && deaths().all(|fact| fact.link != Link::Valid)
}
