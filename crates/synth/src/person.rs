//! What is true about a person, before any office writes it down.

use chrono::NaiveDate;

use crate::calendar::Month;
use crate::citizen::Sex;
use crate::place::Region;
use crate::problem::Problem;

/// Everything true about one person.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own, none a state")]
pub struct Person {
    /// 0, 1, 2, … in the order of generation.
    pub number: u64,
    /// Citizen ID or residence permit, 18 characters.
    pub id: String,
    /// Name as in the ID.
    pub name: String,
    /// Sex as in the ID.
    pub sex: Sex,
    /// Day of birth as in the ID.
    pub born: NaiveDate,
    /// Relation to the head of the household.
    pub role: Role,
    /// ID of the head of the household.
    pub head_id: String,
    /// Household, its size and how many of it are 60 or older.
    pub household: Household,
    /// Where the household is registered at the start of the year.
    pub hukou: Region,
    /// Where the person lives at the end of the year.
    pub residence: Region,
    /// Farmers' registration (legacy).
    pub rural: bool,
    /// With whom the person lives.
    pub living: Living,
    /// GB/T 42195 level, 0 (able) to 4 (fully disabled).
    pub level: u8,
    /// 0 none, 1 mild, 2 moderate, 3 severe.
    pub dementia: u8,
    /// Model worker and the like.
    pub merit: bool,
    /// Disability certificate.
    pub disability: Option<Disability>,
    /// Family planning special support.
    pub family_planning: Option<FamilyPlanning>,
    /// Social assistance.
    pub assistance: Assistance,
    /// Pension scheme.
    pub scheme: Option<Scheme>,
    /// Insured in long-term care insurance.
    pub ltci_insured: bool,
    /// Lives in an institution.
    pub in_institution: bool,
    /// Day of death, if in or just before the year.
    pub died: Option<NaiveDate>,
    /// Move of the household registration during the year.
    pub moved: Option<Move>,
    /// Planted irregularity.
    pub problem: Option<Problem>,
}

/// The household as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Household {
    /// 0, 1, 2, …
    pub number: u64,
    /// Members of any age.
    pub members: u32,
    /// Members who are 60 or older at the end of the year.
    pub members_60plus: u32,
    /// No renovation by chance.
    pub undisturbed: bool,
}

/// Relation to the head of the household.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// 户主
    Head,
    /// 配偶
    Spouse,
    /// 其他
    Other,
}

/// With whom a person lives; living alone is also an empty nest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Living {
    /// 独居
    Alone,
    /// 空巢
    EmptyNest,
    /// 留守
    LeftBehind,
    /// 与子女同住
    WithFamily,
}

/// A disability certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Disability {
    /// 1 sight to 7 multiple.
    pub category: u8,
    /// 1 (heaviest) to 4.
    pub grade: u8,
}

/// Family planning support.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FamilyPlanning {
    /// The only child died: WJ01.
    Death,
    /// The only child is disabled: WJ01.
    Disability,
    /// Reward for rural families: WJ02.
    Reward,
}

/// Social assistance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Assistance {
    /// None.
    None,
    /// 低保 MZ05
    LowIncome,
    /// 低保边缘 MZ06
    Edge,
    /// 特困 MZ07, cared for at home
    DestituteDispersed,
    /// 特困 MZ07, in an institution
    DestituteCentral,
}

impl Assistance {
    /// 特困 in either mode.
    pub const fn is_destitute(self) -> bool {
        matches!(self, Self::DestituteDispersed | Self::DestituteCentral)
    }

    /// 低保 or 低保边缘.
    pub const fn is_low_income(self) -> bool {
        matches!(self, Self::LowIncome | Self::Edge)
    }
}

/// Pension scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// RS01
    Employee,
    /// RS02
    Resident,
}

/// A move of the household registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Move {
    /// The month of the move.
    pub month: Month,
    /// The new registration.
    pub to: Region,
    /// Whether both counties pay in the month of the move.
    pub handover: Handover,
}

/// What the two counties do in the month of a move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Handover {
    /// The new county begins the month after.
    Clean,
    /// Both pay in the month of the move.
    OneSharedMonth,
}

impl Person {
    /// What is planted, with its variant.
    pub fn planted(&self, problem: Problem, variants: u64) -> Option<u64> {
        (self.problem == Some(problem)).then(|| Problem::variant(self.number, variants))
    }

    /// A person about whom nothing happens by chance.
    pub fn is_undisturbed(&self) -> bool {
        self.problem.is_some_and(Problem::is_undisturbed)
    }

    /// True from the month in which the birthday lies.
    pub fn is_aged(&self, years: i32, month: Month) -> bool {
        month >= Month::of(self.born).plus(years * 12)
    }

    /// 60 or older on 31 December of the year.
    pub fn is_in_scope(&self, year: i32) -> bool {
        self.is_aged(60, Month::new(year, 12))
    }

    /// The month of death.
    pub fn month_of_death(&self) -> Option<Month> {
        self.died.map(Month::of)
    }

    /// The last month of the year in which a benefit is lawful.
    pub fn last_month(&self, year: i32) -> Month {
        let december = Month::new(year, 12);
        self.month_of_death().map_or(december, |death| death.min(december))
    }

    /// The lowest age category that counts as heavily disabled: grade 1 or 2.
    pub fn heavily_disabled(&self) -> bool {
        self.disability.is_some_and(|disability| disability.grade <= 2)
    }
}
