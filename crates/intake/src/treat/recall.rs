//! Remembers the tokens of people, so that the twelve payments of a year cost one.

use std::sync::{PoisonError, RwLock};

use yilian_token::Token;

/// 2^19 people are 64 MB: the people of a city.
const MOST_BITS: u32 = 19;
/// A person stands in one of so many places; who finds none of them free is not remembered.
const PLACES: usize = 4;
/// A longer name is tokenised each time.
const LONGEST_NAME: usize = 30;

/// The people of a file and their tokens, for all threads.
///
/// Who came first stays: an office books month after month in the same order, and if newer people took the
/// place of older ones, none of too many would be there when asked for again.
pub(crate) struct Recall {
    people: RwLock<Vec<Recent>>,
    bits: u32,
}

/// A person and the tokens made with this name; two lines of the cache.
#[derive(Clone)]
#[repr(align(64))]
struct Recent {
    /// Zeros in a free place.
    id: [u8; 18],
    name: [u8; LONGEST_NAME],
    name_length: u8,
    tokens: PersonTokens,
}

const NOBODY: Recent = Recent {
    id: [0; 18],
    name: [0; LONGEST_NAME],
    name_length: 0,
    tokens: PersonTokens { person: [0; 32], name: None },
};

/// The tokens of one person.
#[derive(Clone, Copy)]
pub(super) struct PersonTokens {
    pub(super) person: Token,
    /// `None` without name, full birth date or sex.
    pub(super) name: Option<Token>,
}

/// Whose tokens are asked for.
#[derive(PartialEq, Eq)]
pub(super) struct Asked<'c> {
    pub(super) id: &'c [u8; 18],
    /// The canonical name, if there is to be a name token.
    pub(super) name: Option<&'c str>,
}

impl Recall {
    /// For a file that holds `people` people at most.
    pub(crate) fn new(people: u64) -> Self {
        let bits = people.max(2).ilog2().min(MOST_BITS);
        Self { people: RwLock::new(vec![NOBODY; (1 << bits) + PLACES]), bits }
    }

    /// Tells `known` the tokens of each who was asked for before with the same name, and returns the others.
    pub(super) fn split<'c, R>(
        &self,
        asked: Vec<(R, Asked<'c>)>,
        mut known: impl FnMut(R, &PersonTokens),
    ) -> Vec<(R, Asked<'c>)> {
        let people = self.people.read().unwrap_or_else(PoisonError::into_inner);
        let places: Vec<usize> = asked.iter().map(|(_, asked)| self.place(asked.id)).collect();
        // The table is larger than the cache. Asked for in advance, the places are fetched all at once and not one
        // after another.
        let fetched = places.iter().filter_map(|place| people.get(*place));
        std::hint::black_box(fetched.fold(0, |sum, recent| sum ^ recent.id[0] ^ recent.tokens.person[31]));
        let mut unknown = Vec::new();
        for ((row, asked), place) in asked.into_iter().zip(places) {
            let near = people.get(place..place + PLACES).unwrap_or_default();
            match near.iter().find(|recent| recent.id == *asked.id).filter(|recent| recent.is_of(asked.name)) {
                Some(recent) => known(row, &recent.tokens),
                None => unknown.push((row, asked)),
            }
        }
        unknown
    }

    /// Remembers people while there is room.
    pub(super) fn remember(&self, made: Vec<(Asked<'_>, PersonTokens)>) {
        if made.is_empty() {
            return;
        }
        let mut people = self.people.write().unwrap_or_else(PoisonError::into_inner);
        for (asked, tokens) in made {
            let place = self.place(asked.id);
            let near = people.get_mut(place..place + PLACES).unwrap_or_default();
            let free = near.iter_mut().find(|recent| recent.id == NOBODY.id || recent.id == *asked.id);
            if let (Some(free), Some(recent)) = (free, Recent::new(&asked, tokens)) {
                *free = recent;
            }
        }
    }

    fn place(&self, id: &[u8; 18]) -> usize {
        let mixed = id.first_chunk::<8>().zip(id.last_chunk::<8>()).map_or(0, |(head, tail)| {
            (u64::from_le_bytes(*head) ^ u64::from_le_bytes(*tail).rotate_left(23)).wrapping_mul(0x9e37_79b9_7f4a_7c15)
        });
        usize::try_from(mixed >> (64 - self.bits)).unwrap_or(0)
    }
}

impl Recent {
    fn new(asked: &Asked<'_>, tokens: PersonTokens) -> Option<Self> {
        // No name is an empty one: a name has two characters at least.
        let text = asked.name.unwrap_or_default().as_bytes();
        let mut name = [0; LONGEST_NAME];
        name.get_mut(..text.len())?.copy_from_slice(text);
        Some(Self { id: *asked.id, name, name_length: u8::try_from(text.len()).ok()?, tokens })
    }

    fn is_of(&self, name: Option<&str>) -> bool {
        self.name.get(..usize::from(self.name_length)) == Some(name.unwrap_or_default().as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(number: u8) -> PersonTokens {
        PersonTokens { person: [number; 32], name: Some([number + 100; 32]) }
    }

    /// The rows that are not known of these.
    fn unknown(recall: &Recall, asked: &[(&[u8; 18], Option<&str>)]) -> Vec<usize> {
        let asked = asked.iter().enumerate().map(|(row, (id, name))| (row, Asked { id, name: *name })).collect();
        recall.split(asked, |_, _| {}).into_iter().map(|(row, _)| row).collect()
    }

    #[test]
    fn who_was_asked_for_with_the_same_name_is_known() {
        let (one, other) = (b"159901193911041234", b"11010519491231002X");
        let recall = Recall::new(1000);
        recall.remember(vec![(Asked { id: one, name: Some("王伟") }, tokens(1))]);
        let asked = [(one, Some("王伟")), (one, Some("王玮")), (one, None), (other, Some("王伟"))];
        assert_eq!(unknown(&recall, &asked), [1, 2, 3]);
        recall.split(vec![((), Asked { id: one, name: Some("王伟") })], |(), known| {
            assert_eq!((known.person, known.name), ([1; 32], Some([101; 32])));
        });
    }

    #[test]
    fn a_full_table_keeps_who_came_first_and_never_mixes_people_up() {
        let recall = Recall::new(2);
        let ids: Vec<[u8; 18]> = (0..50).map(|number| [b'1' + number; 18]).collect();
        for (id, number) in ids.iter().zip(0..) {
            recall.remember(vec![(Asked { id, name: None }, tokens(number))]);
        }
        let asked: Vec<_> = ids.iter().map(|id| (id, None)).collect();
        let unknown = unknown(&recall, &asked);
        assert!((1..50).contains(&unknown.len()) && !unknown.contains(&0));
        let asked = ids.iter().zip(0..).map(|(id, number)| (number, Asked { id, name: None })).collect();
        recall.split(asked, |number, known| assert_eq!(known.person, tokens(number).person));
    }
}
