//! The forms of a number, and where they stand.

use std::collections::BTreeSet;

use aho_corasick::AhoCorasick;

use super::super::FilesError;
use super::super::rows::{DECIMALS, decimal};

/// A number below which every file holds it by chance.
const SMALLEST: u64 = 100_000;
/// What may stand between thousands: comma, apostrophes, spaces, their names in HTML.
const SEPARATORS: [&str; 11] = [",", "，", "'", "’", "_", " ", "\u{a0}", "\u{2009}", "\u{202f}", "&nbsp;", "&#160;"];
/// 万 and 亿, in which tables for people count.
const TEN_THOUSAND: u32 = 4;
const HUNDRED_MILLION: u32 = 8;

/// A number to look for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Marker {
    /// In units of the last decimal.
    pub value: i64,
    /// How many decimals it has, as a released value has those of its unit.
    pub decimals: u32,
}

/// Numbers to look for, in all of their forms.
#[derive(Debug)]
pub struct Markers {
    texts: Patterns,
    /// Four bytes, which stand by chance where bytes are dense.
    narrow: Patterns,
    /// Eight bytes and more.
    wide: Patterns,
}

/// How many bytes a number must have to be looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Width {
    Four,
    Eight,
}

#[derive(Debug)]
struct Patterns {
    searcher: AhoCorasick,
    /// By pattern.
    markers: Vec<usize>,
}

impl Markers {
    /// # Errors
    /// [`FilesError::ShortMarker`], [`FilesError::Markers`].
    pub fn new(markers: &[Marker]) -> Result<Self, FilesError> {
        if let Some(index) = markers.iter().position(|marker| marker.value.unsigned_abs() < SMALLEST) {
            return Err(FilesError::ShortMarker { index });
        }
        Ok(Self {
            texts: Patterns::new(markers, texts)?,
            narrow: Patterns::new(markers, |marker| binary(marker).filter(|bytes| bytes.len() == 4).collect())?,
            wide: Patterns::new(markers, |marker| binary(marker).filter(|bytes| bytes.len() != 4).collect())?,
        })
    }

    /// Calls `found` with the marker of every number that is written in digits and is no part of a longer one.
    pub(super) fn in_text(&self, bytes: &[u8], mut found: impl FnMut(usize)) {
        let mut last = None;
        self.texts.search(bytes, |marker, start, end| {
            // The forms of one number begin at one place: one hit.
            if stands_alone(bytes, start, end) && last != Some((marker, start)) {
                last = Some((marker, start));
                found(marker);
            }
        });
    }

    /// Calls `found` with the marker of every number that is written in at least so many bytes.
    pub(super) fn in_numbers(&self, bytes: &[u8], width: Width, mut found: impl FnMut(usize)) {
        self.wide.search(bytes, |marker, _, _| found(marker));
        if width == Width::Four {
            self.narrow.search(bytes, |marker, _, _| found(marker));
        }
    }
}

impl Patterns {
    fn new(markers: &[Marker], forms: impl Fn(Marker) -> Vec<Vec<u8>>) -> Result<Self, FilesError> {
        let all = markers.iter().enumerate();
        let pairs: Vec<(usize, Vec<u8>)> = all
            .flat_map(|(index, marker)| {
                let different: BTreeSet<Vec<u8>> = forms(*marker).into_iter().collect();
                different.into_iter().map(move |form| (index, form))
            })
            .collect();
        let searcher = AhoCorasick::new(pairs.iter().map(|(_, form)| form))
            .map_err(|source| FilesError::Markers { source: Box::new(source) })?;
        Ok(Self { searcher, markers: pairs.into_iter().map(|(index, _)| index).collect() })
    }

    fn search(&self, bytes: &[u8], mut found: impl FnMut(usize, usize, usize)) {
        for hit in self.searcher.find_overlapping_iter(bytes) {
            if let Some(marker) = self.markers.get(hit.pattern().as_usize()) {
                found(*marker, hit.start(), hit.end());
            }
        }
    }
}

