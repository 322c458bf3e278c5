//! What the previous publication says: flags that were given ids, and answers with the months they were given for.

use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::compute::{cast, concat_batches};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::{RunError, overlap};
use crate::publication::Publication;
use crate::store::Store;

/// Tables of the previous publication that the next run goes on from; without rows before the first publication.
pub(crate) struct History {
    pub(crate) flag_record: RecordBatch,
    pub(crate) answer: RecordBatch,
}

impl History {
    /// The history before the first publication.
    pub(crate) fn none() -> Result<Self, RunError> {
        let flag_record = overlap::record_table(&[])?;
        Ok(Self { flag_record, answer: RecordBatch::new_empty(answer_schema()) })
    }

    /// The history that a publication holds.
    pub(crate) async fn of(store: &Store, previous: Option<&Publication>) -> Result<Self, RunError> {
        let none = Self::none()?;
        let Some(previous) = previous else { return Ok(none) };
        Ok(Self {
            flag_record: read(store, previous, "hub.flag_record", &none.flag_record.schema()).await?,
            answer: read(store, previous, "hub.answer", &none.answer.schema()).await?,
        })
    }
}

/// Of `hub.answer`, what the next run needs to know.
fn answer_schema() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new("flag_id", DataType::Int64, true),
        Field::new("delivery_id", DataType::Utf8, true),
        Field::new("row", DataType::Int64, true),
        Field::new("from_month", DataType::Date32, true),
        Field::new("until_month", DataType::Date32, true),
    ]))
}

/// The columns of `schema` of a published table; no rows if the publication does not have the table.
pub(crate) async fn read(
    store: &Store,
    publication: &Publication,
    table: &str,
    schema: &SchemaRef,
) -> Result<RecordBatch, RunError> {
    let mut batches = Vec::new();
    for file in publication.tables.get(table).iter().flat_map(|table| &table.files) {
        let content = store.get(&file.path).await?;
        let reader = ParquetRecordBatchReaderBuilder::try_new(content)
            .and_then(ParquetRecordBatchReaderBuilder::build)
            .map_err(RunError::parquet(table))?;
        for batch in reader {
            batches.push(columns(&batch.map_err(RunError::arrow(table))?, schema, table)?);
        }
    }
    concat_batches(schema, &batches).map_err(RunError::arrow(table))
}

fn columns(batch: &RecordBatch, schema: &SchemaRef, table: &str) -> Result<RecordBatch, RunError> {
    let column = |field: &Arc<Field>| {
        let index = batch.schema_ref().index_of(field.name())?;
        cast(batch.column(index), field.data_type())
    };
    let columns = schema.fields().iter().map(column).collect::<Result<Vec<_>, _>>();
    columns.and_then(|columns| RecordBatch::try_new(Arc::clone(schema), columns)).map_err(RunError::arrow(table))
}
