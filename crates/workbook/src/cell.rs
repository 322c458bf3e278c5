//! One cell that is to be written.

use chrono::NaiveDate;

/// More than any honest text has, and far less than a spreadsheet refuses.
const LONGEST: usize = 2000;

/// What stands in a cell. Text is always text: no value of an extract or parcel is ever taken for a formula.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Cell {
    Empty,
    Text(String),
    Count(u64),
    /// Yuan as an exact decimal of at most fifteen digits, which a spreadsheet keeps.
    Yuan(String),
    Day(NaiveDate),
}

impl Cell {
    /// Text without control characters; line ends stay.
    pub(crate) fn text(text: &str) -> Self {
        let kept = |c: &char| *c == '\n' || !(c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}'));
        let spaced = text.chars().map(|c| if matches!(c, '\t' | '\r') { ' ' } else { c });
        let text: String = spaced.filter(kept).take(LONGEST).collect();
        let text = text.trim();
        if text.is_empty() { Self::Empty } else { Self::Text(text.to_owned()) }
    }

    /// An amount in yuan: a number if a spreadsheet holds it exactly, else text.
    pub(crate) fn yuan(text: &str) -> Self {
        let unsigned = text.strip_prefix('-').unwrap_or(text);
        let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let exact = !whole.is_empty() && fraction.len() <= 2 && whole.len() + fraction.len() <= 15;
        if exact && digits(whole) && digits(fraction) { Self::Yuan(text.to_owned()) } else { Self::text(text) }
    }

    /// Each text on a line of its own.
    pub(crate) fn lines<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        Self::text(&texts.into_iter().collect::<Vec<_>>().join("\n"))
    }
}

/// Whether a spreadsheet would take the text for the beginning of a formula.
pub(crate) fn begins_formula(text: &str) -> bool {
    let first = text.trim_start().chars().next();
    first.is_some_and(|c| matches!(c, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠'))
}

/// Whether a spreadsheet that opens a CSV would take the text for a number and lose digits of it.
pub(crate) fn loses_digits(text: &str) -> bool {
    let number = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.is_empty();
    number && (text.len() > 11 || (text.len() > 1 && text.starts_with('0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_numbers_while_a_spreadsheet_keeps_their_digits() {
        for text in ["0.00", "1234.50", "-20.00", "9999999999999.99"] {
            assert!(Cell::yuan(text) == Cell::Yuan(text.to_owned()), "{text}");
        }
        for text in ["12345678901234.56", "1.234", "1e3", "=1", "", ".5"] {
            assert!(!matches!(Cell::yuan(text), Cell::Yuan(_)), "{text}");
        }
    }

    #[test]
    fn control_characters_are_not_written() {
        assert!(Cell::text("\t=1+\u{1}1\r\n2\u{ffff}") == Cell::Text("=1+1 \n2".to_owned()));
        assert!(Cell::text(" \t") == Cell::Empty);
    }
}
