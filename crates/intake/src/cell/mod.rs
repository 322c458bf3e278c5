//! Reads one cell: each type of column has one function from text to a value, none or a reason.

mod choice;
mod date;
mod number;
mod region;
mod text;

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

use crate::canonical::is_ignorable;
use crate::reject::Reason;

pub(crate) use choice::{CodeTable, truth};
pub(crate) use date::{Precision, birth, day, days_from_civil, month, seconds};
pub(crate) use number::{TOO_MUCH, Unit, decimal, fen, integer};
pub(crate) use region::{VillageClasses, region};
pub(crate) use text::{has_personal_number, is_damaged, plain_text};

/// What a cell says: a value, nothing, or something that cannot be read.
pub(crate) type Read<T> = Result<Option<T>, Reason>;

/// The text without what has no meaning in any cell: full width becomes ASCII; zero-width characters,
/// outer white space and the apostrophe with which a spreadsheet forces text are removed.
pub(crate) fn folded(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text.trim().trim_start_matches('\'').trim_start());
    }
    let folded: String = text.nfkc().filter(|c| !is_ignorable(*c)).collect();
    Cow::Owned(folded.trim().trim_start_matches('\'').trim().to_owned())
}

/// Whether the cell is empty or says "none" in one of the ways of a hand-made table.
pub(crate) fn is_none_mark(folded: &str) -> bool {
    matches!(
        folded,
        "" | "-"
            | "--"
            | "/"
            | "\\"
            | "\u{2014}"
            | "\u{2014}\u{2014}"
            | "\u{2013}"
            | "无"
            | "空"
            | "NULL"
            | "null"
            | "N/A"
            | "#N/A"
    )
}
