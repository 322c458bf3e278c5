//! What an officer is to see.

use chrono::NaiveDate;
use yilian_delivery::Clue;
use yilian_intake::PersonCells;

use crate::Returned;

/// Everything that one workbook holds.
#[derive(Debug)]
pub struct Book {
    /// The office by name, for example 玉泉区民政.
    pub office: String,
    /// The day on which the workbook is made.
    pub made_on: NaiveDate,
    /// The day for which the hub's run was made.
    pub as_of: NaiveDate,
    /// Number of the publication.
    pub publication: u64,
    /// The clues, in any order.
    pub entries: Vec<Entry>,
    /// What came back to be corrected.
    pub returned: Vec<Returned>,
}

/// A clue with what the office itself knows about it.
#[derive(Debug)]
pub struct Entry {
    /// The clue as the hub sent it.
    pub clue: Clue,
    /// Name of the office's own benefit; empty where the clue is about none.
    pub own_benefit: String,
    /// The office's own rows that it rests on.
    pub records: Vec<OwnRecord>,
    /// Whom these rows are about, each person once; empty without the extracts.
    pub people: Vec<PersonCells>,
    /// Name of the township; `None` if it is not known.
    pub township: Option<String>,
}

/// One of the office's own rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnRecord {
    /// Chinese title of the dataset.
    pub dataset: String,
    /// Period of the delivery.
    pub period: String,
    /// Row of the extract as a spreadsheet counts it; `None` if the records of that delivery are gone.
    pub source_row: Option<u64>,
    /// The office's own number; `None` where the dataset has none or the records are gone.
    pub number: Option<String>,
}

impl OwnRecord {
    /// What leads an officer to the record; empty if nothing does any more.
    pub(crate) fn label(&self) -> String {
        match (&self.number, self.source_row) {
            (Some(number), _) => number.clone(),
            (None, Some(row)) => format!("{}{}第{row}行", self.dataset, self.period),
            (None, None) => String::new(),
        }
    }
}
