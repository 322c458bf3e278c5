//! Lists of everybody whom a hub knows.

use std::iter::Flatten;
use std::slice;

/// Items that lie together. A list in one piece would move when it grows, and for that moment take its memory twice.
pub(super) const BLOCK: usize = 1 << 14;

/// A list that is only added to and never moves what it holds.
pub(super) struct Blocks<T> {
    blocks: Vec<Vec<T>>,
    length: usize,
}

impl<T> Default for Blocks<T> {
    fn default() -> Self {
        Self { blocks: Vec::new(), length: 0 }
    }
}

impl<T> Blocks<T> {
    pub(super) fn get(&self, place: u32) -> Option<&T> {
        let place = usize::try_from(place).ok()?;
        self.blocks.get(place / BLOCK)?.get(place % BLOCK)
    }

    pub(super) fn get_mut(&mut self, place: u32) -> Option<&mut T> {
        let place = usize::try_from(place).ok()?;
        self.blocks.get_mut(place / BLOCK)?.get_mut(place % BLOCK)
    }

    pub(super) fn push(&mut self, item: T) {
        if let Some(block) = self.blocks.last_mut().filter(|block| block.len() < BLOCK) {
            block.push(item);
        } else {
            let mut block = Vec::with_capacity(BLOCK);
            block.push(item);
            self.blocks.push(block);
        }
        self.length += 1;
    }

    pub(super) fn len(&self) -> usize {
        self.length
    }

    /// The items in order, those of a block at a time.
    pub(super) fn blocks_mut(&mut self) -> impl Iterator<Item = &mut [T]> {
        self.blocks.iter_mut().map(Vec::as_mut_slice)
    }

    /// The items in order; each block goes when its last item does.
    pub(super) fn into_items(self) -> impl Iterator<Item = T> {
        self.blocks.into_iter().flatten()
    }

    pub(super) fn iter(&self) -> Iter<'_, T> {
        Iter { items: self.blocks.iter().flatten(), left: self.length }
    }
}

/// Knows its length, so that what is collected from it makes its room once.
pub(super) struct Iter<'a, T> {
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
