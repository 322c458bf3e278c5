//! What the hub lays out for a cluster: the tables that bucket models read, the models, and who stands under which id.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;

use arrow::compute::concat_batches;
use datafusion::catalog::TableProvider;
use datafusion::prelude::{col, lit};
use futures::StreamExt;
use yilian_engine::{TableName, parquet_files};

use super::super::bucket::{Sources, is_about_people};
use super::super::ledger::write_batch;
use super::super::model::Pass;
use super::super::number_of_buckets::ids_of_bucket;
use super::super::table_file::{Packing, TableWriter};
use super::super::united::United;
use super::super::{Night, RunError};
use super::job::{BucketJob, Description, SourceTable, StoredFile};
use super::refuse_tokens;
use crate::progress::Progress;
use crate::store::Store;

/// Lays out a job of so many buckets.
pub(super) async fn lay_out(
    night: &Night<'_>,
    storage: &Store,
    (sources, united): (&Sources, &United),
    (buckets, progress): (u32, &dyn Progress),
) -> Result<BucketJob, RunError> {
    let graph = &night.definition.graph;
    let read: BTreeSet<&TableName> = graph.of_pass(Pass::Bucket).flat_map(|model| &model.reads).collect();
    let tables: Vec<_> = sources.tables().filter(|(name, _)| read.contains(name)).collect();
    progress.start("lay the rows out for the cluster", Some(tables.len() as u64));
    let job = BucketJob::begin(night.inputs, buckets)?;
    let mut laid_out = Vec::new();
    for (name, table) in tables {
        let schema = table.schema();
        refuse_tokens(name, schema.fields().iter().map(|field| field.name().as_str()))?;
        let mut files = Vec::new();
        for (number, file) in files_of(night, (name, table), buckets).await?.iter().enumerate() {
            let path = job.source(name, number);
            let sha256 = storage.put_file(&path, file).await?;
            files.push(StoredFile { path, sha256 });
        }
        laid_out.push(SourceTable { name: name.clone(), files });
        progress.advance(1);
    }
    let files: usize = laid_out.iter().map(|table| table.files.len()).sum();
    let job = job.describe(storage, &Description::new(laid_out, graph.of_buckets(), united)).await?;
    progress.finish(&format!("{files} files"));
    Ok(job)
}

/// One file of a table about people, in which those of a bucket stand together: a machine then asks the storage a few times
/// and not once for each delivery. The files of any other table; rows in memory are written to one first.
async fn files_of(
    night: &Night<'_>,
    (name, table): (&TableName, &Arc<dyn TableProvider>),
    buckets: u32,
) -> Result<Vec<PathBuf>, RunError> {
    match parquet_files(table.as_ref()) {
        Some(files) if files.len() > 1 && is_about_people(table) => {
            Ok(vec![by_bucket(night, (name, table), buckets).await?])
        }
        Some(files) => Ok(files),
        None => {
            let rows = night.engine.session().read_table(Arc::clone(table)).map_err(RunError::query(name))?;
            let batches = rows.collect().await.map_err(RunError::query(name))?;
            let rows = concat_batches(&table.schema(), &batches).map_err(RunError::arrow(name.to_string()))?;
            Ok(vec![write_batch(night.work.path(), name, &rows)?])
        }
    }
}

async fn by_bucket(
    night: &Night<'_>,
    (name, table): (&TableName, &Arc<dyn TableProvider>),
    buckets: u32,
) -> Result<PathBuf, RunError> {
    let file = night.work.path().join(format!("{name}.by_bucket.parquet"));
    let sink = File::create(&file).map_err(RunError::io("create", &file))?;
    let schema = table.schema();
    let mut writer = TableWriter::new(sink, &schema, Packing::Vault, &name.to_string())?;
    let session = night.engine.session();
    for bucket in 0..buckets {
        let (from, until) = ids_of_bucket(bucket, buckets);
        let of_bucket = col("person_id").gt_eq(lit(from)).and(col("person_id").lt(lit(until)));
        let rows = session.read_table(Arc::clone(table)).and_then(|rows| rows.filter(of_bucket));
        let mut rows = rows.map_err(RunError::query(name))?.execute_stream().await.map_err(RunError::query(name))?;
        while let Some(batch) = rows.next().await {
            let batch = batch.map_err(RunError::query(name))?.with_schema(Arc::clone(&schema));
            writer.write(batch.map_err(RunError::arrow(name.to_string()))?)?;
        }
    }
    writer.finish()?;
    Ok(file)
}
