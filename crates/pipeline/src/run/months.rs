//! Which months a model reads, and which months are closed.

use arrow::datatypes::Date32Type;
use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

use super::contents::{Extent, Month};

/// What the rows of a model follow from, where the tables that it reads have months. Rows without a month are read by all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum MonthsRead {
    /// Rows of whatever months.
    All,
    /// The rows of a month follow from those alone that are of that month: a night computes the months again in which one
    /// of these has changed.
    Own,
    /// Rows of closed months alone, which hardly ever change.
    Closed,
    /// Rows of the months that are not closed.
    Open,
}

impl MonthsRead {
    /// The months that are read for the rows of `own` months.
    pub(crate) fn extent(self, own: &Extent, horizon: Month) -> Extent {
        match self {
            Self::All => Extent::All,
            Self::Own => own.clone(),
            Self::Closed => Extent::Before(horizon),
            Self::Open => Extent::From(horizon),
        }
    }
}

/// The first month that is open: offices deliver and correct what is of this quarter or the last one. No result depends on it.
pub(crate) fn horizon(as_of: NaiveDate) -> Month {
    let month = as_of.year() * 12 + as_of.month0().cast_signed();
    let first = month - month % 3 - 3;
    let first = NaiveDate::from_ymd_opt(first.div_euclid(12), first.rem_euclid(12).cast_unsigned() + 1, 1);
    Date32Type::from_naive_date(first.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quarter_of_a_day_and_the_one_before_it_are_open() {
        let horizon = |day: &str| Date32Type::to_naive_date_opt(horizon(day.parse().unwrap())).unwrap().to_string();
        assert_eq!(horizon("2026-02-28"), "2025-10-01");
        assert_eq!(horizon("2026-01-01"), "2025-10-01");
        assert_eq!(horizon("2025-12-31"), "2025-07-01");
        assert_eq!(horizon("2025-04-30"), "2025-01-01");
    }
}
