//! `clues.json`: the clues of a parcel, each wording and each delivery once.
//!
//! Hundreds of thousands of clues share some hundred wordings; with their own copies they would not fit into memory.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Clue, ClueKind, ClueRow, Reliability};

/// About what a clue without its rows, and one of its rows, take in JSON.
const BYTES_OF_CLUE: usize = 280;
/// See [`BYTES_OF_CLUE`].
const BYTES_OF_ROW: usize = 12;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Filed<T> {
    questions: Vec<Wording<T>>,
    deliveries: Vec<Source<T>>,
    clues: Vec<FiledClue<T>>,
}

/// What clues ask, in words.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wording<T> {
    rule_id: T,
    question_zh: T,
    question_en: T,
    counterpart_zh: T,
    counterpart_en: T,
    basis: T,
}

/// A delivery of the office, of which rows are named.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Source<T> {
    delivery_id: T,
    dataset: T,
    period: T,
    sequence: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FiledClue<T> {
    clue_id: T,
    kind: ClueKind,
    /// Place in `questions`.
    question: usize,
    own_benefit: Option<T>,
    from_month: T,
    until_month: T,
    months: u32,
    amount: Option<T>,
    reliability: Reliability,
    first_seen_on: NaiveDate,
    due_on: Option<NaiveDate>,
    /// Place in `deliveries`, and row.
    rows: Vec<(usize, u64)>,
}

/// Values in the order in which they first came, each once.
struct Once<T> {
    places: BTreeMap<T, usize>,
    values: Vec<T>,
}

impl<T: Ord + Clone> Once<T> {
    fn place(&mut self, value: T) -> usize {
        let next = self.values.len();
        *self.places.entry(value).or_insert_with_key(|value| {
            self.values.push(value.clone());
            next
        })
    }
}

/// The bytes of `clues.json`.
pub(super) fn write(clues: &[Clue]) -> serde_json::Result<Vec<u8>> {
    let mut questions = Once { places: BTreeMap::new(), values: Vec::new() };
    let mut deliveries = Once { places: BTreeMap::new(), values: Vec::new() };
    let filed = clues.iter().map(|clue| FiledClue {
        clue_id: clue.clue_id.as_str(),
        kind: clue.kind,
        question: questions.place(wording(clue)),
        own_benefit: clue.own_benefit.as_deref(),
        from_month: &clue.from_month,
        until_month: &clue.until_month,
        months: clue.months,
        amount: clue.amount.as_deref(),
        reliability: clue.reliability,
        first_seen_on: clue.first_seen_on,
        due_on: clue.due_on,
        rows: clue.rows.iter().map(|row| (deliveries.place(source(row)), row.row)).collect(),
    });
    let clues: Vec<FiledClue<&str>> = filed.collect();
    // A buffer that doubles its size would need three times a large parcel while it grows.
    let rows: usize = clues.iter().map(|clue| clue.rows.len()).sum();
    let mut bytes = Vec::with_capacity(clues.len() * BYTES_OF_CLUE + rows * BYTES_OF_ROW);
    let filed = Filed { questions: questions.values, deliveries: deliveries.values, clues };
    serde_json::to_writer(&mut bytes, &filed)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// The clues in `clues.json`; `None` if it is of another form, or names a question or delivery that is not in it.
pub(super) fn read(bytes: &[u8]) -> Option<Vec<Clue>> {
    let Filed { questions, deliveries, clues } = serde_json::from_slice::<Filed<String>>(bytes).ok()?;
    let questions: Vec<Wording<Arc<str>>> = questions.into_iter().map(Wording::shared).collect();
    let deliveries: Vec<Source<Arc<str>>> = deliveries.into_iter().map(Source::shared).collect();
    let row = |(place, row): (usize, u64)| {
        let Source { delivery_id, dataset, period, sequence } = deliveries.get(place)?.clone();
        Some(ClueRow { delivery_id, dataset, period, sequence, row })
    };
    let clue = |filed: FiledClue<String>| {
        let wording = questions.get(filed.question)?.clone();
        Some(Clue {
            clue_id: filed.clue_id,
            kind: filed.kind,
            rule_id: wording.rule_id,
            question_zh: wording.question_zh,
            question_en: wording.question_en,
            own_benefit: filed.own_benefit,
            counterpart_zh: wording.counterpart_zh,
            counterpart_en: wording.counterpart_en,
            from_month: filed.from_month,
            until_month: filed.until_month,
            months: filed.months,
            amount: filed.amount,
            basis: wording.basis,
            reliability: filed.reliability,
            first_seen_on: filed.first_seen_on,
            due_on: filed.due_on,
            rows: filed.rows.into_iter().map(row).collect::<Option<_>>()?,
        })
    };
    clues.into_iter().map(clue).collect()
}

impl Wording<String> {
    fn shared(self) -> Wording<Arc<str>> {
        Wording {
            rule_id: self.rule_id.into(),
            question_zh: self.question_zh.into(),
            question_en: self.question_en.into(),
            counterpart_zh: self.counterpart_zh.into(),
            counterpart_en: self.counterpart_en.into(),
            basis: self.basis.into(),
        }
    }
}

impl Source<String> {
    fn shared(self) -> Source<Arc<str>> {
        Source {
            delivery_id: self.delivery_id.into(),
            dataset: self.dataset.into(),
            period: self.period.into(),
            sequence: self.sequence,
        }
    }
}

fn wording(clue: &Clue) -> Wording<&str> {
    Wording {
        rule_id: &clue.rule_id,
        question_zh: &clue.question_zh,
        question_en: &clue.question_en,
        counterpart_zh: &clue.counterpart_zh,
        counterpart_en: &clue.counterpart_en,
        basis: &clue.basis,
    }
}

fn source(row: &ClueRow) -> Source<&str> {
    Source { delivery_id: &row.delivery_id, dataset: &row.dataset, period: &row.period, sequence: row.sequence }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clue_of_a_question_that_is_not_there_is_not_read() {
        let empty = br#"{"questions":[],"deliveries":[],"clues":[]}"#;
        assert_eq!(read(empty), Some(Vec::new()));
        let clue = r#"{"clue_id":"1","kind":"gap","question":0,"own_benefit":null,"from_month":"2025-01","until_month":"2025-01",
            "months":1,"amount":null,"reliability":"exact","first_seen_on":"2026-01-31","due_on":"2026-03-01","rows":[[0,7]]}"#;
        let question =
            r#"{"rule_id":"g","question_zh":"","question_en":"","counterpart_zh":"","counterpart_en":"","basis":""}"#;
        let delivery = r#"{"delivery_id":"d","dataset":"funeral","period":"2025","sequence":1}"#;
        let file = |questions: &str, deliveries: &str| {
            format!(r#"{{"questions":[{questions}],"deliveries":[{deliveries}],"clues":[{clue}]}}"#)
        };
        assert_eq!(read(file(question, delivery).as_bytes()).map(|clues| clues[0].rows[0].row), Some(7));
        assert_eq!(read(file("", delivery).as_bytes()), None);
        assert_eq!(read(file(question, "").as_bytes()), None);
    }
}
