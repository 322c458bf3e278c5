//! Numbers as people read them; whole-number arithmetic throughout, halves away from zero.

use super::edition::Language;
use crate::definition::Unit;

/// How a level or a rate moved since the year before, in tenths of a percent or in units of the rate's last decimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    /// In tenths of a percent.
    Level(i64),
    /// In units of the rate's last decimal: percentage points.
    Points { by: i64, decimals: u32 },
    /// It moved by less than the last decimal shows.
    Hardly,
    /// Not at all.
    None,
}

/// `value` without its last `digits` digits.
pub(super) fn rounded(value: i64, digits: u32) -> i64 {
    let unit = 10_i64.saturating_pow(digits);
    value.saturating_add(value.signum().saturating_mul(unit / 2)) / unit
}

/// `part / whole` in units of `1 / scale`; `None` where there is nothing to be a part of.
pub(super) fn ratio(part: i64, whole: i64, scale: i64) -> Option<i64> {
    let (scaled, whole) = (i128::from(part) * i128::from(scale), i128::from(whole));
    let size = (scaled.abs() * 2 + whole.abs()).checked_div(2 * whole.abs())?;
    i64::try_from(size * scaled.signum() * whole.signum()).ok()
}

/// `1,234.50` of 123450 with two decimals; a true minus sign.
pub(super) fn decimal(value: i64, decimals: u32) -> String {
    let digits = value.unsigned_abs().to_string();
    let width = usize::try_from(decimals).unwrap_or(0);
    let digits = format!("{digits:0>least$}", least = width + 1);
    let (whole, fraction) = digits.split_at(digits.len() - width);
    let sign = if value < 0 { "−" } else { "" };
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{}{point}{fraction}", grouped(whole))
}

fn grouped(digits: &str) -> String {
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A value in a sentence, with its unit: `1,234人`, `12.3%`, `2.46亿元`.
pub(super) fn in_text(value: i64, unit: Unit, language: Language) -> String {
    if unit == Unit::Yuan {
        return money_in_text(value, language);
    }
    let number = decimal(value, unit.decimals());
    let name = language.unit(unit, value == 1);
    match (language, unit) {
        (_, Unit::Percent | Unit::PerThousand) | (Language::Zh, _) => format!("{number}{name}"),
        (Language::En, _) => format!("{number} {name}"),
    }
}

fn money_in_text(fen: i64, language: Language) -> String {
    let (digits, name) = match (language, fen.unsigned_abs()) {
        (Language::Zh, 10_000_000_000..) => (8, "亿元"),
        (Language::Zh, 1_000_000..) => (4, "万元"),
        (Language::Zh, _) => (0, "元"),
        (Language::En, 100_000_000..) => (6, " million yuan"),
        (Language::En, _) => (0, " yuan"),
    };
    format!("{}{name}", decimal(rounded(fen, digits), 2))
}

/// How a value moved; `None` where there is nothing to compare it with.
pub(super) fn change(now: i64, before: i64, unit: Unit) -> Option<Change> {
    if now == before {
        return Some(Change::None);
    }
    if unit == Unit::Percent {
        return Some(Change::Points { by: now.checked_sub(before)?, decimals: unit.decimals() });
    }
    match ratio(now.checked_sub(before)?, before, 1000)? {
        0 => Some(Change::Hardly),
        by => Some(Change::Level(by)),
    }
}

/// A clause for a sentence: `，比上年增长2.3%`, ` (up 2.3% on 2024)`.
pub(super) fn change_in_text(change: Change, before: i32, language: Language) -> String {
    match (language, change) {
        (Language::Zh, Change::Level(by)) => {
            format!("，比上年{}{}%", if by > 0 { "增长" } else { "下降" }, decimal(by.abs(), 1))
        }
        (Language::Zh, Change::Points { by, decimals }) => {
            format!("，比上年{}{}个百分点", if by > 0 { "提高" } else { "下降" }, decimal(by.abs(), decimals))
        }
        (Language::Zh, Change::Hardly) => "，与上年基本持平".to_owned(),
        (Language::Zh, Change::None) => "，与上年持平".to_owned(),
        (Language::En, Change::Level(by)) => {
            format!(" ({} {}% on {before})", if by > 0 { "up" } else { "down" }, decimal(by.abs(), 1))
        }
        (Language::En, Change::Points { by, decimals }) => {
            let points = decimal(by.abs(), decimals);
            format!(" ({} {points} percentage points on {before})", if by > 0 { "up" } else { "down" })
        }
        (Language::En, Change::Hardly) => format!(" (almost as in {before})"),
        (Language::En, Change::None) => format!(" (as in {before})"),
    }
}

/// The same in a column of a table: `+2.3`, `−0.4`, `0.0`.
pub(super) fn change_in_column(change: Change) -> String {
    let (by, decimals) = match change {
        Change::Level(by) => (by, 1),
        Change::Points { by, decimals } => (by, decimals),
        Change::Hardly | Change::None => (0, 1),
    };
    format!("{}{}", if by > 0 { "+" } else { "" }, decimal(by, decimals))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_groups_of_three_and_its_decimals() {
        assert_eq!(decimal(0, 0), "0");
        assert_eq!(decimal(1_234_567, 0), "1,234,567");
        assert_eq!(decimal(5, 2), "0.05");
        assert_eq!(decimal(-123_450, 2), "−1,234.50");
    }

    #[test]
    fn halves_are_rounded_away_from_zero() {
        assert_eq!((rounded(1_250, 2), rounded(1_249, 2), rounded(-1_250, 2)), (13, 12, -13));
        assert_eq!((ratio(1, 8, 100), ratio(-1, 8, 100), ratio(1, 3, 1000)), (Some(13), Some(-13), Some(333)));
        assert_eq!(ratio(1, 0, 1000), None);
    }

    #[test]
    fn money_is_written_in_the_unit_that_its_size_asks_for() {
        assert_eq!(in_text(12_345, Unit::Yuan, Language::Zh), "123.45元");
        assert_eq!(in_text(123_456_789, Unit::Yuan, Language::Zh), "123.46万元");
        assert_eq!(in_text(24_567_890_123, Unit::Yuan, Language::Zh), "2.46亿元");
        assert_eq!(in_text(123_456_789, Unit::Yuan, Language::En), "1.23 million yuan");
    }

    #[test]
    fn a_level_moves_in_percent_and_a_rate_in_percentage_points() {
        let said = |now, before, unit, language| change_in_text(change(now, before, unit).unwrap(), 2024, language);
        assert_eq!(said(1_023, 1_000, Unit::Person, Language::Zh), "，比上年增长2.3%");
        assert_eq!(said(977, 1_000, Unit::Person, Language::En), " (down 2.3% on 2024)");
        assert_eq!(said(456, 452, Unit::Percent, Language::Zh), "，比上年提高0.4个百分点");
        assert_eq!(said(452, 456, Unit::Percent, Language::Zh), "，比上年下降0.4个百分点");
        assert_eq!(said(1_000_001, 1_000_000, Unit::Person, Language::Zh), "，与上年基本持平");
        assert_eq!(said(7, 7, Unit::Percent, Language::Zh), "，与上年持平");
        assert_eq!(change(7, 0, Unit::Person), None);
        assert_eq!(change_in_column(Change::Level(-12)), "−1.2");
    }
}
