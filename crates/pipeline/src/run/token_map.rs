//! Sets and maps of hub tokens. Everybody whom a hub knows stands in them at once, so a map takes little beside its entries.

use std::collections::HashSet;
use std::hash::{BuildHasherDefault, Hasher};

use hashbrown::HashTable;
use yilian_token::Token;

use super::blocks::Blocks;

/// Tokens are uniformly random already, so eight of their bytes are hash enough; `None` of what is no token.
fn hash_of(bytes: &[u8]) -> Option<u64> {
    bytes.get(8..16).and_then(|eight| eight.try_into().ok()).map(u64::from_le_bytes)
}

#[derive(Default)]
pub(crate) struct TokenHasher(u64);

impl Hasher for TokenHasher {
    fn write(&mut self, bytes: &[u8]) {
        if let Some(hash) = hash_of(bytes) {
            self.0 = hash;
        }
    }
    fn write_usize(&mut self, _length: usize) {}
    fn finish(&self) -> u64 {
        self.0
    }
}

/// Hub tokens, each once, in no order.
pub(crate) type TokenSet = HashSet<Token, BuildHasherDefault<TokenHasher>>;

/// What tokens are kept by: a token, or several that belong together.
pub(crate) trait TokenKey: Copy + Eq {
    /// Eight of its bytes, which are hash enough.
    fn hash(&self) -> u64;
}

impl TokenKey for Token {
    fn hash(&self) -> u64 {
        hash_of(self).unwrap_or_default()
    }
}

/// Values by token, in order of arrival; two keys are the same if all their bytes are.
///
/// The table holds places and no entries, for up to half of a table is empty room.
pub(crate) struct TokenMap<V, K = Token> {
    places: HashTable<u32>,
    entries: Blocks<(K, V)>,
}

impl<V, K> Default for TokenMap<V, K> {
    fn default() -> Self {
        Self { places: HashTable::new(), entries: Blocks::default() }
    }
}

impl<V, K: TokenKey> TokenMap<V, K> {
    /// Where a key stands in the order of arrival; `None` if it is not there.
    pub(crate) fn place(&self, key: &K) -> Option<u32> {
        self.places.find(key.hash(), |place| self.entries.get(*place).is_some_and(|(held, _)| held == key)).copied()
    }

    pub(crate) fn get(&self, key: &K) -> Option<&V> {
        self.entries.get(self.place(key)?).map(|(_, value)| value)
    }

    pub(crate) fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        let place = self.place(key)?;
        self.entries.get_mut(place).map(|(_, value)| value)
    }

    /// Gives a key a value, in place of the one that it may have, and says where it stands; `None` for a key beyond the 2³²
    /// that have a place, which is not kept.
    pub(crate) fn insert(&mut self, key: K, value: V) -> Option<u32> {
        if let Some(place) = self.place(&key) {
            self.entries.get_mut(place)?.1 = value;
            return Some(place);
        }
        let place = u32::try_from(self.entries.len()).ok()?;
        let entries = &self.entries;
        self.places.insert_unique(key.hash(), place, |place| hash_at(entries, *place));
        self.entries.push((key, value));
        Some(place)
    }

    /// Makes room for so many more keys, so that the table is made once.
    pub(crate) fn reserve(&mut self, more: usize) {
        self.places.reserve(more, |place| hash_at(&self.entries, *place));
    }

    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = (&K, &V)> {
        self.entries.iter().map(|(key, value)| (key, value))
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The entries alone, which find no key any more.
    pub(super) fn into_entries(self) -> Blocks<(K, V)> {
        self.entries
    }
}

fn hash_at<K: TokenKey, V>(entries: &Blocks<(K, V)>, place: u32) -> u64 {
    entries.get(place).map_or(0, |(key, _)| key.hash())
}

impl<V, K: TokenKey> Extend<(K, V)> for TokenMap<V, K> {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, more: I) {
        for (key, value) in more {
            self.insert(key, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::super::blocks::BLOCK;
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
        assert_eq!(token(1).hash(), token(1001).hash());
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
