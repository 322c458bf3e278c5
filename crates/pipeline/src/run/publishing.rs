//! Publish: every table under the run's id, then one numbered document that makes them current (`design.md` 5.9).

use std::collections::BTreeMap;
use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use arrow::row::{RowConverter, SortField};
use futures::StreamExt;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use yilian_delivery::sha256_hex;

use super::staging::Staged;
use super::table_file::{Packing, TableWriter};
use super::whole::{FinishedTable, Whole};
use super::{Night, RunError};
use crate::progress::Progress;
use crate::publication::{self, Inputs, Publication, TableFile, TableFiles};

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
    let checks = whole.checks;
    let mut tables = BTreeMap::new();
    let mut writing = futures::stream::iter(whole.tables)
        .map(|table| {
            tokio::task::spawn_blocking(move || packed(&table).map(|(content, rows)| (table.name, content, rows)))
        })
        .buffered(night.options.threads.max(1));
    while let Some(written) = writing.next().await {
        let (name, content, rows) = written.map_err(|_| RunError::Interrupted)??;
        let path = format!("runs/{run_id}/{}/{}.parquet", name.schema, name.table);
        let file = TableFile { path: path.clone(), bytes: content.len() as u64, sha256: sha256_hex(&content), rows };
        night.site.store().put(&path, content).await?;
        tables.insert(name.to_string(), TableFiles { files: vec![file] });
        progress.advance(1);
    }
    let draft = Publication {
        number: 0,
        run_id,
        as_of: night.options.as_of.to_string(),
        inputs: Inputs { spine: staged.spine.clone(), ..night.inputs.clone() },
        tables,
        checks,
        counts,
    };
    let follows = previous.map_or(0, |publication| publication.number);
    let publication = publication::publish(night.site.store(), follows, draft).await?;
    progress.finish(&format!("publication {}", publication.number));
    Ok(publication)
}

/// A run is named by what it was made from: its inputs and the run whose flags it continues.
fn run_id(night: &Night<'_>, previous: Option<&Publication>) -> String {
    let Inputs { deliveries, rules, parameters, program, schemas, spine } = night.inputs;
    let follows = previous.map(|publication| publication.run_id.as_str()).unwrap_or_default();
    let lists = [deliveries.join(","), spine.join(",")];
    let parts = [rules, parameters, program, schemas].into_iter().chain(&lists).map(String::as_str).chain([follows]);
    sha256_hex(parts.collect::<Vec<_>>().join("\n").as_bytes()).chars().take(16).collect()
}

fn counts(night: &Night<'_>, whole: &Whole, staged: &Staged) -> BTreeMap<String, i64> {
    let number = |value: usize| i64::try_from(value).unwrap_or(i64::MAX);
    BTreeMap::from([
        ("deliveries".to_owned(), number(night.deliveries.len())),
        ("rows".to_owned(), i64::try_from(staged.rows).unwrap_or(i64::MAX)),
        ("persons".to_owned(), number(staged.persons)),
        ("flags".to_owned(), number(whole.flags)),
        ("suppressed_values".to_owned(), whole.suppressed),
    ])
}

/// A table as the bytes of one file, with its number of rows; refused if two rows share a key.
fn packed(table: &FinishedTable) -> Result<(Vec<u8>, u64), RunError> {
    let what = table.name.to_string();
    let mut written: Option<(TableWriter<Vec<u8>>, Keys)> = None;
    for file in &table.files {
        let open = File::open(file).map_err(RunError::io("read", file))?;
        let builder = ParquetRecordBatchReaderBuilder::try_new(open).map_err(RunError::parquet(what.as_str()))?;
        let schema = Arc::clone(builder.schema());
        for batch in builder.build().map_err(RunError::parquet(what.as_str()))? {
            let batch = batch.map_err(RunError::arrow(what.as_str()))?;
            if written.is_none() {
                written = Some(begin(table, &schema)?);
            }
            if let Some((writer, keys)) = &mut written {
                keys.check(&batch, table)?;
                writer.write(batch)?;
            }
        }
        // A table without rows still has its columns.
        if written.is_none() {
            written = Some(begin(table, &schema)?);
        }
    }
    match written {
        Some((writer, _)) => writer.finish(),
        None => Err(RunError::Model { file: PathBuf::from(what), reason: "it made no file".to_owned() }),
    }
}

fn begin(table: &FinishedTable, schema: &SchemaRef) -> Result<(TableWriter<Vec<u8>>, Keys), RunError> {
    let writer = TableWriter::new(Vec::new(), schema, Packing::Published, &table.name.to_string())?;
    Ok((writer, Keys::new(table, schema)?))
}

/// Sees to it that keys follow one another without a repeat.
struct Keys {
    columns: Vec<usize>,
    converter: Option<RowConverter>,
    last: Option<Vec<u8>>,
}

impl Keys {
    fn new(table: &FinishedTable, schema: &SchemaRef) -> Result<Self, RunError> {
        let what = table.name.to_string();
        let columns = table
            .grain
            .iter()
            .map(|column| schema.index_of(column))
            .collect::<Result<Vec<_>, _>>()
            .map_err(RunError::arrow(what.as_str()))?;
        let types = columns.iter().map(|at| SortField::new(schema.field(*at).data_type().clone())).collect::<Vec<_>>();
        let converter = if types.is_empty() {
            None
        } else {
            Some(RowConverter::new(types).map_err(RunError::arrow(what.as_str()))?)
        };
        Ok(Self { columns, converter, last: None })
    }

    fn check(&mut self, batch: &RecordBatch, table: &FinishedTable) -> Result<(), RunError> {
        let Some(converter) = &mut self.converter else { return Ok(()) };
        let columns: Vec<_> = self.columns.iter().map(|at| Arc::clone(batch.column(*at))).collect();
        let rows = converter.convert_columns(&columns).map_err(RunError::arrow(table.name.to_string()))?;
        for row in &rows {
            if self.last.as_deref() == Some(row.as_ref()) {
                return Err(RunError::NotUnique { table: table.name.clone(), grain: table.grain.join(", ") });
            }
            let last = self.last.get_or_insert_with(Vec::new);
            last.clear();
            last.extend_from_slice(row.as_ref());
        }
        Ok(())
    }
}
