//! Takes the records of a part apart into cells.

use encoding_rs::GB18030;

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
pub(crate) struct NotText;

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
}

impl Cells {
    /// Decodes a part and finds the cells of its records; `width` is the number of cells of the header.
    pub(crate) fn split(&mut self, part: Part, grid: Grid, encoding: Encoding, width: usize) -> Result<(), NotText> {
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
    ) -> Result<Vec<Vec<String>>, NotText> {
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
        for record in &mut self.too_long {
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
    fn decode(&mut self, part: Part, grid: Grid, encoding: Encoding) -> Result<Grid, NotText> {
        let text = if encoding == Encoding::Gb18030 {
            let text = GB18030.decode_without_bom_handling_and_without_replacement(&part.bytes);
            text.ok_or(NotText)?.into_owned().into_bytes()
        } else {
            simdutf8::basic::from_utf8(&part.bytes).map_err(|_| NotText)?;
            part.bytes
        };
        let grid = if part.quoted && grid.record_end != RECORD_END {
            self.text.clear();
            self.text.reserve(text.len() + PADDING);
            unquote(&text, grid.delimiter, &mut self.text);
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
        self.width = width;
        let bytes = self.text.get(..self.text.len() - PADDING).unwrap_or_default();
        let mut record = Record { start: 0, cells: 0, row: first_row, filled: false, extra: false };
        for at in memchr::memchr2_iter(grid.delimiter, grid.record_end, bytes) {
            let last = bytes.get(at) == Some(&grid.record_end);
            let end = if last && at > record.start && bytes.get(at - 1) == Some(&b'\r') { at - 1 } else { at };
            record.cell(&mut self.ends, width, end);
            record.start = at + 1;
            if last {
                record.finish(&mut self.ends, &mut self.rows, &mut self.too_long, width);
            }
        }
        if record.start < bytes.len() || record.cells > 0 {
            let end = if bytes.last() == Some(&b'\r') { bytes.len() - 1 } else { bytes.len() };
            record.cell(&mut self.ends, width, end.max(record.start));
            record.finish(&mut self.ends, &mut self.rows, &mut self.too_long, width);
        }
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

    fn finish(&mut self, ends: &mut Vec<(u32, u32)>, rows: &mut Vec<u32>, too_long: &mut Vec<usize>, width: usize) {
        let missing = width.saturating_sub(self.cells);
        if self.filled {
            ends.extend(std::iter::repeat_n((0, 0), missing));
            if self.extra {
                too_long.push(rows.len());
            }
            rows.push(self.row);
        } else {
            ends.truncate(rows.len() * width);
        }
        *self = Self { start: self.start, cells: 0, row: self.row.saturating_add(1), filled: false, extra: false };
    }
}

/// Rewrites quoted text so that cells and records end in characters of their own.
fn unquote(text: &[u8], delimiter: u8, into: &mut Vec<u8>) {
    let mut open = false;
    let mut done = 0;
    let mut places = memchr::memchr3_iter(b'"', b'\n', delimiter, text).peekable();
    while let Some(at) = places.next() {
        let byte = text.get(at).copied().unwrap_or_default();
        if byte != b'"' && open {
            continue;
        }
        let mut piece = text.get(done..at).unwrap_or_default();
        if byte == b'\n' {
            piece = piece.strip_suffix(b"\r").unwrap_or(piece);
        }
        push_without_marks(piece, into);
        done = at + 1;
        if byte == b'\n' {
            into.push(RECORD_END);
        } else if byte == delimiter {
            into.push(CELL_END);
        } else if open && text.get(at + 1) == Some(&b'"') {
            into.push(b'"');
            places.next();
            done = at + 2;
        } else {
            open = !open;
        }
    }
    push_without_marks(text.get(done..).unwrap_or_default(), into);
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
