//! Reads a file in parts that hold whole records.

mod csv_file;
mod split;
mod workbook;

use std::fs::File;
use std::io::Read;
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::IntakeError;

pub(crate) use split::{Cells, Grid};

/// How the text of a file is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8 without a byte order mark.
    Utf8,
    /// UTF-8 with a byte order mark.
    Utf8WithMark,
    /// GB18030, which holds GBK and GB2312.
    Gb18030,
    /// The first sheet of an .xlsx workbook.
    Workbook,
}

impl Encoding {
    /// The name in manifests.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Utf8WithMark => "utf-8-bom",
            Self::Gb18030 => "gb18030",
            Self::Workbook => "xlsx",
        }
    }
}

/// Whole records of a file, not yet decoded.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    pub(crate) bytes: Vec<u8>,
    /// Number of the first record, counted from 1.
    pub(crate) first_row: u32,
    /// Whether a quotation mark stands anywhere in it.
    pub(crate) quoted: bool,
}

/// A file that gives part after part.
pub(crate) enum Source {
    Csv(csv_file::CsvFile),
    Workbook(Box<workbook::Workbook>),
}

/// What a file was, known when all of it has been read.
#[derive(Debug, Clone)]
pub(crate) struct SourceFacts {
    /// SHA-256 of its bytes, in hex.
    pub(crate) digest: String,
    /// Name of the sheet; empty for a CSV.
    pub(crate) sheet: String,
    /// Sheets that were not read.
    pub(crate) other_sheets: usize,
}

impl Source {
    /// Opens a file; `encoding` is given on a second attempt, when the first guess was wrong.
    pub(crate) fn open(path: &Path, encoding: Option<Encoding>) -> Result<Self, IntakeError> {
        let failed = |source| IntakeError::Input { path: path.to_owned(), source };
        let mut start = [0_u8; 4];
        let mut file = File::open(path).map_err(failed)?;
        let read = file.read(&mut start).map_err(failed)?;
        if start.get(..read) == Some(b"PK\x03\x04") {
            return workbook::Workbook::open(path).map(Box::new).map(Self::Workbook);
        }
        if start.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
            return Err(IntakeError::Workbook {
                path: path.to_owned(),
                reason: "it is an old .xls file or protected by a password".to_owned(),
            });
        }
        csv_file::CsvFile::open(path, encoding).map(Self::Csv)
    }

    pub(crate) fn encoding(&self) -> Encoding {
        match self {
            Self::Csv(file) => file.encoding(),
            Self::Workbook(_) => Encoding::Workbook,
        }
    }

    pub(crate) fn next(&mut self) -> Result<Option<Part>, IntakeError> {
        match self {
            Self::Csv(file) => file.next(),
            Self::Workbook(book) => book.next(),
        }
    }

    /// How the records of this file are taken apart.
    pub(crate) fn grid(&self, first: &Part) -> Grid {
        match self {
            Self::Csv(_) => Grid::of_text(&first.bytes),
            Self::Workbook(_) => Grid::of_sheet(),
        }
    }

    pub(crate) fn facts(self) -> Result<SourceFacts, IntakeError> {
        match self {
            Self::Csv(file) => Ok(file.facts()),
            Self::Workbook(book) => book.facts(),
        }
    }
}

/// SHA-256 of a whole file, in hex.
pub(crate) fn digest_of(path: &Path) -> Result<String, IntakeError> {
    let failed = |source| IntakeError::Input { path: path.to_owned(), source };
    let mut hasher = Sha256::new();
    let mut file = File::open(path).map_err(failed)?;
    let mut block = vec![0_u8; 1 << 16];
    loop {
        let read = file.read(&mut block).map_err(failed)?;
        if read == 0 {
            return Ok(hex::encode(hasher.finalize()));
        }
        hasher.update(block.get(..read).unwrap_or_default());
    }
}
