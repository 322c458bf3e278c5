//! Reads a file in parts that hold whole records, table by table.

mod csv_file;
mod mixture;
mod quotes;
mod sheet_look;
mod sheet_text;
mod split;
mod utf16;
mod workbook;

use std::fs::File;
use std::io::Read;
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::IntakeError;

pub(crate) use mixture::Mixture;
pub(crate) use sheet_look::SheetLook;
use split::NotText;
pub(crate) use split::{BadPart, Cells, Grid, is_mark};

/// How the text of a file is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8 without a byte order mark.
    Utf8,
    /// UTF-8 with a byte order mark.
    Utf8WithMark,
    /// UTF-16, least significant byte first, with a byte order mark: what spreadsheets call Unicode text.
    Utf16Le,
    /// UTF-16, most significant byte first, with a byte order mark.
    Utf16Be,
    /// GB18030, which holds GBK and GB2312.
    Gb18030,
    /// The sheets of an .xlsx workbook.
    Workbook,
}

impl Encoding {
    /// The name in manifests.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Utf8WithMark => "utf-8-bom",
            Self::Utf16Le => "utf-16le",
            Self::Utf16Be => "utf-16be",
            Self::Gb18030 => "gb18030",
            Self::Workbook => "xlsx",
        }
    }
}

/// Whole records of a file, not yet decoded.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    pub(crate) bytes: Vec<u8>,
    /// Number of the first record, counted from 1 and on through the sheets of a workbook.
    pub(crate) first_row: u32,
    /// Whether a quotation mark stands anywhere in it.
    pub(crate) quoted: bool,
}

impl Part {
    /// A record of a sheet that has one, with this number.
    pub(crate) fn of_record(cells: &[String], row: u32) -> Self {
        let mut bytes = Vec::new();
        for (at, cell) in cells.iter().enumerate() {
            if at > 0 {
                bytes.push(split::CELL_END);
            }
            split::push_without_marks(cell.as_bytes(), &mut bytes);
        }
        bytes.push(split::RECORD_END);
        Self { bytes, first_row: row, quoted: false }
    }
}

/// The whole of a text file, or a sheet.
#[derive(Debug, Clone)]
pub(crate) struct TableName {
    /// The sheet's name; `None` for a text file.
    pub(crate) sheet: Option<String>,
    /// Whether the sheet is hidden.
    pub(crate) hidden: bool,
}

/// A file that gives table after table, and part after part of each.
pub(crate) enum Source {
    Csv { file: csv_file::CsvFile, begun: bool },
    Workbook(workbook::Workbook),
}

/// What a file was, known when all of it has been read.
#[derive(Debug)]
pub(crate) struct SourceFacts {
    /// SHA-256 of its bytes, in hex.
    pub(crate) digest: String,
    /// What the cells of each sheet do not tell; empty for a text file.
    pub(crate) looks: Vec<SheetLook>,
}

impl Source {
    /// Opens a file; `encoding` is given on a second attempt, when the first guess was wrong.
    pub(crate) fn open(path: &Path, encoding: Option<Encoding>) -> Result<Self, IntakeError> {
        let failed = |source| IntakeError::Input { path: path.to_owned(), source };
        let mut start = [0_u8; 4];
        let mut file = File::open(path).map_err(failed)?;
        let read = file.read(&mut start).map_err(failed)?;
        if start.get(..read) == Some(b"PK\x03\x04") {
            return workbook::Workbook::open(path).map(Self::Workbook);
        }
        if start.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
            return Err(IntakeError::Workbook {
                path: path.to_owned(),
                reason: "it is an old .xls file or protected by a password",
            });
        }
        Ok(Self::Csv { file: csv_file::CsvFile::open(path, encoding)?, begun: false })
    }

    pub(crate) fn encoding(&self) -> Encoding {
        match self {
            Self::Csv { file, .. } => file.encoding(),
            Self::Workbook(_) => Encoding::Workbook,
        }
    }

    /// Goes on to the next table; what was not read of the one before is passed over.
    pub(crate) fn table(&mut self) -> Result<Option<TableName>, IntakeError> {
        match self {
            Self::Csv { begun, .. } => {
                let first = !std::mem::replace(begun, true);
                Ok(first.then_some(TableName { sheet: None, hidden: false }))
            }
            Self::Workbook(book) => book.table(),
        }
    }

    /// The next part of the table.
    pub(crate) fn next(&mut self) -> Result<Option<Part>, IntakeError> {
        match self {
            Self::Csv { file, .. } => file.next(),
            Self::Workbook(book) => book.next(),
        }
    }

    /// How the records of this table are taken apart.
    pub(crate) fn grid(&self, first: &Part) -> Grid {
        match self {
            Self::Csv { .. } => Grid::of_text(&first.bytes),
            Self::Workbook(_) => Grid::of_sheet(),
        }
    }

    pub(crate) fn facts(self) -> Result<SourceFacts, IntakeError> {
        match self {
            Self::Csv { file, .. } => Ok(SourceFacts { digest: file.digest(), looks: Vec::new() }),
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
