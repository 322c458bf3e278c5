//! The overlap rules of `pipelines/rules/*.yaml`.

pub mod allowed;
pub mod disclosure;
mod load;
mod names;

use chrono::NaiveDate;
use serde::Serialize;

use crate::department::Department;

pub use load::load;
pub(crate) use load::{SEVERITIES, effective_day, source, title};

/// What a rule may name beside benefits: facts that other datasets state.
pub const EVIDENCE: [&str; 10] = [
    "death",
    "institution_stay",
    "inpatient_stay",
    "service_event",
    "approval",
    "eligibility",
    "start_age",
    "standard",
    STAFF_HOURS,
    ONE_MINUTE,
];

/// Evidence against a provider of services, not a person: more hours in a day than its staff can give.
pub const STAFF_HOURS: &str = "staff_hours";
/// Evidence against a provider of services, not a person: a crowd of events that begin in one minute.
pub const ONE_MINUTE: &str = "one_minute";

/// What a pair may need besides its two benefits, month by month (`sql/30_overlap/fact_month.sql`).
pub const FACTS: [&str; 6] = [
    "moderate_or_worse",
    "in_institution",
    "central_support",
    "residential_care",
    "pension_above_line",
    "outside_h2_h3",
];

/// One rule: which benefits do not go together, where, since when, on whose word, and who checks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rule {
    /// `X01`.
    pub id: String,
    /// Title.
    pub title: Title,
    /// What the rule compares.
    #[serde(rename = "type")]
    pub kind: RuleType,
    /// Benefits, or other [`EVIDENCE`], of one side.
    pub left: Vec<String>,
    /// Benefits or evidence of the other side; empty for a duplicate, whose other side is the same benefit.
    pub right: Vec<String>,
    /// Which side must not be held.
    pub bars: Bars,
    /// What differs between the two sides of a duplicate; `None` for other types.
    pub differs_in: Option<DiffersIn>,
    /// What a pair needs besides its two benefits.
    pub needs: Vec<Need>,
    /// Rates that several bookings of a month may make up together; empty = none, and for other types than duplicates.
    pub instalments: Vec<Instalments>,
    /// What an offset may pay: rates of a place, added and taken away; `None` for other types.
    pub standard: Option<Standard>,
    /// Within how many months once is once; `None` for other types.
    pub within_months: Option<u32>,
    /// From which number on evidence against a provider counts; empty for rules about people.
    pub limits: Vec<Limit>,
    /// Whether one month shared at a change of scheme or county is information only.
    pub one_month_is_info: bool,
    /// Where the rule holds; empty = everywhere.
    pub places: Vec<RulePlace>,
    /// Since when.
    pub effective: Effective,
    /// How sure a hit is.
    pub severity: Severity,
    /// When its owner last vouched for it; answers of later days alone count for or against it.
    pub signed_on: Option<NaiveDate>,
    /// The document that says so; `None` allows `info` at most.
    pub source: Option<Source>,
    /// Who must check.
    pub act_by: ActBy,
    /// Departments that are told besides the one that checks.
    pub tells: Vec<Department>,
    /// Whether the rule runs at all places, or only at those it lists.
    pub default: Switch,
}

/// A title in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Title {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// The kinds of rules; each has one SQL model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RuleType {
    /// Both held in a month.
    Exclusive,
    /// Only the higher of the two.
    Higher,
    /// One is to be deducted from the other.
    Offset,
    /// One benefit twice.
    Duplicate,
    /// A benefit in a state that ends it.
    Status,
    /// Two things at one time.
    Time,
    /// Once in a household or life.
    Once,
}

/// The side that must not be held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Bars {
    /// The left benefits.
    Left,
    /// The right benefits.
    Right,
    /// Whichever is lower.
    Lower,
}

/// What differs between the two sides of a duplicate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DiffersIn {
    /// The county that pays.
    County,
    /// The category under which it is paid.
    Category,
    /// The booking.
    Booking,
    /// The stay.
    Stay,
}

/// A further ground without which a pair is lawful.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Need {
    /// One of [`FACTS`].
    pub fact: String,
    /// The left benefits that need it; empty = all of them.
    pub left: Vec<String>,
}

/// A rate of `schemas/codes/standard_amount.csv` that a place may pay in several bookings of one month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Instalments {
    /// Code of `standard.csv`.
    pub rate: String,
    /// The left benefits that are paid at this rate; empty = all of them.
    pub left: Vec<String>,
}

/// Rates of `schemas/codes/standard_amount.csv` that make up what may be paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Standard {
    /// Rates that are added.
    pub plus: Vec<String>,
    /// Rates that are taken away.
    pub less: Vec<String>,
}

/// From which number on evidence against a provider counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Limit {
    /// [`STAFF_HOURS`] or [`ONE_MINUTE`].
    pub evidence: String,
    /// Hours a day of one carer, which a provider may reach; or events in a minute, which it may not.
    pub number: u32,
}

/// Who must check a hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActBy {
    /// This department.
    Department(Department),
    /// The owner of the barred benefit (`benefit.csv`).
    Payer,
}

/// A place where a rule holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RulePlace {
    /// Region code prefix of 2, 4 or 6 digits.
    pub place: String,
    /// First month; `None` = since the rule is in force.
    pub from: Option<NaiveDate>,
    /// First month in which it no longer holds; `None` = still holds.
    pub until: Option<NaiveDate>,
}

/// When a rule is in force, half-open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Effective {
    /// First day.
    pub from: NaiveDate,
    /// First day after it; `None` = still in force.
    pub until: Option<NaiveDate>,
}

/// How sure a hit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// For information.
    Info,
    /// For review.
    Review,
    /// A violation of the quoted text; still to be checked by a human.
    Violation,
}

/// Where a rule comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Source {
    /// Title and number of the document.
    pub document: String,
    /// Clause.
    pub clause: String,
    /// The words that the rule rests on; `None` where no sentence says it.
    pub quote: Option<String>,
    /// Whether document and words were compared with the document itself; `false` = taken from a reprint.
    pub checked: bool,
}

/// On or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Switch {
    /// Runs.
    On,
    /// Runs only where a place has switched it on by a line of its own.
    Off,
}

impl Rule {
    /// The pairs that the rule compares: each of the left with each of the right, for a duplicate each with itself.
    pub fn pairs(&self) -> Vec<(&str, &str)> {
        let left = self.left.iter().map(String::as_str);
        if self.kind == RuleType::Duplicate {
            return left.map(|benefit| (benefit, benefit)).collect();
        }
        left.flat_map(|left| self.right.iter().map(move |right| (left, right.as_str()))).collect()
    }

    /// Whether the rule runs anywhere.
    pub fn runs(&self) -> bool {
        self.default == Switch::On || !self.places.is_empty()
    }

    /// Each benefit with a rate that may be paid in instalments.
    pub fn instalment_rates(&self) -> impl Iterator<Item = (&str, &str)> {
        self.instalments.iter().flat_map(|paid| {
            let benefits = if paid.left.is_empty() { &self.left } else { &paid.left };
            benefits.iter().map(|benefit| (benefit.as_str(), paid.rate.as_str()))
        })
    }

    /// The facts that a pair with this left benefit needs.
    pub fn needs_of<'r>(&'r self, left: &'r str) -> impl Iterator<Item = &'r str> {
        let holds = move |need: &&Need| need.left.is_empty() || need.left.iter().any(|benefit| benefit == left);
        self.needs.iter().filter(holds).map(|need| need.fact.as_str())
    }
}
