//! A list of places on disk, a number for each row of a delivery: together the lists of a night would fill the memory.

use std::fs::{self, File};
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use super::RunError;

const BYTES: usize = size_of::<u32>();

/// A list that is written from its first number to its last.
pub(crate) struct PlacesWriter {
    file: PathBuf,
    sink: BufWriter<File>,
}

/// A list that was written; its file goes with it.
pub(crate) struct Places {
    file: PathBuf,
}

/// A list that is read from its first number to its last; its file goes with it.
pub(crate) struct PlacesReader {
    places: Places,
    source: BufReader<File>,
}

impl PlacesWriter {
    pub(crate) fn begin(file: &Path) -> Result<Self, RunError> {
        let folder = file.parent().unwrap_or(file);
        fs::create_dir_all(folder).map_err(RunError::io("create", folder))?;
        let sink = File::create(file).map_err(RunError::io("create", file))?;
        Ok(Self { file: file.to_owned(), sink: BufWriter::new(sink) })
    }

    pub(crate) fn append(&mut self, places: &[u32]) -> Result<(), RunError> {
        let bytes: Vec<u8> = places.iter().flat_map(|place| place.to_le_bytes()).collect();
        self.sink.write_all(&bytes).map_err(RunError::io("write", &self.file))
    }

    pub(crate) fn finish(mut self) -> Result<Places, RunError> {
        self.sink.flush().map_err(RunError::io("write", &self.file))?;
        Ok(Places { file: self.file })
    }
}

impl Places {
    pub(crate) fn open(self) -> Result<PlacesReader, RunError> {
        let source = File::open(&self.file).map_err(RunError::io("read", &self.file))?;
        Ok(PlacesReader { places: self, source: BufReader::new(source) })
    }
}

impl PlacesReader {
    /// The next `count` places; an error if there are not so many.
    pub(crate) fn next(&mut self, count: usize) -> Result<Vec<u32>, RunError> {
        let mut bytes = vec![0; count * BYTES];
        self.source.read_exact(&mut bytes).map_err(RunError::io("read", &self.places.file))?;
        let (places, _) = bytes.as_chunks::<BYTES>();
        Ok(places.iter().map(|place| u32::from_le_bytes(*place)).collect())
    }
}

impl Drop for Places {
    fn drop(&mut self) {
        // What is left behind goes with the folder of the run.
        let _ = fs::remove_file(&self.file);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_back_in_pieces_of_any_length_and_then_gone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("new/list");
        let numbers: Vec<u32> = (0..100_000).map(|number| u32::MAX - number * 3).collect();
        let mut writer = PlacesWriter::begin(&file).unwrap();
        numbers.chunks(333).for_each(|chunk| writer.append(chunk).unwrap());
        let mut reader = writer.finish().unwrap().open().unwrap();
        let read: Vec<u32> = numbers.chunks(1000).flat_map(|chunk| reader.next(chunk.len()).unwrap()).collect();
        assert_eq!(read, numbers);
        assert!(reader.next(1).is_err());
        drop(reader);
        assert!(!file.exists());
    }
}
