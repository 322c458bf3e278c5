//! Days, months and times in every spelling that offices deliver.

use chrono::{Datelike, Days, NaiveDate};

use super::{Read, folded, is_none_mark};
use crate::reject::Reason;

const EARLIEST_YEAR: i32 = 1850;
const LATEST_YEAR: i32 = 2150;
/// The serial numbers a spreadsheet gives to 1927-05-18 … 2119; smaller ones are indistinguishable
/// from years and small numbers.
const SERIALS: std::ops::RangeInclusive<u64> = 10_000..=80_000;
const SECONDS_OF_DAY: i64 = 86_400;

/// How exactly a birth date is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Precision {
    /// To the day.
    Day,
    /// To the month: the date is its first day.
    Month,
}

/// A day. Defaults such as 1900-01-01, 00000000 and 9999-12-31 are none.
pub(crate) fn day(text: &str) -> Read<NaiveDate> {
    match reading(text)? {
        None => Ok(None),
        Some((date, Precision::Day)) => Ok(Some(date)),
        Some((_, Precision::Month)) => Err(Reason::DateWithoutDay),
    }
}

/// A birth date, which some offices keep to the month alone.
pub(crate) fn birth(text: &str) -> Read<(NaiveDate, Precision)> {
    reading(text)
}

/// The first day of a month. `11月` alone is the month of `year`; a whole date means its month.
pub(crate) fn month(text: &str, year: i32) -> Read<NaiveDate> {
    let text = folded(text);
    if let Some(number) = text.strip_suffix('月')
        && (1..=2).contains(&number.len())
        && number.bytes().all(|byte| byte.is_ascii_digit())
    {
        let number = number.parse().map_err(|_| Reason::Month)?;
        return NaiveDate::from_ymd_opt(year, number, 1).map(Some).ok_or(Reason::Month);
    }
    match reading(&text) {
        Ok(None) => Ok(None),
        Ok(Some((date, _))) => Ok(date.with_day(1)),
        Err(_) => Err(Reason::Month),
    }
}

/// Seconds since 1970-01-01 of a day and time without a time zone; a day alone is its midnight.
pub(crate) fn seconds(text: &str) -> Read<i64> {
    let text = folded(text);
    if is_none_mark(&text) {
        return Ok(None);
    }
    if let Some((whole, fraction)) = text.split_once('.')
        && let Some(date) = serial(whole)
    {
        return Ok(Some(midnight(date) + seconds_of_fraction(fraction)?));
    }
    let (date, time) = split_time(&text);
    let Some((date, Precision::Day)) = reading(date)? else {
        return if reading(date)?.is_none() { Ok(None) } else { Err(Reason::DateWithoutDay) };
    };
    Ok(Some(midnight(date) + clock(time)?))
}

/// Days since 1970-01-01, the number that a Parquet date holds.
pub(crate) fn days_from_civil(date: NaiveDate) -> i32 {
    date.num_days_from_ce() - 719_163
}

fn midnight(date: NaiveDate) -> i64 {
    i64::from(days_from_civil(date)) * SECONDS_OF_DAY
}

fn reading(text: &str) -> Read<(NaiveDate, Precision)> {
    let text = folded(text);
    if is_none_mark(&text) {
        return Ok(None);
    }
    let (date, time) = split_time(&text);
    clock(time)?;
    let (year, month, day) = parts(date).ok_or(Reason::Date)?;
    if is_default(year, month, day) {
        return Ok(None);
    }
    if !(EARLIEST_YEAR..=LATEST_YEAR).contains(&year) {
        return Err(Reason::Date);
    }
    let precision = if day.is_some() { Precision::Day } else { Precision::Month };
    NaiveDate::from_ymd_opt(year, month, day.unwrap_or(1))
        .map(|date| Some((date, precision)))
        .ok_or(Reason::DateImpossible)
}

/// The dates that programs write where they have none.
fn is_default(year: i32, month: u32, day: Option<u32>) -> bool {
    matches!(
        (year, month, day.unwrap_or(1)),
        (0, 0, _) | (1, 1, 1) | (1900, 1, 0 | 1) | (9999, 12, 31 | 1) | (9999, 99, 99)
    )
}

