//! Which deliveries are due, and when (`pipelines/calendar.yaml`).

use std::path::Path;

use chrono::{Days, NaiveDate};
use serde::Serialize;
use serde_json::Value;

use crate::error::ContractError;
use crate::load::Schemas;
use crate::period::Period;
use crate::yaml::{self, Examined};

/// What is due from whom.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Calendar {
    /// The entries in the order of the file.
    pub entries: Vec<Entry>,
}

/// One line of the calendar: a dataset, the places that deliver it, its rhythm and when it is late.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// The dataset.
    pub dataset: String,
    /// Codes of the delivering offices, or prefixes of them; empty = every office that the site registers for it.
    pub places: Vec<String>,
    /// How often.
    pub every: Every,
    /// Days after the end of the period until which a delivery is in time.
    pub due_days: u16,
}

/// The rhythm of a dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Every {
    /// Each month.
    Month,
    /// Each year.
    Year,
}

impl Calendar {
    /// Reads the calendar.
    ///
    /// # Errors
    /// Everything that is wrong with the file; an unknown key or dataset with the nearest valid one.
    pub fn load(path: &Path, schemas: &Schemas) -> Result<Self, Vec<ContractError>> {
        let (value, _) = yaml::read(path).map_err(|error| vec![error])?;
        let mut file = Examined::new(path);
        let mut entries = Vec::new();
        if let Some(at) = file.mapping(&value, "the calendar", &["deliveries"]) {
            for value in file.list(&at, "deliveries") {
                entries.extend(entry(&mut file, value, schemas));
            }
        }
        if file.errors.is_empty() { Ok(Self { entries }) } else { Err(file.errors) }
    }

    /// The entry for a dataset and office; `None` = never due. The longest fitting place wins over a shorter one.
    pub fn entry(&self, dataset: &str, place: &str) -> Option<&Entry> {
        let fit = |entry: &Entry| {
            let longest =
                entry.places.iter().filter(|prefix| place.starts_with(prefix.as_str())).map(String::len).max();
            if entry.places.is_empty() { Some(0) } else { longest }
        };
        self.entries
            .iter()
            .filter(|entry| entry.dataset == dataset)
            .filter_map(|entry| fit(entry).map(|length| (length, entry)))
            .max_by_key(|(length, _)| *length)
            .map(|(_, entry)| entry)
    }
}

impl Entry {
    /// The last day on which the delivery of a period is in time; `None` beyond the end of the calendar.
    pub fn due_on(&self, period: &Period) -> Option<NaiveDate> {
        period.end().checked_add_days(Days::new(u64::from(self.due_days)))
    }
}

fn entry(file: &mut Examined, value: &Value, schemas: &Schemas) -> Option<Entry> {
    let at = file.mapping(value, "an entry of `deliveries`", &["dataset", "places", "every", "due_days"])?;
    let dataset = file.text(&at, "dataset");
    if schemas.dataset(&dataset).is_err() {
        let valid = schemas.contracts.iter().map(|contract| contract.dataset.as_str());
        file.unknown(&at.place, "dataset", &dataset, valid);
    }
    let every = file.choice(&at, "every", "rhythm", &[("month", Every::Month), ("year", Every::Year)])?;
    let due_days = at.get("due_days").and_then(Value::as_u64).and_then(|days| u16::try_from(days).ok());
    if due_days.is_none() {
        file.missing(&at.place, "due_days", "a whole number of days");
    }
    Some(Entry { places: file.texts(&at, "places"), dataset, every, due_days: due_days? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repository() -> std::path::PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
    }

    fn schemas() -> Schemas {
        Schemas::load(&repository().join("schemas")).unwrap()
    }

    #[test]
    fn the_shipped_calendar_has_every_dataset_that_is_ever_due() {
        let schemas = schemas();
        let calendar = Calendar::load(&repository().join("pipelines/calendar.yaml"), &schemas).unwrap();
        let never_due: Vec<_> = schemas
            .contracts
            .iter()
            .map(|contract| contract.dataset.as_str())
            .filter(|dataset| calendar.entry(dataset, "150104").is_none())
            .collect();
        assert_eq!(never_due, ["token_bridge", "disposition", "erasure"]);
    }

    #[test]
    fn the_longest_fitting_place_holds() {
        let entry = |places: &[&str], due_days| Entry {
            dataset: "funeral".to_owned(),
            places: places.iter().map(|place| (*place).to_owned()).collect(),
            every: Every::Month,
            due_days,
        };
        let calendar = Calendar { entries: vec![entry(&["150104"], 5), entry(&[], 15), entry(&["15"], 10)] };
        let days = |place| calendar.entry("funeral", place).unwrap().due_days;
        assert_eq!((days("150104"), days("150105"), days("520327")), (5, 10, 15));
    }

    #[test]
    fn a_month_is_due_some_days_after_its_end() {
        let calendar = Calendar::load(&repository().join("pipelines/calendar.yaml"), &schemas()).unwrap();
        let due = calendar.entry("benefit_payment", "150104").unwrap().due_on(&"2025-02".parse().unwrap());
        assert_eq!(due, NaiveDate::from_ymd_opt(2025, 3, 15));
    }

    #[test]
    fn an_unknown_dataset_is_refused_with_the_nearest() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("calendar.yaml");
        std::fs::write(&path, "deliveries:\n  - { dataset: funerals, every: month, due_days: 3 }\n").unwrap();
        let errors = Calendar::load(&path, &schemas()).unwrap_err();
        assert!(errors[0].to_string().contains("`funeral`"), "{errors:?}");
    }
}
