//! Randomness that depends on the seed and the household alone.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// A source of randomness for one household: same seed and same stream, same throws.
#[derive(Debug, Clone)]
pub struct Dice(ChaCha8Rng);

impl Dice {
    /// Dice for one stream (household) of a seed.
    pub fn new(seed: u64, stream: u64) -> Self {
        let mut generator = ChaCha8Rng::seed_from_u64(seed);
        generator.set_stream(stream);
        Self(generator)
    }

    /// A number from 0 to `end - 1`; 0 if `end` is 0.
    pub fn below(&mut self, end: u32) -> u32 {
        let wide = u64::from(self.0.next_u32()) * u64::from(end);
        u32::try_from(wide >> 32).unwrap_or(0)
    }

    /// A number from `first` to `last`, both included.
    pub fn between(&mut self, first: i32, last: i32) -> i32 {
        let span = u32::try_from(last - first + 1).unwrap_or(1);
        first + i32::try_from(self.below(span)).unwrap_or(0)
    }

    /// True in `per_mille` of 1000 throws.
    pub fn mille(&mut self, per_mille: u32) -> bool {
        self.below(1000) < per_mille
    }

    /// True in `share` of 100,000 throws.
    pub fn rare(&mut self, share: u32) -> bool {
        self.below(100_000) < share
    }

    /// One of the items; the type's default if there are none.
    pub fn pick<T: Copy + Default>(&mut self, items: &[T]) -> T {
        let end = u32::try_from(items.len()).unwrap_or(u32::MAX);
        let at = usize::try_from(self.below(end)).unwrap_or(0);
        items.get(at).copied().unwrap_or_default()
    }

    /// One of the items, each as often as its weight says; the type's default if there are none.
    pub fn weighted<T: Copy + Default>(&mut self, items: &[(T, u32)]) -> T {
        let total = items.iter().map(|(_, weight)| weight).sum();
        let mut left = self.below(total);
        for (item, weight) in items {
            if left < *weight {
                return *item;
            }
            left -= weight;
        }
        T::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_household_throws_the_same_numbers() {
        let (mut one, mut two) = (Dice::new(7, 3), Dice::new(7, 3));
        for _ in 0..100 {
            assert_eq!(one.below(1000), two.below(1000));
        }
        let (mut one, mut two) = (Dice::new(7, 3), Dice::new(7, 4));
        assert!((0..10).any(|_| one.below(1000) != two.below(1000)));
    }

    #[test]
    fn weights_are_kept_roughly() {
        let mut dice = Dice::new(1, 1);
        let heavy = (0..10_000).filter(|_| dice.weighted(&[(1, 9), (2, 1)]) == 1).count();
        assert!((8_800..9_200).contains(&heavy), "{heavy}");
    }
}
