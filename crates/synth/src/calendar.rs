//! Months and days.

use chrono::{Datelike, Days, NaiveDate};

/// A calendar month, counted from year 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(i32);

impl Month {
    /// The month with this number (1 to 12) in this year.
    pub const fn new(year: i32, number: i32) -> Self {
        Self(year * 12 + number - 1)
    }

    /// The month in which a day lies.
    pub fn of(day: NaiveDate) -> Self {
        Self(day.year() * 12 + i32::try_from(day.month0()).unwrap_or(0))
    }

    /// The year.
    pub const fn year(self) -> i32 {
        self.0.div_euclid(12)
    }

    /// 1 to 12.
    pub fn number(self) -> u32 {
        u32::try_from(self.0.rem_euclid(12) + 1).unwrap_or(1)
    }

    /// The month this many months later (or earlier).
    #[must_use]
    pub const fn plus(self, months: i32) -> Self {
        Self(self.0 + months)
    }

    /// The first day.
    pub fn first_day(self) -> NaiveDate {
        day(self.year(), self.number(), 1)
    }

    /// The last day.
    pub fn last_day(self) -> NaiveDate {
        self.plus(1).first_day().pred_opt().unwrap_or_default()
    }

    /// The day with this number, or the last one where the month is shorter.
    pub fn day(self, number: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(self.year(), self.number(), number).unwrap_or_else(|| self.last_day())
    }

    /// Every month from this one to `last`, both included.
    pub fn to(self, last: Self) -> impl Iterator<Item = Self> {
        (self.0..=last.0).map(Self)
    }
}

/// A day; 1 January 1970 where no such day exists.
pub fn day(year: i32, month: u32, number: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, number).unwrap_or_default()
}

/// The day this many days later.
pub fn later(from: NaiveDate, days: i32) -> NaiveDate {
    let days = Days::new(u64::try_from(days).unwrap_or(0));
    from.checked_add_days(days).unwrap_or(from)
}

/// Completed years on a day; who is born on 29 February has the birthday on 1 March in a common year.
pub fn age_on(born: NaiveDate, on: NaiveDate) -> i32 {
    let before_birthday = (on.month(), on.day()) < (born.month(), born.day());
    on.year() - born.year() - i32::from(before_birthday)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_follow_one_another_over_the_year() {
        assert_eq!(Month::new(2024, 12).plus(1), Month::new(2025, 1));
        assert_eq!(Month::new(2024, 2).last_day(), day(2024, 2, 29));
        assert_eq!(Month::of(day(2025, 3, 9)), Month::new(2025, 3));
        assert_eq!(Month::new(2025, 11).to(Month::new(2026, 2)).count(), 4);
    }

    #[test]
    fn the_birthday_itself_counts() {
        assert_eq!(age_on(day(1965, 6, 30), day(2025, 6, 30)), 60);
        assert_eq!(age_on(day(1965, 6, 30), day(2025, 6, 29)), 59);
    }
}
