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
