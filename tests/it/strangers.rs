//! People whom no office knew, with the rows of people whom offices know.

use std::collections::{BTreeMap, BTreeSet};

use crate::circles::Circles;
use crate::extract_rows::{Everybody, NAME, Owners};
use crate::findings::{Findings, Tokens};
use crate::fixture::shared;
use crate::payments::with_check_character;

/// Somebody whom no office knew, with the rows of somebody known but for number and name.
pub(crate) struct Stranger {
    like: String,
    pub(crate) id_number: String,
}

impl Stranger {
    /// The row that an office would have of the stranger.
    pub(crate) fn row_like(&self, row: &[String], owners: &Owners) -> Vec<String> {
        let mut row: Vec<String> = row
            .iter()
            .map(|cell| match owners.known(cell) {
                Some(person) if person == self.like => self.id_number.clone(),
                // A certificate number holds the number of the person.
                _ => cell.replace(&self.like, &self.id_number),
            })
            .collect();
        row[NAME].push('客');
        row
    }
}

/// Strangers like people who bear on nobody else, one for each rule, kind of gap and benefit, by whom they are like.
pub(crate) fn strangers(everybody: &Everybody, findings: &Findings) -> BTreeMap<String, Stranger> {
    let owners = &everybody.owners;
    let (circles, tokens) = (Circles::of(everybody), Tokens::of(&shared().offices));
    let mut circle_sizes: BTreeMap<&str, u32> = BTreeMap::new();
    for person in owners.people() {
        *circle_sizes.entry(circles.lowest(person)).or_default() += 1;
    }
    let alone = owners.people().iter().filter(|person| circle_sizes.get(person.as_str()) == Some(&1));
    let (mut kinds, mut strangers) = (BTreeSet::new(), BTreeMap::new());
    for like in alone.filter(|person| !owners.has_damaged_row(person)) {
        let rows = tokens.hex(like).and_then(|token| findings.get(&token));
        let known = kinds.len();
        kinds.extend(rows.into_iter().flatten().map(|row| row.split('|').take(2).collect::<Vec<_>>()));
        if kinds.len() > known {
            let id_number = new_number(like, |number| {
                owners.people().contains(number) || strangers.values().any(|known: &Stranger| known.id_number == number)
            });
            strangers.insert(like.clone(), Stranger { like: like.clone(), id_number });
        }
    }
    assert!(kinds.len() > 50, "{kinds:?} prove little");
    strangers
}

/// A number that is not taken, of a person of the same sex born on the same day.
fn new_number(like: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let sex = like[14..17].parse::<u32>().unwrap() % 2;
    let serials = (100..995).filter(|serial| serial % 2 == sex);
    let mut numbers = serials.map(|serial| with_check_character(&format!("159901{}{serial}", &like[6..14])));
    numbers.find(|number| !is_taken(number)).unwrap()
}
