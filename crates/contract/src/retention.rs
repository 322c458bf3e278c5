//! How long things are kept (`pipelines/retention.yaml`).

use std::path::Path;

use serde_json::Value;

use crate::error::ContractError;
use crate::yaml::{self, Examined, Place};

const STORES: [&str; 4] = ["deliveries", "runs", "closed_flags", "logs"];
/// What ends the keeping of everything that is not counted in months. None of it can be chosen: the file says it, so that
/// whoever reads it knows of every store.
const ENDS: [(&str, &str); 11] = [
    ("row_maps", "flag_closed"),
    ("receipts", "delivery_removed"),
    ("staged", "delivery_removed"),
    ("kept", "written_over"),
    ("told", "written_over"),
    ("review", "written_over"),
    ("micro", "version_replaced"),
    ("spine", "hub_closed"),
    ("name_spine", "hub_closed"),
    ("tombstones", "hub_closed"),
    ("last_deliveries", "hub_closed"),
];
/// Nobody lives to need longer, and what has no end is not allowed.
const LONGEST: u64 = 1200;

/// Months after which each store is emptied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Sealed deliveries, from the end of their period.
    pub deliveries: Months,
    /// Runs with their publications and parcels, from the day they were made for.
    pub runs: Months,
    /// Flags, from the first run that no longer found them.
    pub closed_flags: Months,
    /// Logs, from their last change.
    pub logs: Months,
}

/// A number of months, at least one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Months(u32);

impl Months {
    /// How many there are.
    pub fn count(self) -> u32 {
        self.0
    }

    /// Whether something of `day` is older than this on `as_of`.
    pub fn are_over(self, day: chrono::NaiveDate, as_of: chrono::NaiveDate) -> bool {
        day.checked_add_months(chrono::Months::new(self.0)).is_some_and(|end| end < as_of)
    }
}

impl Retention {
    /// Reads the file.
    ///
    /// # Errors
    /// Everything that is wrong with it: an unknown store with the nearest valid name, a store without an entry, a value
    /// that is no number of months or has no end.
    pub fn load(path: &Path) -> Result<Self, Vec<ContractError>> {
        let (value, _) = yaml::read(path).map_err(|error| vec![error])?;
        let mut file = Examined::new(path);
        let read = read(&mut file, &value);
        match read {
            Some(retention) if file.errors.is_empty() => Ok(retention),
            _ => Err(file.errors),
        }
    }
}

fn read(file: &mut Examined, value: &Value) -> Option<Retention> {
    let top = file.mapping(value, "the retention", &["months", "until"])?;
    for part in ["months", "until"] {
        if top.get(part).is_none() {
            file.missing(&top.place, part, "a mapping");
        }
    }
    let counted = file.mapping(top.get("months")?, "`months`", &STORES)?;
    let [deliveries, runs, closed_flags, logs] = STORES.map(|store| months(file, &counted, store));
    let until = file.mapping(top.get("until")?, "`until`", &ENDS.map(|(store, _)| store))?;
    for (store, end) in ENDS {
        file.choice(&until, store, "end", &[(end, ())]);
    }
    Some(Retention { deliveries: deliveries?, runs: runs?, closed_flags: closed_flags?, logs: logs? })
}

fn months(file: &mut Examined, at: &Place<'_>, store: &str) -> Option<Months> {
    let months = at.get(store).and_then(Value::as_u64).filter(|months| (1..=LONGEST).contains(months));
    let months = months.and_then(|months| u32::try_from(months).ok());
    if months.is_none() {
        file.missing(&at.place, store, "a number of months from 1 to 1200; nothing is kept without an end");
    }
    months.map(Months)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "months: { deliveries: 25, runs: 13, closed_flags: 24, logs: 36 }\n\
        until: { row_maps: flag_closed, receipts: delivery_removed, staged: delivery_removed, kept: written_over, \
        told: written_over, review: written_over, micro: version_replaced, spine: hub_closed, name_spine: hub_closed, tombstones: hub_closed, \
        last_deliveries: hub_closed }\n";

    fn load(text: &str) -> Result<Retention, Vec<ContractError>> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("retention.yaml");
        std::fs::write(&path, text).unwrap();
        Retention::load(&path)
    }

    fn mistake(from: &str, to: &str) -> String {
        let errors = load(&GOOD.replace(from, to)).unwrap_err();
        errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn the_shipped_file_says_the_same_as_the_design() {
        let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../pipelines/retention.yaml");
        assert_eq!(Retention::load(&shipped).unwrap(), load(GOOD).unwrap());
    }

    #[test]
    fn a_store_without_a_number_is_named_with_its_place() {
        for wrong in
            ["", "runs: unlimited, ", "runs: 0, ", "runs: -1, ", "runs: 12000, ", "runs: 1.5, ", "runs: null, "]
        {
            let said = mistake("runs: 13, ", wrong);
            assert!(said.contains("`months` needs `runs`") && said.contains("retention.yaml"), "{wrong}: {said}");
        }
    }

    #[test]
    fn an_unknown_store_or_end_is_refused_with_the_nearest_name() {
        assert!(mistake("runs:", "run:").contains("`runs`"));
        assert!(mistake("flag_closed", "flags_closed").contains("`flag_closed`"));
        assert!(mistake("until: {", "untill: {").contains("`until`"));
        assert!(mistake(" told: written_over,", "").contains("`told`"));
        assert!(mistake("spine: hub_closed", "spine: hub_close").contains("`hub_closed`"));
    }

    #[test]
    fn what_ends_its_months_today_is_not_yet_over() {
        let day = |text: &str| text.parse().unwrap();
        let runs = load(GOOD).unwrap().runs;
        assert!(!runs.are_over(day("2025-01-31"), day("2026-02-28")));
        assert!(runs.are_over(day("2025-01-31"), day("2026-03-01")));
    }
}