/// Year, month and, if there is one, day as written; not yet whether they exist.
fn parts(text: &str) -> Option<(i32, u32, Option<u32>)> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return match text.len() {
            8 => Some((number(text.get(..4)?)?, number(text.get(4..6)?)?, Some(number(text.get(6..)?)?))),
            6 => Some((number(text.get(..4)?)?, number(text.get(4..)?)?, None)),
            1 if matches!(text, "0" | "1") => Some((1900, 1, Some(0))),
            _ => serial(text).map(|date| (date.year(), date.month(), Some(date.day()))),
        };
    }
    let text = text.trim_end_matches(['日', '号', '月']);
    let mut pieces = text.split(['-', '/', '.', '年', '月', '\u{2010}', '\u{2013}', '\u{2212}']);
    let year = pieces.next().map(str::trim)?;
    let month = pieces.next().map(str::trim)?;
    let day = pieces.next().map(str::trim);
    if pieces.next().is_some() || year.len() != 4 {
        return None;
    }
    let short = |piece: &str| if (1..=2).contains(&piece.len()) { number(piece) } else { None };
    let day = match day {
        Some(day) => Some(short(day)?),
        None => None,
    };
    Some((number(year)?, short(month)?, day))
}

fn number<T: std::str::FromStr>(digits: &str) -> Option<T> {
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if plain { digits.parse().ok() } else { None }
}

/// The day that a spreadsheet counts from 1899-12-30.
fn serial(digits: &str) -> Option<NaiveDate> {
    let days = number::<u64>(digits).filter(|days| SERIALS.contains(days))?;
    NaiveDate::from_ymd_opt(1899, 12, 30)?.checked_add_days(Days::new(days))
}

/// Splits `2025-01-04 10:00` and `2025-01-04T10:00`; the second half is empty if there is no time.
fn split_time(text: &str) -> (&str, &str) {
    let at = text.find(|c: char| c == 'T' || c.is_whitespace());
    match at.map(|at| text.split_at(at)) {
        Some((date, time)) if time.contains(':') => (date, time.trim_start_matches('T').trim()),
        _ => (text, ""),
    }
}

fn clock(text: &str) -> Result<i64, Reason> {
    if text.is_empty() {
        return Ok(0);
    }
    let whole = text.split_once('.').map_or(text, |(whole, _)| whole).trim_end_matches('Z');
    let mut pieces = whole.split(':');
    let mut next = |limit: i64, needed: bool| match pieces.next() {
        Some(piece) if piece.len() <= 2 => number::<i64>(piece).filter(|value| *value < limit),
        None if !needed => Some(0),
        _ => None,
    };
    let (hours, minutes, seconds) = (next(24, true), next(60, true), next(60, false));
    match (hours, minutes, seconds, pieces.next()) {
        (Some(hours), Some(minutes), Some(seconds), None) => Ok(hours * 3600 + minutes * 60 + seconds),
        _ => Err(Reason::Date),
    }
}

