//! The scheduler: it knows which executors live and which buckets are not done.

use std::net::SocketAddr;
use std::sync::Arc;

use ballista_core::config::TaskSchedulingPolicy;
use ballista_scheduler::cluster::BallistaCluster;
use ballista_scheduler::config::SchedulerConfig;
use ballista_scheduler::scheduler_process::{create_scheduler, start_grpc_service_with_listener};
use datafusion_proto::protobuf::{LogicalPlanNode, PhysicalPlanNode};
use futures::future::{Either, select};
use tokio::net::TcpListener;

use crate::ClusterError;
use crate::codec::JobCodec;

/// How often the scheduler looks for executors that have been silent too long.
const LOOK_EVERY_SECONDS: u64 = 1;

/// A scheduler that listens and does not answer yet.
#[derive(Debug)]
pub struct Scheduler {
    listener: TcpListener,
    address: SocketAddr,
    executor_timeout_seconds: u64,
}

impl Scheduler {
    /// Listens at `address`, host and port; an executor that is silent for so many seconds is lost, and others get its
    /// buckets. A busy one is heard every five seconds.
    ///
    /// # Errors
    /// [`ClusterError::Listen`].
    pub async fn bind(address: &str, executor_timeout_seconds: u64) -> Result<Self, ClusterError> {
        let failed = |source| ClusterError::Listen { address: address.to_owned(), source };
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        Ok(Self { listener, address, executor_timeout_seconds })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Works until it is told to stop.
    ///
    /// # Errors
    /// [`ClusterError::Ballista`].
    pub async fn serve(self, stop: impl Future<Output = ()>) -> Result<(), ClusterError> {
        let config = SchedulerConfig {
            bind_host: self.address.ip().to_string(),
            bind_port: self.address.port(),
            scheduling_policy: TaskSchedulingPolicy::PullStaged,
            executor_timeout_seconds: self.executor_timeout_seconds,
            expire_dead_executor_interval_seconds: LOOK_EVERY_SECONDS,
            no_executors_grace_period_seconds: self.executor_timeout_seconds,
            override_physical_codec: Some(Arc::new(JobCodec::default())),
            ..SchedulerConfig::default()
        };
        let cluster = BallistaCluster::new_from_config(&config).await.map_err(ClusterError::ballista)?;
        let scheduler = create_scheduler::<LogicalPlanNode, PhysicalPlanNode>(cluster, Arc::new(config));
        let scheduler = scheduler.await.map_err(ClusterError::ballista)?;
        let serving = start_grpc_service_with_listener(self.listener, scheduler);
        match select(Box::pin(serving), Box::pin(stop)).await {
            Either::Left((ended, _)) => ended.map_err(ClusterError::ballista),
            Either::Right(((), _)) => Ok(()),
        }
    }
}
