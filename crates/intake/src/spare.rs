//! A table that is not of the dataset: is it a note, which may be passed over?

use crate::IntakeError;
use crate::cell::has_personal_number;
use crate::source::{Encoding, Part, Source, is_mark};

/// A note, a legend or a summary has no more filled cells than these.
const MOST_CELLS: u64 = 500;

/// What a table of something else holds.
#[derive(Debug, Default)]
pub(crate) struct Spare {
    cells: u64,
    /// Whether a cell holds a number as long as a person's.
    personal: bool,
}

impl Spare {
    /// Looks at the rest of a sheet; of a text file the first part says enough.
    pub(crate) fn look(source: &mut Source, first: &Part) -> Result<Self, IntakeError> {
        let mut spare = Self::default();
        spare.add(first);
        if source.encoding() == Encoding::Workbook {
            while let Some(part) = source.next()? {
                spare.add(&part);
            }
        }
        Ok(spare)
    }

    fn add(&mut self, part: &Part) {
        let text = String::from_utf8_lossy(&part.bytes);
        for cell in text.split(is_mark).filter(|cell| !cell.trim().is_empty()) {
            self.cells += 1;
            self.personal |= has_personal_number(cell);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.cells == 0
    }

    /// Whether nobody's row can be in it.
    pub(crate) fn is_note(&self) -> bool {
        self.cells <= MOST_CELLS && !self.personal
    }
}
