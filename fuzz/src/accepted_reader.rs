//! The hub reads a delivery again that it has accepted, from a store that may have changed it.

use std::io::Cursor;
use std::ops::Range;

use yilian_delivery::{AcceptedFile, Refusal};

use crate::edits::input;
use crate::sound::SOUND;

/// Reads a delivery piece by piece as that of an id. Panics if other data than the sender signed is proven.
pub fn accepted_reader(bytes: &[u8]) {
    let stored = input(&[&SOUND.plain.bytes, &SOUND.sealed.bytes], bytes);
    for id in [&SOUND.plain.id, &SOUND.sealed.id] {
        let Ok(mut file) = AcceptedFile::open(Cursor::new(stored.clone()), &SOUND.identity, id) else { continue };
        let end = file.bytes();
        let (footer, half) = (end.saturating_sub(8), end / 2);
        let shown: Result<Vec<(Range<u64>, _)>, Refusal> = [footer..end, 0..half, half / 2..end]
            .into_iter()
            .map(|range| file.read(range.clone()).map(|piece| (range, piece)))
            .collect();
        if let (Ok(shown), Ok(())) = (shown, file.finish()) {
            let signed = |Range { start, end }: Range<u64>| {
                let [start, end] = [start, end].map(|at| usize::try_from(at).expect("a small file"));
                &SOUND.data[start..end]
            };
            assert!(shown.into_iter().all(|(range, piece)| piece == signed(range)), "nobody signed this");
        }
    }
}
