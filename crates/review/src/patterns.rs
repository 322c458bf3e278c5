//! Recognises Chinese ID numbers in bytes of any kind.

use chrono::NaiveDate;

const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECK: &[u8; 11] = b"10X98765432";
/// The first two digits of a region: provinces and what has their rank.
const PROVINCES: [u32; 34] = [
    11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52, 53, 54, 61, 62, 63,
    64, 65, 71, 81, 82,
];
const SHORT: usize = 15;
const LONG: usize = 18;

/// How many ID numbers stand somewhere, and where the first of them begins.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Hits {
    pub(crate) count: u64,
    pub(crate) first: Option<usize>,
}

impl Hits {
    fn add(&mut self, at: usize) {
        self.count += 1;
        self.first = Some(self.first.map_or(at, |first| first.min(at)));
    }
}

/// The ID numbers in the bytes, written in ASCII, in UTF-16 of either order, or in full-width digits.
pub(crate) fn id_numbers(bytes: &[u8]) -> Hits {
    let mut hits = Hits::default();
    in_ascii(bytes, |at| hits.add(at));
    for spelling in [Spelling::Utf16, Spelling::FullWidthUtf16, Spelling::FullWidth] {
        spelling.runs(bytes, |from, run| in_ascii(run, |at| hits.add(from + at * spelling.step())));
    }
    hits
}

/// Calls `hit` with the place of every number.
///
/// Of 18 characters: right check character, possible birth date; a number inside a longer run of digits counts too, because
/// a disability certificate begins with one. Of 15 digits, which have no check character: region and birth date, and
/// nothing beside it that could make it part of something else.
fn in_ascii(bytes: &[u8], mut hit: impl FnMut(usize)) {
    let mut at = 0;
    while let Some(window) = bytes.get(at..at + SHORT) {
        if let Some(other) = window.iter().rposition(|byte| !byte.is_ascii_digit()) {
            // No window that holds this byte among its digits can be a number.
            at += other + 1;
            continue;
        }
        let is_long = bytes.get(at..at + LONG).is_some_and(is_long_number);
        if is_long || (stands_alone(bytes, at) && is_short_number(window)) {
            hit(at);
        }
        at += 1;
    }
}

fn is_long_number(text: &[u8]) -> bool {
    let is_number = text.iter().take(17).all(u8::is_ascii_digit);
    let (year, month, day) = (number(text, 6, 4), number(text, 10, 2), number(text, 12, 2));
    if !is_number || !(1880..=2100).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return false;
    }
    let sum: u32 = WEIGHTS.iter().enumerate().map(|(at, weight)| digit(text, at) * weight).sum();
    let expected = CHECK.get(usize::try_from(sum % 11).unwrap_or(0));
    text.get(17).map(u8::to_ascii_uppercase).as_ref() == expected
}

fn is_short_number(text: &[u8]) -> bool {
    let is_region = PROVINCES.contains(&number(text, 0, 2)) && number(text, 2, 2) > 0 && number(text, 4, 2) > 0;
    let year = i32::try_from(1900 + number(text, 6, 2)).unwrap_or(0);
    is_region && NaiveDate::from_ymd_opt(year, number(text, 8, 2), number(text, 10, 2)).is_some()
}

/// Whether 15 digits are not the middle of a longer number or code, of an amount or of a digest.
fn stands_alone(bytes: &[u8], at: usize) -> bool {
    let joins = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'.');
    !joins(at.checked_sub(1).and_then(|before| bytes.get(before))) && !joins(bytes.get(at + SHORT))
}

fn digit(text: &[u8], at: usize) -> u32 {
    text.get(at).map_or(0, |byte| u32::from(byte.wrapping_sub(b'0')))
}

fn number(text: &[u8], from: usize, length: usize) -> u32 {
    (from..from + length).fold(0, |sum, at| sum * 10 + digit(text, at))
}

/// How digits can be written besides ASCII.
#[derive(Debug, Clone, Copy)]
enum Spelling {
    /// Digits with a zero byte between them, whichever comes first.
    Utf16,
    /// Full-width digits in UTF-16: U+FF10 to U+FF19.
    FullWidthUtf16,
    /// Full-width digits in UTF-8.
    FullWidth,
}

impl Spelling {
    /// Bytes from one digit to the next.
    fn step(self) -> usize {
        match self {
            Self::Utf16 | Self::FullWidthUtf16 => 2,
            Self::FullWidth => 3,
        }
    }

