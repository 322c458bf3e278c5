use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use serde_json::json;
use yilian_cluster::{BallistaRunner, ExecutorOptions, Scheduler, run_executor};
use yilian_pipeline::run::Cluster;
use yilian_pipeline::site::refuse_link_keys_in_environment;
use yilian_pipeline::store::Store;

use crate::arguments::{ClusterCommand, ExecutorArguments, RunArguments, SchedulerArguments};
use crate::commands::memory::memory_bytes;
use crate::commands::{all_threads, block_on, told_to_stop};
use crate::error::HubError;
use crate::printer::{self, Printer};

/// The cluster that a run asks, if any.
pub(crate) fn of_run(arguments: &RunArguments) -> Result<Option<Cluster>, HubError> {
    let Some((url, storage)) = arguments.cluster.as_ref().zip(arguments.cluster_storage.as_ref()) else {
        return Ok(None);
    };
    let runner = Arc::new(BallistaRunner::new(url)?);
    Ok(Some(Cluster { storage: open(storage)?, runner }))
}

/// Is a scheduler or an executor until it is told to stop.
pub(crate) fn run(command: &ClusterCommand, printer: Printer) -> Result<ExitCode, HubError> {
    refuse_link_keys_in_environment()?;
    match command {
        ClusterCommand::Scheduler(arguments) => scheduler(arguments, printer)?,
        ClusterCommand::Executor(arguments) => executor(arguments, printer)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn scheduler(arguments: &SchedulerArguments, printer: Printer) -> Result<(), HubError> {
    block_on(async {
        let scheduler = Scheduler::bind(&arguments.bind, arguments.executor_timeout).await?;
        let address = scheduler.address().to_string();
        printer.answer(|| format!("listening on {address}"), || json!({ "address": address }));
        scheduler.serve(told_to_stop()?).await?;
        printer::note("the scheduler has stopped");
        Ok(())
    })
}

fn executor(arguments: &ExecutorArguments, printer: Printer) -> Result<(), HubError> {
    let own = tempfile::tempdir().map_err(|source| HubError::Runtime { source })?;
    let options = ExecutorOptions {
        scheduler: arguments.scheduler.clone(),
        storage: open(&arguments.cluster_storage)?,
        threads: arguments.threads.unwrap_or_else(all_threads).max(1),
        memory_bytes: memory_bytes(&arguments.memory_limit)?,
        scratch: arguments.scratch.clone().unwrap_or_else(|| own.path().to_owned()),
    };
    printer.answer(
        || format!("{} buckets at once for {}", options.threads, options.scheduler),
        || json!({ "threads": options.threads, "scheduler": options.scheduler }),
    );
    block_on(async { Ok(run_executor(options).await?) })?;
    printer::note("the executor has stopped");
    Ok(())
}

/// A relative folder is one below the present folder.
fn open(storage: &str) -> Result<Store, HubError> {
    Ok(Store::open(storage, Path::new("."))?)
}
