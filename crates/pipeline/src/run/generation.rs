//! Generations of staged files: the states of key and spine under which rows that lie in the vault are still right.

use std::collections::{BTreeMap, BTreeSet};

use yilian_delivery::sha256_hex;

use super::tombstones::{Office, Tombstones};

/// Names the columns of staged files: another name makes the next run stage every delivery again.
const FORM: &str = "numbered and unnumbered, graded, months told";

/// Where staged files lie in the vault: rows with a person, rows without, and what rows with a tombstone add up to.
pub(crate) const STAGED_FOLDERS: [&str; 3] = ["staged", "unnumbered", "erased"];
/// Hex digits of a delivery id.
const ID: usize = 64;
const LENGTH: usize = 16;

/// Every state that the spine has been in under one hub key.
///
/// A spine only grows, so rows staged under an earlier state of it are still right. Rows staged under another hub key hold
/// tokens that nobody knows any more, and rows of an office under other tombstones those of people who must not be there.
#[derive(Debug, Clone)]
pub(crate) struct Generations {
    /// Of offices without tombstones, the newest first.
    usual: Vec<String>,
    /// Of offices with tombstones.
    by_office: BTreeMap<Office, Vec<String>>,
}

impl Generations {
    /// `hub_key` is the key's check value, `spine` names the segments, oldest first.
    pub(crate) fn new(hub_key: &str, spine: &[String], tombstones: &Tombstones) -> Self {
        let names = |tombstones: &str| -> Vec<String> {
            let name = |segments: &[String]| -> String {
                let state = format!("{FORM}\n{hub_key}\n{tombstones}\n{}", segments.join("\n"));
                sha256_hex(state.as_bytes()).chars().take(LENGTH).collect()
            };
            (0..=spine.len()).rev().filter_map(|length| spine.get(..length)).map(name).collect()
        };
        let by_office = tombstones.digests().into_iter().map(|(office, digest)| (office, names(&digest))).collect();
        Self { usual: names(""), by_office }
    }

    /// Those of an office, the newest first.
    pub(crate) fn names(&self, office: &Office) -> &[String] {
        self.by_office.get(office).unwrap_or(&self.usual)
    }

    /// The one under which rows of an office are staged now.
    pub(crate) fn newest(&self, office: &Office) -> &str {
        self.names(office).first().map_or("", String::as_str)
    }

    /// Those of whatever office.
    pub(crate) fn all(&self) -> BTreeSet<&str> {
        self.by_office.values().chain([&self.usual]).flatten().map(String::as_str).collect()
    }
}

/// Delivery and generation that the name of a staged file speaks of; `None` for a file that is none.
pub(crate) fn parts(file_name: &str) -> Option<(&str, &str)> {
    let (delivery, rest) = file_name.split_at_checked(ID)?;
    let generation = rest.strip_prefix('-')?.get(..LENGTH)?;
    Some((delivery, generation))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_staged_under_an_earlier_state_of_the_spine_are_right_and_those_of_another_key_are_not() {
        let office = ("1501".to_owned(), yilian_contract::Department::Health);
        let generations = |key, spine: &[String]| Generations::new(key, spine, &Tombstones::default());
        let segments: Vec<String> = ["a", "b"].map(str::to_owned).into();
        let (earlier, later) = (generations("0123", &segments[..1]), generations("0123", &segments));
        assert!(later.names(&office).contains(&earlier.newest(&office).to_owned()));
        assert!(later.all().is_disjoint(&generations("4567", &segments).all()));
    }

    #[test]
    fn the_name_of_a_staged_file_says_its_delivery_and_generation() {
        let (delivery, generation) = ("d".repeat(ID), "g".repeat(LENGTH));
        assert_eq!(parts(&format!("{delivery}-{generation}.parquet")), Some((&*delivery, &*generation)));
        assert_eq!(parts("notes.txt"), None);
    }
}
