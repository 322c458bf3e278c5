//! How the plan of a job travels: our operator as the name of its job, all others as Ballista writes them.

use std::sync::Arc;

use ballista_core::serde::BallistaPhysicalExtensionCodec;
use datafusion::common::internal_err;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::TaskContext;
use datafusion::physical_plan::ExecutionPlan;
use datafusion_proto::physical_plan::{PhysicalExtensionCodec, PhysicalProtoConverterExtension};
use yilian_pipeline::run::{BucketJob, Workshop};

use crate::plan::BucketTablesExec;

/// What our operator begins with; no message of Ballista does.
const MARK: &[u8] = b"yilian bucket tables\n";

/// Writes and reads plans of jobs.
#[derive(Debug, Default)]
pub(crate) struct JobCodec {
    ballista: BallistaPhysicalExtensionCodec,
    /// Where the plans that are read compute their buckets; `None` if they never do.
    workshop: Option<Arc<Workshop>>,
}

impl JobCodec {
    pub(crate) fn of_executor(workshop: Arc<Workshop>) -> Self {
        Self { ballista: BallistaPhysicalExtensionCodec::default(), workshop: Some(workshop) }
    }
}

impl PhysicalExtensionCodec for JobCodec {
    fn try_decode(
        &self,
        buf: &[u8],
        inputs: &[Arc<dyn ExecutionPlan>],
        context: &TaskContext,
        converter: &dyn PhysicalProtoConverterExtension,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let Some(job) = buf.strip_prefix(MARK) else {
            return self.ballista.try_decode(buf, inputs, context, converter);
        };
        let [numbers] = inputs else {
            return internal_err!("the plan of a job has one input");
        };
        let job: BucketJob = serde_json::from_slice(job).map_err(|_| unreadable())?;
        Ok(Arc::new(BucketTablesExec::new(job, Arc::clone(numbers), self.workshop.clone())))
    }

    fn try_encode(
        &self,
        node: Arc<dyn ExecutionPlan>,
        buf: &mut Vec<u8>,
        converter: &dyn PhysicalProtoConverterExtension,
    ) -> Result<()> {
        let Some(tables) = node.downcast_ref::<BucketTablesExec>() else {
            return self.ballista.try_encode(node, buf, converter);
        };
        buf.extend_from_slice(MARK);
        serde_json::to_writer(buf, tables.job()).map_err(|_| unreadable())
    }
}

fn unreadable() -> DataFusionError {
    DataFusionError::Internal("the name of a job cannot be read".to_owned())
}

#[cfg(test)]
mod tests {
    use ballista_core::execution_plans::ShuffleWriterExec;
    use datafusion::physical_plan::{ExecutionPlanProperties, displayable};
    use datafusion_proto::physical_plan::AsExecutionPlan;
    use datafusion_proto::protobuf::PhysicalPlanNode;

    use super::*;
    use crate::plan::plan_of;

    fn job() -> BucketJob {
        let digest = "ab".repeat(32);
        serde_json::from_value(serde_json::json!({ "inputs": digest, "digest": digest, "buckets": 5 })).unwrap()
    }

    fn there_and_back(plan: Arc<dyn ExecutionPlan>) -> Arc<dyn ExecutionPlan> {
        let codec = JobCodec::default();
        let mut sent = Vec::new();
        PhysicalPlanNode::try_from_physical_plan(plan, &codec).unwrap().try_encode(&mut sent).unwrap();
        let received = PhysicalPlanNode::try_decode(&sent).unwrap();
        received.try_into_physical_plan(&TaskContext::default(), &codec).unwrap()
    }

    fn text(plan: &Arc<dyn ExecutionPlan>) -> String {
        displayable(plan.as_ref()).indent(true).to_string()
    }

    #[test]
    fn the_plan_of_a_job_arrives_as_it_was_sent() {
        let plan = plan_of(&job()).unwrap();
        let received = there_and_back(Arc::clone(&plan));
        assert_eq!(text(&received), text(&plan));
        assert_eq!(received.output_partitioning().partition_count(), 5);
        assert_eq!(received.downcast_ref::<BucketTablesExec>().unwrap().job(), &job());
    }

    #[test]
    fn so_does_a_stage_of_ballista_around_it() {
        let plan = plan_of(&job()).unwrap();
        let stage = ShuffleWriterExec::try_new("job".to_owned().into(), 1, plan, String::new()).unwrap();
        let stage: Arc<dyn ExecutionPlan> = Arc::new(stage);
        assert_eq!(text(&there_and_back(Arc::clone(&stage))), text(&stage));
    }

    #[test]
    fn where_there_is_no_workshop_no_bucket_is_computed() {
        let error = plan_of(&job()).unwrap().execute(0, Arc::default()).err().unwrap();
        assert!(error.to_string().contains("by executors alone"), "{error}");
    }
}
