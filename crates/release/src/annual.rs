use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::definitions::TableDefinitions;
use crate::error::{Fault, ReleaseError};
use crate::operators::Operators;
use crate::plan::Plan;
use crate::select::Select;
use crate::table::RegionLevel;

/// How the annual release is made: `pipelines/annual.yaml`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Annual {
    /// What the next version is called.
    pub release_state: Finality,
    /// The day that a stock shows, 24:00.
    pub reference_day: MonthDay,
    /// The last day of the following year on which a delivery is accepted in time.
    pub cut_off: MonthDay,
    /// Which areas are too small to stand alone.
    pub small_areas: SmallAreas,
    /// Which cells exist at which region level.
    pub plan: Plan,
    /// Where more hundredths of a level's cells than this are withheld, it is published one dimension coarser.
    pub coarser_above_percent: u8,
    /// At which levels totals come first: a table with a dimension that would leave fewer hundredths of its totals, those that are
    /// too small by themselves aside, is published without any there.
    #[serde(default)]
    pub totals_at_least_percent: BTreeMap<RegionLevel, u8>,
    /// What an earlier version of the same year decides.
    pub earlier_releases: EarlierReleases,
    /// Thresholds of single tables in people, above those of `schemas/disclosure_threshold.csv`; a lower one changes nothing.
    #[serde(default)]
    pub thresholds: BTreeMap<String, u32>,
    /// Which numbers are made up by operators, and the rules for them.
    #[serde(default)]
    pub operators: Option<Operators>,
    /// Measures of different tables that are the same number.
    #[serde(default)]
    pub links: Vec<Link>,
    /// Amounts that everybody can work out from a public rate.
    #[serde(default)]
    pub rates: Vec<Rate>,
}

/// Whether numbers may still change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Finality {
    /// Late deliveries make a new version.
    Provisional,
    /// Only a correction does.
    Final,
}

/// A day of a year, written `12-31`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct MonthDay {
    month: u8,
    day: u8,
}

/// Which areas join `other` of their county.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmallAreas {
    /// The table that counts their people of 60 and older.
    pub table: String,
    /// Its measure.
    pub measure: String,
    /// An area with fewer people than this joins.
    pub below: i64,
    /// A unit whose 7th to 9th digits begin so joins whatever its size: `4` for development zones.
    pub units: Vec<String>,
}

/// What an earlier version of the same year decides (`release.md`, "Versions").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EarlierReleases {
    /// A cell that was withheld once.
    pub suppressed: OnceSuppressed,
    /// A change of fewer people than the threshold.
    pub small_changes: SmallChanges,
}

/// Whether a cell that was withheld once may be published later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnceSuppressed {
    /// Never.
    Stay,
    /// Where the audit of both versions together is clean.
    StayUnlessAuditIsClean,
}

/// What becomes of a change that would show single people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SmallChanges {
    /// The old value is published again, and the note counts such cells.
    KeepOldValue,
    /// The cell is withheld.
    Suppress,
}

/// Two sums of cells that are the same number, or of which one is part of the other, in every region and for every category of
/// the dimensions that both have; in the whole alone where the two tables count people in different places.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// One of them.
    pub left: Select,
    /// The other.
    pub right: Select,
    /// How they stand to each other.
    #[serde(default)]
    pub relation: Relation,
}

/// How the two sides of a link stand to each other.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// They are the same number.
    #[default]
    Equal,
    /// The left one is part of the right one; the rest is a cell that nobody sees.
    AtMost,
}

/// An amount that is a public rate times a number of person-months.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// A code of the list `standard`.
    pub standard: String,
    /// The amount in yuan.
    pub amount: Select,
    /// How often the rate was paid.
    pub person_months: Select,
}

impl Annual {
    /// Reads the file and checks it against the tables.
    ///
    /// # Errors
    /// [`ReleaseError::File`]; [`ReleaseError::Definition`] for another form; [`ReleaseError::Faults`] with every name that no
    /// table has, and the nearest that one has.
    pub fn load(file: &Path, definitions: &TableDefinitions) -> Result<Self, ReleaseError> {
        let text = fs::read_to_string(file).map_err(|source| ReleaseError::File {
            action: "read",
            path: file.to_owned(),
            source,
        })?;
        let annual: Self = serde_saphyr::from_str(&text)
            .map_err(|error| ReleaseError::Definition { file: file.to_owned(), reason: error.to_string() })?;
        let faults = annual.faults(definitions);
        if faults.is_empty() { Ok(annual) } else { Err(ReleaseError::Faults { file: file.to_owned(), faults }) }
    }

    fn faults(&self, definitions: &TableDefinitions) -> Vec<Fault> {
        let mut faults = self.small_areas.faults(definitions);
        faults.extend(self.plan.faults(definitions));
        if self.coarser_above_percent > 100 {
            faults.push(Fault::contradiction("coarser_above_percent", "it is a number from 0 to 100"));
        }
        if self.totals_at_least_percent.values().any(|percent| *percent > 100) {
            faults.push(Fault::contradiction("totals_at_least_percent", "they are numbers from 0 to 100"));
        }
        for (table, k) in &self.thresholds {
            if definitions.get(table).is_err() {
                faults.push(Fault::unknown("thresholds", "table", table, definitions.names()));
            }
            if *k < 2 {
                faults.push(Fault::contradiction("thresholds", "fewer than 2 people protect nobody"));
            }
        }
        faults.extend(self.operators.iter().flat_map(|operators| operators.faults(definitions)));
        for link in &self.links {
            faults.extend(link.left.faults_beside(&link.right, definitions));
        }
        for rate in &self.rates {
            faults.extend(rate.amount.faults_beside(&rate.person_months, definitions));
        }
        faults
    }
}

impl SmallAreas {
    fn faults(&self, definitions: &TableDefinitions) -> Vec<Fault> {
        let place = "small_areas";
        let mut faults = Vec::new();
        match definitions.get(&self.table) {
            Err(_) => faults.push(Fault::unknown(place, "table", &self.table, definitions.names())),
            Ok(table) if !table.counted().any(|measure| measure.name == self.measure) => {
                let counted = table.counted().map(|measure| measure.name.as_str());
                faults.push(Fault::unknown(place, "counted measure", &self.measure, counted));
            }
            Ok(table) if table.dimensions.iter().any(|dimension| !dimension.adds_up) => {
                faults.push(Fault::contradiction(place, "a table whose categories do not add up counts people twice"));
            }
            Ok(_) => {}
        }
        let digits = |unit: &String| (1..=3).contains(&unit.len()) && unit.bytes().all(|byte| byte.is_ascii_digit());
        if !self.units.iter().all(digits) {
            faults.push(Fault::contradiction(place, "`units` are the first one to three of the digits 7 to 9"));
        }
        faults
    }
}

impl MonthDay {
    /// The day in a year, `2025-12-31`.
    pub fn of_year(self, year: i32) -> String {
        format!("{year:04}-{:02}-{:02}", self.month, self.day)
    }
}

impl TryFrom<String> for MonthDay {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let parts = text.split_once('-').filter(|(month, day)| month.len() == 2 && day.len() == 2);
        let (month, day) =
            parts.and_then(|(month, day)| Some((month.parse().ok()?, day.parse().ok()?))).unwrap_or((0, 0));
        let last = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            // The 29th is not in every year.
            2 => 28,
            _ => 0,
        };
        if (1..=last).contains(&day) { Ok(Self { month, day }) } else { Err("a day of every year is written 12-31") }
    }
}
