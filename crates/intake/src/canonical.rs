//! The one spelling of an ID number that is hashed.

use chrono::{Datelike, NaiveDate};
use unicode_normalization::UnicodeNormalization;

/// Version of the rules in this module and in [`crate::name`]; a change of any token changes it.
pub const CANONICALISER_VERSION: u32 = 2;

const CHECK_CHARACTERS: &[u8; 11] = b"10X98765432";
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const EARLIEST_YEAR: i32 = 1800;

/// An ID number after canonicalising: the 18 characters that are hashed, or the reason why there are none.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct CanonicalId {
    text: [u8; 18],
    birth: Option<NaiveDate>,
    quality: IdQuality,
}

/// How far an ID number can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum IdQuality {
    /// 18 characters as delivered, birth date and check character right.
    Valid18,
    /// Made from a 15-digit number.
    Upgraded15,
    /// Residence permit of Hong Kong, Macao and Taiwan people, or permanent residence permit.
    ResidencePermit,
    /// No token, for this reason.
    None(NoId),
}

/// Why a cell gives no person token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NoId {
    /// The cell is empty.
    Empty,
    /// Neither 15 nor 18 characters.
    Length,
    /// A character that no ID number has at its place.
    Character,
    /// No such day, or after the end of the period.
    BirthDate,
    /// The MOD 11-2 check character is wrong.
    CheckCharacter,
    /// One digit repeated, 12345678…
    Placeholder,
    /// A 15-digit number of a person born before 1900 (sequence 996 to 999).
    Centenarian15,
}

impl IdQuality {
    /// The value of the column `id_quality`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Valid18 => "valid18",
            Self::Upgraded15 => "upgraded15",
            Self::ResidencePermit => "residence_permit",
            Self::None(_) => "none",
        }
    }
}

impl std::fmt::Debug for CanonicalId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CanonicalId(***, {:?})", self.quality)
    }
}

impl CanonicalId {
    /// The 18 characters to hash; `None` if the number gives no token.
    pub fn text(&self) -> Option<&str> {
        self.bytes().and_then(|bytes| std::str::from_utf8(bytes).ok())
    }

    /// [`Self::text`] as bytes.
    pub(crate) fn bytes(&self) -> Option<&[u8; 18]> {
        self.birth.is_some().then_some(&self.text)
    }

    /// How the number was obtained, or why there is none.
    pub fn quality(&self) -> IdQuality {
        self.quality
    }

    /// The birth date in the number; `None` if the number gives no token.
    pub fn birth(&self) -> Option<NaiveDate> {
        self.birth
    }

    /// The sex in the number, `1` male or `2` female; `None` if the number gives no token.
    pub fn sex(&self) -> Option<u8> {
        self.birth?;
        let digit = self.text[16] - b'0';
        Some(if digit % 2 == 1 { 1 } else { 2 })
    }

    fn none(reason: NoId) -> Self {
        Self { text: [b'0'; 18], birth: None, quality: IdQuality::None(reason) }
    }
}

/// Brings an ID number into the form that is hashed; `period_end` is the last day of the delivery's period.
pub fn canonical_id(text: &str, period_end: NaiveDate) -> CanonicalId {
    if let Some(plain) = plain_eighteen(text.as_bytes()) {
        return judged(plain, IdQuality::Valid18, period_end);
    }
    let folded = folded(text);
    let bytes = folded.as_bytes();
    if bytes.is_empty() {
        return CanonicalId::none(NoId::Empty);
    }
    if is_placeholder(bytes) {
        return CanonicalId::none(NoId::Placeholder);
    }
    if let Some(plain) = plain_eighteen(bytes) {
        return judged(plain, IdQuality::Valid18, period_end);
    }
    match <&[u8; 15]>::try_from(bytes) {
        Ok(old) if old.iter().all(u8::is_ascii_digit) => upgraded(old, period_end),
        Ok(_) => CanonicalId::none(NoId::Character),
        Err(_) if bytes.len() == 18 => CanonicalId::none(NoId::Character),
        Err(_) => CanonicalId::none(NoId::Length),
    }
}

/// NFKC without spaces, zero-width characters, hyphens and leading apostrophes, in capitals.
fn folded(text: &str) -> String {
    let kept: String = text
        .nfkc()
        .filter(|&c| !c.is_whitespace() && !is_ignorable(c) && !is_hyphen(c))
        .map(|c| c.to_ascii_uppercase())
        .collect();
    kept.trim_start_matches(['\'', '\u{2018}', '\u{2019}', '`']).to_owned()
}

fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

