//! Which findings a hub can reach, and why not.

use std::collections::BTreeMap;

use crate::fact::{Fact, Fate, Link, Says};
use crate::oracle::known::Setting;
use crate::oracle::{self, Ground, Pair};

/// Whether a hub can find something, and how sure it can be.
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
    /// The documents, or rows of lower grade, leave it open: a hub may find it and need not.
    Reading,
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
            Self::Reading => ("false", "reading", ""),
        }
    }
}

/// Every pair of a person, true or seen by a hub, with its reach.
pub fn pairs(facts: &[Fact], setting: &Setting<'_>, in_scope: bool) -> Vec<(Pair, Ground, Reach)> {
    let mut found = reach(facts, in_scope, |facts| oracle::judge(facts, setting), |ground| ground.open);
    for (pair, _, reach) in &mut found {
        if *reach == Reach::NoValidId && pair.rule == "X08" && death_is_upgraded(facts) {
            *reach = Reach::DeathUpgraded15;
        }
        // A row that a name alone links may show that the person is eligible after all.
        if *reach == Reach::EvidenceLost && pair.rule == "X38" {
            *reach = Reach::Reading;
        }
    }
    found
}

/// Everything that `judge` finds in the rows, true or seen by a hub, with its reach; `open` says of what it found
/// whether the documents leave it open.
pub(super) fn reach<K: Ord + Copy, G: Clone>(
    facts: &[Fact],
    in_scope: bool,
    judge: impl Fn(&[&Fact]) -> BTreeMap<K, G>,
    open: impl Fn(&G) -> bool,
) -> Vec<(K, G, Reach)> {
    let all: Vec<&Fact> = facts.iter().collect();
    let good = |fact: &&&Fact| fact.link != Link::Lost && fact.fate == Fate::Delivered;
    let delivered: Vec<&Fact> = all.iter().filter(good).copied().collect();
    let flawless = delivered.len() == all.len() && facts.iter().all(|fact| fact.link == Link::Valid);
    let or_open = |ground: &G, reach| if open(ground) { Reach::Reading } else { reach };
    if flawless && in_scope {
        let found = judge(&all).into_iter();
        return found.map(|(key, ground)| (key, ground.clone(), or_open(&ground, Reach::Reachable))).collect();
    }
    // What is true, however the rows identify the person.
    let as_meant: Vec<Fact> = facts.iter().cloned().map(|fact| Fact { link: Link::Valid, ..fact }).collect();
    let known = judge(&as_meant.iter().collect::<Vec<_>>());
    let seen = if in_scope { judge(&delivered) } else { BTreeMap::new() };
    let valid: Vec<&Fact> = delivered.iter().filter(|fact| fact.link == Link::Valid).copied().collect();
    let sure = if in_scope { judge(&valid) } else { BTreeMap::new() };
    let linked: Vec<&Fact> = all.iter().filter(|fact| fact.link != Link::Lost).copied().collect();
    let without_rejects = judge(&linked);
    let mut found = Vec::new();
    for (key, ground) in &seen {
        let reach = match (known.contains_key(key), sure.get(key).is_some_and(|ground| !open(ground))) {
            (false, _) => Reach::EvidenceLost,
            (true, true) => Reach::Reachable,
            (true, false) => Reach::Upgraded15,
        };
        found.push((*key, ground.clone(), or_open(ground, reach)));
    }
    // Rows of lower grade take nothing away for sure.
    for (key, ground) in sure.iter().filter(|(key, _)| !seen.contains_key(key) && !known.contains_key(key)) {
        found.push((*key, ground.clone(), Reach::Reading));
    }
    for (key, ground) in known.into_iter().filter(|(key, _)| !seen.contains_key(key)) {
        let reach = if !in_scope {
            Reach::OutOfScope
        } else if without_rejects.contains_key(&key) {
            Reach::RejectedRow
        } else {
            Reach::NoValidId
        };
        let reach = or_open(&ground, reach);
        found.push((key, ground, reach));
    }
    found
}

fn death_is_upgraded(facts: &[Fact]) -> bool {
    let certifies = |fact: &&Fact| matches!(fact.says, Says::Death { evidence, .. } if evidence.certifies());
    let deaths = || facts.iter().filter(certifies);
    deaths().any(|fact| fact.link == Link::Upgraded) && deaths().all(|fact| fact.link != Link::Valid)
}
