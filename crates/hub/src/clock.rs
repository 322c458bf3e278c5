//! The one place that reads the clock.

use std::time::SystemTime;

use chrono::{DateTime, FixedOffset, NaiveDate, Utc};

const CHINA_SECONDS_EAST: i32 = 8 * 3600;

/// Today's date in China.
pub(crate) fn today() -> NaiveDate {
    now().date_naive()
}

/// The present time in China.
pub(crate) fn now() -> DateTime<FixedOffset> {
    #[expect(clippy::disallowed_methods, reason = "the one place; a run names its day, which defaults to this")]
    let now = DateTime::<Utc>::from(SystemTime::now());
    match FixedOffset::east_opt(CHINA_SECONDS_EAST) {
        Some(china) => now.with_timezone(&china),
        None => now.fixed_offset(),
    }
}
