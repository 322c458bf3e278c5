//! The words that rules and tables have for the kinds of things.

use serde::{Serialize, Serializer};

use super::{ActBy, Bars, DiffersIn, RuleType, Severity};

impl ActBy {
    /// The department's name, or `payer`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Department(department) => department.as_str(),
            Self::Payer => "payer",
        }
    }
}

impl Serialize for ActBy {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl RuleType {
    /// The name in the YAML and in tables.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Exclusive => "exclusive",
            Self::Higher => "higher",
            Self::Offset => "offset",
            Self::Duplicate => "duplicate",
            Self::Status => "status",
            Self::Time => "time",
            Self::Once => "once",
        }
    }
}

impl Bars {
    /// The name in the YAML and in tables.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Right => "right",
            Self::Lower => "lower",
        }
    }
}

impl DiffersIn {
    /// The name in the YAML and in tables.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::County => "county",
            Self::Category => "category",
            Self::Booking => "booking",
            Self::Stay => "stay",
        }
    }
}

impl Severity {
    /// The name in the YAML and in tables.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Review => "review",
            Self::Violation => "violation",
        }
    }
}
