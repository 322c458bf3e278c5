//! Citizen ID numbers by GB 11643-1999, with area codes that were never issued.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use chrono::{Datelike, NaiveDate};

/// Area codes that stand in no list of GB/T 2260 from 1980 to 2019.
const AREAS: [&str; 4] = ["159901", "150199", "520399", "371599"];
/// Numbers that departments have agreed on as nobody's (`schemas/canaries.csv`).
const NOBODYS: [&str; 2] = ["159901193911041234", "15990119400215018X"];
/// Prefixes of the residence permits of Hong Kong, Macao and Taiwan people.
const PERMITS: [&str; 3] = ["810000", "820000", "830000"];
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
/// Sequences 996 to 999 meant people over 100 in the 15-digit scheme, so they are not used.
const SEQUENCES_PER_SEX: u32 = 497;
/// The last sequence of a man, which [`SEQUENCES_PER_SEX`] leaves free.
const FREE_SEQUENCE: u32 = 995;
const SLOTS: u32 = 365 * 4 * SEQUENCES_PER_SEX;
/// Has no common factor with [`SLOTS`], so that stepping by it visits every slot once.
const STRIDE: u32 = 261_347;

/// Sex as a citizen ID knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sex {
    /// 男
    Male,
    /// 女
    Female,
}

/// The other sex.
pub const fn opposite(sex: Sex) -> Sex {
    match sex {
        Sex::Male => Sex::Female,
        Sex::Female => Sex::Male,
    }
}

/// The check character of the first 17 digits (ISO 7064 MOD 11-2).
pub fn check_character(first17: &str) -> char {
    let sum: u32 = first17.chars().zip(WEIGHTS).map(|(c, weight)| c.to_digit(10).unwrap_or(0) * weight).sum();
    let at = usize::try_from(sum % 11).unwrap_or(0);
    "10X98765432".chars().nth(at).unwrap_or('0')
}

/// The 15-digit form of an 18-digit number of a person born in 19xx.
pub fn old_form(id: &str) -> String {
    let (area, rest) = id.split_at(6);
    format!("{area}{}", rest.get(2..11).unwrap_or_default())
}

/// Hands out numbers: every person of a year of birth and sex another one, in constant memory.
#[derive(Debug, Default)]
pub struct Registry {
    issued: BTreeMap<(i32, Sex), u32>,
    namesakes: BTreeSet<NaiveDate>,
}

/// A number with the day of birth that it says.
#[derive(Debug, Clone)]
pub struct Issued {
    /// 18 characters.
    pub id: String,
    /// The day of birth in it.
    pub born: NaiveDate,
}

/// Whose numbers the office issues.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Document {
    /// A citizen's ID.
    CitizenId,
    /// A residence permit of Hong Kong, Macao or Taiwan people.
    ResidencePermit,
}

impl Registry {
    /// The next number of this year of birth and sex.
    pub fn issue(&mut self, year: i32, sex: Sex, document: Document) -> Issued {
        loop {
            let issued = self.next(year, sex, document);
            // Three zeros at the end are what a spreadsheet leaves of a number; a few in one small file would look
            // like its damage.
            if !issued.id.ends_with("000") && !NOBODYS.contains(&issued.id.as_str()) {
                return issued;
            }
        }
    }

    /// A number of another man who was born on a day; `None` where that day has one already.
    pub fn namesake(&mut self, born: NaiveDate) -> Option<Issued> {
        self.namesakes.insert(born).then(|| numbered(AREAS[0], born, FREE_SEQUENCE))
    }

    fn next(&mut self, year: i32, sex: Sex, document: Document) -> Issued {
        let count = self.issued.entry((year, sex)).or_insert(0);
        let start = u32::try_from(year).unwrap_or(0).wrapping_mul(7_919);
        let step = u64::from(*count) * u64::from(STRIDE) + u64::from(start);
        *count += 1;
        let slot = u32::try_from(step % u64::from(SLOTS)).unwrap_or(0);
        let born = NaiveDate::from_yo_opt(year, slot % 365 + 1).unwrap_or_default();
        let area = usize::try_from(slot / 365 % 4).unwrap_or(0);
        let sequence = slot / (365 * 4) * 2 + if sex == Sex::Male { 1 } else { 2 };
        let prefix = match document {
            Document::CitizenId => AREAS.get(area).copied().unwrap_or("159901"),
            Document::ResidencePermit => PERMITS.get(area % 3).copied().unwrap_or("810000"),
        };
        numbered(prefix, born, sequence)
    }
}

fn numbered(prefix: &str, born: NaiveDate, sequence: u32) -> Issued {
    let mut id = format!("{prefix}{:04}{:02}{:02}{sequence:03}", born.year(), born.month(), born.day());
    let check = check_character(&id);
    let _ = write!(id, "{check}");
    Issued { id, born }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn check_characters_agree_with_the_samples_of_the_standard() {
        assert_eq!(check_character("11010519491231002"), 'X');
        assert_eq!(check_character("44052418800101001"), '4');
        assert_eq!(check_character("36012119701121001"), '3');
        assert_eq!(check_character("15990119391104123"), '4');
    }

    #[test]
    fn the_old_form_drops_century_and_check_character() {
        assert_eq!(old_form("159901193911041234"), "159901391104123");
    }

    #[test]
    fn no_number_is_issued_twice_and_sex_and_birth_stand_in_it() {
        let mut registry = Registry::default();
        let mut seen = HashSet::new();
        for _ in 0..200_000 {
            let issued = registry.issue(1962, Sex::Female, Document::CitizenId);
            assert_eq!(issued.id.len(), 18);
            assert_eq!(&issued.id[6..14], issued.born.format("%Y%m%d").to_string());
            assert_eq!(issued.id[16..17].parse::<u32>().unwrap() % 2, 0);
            assert!(seen.insert(issued.id));
        }
    }

    #[test]
    fn a_namesake_has_a_number_that_nobody_else_gets() {
        let mut registry = Registry::default();
        let issued: HashSet<_> = (0..200_000)
            .map(|_| registry.issue(1962, Sex::Male, Document::CitizenId))
            .map(|issued| issued.id)
            .collect();
        let born = NaiveDate::from_ymd_opt(1962, 5, 6).unwrap();
        let namesake = registry.namesake(born).unwrap();
        assert!(!issued.contains(&namesake.id));
        assert_eq!(&namesake.id[6..14], "19620506");
        assert!(registry.namesake(born).is_none());
    }

    #[test]
    fn the_stride_visits_every_slot() {
        let (mut a, mut b) = (SLOTS, STRIDE);
        while b != 0 {
            (a, b) = (b, a % b);
        }
        assert_eq!(a, 1);
    }
}
