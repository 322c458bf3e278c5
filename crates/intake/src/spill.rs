//! Keeps tokenised records apart by the beginning of their token, in memory and, when there are many,
//! in a temporary file that has no name.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::IntakeError;

/// Partitions by the first byte of the person (or worker) token.
const BY_PERSON: usize = 256;
/// Partitions of rows without such a token, by the first byte of the name token; the last has neither.
const BY_NAME: usize = 256;
/// All partitions, in the order of a delivery's rows.
pub(crate) const PARTITIONS: usize = BY_PERSON + BY_NAME + 1;
/// A partition's records go to the file in pieces of about this size.
const PIECE: usize = 64 << 10;

/// How a record finds its partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SpreadBy {
    /// By a token at the beginning, then by one behind it.
    PersonAndName,
    /// By a token at the beginning.
    Worker,
    /// Rows about no person are few.
    Nothing,
}

/// The records that one thread has treated.
#[derive(Debug)]
pub(crate) struct Spill {
    spread: SpreadBy,
    width: usize,
    folder: PathBuf,
    buffers: Vec<Vec<u8>>,
    pieces: Vec<Vec<(u64, usize)>>,
    file: Option<File>,
    written: u64,
}

impl Spill {
    pub(crate) fn new(spread: SpreadBy, width: usize, folder: &Path) -> Self {
        Self {
            spread,
            width,
            folder: folder.to_owned(),
            buffers: vec![Vec::new(); PARTITIONS],
            pieces: vec![Vec::new(); PARTITIONS],
            file: None,
            written: 0,
        }
    }

    /// Adds a record.
    pub(crate) fn push(&mut self, record: &[u8]) -> Result<(), IntakeError> {
        let at = partition(self.spread, record);
        let Some(buffer) = self.buffers.get_mut(at) else { return Ok(()) };
        buffer.extend_from_slice(record);
        if buffer.len() + self.width > PIECE {
            let piece = std::mem::replace(buffer, Vec::with_capacity(PIECE));
            self.write(at, &piece)?;
        }
        Ok(())
    }

    fn write(&mut self, at: usize, piece: &[u8]) -> Result<(), IntakeError> {
        let failed = |source| IntakeError::Output { path: self.folder.clone(), source };
        if self.file.is_none() {
            self.file = Some(nameless_file(&self.folder)?);
        }
        let Some(file) = &mut self.file else { return Err(IntakeError::Bug { step: "open the spill file" }) };
        file.write_all(piece).map_err(failed)?;
        if let Some(pieces) = self.pieces.get_mut(at) {
            pieces.push((self.written, piece.len()));
        }
        self.written += piece.len() as u64;
        Ok(())
    }

    /// Appends all records of a partition and forgets them.
    pub(crate) fn take(&mut self, at: usize, into: &mut Vec<u8>) -> Result<(), IntakeError> {
        let failed = |source| IntakeError::Input { path: self.folder.clone(), source };
        let pieces = self.pieces.get_mut(at).map(std::mem::take).unwrap_or_default();
        let buffer = self.buffers.get_mut(at).map(std::mem::take).unwrap_or_default();
        if let Some(file) = &mut self.file {
            for (offset, length) in pieces {
                let old = into.len();
                into.resize(old + length, 0);
                file.seek(SeekFrom::Start(offset)).map_err(failed)?;
                file.read_exact(into.get_mut(old..).unwrap_or_default()).map_err(failed)?;
            }
        }
        into.extend_from_slice(&buffer);
        Ok(())
    }
}

fn partition(spread: SpreadBy, record: &[u8]) -> usize {
    const NULL: [u8; 32] = [0xff; 32];
    let token = |at: usize| record.get(at..at + 32).unwrap_or(&NULL);
    let first = |token: &[u8]| token.first().copied().map_or(0, usize::from);
    if spread == SpreadBy::Nothing {
        return 0;
    }
    if token(0) != NULL {
        return first(token(0));
    }
    if spread == SpreadBy::PersonAndName && token(32) != NULL {
        return BY_PERSON + first(token(32));
    }
    PARTITIONS - 1
}

/// A file that only this process can reach and that is gone when it ends, however it ends.
fn nameless_file(folder: &Path) -> Result<File, IntakeError> {
    tempfile::tempfile_in(folder).map_err(|source| IntakeError::Output { path: folder.to_owned(), source })
}
