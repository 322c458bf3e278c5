//! Sets and maps of hub tokens. Everybody whom a hub knows stands in them at once, so a map takes little beside its entries.

use std::collections::HashSet;
use std::hash::{BuildHasher, BuildHasherDefault, Hasher};
use std::iter::Flatten;
use std::slice;

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use yilian_token::Token;

/// Entries that lie together. A list in one piece would move when it grows, and for that moment take its memory twice.
const BLOCK: usize = 1 << 14;

/// Tokens are uniformly random already, so eight of their bytes are hash enough.
#[derive(Default)]
pub(crate) struct TokenHasher(u64);

impl Hasher for TokenHasher {
    fn write(&mut self, bytes: &[u8]) {
        if let Some(eight) = bytes.get(8..16).and_then(|slice| slice.try_into().ok()) {
            self.0 = u64::from_le_bytes(eight);
        }
    }
    fn write_usize(&mut self, _length: usize) {}
    fn finish(&self) -> u64 {
        self.0
    }
}

/// Hub tokens, each once, in no order.
pub(crate) type TokenSet = HashSet<Token, BuildHasherDefault<TokenHasher>>;

/// Values by hub token, in order of arrival; two tokens are the same if all their bytes are.
///
/// The table holds places and no entries, for up to half of a table is empty room.
#[derive(Default)]
pub(crate) struct TokenMap<V> {
    places: HashTable<u32>,
    entries: Blocks<(Token, V)>,
}

impl<V> TokenMap<V> {
    pub(crate) fn get(&self, token: &Token) -> Option<&V> {
        let place = self.places.find(hash(token), |place| self.entries.holds(*place, token))?;
        self.entries.get(*place).map(|(_, value)| value)
    }

    pub(crate) fn get_mut(&mut self, token: &Token) -> Option<&mut V> {
        let place = self.places.find(hash(token), |place| self.entries.holds(*place, token))?;
        self.entries.get_mut(*place).map(|(_, value)| value)
    }

    /// Gives a token a value, in place of the one that it may have. A token beyond the 2³² that have a place is not kept.
    pub(crate) fn insert(&mut self, token: Token, value: V) {
        let entries = &self.entries;
        match self.places.entry(hash(&token), |place| entries.holds(*place, &token), |place| entries.hash(*place)) {
            Entry::Occupied(known) => {
                if let Some((_, kept)) = self.entries.get_mut(*known.get()) {
                    *kept = value;
                }
            }
            Entry::Vacant(room) => {
                if let Ok(place) = u32::try_from(self.entries.length) {
                    self.entries.push((token, value));
                    room.insert(place);
                }
            }
        }
    }

    /// Makes room for so many more tokens, so that the table is made once.
    pub(crate) fn reserve(&mut self, more: usize) {
        self.places.reserve(more, |place| self.entries.hash(*place));
    }

    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = (&Token, &V)> {
        self.entries.iter().map(|(token, value)| (token, value))
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.length
    }
}

impl<V> Extend<(Token, V)> for TokenMap<V> {
    fn extend<I: IntoIterator<Item = (Token, V)>>(&mut self, more: I) {
        for (token, value) in more {
            self.insert(token, value);
        }
    }
}

fn hash(token: &Token) -> u64 {
    BuildHasherDefault::<TokenHasher>::default().hash_one(token)
}

/// A list that is only added to and never moves what it holds.
struct Blocks<T> {
    blocks: Vec<Vec<T>>,
    length: usize,
}

impl<T> Default for Blocks<T> {
    fn default() -> Self {
        Self { blocks: Vec::new(), length: 0 }
    }
}

impl<T> Blocks<T> {
    fn get(&self, place: u32) -> Option<&T> {
        let place = usize::try_from(place).ok()?;
        self.blocks.get(place / BLOCK)?.get(place % BLOCK)
    }

