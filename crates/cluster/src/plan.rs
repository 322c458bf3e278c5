//! The operator that computes buckets, and the plan of a job.

use std::fmt;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, AsArray, RecordBatch, UInt32Array};
use datafusion::arrow::datatypes::UInt32Type;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{exec_err, internal_err};
use datafusion::datasource::memory::MemorySourceConfig;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{
    ChildrenPropertiesMode, DisplayAs, DisplayFormatType, ExecutionPlan, PhysicalExpr, PlanProperties,
    ReplaceChildrenOptions,
};
use futures::TryStreamExt;
use yilian_pipeline::run::{BucketJob, RunError, Workshop};

/// Computes the bucket of each number that it reads, and passes the number on once the bucket's tables are stored.
///
/// It has a child, where a leaf would do, because the scheduler cuts a stage into tasks at its leaves and knows only those
/// of DataFusion: each task of a leaf of ours would compute all buckets.
#[derive(Debug)]
pub(crate) struct BucketTablesExec {
    job: BucketJob,
    numbers: Arc<dyn ExecutionPlan>,
    /// Where buckets are computed; `None` where plans are only made and handed on.
    workshop: Option<Arc<Workshop>>,
}

/// The plan of a job: one partition for each bucket.
pub(crate) fn plan_of(job: &BucketJob) -> Result<Arc<dyn ExecutionPlan>> {
    let number = |bucket: u32| {
        let column: ArrayRef = Arc::new(UInt32Array::from(vec![bucket]));
        Ok(vec![RecordBatch::try_from_iter([("bucket", column)])?])
    };
    let partitions = (0..job.buckets()).map(number).collect::<Result<Vec<_>>>()?;
    let schema = match partitions.first().and_then(|batches| batches.first()) {
        Some(batch) => batch.schema(),
        None => return internal_err!("a job has no bucket"),
    };
    let numbers = MemorySourceConfig::try_new_exec(&partitions, schema, None)?;
    Ok(Arc::new(BucketTablesExec::new(job.clone(), numbers, None)))
}

impl BucketTablesExec {
    pub(crate) fn new(job: BucketJob, numbers: Arc<dyn ExecutionPlan>, workshop: Option<Arc<Workshop>>) -> Self {
        Self { job, numbers, workshop }
    }

    pub(crate) fn job(&self) -> &BucketJob {
        &self.job
    }
}

impl DisplayAs for BucketTablesExec {
    fn fmt_as(&self, _: DisplayFormatType, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "BucketTablesExec: {} buckets", self.job.buckets())
    }
}

impl ExecutionPlan for BucketTablesExec {
    fn name(&self) -> &'static str {
        "BucketTablesExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        self.numbers.properties()
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.numbers]
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn replace_children(
        self: Arc<Self>,
        children: Vec<Arc<dyn ExecutionPlan>>,
        _: ReplaceChildrenOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let [numbers] = children.as_slice() else {
            return internal_err!("BucketTablesExec has one child");
        };
        Ok(Arc::new(Self::new(self.job.clone(), Arc::clone(numbers), self.workshop.clone())))
    }

    fn with_new_children(self: Arc<Self>, children: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        self.replace_children(children, ReplaceChildrenOptions::new(ChildrenPropertiesMode::Recompute))
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let Some(workshop) = self.workshop.clone() else {
            return exec_err!("buckets are computed by executors alone");
        };
        let job = self.job.clone();
        let computed = self.numbers.execute(partition, context)?.and_then(move |numbers| {
            let (workshop, job) = (Arc::clone(&workshop), job.clone());
            async move {
                for bucket in buckets(&numbers)? {
                    workshop.compute(&job, bucket).await.map_err(|error| failed(bucket, &error))?;
                }
                Ok(numbers)
            }
        });
        Ok(Box::pin(RecordBatchStreamAdapter::new(self.schema(), computed)))
    }
}

fn buckets(numbers: &RecordBatch) -> Result<Vec<u32>> {
    let column = numbers.columns().first().and_then(|column| column.as_primitive_opt::<UInt32Type>());
    column.map_or_else(
        || internal_err!("the numbers of buckets are not where they are expected"),
        |column| Ok(column.values().to_vec()),
    )
}

/// An error goes to the hub as text, with all its causes.
fn failed(bucket: u32, error: &RunError) -> DataFusionError {
    let mut text = format!("bucket {bucket}: {error}");
    let mut cause = std::error::Error::source(error);
    while let Some(source) = cause {
        text = format!("{text}: {source}");
        cause = source.source();
    }
    DataFusionError::Execution(text)
}
