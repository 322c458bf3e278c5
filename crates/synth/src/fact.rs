//! What was really delivered about a person: the input of the oracle.

use chrono::NaiveDate;

use crate::calendar::Month;
use crate::draw::Benefit;
use crate::files::RowRef;

/// How well a row's ID number identifies the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Link {
    /// A valid number of 18 characters, or a residence permit.
    Valid,
    /// A number of 15 digits, to be upgraded.
    Upgraded,
    /// No valid number.
    Lost,
}

/// Whether the department can deliver a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It can.
    Delivered,
    /// It must reject it: a day that does not exist, an unknown code.
    Rejected,
}

/// A row of one person, as far as a rule can read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// Where it stands.
    pub row: RowRef,
    /// How well it identifies the person.
    pub link: Link,
    /// Whether the department can deliver it.
    pub fate: Fate,
    /// What it says.
    pub says: Says,
}

/// What a row says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Says {
    /// Money for a month.
    Booking(Booking),
    /// A benefit from a month to a month, both included.
    Spell {
        /// The benefit.
        benefit: Benefit,
        /// The county that pays.
        county: u32,
        /// First month.
        from: Month,
        /// Last month; the end of the year where the row leaves it open.
        until: Month,
        /// Fen a month, where it is the person's own.
        fen: Option<i64>,
    },
    /// A family bed from a day up to, not including, another.
    Bed {
        /// First day.
        opened: NaiveDate,
        /// First day that no longer counts.
        closed: NaiveDate,
    },
    /// A stay in an institution from a day up to, not including, another.
    Stay {
        /// The institution.
        institution: u32,
        /// First day.
        admitted: NaiveDate,
        /// First day that no longer counts.
        discharged: NaiveDate,
    },
    /// A death.
    Death {
        /// Who says so.
        evidence: Evidence,
        /// When.
        month: Month,
    },
    /// Days of insured care in a month, as far as the row says.
    CareDays {
        /// The month.
        month: Month,
        /// First and last day, both included.
        days: Option<(NaiveDate, NaiveDate)>,
        /// How many days.
        count: i64,
    },
    /// A stay in hospital from a day up to, not including, another.
    Hospital {
        /// Day of admission.
        admitted: NaiveDate,
        /// Day of discharge, or the day after the last one of the year.
        discharged: NaiveDate,
    },
    /// A service order.
    Order(Order),
    /// What the roll of social assistance says besides the months.
    Roll {
        /// MZ05, MZ06 or MZ07.
        benefit: Benefit,
        /// First month.
        from: Month,
        /// Last month.
        until: Month,
        /// 集中, where it is 特困.
        central: bool,
        /// Wants to be cared for in an institution.
        wish: bool,
        /// How many people live in the household.
        members: i64,
    },
    /// 寄宿托养 over months, both included.
    ResidentialCare {
        /// First month.
        from: Month,
        /// Last month.
        until: Month,
    },
    /// A renovation of the home.
    Renovated {
        /// MZ15 or CL02.
        benefit: Benefit,
        /// The county.
        county: u32,
        /// The day on which it was done.
        on: NaiveDate,
        /// Fen that the department paid.
        fen: i64,
    },
    /// An assessment.
    Assessed {
        /// The level.
        level: u8,
        /// Who assessed.
        by: Assessor,
        /// The day.
        on: NaiveDate,
        /// The last day on which it counts.
        valid_to: NaiveDate,
    },
    /// A disability certificate.
    Certificate {
        /// 1 (heaviest) to 4.
        grade: u8,
        /// The day from which it counts.
        issued: NaiveDate,
        /// The last day on which it counts.
        valid_to: NaiveDate,
        /// Not cancelled.
        valid: bool,
    },
    /// Health insurance.
    Enrolled {
        /// Insured in long-term care insurance.
        long_term_care: bool,
        /// The month in which it was stopped.
        stopped: Option<Month>,
    },
    /// How the register says that the person lives.
    Living {
        /// 独居
        alone: bool,
        /// 空巢 or 留守
        left: bool,
        /// 特殊贡献
        merit: bool,
        /// 失智, 中度 or above.
        demented: bool,
    },
    /// 计划生育特殊家庭 over months, both included.
    SpecialFamily {
        /// The only child died.
        childless: bool,
        /// First month.
        from: Month,
        /// Last month.
        until: Month,
    },
    /// An application that was turned down or given up.
    TurnedDown {
        /// The benefit.
        benefit: Benefit,
        /// When.
        month: Month,
    },
    /// An application on which nobody has decided.
    Waiting {
        /// The benefit.
        benefit: Benefit,
        /// When it was made.
        month: Month,
    },
    /// The register's row of the person.
    Registered {
        /// County of residence.
        residence: u32,
        /// County of the household registration.
        hukou: u32,
        /// Whether the register says active, dead or moved out.
        status: RegisterStatus,
    },
}

/// One booking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Booking {
    /// The benefit.
    pub benefit: Benefit,
    /// The month that it is for.
    pub month: Month,
    /// The county that pays.
    pub county: u32,
    /// H1–H6, M1–M6, or empty.
    pub category: &'static str,
    /// Fen; negative where it takes back.
    pub fen: i64,
    /// Normal, arrears or reversal.
    pub row_type: RowType,
    /// The office's number, if the row has one.
    pub number: Option<u64>,
    /// When it was approved, if the row says so.
    pub approved: Option<NaiveDate>,
}

/// One service order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order {
    /// `01` to `13`, or `99`.
    pub service: &'static str,
    /// H1–H6, M1–M6, `market`, or empty.
    pub category: &'static str,
    /// The county.
    pub county: u32,
    /// The day.
    pub on: NaiveDate,
    /// The minute of the day on which it begins.
    pub from_minute: u32,
    /// How long it takes.
    pub minutes: u32,
    /// Fen of subsidy.
    pub fen: i64,
    /// When it was approved, if the row says so.
    pub approved: Option<NaiveDate>,
}

/// Who assessed a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Assessor {
    /// 民政
    CivilAffairs,
    /// 医保
    Insurance,
}

/// Why a booking was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowType {
    /// 正常
    Normal,
    /// 补发
    Arrears,
    /// 冲回
    Reversal,
}

/// What says that a person died.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Evidence {
    /// A death certificate.
    Certificate,
    /// A cremation.
    Cremation,
    /// A pension or an insurance that stopped for it.
    Stop,
    /// The register's status.
    Register,
}

impl Evidence {
    /// Whether it proves the death; the others ask for one.
    pub const fn certifies(self) -> bool {
        matches!(self, Self::Certificate | Self::Cremation)
    }
}

/// What the register of older people says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegisterStatus {
    /// active
    Active,
    /// dead
    Dead,
    /// `moved_out`
    MovedOut,
}
