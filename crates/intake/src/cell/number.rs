//! Money, whole numbers and decimals, exact.

use super::{Read, folded, is_none_mark};
use crate::reject::Reason;

/// Ten billion yuan in fen: no office pays as much, and the sum of any file's amounts below it has a place in 64 bits.
pub(crate) const TOO_MUCH: i64 = 1_000_000_000_000;

/// The unit in which a column's money is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    /// 元, the contract's unit.
    Yuan,
    /// 分.
    Fen,
    /// 万元.
    TenThousandYuan,
}

impl Unit {
    /// How many decimals of the written number make a whole number of fen.
    const fn places(self) -> usize {
        match self {
            Self::Fen => 0,
            Self::Yuan => 2,
            Self::TenThousandYuan => 6,
        }
    }
}

/// Money in fen. A unit in the cell itself (`1.2万元`) wins over the column's.
pub(crate) fn fen(text: &str, column: Unit) -> Read<i64> {
    let text = folded(text);
    if is_none_mark(&text) {
        return Ok(None);
    }
    let text = text.trim_start_matches(['¥', '￥']).trim_start_matches("RMB").trim();
    let (text, unit) = if let Some(number) = text.strip_suffix("万元") {
        (number, Unit::TenThousandYuan)
    } else if let Some(number) = text.strip_suffix('元') {
        (number, Unit::Yuan)
    } else if let Some(number) = text.strip_suffix('分') {
        (number, Unit::Fen)
    } else {
        (text, column)
    };
    scaled(text, unit.places()).filter(|fen| fen.abs() < TOO_MUCH).map(Some).ok_or(Reason::Amount)
}

/// A whole number; a unit or counter behind it (`3级`, `12人`) and `一级` to `十级` are understood.
pub(crate) fn integer(text: &str) -> Read<i64> {
    let text = folded(text);
    if is_none_mark(&text) {
        return Ok(None);
    }
    let number = text.trim_end_matches(['级', '人', '天', '张', '户', '次', '岁', '年', '个', '家']).trim();
    let spelled = "零一二三四五六七八九十".chars().zip(0_i64..);
    let mut characters = number.chars();
    if let (Some(only), None) = (characters.next(), characters.next())
        && let Some((_, value)) = spelled.clone().find(|(name, _)| *name == only)
    {
        return Ok(Some(value));
    }
    scaled(number, 0).map(Some).ok_or(Reason::Number)
}

/// A number of at most four decimals, times ten thousand.
pub(crate) fn decimal(text: &str) -> Read<i64> {
    let text = folded(text);
    if is_none_mark(&text) {
        return Ok(None);
    }
    scaled(&text, 4).filter(|value| fits_decimal(*value)).map(Some).ok_or(Reason::Number)
}

/// The number times 10^places, if it is exact: sign, digits, thousands separators, one point.
fn scaled(text: &str, places: usize) -> Option<i64> {
    let (negative, text) = sign(text.trim());
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let whole = without_separators(whole)?;
    let fraction = fraction.trim_end_matches('0');
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let written = !whole.is_empty() || !fraction.is_empty();
    if !written || fraction.len() > places || !digits(&whole) || !digits(fraction) {
        return None;
    }
    let padding = std::iter::repeat_n(b'0', places - fraction.len());
    let value = whole
        .bytes()
        .chain(fraction.bytes())
        .chain(padding)
        .try_fold(0_i64, |sum, digit| sum.checked_mul(10)?.checked_add(i64::from(digit - b'0')))?;
    Some(if negative { -value } else { value })
}

/// 18 digits are what DECIMAL(18, n) holds; the number of a clue has 19.
const fn fits_decimal(value: i64) -> bool {
    value.unsigned_abs() < 1_000_000_000_000_000_000
}

fn sign(text: &str) -> (bool, &str) {
    for minus in ['-', '\u{2212}', '\u{2013}'] {
        if let Some(rest) = text.strip_prefix(minus) {
            return (true, rest.trim_start());
        }
    }
    if let Some(inner) = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        return (true, inner.trim());
    }
    (false, text.strip_prefix('+').unwrap_or(text))
}

