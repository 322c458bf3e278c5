//! What is met in many deliveries, once each and by the place at which it was met first.

use std::sync::{Mutex, PoisonError};
use std::thread;

use super::token_map::{TokenKey, TokenMap};

/// In place of a place: nothing was met.
pub(crate) const NOTHING: u32 = u32::MAX;

/// What link keys made, in the order in which it was met; at most [`NOTHING`] of it.
pub(crate) struct Met<L>(TokenMap<(), L>);

impl<L> Default for Met<L> {
    fn default() -> Self {
        Self(TokenMap::default())
    }
}

impl<L: TokenKey + Send> Met<L> {
    /// Where a link was met; [`NOTHING`] if it was not.
    pub(crate) fn place(&self, link: &L) -> u32 {
        self.0.place(link).unwrap_or(NOTHING)
    }

    /// The place of a link, which is met now if it was not before.
    pub(crate) fn meet(&mut self, link: L) -> u32 {
        self.0.insert(link, ()).unwrap_or(NOTHING)
    }

    /// Every link in order of place, as `change` makes it on so many threads.
    pub(crate) fn changed(self, threads: usize, change: impl Fn(&L) -> L + Sync) -> Vec<L> {
        let mut links = self.0.into_entries();
        let blocks = Mutex::new(links.blocks_mut());
        thread::scope(|scope| {
            for _ in 0..threads.max(1) {
                scope.spawn(|| {
                    let next = || blocks.lock().unwrap_or_else(PoisonError::into_inner).next();
                    while let Some(block) = next() {
                        for (link, ()) in block {
                            *link = change(link);
                        }
                    }
                });
            }
        });
        drop(blocks);
        let mut all = Vec::with_capacity(links.len());
        all.extend(links.into_items().map(|(link, ())| link));
        all
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    impl TokenKey for u64 {
        /// Few hashes for many values, so that different ones meet.
        fn hash(&self) -> u64 {
            self % 1000
        }
    }

    #[test]
    fn everything_keeps_the_place_at_which_it_was_met_first() {
        let mut met = Met::default();
        let mut slow: HashMap<u64, u32> = HashMap::new();
        // More than two pieces, and each value twice or more.
        for number in 0..300_000_u64 {
            let value = number * 7919 % 140_000;
            let next = u32::try_from(slow.len()).unwrap();
            assert_eq!(met.place(&value), slow.get(&value).copied().unwrap_or(NOTHING));
            assert_eq!(met.meet(value), *slow.entry(value).or_insert(next));
        }
        let changed = met.changed(3, |value| value + 1);
        assert_eq!(changed.len(), slow.len());
        assert!(slow.iter().all(|(value, place)| changed[usize::try_from(*place).unwrap()] == value + 1));
    }
}
