//! The sheets of a file as text cells, whatever program saved it.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use calamine::{DataRef, ExcelDateTime, Reader, Xlsx, open_workbook};
use encoding_rs::GB18030;

use crate::error::WorkbookError;

/// A whole number up to here is exact in a spreadsheet; beyond it digits were lost.
const EXACT: f64 = 1e15;
/// No header stands further to the right.
const WIDEST: u32 = 512;

/// A sheet as it was found.
pub(crate) struct Grid {
    pub(crate) name: String,
    /// Filled cells by row and column, both counted from 0.
    pub(crate) rows: BTreeMap<u32, BTreeMap<u32, String>>,
}

impl Grid {
    /// A cell's text; empty where there is none.
    pub(crate) fn cell(&self, row: u32, column: u32) -> &str {
        self.rows.get(&row).and_then(|row| row.get(&column)).map_or("", String::as_str)
    }

    fn put(&mut self, row: u32, column: u32, text: String) {
        if !text.is_empty() && column < WIDEST {
            self.rows.entry(row).or_default().insert(column, text);
        }
    }
}

/// Reads an .xlsx, a CSV, or a folder of CSV files.
pub(crate) fn grids(path: &Path) -> Result<Vec<Grid>, WorkbookError> {
    let failed = |source| WorkbookError::Unreadable { path: path.to_owned(), source };
    if path.is_dir() {
        let entries = fs::read_dir(path).map_err(failed)?;
        let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
        files.retain(|file| file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv")));
        files.sort();
        return files.iter().map(|file| csv_grid(file)).collect();
    }
    let mut start = [0_u8; 4];
    let read = File::open(path).and_then(|mut file| file.read(&mut start)).map_err(failed)?;
    match start.get(..read) {
        Some(b"PK\x03\x04") => workbook_grids(path).map_err(|_| not_a_workbook(path)),
        Some([0xd0, 0xcf, 0x11, 0xe0]) => Err(not_a_workbook(path)),
        _ => Ok(vec![csv_grid(path)?]),
    }
}

fn not_a_workbook(path: &Path) -> WorkbookError {
    WorkbookError::NotAWorkbook { path: path.to_owned() }
}

/// Cell by cell: a single cell far away must not cost the memory of all that lie between.
fn workbook_grids(path: &Path) -> Result<Vec<Grid>, calamine::XlsxError> {
    let mut book: Xlsx<BufReader<File>> = open_workbook(path)?;
    let mut grids = Vec::new();
    for name in book.sheet_names() {
        let mut grid = Grid { name: name.clone(), rows: BTreeMap::new() };
        let mut reader = match book.worksheet_cells_reader(&name) {
            Ok(reader) => reader,
            // A chart is a sheet without cells.
            Err(calamine::XlsxError::WorksheetNotFound(_)) => continue,
            Err(error) => return Err(error),
        };
        while let Some(cell) = reader.next_cell()? {
            let (row, column) = cell.get_position();
            grid.put(row, column, text_of(cell.get_value()));
        }
        grids.push(grid);
    }
    Ok(grids)
}

fn csv_grid(path: &Path) -> Result<Grid, WorkbookError> {
    let bytes = fs::read(path).map_err(|source| WorkbookError::Unreadable { path: path.to_owned(), source })?;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.into(),
        // Spreadsheet programs save a CSV so in China.
        Err(_) => {
            GB18030.decode_without_bom_handling_and_without_replacement(bytes).ok_or_else(|| not_a_workbook(path))?
        }
    };
    let mut grid = Grid { name: String::new(), rows: BTreeMap::new() };
    let mut csv = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    for (row, record) in (0..).zip(csv.records()) {
        let record = record.map_err(|_| not_a_workbook(path))?;
        for (column, cell) in (0..).zip(&record) {
            grid.put(row, column, cell.trim().to_owned());
        }
    }
    Ok(grid)
}

fn text_of(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) if number.abs() >= EXACT => format!("{number:E}"),
        DataRef::Float(number) => {
            // Rounding to 15 digits undoes 148.10000000000002.
            let rounded: f64 = format!("{number:.14e}").parse().unwrap_or(*number);
            format!("{rounded}")
        }
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.trim().to_owned(),
        DataRef::SharedString(text) => text.trim().to_owned(),
        DataRef::Bool(value) => if *value { "是" } else { "否" }.to_owned(),
        DataRef::DateTime(time) => day_of(time),
        DataRef::Error(_) | DataRef::Empty => String::new(),
    }
}

fn day_of(time: &ExcelDateTime) -> String {
    let (year, month, day, ..) = time.to_ymd_hms_milli();
    format!("{year:04}-{month:02}-{day:02}")
}
