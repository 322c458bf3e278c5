//! A bucket: the models of `pass: bucket`, in order, for the people of one range of slots.

mod kept;
mod plan;
mod source;
mod sources;
mod step_files;
mod worker;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arrow::array::{RecordBatch, RecordBatchOptions};
use arrow::datatypes::SchemaRef;
use arrow::error::ArrowError;
use yilian_engine::{Engine, TableName};

use super::RunError;
use super::contents::Contents;
use super::number_of_buckets::ids_of_bucket;
use super::united::United;
pub(crate) use kept::KeptBucket;
pub(crate) use plan::BucketPlan;
pub(crate) use sources::{Sources, is_about_people};
use worker::{Bucket, Prepared};

/// Where one bucket's tables lie: `folder/<schema>.<table>/<bucket>.parquet`.
pub(crate) fn table_file(folder: &Path, name: &TableName, bucket: usize) -> PathBuf {
    folder.join(name.to_string()).join(format!("{bucket:05}.parquet"))
}

/// Where buckets leave their tables.
#[derive(Debug, Clone)]
pub(crate) struct BucketFolders {
    /// Each bucket has a folder below it.
    pub(crate) below: PathBuf,
    /// Which program, models, contracts and hub key made what is kept there from night to night; `None` where nothing is.
    pub(crate) form: Option<String>,
}

/// A file of a table of one bucket.
#[derive(Debug, Clone)]
pub(crate) struct BucketTable {
    pub(crate) file: PathBuf,
    /// What the rows of the table are; `None` where nobody asked.
    pub(crate) contents: Option<Contents>,
}

/// The tables of one bucket that outlive it; closed months have a file of their own.
pub(crate) type BucketTables = BTreeMap<TableName, Vec<BucketTable>>;

/// Workers of one plan, as many as there were ever buckets at work side by side.
pub(crate) struct BucketWorkers {
    plan: BucketPlan,
    idle: Mutex<Vec<Prepared>>,
}

impl BucketWorkers {
    pub(crate) fn new(plan: BucketPlan) -> Self {
        Self { plan, idle: Mutex::default() }
    }

    /// Lets an idle worker compute `bucket` of so many, and leave the tables that outlive it in its folder; what the next night
    /// will find there is still to be finished.
    pub(crate) async fn run(
        &self,
        engine: &Engine,
        united: &United,
        (bucket, buckets): (u32, u32),
        folders: &BucketFolders,
    ) -> Result<(BucketTables, KeptBucket), RunError> {
        let mut prepared = self.idle().pop().unwrap_or_default();
        let kept = KeptBucket::open(folders.below.join(format!("{bucket:05}")), folders.form.as_deref())?;
        let whose = (united, ids_of_bucket(bucket, buckets));
        let computed = Bucket::new(&self.plan, &mut prepared, engine, whose, kept).compute().await?;
        self.idle().push(prepared);
        Ok(computed)
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Prepared>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Batches under the columns that the plans expect, which may know better than their own whether nulls can occur.
fn under(schema: &SchemaRef, batches: &[RecordBatch]) -> Result<Vec<RecordBatch>, ArrowError> {
    let under = |batch: &RecordBatch| {
        let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
        RecordBatch::try_new_with_options(Arc::clone(schema), batch.columns().to_vec(), &options)
    };
    batches.iter().map(under).collect()
}