    fn get_mut(&mut self, place: u32) -> Option<&mut T> {
        let place = usize::try_from(place).ok()?;
        self.blocks.get_mut(place / BLOCK)?.get_mut(place % BLOCK)
    }

    fn push(&mut self, item: T) {
        if let Some(block) = self.blocks.last_mut().filter(|block| block.len() < BLOCK) {
            block.push(item);
        } else {
            let mut block = Vec::with_capacity(BLOCK);
            block.push(item);
            self.blocks.push(block);
        }
        self.length += 1;
    }

    fn iter(&self) -> Iter<'_, T> {
        Iter { items: self.blocks.iter().flatten(), left: self.length }
    }
}

impl<V> Blocks<(Token, V)> {
    fn holds(&self, place: u32, token: &Token) -> bool {
        self.get(place).is_some_and(|(held, _)| held == token)
    }

    fn hash(&self, place: u32) -> u64 {
        self.get(place).map_or(0, |(token, _)| hash(token))
    }
}

/// Knows its length, so that what is collected from it makes its room once.
struct Iter<'a, T> {
    items: Flatten<slice::Iter<'a, Vec<T>>>,
    left: usize,
}

impl<'a, T> Iterator for Iter<'a, T> {
    type Item = &'a T;

    fn next(&mut self) -> Option<Self::Item> {
        let item = self.items.next()?;
        self.left -= 1;
        Some(item)
    }
    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl<T> ExactSizeIterator for Iter<'_, T> {}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    /// Tokens of which many share the bytes that are hashed, and all of them the first and the last eight bytes.
    fn token(number: u32) -> Token {
        let mut token = [7; 32];
        token[8..12].copy_from_slice(&(number % 1000).wrapping_mul(0x9E37_79B9).to_le_bytes());
        token[16..20].copy_from_slice(&number.to_le_bytes());
        token
    }

    #[test]
    fn a_token_has_its_last_value_and_another_with_the_same_hash_has_its_own() {
        let mut map = TokenMap::default();
        map.insert(token(1), "one");
        map.insert(token(1001), "another");
        assert_eq!(hash(&token(1)), hash(&token(1001)));
        map.insert(token(1), "one again");
        assert_eq!((map.get(&token(1)), map.get(&token(1001))), (Some(&"one again"), Some(&"another")));
        assert_eq!((map.get(&token(2001)), map.len()), (None, 2));
    }

    #[test]
    fn a_value_can_be_changed_where_it_lies() {
        let mut map = TokenMap::default();
        map.insert(token(1), vec![1]);
        map.get_mut(&token(1)).unwrap().push(2);
        assert_eq!(map.get(&token(1)), Some(&vec![1, 2]));
        assert_eq!(map.get_mut(&token(2)), None);
    }

    #[test]
    fn whatever_comes_in_whatever_order_it_answers_as_the_map_of_the_standard_library() {
        let (mut map, mut oracle) = (TokenMap::default(), HashMap::new());
        let mut state = 1_u32;
        for step in 0..5 * u32::try_from(BLOCK).unwrap() {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let token = token(state >> 16);
            if step % 10_000 == 0 {
                map.reserve(3 * BLOCK);
            }
            assert_eq!(map.get(&token), oracle.get(&token));
            map.insert(token, step);
            oracle.insert(token, step);
        }
        assert!(map.len() > 2 * BLOCK, "more than two blocks are filled");
        assert_eq!((map.len(), map.iter().len()), (oracle.len(), oracle.len()));
        assert_eq!(map.iter().map(|(token, value)| (*token, *value)).collect::<HashMap<_, _>>(), oracle);
        assert!((0..1 << 16).all(|number| map.get(&token(number)) == oracle.get(&token(number))));
    }

    #[test]
    fn entries_are_told_in_order_of_arrival() {
        let mut map = TokenMap::default();
        map.extend([3, 1, 2, 1].map(|number| (token(number), ())));
        assert!(map.iter().map(|(token, ())| *token).eq([3, 1, 2].map(token)));
    }
}
