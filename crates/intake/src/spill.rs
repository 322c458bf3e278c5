//! Keeps tokenised records apart by the beginning of their token: in memory, and beyond a fixed amount in
//! a temporary file that has no name.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::IntakeError;

/// Partitions by the first byte of the person (or worker) token.
const BY_PERSON: usize = 256;
/// Partitions of rows without such a token, by the first byte of the name token; the last has neither.
const BY_NAME: usize = 256;
/// All partitions, in the order of a delivery's rows.
pub(crate) const PARTITIONS: usize = BY_PERSON + BY_NAME + 1;
/// Records of a piece.
pub(crate) const PIECE: usize = 256;

/// How a record finds its partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SpreadBy {
    /// By a token at the beginning, then by one behind it.
    PersonAndName,
    /// By a token at the beginning.
    FirstToken,
    /// Rows about no person are few.
    Nothing,
}

/// Some records of a partition, at most [`PIECE`].
#[derive(Debug)]
enum Piece {
    Memory(Vec<u8>),
    /// Offset and length in a file.
    File(Arc<Mutex<File>>, u64, usize),
}

/// The records that one thread has treated.
#[derive(Debug)]
pub(crate) struct Spill {
    spread: SpreadBy,
    width: usize,
    folder: PathBuf,
    /// Bytes that may still stay in memory.
    room: usize,
    open: Vec<Vec<u8>>,
    full: Vec<Vec<Piece>>,
    file: Option<Arc<Mutex<File>>>,
    written: u64,
}

impl Spill {
    /// An empty spill that keeps about `room` bytes in memory.
    pub(crate) fn new(spread: SpreadBy, width: usize, folder: &Path, room: usize) -> Self {
        Self {
            spread,
            width,
            folder: folder.to_owned(),
            room,
            open: vec![Vec::new(); PARTITIONS],
            full: (0..PARTITIONS).map(|_| Vec::new()).collect(),
            file: None,
            written: 0,
        }
    }

    /// Adds a record.
    pub(crate) fn push(&mut self, record: &[u8]) -> Result<(), IntakeError> {
        let at = partition(self.spread, record);
        let Some(open) = self.open.get_mut(at) else { return Ok(()) };
        open.extend_from_slice(record);
        if open.len() >= PIECE * self.width {
            let bytes = std::mem::replace(open, Vec::with_capacity(PIECE * self.width));
            self.close(at, bytes)?;
        }
        Ok(())
    }

    /// Bytes of full pieces in memory.
    pub(crate) fn in_memory(&self) -> usize {
        let bytes = |piece: &Piece| if let Piece::Memory(bytes) = piece { bytes.len() } else { 0 };
        self.full.iter().flatten().map(bytes).sum()
    }

    fn close(&mut self, at: usize, bytes: Vec<u8>) -> Result<(), IntakeError> {
        let piece = if bytes.len() <= self.room {
            self.room -= bytes.len();
            Piece::Memory(bytes)
        } else {
            self.write(&bytes)?
        };
        if let Some(full) = self.full.get_mut(at) {
            full.push(piece);
        }
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> Result<Piece, IntakeError> {
        let failed = |source| IntakeError::Output { path: self.folder.clone(), source };
        // A file that only this process can reach and that is gone when it ends, however it ends.
        let file = match &self.file {
            Some(file) => Arc::clone(file),
            None => Arc::new(Mutex::new(tempfile::tempfile_in(&self.folder).map_err(failed)?)),
        };
        file.lock().unwrap_or_else(PoisonError::into_inner).write_all(bytes).map_err(failed)?;
        let piece = Piece::File(Arc::clone(&file), self.written, bytes.len());
        self.file = Some(file);
        self.written += bytes.len() as u64;
        Ok(piece)
    }
}

/// The records of all threads, by partition.
#[derive(Debug)]
pub(crate) struct Partitions {
    folder: PathBuf,
    pieces: Vec<Mutex<Vec<Piece>>>,
}

impl Partitions {
    pub(crate) fn new(spills: Vec<Spill>, folder: &Path) -> Self {
        let mut pieces: Vec<Vec<Piece>> = (0..PARTITIONS).map(|_| Vec::new()).collect();
        for spill in spills {
            for ((all, full), open) in pieces.iter_mut().zip(spill.full).zip(spill.open) {
                all.extend(full);
                if !open.is_empty() {
                    all.push(Piece::Memory(open));
                }
            }
        }
        Self { folder: folder.to_owned(), pieces: pieces.into_iter().map(Mutex::new).collect() }
    }

    /// Takes all records of a partition.
    pub(crate) fn take(&self, at: usize) -> Result<Vec<Vec<u8>>, IntakeError> {
        let failed = |source| IntakeError::Input { path: self.folder.clone(), source };
        let Some(pieces) = self.pieces.get(at) else { return Ok(Vec::new()) };
        let pieces = std::mem::take(&mut *pieces.lock().unwrap_or_else(PoisonError::into_inner));
        let load = |piece| match piece {
            Piece::Memory(bytes) => Ok(bytes),
            Piece::File(file, offset, length) => {
                let mut bytes = vec![0; length];
                let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
                file.seek(SeekFrom::Start(offset)).map_err(failed)?;
                file.read_exact(&mut bytes).map_err(failed)?;
                Ok(bytes)
            }
        };
        pieces.into_iter().map(load).collect()
    }
}

fn partition(spread: SpreadBy, record: &[u8]) -> usize {
    const NULL: [u8; 32] = [0xff; 32];
    let token = |at: usize| record.get(at..).and_then(<[u8]>::first_chunk).unwrap_or(&NULL);
    let first = |token: &[u8; 32]| usize::from(token[0]);
    if spread == SpreadBy::Nothing {
        return 0;
    }
    if token(0) != &NULL {
        return first(token(0));
    }
    if spread == SpreadBy::PersonAndName && token(32) != &NULL {
        return BY_PERSON + first(token(32));
    }
    PARTITIONS - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(person: Option<u8>, name: Option<u8>, number: u32) -> Vec<u8> {
        let token = |first: Option<u8>| first.map_or([0xff; 32], |first| [first; 32]);
        [token(person).as_slice(), token(name).as_slice(), &number.to_be_bytes()].concat()
    }

    #[test]
    fn what_does_not_fit_into_memory_comes_back_from_the_file() {
        let folder = tempfile::tempdir().unwrap();
        for room in [0, 100_000, usize::MAX] {
            let mut spill = Spill::new(SpreadBy::PersonAndName, 68, folder.path(), room);
            for number in 0..200_000_u32 {
                let byte = u8::try_from(number % 200).unwrap();
                let (person, name) = ((number % 3 > 0).then_some(byte), (number % 5 > 0).then_some(byte));
                spill.push(&record(person, name, number)).unwrap();
            }
            assert_eq!(spill.file.is_some(), room < usize::MAX);
            let partitions = Partitions::new(vec![spill], folder.path());
            let mut numbers = Vec::new();
            let mut first_bytes = Vec::new();
            for at in 0..PARTITIONS {
                for piece in partitions.take(at).unwrap() {
                    for record in piece.chunks(68) {
                        numbers.push(u32::from_be_bytes(*record.last_chunk().unwrap()));
                        first_bytes.push([record[0], record[32]]);
                    }
                }
            }
            assert!(
                first_bytes
                    .iter()
                    .map(|[person, name]| if *person < 0xff { (*person, 0) } else { (0xff, *name) })
                    .is_sorted()
            );
            numbers.sort_unstable();
            assert!(numbers.into_iter().eq(0..200_000));
            assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "the file has no name");
        }
    }
}