/// Whether the digits are no part of a longer number. Further decimals may follow: a coordinate has more than its number.
fn stands_alone(bytes: &[u8], start: usize, end: usize) -> bool {
    let digit = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_digit);
    let before = start.checked_sub(1);
    let is_fraction = before.and_then(|at| bytes.get(at)) == Some(&b'.') && digit(start.checked_sub(2));
    !digit(before) && !is_fraction && !digit(Some(end))
}

/// The number in digits: as it is, as a whole number of its last decimal, rounded, in ten thousands and hundred millions,
/// with a power of ten; each with and without separators.
fn texts(marker: Marker) -> Vec<Vec<u8>> {
    let Marker { value, decimals } = marker;
    let value = i64::try_from(value.unsigned_abs()).unwrap_or(i64::MAX);
    let mut plain = vec![decimal(value, decimals), value.to_string()];
    plain.extend((0..decimals).flat_map(|kept| rounded(value, decimals, kept)));
    plain.extend(plain.clone().iter().filter_map(|text| without_zeros(text)));
    let units = [TEN_THOUSAND, HUNDRED_MILLION].map(|unit| decimal(value, decimals + unit));
    plain.extend(units.iter().map(|text| without_zeros(text).unwrap_or_else(|| text.clone())));
    let digits = |text: &str| text.bytes().filter(u8::is_ascii_digit).skip_while(|digit| *digit == b'0').count();
    plain.retain(|text| digits(text) >= 6);
    let grouped: Vec<String> = plain.iter().flat_map(|text| SEPARATORS.map(|between| group(text, between))).collect();
    let powers = scientific(value, decimals);
    plain.into_iter().chain(grouped).chain(powers).map(String::into_bytes).collect()
}

/// With fewer decimals, once cut off and once rounded.
fn rounded(value: i64, decimals: u32, kept: u32) -> Vec<String> {
    let Some(unit) = 10_i64.checked_pow(decimals - kept) else { return Vec::new() };
    [value / unit, value.saturating_add(unit / 2) / unit].map(|value| decimal(value, kept)).to_vec()
}

fn without_zeros(text: &str) -> Option<String> {
    let (_, part) = text.split_once('.')?;
    part.ends_with('0').then(|| text.trim_end_matches('0').trim_end_matches('.').to_owned())
}

/// `1000003.50` as `1,000,003.50`.
fn group(text: &str, between: &str) -> String {
    let (whole, part) = text.split_once('.').map_or((text, None), |(whole, part)| (whole, Some(part)));
    let mut grouped = String::new();
    for (digit, left) in whole.chars().zip((1..=whole.len()).rev()) {
        if !grouped.is_empty() && left % 3 == 0 {
            grouped.push_str(between);
        }
        grouped.push(digit);
    }
    part.map_or(grouped.clone(), |part| format!("{grouped}.{part}"))
}

/// `1000003` as `1.000003e6` and in its other spellings.
fn scientific(value: i64, decimals: u32) -> Vec<String> {
    let digits = value.to_string();
    let Some(power) = u32::try_from(digits.len()).ok().and_then(|length| (length - 1).checked_sub(decimals)) else {
        return Vec::new();
    };
    let digits = digits.trim_end_matches('0');
    let (first, rest) = digits.split_at(1.min(digits.len()));
    let mantissa = if rest.is_empty() { first.to_owned() } else { format!("{first}.{rest}") };
    [format!("e{power}"), format!("e+{power}"), format!("e+{power:02}")]
        .iter()
        .flat_map(|power| [format!("{mantissa}{power}"), format!("{mantissa}{}", power.to_uppercase())])
        .collect()
}

