//! Brings records into the order of a delivery and cuts them into row groups.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

use super::{GROUP, Output};
use crate::IntakeError;
use crate::layout::{Field, FieldKind};
use crate::spill::PIECE;

/// The records of a partition in the order of the delivery.
pub(super) struct Sorted {
    records: Vec<u8>,
    width: usize,
}

impl Sorted {
    pub(super) fn len(&self) -> usize {
        self.records.len() / self.width.max(1)
    }
}

/// A part of a sorted partition.
#[derive(Clone)]
pub(super) struct Slice {
    pub(super) sorted: Arc<Sorted>,
    pub(super) range: Range<usize>,
}

/// One row group on its way to the files.
pub(super) struct Group {
    pub(super) slices: Vec<Slice>,
    pub(super) rows: usize,
    pub(super) first_row: usize,
    pub(super) number: usize,
}

/// Brings the records of a partition into the order of the delivery.
pub(super) fn sort(output: &Output<'_>, mut pieces: Vec<Vec<u8>>) -> Result<Sorted, IntakeError> {
    let width = output.layout.width;
    let compared = output.layout.record_number;
    for field in output.layout.fields.iter().filter(|field| matches!(field.kind, FieldKind::Text)) {
        for piece in &mut pieces {
            rank_texts(piece, width, field, output.texts)?;
        }
    }
    let mut keys: Vec<(u64, u32)> = Vec::with_capacity(pieces.len() * PIECE);
    for (piece, first) in pieces.iter().zip((0_u32..).step_by(PIECE)) {
        for (record, at) in piece.chunks_exact(width).zip(first..) {
            let prefix = record.first_chunk().map_or(0, |prefix| u64::from_be_bytes(*prefix));
            keys.push((prefix, at));
        }
    }
    keys.sort_unstable();
    let record = |at: u32| record_at(&pieces, width, at).get(..compared).unwrap_or_default();
    for same in keys.chunk_by_mut(|left, right| left.0 == right.0).filter(|same| same.len() > 1) {
        sort_same(same, record);
    }
    // Once more in order, so that each column is read from one end to the other.
    let mut records = Vec::with_capacity(keys.len() * width);
    for (_, at) in keys {
        records.extend_from_slice(record_at(&pieces, width, at));
    }
    Ok(Sorted { records, width })
}

/// Sorts records that begin alike: by the first eight bytes that are not the same in all, then by the whole.
///
/// The rows of a person have both tokens, sex and birth in common; comparing them pair by pair would go over
/// the same bytes again and again.
fn sort_same<'r>(same: &mut [(u64, u32)], record: impl Fn(u32) -> &'r [u8]) {
    let Some(first) = same.first().map(|(_, at)| record(*at)) else { return };
    let common = same.iter().map(|(_, at)| common_prefix(first, record(*at))).min().unwrap_or(0);
    for (key, at) in same.iter_mut() {
        let next = record(*at).get(common..).and_then(<[u8]>::first_chunk);
        *key = next.map_or(0, |next| u64::from_be_bytes(*next));
    }
    same.sort_unstable_by(|left, right| left.0.cmp(&right.0).then_with(|| record(left.1).cmp(record(right.1))));
}

/// How many bytes are the same at the beginning, in whole words.
fn common_prefix(left: &[u8], right: &[u8]) -> usize {
    let (left, right) = (left.as_chunks::<8>().0, right.as_chunks::<8>().0);
    8 * left.iter().zip(right).take_while(|(left, right)| left == right).count()
}

fn record_at(pieces: &[Vec<u8>], width: usize, at: u32) -> &[u8] {
    let at = at as usize;
    let start = at % PIECE * width;
    pieces.get(at / PIECE).and_then(|piece| piece.get(start..start + width)).unwrap_or_default()
}

/// Replaces the numbers of interned texts, which depend on who came first, by their ranks.
fn rank_texts(records: &mut [u8], width: usize, field: &Field, texts: &Texts) -> Result<(), IntakeError> {
    for record in records.chunks_exact_mut(width) {
        if let Some(number) = field.get(record) {
            let rank = usize::try_from(number).ok().and_then(|number| texts.ranks.get(number));
            field.put(record, *rank.ok_or(IntakeError::Bug { step: "rank a text" })?);
        }
    }
    Ok(())
}

/// All kept texts of a file, and for each number under which one was interned its rank.
pub(crate) struct Texts {
    pub(super) sorted: Vec<String>,
    ranks: Vec<i64>,
}

impl Texts {
    /// Ranks the texts, given in the order of their numbers.
    pub(crate) fn new(interned: Vec<String>) -> Self {
        let mut sorted: Vec<(String, usize)> = interned.into_iter().zip(0..).collect();
        sorted.sort_unstable();
        let mut ranks = vec![0_i64; sorted.len()];
        for ((_, number), rank) in sorted.iter().zip(0_i64..) {
            if let Some(place) = ranks.get_mut(*number) {
                *place = rank;
            }
        }
        Self { sorted: sorted.into_iter().map(|(text, _)| text).collect(), ranks }
    }
}

/// Sorted rows that no group has taken yet, in order.
#[derive(Default)]
pub(super) struct Waiting {
    slices: VecDeque<Slice>,
    rows: usize,
    first_row: usize,
    groups: usize,
}

impl Waiting {
    pub(super) fn push(&mut self, sorted: Sorted) {
        let range = 0..sorted.len();
        self.rows += range.len();
        if !range.is_empty() {
            self.slices.push_back(Slice { sorted: Arc::new(sorted), range });
        }
    }

    /// The next row group, if there are enough rows for a full one; with `last` any rows are enough.
    pub(super) fn group(&mut self, last: bool) -> Option<Group> {
        if self.rows < GROUP && !(last && self.rows > 0) {
            return None;
        }
        let mut group = Group { slices: Vec::new(), rows: 0, first_row: self.first_row, number: self.groups };
        while group.rows < GROUP {
            let Some(slice) = self.slices.pop_front() else { break };
            let cut = slice.range.end.min(slice.range.start + GROUP - group.rows);
            group.rows += cut - slice.range.start;
            group.slices.push(Slice { sorted: Arc::clone(&slice.sorted), range: slice.range.start..cut });
            if cut < slice.range.end {
                self.slices.push_front(Slice { range: cut..slice.range.end, ..slice });
            }
        }
        self.rows -= group.rows;
        self.first_row += group.rows;
        self.groups += 1;
        Some(group)
    }
}

impl Group {
    /// The records of rows `from..to` of the group, in order.
    pub(super) fn records(&self, rows: Range<usize>) -> Vec<&[u8]> {
        let mut records = Vec::with_capacity(rows.len());
        let mut before = 0;
        for Slice { sorted, range } in &self.slices {
            let length = range.len();
            let from = rows.start.clamp(before, before + length) - before + range.start;
            let to = rows.end.clamp(before, before + length) - before + range.start;
            before += length;
            let bytes = sorted.records.get(from * sorted.width..to * sorted.width).unwrap_or_default();
            records.extend(bytes.chunks_exact(sorted.width.max(1)));
        }
        records
    }
}
