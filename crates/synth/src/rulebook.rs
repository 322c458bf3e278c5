//! How grave each rule is, and whether a place must switch it on.
//!
//! What the documents leave open is read in the milder way; a pair that another reading would not have, or that only
//! another reading would have, is in the truth as out of reach for the reason `reading`: a hub may find it and need not.
//!
//! | where | reading |
//! |---|---|
//! | low confidence, `info` | on: it says something and bars nothing |
//! | X05, X07, X28 | one shared month at a change is `info`: the one side ends in it, the other begins in it |
//! | X08 | months alone; a later sign of life, or a death that a stop or the register alone reports, makes it `review` |
//! | X10 | days of care include the last, days in hospital exclude that of discharge; the day of admission alone is open |
//! | X15 | in an institution means the whole month; a month in part is open |
//! | X21 | the vouchers began in July 2025; none is planted before |
//! | X18, X19, X33 | measured against `standards.csv` of the world; without a standard nothing can be said |
//! | X22, X23 | the later renovation is barred: its month, its amount, its person; one home or one household |
//! | X25 | MZ15 needs the payment and the renovation in one month; one of them alone is open |
//! | X26 | needs a stay; without one it is open |
//! | X29 | the approval is the payment's own |
//! | X38 | without eligibility means that no category could hold; where evidence is missing it is open |
//! | X39 | needs staff on record; a minute is crowded from [`crate::oracle::provider::CROWD`] orders on |

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Says something.
    Info,
    /// To be looked at.
    Review,
    /// Against a rule with a source.
    Violation,
}

impl Severity {
    /// As the truth writes it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Review => "review",
            Self::Violation => "violation",
        }
    }
}

/// Severity of a rule, and whether it is off until a place switches it on.
pub fn rule(id: &str) -> (Severity, bool) {
    match id {
        "X01" | "X02" | "X03" | "X05" | "X06" | "X07" | "X08" | "X09" | "X14" | "X16" | "X17" | "X18" | "X19"
        | "X24" | "X25" | "X27" | "X28" | "X29" => (Severity::Violation, false),
        "X15" | "X35" | "X36" | "X37" | "X38" => (Severity::Review, false),
        "X12" | "X21" | "X32" | "X39" | "X40" | "X41" => (Severity::Info, false),
        _ => (Severity::Review, true),
    }
}

/// Fen a month: the rates of every county of a world, by the names of `schemas/codes/standard.csv`.
pub const STANDARDS: [(&str, i64); 4] = [
    ("institutional_care", INSTITUTIONAL_CARE),
    ("subsistence", POVERTY_LINE),
    ("destitute_living", DESTITUTE_LIVING),
    ("full_care", FULL_CARE),
];
/// Fen a month and person: the line of 低保.
pub const POVERTY_LINE: i64 = 80_000;
const INSTITUTIONAL_CARE: i64 = 168_000;
const DESTITUTE_LIVING: i64 = 140_000;
const FULL_CARE: i64 = 120_000;
/// Fen a month that 集中照护 pays at most before anything is taken off: its rate above the line of 低保.
pub const CARE_RATE: i64 = INSTITUTIONAL_CARE - POVERTY_LINE;
/// Fen a month that 集中照护 never exceeds: the living standard of 特困 with full care.
pub const CARE_CAP: i64 = DESTITUTE_LIVING + FULL_CARE;
/// How many orders one carer can be at in a day, in minutes.
pub const WORKING_DAY: u32 = 24 * 60;
