use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum ClusterCommand {
    /// Divide the buckets of a run among executors.
    Scheduler(SchedulerArguments),
    /// Compute buckets for the hub on this machine; it needs no site.
    Executor(ExecutorArguments),
}

#[derive(Debug, Args)]
pub(crate) struct SchedulerArguments {
    /// Where hub and executors connect; nobody is asked for a password.
    #[arg(long, default_value = "127.0.0.1:50050", value_name = "ADDRESS:PORT")]
    pub(crate) bind: String,
    /// Seconds of silence after which an executor is lost and others get its buckets.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u64).range(10..=3600))]
    pub(crate) executor_timeout: u64,
}

#[derive(Debug, Args)]
pub(crate) struct ExecutorArguments {
    /// Where the scheduler listens.
    #[arg(long, value_name = "HOST:PORT")]
    pub(crate) scheduler: String,
    /// The storage that the hub shares with its executors: a folder or an S3 URL, with the AWS_… variables.
    #[arg(long, value_name = "URL")]
    pub(crate) cluster_storage: String,
    /// Memory that all buckets at work may hold before they spill.
    #[arg(long, default_value = "1GB", value_name = "SIZE")]
    pub(crate) memory_limit: String,
    /// Buckets worked on side by side [default: all cores].
    #[arg(long)]
    pub(crate) threads: Option<usize>,
    /// A folder for spilled rows and tables on their way [default: one of its own for temporary files].
    #[arg(long, value_name = "DIR")]
    pub(crate) scratch: Option<PathBuf>,
}
