//! What an executor runs: the plan of a job and nothing else. Whoever reaches the scheduler may send it any plan.

use std::any::Any;
use std::sync::Arc;

use ballista_core::JobId;
use ballista_core::execution_plans::ShuffleWriterExec;
use ballista_executor::execution_engine::{DefaultExecutionEngine, ExecutionEngine, QueryStageExecutor};
use datafusion::common::plan_err;
use datafusion::datasource::memory::MemorySourceConfig;
use datafusion::datasource::source::DataSourceExec;
use datafusion::error::Result;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::prelude::SessionConfig;

use crate::plan::BucketTablesExec;

/// Runs a stage that writes the numbers of buckets whose tables it computes, and refuses any other.
pub(crate) struct OnlyBuckets(DefaultExecutionEngine);

impl OnlyBuckets {
    pub(crate) fn new() -> Self {
        Self(DefaultExecutionEngine::new())
    }
}

impl ExecutionEngine for OnlyBuckets {
    fn create_query_stage_exec(
        &self,
        job_id: JobId,
        stage_id: usize,
        task_id: usize,
        global_output_partition_ids: Vec<usize>,
        plan: Arc<dyn ExecutionPlan>,
        work_dir: &str,
        config: &SessionConfig,
    ) -> Result<Arc<dyn QueryStageExecutor>> {
        if !is_of_a_job(&plan) {
            return plan_err!("an executor of a hub computes buckets and nothing else");
        }
        self.0.create_query_stage_exec(job_id, stage_id, task_id, global_output_partition_ids, plan, work_dir, config)
    }
}

fn is_of_a_job(stage: &Arc<dyn ExecutionPlan>) -> bool {
    let only_child = |plan: &Arc<dyn ExecutionPlan>| match plan.children().as_slice() {
        [child] => Some(Arc::clone(child)),
        _ => None,
    };
    let tables = Some(stage).filter(|plan| plan.is::<ShuffleWriterExec>()).and_then(only_child);
    let numbers = tables.filter(|plan| plan.is::<BucketTablesExec>()).as_ref().and_then(only_child);
    numbers.is_some_and(|plan| {
        plan.downcast_ref::<DataSourceExec>().is_some_and(|numbers| {
            let source: &dyn Any = numbers.data_source().as_ref();
            source.is::<MemorySourceConfig>()
        })
    })
}

#[cfg(test)]
mod tests {
    use datafusion::arrow::datatypes::Schema;
    use datafusion::physical_plan::empty::EmptyExec;
    use datafusion::physical_plan::replace_children_if_necessary;

    use super::*;
    use crate::plan::plan_of;

    fn stage(plan: Arc<dyn ExecutionPlan>) -> Arc<dyn ExecutionPlan> {
        Arc::new(ShuffleWriterExec::try_new("job".to_owned().into(), 1, plan, String::new()).unwrap())
    }

    #[test]
    fn a_plan_that_is_not_of_a_job_is_refused() {
        let digest = "ab".repeat(32);
        let job = serde_json::json!({ "inputs": digest, "digest": digest, "buckets": 2 });
        let plan = plan_of(&serde_json::from_value(job).unwrap()).unwrap();
        assert!(is_of_a_job(&stage(Arc::clone(&plan))));
        let empty: Arc<dyn ExecutionPlan> = Arc::new(EmptyExec::new(Arc::new(Schema::empty())));
        let over_another = replace_children_if_necessary(Arc::clone(&plan), vec![Arc::clone(&empty)]).unwrap();
        for other in [stage(Arc::clone(&empty)), stage(over_another), plan, empty] {
            assert!(!is_of_a_job(&other), "{other:?}");
        }
    }
}
