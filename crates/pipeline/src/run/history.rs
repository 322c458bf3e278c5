//! What a publication says, read back.

use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::compute::{cast, concat_batches};
use arrow::datatypes::{Field, SchemaRef};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::RunError;
use crate::publication::Publication;
use crate::store::Store;

/// The columns of `schema` of a published table; no rows if the publication does not have the table.
///
/// # Errors
/// [`RunError`] where a file cannot be read or lacks a column.
pub async fn read_published(
    store: &Store,
    publication: &Publication,
    table: &str,
    schema: &SchemaRef,
) -> Result<RecordBatch, RunError> {
    let mut batches = Vec::new();
    for_each_batch(store, publication, table, schema, |batch| {
        batches.push(batch);
        Ok(())
    })
    .await?;
    concat_batches(schema, &batches).map_err(RunError::arrow(table))
}

/// The same batch by batch, for a table that is large.
pub(crate) async fn for_each_batch(
    store: &Store,
    publication: &Publication,
    table: &str,
    schema: &SchemaRef,
    mut take: impl FnMut(RecordBatch) -> Result<(), RunError>,
) -> Result<(), RunError> {
    for file in publication.tables.get(table).iter().flat_map(|table| &table.files) {
        let content = store.get(&file.path).await?;
        let reader = ParquetRecordBatchReaderBuilder::try_new(content)
            .and_then(ParquetRecordBatchReaderBuilder::build)
            .map_err(RunError::parquet(table))?;
        for batch in reader {
            take(columns(&batch.map_err(RunError::arrow(table))?, schema, table)?)?;
        }
    }
    Ok(())
}

fn columns(batch: &RecordBatch, schema: &SchemaRef, table: &str) -> Result<RecordBatch, RunError> {
    let column = |field: &Arc<Field>| {
        let index = batch.schema_ref().index_of(field.name())?;
        cast(batch.column(index), field.data_type())
    };
    let columns = schema.fields().iter().map(column).collect::<Result<Vec<_>, _>>();
    columns.and_then(|columns| RecordBatch::try_new(Arc::clone(schema), columns)).map_err(RunError::arrow(table))
}
