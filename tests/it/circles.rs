//! Which people may bear on one another's flags: a household is adapted as one, and a name leads home where one person
//! alone bears it.

use std::collections::BTreeMap;

use crate::extract_rows::{Everybody, NAME};

const HEAD_OF_HOUSEHOLD: [&str; 2] = ["head_id_number", "户主身份证号"];

/// Where year, month and day of birth stand in an ID number.
const BIRTH: std::ops::Range<usize> = 6..14;

/// People in circles: everybody shares a household, or name and day of birth, with another of the same circle.
pub(crate) struct Circles {
    /// Leads from each person to a lower number of the same circle; the lowest has no entry.
    lower: BTreeMap<String, String>,
}

impl Circles {
    pub(crate) fn of(Everybody { owners, extracts }: &Everybody) -> Self {
        let mut circles = Self { lower: BTreeMap::new() };
        let mut bearers: BTreeMap<(String, String), String> = BTreeMap::new();
        for (extract, rows) in extracts {
            let head = rows.column(&HEAD_OF_HOUSEHOLD);
            for (owner, row) in owners.rows_of(extract, rows) {
                let letters = row[NAME].chars().filter(|character| character.is_alphanumeric()).collect();
                let bearer = bearers.entry((letters, owner[BIRTH].to_owned())).or_insert_with(|| owner.to_owned());
                circles.join(owner, bearer);
                if let Some(head) = head.and_then(|column| owners.known(&row[column])) {
                    circles.join(owner, head);
                }
            }
        }
        circles
    }

    /// The lowest number of the circle of a person.
    pub(crate) fn lowest<'c>(&'c self, id_number: &'c str) -> &'c str {
        let mut lowest = id_number;
        while let Some(lower) = self.lower.get(lowest) {
            lowest = lower;
        }
        lowest
    }

    fn join(&mut self, one: &str, other: &str) {
        let (one, other) = (self.lowest(one).to_owned(), self.lowest(other).to_owned());
        if one != other {
            self.lower.insert(one.clone().max(other.clone()), one.min(other));
        }
    }
}
