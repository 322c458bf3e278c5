//! Takes the records of a part apart into cells.

use encoding_rs::GB18030;

use super::mixture::Mixture;
use super::quotes::{Broken, unquote};
use super::{Encoding, Part};

/// In rewritten text: the end of a cell and of a record, which no table holds.
pub(super) const CELL_END: u8 = 0x1f;
pub(super) const RECORD_END: u8 = 0x1e;
/// Bytes of padding behind the text, so that a cell can be loaded as whole words.
const PADDING: usize = 32;

/// How records are taken apart.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Grid {
    delimiter: u8,
    record_end: u8,
}

impl Grid {
    /// Comma or tab, whichever the first lines have more of.
    pub(crate) fn of_text(first: &[u8]) -> Self {
        let head = first.get(..first.len().min(4096)).unwrap_or_default();
        let count = |byte| memchr::memchr_iter(byte, head).count();
        let delimiter = if count(b'\t') > count(b',') { b'\t' } else { b',' };
        Self { delimiter, record_end: b'\n' }
    }

    pub(crate) const fn of_sheet() -> Self {
        Self { delimiter: CELL_END, record_end: RECORD_END }
    }
}

/// The text of a part is not what its encoding says.
#[derive(Debug)]
pub(super) struct NotText;

/// Why a part cannot be taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum BadPart {
    /// Its text is not what its encoding says.
    NotText,
    /// A quotation mark stands where none may stand.
    Quotes,
}

/// The cells of a part, record by record; every record has the same number of cells.
#[derive(Debug, Default)]
pub(crate) struct Cells {
    /// UTF-8, checked as a whole.
    text: Vec<u8>,
    ends: Vec<(u32, u32)>,
    width: usize,
    /// Row number of each record.
    rows: Vec<u32>,
    /// Records with more cells than the header.
    too_long: Vec<usize>,
    /// Records with fewer cells than the header.
    too_short: Vec<usize>,
    mixture: Mixture,
}

impl Cells {
    /// Decodes a part and finds the cells of its records; `width` is the number of cells of the header.
    ///
    /// Fails with the row in or after which the part cannot be taken apart.
    pub(crate) fn split(
        &mut self,
        part: Part,
        grid: Grid,
        encoding: Encoding,
        width: usize,
    ) -> Result<(), (u32, BadPart)> {
        let first_row = part.first_row;
        let grid = self.decode(part, grid, encoding)?;
        self.find(first_row, grid, width);
        Ok(())
    }

    /// The first records of a part, whatever their number of cells.
    pub(crate) fn head(
        part: &Part,
        grid: Grid,
        encoding: Encoding,
        records: usize,
    ) -> Result<Vec<Vec<String>>, (u32, BadPart)> {
        let mut cells = Self::default();
        let grid = cells.decode(part.clone(), grid, encoding)?;
        let text = cells.text(0, cells.text.len() - PADDING);
        Ok(text
            .split(char::from(grid.record_end))
            .take(records)
            .map(|record| record.trim_end_matches('\r').split(char::from(grid.delimiter)).map(str::to_owned).collect())
            .collect())
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Cells of each record.
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    /// Leaves out the records up to a row: the header and what stands above it.
    pub(crate) fn skip_to_after(&mut self, row: u32) {
        let skipped = self.rows.iter().take_while(|number| **number <= row).count();
        self.rows.drain(..skipped);
        self.ends.drain(..skipped * self.width);
        self.too_long.retain(|record| *record >= skipped);
        self.too_short.retain(|record| *record >= skipped);
        for record in self.too_long.iter_mut().chain(&mut self.too_short) {
            *record -= skipped;
        }
    }

    /// The rows' numbers as a spreadsheet counts them.
    pub(crate) fn rows(&self) -> &[u32] {
        &self.rows
    }

    /// The records that have more cells than the header.
    pub(crate) fn too_long(&self) -> &[usize] {
        &self.too_long
    }

    /// The records that have fewer cells than the header.
    pub(crate) fn too_short(&self) -> &[usize] {
        &self.too_short
    }

    /// What of a text file's part is in another encoding than the rest.
    pub(crate) fn mixture(&self) -> Mixture {
        self.mixture
    }

    /// The cell of a record; empty if the record is too short.
    pub(crate) fn get(&self, record: usize, column: usize) -> &str {
        let (start, end) = self.span(record, column);
        self.text(start, end)
    }

    /// Where the cell of a record stands in [`Self::bytes`].
    pub(crate) fn span(&self, record: usize, column: usize) -> (usize, usize) {
        let (start, end) = self.ends.get(record * self.width + column).copied().unwrap_or_default();
        (start as usize, end as usize)
    }

    /// The whole text with padding behind it.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.text
    }

