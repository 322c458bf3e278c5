//! The rows of the spine's segments: read batch by batch, written in order of token.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, FixedSizeBinaryArray, Int64Array, PrimitiveArray, RecordBatch};
use arrow::datatypes::{DataType, Field, Int64Type, Schema, SchemaRef};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use yilian_token::Token;

use super::Subject;
use crate::run::{RunError, segment};

/// One token of the spine with what is stored of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Entry {
    pub(crate) token: Token,
    pub(crate) id: i64,
    /// The key of the person's perturbation, made at first sight and never changed; `None` for a household.
    pub(crate) record_key: Option<Token>,
}

/// What is read of a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Columns {
    /// Tokens and numbers.
    Numbers,
    /// Record keys, too, where the subject has any.
    All,
}

/// A segment whose rows are still to be read.
pub(super) struct Stored {
    batches: ParquetRecordBatchReader,
    columns: usize,
    rows: usize,
}

impl Stored {
    /// Opens a segment to read these columns, and nothing else, of it.
    pub(super) fn open(subject: Subject, vault: &Path, segment: &str, columns: Columns) -> Result<Self, RunError> {
        let mut names = vec!["hub_token", subject.id_column()];
        if (subject, columns) == (Subject::Person, Columns::All) {
            names.push("record_key");
        }
        let path = segment::path(&subject.folder(vault), segment);
        let file = File::open(&path).map_err(RunError::io("read", path))?;
        let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(RunError::parquet("spine"))?;
        let rows = usize::try_from(builder.metadata().file_metadata().num_rows()).unwrap_or_default();
        let mask = ProjectionMask::columns(builder.parquet_schema(), names.iter().copied());
        let batches = builder.with_projection(mask).build().map_err(RunError::parquet("spine"))?;
        Ok(Self { batches, columns: names.len(), rows })
    }

    /// How many it has.
    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// Gives every row to `each`, in order.
    pub(super) fn for_each(self, mut each: impl FnMut(Entry)) -> Result<(), RunError> {
        for batch in self.batches {
            let batch = batch.map_err(RunError::arrow("spine"))?;
            let columns = batch.columns();
            if columns.len() != self.columns {
                return Err(RunError::Unreadable { what: "a segment of the spine without record keys" });
            }
            for (row, (token, id)) in tokens(columns, 0).zip(ids(columns, 1)).enumerate() {
                if let (Some(token), Some(id)) = (token, id) {
                    let record_key = columns.get(2).and_then(|keys| token_at(keys, row));
                    each(Entry { token, id, record_key });
                }
            }
        }
        Ok(())
    }
}

/// Everything that the segments store, with record keys: for the change of the hub key.
pub(crate) fn entries(subject: Subject, vault: &Path, segments: &[String]) -> Result<Vec<Entry>, RunError> {
    let mut entries = Vec::new();
    for segment in subject.own(segments) {
        let stored = Stored::open(subject, vault, segment, Columns::All)?;
        entries.reserve(stored.rows());
        stored.for_each(|entry| entries.push(entry))?;
    }
    Ok(entries)
}

/// Keeps entries as one segment of the vault, in order of token; gives its name, which is made of its content.
pub(crate) fn keep(subject: Subject, vault: &Path, mut entries: Vec<Entry>) -> Result<String, RunError> {
    entries.sort_unstable();
    keep_sorted(subject, vault, entries.into_iter().map(Ok))
}

/// Keeps entries that come in order of token as one segment of the vault; no more than a batch of them is held at once.
pub(super) fn keep_sorted(
    subject: Subject,
    vault: &Path,
    entries: impl Iterator<Item = Result<Entry, RunError>> + Send,
) -> Result<String, RunError> {
    let schema = schema(subject);
    let batches = segment::batches(entries).map(|entries| table(subject, &schema, &entries?));
    segment::keep(&subject.folder(vault), subject.prefix(), &schema, batches, subject.id_column())
}

fn schema(subject: Subject) -> SchemaRef {
    let mut fields = vec![
        Field::new("hub_token", DataType::FixedSizeBinary(32), false),
        Field::new(subject.id_column(), DataType::Int64, false),
    ];
    if subject == Subject::Person {
        fields.push(Field::new("record_key", DataType::FixedSizeBinary(32), false));
    }
    Arc::new(Schema::new(fields))
}

fn table(subject: Subject, schema: &SchemaRef, entries: &[Entry]) -> Result<RecordBatch, RunError> {
    let of_tokens = |tokens: &mut dyn Iterator<Item = Option<Token>>| {
        FixedSizeBinaryArray::try_from_sparse_iter_with_size(tokens, 32).map_err(RunError::arrow("spine"))
    };
    let mut columns: Vec<ArrayRef> = vec![
        Arc::new(of_tokens(&mut entries.iter().map(|entry| Some(entry.token)))?),
        Arc::new(Int64Array::from_iter_values(entries.iter().map(|entry| entry.id))),
    ];
    if subject == Subject::Person {
        columns.push(Arc::new(of_tokens(&mut entries.iter().map(|entry| entry.record_key))?));
    }
    RecordBatch::try_new(Arc::clone(schema), columns).map_err(RunError::arrow("spine"))
}

fn tokens(columns: &[ArrayRef], at: usize) -> impl Iterator<Item = Option<Token>> {
    let tokens = columns.get(at).and_then(|column| column.as_fixed_size_binary_opt());
    tokens.into_iter().flat_map(FixedSizeBinaryArray::iter).map(|token| Token::try_from(token?).ok())
}

fn token_at(column: &ArrayRef, row: usize) -> Option<Token> {
    let tokens = column.as_fixed_size_binary_opt()?;
    tokens.is_valid(row).then(|| Token::try_from(tokens.value(row)).ok()).flatten()
}

fn ids(columns: &[ArrayRef], at: usize) -> impl Iterator<Item = Option<i64>> {
    let ids = columns.get(at).and_then(|column| column.as_primitive_opt::<Int64Type>());
    ids.into_iter().flat_map(PrimitiveArray::iter)
}
