//! What the hub makes of each person's rows: overlaps, gaps, months of benefits and the person.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use yilian_demo::{Offices, People, tokens_by_person};
use yilian_token::Token;

use crate::determinism::rows_by_token;

const TABLES: [&str; 4] = ["hub.overlap", "hub.gap", "hub.benefit_month", "hub.person"];

/// The rows of a hub's tables by the person's hub token, each after the name of its table.
pub(crate) type Findings = BTreeMap<String, Vec<String>>;

pub(crate) fn findings(offices: &Offices) -> Findings {
    let mut findings = Findings::new();
    for table in TABLES {
        for (token, rows) in rows_by_token(offices, table) {
            findings.entry(token).or_default().extend(rows.iter().map(|row| format!("{table}|{row}")));
        }
    }
    findings
}

/// Asserts that the same is found about everybody; a failure shows the rows of some people that one side alone has.
pub(crate) fn assert_same(found: &Findings, wanted: &Findings) {
    let people: BTreeSet<&String> = found.keys().chain(wanted.keys()).collect();
    let of = |findings: &Findings, person: &str| findings.get(person).cloned().unwrap_or_default();
    let differing: Vec<_> = people.into_iter().filter(|person| of(found, person) != of(wanted, person)).collect();
    let only = |one: &Findings, other: &Findings| -> Vec<String> {
        let of_people = differing.iter().take(3).flat_map(|person| {
            let others = of(other, person);
            of(one, person).into_iter().filter(move |row| !others.contains(row))
        });
        of_people.collect()
    };
    assert!(
        differing.is_empty(),
        "{} people have other findings, some of them {:#?} instead of {:#?}",
        differing.len(),
        only(found, wanted),
        only(wanted, found)
    );
}

/// Hub tokens in hex by ID number.
pub(crate) struct Tokens {
    people: People,
    by_person: HashMap<i64, Token>,
}

impl Tokens {
    pub(crate) fn of(offices: &Offices) -> Self {
        Self { people: People::open(offices).unwrap(), by_person: tokens_by_person(&offices.hub()).unwrap() }
    }

    /// `None` for whom the hub has never seen.
    pub(crate) fn hex(&self, id_number: &str) -> Option<String> {
        self.people.person_id(id_number).map(|person| hex::encode(self.by_person[&person]))
    }
}
