//! Who is entitled to what, as data: `pipelines/entitlement/*.yaml`.
//!
//! Conditions are lists of circumstances (`schemas/codes/circumstance.csv`): of each list at least one must hold. The
//! models of `sql/` say where a circumstance is read from, the files say which ones count for what.

mod gap;
mod load;

use chrono::NaiveDate;

use crate::department::Department;
use crate::rules::{Severity, Source, Title};

pub use load::load;

/// Everything of the folder.
#[derive(Debug, Clone, Default)]
pub struct Entitlement {
    /// What the levels of each assessment standard mean.
    pub scales: Vec<Scale>,
    /// Levels of the long-term care scale for which the insurance pays.
    pub payable_levels: Vec<i64>,
    /// Benefits that an assessment decides about.
    pub basis_for: Vec<String>,
    /// Programmes with categories, by place.
    pub programmes: Vec<Programme>,
    /// Gaps that run.
    pub gaps: Vec<Gap>,
    /// Months without a delivery that a month must keep away from: before and after it.
    pub missing_months: (u32, u32),
    /// Decisions about an application, and the months for which each silences a gap.
    pub silence_months: Vec<(String, u32)>,
    /// Groups of the hardship register.
    pub groups: Vec<Group>,
    /// Circumstances in which nobody is on the list of those not visited.
    pub not_visited_unless: Vec<String>,
}

/// One assessment standard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scale {
    /// Code of `assessment_standard.csv`.
    pub standard: String,
    /// Severity of level 0, 1, 2 …
    pub levels: Vec<Care>,
    /// Months for which an assessment without an end of its own holds.
    pub valid_months: u32,
    /// Whether the owner of the place has signed the line.
    pub verified: bool,
}

/// How much care a person needs; the one order in which levels of different scales may be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Care {
    /// Able.
    None,
    /// 轻度.
    Mild,
    /// 中度.
    Moderate,
    /// 重度 and 完全.
    Severe,
}

impl Care {
    /// The name in files and tables.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Mild => "mild",
            Self::Moderate => "moderate",
            Self::Severe => "severe",
        }
    }
}

/// Circumstances of which at least one of each list holds.
pub type Needs = Vec<Vec<String>>;

/// A benefit with categories of people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Programme {
    /// The benefit.
    pub benefit: String,
    /// Title.
    pub title: Title,
    /// Region code prefix of hukou and residence.
    pub place: String,
    /// First day.
    pub from: NaiveDate,
    /// First day on which it no longer holds.
    pub until: Option<NaiveDate>,
    /// The text.
    pub source: Option<Source>,
    /// Age of everybody.
    pub min_age: u8,
    /// Months of residence.
    pub resided_months: u16,
    /// What everybody needs.
    pub needs: Needs,
    /// The categories in their fixed order.
    pub categories: Vec<Category>,
    /// What takes a person off.
    pub exclusions: Vec<Exclusion>,
}

/// A category of a programme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Category {
    /// `H1`.
    pub id: String,
    /// Age, at least that of the programme.
    pub min_age: u8,
    /// What its people need besides what everybody needs.
    pub needs: Needs,
    /// Fen a month; `None` where no document gives it.
    pub standard: Option<i64>,
}

/// One condition under which a programme is closed to a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exclusion {
    /// The overlap rule of which it is the mirror.
    pub rule: String,
    /// First day.
    pub from: NaiveDate,
    /// What the person's circumstances are.
    pub needs: Needs,
    /// Benefits of which one is drawn; empty = any or none.
    pub held: Vec<String>,
    /// Categories that it does not touch.
    pub except: Vec<String>,
    /// Only a violation takes off.
    pub severity: Severity,
}

/// The mirror of a benefit: who should receive it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// `MZ01`, `E08`.
    pub id: String,
    /// The benefit that is missing; `None` where it is none.
    pub benefit: Option<String>,
    /// Title.
    pub title: Title,
    /// The text.
    pub source: Option<Source>,
    /// Region code prefix; empty = everywhere.
    pub place: String,
    /// The programme whose eligible people it is about; then it has no conditions of its own.
    pub eligible_for: Option<String>,
    /// Who is entitled: any of these.
    pub conditions: Vec<Condition>,
    /// Circumstances that silence a month.
    pub unless: Vec<String>,
    /// Benefits that silence a month.
    pub unless_held: Vec<String>,
    /// Whether another person of the household who had it silences it for good.
    pub once_in_household: bool,
    /// Whether the hukou county must be covered, and lie in the place.
    pub by_hukou: bool,
    /// The same of the residence county.
    pub by_residence: bool,
    /// Datasets that say who is entitled.
    pub proved_in: Vec<String>,
    /// Datasets that say who receives.
    pub received_in: Vec<String>,
    /// The payer.
    pub act_by: Department,
    /// Who hears of it where the payer has no row of the person.
    pub proved_by: Department,
}

/// Age and circumstances.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// Age.
    pub min_age: u8,
    /// Circumstances.
    pub needs: Needs,
}

/// A group of the hardship register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// `alone`.
    pub id: String,
    /// Title.
    pub title: Title,
    /// A person is in the group while any of these holds.
    pub any_of: Vec<String>,
    /// Region code prefixes of the residence; empty = everywhere.
    pub places: Vec<String>,
}
