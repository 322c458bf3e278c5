//! Reads `rows.parquet`, which leads from the rows of a delivery to the rows of its extract.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::Path;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::Int64Type;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReaderBuilder, RowSelection};
use parquet::errors::ParquetError;

use super::TraceError;

/// Where some rows of a delivery came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowMap {
    /// SHA-256 of the extract, in hex.
    pub source_digest: String,
    /// The source of each row that was asked for and is there, by its place in the delivery.
    pub rows: BTreeMap<u64, SourceRow>,
}

/// Where a row stands in an extract.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SourcePlace {
    /// The sheet; `None` for a text file, and where the workbook has a single sheet with rows.
    pub sheet: Option<String>,
    /// Row as a spreadsheet counts it.
    pub row: u64,
}

/// The row of the extract behind a row of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceRow {
    /// Row as a spreadsheet counts it.
    pub row: u64,
    /// Its sheet, as in [`SourcePlace::sheet`].
    pub sheet: Option<String>,
    /// The office's own payment or event number; `None` where the dataset has none.
    pub record_number: Option<String>,
}

impl SourceRow {
    /// Where the row stands.
    pub fn place(&self) -> SourcePlace {
        SourcePlace { sheet: self.sheet.clone(), row: self.row }
    }
}

impl RowMap {
    /// Looks these rows up in a row map; a row that the delivery does not have, or that is a canary's, is left out.
    pub fn read(path: &Path, wanted: &BTreeSet<u64>) -> Result<Self, TraceError> {
        let failed = |source| TraceError::RowMap { path: path.to_owned(), source };
        let (builder, source_digest) = open(path).map_err(failed)?;
        let total = u64::try_from(builder.metadata().file_metadata().num_rows()).unwrap_or(0);
        let places: Vec<usize> =
            wanted.iter().filter(|row| **row < total).filter_map(|row| usize::try_from(*row).ok()).collect();
        let whole = usize::try_from(total).unwrap_or(usize::MAX);
        let ranges = places.iter().map(|row| *row..row + 1);
        let selected = builder.with_row_selection(RowSelection::from_consecutive_ranges(ranges, whole));
        let rows = collected(selected, |_, _| true).map_err(failed)?;
        Ok(Self { source_digest, rows })
    }

    /// The rows of a delivery that were made from these rows of its extract.
    pub fn of_sources(path: &Path, sources: &BTreeSet<SourcePlace>) -> Result<Self, TraceError> {
        let failed = |source| TraceError::RowMap { path: path.to_owned(), source };
        let (builder, source_digest) = open(path).map_err(failed)?;
        let numbers: BTreeSet<u64> = sources.iter().map(|place| place.row).collect();
        let wanted = |row: u64, sheet: Option<&str>| {
            // Of a single sheet the row map does not say the name.
            numbers.contains(&row)
                && sheet.is_none_or(|sheet| sources.contains(&SourcePlace { sheet: Some(sheet.to_owned()), row }))
        };
        let rows = collected(builder, wanted).map_err(failed)?;
        Ok(Self { source_digest, rows })
    }
}

type Builder = ParquetRecordBatchReaderBuilder<File>;

/// A row map with the digest of its extract.
fn open(path: &Path) -> Result<(Builder, String), ParquetError> {
    let builder = Builder::try_new(File::open(path)?)?;
    let facts = builder.metadata().file_metadata().key_value_metadata().into_iter().flatten();
    let digest = facts.filter(|fact| fact.key == "source_digest").find_map(|fact| fact.value.clone());
    let digest = digest.ok_or_else(|| unusable("it does not name its source"))?;
    Ok((builder, digest))
}

/// The rows whose row and sheet of the extract are wanted.
fn collected(
    builder: Builder,
    wanted: impl Fn(u64, Option<&str>) -> bool,
) -> Result<BTreeMap<u64, SourceRow>, ParquetError> {
    let mut rows = BTreeMap::new();
    for batch in builder.build()? {
        collect(&batch?, &wanted, &mut rows).ok_or_else(|| unusable("its columns are not those of a row map"))?;
    }
    Ok(rows)
}

fn unusable(why: &str) -> ParquetError {
    ParquetError::General(why.to_owned())
}

fn collect(
    batch: &RecordBatch,
    wanted: impl Fn(u64, Option<&str>) -> bool,
    into: &mut BTreeMap<u64, SourceRow>,
) -> Option<()> {
    let whole = |name| batch.column_by_name(name)?.as_primitive_opt::<Int64Type>();
    let (row, source) = (whole("row")?, whole("source_row")?);
    let numbers = batch.column_by_name("record_number")?.as_string_opt::<i32>()?;
    let sheets = match batch.column_by_name("sheet") {
        Some(sheets) => Some(sheets.as_string_opt::<i32>()?),
        None => None,
    };
    for at in 0..batch.num_rows() {
        let (source, sheet) = (u64::try_from(source.value(at)).ok()?, sheets.map(|sheets| sheets.value(at)));
        // The row of a canary has its place here, so that the others have theirs, and none in the extract.
        if source > 0 && wanted(source, sheet) {
            let record_number = (!numbers.is_null(at)).then(|| numbers.value(at).to_owned());
            let found = SourceRow { row: source, sheet: sheet.map(str::to_owned), record_number };
            into.insert(u64::try_from(row.value(at)).ok()?, found);
        }
    }
    Some(())
}
