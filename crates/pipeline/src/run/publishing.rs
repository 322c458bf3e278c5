//! Publish: every table under the run's id, then one numbered document that makes them current (`design.md` 5.9).

use std::collections::BTreeMap;
use std::fs::File;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::compute::{concat_batches, partition};
use arrow::datatypes::SchemaRef;
use futures::StreamExt;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use yilian_delivery::sha256_hex;
use yilian_engine::TableName;

use super::staging::Staged;
use super::table_file::{Packing, TableWriter};
use super::whole::{FinishedTable, Whole};
use super::{Night, RunError};
use crate::progress::Progress;
use crate::publication::{self, Inputs, Publication, TableFile, TableFiles};

/// Rows of a published file; fixed, because the bytes depend on it.
const ROWS_PER_FILE: u64 = 1 << 20;

/// Writes the tables into the store and makes them what readers see.
pub(crate) async fn publish(
    night: &Night<'_>,
    whole: Whole,
    staged: &Staged,
    previous: Option<&Publication>,
    progress: &dyn Progress,
) -> Result<Publication, RunError> {
    let run_id = run_id(night, previous);
    progress.start("write the tables", Some(whole.tables.len() as u64));
    let counts = counts(night, &whole, staged);
    let (checks, accepted_rates) = (whole.checks, whole.accepted_rates);
    let mut tables: BTreeMap<String, TableFiles> = BTreeMap::new();
    let mut writing = futures::stream::iter(parts(whole.tables)?)
        .map(|part| tokio::task::spawn_blocking(move || part.packed().map(|content| (part, content))))
        .buffered(night.options.threads.max(1));
    while let Some(written) = writing.next().await {
        let (part, content) = written.map_err(|_| RunError::Interrupted)??;
        let path = format!("runs/{run_id}/{}", part.file_name());
        let bytes = content.len() as u64;
        let file = TableFile { path: path.clone(), bytes, sha256: sha256_hex(&content), rows: part.rows() };
        night.site.store().put(&path, content).await?;
        tables.entry(part.table.name.to_string()).or_default().files.push(file);
        progress.advance(u64::from(part.is_last()));
    }
    let draft = Publication {
        number: 0,
        run_id,
        as_of: night.options.as_of.to_string(),
        inputs: Inputs { spine: staged.spine.clone(), ..night.inputs.clone() },
        tables,
        checks,
        counts,
        accepted_rates,
    };
    let follows = previous.map_or(0, |publication| publication.number);
    let publication = publication::publish(night.site.store(), follows, draft).await?;
    progress.finish(&format!("publication {}", publication.number));
    Ok(publication)
}

/// A run is named by what it was made from: its inputs and the run whose flags it continues.
fn run_id(night: &Night<'_>, previous: Option<&Publication>) -> String {
    let Inputs { deliveries, rules, parameters, program, schemas, hub_key, spine } = night.inputs;
    let follows = previous.map(|publication| publication.run_id.as_str()).unwrap_or_default();
    let lists = [deliveries.join(","), spine.join(",")];
    let parts =
        [rules, parameters, program, schemas, hub_key].into_iter().chain(&lists).map(String::as_str).chain([follows]);
    sha256_hex(parts.collect::<Vec<_>>().join("\n").as_bytes()).chars().take(16).collect()
}

fn counts(night: &Night<'_>, whole: &Whole, staged: &Staged) -> BTreeMap<String, i64> {
    let number = |value: usize| i64::try_from(value).unwrap_or(i64::MAX);
    let mut counts = BTreeMap::from([
        ("deliveries".to_owned(), number(night.deliveries.len())),
        ("rows".to_owned(), i64::try_from(staged.rows).unwrap_or(i64::MAX)),
        ("persons".to_owned(), number(staged.persons)),
        ("flags".to_owned(), number(whole.flags)),
        ("gaps".to_owned(), number(whole.gaps)),
        ("suppressed_values".to_owned(), whole.suppressed),
    ]);
    if staged.bridge_conflicts > 0 {
        counts.insert("bridge_conflicts".to_owned(), number(staged.bridge_conflicts));
    }
    counts
}

/// Rows of a table that make one file: a table of any size is written by all threads and held by none.
struct Part {
    table: Arc<FinishedTable>,
    /// Rows of each of the table's files.
    lengths: Arc<Vec<u64>>,
    number: u64,
}

/// All tables cut into parts, in order.
fn parts(tables: Vec<FinishedTable>) -> Result<Vec<Part>, RunError> {
    let mut parts = Vec::new();
    for table in tables {
        let lengths = table.files.iter().map(|file| open(&table, file).map(|builder| rows_of(&builder)));
        let lengths = Arc::new(lengths.collect::<Result<Vec<_>, _>>()?);
        let table = Arc::new(table);
        let part = |number| Part { table: Arc::clone(&table), lengths: Arc::clone(&lengths), number };
        // A table without rows still has its columns.
        let count = lengths.iter().sum::<u64>().div_ceil(ROWS_PER_FILE).max(1);
        parts.extend((0..count).map(part));
    }
    Ok(parts)
}

