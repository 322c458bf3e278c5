use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, Days, Months, NaiveDate};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// What a delivery covers: a year `2025`, a month `2025-01` or the stock of one day `2025-01-31`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Period {
    first: NaiveDate,
    last: NaiveDate,
    unit: Unit,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Unit {
    Day,
    Month,
    Year,
}

/// A text that is not a period.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{text}` is not a period; write a year 2025, a month 2025-01 or a day 2025-01-31")]
pub struct PeriodError {
    /// The text as given.
    pub text: String,
}

impl Period {
    /// The first day that belongs to the period.
    pub const fn start(&self) -> NaiveDate {
        self.first
    }

    /// The last day that belongs to the period.
    pub const fn end(&self) -> NaiveDate {
        self.last
    }

    /// The calendar year the period lies in.
    pub fn year(&self) -> i32 {
        self.last.year()
    }

    /// The first days of the months that the period touches, in order: twelve for a year, else one.
    pub fn months(&self) -> Vec<NaiveDate> {
        let count = if self.unit == Unit::Year { 12 } else { 1 };
        let first = self.first.with_day(1).unwrap_or(self.first);
        (0..count).filter_map(|month| first.checked_add_months(Months::new(month))).collect()
    }

    fn spanning(first: NaiveDate, unit: Unit) -> Option<Self> {
        let next = match unit {
            Unit::Day => first.checked_add_days(Days::new(1)),
            Unit::Month => first.checked_add_months(Months::new(1)),
            Unit::Year => first.checked_add_months(Months::new(12)),
        };
        Some(Self { first, last: next?.pred_opt()?, unit })
    }
}

impl FromStr for Period {
    type Err = PeriodError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refused = || PeriodError { text: text.to_owned() };
        let digits = text.bytes().enumerate().all(|(place, byte)| match place {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
        let (unit, day) = match text.len() {
            _ if !digits => return Err(refused()),
            4 => (Unit::Year, format!("{text}-01-01")),
            7 => (Unit::Month, format!("{text}-01")),
            10 => (Unit::Day, text.to_owned()),
            _ => return Err(refused()),
        };
        NaiveDate::parse_from_str(&day, "%Y-%m-%d")
            .ok()
            .and_then(|first| Self::spanning(first, unit))
            .ok_or_else(refused)
    }
}

impl fmt::Display for Period {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pattern = match self.unit {
            Unit::Day => "%Y-%m-%d",
            Unit::Month => "%Y-%m",
            Unit::Year => "%Y",
        };
        write!(formatter, "{}", self.first.format(pattern))
    }
}

impl From<Period> for String {
    fn from(period: Period) -> Self {
        period.to_string()
    }
}

impl TryFrom<String> for Period {
    type Error = PeriodError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period(text: &str) -> Period {
        text.parse().unwrap()
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_year_ends_on_its_last_day_and_has_twelve_months() {
        assert_eq!(period("2025").end(), day("2025-12-31"));
        assert_eq!(period("2025").months().len(), 12);
        assert_eq!(period("2025").months().last(), Some(&day("2025-12-01")));
    }

    #[test]
    fn a_february_ends_on_its_29th_in_a_leap_year() {
        assert_eq!(period("2024-02").end(), day("2024-02-29"));
        assert_eq!(period("2023-02").end(), day("2023-02-28"));
    }

    #[test]
    fn a_day_is_its_own_end_and_lies_in_one_month() {
        assert_eq!(period("2025-01-31").end(), day("2025-01-31"));
        assert_eq!(period("2025-01-31").months(), [day("2025-01-01")]);
    }

    #[test]
    fn a_period_prints_as_it_was_written() {
        for text in ["2025", "2025-01", "2025-01-31"] {
            assert_eq!(period(text).to_string(), text);
        }
    }

    #[test]
    fn what_is_not_a_period_is_refused() {
        for text in ["", "25", "2025-13", "2025-1", "202501", "2023-02-31", "2025/01", "+025", "-202"] {
            assert!(text.parse::<Period>().is_err(), "{text}");
        }
    }
}