/// The seconds of a fraction of a day, rounded, without floating point.
fn seconds_of_fraction(digits: &str) -> Result<i64, Reason> {
    let digits = digits.get(..digits.len().min(12)).unwrap_or_default();
    let value = number::<i128>(digits).ok_or(Reason::Date)?;
    let places = u32::try_from(digits.len()).map_err(|_| Reason::Date)?;
    let scale = 10_i128.pow(places);
    i64::try_from((value * i128::from(SECONDS_OF_DAY) + scale / 2) / scale).map_err(|_| Reason::Date)
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDateTime;
    use proptest::prelude::*;

    use super::*;

    fn date(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    #[test]
    fn one_day_in_all_its_spellings() {
        for text in [
            "20231105",
            "2023/11/5",
            "2023/11/05",
            "2023-11-05",
            "2023-11-5",
            "2023年11月5日",
            "2023年11月05日",
            "2023.11.05",
            "2023.11.5",
            "45235",
            "２０２３－１１－０５",
            " 2023-11-05 ",
            "'20231105",
            "2023-11-05 00:00:00",
            "2023-11-05T10:30",
            "2023年11月5号",
            "2023 - 11 - 05",
        ] {
            assert_eq!(day(text), Ok(Some(date(2023, 11, 5))), "{text}");
        }
    }

    #[test]
    fn defaults_and_marks_for_none_are_none() {
        for text in [
            "",
            " ",
            "-",
            "/",
            "无",
            "NULL",
            "1900-01-01",
            "1900/1/1",
            "19000101",
            "00000000",
            "0000-00-00",
            "0",
            "1",
            "9999-12-31",
            "99991231",
            "1900年1月1日",
            "0001-01-01",
        ] {
            assert_eq!(day(text), Ok(None), "{text}");
            assert_eq!(month(text, 2025), Ok(None), "{text}");
        }
    }

    #[test]
    fn a_day_that_does_not_exist_is_named_so() {
        for text in ["20230231", "2023-02-29", "2023/13/01", "2023年4月31日", "20231100"] {
            assert_eq!(day(text), Err(Reason::DateImpossible), "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in [
            "abc",
            "2023",
            "231105",
            "2023-11-05-01",
            "11/5/2023",
            "1234567",
            "2023-11-05 25:00",
            "17000101",
            "2023--05",
            "+2023-1-1",
            "2023-011-05",
        ] {
            assert!(day(text).is_err(), "{text}");
        }
        assert_eq!(day("2023-11"), Err(Reason::DateWithoutDay));
        assert_eq!(day("202311"), Err(Reason::DateWithoutDay));
    }

    #[test]
    fn one_month_in_all_its_spellings() {
        for text in [
            "202311",
            "2023-11",
            "2023/11",
            "2023年11月",
            "2023.11",
            "2023-11-05",
            "20231105",
            "45235",
            "２０２３１１",
            "11月",
        ] {
            assert_eq!(month(text, 2023), Ok(Some(date(2023, 11, 1))), "{text}");
        }
        assert_eq!(month("2025-1", 2025), Ok(Some(date(2025, 1, 1))));
        for text in ["13月", "0月", "202313", "2023年13月", "月"] {
            assert_eq!(month(text, 2023), Err(Reason::Month), "{text}");
        }
    }

    #[test]
    fn a_birth_may_be_known_to_the_month() {
        assert_eq!(birth("1953年12月"), Ok(Some((date(1953, 12, 1), Precision::Month))));
        assert_eq!(birth("195312"), Ok(Some((date(1953, 12, 1), Precision::Month))));
        assert_eq!(birth("1953年12月14日"), Ok(Some((date(1953, 12, 14), Precision::Day))));
        assert_eq!(birth("1900-01-01"), Ok(None));
    }

    #[test]
    fn times_are_seconds_and_a_fraction_of_a_serial_is_a_time() {
        let expected = |text| NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").unwrap().and_utc().timestamp();
        for (text, time) in [
            ("2025-01-04 10:00", "2025-01-04 10:00:00"),
            ("2025/1/4 10:00:05", "2025-01-04 10:00:05"),
            ("2025年1月4日 9:05", "2025-01-04 09:05:00"),
            ("2025-01-04T10:00:00Z", "2025-01-04 10:00:00"),
            ("20250104", "2025-01-04 00:00:00"),
            ("45661.5", "2025-01-04 12:00:00"),
            ("45661.416666666664", "2025-01-04 10:00:00"),
        ] {
            assert_eq!(seconds(text), Ok(Some(expected(time))), "{text}");
        }
        assert!(seconds("2025-01-04 10:60").is_err());
        assert_eq!(seconds("-"), Ok(None));
    }

    proptest! {
        #[test]
        fn every_day_is_read_back_from_every_spelling(offset in 0_u64..80_000, style in 0_usize..7) {
            let expected = date(1900, 1, 2) + Days::new(offset);
            let (y, m, d) = (expected.year(), expected.month(), expected.day());
            let text = match style {
                0 => format!("{y:04}{m:02}{d:02}"),
                1 => format!("{y}-{m:02}-{d:02}"),
                2 => format!("{y}/{m}/{d}"),
                3 => format!("{y}年{m}月{d}日"),
                4 => format!("{y}.{m:02}.{d:02}"),
                5 => format!("{y}-{m}-{d} 00:00:00"),
                _ => (expected - date(1899, 12, 30)).num_days().to_string(),
            };
            let serial_out_of_range = style == 6 && expected < date(1927, 5, 18);
            if !serial_out_of_range {
                prop_assert_eq!(day(&text), Ok(Some(expected)));
                prop_assert_eq!(month(&text, 1).unwrap(), expected.with_day(1));
                prop_assert_eq!(NaiveDate::default() + chrono::TimeDelta::days(days_from_civil(expected).into()), expected);
            }
        }

        #[test]
        fn eight_digits_are_a_date_exactly_when_the_calendar_has_it(y in 1850_i32..2150, m in 0_u32..15, d in 0_u32..35) {
            let text = format!("{y:04}{m:02}{d:02}");
            let oracle = NaiveDate::parse_from_str(&text, "%Y%m%d").ok();
            if !is_default(y, m, Some(d)) {
                prop_assert_eq!(day(&text).ok().flatten(), oracle);
            }
        }

        #[test]
        fn no_text_makes_a_date_reader_panic(text in "\\PC{0,24}", other in "[0-9./年月日: T-]{0,20}") {
            for text in [text, other] {
                let _ = (day(&text), month(&text, 2025), seconds(&text), birth(&text));
            }
        }
    }
}
