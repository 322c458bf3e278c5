//! Arguments of `yilian explain`.

use std::fmt;
use std::str::FromStr;

use chrono::NaiveDate;
use clap::{Args, ValueEnum};

#[derive(Debug, Args)]
pub(crate) struct ExplainArguments {
    /// The flag, as `hub.overlap` numbers it.
    #[arg(required_unless_present_any = ["person", "table"], conflicts_with_all = ["person", "month", "table"])]
    pub(crate) flag: Option<i64>,
    /// A person, as `hub.person` numbers them; with `--month`.
    #[arg(long, requires = "month", value_name = "ID")]
    pub(crate) person: Option<i64>,
    /// The month that is to be explained, 2025-03.
    #[arg(long, requires = "person", value_name = "YYYY-MM")]
    pub(crate) month: Option<Month>,
    /// A number of a release: its table, with `--year` and `--measure`.
    #[arg(long, requires_all = ["year", "measure"], conflicts_with = "person", help_heading = "A number of a release")]
    pub(crate) table: Option<String>,
    /// The year of the release.
    #[arg(long, requires = "table", help_heading = "A number of a release")]
    pub(crate) year: Option<i32>,
    /// Which version of the year [default: the newest].
    #[arg(long = "release-version", requires = "table", value_name = "NUMBER", help_heading = "A number of a release")]
    pub(crate) version: Option<u32>,
    /// Code of the region.
    #[arg(long, requires = "table", default_value = "total", help_heading = "A number of a release")]
    pub(crate) region: String,
    /// A code of a dimension, sex=1; more than once [default: total].
    #[arg(long = "code", requires = "table", value_parser = code, value_name = "DIMENSION=CODE",
        help_heading = "A number of a release")]
    pub(crate) codes: Vec<(String, String)>,
    /// The measure.
    #[arg(long, requires = "table", help_heading = "A number of a release")]
    pub(crate) measure: Option<String>,
    /// Who asks: release sees counts of withheld numbers too.
    #[arg(
        long = "as",
        value_enum,
        default_value = "operator",
        value_name = "ROLE",
        help_heading = "A number of a release"
    )]
    pub(crate) role: ExplainAs,
}

/// Who asks about a number of a release.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExplainAs {
    /// Runs the hub: of a withheld number rule and method, and no count.
    Operator,
    /// Answers for the release: counts too.
    Release,
}

fn code(text: &str) -> Result<(String, String), String> {
    let (dimension, code) = text.split_once('=').ok_or("a code is written DIMENSION=CODE, sex=1")?;
    Ok((dimension.to_owned(), code.to_owned()))
}

/// A calendar month, written 2025-03.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Month(NaiveDate);

impl Month {
    pub(crate) fn first_day(self) -> NaiveDate {
        self.0
    }
}

impl FromStr for Month {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let day = NaiveDate::parse_from_str(&format!("{text}-01"), "%Y-%m-%d");
        day.map(Self).map_err(|_| "write a month as 2025-03".to_owned())
    }
}

impl fmt::Display for Month {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{}", self.0.format("%Y-%m"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_a_year_and_a_month() {
        assert_eq!("2025-03".parse::<Month>().unwrap().to_string(), "2025-03");
        for wrong in ["2025-13", "2025", "2025-03-01", ""] {
            assert!(wrong.parse::<Month>().is_err(), "{wrong}");
        }
    }
}
