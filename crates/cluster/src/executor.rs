//! An executor: it asks the scheduler for buckets and computes them. Nobody has to reach it.

use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::Arc;

use ballista_core::config::TaskSchedulingPolicy;
use ballista_executor::executor_process::{ExecutorProcessConfig, start_executor_process};
use yilian_engine::EngineOptions;
use yilian_pipeline::run::Workshop;
use yilian_pipeline::store::Store;

use crate::ClusterError;
use crate::codec::JobCodec;
use crate::hub::host_and_port;
use crate::only_buckets::OnlyBuckets;

/// Ballista serves what a stage has written; here that is numbers of buckets, and nobody fetches them.
const OWN_HOST: &str = "127.0.0.1";
/// While the scheduler is not there yet, an executor waits for it.
const WAIT_SECONDS: u16 = 3600;

/// What an executor is given.
#[derive(Debug)]
pub struct ExecutorOptions {
    /// Where the scheduler listens, host and port.
    pub scheduler: String,
    /// The storage that the hub shares with its executors.
    pub storage: Store,
    /// Buckets worked on side by side.
    pub threads: usize,
    /// Bytes that all of them may hold together before they spill.
    pub memory_bytes: usize,
    /// A folder of its own, for spilled rows and tables on their way.
    pub scratch: PathBuf,
}

/// Computes buckets until the process is told to stop, on a runtime of [`yilian_pipeline::run::runtime`].
///
/// # Errors
/// [`ClusterError`] where it cannot begin, or Ballista's own end.
pub async fn run_executor(options: ExecutorOptions) -> Result<(), ClusterError> {
    let address = host_and_port(&options.scheduler);
    let (host, port) = address.ok_or_else(|| ClusterError::Address { text: options.scheduler.clone() })?;
    let scratch = |source| ClusterError::Scratch { source };
    let shuffle = options.scratch.join("stages");
    std::fs::create_dir_all(&shuffle).map_err(scratch)?;
    let engine = EngineOptions {
        memory_bytes: options.memory_bytes,
        threads: options.threads,
        spill_folder: options.scratch.join("spill"),
    };
    let workshop = Arc::new(Workshop::new(options.storage, &engine, options.scratch.join("buckets"))?);
    let config = ExecutorProcessConfig {
        bind_host: OWN_HOST.to_owned(),
        port: free_port().map_err(scratch)?,
        scheduler_host: host.to_owned(),
        scheduler_port: port,
        scheduler_connect_timeout_seconds: WAIT_SECONDS,
        vcores: options.threads,
        task_scheduling_policy: TaskSchedulingPolicy::PullStaged,
        work_dir: Some(shuffle.display().to_string()),
        // The workshop's engine keeps its own limit.
        memory_pool_size: Some(0),
        override_physical_codec: Some(Arc::new(JobCodec::of_executor(workshop))),
        override_execution_engine: Some(Arc::new(OnlyBuckets::new())),
        ..ExecutorProcessConfig::default()
    };
    start_executor_process(Arc::new(config)).await.map_err(ClusterError::ballista)
}

/// A port that was free a moment ago: Ballista wants a number before it listens.
fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind((OWN_HOST, 0))?.local_addr()?.port())
}
