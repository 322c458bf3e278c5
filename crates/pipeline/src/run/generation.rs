//! Generations of staged files: the states of key and spine under which rows that lie in the vault are still right.

use yilian_delivery::sha256_hex;

/// Names the columns of staged files: another name makes the next run stage every delivery again.
const FORM: &str = "numbered and unnumbered, graded";

/// Where staged files lie in the vault: rows with a person, rows without.
pub(crate) const STAGED_FOLDERS: [&str; 2] = ["staged", "unnumbered"];
/// Hex digits of a delivery id.
const ID: usize = 64;
const LENGTH: usize = 16;

/// Every state that the spine has been in under one hub key.
///
/// A spine only grows, so rows staged under an earlier state of it are still right; rows staged under another hub key
/// hold tokens that nobody knows any more.
#[derive(Debug, Clone)]
pub(crate) struct Generations {
    /// The newest first.
    names: Vec<String>,
}

impl Generations {
    /// `hub_key` is the key's check value, `spine` names the segments, oldest first.
    pub(crate) fn new(hub_key: &str, spine: &[String]) -> Self {
        let name = |segments: &[String]| -> String {
            let state = format!("{FORM}\n{hub_key}\n{}", segments.join("\n"));
            sha256_hex(state.as_bytes()).chars().take(LENGTH).collect()
        };
        Self { names: (0..=spine.len()).rev().filter_map(|length| spine.get(..length)).map(name).collect() }
    }

    /// The newest first.
    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    /// The one under which rows are staged now.
    pub(crate) fn newest(&self) -> &str {
        self.names.first().map_or("", String::as_str)
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
        let segments: Vec<String> = ["a", "b"].map(str::to_owned).into();
        let earlier = Generations::new("0123", &segments[..1]);
        let later = Generations::new("0123", &segments);
        assert!(later.names().contains(&earlier.newest().to_owned()));
        let other = Generations::new("4567", &segments);
        assert!(later.names().iter().all(|name| !other.names().contains(name)));
    }

    #[test]
    fn the_name_of_a_staged_file_says_its_delivery_and_generation() {
        let (delivery, generation) = ("d".repeat(ID), "g".repeat(LENGTH));
        assert_eq!(parts(&format!("{delivery}-{generation}.parquet")), Some((&*delivery, &*generation)));
        assert_eq!(parts("notes.txt"), None);
    }
}
