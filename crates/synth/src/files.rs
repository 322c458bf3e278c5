//! One open file per dataset and period, in the encoding of its office.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use encoding_rs::GB18030;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook};
use serde::Serialize;

use crate::dataset::{Dataset, Kind, PERSON};
use crate::error::SynthError;
use crate::spelling::{Row, Style};

/// Which files are workbooks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// None.
    Csv,
    /// Some small snapshots.
    Mixed,
}

/// A row's place: file and line, the header being line 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct RowRef {
    /// The dataset.
    pub dataset: Dataset,
    /// 0 for the year's file, else the month.
    pub period: u32,
    /// The line, counted as a spreadsheet counts it.
    pub line: u64,
}

/// A file as the list of files names it.
#[derive(Debug, Clone, Serialize, PartialEq, Eq)]
pub struct Written {
    /// The department.
    pub department: String,
    /// The dataset.
    pub dataset: String,
    /// `2025` or `2025-01`.
    pub period: String,
    /// Relative to the output folder.
    pub path: String,
    /// Rows without the header and without the footer that some offices add.
    pub rows: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Utf8,
    Utf8WithMark,
    Gb18030,
    Workbook,
}

struct OutFile {
    written: Written,
    style: Style,
    encoding: Encoding,
    lines: u64,
    rejects: u64,
    width: usize,
    has_footer: bool,
    sink: Sink,
}

enum Sink {
    Text(BufWriter<File>),
    Sheet(Box<Workbook>, PathBuf),
}

/// The open files of a world; a file is created with its first row.
pub struct Files {
    folder: PathBuf,
    year: i32,
    seed: u64,
    format: Format,
    open: BTreeMap<(Dataset, u32), OutFile>,
    line: String,
    /// Rows written so far.
    pub rows: u64,
}

impl std::fmt::Debug for Files {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Files").field("folder", &self.folder).finish_non_exhaustive()
    }
}

impl Files {
    /// No file yet.
    pub fn new(folder: &Path, year: i32, seed: u64, format: Format) -> Self {
        let folder = folder.to_owned();
        Self { folder, year, seed, format, open: BTreeMap::new(), line: String::new(), rows: 0 }
    }

    /// The habits of the file of a dataset and month.
    pub fn style(&self, dataset: Dataset, month: u32) -> Style {
        Style { habit: mix(self.seed, dataset, period(dataset, month)) }
    }

    /// Writes a row into the file of a dataset and month and says where it stands.
    ///
    /// # Errors
    /// If the file cannot be made or written.
    pub fn write(&mut self, dataset: Dataset, month: u32, row: &Row) -> Result<RowRef, SynthError> {
        let period = period(dataset, month);
        let key = (dataset, period);
        if !self.open.contains_key(&key) {
            let file = self.create(dataset, period)?;
            self.open.insert(key, file);
        }
        self.rows += 1;
        let mut line = std::mem::take(&mut self.line);
        let outcome = match self.open.get_mut(&key) {
            Some(file) => file.put(row.cells(), &mut line),
            None => Ok(0),
        };
        self.line = line;
        Ok(RowRef { dataset, period, line: outcome? })
    }

    /// True if one more row that must be rejected leaves a file far below the tolerance of its contract, which is one
    /// row in twenty; the row is then expected to be written.
    pub fn bears_a_reject(&mut self, dataset: Dataset, month: u32) -> bool {
        let Some(file) = self.open.get_mut(&(dataset, period(dataset, month))) else { return false };
        let bears = file.lines > 60 * (file.rejects + 1);
        file.rejects += u64::from(bears);
        bears
    }

    /// Makes the files of the months without a row: an office hands over an empty extract, or nobody knows whether one
    /// is missing.
    ///
    /// # Errors
    /// If a file cannot be made.
    pub fn empty_months(&mut self) -> Result<(), SynthError> {
        for dataset in Dataset::ALL.into_iter().filter(|dataset| dataset.layout().kind == Kind::Events) {
            for month in 1..=12 {
                if !self.open.contains_key(&(dataset, month)) {
                    let file = self.create(dataset, month)?;
                    self.open.insert((dataset, month), file);
                }
            }
        }
        Ok(())
    }

    /// Closes all files and lists them.
    ///
    /// # Errors
    /// If a file cannot be written to its end.
    pub fn finish(self) -> Result<Vec<Written>, SynthError> {
        self.open.into_values().map(OutFile::finish).collect()
    }

    fn create(&self, dataset: Dataset, period: u32) -> Result<OutFile, SynthError> {
        let layout = dataset.layout();
        let habit = mix(self.seed, dataset, period);
        let encoding = match (habit >> 4) % 8 {
            _ if self.format == Format::Mixed && is_workbook(dataset) => Encoding::Workbook,
            0..3 => Encoding::Gb18030,
            3..5 => Encoding::Utf8WithMark,
            _ => Encoding::Utf8,
        };
        let label = match period {
            0 => format!("{:04}", self.year),
            month => format!("{:04}-{month:02}", self.year),
        };
        let ending = if encoding == Encoding::Workbook { "xlsx" } else { "csv" };
        let path = format!("{}/{}.{label}.{ending}", layout.department, layout.name);
        let full = self.folder.join(&path);
        if let Some(parent) = full.parent() {
            std::fs::create_dir_all(parent).map_err(|source| SynthError::Write { path: parent.to_owned(), source })?;
        }
        let sink = if encoding == Encoding::Workbook {
            Sink::Sheet(Box::new(workbook()), full)
        } else {
            let file = File::create(&full).map_err(|source| SynthError::Write { path: full.clone(), source })?;
            Sink::Text(BufWriter::with_capacity(1 << 16, file))
        };
        let (department, dataset_name) = (layout.department.to_owned(), layout.name.to_owned());
        let width = layout.columns.len() + if layout.people { PERSON.len() } else { 0 };
        let has_footer = layout.people && habit % 11 == 3;
        let written = Written { department, dataset: dataset_name, period: label, path, rows: 0 };
        let mut file =
            OutFile { written, style: Style { habit }, encoding, lines: 0, rejects: 0, width, has_footer, sink };
        file.header(dataset)?;
        Ok(file)
    }
}

