//! Remembers what recent cell texts meant, so that a spelling is parsed once and not once a row.

/// Longer texts are parsed each time.
const LONGEST: usize = 23;

/// What a cell's text means, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// Nothing.
    None,
    /// This value, and a second one where a column has two.
    Value(i64, u8),
    /// It cannot be read.
    Bad(crate::reject::Reason),
}

/// What a text adds to the control totals, where its column does and it can be read.
pub(crate) type Total = Option<i64>;

/// A table from texts to meanings of fixed size; a newer text takes the place of an older one.
#[derive(Debug)]
pub(crate) struct Memo {
    slots: Vec<Slot>,
    shift: u32,
}

#[derive(Debug, Clone)]
struct Slot {
    key: [u64; 3],
    meaning: Meaning,
    total: Total,
}

impl Memo {
    /// A memo of 2^`bits` places.
    pub(crate) fn new(bits: u32) -> Self {
        let empty = Slot { key: [u64::MAX; 3], meaning: Meaning::None, total: None };
        Self { slots: vec![empty; 1 << bits], shift: 64 - bits }
    }

    /// The meaning of the text that stands at `start..end` of `buffer`; `read` is asked for a new one.
    ///
    /// The buffer must go on for some bytes behind the text, else the memo is passed by.
    #[inline]
    pub(crate) fn meaning(
        &mut self,
        buffer: &[u8],
        (start, end): (usize, usize),
        read: impl FnOnce() -> (Meaning, Total),
    ) -> (Meaning, Total) {
        let Some(key) = key(buffer, start, end) else {
            return read();
        };
        let mixed =
            key.iter().fold(0_u64, |sum, word| (sum.rotate_left(29) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let Some(slot) = usize::try_from(mixed >> self.shift).ok().and_then(|at| self.slots.get_mut(at)) else {
            return read();
        };
        let other = slot.key.iter().zip(&key).fold(0, |other, (known, word)| other | (known ^ word));
        if other != 0 {
            let (meaning, total) = read();
            *slot = Slot { key, meaning, total };
        }
        (slot.meaning, slot.total)
    }
}

/// The text as three words, its length in the last byte, so that two texts never have one key.
#[inline]
fn key(buffer: &[u8], start: usize, end: usize) -> Option<[u64; 3]> {
    let length = end - start;
    if length > LONGEST {
        return None;
    }
    let bytes: &[u8; 24] = buffer.get(start..)?.first_chunk()?;
    let (words, _) = bytes.as_chunks::<8>();
    let mut key = [0_u64; 3];
    for ((word, bytes), at) in key.iter_mut().zip(words).zip([0, 8, 16]) {
        *word = u64::from_le_bytes(*bytes) & mask(length.saturating_sub(at));
    }
    key[2] |= (length as u64) << 56;
    Some(key)
}

/// Ones for the first `bytes` bytes of a word.
fn mask(bytes: usize) -> u64 {
    if bytes >= 8 { u64::MAX } else { (1_u64 << (8 * bytes)) - 1 }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_memo_never_gives_the_meaning_of_another_text(texts in proptest::collection::vec("[a-c\0]{0,26}", 1..200)) {
            let mut memo = Memo::new(4);
            let mut seen: HashMap<String, i64> = HashMap::new();
            for text in texts {
                let next = i64::try_from(seen.len()).unwrap();
                let value = *seen.entry(text.clone()).or_insert(next);
                let buffer = format!("xx{text}yy{}", "\0".repeat(32));
                let found = memo.meaning(buffer.as_bytes(), (2, 2 + text.len()), || (Meaning::Value(value, 0), Some(value)));
                prop_assert_eq!(found, (Meaning::Value(value, 0), Some(value)));
            }
        }
    }
}
