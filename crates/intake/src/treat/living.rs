//! The living situation in a single column, as older registers have it.

use super::Worker;
use crate::layout::FieldKind;

const LIVING_FLAGS: [&str; 3] = ["living_alone", "empty_nest", "left_behind"];

impl Worker<'_> {
    /// The single column of older registers also means the three flags, where they are not given.
    pub(super) fn living_flags(&mut self) {
        let layout = self.shared.layout;
        let Some(living) = layout.field("living") else { return };
        let FieldKind::Code(codes) = &living.kind else { return };
        let flags = LIVING_FLAGS.map(|name| layout.field(name));
        for record in self.records.chunks_exact_mut(layout.width) {
            let code = living.get(record).and_then(|at| usize::try_from(at).ok()).and_then(|at| codes.get(at));
            let Some(values) = code.and_then(|code| living_means(code)) else { continue };
            for (field, value) in flags.iter().flatten().zip(values) {
                if field.get(record).is_none() {
                    field.put(record, value);
                }
            }
        }
    }
}

/// The flags, in the order of [`LIVING_FLAGS`]; who lives alone lives in an empty nest too.
fn living_means(code: &str) -> Option<[i64; 3]> {
    match code {
        "alone" => Some([1, 1, 0]),
        "empty_nest" => Some([0, 1, 0]),
        "left_behind" => Some([0, 0, 1]),
        "with_family" | "institution" => Some([0, 0, 0]),
        _ => None,
    }
}