impl OutFile {
    fn header(&mut self, dataset: Dataset) -> Result<(), SynthError> {
        let layout = dataset.layout();
        let block = if layout.people { PERSON.as_slice() } else { &[] };
        let names: Vec<&str> = block
            .iter()
            .chain(layout.columns)
            .zip(1..)
            .map(|((english, chinese), turn)| {
                let count = u32::try_from(chinese.len()).unwrap_or(0);
                let habit = self.style.habit.rotate_left(turn * 3);
                if count == 0 || habit.is_multiple_of(24) {
                    return *english;
                }
                let at = usize::try_from(habit / 24 % count).unwrap_or(0);
                chinese.get(at).copied().unwrap_or(english)
            })
            .collect();
        if self.encoding == Encoding::Utf8WithMark {
            self.bytes(b"\xEF\xBB\xBF")?;
        }
        self.put(names.into_iter(), &mut String::new()).map(|_| ())
    }

    /// Writes one line and returns its number.
    fn put<'a>(&mut self, cells: impl Iterator<Item = &'a str>, line: &mut String) -> Result<u64, SynthError> {
        self.lines += 1;
        if let Sink::Sheet(book, path) = &mut self.sink {
            let row = u32::try_from(self.lines - 1).unwrap_or(u32::MAX);
            return sheet_row(book, path, row, cells).map(|()| self.lines);
        }
        line.clear();
        for (at, cell) in cells.enumerate() {
            if at > 0 {
                line.push(',');
            }
            quote(cell, line);
        }
        line.push_str(if self.encoding == Encoding::Gb18030 { "\r\n" } else { "\n" });
        let bytes: Cow<'_, [u8]> = match self.encoding {
            Encoding::Gb18030 => GB18030.encode(line).0,
            _ => Cow::Borrowed(line.as_bytes()),
        };
        self.bytes(&bytes)?;
        Ok(self.lines)
    }

    fn bytes(&mut self, bytes: &[u8]) -> Result<(), SynthError> {
        match &mut self.sink {
            Sink::Text(file) => file
                .write_all(bytes)
                .map_err(|source| SynthError::Write { path: PathBuf::from(&self.written.path), source }),
            Sink::Sheet(..) => Ok(()),
        }
    }

    fn finish(mut self) -> Result<Written, SynthError> {
        self.written.rows = self.lines.saturating_sub(1);
        if self.has_footer {
            let sum = format!("合计：{}条", self.written.rows);
            let filling = std::iter::repeat_n("", self.width - 1);
            self.put(std::iter::once(sum.as_str()).chain(filling), &mut String::new())?;
        }
        match self.sink {
            Sink::Text(mut file) => {
                file.flush().map_err(|source| SynthError::Write { path: PathBuf::from(&self.written.path), source })?;
            }
            Sink::Sheet(mut book, path) => {
                book.save(&path).map_err(|source| SynthError::Workbook { path, source })?;
            }
        }
        Ok(self.written)
    }
}

/// An empty workbook whose bytes do not depend on the day it is made.
fn workbook() -> Workbook {
    let mut book = Workbook::new();
    let properties = match ExcelDateTime::from_ymd(2026, 1, 1) {
        Ok(created) => DocProperties::new().set_creation_datetime(&created),
        Err(_) => DocProperties::new(),
    };
    book.set_properties(&properties);
    let _ = book.add_worksheet();
    book
}

fn sheet_row<'a>(
    book: &mut Workbook,
    path: &Path,
    row: u32,
    cells: impl Iterator<Item = &'a str>,
) -> Result<(), SynthError> {
    let failed = |source| SynthError::Workbook { path: path.to_owned(), source };
    let sheet = book.worksheet_from_index(0).map_err(failed)?;
    for (column, cell) in (0..).zip(cells) {
        if !cell.is_empty() {
            sheet.write_string(row, column, cell).map_err(failed)?;
        }
    }
    Ok(())
}

fn quote(cell: &str, line: &mut String) {
    if cell.contains([',', '"', '\n', '\r']) {
        line.push('"');
        line.push_str(&cell.replace('"', "\"\""));
        line.push('"');
    } else {
        line.push_str(cell);
    }
}

/// The file's number: 0 for the year, else the month.
fn period(dataset: Dataset, month: u32) -> u32 {
    match dataset.layout().kind {
        Kind::Snapshot => 0,
        Kind::Events => month,
    }
}

const fn is_workbook(dataset: Dataset) -> bool {
    matches!(dataset, Dataset::ElderRegister | Dataset::DisabilityCertificate | Dataset::ServiceList)
}

/// A number that differs from file to file (Fowler-Noll-Vo 1a).
fn mix(seed: u64, dataset: Dataset, period: u32) -> u32 {
    let name = dataset.layout().name.bytes();
    let rest = seed.to_le_bytes().into_iter().chain(period.to_le_bytes());
    let hash = name.chain(rest).fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    hash ^ hash >> 15
}
