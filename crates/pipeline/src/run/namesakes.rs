//! What the name spine tells the models: people with several names, and people who share one (`design.md` 5.3).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, Date32Array, Int32Array, Int64Array, RecordBatch};
use arrow::datatypes::{DataType, Date32Type, Field, Int64Type, Schema};
use chrono::NaiveDate;
use sha2::{Digest, Sha256};

use super::RunError;
use super::history::read_published;
use super::ledger::batch;
use super::name_spine::NameSpine;
use super::stage::days;
use crate::publication::Publication;
use crate::store::Store;

/// Two people who bear one name: perhaps one person with two ID numbers. A question for a human, never a merge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Candidate {
    number: i64,
    lower: i64,
    higher: i64,
    /// Which of each one's names it is.
    ordinals: (i32, i32),
}

/// The tables of schema `spine`, by name.
pub(crate) fn tables(
    names: &NameSpine,
    first_seen: &BTreeMap<i64, i32>,
    as_of: NaiveDate,
) -> Result<[(&'static str, RecordBatch); 2], RunError> {
    let several = names.of_people_with_several();
    let people = several.iter().map(|name| name.person_id);
    let ordinals = several.iter().map(|name| name.ordinal);
    let person_name: Vec<(&str, ArrayRef)> = vec![
        ("person_id", Arc::new(Int64Array::from_iter_values(people))),
        ("name_ordinal", Arc::new(Int32Array::from_iter_values(ordinals))),
    ];
    let candidates = candidates(&names.namesakes());
    let number =
        |of: fn(&Candidate) -> i64| -> ArrayRef { Arc::new(Int64Array::from_iter_values(candidates.iter().map(of))) };
    let ordinal =
        |of: fn(&Candidate) -> i32| -> ArrayRef { Arc::new(Int32Array::from_iter_values(candidates.iter().map(of))) };
    let seen = candidates.iter().map(|candidate| first_seen.get(&candidate.number).copied());
    let namesake: Vec<(&str, ArrayRef)> = vec![
        ("candidate_id", number(|candidate| candidate.number)),
        ("lower_id", number(|candidate| candidate.lower)),
        ("higher_id", number(|candidate| candidate.higher)),
        ("lower_ordinal", ordinal(|candidate| candidate.ordinals.0)),
        ("higher_ordinal", ordinal(|candidate| candidate.ordinals.1)),
        ("first_seen_on", Arc::new(seen.map(|day| Some(day.unwrap_or_else(|| days(as_of)))).collect::<Date32Array>())),
    ];
    Ok([("person_name", batch("spine.person_name", person_name)?), ("namesake", batch("spine.namesake", namesake)?)])
}

/// Names of the tables of schema `spine`, for whoever wants to know them before a run.
pub(crate) const NAMES: [&str; 2] = ["person_name", "namesake"];

/// The day on which each candidate of a publication was first seen; nothing before the first publication.
pub(crate) async fn first_seen(store: &Store, previous: Option<&Publication>) -> Result<BTreeMap<i64, i32>, RunError> {
    let Some(previous) = previous else { return Ok(BTreeMap::new()) };
    let schema = Arc::new(Schema::new(vec![
        Field::new("candidate_id", DataType::Int64, true),
        Field::new("first_seen_on", DataType::Date32, true),
    ]));
    let rows = read_published(store, previous, "hub.link_candidate", &schema).await?;
    let (ids, seen) = (rows.column(0).as_primitive::<Int64Type>(), rows.column(1).as_primitive::<Date32Type>());
    Ok(ids.values().iter().copied().zip(seen.values().iter().copied()).collect())
}

/// Numbers pairs as flags are numbered: the first 63 bits of SHA-256; a number that is taken gives way to the next.
fn candidates(pairs: &BTreeMap<(i64, i64), (i32, i32)>) -> Vec<Candidate> {
    let mut taken = BTreeSet::new();
    pairs
        .iter()
        .map(|(&(lower, higher), &ordinals)| {
            let hash = Sha256::digest(format!("same_name\0{lower}\0{higher}"));
            let first = hash.iter().take(8).fold(0_i64, |number, byte| (number << 8) | i64::from(*byte));
            let mut number = first & i64::MAX;
            while !taken.insert(number) {
                number = (number + 1) & i64::MAX;
            }
            Candidate { number, lower, higher, ordinals }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_keeps_its_number_when_others_come_and_go() {
        let alone = candidates(&BTreeMap::from([((5, 9), (1, 1))]));
        let among = candidates(&BTreeMap::from([(1, 2), (5, 9), (7, 9)].map(|pair| (pair, (1, 1)))));
        assert_eq!(alone[0], among[1]);
        assert!(among.iter().all(|candidate| candidate.number >= 0));
    }
}
