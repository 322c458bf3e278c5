//! A Parquet file whose row groups are encoded side by side and appended in order.

use std::fs::File;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::ArrayRef;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::{ArrowColumnChunk, ArrowRowGroupWriterFactory, compute_leaves};
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesBuilder};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::ColumnPath;

use super::columns::{array, row_map_arrays};
use super::order::Group;
use super::{BATCH, GROUP, Output, private_file};
use crate::IntakeError;
use crate::layout::{FieldKind, Layout};

const CREATED_BY: &str = "yilian";
const ZSTD: i32 = 1;

pub(super) type Chunks = Vec<ArrowColumnChunk>;

/// A Parquet file under way.
pub(super) struct Target {
    path: PathBuf,
    schema: SchemaRef,
    writer: SerializedFileWriter<File>,
    factory: Arc<ArrowRowGroupWriterFactory>,
}

/// Encodes row groups of a file, on any thread.
pub(super) struct Encoder {
    path: PathBuf,
    schema: SchemaRef,
    factory: Arc<ArrowRowGroupWriterFactory>,
}

impl Target {
    /// What leaves.
    pub(super) fn data(output: &Output<'_>) -> Result<Self, IntakeError> {
        Self::create(output.data, Arc::clone(&output.schema), data_settings(output.layout))
    }

    /// What leads from it back to the extract.
    pub(super) fn rows(output: &Output<'_>) -> Result<Self, IntakeError> {
        Self::create(output.rows, rows_schema(output), rows_settings(output))
    }

    fn create(path: &Path, schema: SchemaRef, settings: WriterProperties) -> Result<Self, IntakeError> {
        let failed = |source| IntakeError::Parquet { path: path.to_owned(), source };
        let file = private_file(path)?;
        let writer = ArrowWriter::try_new(file, Arc::clone(&schema), Some(settings)).map_err(failed)?;
        let (writer, factory) = writer.into_serialized_writer().map_err(failed)?;
        Ok(Self { path: path.to_owned(), schema, writer, factory: Arc::new(factory) })
    }

    pub(super) fn encoder(&self) -> Encoder {
        Encoder { path: self.path.clone(), schema: Arc::clone(&self.schema), factory: Arc::clone(&self.factory) }
    }

    pub(super) fn append(&mut self, chunks: Chunks) -> Result<(), IntakeError> {
        let path = &self.path;
        let failed = |source| IntakeError::Parquet { path: path.clone(), source };
        let mut group = self.writer.next_row_group().map_err(failed)?;
        for chunk in chunks {
            chunk.append_to_row_group(&mut group).map_err(failed)?;
        }
        group.close().map_err(failed)?;
        Ok(())
    }

    pub(super) fn close(self) -> Result<(), IntakeError> {
        let path = self.path;
        self.writer.into_inner().map_err(|source| IntakeError::Parquet { path, source })?;
        Ok(())
    }
}

impl Encoder {
    fn failed(&self, source: ParquetError) -> IntakeError {
        IntakeError::Parquet { path: self.path.clone(), source }
    }

    pub(super) fn encode(&self, output: &Output<'_>, group: &Group) -> Result<Chunks, IntakeError> {
        self.encode_batches(group.number, group.rows, |rows| {
            let records = group.records(rows);
            output.layout.fields.iter().map(|field| array(field, &records, &output.texts.sorted)).collect()
        })
    }

    pub(super) fn encode_rows(&self, output: &Output<'_>, group: &Group) -> Result<Chunks, IntakeError> {
        self.encode_batches(group.number, group.rows, |rows| {
            let first = group.first_row + rows.start;
            row_map_arrays(output, &group.records(rows), first)
        })
    }

    fn encode_batches(
        &self,
        group: usize,
        rows: usize,
        arrays: impl Fn(Range<usize>) -> Result<Vec<ArrayRef>, IntakeError>,
    ) -> Result<Chunks, IntakeError> {
        let mut writers = self.factory.create_column_writers(group).map_err(|error| self.failed(error))?;
        for start in (0..rows).step_by(BATCH) {
            let arrays = arrays(start..rows.min(start + BATCH))?;
            let mut next = writers.iter_mut();
            for (field, array) in self.schema.fields().iter().zip(&arrays) {
                for leaf in compute_leaves(field, array).map_err(|error| self.failed(error))? {
                    let writer = next.next().ok_or(IntakeError::Bug { step: "find a column writer" })?;
                    writer.write(&leaf).map_err(|error| self.failed(error))?;
                }
            }
        }
        writers.into_iter().map(|writer| writer.close().map_err(|error| self.failed(error))).collect()
    }
}

fn settings() -> WriterPropertiesBuilder {
    let level = ZstdLevel::try_new(ZSTD).unwrap_or_default();
    WriterProperties::builder()
        .set_created_by(CREATED_BY.to_owned())
        .set_compression(Compression::ZSTD(level))
        .set_max_row_group_row_count(Some(GROUP))
        .set_write_batch_size(BATCH)
        // Minima and maxima of tokens would tell where a person stands before the file is opened.
        .set_statistics_enabled(EnabledStatistics::None)
        .set_offset_index_disabled(true)
}

fn data_settings(layout: &Layout) -> WriterProperties {
    let mut settings = settings();
    for field in layout.fields.iter().filter(|field| matches!(field.kind, FieldKind::Token)) {
        settings = settings.set_column_dictionary_enabled(ColumnPath::from(field.name.as_str()), false);
    }
    // Every record has a number of its own, so that its token cannot be compressed.
    settings.set_column_compression(ColumnPath::from("record_token"), Compression::UNCOMPRESSED).build()
}

/// The row map is read rarely and holds numbers alone: packed, and not compressed once more.
fn rows_settings(output: &Output<'_>) -> WriterProperties {
    let fact = |key: &str, value: &str| KeyValue::new(key.to_owned(), value.to_owned());
    let mut settings = settings().set_compression(Compression::UNCOMPRESSED).set_dictionary_enabled(false);
    for column in ["row", "source_row"] {
        settings = settings.set_column_encoding(ColumnPath::from(column), Encoding::DELTA_BINARY_PACKED);
    }
    // Few sheets, and a name in every row.
    settings = settings.set_column_dictionary_enabled(ColumnPath::from("sheet"), true);
    // Where there are several, each row names its own.
    let sheet = output.tables.sheets().pop().filter(|_| !output.tables.are_several()).unwrap_or_default();
    settings
        // In the order of tokens, neighbouring numbers have little in common.
        .set_column_encoding(ColumnPath::from("record_number"), Encoding::DELTA_LENGTH_BYTE_ARRAY)
        .set_key_value_metadata(Some(vec![fact("source_digest", output.digest), fact("sheet", &sheet)]))
        .build()
}

/// Which row of the extract each delivered row was, and in which sheet where there are several.
fn rows_schema(output: &Output<'_>) -> SchemaRef {
    let mut fields = vec![
        Field::new("row", DataType::Int64, false),
        Field::new("source_row", DataType::Int64, false),
        Field::new("record_number", DataType::Utf8, true),
    ];
    if output.tables.are_several() {
        fields.push(Field::new("sheet", DataType::Utf8, false));
    }
    Arc::new(Schema::new(fields))
}
