//! Cells that an officer fills in by hand, read by the same rules as those of an extract.

use chrono::NaiveDate;

use crate::cell::{self, Unit};
use crate::reject::Reason;

/// A day in any spelling that an extract may use; `None` if the cell is empty.
///
/// # Errors
/// Why it is no day.
pub fn day(text: &str) -> Result<Option<NaiveDate>, Reason> {
    cell::day(text)
}

/// Yes or no in any spelling that an extract may use; `None` if the cell is empty.
///
/// # Errors
/// [`Reason::Bool`].
pub fn truth(text: &str) -> Result<Option<bool>, Reason> {
    cell::truth(text)
}

/// Money in fen from an amount in yuan; `None` if the cell is empty.
///
/// # Errors
/// [`Reason::Amount`] if it is not exact to the fen.
pub fn fen(text: &str) -> Result<Option<i64>, Reason> {
    cell::fen(text, Unit::Yuan)
}