impl Part {
    fn range(&self) -> Range<u64> {
        let from = self.number * ROWS_PER_FILE;
        from..(from + ROWS_PER_FILE).min(self.rows_of_table())
    }

    fn rows_of_table(&self) -> u64 {
        self.lengths.iter().sum()
    }

    fn rows(&self) -> u64 {
        self.range().end - self.range().start
    }

    fn is_last(&self) -> bool {
        self.range().end == self.rows_of_table()
    }

    /// `<schema>/<table>.parquet`, or `<schema>/<table>-<number>.parquet` where there are several.
    fn file_name(&self) -> String {
        let TableName { schema, table } = &self.table.name;
        if self.number == 0 && self.is_last() {
            format!("{schema}/{table}.parquet")
        } else {
            format!("{schema}/{table}-{:05}.parquet", self.number)
        }
    }

    /// The bytes of its file; refused if two rows share a key.
    fn packed(&self) -> Result<Vec<u8>, RunError> {
        let what = self.table.name.to_string();
        let mut begun: Option<(TableWriter<Vec<u8>>, Keys<'_>)> = None;
        // The row before the first is read too: its key must be another one.
        let range = self.range();
        let (first, mut before) = (range.start.saturating_sub(1), range.start.min(1));
        let mut start = 0;
        for (file, length) in self.table.files.iter().zip(self.lengths.iter()) {
            let (from, until) = (first.max(start), range.end.min(start + length));
            // A table without rows still has its columns, which are those of its first file.
            if from < until || begun.is_none() {
                let builder = open(&self.table, file)?;
                let (writer, keys) = match &mut begun {
                    Some(begun) => begun,
                    None => begun.insert(self.begin(builder.schema())?),
                };
                let rows = until.saturating_sub(from);
                let wanted = builder.with_offset(size(from.saturating_sub(start))).with_limit(size(rows));
                for batch in wanted.build().map_err(RunError::parquet(what.as_str()))? {
                    let batch = batch.map_err(RunError::arrow(what.as_str()))?;
                    keys.check(&batch)?;
                    let skipped = size(before).min(batch.num_rows());
                    before = 0;
                    writer.write(batch.slice(skipped, batch.num_rows() - skipped))?;
                }
            }
            start += length;
        }
        let nothing = || RunError::Model { file: PathBuf::from(&what), reason: "it made no file".to_owned() };
        Ok(begun.ok_or_else(nothing)?.0.finish()?.0)
    }

    fn begin(&self, schema: &SchemaRef) -> Result<(TableWriter<Vec<u8>>, Keys<'_>), RunError> {
        let writer = TableWriter::new(Vec::new(), schema, Packing::Published, &self.table.name.to_string())?;
        Ok((writer, Keys::new(&self.table, schema)?))
    }
}

fn open(table: &FinishedTable, file: &Path) -> Result<ParquetRecordBatchReaderBuilder<File>, RunError> {
    let open = File::open(file).map_err(RunError::io("read", file))?;
    ParquetRecordBatchReaderBuilder::try_new(open).map_err(RunError::parquet(table.name.to_string()))
}

fn rows_of(builder: &ParquetRecordBatchReaderBuilder<File>) -> u64 {
    u64::try_from(builder.metadata().file_metadata().num_rows()).unwrap_or_default()
}

fn size(rows: u64) -> usize {
    usize::try_from(rows).unwrap_or(usize::MAX)
}

/// Sees to it that keys follow one another without a repeat.
struct Keys<'a> {
    table: &'a FinishedTable,
    columns: Vec<usize>,
    /// The key of the last row.
    last: Option<RecordBatch>,
}

impl<'a> Keys<'a> {
    fn new(table: &'a FinishedTable, schema: &SchemaRef) -> Result<Self, RunError> {
        let columns = table.grain.iter().map(|column| schema.index_of(column));
        let columns = columns.collect::<Result<_, _>>().map_err(RunError::arrow(table.name.to_string()))?;
        Ok(Self { table, columns, last: None })
    }

    fn check(&mut self, batch: &RecordBatch) -> Result<(), RunError> {
        if self.columns.is_empty() || batch.num_rows() == 0 {
            return Ok(());
        }
        let failed = |error| RunError::arrow(self.table.name.to_string())(error);
        let keys = batch.project(&self.columns).map_err(failed)?;
        let keys = concat_batches(keys.schema_ref(), self.last.iter().chain([&keys])).map_err(failed)?;
        let different = partition(keys.columns()).map_err(failed)?.len();
        if different < keys.num_rows() {
            return Err(RunError::NotUnique { table: self.table.name.clone(), grain: self.table.grain.join(", ") });
        }
        self.last = Some(keys.slice(keys.num_rows() - 1, 1));
        Ok(())
    }
}
