//! What a recorded flag or gap rests on, and whether all of it is here: missing data closes nothing (`design.md` 4).

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Months, NaiveDate};
use yilian_contract::entitlement::Gap;

use super::flags::RecordedFlag;
use crate::coverage::{Coverage, CoverageRow};

/// Datasets by what names them in a flag, and the months that are missing.
pub(crate) struct Rests<'a> {
    /// Benefit to the dataset that makes its months.
    pub(crate) sources: BTreeMap<String, String>,
    pub(crate) gaps: &'a [Gap],
    /// How long before a gap what proves it may lie.
    pub(crate) before: u32,
    pub(crate) coverage: &'a [CoverageRow],
}

impl Rests<'_> {
    /// Whether a dataset that the flag rests on is missing for one of its months, in a place that it is about.
    pub(crate) fn is_unknown(&self, flag: &RecordedFlag) -> bool {
        let sides = [&flag.key.left, &flag.key.right];
        let gap = self.gaps.iter().find(|gap| gap.id == flag.key.rule_id);
        let datasets: BTreeSet<&str> = match gap {
            Some(gap) => gap.proved_in.iter().chain(&gap.received_in).map(String::as_str).collect(),
            None => sides.iter().flat_map(|side| self.datasets_of(&side[0])).collect(),
        };
        let first = match gap {
            Some(_) => flag.span.from.checked_sub_months(Months::new(self.before)).unwrap_or(flag.span.from),
            None => flag.span.from,
        };
        let last = if gap.is_some() { NaiveDate::MAX } else { flag.span.until };
        let counties: Vec<&str> =
            sides.iter().map(|side| side[1].as_str()).filter(|county| !county.is_empty()).collect();
        self.coverage.iter().any(|row| {
            row.coverage != Coverage::Complete
                && first <= row.month
                && row.month <= last
                && datasets.contains(row.dataset.as_str())
                && counties.iter().any(|county| county.starts_with(&row.place))
        })
    }

    /// A death is known from several datasets; other evidence is called as its dataset is.
    fn datasets_of<'n>(&'n self, name: &'n str) -> Vec<&'n str> {
        match name {
            "death" => vec!["death_certificate", "funeral"],
            _ => vec![self.sources.get(name).map_or(name, String::as_str)],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::flags::{FlagKey, Span};
    use super::*;

    fn day(month: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2025, month, 1).unwrap()
    }

    fn flag(benefit: &str, county: &str) -> RecordedFlag {
        let side = |benefit: &str| [benefit.to_owned(), county.to_owned(), String::new()];
        RecordedFlag {
            flag_id: 1,
            key: FlagKey { rule_id: "X01".to_owned(), person_id: 1, left: side("MZ07"), right: side(benefit) },
            span: Span { from: day(5), until: day(6) },
            first_seen_on: day(7),
            gone_on: None,
            merged_into: None,
        }
    }

    #[test]
    fn only_a_missing_month_of_its_own_sources_in_its_own_county_makes_a_flag_unknown() {
        let row = |month, coverage| CoverageRow {
            place: "1501".to_owned(),
            department: "civil_affairs",
            dataset: "benefit_payment".to_owned(),
            month: day(month),
            coverage,
            due_on: day(12),
            delivery_id: None,
            period_end: None,
        };
        let sources = [("MZ09", "benefit_payment"), ("MZ07", "assistance_roll"), ("RS01", "pension_payment")];
        let sources: BTreeMap<_, _> = sources.map(|(one, other)| (one.to_owned(), other.to_owned())).into();
        let unknown = |flag: &RecordedFlag, rows: &[CoverageRow]| {
            Rests { sources: sources.clone(), gaps: &[], before: 0, coverage: rows }.is_unknown(flag)
        };
        assert!(unknown(&flag("MZ09", "150104"), &[row(6, Coverage::Late)]));
        assert!(!unknown(&flag("MZ09", "150104"), &[row(6, Coverage::Complete)]));
        assert!(!unknown(&flag("MZ09", "150104"), &[row(7, Coverage::Late)]), "another month");
        assert!(!unknown(&flag("RS01", "150104"), &[row(6, Coverage::Late)]), "another dataset");
        assert!(!unknown(&flag("MZ09", "520327"), &[row(6, Coverage::Late)]), "another county");
    }
}