/// `1,234,567` without its commas; `None` where a comma does not separate thousands.
fn without_separators(whole: &str) -> Option<std::borrow::Cow<'_, str>> {
    if !whole.contains([',', '，', ' ']) {
        return Some(whole.into());
    }
    let mut groups = whole.split([',', '，', ' ']);
    let first = groups.next().filter(|first| (1..=3).contains(&first.len()))?;
    let mut joined = first.to_owned();
    for group in groups {
        if group.len() != 3 {
            return None;
        }
        joined.push_str(group);
    }
    Some(joined.into())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn yuan(text: &str) -> Read<i64> {
        fen(text, Unit::Yuan)
    }

    #[test]
    fn one_amount_in_all_its_spellings() {
        for text in [
            "1234.5",
            "1234.50",
            "1,234.50",
            "１，２３４．５０",
            " 1234.5 ",
            "¥1,234.50",
            "1234.500",
            "1234.5元",
            "0.12345万元",
            "123450分",
            "+1234.5",
            "'1234.50",
            "￥1234.5",
        ] {
            assert_eq!(yuan(text), Ok(Some(123_450)), "{text}");
        }
        assert_eq!(fen("123450", Unit::Fen), Ok(Some(123_450)));
        assert_eq!(fen("0.12345", Unit::TenThousandYuan), Ok(Some(123_450)));
        assert_eq!(fen("1234.5元", Unit::TenThousandYuan), Ok(Some(123_450)));
    }

    #[test]
    fn negative_amounts_are_reversals() {
        for text in ["-100", "-100.00", "－100", "(100.00)", "\u{2212}100", "- 100"] {
            assert_eq!(yuan(text), Ok(Some(-10_000)), "{text}");
        }
    }

    #[test]
    fn none_is_not_zero() {
        for text in ["", "-", "/", "--", "—", "无", "NULL"] {
            assert_eq!(yuan(text), Ok(None), "{text}");
        }
        assert_eq!(yuan("0"), Ok(Some(0)));
        assert_eq!(yuan("9999999999.99"), Ok(Some(TOO_MUCH - 1)));
        assert_eq!(yuan("0.00"), Ok(Some(0)));
    }

    #[test]
    fn what_is_not_exact_money_is_refused() {
        for text in [
            "12.345",
            "1,23.4",
            "abc",
            "1.2.3",
            "1e3",
            "--5",
            "12 345 6",
            ".",
            "1234567890123456789",
            "0.5分",
            "10000000000",
            "-1000000万元",
            "9223372036854775807",
        ] {
            assert_eq!(yuan(text), Err(Reason::Amount), "{text}");
        }
    }

    #[test]
    fn a_whole_number_may_have_nineteen_digits_and_an_amount_may_not() {
        assert_eq!(integer("9223372036854775806"), Ok(Some(9_223_372_036_854_775_806)));
        assert_eq!(integer("9223372036854775808"), Err(Reason::Number));
        assert_eq!(decimal("100000000000000"), Err(Reason::Number));
        assert_eq!(fen("10000000000000000", Unit::Yuan), Err(Reason::Amount));
    }

    #[test]
    fn whole_numbers_may_carry_a_counter() {
        assert_eq!(integer("3"), Ok(Some(3)));
        assert_eq!(integer("3.0"), Ok(Some(3)));
        assert_eq!(integer("3级"), Ok(Some(3)));
        assert_eq!(integer("一级"), Ok(Some(1)));
        assert_eq!(integer("1,200"), Ok(Some(1200)));
        assert_eq!(integer("3.5"), Err(Reason::Number));
        assert_eq!(integer("重度"), Err(Reason::Number));
        assert_eq!(decimal("1.25"), Ok(Some(12_500)));
        assert_eq!(decimal("1.00001"), Err(Reason::Number));
    }

    proptest! {
        #[test]
        fn every_amount_is_read_back(value in -99_999_999_999_i64..99_999_999_999) {
            let sign = if value < 0 { "-" } else { "" };
            let (whole, cents) = (value.abs() / 100, value.abs() % 100);
            let mut grouped = String::new();
            for (place, digit) in whole.to_string().chars().rev().enumerate() {
                if place > 0 && place % 3 == 0 {
                    grouped.insert(0, ',');
                }
                grouped.insert(0, digit);
            }
            prop_assert_eq!(yuan(&format!("{sign}{whole}.{cents:02}")), Ok(Some(value)));
            prop_assert_eq!(yuan(&format!("{sign}{grouped}.{cents:02}")), Ok(Some(value)));
            prop_assert_eq!(fen(&value.to_string(), Unit::Fen), Ok(Some(value)));
        }

        #[test]
        fn no_text_makes_a_number_reader_panic(text in "\\PC{0,24}", other in "[0-9.,+ ()-]{0,24}") {
            for text in [text, other] {
                let _ = (yuan(&text), integer(&text), decimal(&text));
            }
        }
    }
}