    /// The digit or X at a place, in ASCII.
    fn character(self, bytes: &[u8], at: usize) -> Option<u8> {
        let byte = *bytes.get(at)?;
        let full_width = |byte: u8, x: u8| match byte {
            0x10..=0x19 => Some(byte - 0x10 + b'0'),
            _ => (byte == x).then_some(b'X'),
        };
        match self {
            Self::Utf16 => (byte.is_ascii_digit() || matches!(byte, b'X' | b'x')).then_some(byte),
            Self::FullWidthUtf16 => full_width(byte, 0x38).or_else(|| full_width(byte, 0x58)),
            Self::FullWidth => match bytes.get(at..at + 3)? {
                [0xef, 0xbc, last @ 0x90..=0x99] => Some(last - 0x90 + b'0'),
                [0xef, 0xbc, 0xb8] | [0xef, 0xbd, 0x98] => Some(b'X'),
                _ => None,
            },
        }
    }

    /// Whether the characters at two places a step apart follow one another.
    fn follows(self, bytes: &[u8], before: usize) -> bool {
        let between = bytes.get(before + 1).copied();
        match self {
            Self::Utf16 => between == Some(0),
            Self::FullWidthUtf16 => between == Some(0xff),
            Self::FullWidth => true,
        }
    }

    /// Calls `found` with every run that may hold a number, in ASCII, and where it begins.
    fn runs(self, bytes: &[u8], mut found: impl FnMut(usize, &[u8])) {
        let mut run = Vec::new();
        for from in 0..bytes.len() {
            let Some(first) = self.character(bytes, from) else { continue };
            let before = from.checked_sub(self.step());
            if before.is_some_and(|before| self.character(bytes, before).is_some() && self.follows(bytes, before)) {
                continue;
            }
            run.clear();
            run.push(first);
            let mut at = from;
            while self.follows(bytes, at) {
                at += self.step();
                let Some(next) = self.character(bytes, at) else { break };
                run.push(next);
            }
            if run.len() >= SHORT {
                found(from, &run);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "159901193911041234";

    fn count(bytes: &[u8]) -> u64 {
        id_numbers(bytes).count
    }

    #[test]
    fn numbers_are_found_alone_in_text_and_at_the_head_of_a_certificate() {
        assert_eq!(count(b"11010519491231002X"), 1);
        assert_eq!(count(b"name,11010519491231002x;440524188001010014\n"), 2);
        assert_eq!(count(b"3601211970112100134343"), 1);
        assert_eq!(id_numbers(b"name,11010519491231002x").first, Some(5));
    }

    #[test]
    fn dates_amounts_and_wrong_check_characters_are_none() {
        assert_eq!(count(b"2025-01-01 12345678901234567"), 0);
        assert_eq!(count(b"110105194912310021"), 0);
        assert_eq!(count(b"110105194913310029"), 0);
        assert_eq!(count(b""), 0);
    }

    #[test]
    fn a_number_of_15_digits_is_found_where_it_stands_alone() {
        assert_eq!(count(b"name,159901391104123,x"), 1);
        assert_eq!(count(b"159901391104123"), 1);
        for other in [
            "999901391104123",
            "150001391104123",
            "159901391304123",
            "159901390230123",
            "1599013911041234",
            "a159901391104123",
            "159901391104123f",
            "159901391104123.00",
            "0.159901391104123",
        ] {
            assert_eq!(count(other.as_bytes()), 0, "{other}");
        }
    }

    #[test]
    fn numbers_in_full_width_digits_and_in_utf_16_are_found() {
        let full_width = |text: &str| -> String {
            text.chars().map(|c| char::from_u32(u32::from(c) - 0x20 + 0xff00).unwrap()).collect()
        };
        let utf_16 =
            |text: &str, bytes: fn(u16) -> [u8; 2]| -> Vec<u8> { text.encode_utf16().flat_map(bytes).collect() };
        for number in [ID, "159901391104123", "11010519491231002X", "11010519491231002x"] {
            let wide = full_width(number);
            assert_eq!(id_numbers(format!("号{wide}。").as_bytes()), Hits { count: 1, first: Some(3) }, "{wide}");
            for text in [number.to_owned(), wide, format!("号{number}。")] {
                for bytes in [u16::to_le_bytes, u16::to_be_bytes] {
                    assert_eq!(count(&utf_16(&text, bytes)), 1, "{text}");
                }
            }
        }
        assert_eq!(count(full_width("159901193911041235").as_bytes()), 0);
        assert_eq!(count(&utf_16("1599011939110412", u16::to_le_bytes)), 0);
    }
}
