//! A bucket: the models of `pass: bucket`, in order, for the people of one range of slots.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use datafusion::catalog::TableProvider;
use datafusion::dataframe::DataFrame;
use datafusion::prelude::SessionContext;
use futures::{StreamExt, TryStreamExt};
use yilian_engine::{Engine, TableName, register_parquet, register_provider, register_rows, register_view};

use super::RunError;
use super::model::{KeptAs, Model, ModelGraph, Pass};
use super::order::in_order;
use super::table_file::{Packing, TableWriter};
use super::united::United;

/// Tables that exist before any model: staged datasets and reference tables.
#[derive(Clone, Default)]
pub(crate) struct Sources {
    tables: Vec<(TableName, Arc<dyn TableProvider>)>,
}

impl Sources {
    pub(crate) fn add(&mut self, name: TableName, provider: Arc<dyn TableProvider>) {
        self.tables.push((name, provider));
    }

    pub(crate) fn register_all(&self, session: &SessionContext) -> Result<(), RunError> {
        for (name, provider) in &self.tables {
            register_provider(session, name, Arc::clone(provider))?;
        }
        Ok(())
    }

    /// Registers every table, of those with a `person_id` the rows that stand under one of `ids`.
    fn register_people(&self, session: &SessionContext, united: &United, ids: (i64, i64)) -> Result<(), RunError> {
        for (name, provider) in &self.tables {
            if provider.schema().index_of("person_id").is_err() {
                register_provider(session, name, Arc::clone(provider))?;
                continue;
            }
            let people = session
                .read_table(Arc::clone(provider))
                .and_then(|table| united.rows_of(table, ids))
                .map_err(RunError::query(name))?;
            register_view(session, &name.schema, &name.table, people)?;
        }
        Ok(())
    }
}

/// Where one bucket's tables lie: `folder/<schema>.<table>/<bucket>.parquet`.
pub(crate) fn table_file(folder: &Path, name: &TableName, bucket: usize) -> PathBuf {
    folder.join(name.to_string()).join(format!("{bucket:05}.parquet"))
}

/// Computes the bucket models for the people with ids in `ids`, and writes the tables that outlive it below `folder`.
pub(crate) async fn run_bucket(
    engine: &Engine,
    (sources, united): (&Sources, &United),
    graph: &ModelGraph,
    (bucket, ids): (usize, (i64, i64)),
    folder: &Path,
) -> Result<(), RunError> {
    let session = engine.session();
    sources.register_people(&session, united, ids)?;
    for model in graph.of_pass(Pass::Bucket) {
        compute(&session, model, &table_file(folder, &model.name, bucket)).await?;
    }
    Ok(())
}

/// Makes one model readable in a bucket's session from memory; a table that outlives the bucket is also written to `file`.
///
/// A bucket fits into memory, and most of its tables are read several times.
async fn compute(session: &SessionContext, model: &Model, file: &Path) -> Result<(), RunError> {
    let Some(rows) = planned(session, model).await? else { return Ok(()) };
    let stream = rows.execute_stream().await.map_err(RunError::query(&model.name))?;
    let schema = stream.schema();
    let mut held: Vec<RecordBatch> = stream.try_collect().await.map_err(RunError::query(&model.name))?;
    if model.has_order() {
        held = in_order(&held, &schema, &model.grain).map_err(RunError::arrow(model.name.to_string()))?;
    }
    if model.kept_as == KeptAs::Table {
        let mut writer = begin(file, &schema, model)?;
        for batch in &held {
            writer.write(batch.clone())?;
        }
        writer.finish()?;
    }
    Ok(register_rows(session, &model.name, schema, held)?)
}

/// Makes one model readable in a session from `file`: a table of all people may be large.
pub(crate) async fn compute_to_file(session: &SessionContext, model: &Model, file: &Path) -> Result<(), RunError> {
    let Some(mut rows) = planned(session, model).await? else { return Ok(()) };
    if model.has_order() {
        rows = rows.sort(model.order()).map_err(RunError::query(&model.name))?;
    }
    let mut stream = rows.execute_stream().await.map_err(RunError::query(&model.name))?;
    let mut writer = begin(file, &stream.schema(), model)?;
    while let Some(batch) = stream.next().await {
        writer.write(batch.map_err(RunError::query(&model.name))?)?;
    }
    writer.finish()?;
    Ok(register_parquet(session, &model.name.schema, &model.name.table, &[file.to_owned()]).await?)
}

/// The rows of a model that are to be computed; `None` for a view, which is made readable as it is.
async fn planned(session: &SessionContext, model: &Model) -> Result<Option<DataFrame>, RunError> {
    let rows = session.sql(&model.query).await.map_err(RunError::query(&model.name))?;
    if model.kept_as == KeptAs::View {
        register_view(session, &model.name.schema, &model.name.table, rows)?;
        return Ok(None);
    }
    Ok(Some(rows))
}

fn begin(file: &Path, schema: &SchemaRef, model: &Model) -> Result<TableWriter<File>, RunError> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).map_err(RunError::io("create", folder))?;
    }
    let sink = File::create(file).map_err(RunError::io("create", file))?;
    TableWriter::new(sink, schema, Packing::Vault, &model.name.to_string())
}
