//! Parquet as every published table is written: one writer, fixed settings, batches of one size.

use std::io::Write;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::compute::BatchCoalescer;
use arrow::datatypes::{DataType, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesBuilder};
use parquet::schema::types::ColumnPath;

use super::RunError;
use super::contents::MONTH;

/// Rows per batch handed to the writer; pages are cut by it, so bytes do not depend on how rows arrive.
pub(super) const ROWS_AT_ONCE: usize = 8192;
const ROWS_PER_GROUP: usize = 16 * ROWS_AT_ONCE;
const CREATED_BY: &str = "yilian";

/// How hard a file is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Packing {
    /// For readers: zstd level 3.
    Published,
    /// For staged rows and for tables that live as long as one run: not at all. Most of their bytes are tokens, which
    /// cannot be compressed, and ids, which are stored as differences.
    Vault,
}

/// Writes rows of one schema to Parquet so that the same rows give the same bytes.
pub(crate) struct TableWriter<W: Write + Send> {
    writer: ArrowWriter<W>,
    coalescer: BatchCoalescer,
    what: String,
    rows: u64,
}

impl<W: Write + Send> TableWriter<W> {
    pub(crate) fn new(sink: W, schema: &SchemaRef, packing: Packing, what: &str) -> Result<Self, RunError> {
        // Readers of a publication get Parquet's own types: how the engine held a text is not their concern.
        let options = ArrowWriterOptions::new()
            .with_properties(properties(schema, packing))
            .with_skip_arrow_metadata(packing == Packing::Published);
        let writer =
            ArrowWriter::try_new_with_options(sink, Arc::clone(schema), options).map_err(RunError::parquet(what))?;
        let coalescer = BatchCoalescer::new(Arc::clone(schema), ROWS_AT_ONCE);
        Ok(Self { writer, coalescer, what: what.to_owned(), rows: 0 })
    }

    pub(crate) fn write(&mut self, batch: RecordBatch) -> Result<(), RunError> {
        self.rows += batch.num_rows() as u64;
        // Most batches have that size already.
        if batch.num_rows() == ROWS_AT_ONCE && self.coalescer.is_empty() {
            return self.writer.write(&batch).map_err(RunError::parquet(self.what.as_str()));
        }
        self.coalescer.push_batch(batch).map_err(RunError::arrow(self.what.as_str()))?;
        self.drain()
    }

    /// Lets what follows begin in a row group of its own.
    pub(crate) fn end_row_group(&mut self) -> Result<(), RunError> {
        self.coalescer.finish_buffered_batch().map_err(RunError::arrow(self.what.as_str()))?;
        self.drain()?;
        self.writer.flush().map_err(RunError::parquet(self.what.as_str()))
    }

    /// Adds a word to what the file says of itself.
    pub(crate) fn describe(&mut self, key: &str, value: String) {
        self.writer.append_key_value_metadata(KeyValue::new(key.to_owned(), value));
    }

    /// Ends the file and gives its sink and number of rows.
    pub(crate) fn finish(mut self) -> Result<(W, u64), RunError> {
        self.coalescer.finish_buffered_batch().map_err(RunError::arrow(self.what.as_str()))?;
        self.drain()?;
        let sink = self.writer.into_inner().map_err(RunError::parquet(self.what.as_str()))?;
        Ok((sink, self.rows))
    }

    fn drain(&mut self) -> Result<(), RunError> {
        while let Some(batch) = self.coalescer.next_completed_batch() {
            self.writer.write(&batch).map_err(RunError::parquet(self.what.as_str()))?;
        }
        Ok(())
    }
}

/// One batch as a published file in memory.
///
/// # Errors
/// Columns that Parquet cannot hold; `what` names the table then.
pub fn to_parquet(batch: &RecordBatch, what: &str) -> Result<Vec<u8>, RunError> {
    let mut writer = TableWriter::new(Vec::new(), &batch.schema(), Packing::Published, what)?;
    writer.write(batch.clone())?;
    Ok(writer.finish()?.0)
}

fn properties(schema: &SchemaRef, packing: Packing) -> WriterProperties {
    let compression = match packing {
        Packing::Published => Compression::ZSTD(ZstdLevel::try_new(3).unwrap_or_default()),
        Packing::Vault => Compression::UNCOMPRESSED,
    };
    let statistics = match packing {
        Packing::Published => EnabledStatistics::Chunk,
        // To find the least and the greatest text costs two comparisons for each row, and nobody asks for them; by those of
        // `month` a month's row groups are found.
        Packing::Vault => EnabledStatistics::None,
    };
    let builder = WriterProperties::builder()
        .set_compression(compression)
        .set_created_by(CREATED_BY.to_owned())
        .set_max_row_group_row_count(Some(ROWS_PER_GROUP))
        .set_statistics_enabled(statistics)
        .set_column_statistics_enabled(ColumnPath::from(MONTH), EnabledStatistics::Chunk);
    schema.fields().iter().fold(builder, |builder, field| column(builder, field.name(), field.data_type())).build()
}

/// Ids are sorted, so their differences are small; pages of `person_id` carry statistics, by which buckets are cut out. Hashes and
/// tokens rarely repeat.
fn column(builder: WriterPropertiesBuilder, name: &str, data_type: &DataType) -> WriterPropertiesBuilder {
    let path = ColumnPath::from(name);
    match data_type {
        DataType::Int64 if name.ends_with("_id") || name == "row" => builder
            .set_column_dictionary_enabled(path.clone(), false)
            .set_column_encoding(path.clone(), Encoding::DELTA_BINARY_PACKED)
            .set_column_statistics_enabled(path, EnabledStatistics::Page),
        DataType::Int64 if name == "hash" => builder.set_column_dictionary_enabled(path, false),
        DataType::FixedSizeBinary(_) => builder
            .set_column_dictionary_enabled(path.clone(), false)
            .set_column_statistics_enabled(path, EnabledStatistics::None),
        _ => builder,
    }
}
