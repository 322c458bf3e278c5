//! Planted pairs against published flags: precision and recall by rule.

use std::collections::{BTreeMap, BTreeSet};

use arrow::array::{Date32Array, Int64Array};
use arrow::temporal_conversions::date32_to_datetime;
use chrono::{Months, NaiveDate};
use serde::Serialize;

use crate::published::{column, text_column};
use crate::{DemoError, People, PlantedPair, Published, Reach};

const OVERLAP: &str = "hub.overlap";
/// The rules of the second reading of X15, which a place may switch on.
pub const SECOND_READING: [&str; 2] = ["X15-ii", "X15-iii"];

/// One flag of `hub.overlap`, as far as it is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flag {
    /// Rule, for example `X01`.
    pub rule_id: String,
    /// The hub's person.
    pub person_id: i64,
    /// First day of the first month.
    pub from_month: NaiveDate,
    /// How many consecutive months.
    pub months: u32,
}

/// The unit of comparison: a rule holds for a person in a month.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pair {
    /// Rule, for example `X01`.
    pub rule_id: String,
    /// The hub's person.
    pub person_id: i64,
    /// First day of the month.
    pub month: NaiveDate,
}

/// What was planted and found for one rule.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct RuleScore {
    /// Rule, for example `X01`, or kind of gap.
    pub rule_id: String,
    /// Pairs in the truth.
    pub planted: u64,
    /// Those of them that a hub can find.
    pub reachable: u64,
    /// Reachable pairs that are flagged.
    pub found: u64,
    /// Flagged pairs.
    pub flagged: u64,
    /// Flagged pairs that are in the truth, reachable or not.
    pub flagged_in_truth: u64,
}

impl RuleScore {
    /// Share of the flagged pairs that were planted, as text; `-` where nothing is flagged.
    pub fn precision(&self) -> String {
        ratio(self.flagged_in_truth, self.flagged)
    }

    /// Share of the reachable pairs that are flagged, as text; `-` where nothing was reachable.
    pub fn recall(&self) -> String {
        ratio(self.found, self.reachable)
    }

    /// Whether every flag was planted and every reachable pair is flagged.
    pub fn is_perfect(&self) -> bool {
        self.flagged_in_truth == self.flagged && self.found == self.reachable
    }
}

impl Flag {
    /// Every month of the flag.
    pub fn pairs(&self) -> impl Iterator<Item = Pair> {
        (0..self.months).filter_map(|later| self.from_month.checked_add_months(Months::new(later))).map(|month| Pair {
            rule_id: self.rule_id.clone(),
            person_id: self.person_id,
            month,
        })
    }
}

/// Reads all flags of a publication.
///
/// # Errors
/// Where `hub.overlap` is not published or lacks a column.
pub fn flags(published: &Published) -> Result<Vec<Flag>, DemoError> {
    runs_of_months(published, OVERLAP, "rule_id")
}

/// Flags of the second reading of X15 as flags of X15: two rules of the book are one switch of the truth.
pub fn with_readings_as_one(mut flags: Vec<Flag>) -> Vec<Flag> {
    for flag in flags.iter_mut().filter(|flag| SECOND_READING.contains(&flag.rule_id.as_str())) {
        "X15".clone_into(&mut flag.rule_id);
    }
    flags
}

/// A table of runs of months of a person, each found by what `kind` names.
pub(crate) fn runs_of_months(published: &Published, table: &'static str, kind: &str) -> Result<Vec<Flag>, DemoError> {
    let mut flags = Vec::new();
    for batch in published.read(table)? {
        let rules = text_column(&batch, table, kind)?;
        let people: &Int64Array = column(&batch, table, "person_id")?;
        let from: &Date32Array = column(&batch, table, "from_month")?;
        let months: &Int64Array = column(&batch, table, "months")?;
        for row in 0..batch.num_rows() {
            let (Some(from_month), Ok(months)) = (day(from.value(row)), u32::try_from(months.value(row))) else {
                continue;
            };
            let (rule_id, person_id) = (rules.value(row).to_owned(), people.value(row));
            flags.push(Flag { rule_id, person_id, from_month, months });
        }
    }
    Ok(flags)
}

/// Compares planted pairs with flags, by rule; a rule without either is not listed.
///
/// A planted person whom the hub has never seen counts as planted and, where reachable, as missed.
pub fn score(planted: &[PlantedPair], people: &People, flags: &[Flag]) -> Vec<RuleScore> {
    let flagged: BTreeSet<Pair> = flags.iter().flat_map(Flag::pairs).collect();
    let mut truth: BTreeSet<Pair> = BTreeSet::new();
    let mut scores: BTreeMap<String, RuleScore> = BTreeMap::new();
    // The truth has a line for every left and right side; the unit here is the person's month.
    let mut seen: BTreeMap<(&str, &str, NaiveDate), Reach> = BTreeMap::new();
    for pair in planted {
        let reach = seen.entry((&pair.rule_id, &pair.id_number, pair.month)).or_insert(pair.reach);
        if pair.reach == Reach::Reachable {
            *reach = Reach::Reachable;
        }
    }
    for ((rule_id, id_number, month), reach) in seen {
        let score = scores.entry(rule_id.to_owned()).or_default();
        let pair = people.person_id(id_number).map(|person_id| Pair { rule_id: rule_id.to_owned(), person_id, month });
        score.planted += 1;
        if reach == Reach::Reachable {
            score.reachable += 1;
            score.found += u64::from(pair.as_ref().is_some_and(|pair| flagged.contains(pair)));
        }
        truth.extend(pair);
    }
    for pair in &flagged {
        let score = scores.entry(pair.rule_id.clone()).or_default();
        score.flagged += 1;
        score.flagged_in_truth += u64::from(truth.contains(pair));
    }
    scores.into_iter().map(|(rule_id, score)| RuleScore { rule_id, ..score }).collect()
}

fn day(days: i32) -> Option<NaiveDate> {
    date32_to_datetime(days).map(|time| time.date())
}

/// `part / whole` with three decimals, rounded down, so that only a whole is ever shown as 1.000.
pub(crate) fn ratio(part: u64, whole: u64) -> String {
    if whole == 0 {
        return "-".to_owned();
    }
    let permille = part.saturating_mul(1000) / whole;
    format!("{}.{:03}", permille / 1000, permille % 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_is_shown_as_one() {
        assert_eq!(ratio(9_999, 10_000), "0.999");
        assert_eq!(ratio(10_000, 10_000), "1.000");
        assert_eq!(ratio(0, 0), "-");
    }

    #[test]
    fn a_flag_covers_as_many_months_as_it_says() {
        let day = |month| NaiveDate::from_ymd_opt(2025, month, 1).unwrap();
        let flag = Flag { rule_id: "X01".into(), person_id: 7, from_month: day(3), months: 3 };
        let months: Vec<_> = flag.pairs().map(|pair| pair.month).collect();
        assert_eq!(months, [day(3), day(4), day(5)]);
    }
}
