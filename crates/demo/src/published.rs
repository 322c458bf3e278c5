//! Reads what the hub published: the newest publication and the rows of its tables.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use arrow::array::{Array, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde::Deserialize;

use crate::DemoError;

/// One publication of a hub: the tables of a run and where their files lie.
#[derive(Debug, Clone)]
pub struct Published {
    /// Number of the publication.
    pub number: u64,
    /// The run whose tables it names.
    pub run_id: String,
    store: PathBuf,
    tables: BTreeMap<String, Vec<TableFile>>,
}

/// One file of a published table.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct TableFile {
    /// Path below the store.
    pub path: PathBuf,
    /// SHA-256 of the file in hex.
    pub sha256: String,
    /// Rows in the file.
    pub rows: u64,
}

#[derive(Deserialize)]
struct PublicationFile {
    number: u64,
    run_id: String,
    tables: BTreeMap<String, TableEntry>,
}

#[derive(Deserialize)]
struct TableEntry {
    files: Vec<TableFile>,
}

impl Published {
    /// The publication with the highest number in a hub's store.
    ///
    /// # Errors
    /// [`DemoError::NothingPublished`] where there is none; a file error where it cannot be read.
    pub fn newest(store: &Path) -> Result<Self, DemoError> {
        let folder = store.join("publications");
        let nothing = || DemoError::NothingPublished { store: store.to_path_buf() };
        let entries = fs::read_dir(&folder).map_err(|_| nothing())?;
        let path = entries
            .filter_map(|entry| entry.ok().map(|entry| entry.path()))
            .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
            .max()
            .ok_or_else(nothing)?;
        let text = fs::read_to_string(&path).map_err(DemoError::file(&path))?;
        let file: PublicationFile = serde_json::from_str(&text)
            .map_err(|error| DemoError::Form { path: path.clone(), problem: error.to_string() })?;
        let tables = file.tables.into_iter().map(|(name, entry)| (name, entry.files)).collect();
        Ok(Self { number: file.number, run_id: file.run_id, store: store.to_path_buf(), tables })
    }

    /// Names of the published tables, with their schema.
    pub fn tables(&self) -> impl Iterator<Item = &str> {
        self.tables.keys().map(String::as_str)
    }

    /// The files of one table, in their published order.
    ///
    /// # Errors
    /// [`DemoError::NoTable`] where the publication does not name it.
    pub fn files(&self, table: &str) -> Result<&[TableFile], DemoError> {
        self.tables.get(table).map(Vec::as_slice).ok_or_else(|| DemoError::NoTable { table: table.to_owned() })
    }

    /// Where a published file lies.
    pub fn path(&self, file: &TableFile) -> PathBuf {
        self.store.join(&file.path)
    }

    /// All rows of one table.
    ///
    /// # Errors
    /// Where the table is not published or a file cannot be read.
    pub fn read(&self, table: &str) -> Result<Vec<RecordBatch>, DemoError> {
        let mut batches = Vec::new();
        for file in self.files(table)? {
            batches.extend(read_parquet(&self.path(file))?);
        }
        Ok(batches)
    }
}

/// All rows of one Parquet file.
pub(crate) fn read_parquet(path: &Path) -> Result<Vec<RecordBatch>, DemoError> {
    let problem = |problem: String| DemoError::Form { path: path.to_path_buf(), problem };
    let file = File::open(path).map_err(DemoError::file(path))?;
    ParquetRecordBatchReaderBuilder::try_new(file)
        .and_then(ParquetRecordBatchReaderBuilder::build)
        .map_err(|error| problem(error.to_string()))?
        .collect::<Result<_, _>>()
        .map_err(|error| problem(error.to_string()))
}

/// One column of a batch in the type that the reader needs.
pub(crate) fn column<'b, A: Array + 'static>(
    batch: &'b RecordBatch,
    table: &str,
    name: &str,
) -> Result<&'b A, DemoError> {
    batch.column_by_name(name).and_then(|column| column.as_any().downcast_ref::<A>()).ok_or_else(|| {
        DemoError::NoColumn {
            table: table.to_owned(),
            column: name.to_owned(),
            expected: std::any::type_name::<A>().rsplit("::").next().unwrap_or_default().trim_end_matches('>'),
        }
    })
}

/// One column of text in a batch, whatever the encoding of its strings.
pub(crate) fn text_column(batch: &RecordBatch, table: &str, name: &str) -> Result<StringArray, DemoError> {
    let missing = || DemoError::NoColumn { table: table.to_owned(), column: name.to_owned(), expected: "StringArray" };
    let column = batch.column_by_name(name).ok_or_else(missing)?;
    let column = cast(column, &DataType::Utf8).map_err(|_| missing())?;
    column.as_any().downcast_ref::<StringArray>().cloned().ok_or_else(missing)
}
