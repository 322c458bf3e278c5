//! Quoted cells: rewrites text so that cells and records end in characters of their own, or says where it is broken.

use super::split::{CELL_END, RECORD_END, push_without_marks};

/// A quoted cell with a line break and so many delimiters has swallowed a row.
const SWALLOWED: usize = 3;

/// The number of the record, counted from 0, in which a quotation mark stands where none may stand.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Broken(pub(super) u32);

/// Rewrites quoted text. A quotation mark opens a cell at its beginning alone and closes it at its end alone:
/// anything else would move the border between two rows.
pub(super) fn unquote(text: &[u8], delimiter: u8, into: &mut Vec<u8>) -> Result<(), Broken> {
    let mut reader = Reader { text, delimiter, at: 0, record: 0 };
    while reader.at < text.len() {
        if text.get(reader.at) == Some(&b'"') { reader.quoted(into)? } else { reader.plain(into)? }
    }
    Ok(())
}

struct Reader<'t> {
    text: &'t [u8],
    delimiter: u8,
    /// The beginning of the next cell.
    at: usize,
    record: u32,
}

impl Reader<'_> {
    fn plain(&mut self, into: &mut Vec<u8>) -> Result<(), Broken> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let length = memchr::memchr3(b'"', b'\n', self.delimiter, rest).unwrap_or(rest.len());
        let cell = rest.get(..length).unwrap_or_default();
        match rest.get(length) {
            Some(b'"') => return Err(Broken(self.record)),
            Some(b'\n') | None => push_without_marks(cell.strip_suffix(b"\r").unwrap_or(cell), into),
            Some(_) => push_without_marks(cell, into),
        }
        self.at += length;
        self.end(into);
        Ok(())
    }

    fn quoted(&mut self, into: &mut Vec<u8>) -> Result<(), Broken> {
        let (mut lines, mut delimiters) = (0_u32, 0_usize);
        let mut from = self.at + 1;
        for place in memchr::memchr3_iter(b'"', b'\n', self.delimiter, self.text.get(from..).unwrap_or_default()) {
            let at = self.at + 1 + place;
            if at < from {
                continue;
            }
            match self.text.get(at) {
                Some(b'\n') => lines += 1,
                Some(b'"') if self.text.get(at + 1) == Some(&b'"') => {
                    push_without_marks(self.text.get(from..=at).unwrap_or_default(), into);
                    from = at + 2;
                }
                Some(b'"') => {
                    push_without_marks(self.text.get(from..at).unwrap_or_default(), into);
                    self.at = at + 1;
                    return if lines > 0 && delimiters >= SWALLOWED {
                        Err(Broken(self.record))
                    } else {
                        self.close(into)
                    };
                }
                _ => delimiters += 1,
            }
        }
        Err(Broken(self.record))
    }

    /// Behind a closing quotation mark stands the end of the cell.
    fn close(&mut self, into: &mut Vec<u8>) -> Result<(), Broken> {
        match self.text.get(self.at..).unwrap_or_default() {
            [] | [b'\r'] | [b'\n', ..] | [b'\r', b'\n', ..] => {}
            [byte, ..] if *byte == self.delimiter => {}
            _ => return Err(Broken(self.record)),
        }
        if self.text.get(self.at) == Some(&b'\r') {
            self.at += 1;
        }
        self.end(into);
        Ok(())
    }

    /// Goes over the character that ends a cell.
    fn end(&mut self, into: &mut Vec<u8>) {
        match self.text.get(self.at) {
            Some(b'\n') => {
                into.push(RECORD_END);
                self.record = self.record.saturating_add(1);
            }
            Some(_) => into.push(CELL_END),
            None => {}
        }
        self.at += 1;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cells(text: &str) -> Result<Vec<Vec<String>>, Broken> {
        let mut bytes = Vec::new();
        unquote(text.as_bytes(), b',', &mut bytes)?;
        let text = String::from_utf8(bytes).unwrap();
        let records = text.strip_suffix('\u{1e}').unwrap_or(&text).split('\u{1e}');
        Ok(records.map(|record| record.split('\u{1f}').map(str::to_owned).collect()).collect())
    }

    #[test]
    fn quoted_cells_hold_delimiters_line_breaks_and_quotation_marks() {
        let found = cells("\"a,b\",\"c\nd\",\"e\"\"f\",\"\"\r\ng,,h,\"\"\"\"\r\n").unwrap();
        assert_eq!(found, [["a,b", "c\nd", "e\"f", ""], ["g", "", "h", "\""]]);
        assert_eq!(cells("\"a\",b").unwrap(), [["a", "b"]]);
        assert_eq!(cells("a,\"b\"\r").unwrap(), [["a", "b"]]);
    }

    #[test]
    fn a_quotation_mark_in_any_other_place_is_named_with_its_row() {
        assert_eq!(cells("a,b\nc,\"d\n"), Err(Broken(1)), "never closed");
        assert_eq!(cells("a,b\nc,d\"e\nf,g\n"), Err(Broken(1)), "within a cell");
        assert_eq!(cells("a,\"b\"c\n"), Err(Broken(0)), "text behind it");
        assert_eq!(cells("a,b\nc,\"d,e\nf,g,h\ni,j\"\n"), Err(Broken(1)), "a row within a cell");
    }

    proptest! {
        #[test]
        fn what_a_csv_writer_writes_is_read_back(rows in proptest::collection::vec(proptest::collection::vec("[a,\"\r\n王]{0,4}", 2..4), 1..6)) {
            let mut writer = csv::WriterBuilder::new().flexible(true).quote_style(csv::QuoteStyle::Always).from_writer(Vec::new());
            for row in &rows {
                writer.write_record(row).unwrap();
            }
            let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            match cells(&text) {
                Ok(found) => prop_assert_eq!(found, rows),
                Err(_) => prop_assert!(rows.iter().flatten().any(|cell| cell.contains('\n') && cell.matches(',').count() >= SWALLOWED)),
            }
        }
    }
}
