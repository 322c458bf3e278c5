//! The one place that reads the clock: the date written into a new link key.

use std::time::SystemTime;

use chrono::{DateTime, FixedOffset, NaiveDate, Utc};

const CHINA_SECONDS_EAST: i32 = 8 * 3600;

/// Today's date in China.
pub(crate) fn today() -> NaiveDate {
    #[expect(clippy::disallowed_methods, reason = "the one place; no delivery depends on it")]
    let now = DateTime::<Utc>::from(SystemTime::now());
    match FixedOffset::east_opt(CHINA_SECONDS_EAST) {
        Some(china) => now.with_timezone(&china).date_naive(),
        None => now.date_naive(),
    }
}
