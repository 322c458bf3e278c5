//! Somebody who does not exist.

use chrono::NaiveDate;
use yilian_token::{Key, Label, Token};

use crate::Answer;
use crate::rows::{COUNTIES, YEAR};

/// One invented person; what is not said here follows from [`Person::roll`].
pub(crate) struct Person {
    pub(crate) token: Token,
    pub(crate) name: Token,
    /// Which of the invented people it is.
    pub(crate) number: u32,
    pub(crate) birth_month: NaiveDate,
    pub(crate) is_male: bool,
    /// Place among the counties.
    pub(crate) county: usize,
    /// The month of death in the year, from 1 to 12.
    pub(crate) dies_in: Option<u32>,
}

impl Person {
    /// So many people in the order of their tokens.
    pub(crate) fn all(people: u32, link_key: &Key) -> Answer<Vec<Self>> {
        let (id, name) = (link_key.tokeniser(Label::Person)?, link_key.tokeniser(Label::Name)?);
        let invent = |number: u32| {
            let bytes = number.to_be_bytes();
            let age = 60 + i32::try_from(roll(number, 1, 24).max(roll(number, 2, 40)))?;
            let birth_month = NaiveDate::from_ymd_opt(YEAR - age, 1 + roll(number, 3, 12), 1);
            Ok(Self {
                token: id.token(&[b"invented", &bytes]),
                name: name.token(&[b"invented", &bytes]),
                number,
                birth_month: birth_month.ok_or("a month")?,
                is_male: roll(number, 4, 2) == 0,
                county: usize::try_from(roll(number, 5, 1000))? % COUNTIES.len(),
                dies_in: (roll(number, 6, 100) < 3).then(|| 1 + roll(number, 7, 12)),
            })
        };
        let mut people = (0..people).map(invent).collect::<Answer<Vec<Self>>>()?;
        people.sort_unstable_by_key(|person| person.token);
        Ok(people)
    }

    /// Age in completed years on 31 December.
    pub(crate) fn age(&self) -> i32 {
        YEAR - chrono::Datelike::year(&self.birth_month)
    }

    /// A number below `sides`, always the same for one person and question.
    pub(crate) fn roll(&self, question: u32, sides: u32) -> u32 {
        roll(self.number, question, sides)
    }

    /// Whether something that happens to so many of ten thousand people happens to this one.
    pub(crate) fn is_one_of(&self, question: u32, of_ten_thousand: u32) -> bool {
        self.roll(question, 10_000) < of_ten_thousand
    }
}

fn roll(number: u32, question: u32, sides: u32) -> u32 {
    let mut mixed = (u64::from(question) << 32 | u64::from(number)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    u32::try_from((mixed ^ (mixed >> 31)) % u64::from(sides)).unwrap_or_default()
}