    /// All text between two places of it.
    pub(crate) fn text(&self, start: usize, end: usize) -> &str {
        self.text.get(start..end).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default()
    }

    /// Decodes a part and says how the decoded text is taken apart.
    fn decode(&mut self, part: Part, grid: Grid, encoding: Encoding) -> Result<Grid, (u32, BadPart)> {
        let not_text = (part.first_row, BadPart::NotText);
        self.mixture = Mixture::default();
        // No table holds NUL; UTF-16 without its mark is full of it.
        if memchr::memchr(0, &part.bytes).is_some() {
            return Err(not_text);
        }
        let text = if encoding == Encoding::Gb18030 {
            self.mixture = Mixture::look(&part.bytes, part.first_row);
            let text = GB18030.decode_without_bom_handling_and_without_replacement(&part.bytes);
            text.ok_or(not_text)?.into_owned().into_bytes()
        } else {
            simdutf8::basic::from_utf8(&part.bytes).map_err(|_| not_text)?;
            part.bytes
        };
        let grid = if part.quoted && grid.record_end != RECORD_END {
            self.text.clear();
            self.text.reserve(text.len() + PADDING);
            unquote(&text, grid.delimiter, &mut self.text)
                .map_err(|Broken(record)| (part.first_row.saturating_add(record), BadPart::Quotes))?;
            Grid::of_sheet()
        } else {
            self.text = text;
            grid
        };
        self.text.extend([0; PADDING]);
        Ok(grid)
    }

    fn find(&mut self, first_row: u32, grid: Grid, width: usize) {
        self.ends.clear();
        self.rows.clear();
        self.too_long.clear();
        self.too_short.clear();
        self.width = width;
        let text = std::mem::take(&mut self.text);
        let bytes = text.get(..text.len() - PADDING).unwrap_or_default();
        let mut record = Record { start: 0, cells: 0, row: first_row, filled: false, extra: false };
        for at in memchr::memchr2_iter(grid.delimiter, grid.record_end, bytes) {
            let last = bytes.get(at) == Some(&grid.record_end);
            let end = if last && at > record.start && bytes.get(at - 1) == Some(&b'\r') { at - 1 } else { at };
            record.cell(&mut self.ends, width, end);
            record.start = at + 1;
            if last {
                record.finish(self);
            }
        }
        if record.start < bytes.len() || record.cells > 0 {
            let end = if bytes.last() == Some(&b'\r') { bytes.len() - 1 } else { bytes.len() };
            record.cell(&mut self.ends, width, end.max(record.start));
            record.finish(self);
        }
        self.text = text;
    }
}

struct Record {
    start: usize,
    cells: usize,
    row: u32,
    filled: bool,
    extra: bool,
}

impl Record {
    fn cell(&mut self, ends: &mut Vec<(u32, u32)>, width: usize, end: usize) {
        let start = self.start;
        self.filled |= end > start;
        if self.cells < width {
            // A part is some megabytes long, see `LONGEST`.
            ends.push((u32::try_from(start).unwrap_or(0), u32::try_from(end).unwrap_or(0)));
        } else {
            self.extra |= end > start;
        }
        self.cells += 1;
    }

    fn finish(&mut self, cells: &mut Cells) {
        let missing = cells.width.saturating_sub(self.cells);
        if self.filled {
            cells.ends.extend(std::iter::repeat_n((0, 0), missing));
            if self.extra {
                cells.too_long.push(cells.rows.len());
            }
            if missing > 0 {
                cells.too_short.push(cells.rows.len());
            }
            cells.rows.push(self.row);
        } else {
            cells.ends.truncate(cells.rows.len() * cells.width);
        }
        *self = Self { start: self.start, cells: 0, row: self.row.saturating_add(1), filled: false, extra: false };
    }
}

/// Whether a character ends a cell or a record in rewritten text.
pub(crate) fn is_mark(c: char) -> bool {
    matches!(c, '\u{1e}' | '\u{1f}')
}

/// Appends text without the two characters that end cells and records.
pub(super) fn push_without_marks(text: &[u8], into: &mut Vec<u8>) {
    let mark = |byte: &u8| matches!(*byte, CELL_END | RECORD_END);
    if text.iter().any(mark) {
        into.extend(text.iter().filter(|byte| !mark(byte)));
    } else {
        into.extend_from_slice(text);
    }
}
