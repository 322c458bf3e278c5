//! Rows without a valid ID number: linked by name where one person alone bears it (`design.md` 5.3).
//!
//! Done on every run and never kept: a name can become known, or ambiguous, with any later delivery.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Int32Array, Int64Array, RecordBatch, StringViewArray};
use arrow::compute::{SortOptions, concat_batches, sort_to_indices, take_record_batch};
use arrow::datatypes::SchemaRef;
use arrow::error::ArrowError;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use yilian_token::Token;

use super::RunError;
use super::name_spine::{Bearer, NameSpine};
use super::table_file::{Packing, TableWriter};

/// The grade of a row that was linked by its name.
const GRADE: &str = "name";

/// Writes the rows of unnumbered `files` to `file` with the columns of `schema`, in order of person; those that nobody
/// could be linked to come last, with neither person nor grade.
pub(crate) fn link(files: &[PathBuf], schema: &SchemaRef, names: &NameSpine, file: &Path) -> Result<(), RunError> {
    let failed = || RunError::arrow("unnumbered rows");
    let mut linked = Vec::new();
    for file in files {
        let open = File::open(file).map_err(RunError::io("read", file))?;
        let reader = ParquetRecordBatchReaderBuilder::try_new(open)
            .and_then(ParquetRecordBatchReaderBuilder::build)
            .map_err(RunError::parquet("unnumbered rows"))?;
        for batch in reader {
            linked.push(batch.and_then(|batch| with_person(&batch, schema, names)).map_err(failed())?);
        }
    }
    let rows = concat_batches(schema, &linked).map_err(failed())?;
    let nulls_last = SortOptions { descending: false, nulls_first: false };
    let rows = schema
        .index_of("person_id")
        .and_then(|person_id| sort_to_indices(rows.column(person_id), Some(nulls_last), None))
        .and_then(|order| take_record_batch(&rows, &order))
        .map_err(failed())?;
    let sink = File::create(file).map_err(RunError::io("create", file))?;
    let mut writer = TableWriter::new(sink, schema, Packing::Vault, "unnumbered rows")?;
    writer.write(rows)?;
    writer.finish().map(|_| ())
}

fn with_person(batch: &RecordBatch, schema: &SchemaRef, names: &NameSpine) -> Result<RecordBatch, ArrowError> {
    let tokens = batch.column_by_name("name_token").and_then(|column| column.as_fixed_size_binary_opt());
    let bearers: Vec<Option<Bearer>> = (0..batch.num_rows())
        .map(|row| {
            let token = tokens.filter(|tokens| tokens.is_valid(row))?.value(row);
            names.only_bearer(&Token::try_from(token).ok()?)
        })
        .collect();
    let bearers = || bearers.iter().map(Option::as_ref);
    let column = |name: &str| -> Result<ArrayRef, ArrowError> {
        Ok(match name {
            "person_id" => {
                Arc::new(bearers().map(|bearer| bearer.map(|bearer| bearer.person_id)).collect::<Int64Array>())
            }
            "name_ordinal" => {
                Arc::new(bearers().map(|bearer| bearer.map(|bearer| bearer.ordinal)).collect::<Int32Array>())
            }
            "link_grade" => Arc::new(bearers().map(|bearer| bearer.map(|_| GRADE)).collect::<StringViewArray>()),
            kept => Arc::clone(batch.column(batch.schema_ref().index_of(kept)?)),
        })
    };
    let columns = schema.fields().iter().map(|field| column(field.name())).collect::<Result<_, _>>()?;
    RecordBatch::try_new(Arc::clone(schema), columns)
}
