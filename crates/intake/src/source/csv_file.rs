//! Cuts a text file into parts of whole records and finds out how it is encoded.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use memchr::{memchr, memchr_iter, memrchr};
use sha2::{Digest, Sha256};

use super::utf16::{Utf16, encoding_of};
use super::{Encoding, Part};
use crate::IntakeError;

/// A part and what is made of it should fit into a core's cache.
const BLOCK: usize = 1 << 18;
/// A record this long is an unclosed quotation mark.
const LONGEST: usize = 16 << 20;
const MARK: &[u8] = b"\xef\xbb\xbf";

/// A CSV file, read block by block.
pub(crate) struct CsvFile {
    path: PathBuf,
    file: File,
    hasher: Sha256,
    encoding: Encoding,
    /// Turns UTF-16 into UTF-8 before anything else sees it.
    utf16: Option<Utf16>,
    pending: Vec<u8>,
    next_row: u32,
    ended: bool,
}

impl CsvFile {
    pub(crate) fn open(path: &Path, encoding: Option<Encoding>) -> Result<Self, IntakeError> {
        let failed = |source| IntakeError::Input { path: path.to_owned(), source };
        let mut csv = Self {
            path: path.to_owned(),
            file: File::open(path).map_err(failed)?,
            hasher: Sha256::new(),
            encoding: Encoding::Utf8,
            utf16: None,
            pending: Vec::new(),
            next_row: 1,
            ended: false,
        };
        csv.fill()?;
        if let Some(encoding) = encoding_of(&csv.pending) {
            csv.encoding = encoding;
            csv.utf16 = Some(Utf16::new(encoding));
            let block = std::mem::take(&mut csv.pending);
            csv.decode(block.get(2..).unwrap_or_default())?;
        } else if csv.pending.starts_with(MARK) {
            csv.pending.drain(..MARK.len());
            csv.encoding = Encoding::Utf8WithMark;
        } else {
            csv.encoding = encoding.unwrap_or_else(|| guess(&csv.pending));
        }
        Ok(csv)
    }

    pub(crate) fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// SHA-256 of what has been read, in hex.
    pub(crate) fn digest(self) -> String {
        hex::encode(self.hasher.finalize())
    }

    /// The next part; newline, comma, tab and quotation mark are never a second byte of GB18030, so
    /// the cut is right in both encodings.
    pub(crate) fn next(&mut self) -> Result<Option<Part>, IntakeError> {
        loop {
            if self.ended && self.pending.is_empty() {
                return Ok(None);
            }
            let quoted = memchr(b'"', &self.pending).is_some();
            let (end, rows) = if self.ended {
                let all = count_records(&self.pending, quoted);
                (self.pending.len(), all.max(1))
            } else {
                match last_end(&self.pending, quoted) {
                    Some(end) => (end, count_records(self.pending.get(..end).unwrap_or_default(), quoted)),
                    None if self.pending.len() > LONGEST => {
                        return Err(IntakeError::Quotes { path: self.path.clone(), row: self.next_row.into() });
                    }
                    None => {
                        self.fill()?;
                        continue;
                    }
                }
            };
            let rest = self.pending.get(end..).unwrap_or_default().to_vec();
            let mut bytes = std::mem::replace(&mut self.pending, rest);
            bytes.truncate(end);
            let first_row = self.next_row;
            self.next_row = self.next_row.saturating_add(rows);
            self.fill()?;
            return Ok(Some(Part { bytes, first_row, quoted }));
        }
    }

    fn fill(&mut self) -> Result<(), IntakeError> {
        if self.ended {
            return Ok(());
        }
        let old = self.pending.len();
        self.pending.reserve(BLOCK + 64);
        let limit = u64::try_from(BLOCK).unwrap_or(u64::MAX);
        let read = (&self.file)
            .take(limit)
            .read_to_end(&mut self.pending)
            .map_err(|source| IntakeError::Input { path: self.path.clone(), source })?;
        self.hasher.update(self.pending.get(old..).unwrap_or_default());
        self.ended = read == 0;
        if self.utf16.is_some() {
            let block = self.pending.split_off(old);
            self.decode(&block)?;
        }
        Ok(())
    }

    /// Appends the text of a block of UTF-16.
    fn decode(&mut self, block: &[u8]) -> Result<(), IntakeError> {
        let Some(utf16) = &mut self.utf16 else { return Ok(()) };
        let decoded = utf16.decode(block, self.ended, &mut self.pending);
        decoded.map_err(|_| IntakeError::Encoding { path: self.path.clone(), row: self.next_row.into() })
    }
}

/// UTF-8 unless the first block says otherwise; a later block may still send the reader back.
fn guess(block: &[u8]) -> Encoding {
    match std::str::from_utf8(block) {
        Ok(_) => Encoding::Utf8,
        // A character cut off at the end of the block is no error.
        Err(error) if error.error_len().is_none() => Encoding::Utf8,
        Err(_) => Encoding::Gb18030,
    }
}

/// The end of the last whole record.
fn last_end(bytes: &[u8], quoted: bool) -> Option<usize> {
    if !quoted {
        return memrchr(b'\n', bytes).map(|at| at + 1);
    }
    let mut open = false;
    let mut last = None;
    for at in memchr::memchr2_iter(b'"', b'\n', bytes) {
        match bytes.get(at) {
            Some(b'"') => open = !open,
            _ if !open => last = Some(at + 1),
            _ => {}
        }
    }
    last
}

/// How many records end in newlines that no quotation marks enclose.
fn count_records(bytes: &[u8], quoted: bool) -> u32 {
    let count = if quoted {
        let mut open = false;
        memchr::memchr2_iter(b'"', b'\n', bytes)
            .filter(|at| {
                let mark = bytes.get(*at) == Some(&b'"');
                open ^= mark;
                !mark && !open
            })
            .count()
    } else {
        memchr_iter(b'\n', bytes).count()
    };
    u32::try_from(count).unwrap_or(u32::MAX)
}
