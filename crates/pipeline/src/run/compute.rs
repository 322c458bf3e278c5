//! A model over all people: computed to a file, put in order, readable in a session.

use std::fs::{self, File};
use std::path::Path;
use std::slice;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::compute::concat_batches;
use arrow::datatypes::SchemaRef;
use datafusion::dataframe::DataFrame;
use datafusion::prelude::SessionContext;
use futures::StreamExt;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use yilian_engine::{TableName, register_parquet, register_view};

use super::RunError;
use super::model::{KeptAs, Model};
use super::table_file::{Packing, ROWS_AT_ONCE, TableWriter};

/// Makes one model readable in a session from `file`: a table of all people may be large.
///
/// It is put in order once it is there: joins share the memory limit with a sort beside them, and cannot spill.
pub(crate) async fn compute_to_file(session: &SessionContext, model: &Model, file: &Path) -> Result<(), RunError> {
    let TableName { schema, table } = &model.name;
    if model.kept_as == KeptAs::View {
        return view(session, model).await;
    }
    if !model.has_order() {
        write(rows(session, model).await?, model, file).await?;
        return Ok(register_parquet(session, schema, table, &[file.to_owned()]).await?);
    }
    let unordered = file.with_extension("unordered.parquet");
    write(rows(session, model).await?, model, &unordered).await?;
    register_parquet(session, schema, table, slice::from_ref(&unordered)).await?;
    let rows = session.table(model.name.to_string()).await.and_then(|rows| rows.sort(model.order()));
    write(rows.map_err(RunError::query(&model.name))?, model, file).await?;
    session.deregister_table(model.name.to_string()).map_err(RunError::query(&model.name))?;
    fs::remove_file(&unordered).map_err(RunError::io("remove", &unordered))?;
    Ok(register_parquet(session, schema, table, &[file.to_owned()]).await?)
}

/// Writes rows as they come.
async fn write(rows: DataFrame, model: &Model, file: &Path) -> Result<(), RunError> {
    let mut stream = rows.execute_stream().await.map_err(RunError::query(&model.name))?;
    let mut writer = begin(file, &stream.schema(), model)?;
    while let Some(batch) = stream.next().await {
        writer.write(batch.map_err(RunError::query(&model.name))?)?;
    }
    writer.finish()?;
    Ok(())
}

/// Makes a model readable as it is, computed anew by each reader.
pub(crate) async fn view(session: &SessionContext, model: &Model) -> Result<(), RunError> {
    Ok(register_view(session, &model.name.schema, &model.name.table, rows(session, model).await?)?)
}

async fn rows(session: &SessionContext, model: &Model) -> Result<DataFrame, RunError> {
    session.sql(&model.query).await.map_err(RunError::query(&model.name))
}

pub(crate) fn begin(file: &Path, schema: &SchemaRef, model: &Model) -> Result<TableWriter<File>, RunError> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).map_err(RunError::io("create", folder))?;
    }
    let sink = File::create(file).map_err(RunError::io("create", file))?;
    TableWriter::new(sink, schema, Packing::Vault, &model.name.to_string())
}

/// All rows of one file of a table, for tables of cells and other small ones.
pub(crate) fn read_all(file: &Path, name: &TableName) -> Result<RecordBatch, RunError> {
    let (schema, batches) = read_batches(file, name)?;
    concat_batches(&schema, &batches).map_err(RunError::arrow(name.to_string()))
}

/// The same in the batches in which they are read.
pub(crate) fn read_batches(file: &Path, name: &TableName) -> Result<(SchemaRef, Vec<RecordBatch>), RunError> {
    let open = File::open(file).map_err(RunError::io("read", file))?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(open).map_err(RunError::parquet(name.to_string()))?;
    let schema = Arc::clone(builder.schema());
    let reader = builder.with_batch_size(ROWS_AT_ONCE).build().map_err(RunError::parquet(name.to_string()))?;
    let batches = reader.collect::<Result<Vec<_>, _>>().map_err(RunError::arrow(name.to_string()))?;
    Ok((schema, batches))
}