/// Whether Unicode calls the character default-ignorable: it has no width and is never part of a value.
pub(crate) fn is_ignorable(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// Seventeen digits and a digit or X, with x in capitals: what nearly every cell of a file is.
fn plain_eighteen(bytes: &[u8]) -> Option<[u8; 18]> {
    let mut id = *<&[u8; 18]>::try_from(bytes).ok()?;
    id[17] = id[17].to_ascii_uppercase();
    let digits = id[..17].iter().all(u8::is_ascii_digit);
    (digits && (id[17].is_ascii_digit() || id[17] == b'X')).then_some(id)
}

fn upgraded(old: &[u8; 15], period_end: NaiveDate) -> CanonicalId {
    if matches!(&old[12..], b"996" | b"997" | b"998" | b"999") {
        return CanonicalId::none(NoId::Centenarian15);
    }
    let mut id = [b'0'; 18];
    id[..6].copy_from_slice(&old[..6]);
    id[6..8].copy_from_slice(b"19");
    id[8..17].copy_from_slice(&old[6..]);
    id[17] = check_character(&id);
    judged(id, IdQuality::Upgraded15, period_end)
}

fn judged(id: [u8; 18], quality: IdQuality, period_end: NaiveDate) -> CanonicalId {
    if is_placeholder(&id) {
        return CanonicalId::none(NoId::Placeholder);
    }
    let Some(birth) = birth_date(&id).filter(|birth| *birth <= period_end) else {
        return CanonicalId::none(NoId::BirthDate);
    };
    if check_character(&id) != id[17] {
        return CanonicalId::none(NoId::CheckCharacter);
    }
    CanonicalId {
        text: id,
        birth: Some(birth),
        quality: if is_residence_permit(&id) { IdQuality::ResidencePermit } else { quality },
    }
}

/// One digit repeated (the check character apart) or a run that counts up from 1.
fn is_placeholder(id: &[u8]) -> bool {
    if !matches!(id.len(), 15 | 18) {
        return id.len() > 2 && all_equal(id);
    }
    let body = id.get(..id.len().min(17)).unwrap_or(id);
    all_equal(body) || id.starts_with(b"12345678")
}

fn all_equal(bytes: &[u8]) -> bool {
    bytes.windows(2).all(|pair| pair.first() == pair.last())
}

fn birth_date(id: &[u8; 18]) -> Option<NaiveDate> {
    let number = |range: &[u8]| range.iter().fold(0_u32, |sum, byte| sum * 10 + u32::from(byte - b'0'));
    let year = i32::try_from(number(&id[6..10])).ok()?;
    let birth = NaiveDate::from_ymd_opt(year, number(&id[10..12]), number(&id[12..14]))?;
    (birth.year() >= EARLIEST_YEAR).then_some(birth)
}

fn check_character(id: &[u8; 18]) -> u8 {
    let sum: u32 = id.iter().zip(WEIGHTS).map(|(byte, weight)| u32::from(byte - b'0') * weight).sum();
    usize::try_from(sum % 11).ok().and_then(|at| CHECK_CHARACTERS.get(at)).copied().unwrap_or(b'?')
}

/// 81, 82, 83: Hong Kong, Macao, Taiwan people; 9: permanent residence permit of the 18-character form.
fn is_residence_permit(id: &[u8; 18]) -> bool {
    matches!(&id[..2], b"81" | b"82" | b"83") || id[0] == b'9'
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn end() -> NaiveDate {
        NaiveDate::from_ymd_opt(2025, 12, 31).unwrap()
    }

    fn canonical(text: &str) -> (Option<String>, IdQuality) {
        let id = canonical_id(text, end());
        (id.text().map(str::to_owned), id.quality())
    }

    fn none(text: &str) -> NoId {
        match canonical(text) {
            (None, IdQuality::None(reason)) => reason,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_samples_of_the_standard_are_valid() {
        for id in ["11010519491231002X", "440524188001010014", "360121197011210013"] {
            assert_eq!(canonical(id), (Some(id.to_owned()), IdQuality::Valid18));
        }
    }

    #[test]
    fn the_fifteen_digit_number_of_the_design_is_upgraded_to_its_eighteen() {
        assert_eq!(canonical("159901391104123"), (Some("159901193911041234".to_owned()), IdQuality::Upgraded15));
    }

    #[test]
    fn every_spelling_of_a_number_gives_the_same_text() {
        let expected = (Some("11010519491231002X".to_owned()), IdQuality::Valid18);
        for text in [
            "11010519491231002x",
            " 11010519491231002X\t",
            "'11010519491231002X",
            "\u{2019}11010519491231002X",
            "１１０１０５１９４９１２３１００２Ｘ",
            "110105 19491231 002x",
            "110105-19491231-002X",
            "\u{feff}1101051949\u{200b}1231002X\u{3000}",
        ] {
            assert_eq!(canonical(text), expected, "{text}");
        }
    }

    #[test]
    fn what_fails_has_no_text_and_a_reason() {
        assert_eq!(none(""), NoId::Empty);
        assert_eq!(none(" \u{200b}"), NoId::Empty);
        assert_eq!(none("15990119391104123"), NoId::Length);
        assert_eq!(none("1599011939110412345"), NoId::Length);
        assert_eq!(none("15990119391104A234"), NoId::Character);
        assert_eq!(none("X59901193911041234"), NoId::Character);
        assert_eq!(none("15990139110412X"), NoId::Character);
        assert_eq!(none("159901193913041234"), NoId::BirthDate);
        assert_eq!(none("159901193902301234"), NoId::BirthDate);
        assert_eq!(none("159901203911041234"), NoId::BirthDate);
        assert_eq!(none("159901193911041235"), NoId::CheckCharacter);
    }

    #[test]
    fn placeholders_and_centenarians_of_the_old_numbers_have_no_text() {
        for text in [
            "111111111111111111",
            "000000000000000000",
            "99999999999999999X",
            "111111111111111",
            "123456789012345678",
            "123456780101001",
            "0000",
        ] {
            assert_eq!(none(text), NoId::Placeholder, "{text}");
        }
        for text in ["159901391104996", "159901391104999"] {
            assert_eq!(none(text), NoId::Centenarian15, "{text}");
        }
        assert_eq!(canonical("159901391104995").1, IdQuality::Upgraded15);
    }

    #[test]
    fn a_birth_on_the_last_day_of_the_period_is_valid_and_the_day_after_is_not() {
        let with_check = |body: &str| {
            let mut id: [u8; 18] = format!("{body}0").as_bytes().try_into().unwrap();
            id[17] = check_character(&id);
            String::from_utf8(id.to_vec()).unwrap()
        };
        assert!(canonical(&with_check("15990120251231123")).0.is_some());
        assert_eq!(none(&with_check("15990120260101123")), NoId::BirthDate);
    }

    #[test]
    fn residence_permits_pass_the_same_tests_and_are_marked() {
        for body in ["81000019500101001", "82000019500101001", "83000019500101001", "91112319500101001"] {
            let mut id: [u8; 18] = format!("{body}0").as_bytes().try_into().unwrap();
            id[17] = check_character(&id);
            let text = String::from_utf8(id.to_vec()).unwrap();
            assert_eq!(canonical(&text).1, IdQuality::ResidencePermit);
            id[17] = if id[17] == b'0' { b'1' } else { b'0' };
            assert_eq!(none(std::str::from_utf8(&id).unwrap()), NoId::CheckCharacter);
        }
    }

    #[test]
    fn an_id_does_not_print() {
        let id = canonical_id("11010519491231002X", end());
        assert!(!format!("{id:?}").contains("1101"));
    }

    /// The rules of the design, one after another on characters; slow and obvious.
    fn oracle(text: &str) -> Option<String> {
        let mut s: Vec<char> =
            text.nfkc().filter(|c| !c.is_whitespace() && !is_ignorable(*c) && !is_hyphen(*c)).collect();
        while matches!(s.first(), Some('\'' | '\u{2018}' | '\u{2019}' | '`')) {
            s.remove(0);
        }
        let mut s: String = s.into_iter().collect::<String>().to_uppercase();
        let body: String = s.chars().take(17).collect();
        if body.len() > 2 && body.chars().all(|c| body.starts_with(c)) {
            return None;
        }
        if s.starts_with("12345678") {
            return None;
        }
        if s.len() == 15 && s.chars().all(|c| c.is_ascii_digit()) {
            if ["996", "997", "998", "999"].contains(&&s[12..]) {
                return None;
            }
            s = format!("{}19{}", &s[..6], &s[6..]);
            s.push(slow_check(&s));
        }
        let characters: Vec<char> = s.chars().collect();
        if characters.len() != 18 || !characters[..17].iter().all(char::is_ascii_digit) {
            return None;
        }
        let day = NaiveDate::parse_from_str(&s[6..14], "%Y%m%d").ok()?;
        let possible = day.year() >= 1800 && day <= end();
        (possible && slow_check(&s[..17]) == characters[17]).then_some(s)
    }

    /// ISO 7064 as the standard words it: the weighted sum of all 18 is 1 modulo 11.
    fn slow_check(body: &str) -> char {
        let sum = |last: u64| {
            body.chars()
                .map(|c| u64::from(c.to_digit(10).unwrap()))
                .chain([last])
                .enumerate()
                .map(|(i, a)| a * (2_u64.pow(17 - u32::try_from(i).unwrap()) % 11))
                .sum::<u64>()
                % 11
        };
        let last = (0..11).find(|last| sum(*last) == 1).unwrap();
        "0123456789X".chars().nth(usize::try_from(last).unwrap()).unwrap()
    }

    fn numbers() -> impl Strategy<Value = String> {
        let valid = (0_u32..1_000_000, 1795_u32..2030, 0_u32..14, 0_u32..33, 0_u32..1000).prop_map(
            |(area, year, month, day, sequence)| {
                let body = format!("{area:06}{year:04}{month:02}{day:02}{sequence:03}");
                let check = slow_check(&body);
                format!("{body}{check}")
            },
        );
        prop_oneof![
            valid.clone(),
            valid.clone().prop_map(|id| id.to_lowercase()),
            valid.clone().prop_map(|id| format!("{}{}", &id[..6], &id[8..17])),
            valid.prop_map(|id| format!("'{} {}", &id[..6], &id[6..])),
            "[0-9]{17}[0-9Xx]",
            "[0-9]{15}",
            "[ '０-９0-9xXＸ\u{200b}-]{10,24}",
            "\\PC{0,30}",
        ]
    }

    proptest! {
        #[test]
        fn the_canonicaliser_agrees_with_the_slow_one(text in numbers()) {
            prop_assert_eq!(canonical_id(&text, end()).text().map(str::to_owned), oracle(&text));
        }
    }
}
