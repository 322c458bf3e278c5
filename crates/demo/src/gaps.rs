//! Planted gaps against published ones, in the same unit as overlaps: a kind of gap holds for a person in a month.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use chrono::{Months, NaiveDate};
use serde::Deserialize;

use crate::compare::runs_of_months;
use crate::{DemoError, Flag, PackedExtract, PlantedPair, Published, Reach};

const GAP: &str = "hub.gap";

/// How late a booking may come, in months.
const BOOKED_LATE: u32 = 3;

/// Name of a kind in the truth and at the hub.
const KINDS: [(&str, &str); 13] = [
    ("H", "MZ11"),
    ("M", "MZ12"),
    ("MZ01", "MZ01"),
    ("MZ03", "MZ03"),
    ("MZ09", "MZ09"),
    ("MZ10", "MZ10"),
    ("MZ15", "MZ15"),
    ("MZ17", "MZ17"),
    ("N-32", "N32"),
    ("E-08", "E08"),
    ("WJ01", "WJ01"),
    ("YB", "YB"),
    ("RS", "RS"),
];

/// The months in which gaps are compared.
///
/// A month is compared if every dataset that is delivered monthly was delivered for it and for the three months after
/// it, in which a late booking or a late record of a death may stand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JudgedMonths {
    delivered: BTreeSet<NaiveDate>,
}

#[derive(Deserialize)]
struct Line {
    gap: String,
    id_number: String,
    from_month: String,
    until_month: String,
    reachable: bool,
}

impl JudgedMonths {
    /// From what was packed, whatever a hub made of it.
    pub fn of(packed: &[PackedExtract]) -> Self {
        let mut months: BTreeMap<NaiveDate, BTreeSet<&str>> = BTreeMap::new();
        for PackedExtract { extract, .. } in packed {
            if let Some(month) = month(&extract.period) {
                months.entry(month).or_default().insert(&extract.dataset);
            }
        }
        let monthly = months.values().flatten().collect::<BTreeSet<_>>().len();
        let whole = months.into_iter().filter(|(_, datasets)| datasets.len() == monthly);
        Self { delivered: whole.map(|(month, _)| month).collect() }
    }

    fn has(&self, month: NaiveDate) -> bool {
        (0..=BOOKED_LATE).all(|later| {
            month.checked_add_months(Months::new(later)).is_some_and(|month| self.delivered.contains(&month))
        })
    }
}

/// Reads all gaps of a publication, open and past.
///
/// # Errors
/// Where `hub.gap` is not published or lacks a column.
pub fn gaps(published: &Published) -> Result<Vec<Flag>, DemoError> {
    runs_of_months(published, GAP, "gap_kind")
}

/// Reads `truth/gap.csv` below the generator's folder, the compared months of the kinds that a hub judges by default;
/// `rule_id` is the name of the kind at the hub.
///
/// # Errors
/// Where the file is missing or of another form.
pub fn planted_gaps(folder: &Path, judged: &JudgedMonths) -> Result<Vec<PlantedPair>, DemoError> {
    let mut planted = Vec::new();
    for line in lines(folder)? {
        let Some((_, kind)) = KINDS.iter().find(|(name, _)| *name == line.gap) else { continue };
        let reach = if line.reachable { Reach::Reachable } else { Reach::Unreachable };
        let months = line.months().filter(|month| judged.has(*month));
        planted.extend(months.map(|month| PlantedPair {
            rule_id: (*kind).to_owned(),
            id_number: line.id_number.clone(),
            month,
            reach,
        }));
    }
    Ok(planted)
}

/// How many runs of months were planted of each kind of gap that a hub judges only where a place switches it on.
///
/// # Errors
/// Where `truth/gap.csv` is missing or of another form.
pub fn gaps_not_judged(folder: &Path) -> Result<BTreeMap<String, u64>, DemoError> {
    let mut counts = BTreeMap::new();
    for line in lines(folder)? {
        if !KINDS.iter().any(|(name, _)| *name == line.gap) {
            *counts.entry(line.gap).or_default() += 1;
        }
    }
    Ok(counts)
}

impl Line {
    fn months(&self) -> impl Iterator<Item = NaiveDate> {
        let until = month(&self.until_month);
        std::iter::successors(month(&self.from_month), |month| month.checked_add_months(Months::new(1)))
            .take_while(move |month| until.is_some_and(|until| *month <= until))
    }
}

fn lines(folder: &Path) -> Result<Vec<Line>, DemoError> {
    let path = folder.join("truth").join("gap.csv");
    let form = |error: csv::Error| DemoError::Form { path: path.clone(), problem: error.to_string() };
    let mut reader = csv::Reader::from_path(&path).map_err(form)?;
    reader.deserialize().map(|line| line.map_err(form)).collect()
}

fn month(text: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(&format!("{text}-01"), "%Y-%m-%d").ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_compared_if_the_three_after_it_were_delivered() {
        let judged =
            JudgedMonths { delivered: (1..=12).map(|number| month(&format!("2025-{number:02}")).unwrap()).collect() };
        let september = month("2025-09").unwrap();
        let october = month("2025-10").unwrap();
        assert!(judged.has(september) && !judged.has(october));
        assert_eq!(month("2025"), None);
    }
}
