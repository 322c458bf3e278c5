//! How an office has recorded a person: the person block, with the damage that ID numbers take.

use chrono::NaiveDate;

use crate::calendar::later;
use crate::citizen::{Issued, Sex, check_character, old_form, opposite};
use crate::dice::Dice;
use crate::fact::Link;
use crate::names;
use crate::person::Person;
use crate::spelling::Row;

/// The person block as one office typed it.
#[derive(Debug, Clone)]
pub struct Recorded {
    name: String,
    id: String,
    sex: Option<Sex>,
    born: Option<NaiveDate>,
    /// How well the number identifies the person.
    pub link: Link,
}

/// How carefully an office keeps the ID numbers of a dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Care {
    /// As usual: about one number in a hundred is damaged beyond use.
    Usual,
    /// As 15 digits: a case that is found with a lower grade.
    OldForm,
}

impl Recorded {
    /// Records a person in one dataset.
    pub fn new(person: &Person, care: Care, dice: &mut Dice) -> Self {
        let (id, link) = match care {
            Care::Usual => typed_id(&person.id, dice),
            Care::OldForm => (old_form(&person.id), Link::Upgraded),
        };
        let sex = if dice.mille(2) { opposite(person.sex) } else { person.sex };
        let born = if dice.mille(2) { later(person.born, 1) } else { person.born };
        // Without number and day of birth nobody could say whether the person is 60.
        let unknown = link != Link::Lost && dice.mille(15);
        Self {
            name: names::typed(&person.name, dice),
            id,
            sex: (!dice.mille(15)).then_some(sex),
            born: (!unknown).then_some(born),
            link,
        }
    }

    /// Records somebody who is no older person.
    pub fn of(name: &str, issued: &Issued, sex: Sex, dice: &mut Dice) -> Self {
        let (id, link) = typed_id(&issued.id, dice);
        let (sex, born) = (Some(sex), Some(issued.born));
        Self { name: name.to_owned(), id, sex, born, link }
    }

    /// Writes the person block.
    pub fn write(&self, row: &mut Row) {
        row.text(&self.name).text(&self.id);
        match self.sex {
            Some(Sex::Male) => row.code(("1", "男")),
            Some(Sex::Female) => row.code(("2", "女")),
            None => row.text(""),
        };
        match self.born {
            Some(born) => row.day(Some(born)),
            None => row.text(""),
        };
    }
}

/// The number as typed, and whether it still identifies the person.
fn typed_id(id: &str, dice: &mut Dice) -> (String, Link) {
    match dice.below(10_000) {
        0..40 => (String::new(), Link::Lost),
        40..60 => (without(id, dice.between(6, 15)), Link::Lost),
        60..90 => (with_wrong_check(id), Link::Lost),
        90..97 => (placeholder(dice).to_owned(), Link::Lost),
        97..140 if id.starts_with(['1', '5', '3']) => (old_form(id), Link::Upgraded),
        140..170 => (full_width(id), Link::Valid),
        170..200 => (grouped(id), Link::Valid),
        200..220 => (format!("'{id}"), Link::Valid),
        220..235 => (format!("{id}\u{200b}"), Link::Valid),
        235..260 => (format!(" {id}\t"), Link::Valid),
        260..1_500 => (id.to_lowercase(), Link::Valid),
        _ => (id.to_owned(), Link::Valid),
    }
}

fn without(id: &str, at: i32) -> String {
    let at = usize::try_from(at).unwrap_or(0);
    id.chars().enumerate().filter(|(i, _)| *i != at).map(|(_, c)| c).collect()
}

fn with_wrong_check(id: &str) -> String {
    let first17: String = id.chars().take(17).collect();
    let wrong = if check_character(&first17) == '7' { '8' } else { '7' };
    format!("{first17}{wrong}")
}

fn placeholder(dice: &mut Dice) -> &'static str {
    dice.pick(&["111111111111111111", "123456789012345678", "无", "不详", "999999999999999999"])
}

fn full_width(id: &str) -> String {
    id.chars().map(|c| char::from_u32(u32::from(c) + 0xfee0).unwrap_or(c)).collect()
}

fn grouped(id: &str) -> String {
    let (area, rest) = id.split_at(6);
    let (birth, tail) = rest.split_at(8);
    format!("{area} {birth} {tail}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "159901193911041234";

    #[test]
    fn damage_never_makes_another_valid_number() {
        let mut dice = Dice::new(3, 3);
        for _ in 0..20_000 {
            let (typed, link) = typed_id(ID, &mut dice);
            let plain: String = typed
                .chars()
                .filter(|c| !c.is_whitespace() && *c != '\'' && *c != '\u{200b}')
                .map(|c| char::from_u32(u32::from(c).wrapping_sub(0xfee0)).filter(char::is_ascii).unwrap_or(c))
                .collect();
            match link {
                Link::Valid => assert_eq!(plain.to_uppercase(), ID),
                Link::Upgraded => assert_eq!(plain, old_form(ID)),
                Link::Lost => assert_ne!(plain.to_uppercase(), ID),
            }
            let first17: String = plain.chars().take(17).collect();
            if plain.len() == 18
                && link == Link::Lost
                && !plain.starts_with("9999")
                && !plain.starts_with("1111")
                && !plain.starts_with("1234")
            {
                assert_ne!(plain.chars().last(), Some(check_character(&first17)));
            }
        }
    }

    #[test]
    fn about_one_number_in_a_hundred_is_lost() {
        let mut dice = Dice::new(5, 5);
        let lost = (0..20_000).filter(|_| typed_id(ID, &mut dice).1 == Link::Lost).count();
        assert!((140..260).contains(&lost), "{lost}");
    }
}
