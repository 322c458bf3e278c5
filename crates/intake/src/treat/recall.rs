//! Remembers the tokens of people, so that the twelve payments of a year cost one.

use chrono::NaiveDate;
use yilian_token::Token;

/// 2^17 people are 16 MB: the people of a county.
const MOST_BITS: u32 = 17;
/// People who are remembered where remembering does not pay.
const FEW_BITS: u32 = 8;
/// A longer name is tokenised each time.
const LONGEST_NAME: usize = 30;

/// A table of people of fixed size; a newer person takes the place of an older one.
pub(super) struct Recall {
    people: Vec<Recent>,
    bits: u32,
    asked: u32,
    known: u32,
}

/// A person seen lately and the tokens made then.
#[derive(Clone)]
struct Recent {
    id: [u8; 18],
    name: [u8; LONGEST_NAME],
    name_length: usize,
    person: Token,
    name_token: Token,
}

const NOBODY: Recent =
    Recent { id: [0; 18], name: [0; LONGEST_NAME], name_length: 0, person: [0; 32], name_token: [0; 32] };

impl Recall {
    /// For a file that holds `people` people at most.
    pub(super) fn new(people: u64) -> Self {
        let bits = people.max(2).ilog2().min(MOST_BITS);
        Self { people: vec![NOBODY; 1 << bits], bits, asked: 0, known: 0 }
    }

    /// The tokens of a person; the same ID and name in a later row cost nothing.
    #[inline]
    pub(super) fn tokens(
        &mut self,
        id: [u8; 18],
        person: impl Fn() -> Token,
        named: Option<(&str, NaiveDate)>,
        name: impl Fn(&str, NaiveDate) -> Token,
    ) -> (Token, Option<Token>) {
        self.judge();
        let mixed = id.first_chunk::<8>().zip(id.last_chunk::<8>()).map_or(0, |(head, tail)| {
            (u64::from_le_bytes(*head) ^ u64::from_le_bytes(*tail).rotate_left(23)).wrapping_mul(0x9e37_79b9_7f4a_7c15)
        });
        let place = usize::try_from(mixed >> (64 - self.bits)).ok().and_then(|at| self.people.get_mut(at));
        let Some(recent) = place else {
            return (person(), named.map(|(text, birth)| name(text, birth)));
        };
        if recent.id == id {
            self.known += 1;
        } else {
            *recent = Recent { id, person: person(), ..NOBODY };
        }
        let Some((text, birth)) = named else {
            return (recent.person, None);
        };
        // An empty place is no name: a name has two characters at least.
        if recent.name.get(..recent.name_length) != Some(text.as_bytes()) {
            recent.name_token = name(text, birth);
            recent.name_length = 0;
            if let Some(place) = recent.name.get_mut(..text.len()) {
                place.copy_from_slice(text.as_bytes());
                recent.name_length = text.len();
            }
        }
        (recent.person, Some(recent.name_token))
    }

    /// Gives the memory back when few people come again: a file of one month, or of a whole province.
    fn judge(&mut self) {
        self.asked += 1;
        if self.asked >> MOST_BITS == 0 {
            return;
        }
        if self.known < self.asked / 8 && self.bits > FEW_BITS {
            *self = Self { people: vec![NOBODY; 1 << FEW_BITS], bits: FEW_BITS, asked: 0, known: 0 };
        }
        (self.asked, self.known) = (0, 0);
    }
}
