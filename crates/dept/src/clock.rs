//! The one place that reads the clock: for the date of a new link key, of a workbook and of answers.

use std::time::SystemTime;

use chrono::{DateTime, FixedOffset, NaiveDate, Utc};

const CHINA_SECONDS_EAST: i32 = 8 * 3600;

/// Today's date in China.
pub(crate) fn today() -> NaiveDate {
    #[expect(clippy::disallowed_methods, reason = "the one place")]
    let now = DateTime::<Utc>::from(SystemTime::now());
    match FixedOffset::east_opt(CHINA_SECONDS_EAST) {
        Some(china) => now.with_timezone(&china).date_naive(),
        None => now.date_naive(),
    }
}
