//! Brings records into the order of a delivery and cuts them into row groups.

use std::ops::Range;
use std::sync::Arc;

use super::{GROUP, Output};
use crate::IntakeError;
use crate::layout::{Field, FieldKind};

/// The records of a partition and their order.
pub(super) struct Sorted {
    pub(super) records: Vec<u8>,
    pub(super) order: Vec<u32>,
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
pub(super) fn sort(output: &Output<'_>, mut records: Vec<u8>) -> Result<Sorted, IntakeError> {
    let width = output.layout.width;
    let compared = output.layout.record_number;
    for field in output.layout.fields.iter().filter(|field| matches!(field.kind, FieldKind::Text)) {
        rank_texts(&mut records, width, field, output.texts)?;
    }
    let mut keys: Vec<(u64, u32)> = Vec::with_capacity(records.len() / width);
    for (at, record) in records.chunks_exact(width).enumerate() {
        let prefix = record.first_chunk().map_or(0, |prefix| u64::from_be_bytes(*prefix));
        keys.push((prefix, u32::try_from(at).map_err(|_| IntakeError::Bug { step: "number a partition's rows" })?));
    }
    let record = |at: u32| {
        let start = at as usize * width;
        records.get(start..start + compared).unwrap_or_default()
    };
    keys.sort_unstable_by(|left, right| left.0.cmp(&right.0).then_with(|| record(left.1).cmp(record(right.1))));
    let order = keys.into_iter().map(|(_, at)| at).collect();
    Ok(Sorted { records, order })
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

/// Takes full row groups from what is waiting; `all` takes the rest too.
pub(super) fn groups(waiting: &mut Vec<Slice>, first_row: &mut usize, all: bool, written: usize) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut rows: usize = waiting.iter().map(|slice| slice.range.len()).sum();
    let mut slices = std::mem::take(waiting).into_iter();
    let mut open = slices.next();
    while rows >= GROUP || (all && rows > 0) {
        let mut group = Group { slices: Vec::new(), rows: 0, first_row: *first_row, number: written + groups.len() };
        while let Some(slice) = open.take() {
            let room = GROUP - group.rows;
            let cut = slice.range.end.min(slice.range.start + room);
            group.rows += cut - slice.range.start;
            group.slices.push(Slice { sorted: Arc::clone(&slice.sorted), range: slice.range.start..cut });
            if cut < slice.range.end {
                open = Some(Slice { range: cut..slice.range.end, ..slice });
                break;
            }
            open = slices.next();
        }
        rows -= group.rows;
        *first_row += group.rows;
        groups.push(group);
    }
    waiting.extend(open);
    waiting.extend(slices);
    groups
}

impl Group {
    /// The records of rows `from..to` of the group, in order.
    pub(super) fn records(&self, width: usize, rows: Range<usize>) -> Vec<&[u8]> {
        let mut records = Vec::with_capacity(rows.len());
        let mut before = 0;
        for slice in &self.slices {
            let length = slice.range.len();
            let from = rows.start.clamp(before, before + length) - before + slice.range.start;
            let to = rows.end.clamp(before, before + length) - before + slice.range.start;
            before += length;
            for at in slice.sorted.order.get(from..to).unwrap_or_default() {
                let start = *at as usize * width;
                records.push(slice.sorted.records.get(start..start + width).unwrap_or_default());
            }
        }
        records
    }
}
