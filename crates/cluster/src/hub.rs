//! The hub's side: a job is handed to the scheduler, which divides its buckets among the executors.

use async_trait::async_trait;
use ballista_core::config::{BALLISTA_CLIENT_PULL, BALLISTA_SCHEDULER_MAX_PARTITIONS_PER_TASK};
use ballista_core::execution_plans::execute_physical_plan;
use ballista_core::extension::SessionConfigExt;
use datafusion::error::DataFusionError;
use datafusion::prelude::SessionConfig;
use datafusion_proto::protobuf::PhysicalPlanNode;
use yilian_pipeline::run::{BucketJob, BucketRunner, RunError};

use crate::ClusterError;
use crate::codec::JobCodec;
use crate::plan::plan_of;

/// Hands buckets to the executors of a Ballista scheduler.
#[derive(Debug, Clone)]
pub struct BallistaRunner {
    scheduler: String,
}

impl BallistaRunner {
    /// The scheduler at `df://HOST:PORT`; nobody is asked yet whether it is there.
    ///
    /// # Errors
    /// [`ClusterError::Address`].
    pub fn new(url: &str) -> Result<Self, ClusterError> {
        let address = url.strip_prefix("df://").and_then(host_and_port);
        let (host, port) = address.ok_or_else(|| ClusterError::Address { text: url.to_owned() })?;
        Ok(Self { scheduler: format!("http://{host}:{port}") })
    }
}

/// `HOST:PORT` in two; an IPv6 address stands in brackets.
pub(crate) fn host_and_port(text: &str) -> Option<(&str, u16)> {
    let (host, port) = text.trim_end_matches('/').rsplit_once(':')?;
    let is_host = !host.is_empty() && !host.contains('/');
    Some((host, port.parse().ok()?)).filter(|_| is_host)
}

#[async_trait]
impl BucketRunner for BallistaRunner {
    async fn run(&self, job: &BucketJob) -> Result<(), RunError> {
        let failed = |source: DataFusionError| RunError::Cluster { source: Box::new(source) };
        // A task is one bucket, so that a lost executor costs the buckets it was at. The hub asks how the job stands, for
        // then it need not be reached from outside, and does not fetch the numbers that come out.
        let session = SessionConfig::new_with_ballista()
            .set_usize(BALLISTA_SCHEDULER_MAX_PARTITIONS_PER_TASK, 1)
            .set_bool(BALLISTA_CLIENT_PULL, true);
        let (config, codec) = (session.ballista_config(), JobCodec::default());
        let (scheduler, plan, name) = (self.scheduler.clone(), plan_of(job).map_err(failed)?, job.name().to_owned());
        let ended = execute_physical_plan::<PhysicalPlanNode>(scheduler, &config, plan, &codec, name, session);
        ended.await.map(drop).map_err(failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scheduler_is_named_by_host_and_port() {
        assert_eq!(BallistaRunner::new("df://hub.example:50050").unwrap().scheduler, "http://hub.example:50050");
        assert_eq!(BallistaRunner::new("df://[::1]:50050/").unwrap().scheduler, "http://[::1]:50050");
        for wrong in ["hub.example:50050", "df://hub.example", "df://:50050", "df://hub/x:1", "http://hub:1"] {
            assert!(BallistaRunner::new(wrong).is_err(), "{wrong}");
        }
    }
}