/// The number as whole numbers of 4 and 8 bytes and as floating-point numbers, in either order of bytes: as it is, as a whole
/// number of its last decimal, and in hundredths. Sixteen bytes begin or end with the eight of the same number.
fn binary(marker: Marker) -> impl Iterator<Item = Vec<u8>> {
    let Marker { value, decimals } = marker;
    let unit = 10_i64.checked_pow(decimals);
    let whole = unit.filter(|unit| value % unit == 0).map(|unit| value / unit);
    let hundredths = DECIMALS
        .checked_sub(decimals)
        .and_then(|more| 10_i64.checked_pow(more))
        .and_then(|unit| value.checked_mul(unit));
    let numbers: BTreeSet<i64> = [Some(value), whole, hundredths].into_iter().flatten().collect();
    let number = decimal(value, decimals).parse::<f64>().ok();
    let single = decimal(value, decimals).parse::<f32>().ok();
    let integers = numbers.into_iter().flat_map(|number| {
        let narrow = i32::try_from(number).ok();
        let wide = number.to_le_bytes();
        [Some(wide.to_vec()), narrow.map(|narrow| narrow.to_le_bytes().to_vec())]
    });
    let floats =
        [number.map(|number| number.to_le_bytes().to_vec()), single.map(|single| single.to_le_bytes().to_vec())];
    integers.chain(floats).flatten().flat_map(|bytes| {
        let reversed = bytes.iter().rev().copied().collect();
        [bytes, reversed]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hits(marker: Marker, text: &str) -> usize {
        let markers = Markers::new(&[marker]).unwrap();
        let mut count = 0;
        markers.in_text(text.as_bytes(), |_| count += 1);
        count
    }

    #[test]
    fn a_count_is_found_however_it_is_written() {
        let marker = Marker { value: 1_000_003, decimals: 0 };
        for text in [
            "1000003",
            "a,1000003,b",
            "1,000,003",
            "1，000，003",
            "1 000 003",
            "1\u{202f}000\u{202f}003人",
            "1&nbsp;000&nbsp;003",
            "1000003.00",
            "<path d=\"M0-1000003.5L2 3\"/>",
            "<rect width='1000003'/>",
            "100.0003万人",
            "1.000003e6",
            "1.000003E+06",
        ] {
            assert_eq!(hits(marker, text), 1, "{text}");
        }
    }

    #[test]
    fn other_numbers_are_none() {
        let marker = Marker { value: 1_000_003, decimals: 0 };
        for text in ["21000003", "10000034", "0.1000003", "21,000,003", "1000004", "1.000003", "1 000 004"] {
            assert_eq!(hits(marker, text), 0, "{text}");
        }
    }

    #[test]
    fn an_amount_is_found_rounded_and_in_fen() {
        let marker = Marker { value: 123_456_789, decimals: 2 };
        for text in
            ["1234567.89", "1,234,567.89", "123456789", "1234567.8", "1234567.9", "1234567", "1,234,568", "123.456789"]
        {
            assert_eq!(hits(marker, text), 1, "{text}");
        }
        assert_eq!(hits(marker, "1234566"), 0);
    }

    fn in_numbers(marker: Marker, bytes: &[u8], width: Width) -> usize {
        let markers = Markers::new(&[marker]).unwrap();
        let mut count = 0;
        markers.in_numbers(bytes, width, |_| count += 1);
        count
    }

    #[test]
    fn a_number_in_bytes_is_found_in_every_width_and_order() {
        let marker = Marker { value: 1_000_003, decimals: 0 };
        let wide: [&[u8]; 7] = [
            &1_000_003_i64.to_le_bytes(),
            &1_000_003_i64.to_be_bytes(),
            &100_000_300_i64.to_le_bytes(),
            &1_000_003_i128.to_le_bytes(),
            &100_000_300_i128.to_be_bytes(),
            &1_000_003_f64.to_le_bytes(),
            &1_000_003_f64.to_be_bytes(),
        ];
        for bytes in wide {
            assert!(in_numbers(marker, bytes, Width::Eight) > 0, "{bytes:?}");
        }
        for bytes in [1_000_003_i32.to_le_bytes(), 1_000_003_i32.to_be_bytes(), 1_000_003_f32.to_le_bytes()] {
            assert_eq!(in_numbers(marker, &bytes, Width::Eight), 0);
            assert_eq!(in_numbers(marker, &bytes, Width::Four), 1);
        }
        assert_eq!(in_numbers(marker, &1_000_004_i64.to_le_bytes(), Width::Four), 0);
    }

    #[test]
    fn a_number_that_stands_everywhere_is_refused() {
        let markers = [Marker { value: 1_000_003, decimals: 0 }, Marker { value: 99_999, decimals: 0 }];
        assert!(matches!(Markers::new(&markers), Err(FilesError::ShortMarker { index: 1 })));
    }
}
