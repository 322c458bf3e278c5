//! Buckets on other machines: the hub lays what they need into a storage that they share, they leave their tables there.
//!
//! Staging and everything after the buckets stay at the hub. **Invariant:** no key and no token but the hub record token
//! is laid out; the bytes that come back are those that the hub would have written itself.

mod job;
mod lay_out;
mod workshop;

use std::fmt::Debug;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures::StreamExt;
use futures::future::{Either, select};
use yilian_engine::TableName;

pub use job::BucketJob;
pub use workshop::Workshop;

use super::bucket::{BucketTable, BucketTables, Sources, table_file};
use super::united::United;
use super::{Night, RunError};
use crate::progress::Progress;
use crate::store::Store;

/// Below this folder of the storage everything belongs to the job under way.
const JOBS: &str = "cluster";
/// How often the hub looks how far a job is.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Buckets whose tables are under way to the hub.
const FETCHED_AT_ONCE: usize = 8;

/// Machines that compute the buckets of a run.
#[derive(Debug, Clone)]
pub struct Cluster {
    /// Where hub and machines leave files for one another; one hub's alone, and as well protected as its vault.
    pub storage: Store,
    /// Hands out the buckets.
    pub runner: Arc<dyn BucketRunner>,
}

/// Hands out the buckets of a job to the machines of a cluster.
#[async_trait]
pub trait BucketRunner: Debug + Send + Sync {
    /// Lets each bucket be computed ([`Workshop::compute`]) and comes back when the job has ended, however it ended: what
    /// counts is which buckets are done. One that is done already takes no time.
    ///
    /// # Errors
    /// Why buckets may be missing.
    async fn run(&self, job: &BucketJob) -> Result<(), RunError>;
}

/// Runs the bucket models for all people on the machines of a cluster; their tables then lie where a local run has them.
pub(super) async fn run_buckets(
    night: &Night<'_>,
    cluster: &Cluster,
    (sources, united): (&Sources, &United),
    buckets: u32,
    progress: &dyn Progress,
) -> Result<Vec<BucketTables>, RunError> {
    let storage = &cluster.storage;
    // Left behind by a run that was killed.
    storage.delete_below(JOBS).await?;
    let made = async {
        let job = lay_out::lay_out(night, storage, (sources, united), (buckets, progress)).await?;
        compute(cluster, &job, progress).await?;
        fetch(storage, &job, night.work.path(), progress).await
    };
    let made = made.await;
    let removed = storage.delete_below(JOBS).await;
    let tables = made?;
    removed?;
    Ok(tables)
}

/// Asks for the job again as long as that gets further buckets done: machines may be lost in the middle.
async fn compute(cluster: &Cluster, job: &BucketJob, progress: &dyn Progress) -> Result<(), RunError> {
    progress.start("model people on the cluster", Some(u64::from(job.buckets())));
    let mut done = 0;
    loop {
        let before = done;
        let ended = watch(cluster, job, &mut done, progress).await;
        if done == job.buckets() {
            break;
        }
        match ended {
            Err(error) if done == before => return Err(error),
            Ok(()) if done == before => return Err(RunError::BucketsMissing { missing: job.buckets() - done }),
            Ok(()) => progress.warn("some buckets are missing; they are asked for again"),
            Err(error) => progress.warn(&format!("{error}; the buckets that are missing are asked for again")),
        }
    }
    progress.finish(&format!("{done} buckets"));
    Ok(())
}

/// Runs the job once and tells meanwhile how many buckets are done.
async fn watch(cluster: &Cluster, job: &BucketJob, done: &mut u32, progress: &dyn Progress) -> Result<(), RunError> {
    let mut running = cluster.runner.run(job);
    loop {
        let (ended, rest) = match select(running, Box::pin(tokio::time::sleep(LOOK_EVERY))).await {
            Either::Left((ended, _)) => (Some(ended), None),
            Either::Right(((), rest)) => (None, Some(rest)),
        };
        let now = job.done(&cluster.storage).await?;
        progress.advance(u64::from(now.saturating_sub(*done)));
        *done = now;
        match (ended, rest) {
            (_, Some(rest)) => running = rest,
            (ended, None) => return ended.unwrap_or(Ok(())),
        }
    }
}

/// Brings the tables of all buckets below `folder`, some buckets side by side.
async fn fetch(
    storage: &Store,
    job: &BucketJob,
    folder: &Path,
    progress: &dyn Progress,
) -> Result<Vec<BucketTables>, RunError> {
    progress.start("fetch the tables of the buckets", Some(u64::from(job.buckets())));
    let mut fetching = futures::stream::iter(0..job.buckets())
        .map(|bucket| fetch_bucket(storage, job, bucket, folder))
        .buffered(FETCHED_AT_ONCE);
    let mut tables = Vec::new();
    while let Some(fetched) = fetching.next().await {
        tables.push(fetched?);
        progress.advance(1);
    }
    progress.finish(&format!("{} buckets", job.buckets()));
    Ok(tables)
}

async fn fetch_bucket(storage: &Store, job: &BucketJob, bucket: u32, folder: &Path) -> Result<BucketTables, RunError> {
    let number = usize::try_from(bucket).unwrap_or_default();
    let mut tables = BucketTables::new();
    for table in job.tables_of(storage, bucket).await? {
        let file = table_file(folder, &table.name, number);
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder).map_err(RunError::io("create", folder))?;
        }
        let found = storage.get_file(&job.table(&table.name, bucket), &file).await?;
        if found != table.sha256 {
            return Err(RunError::BucketDiffers { table: table.name, bucket });
        }
        tables.insert(table.name, vec![BucketTable { file, contents: None }]);
    }
    Ok(tables)
}

/// Refuses a table that holds another token than that of a record at the hub.
fn refuse_tokens<'n>(name: &TableName, columns: impl IntoIterator<Item = &'n str>) -> Result<(), RunError> {
    match columns.into_iter().find(|column| column.ends_with("_token") && *column != "record_token") {
        Some(column) => Err(RunError::TokenLeaves { table: name.clone(), column: column.to_owned() }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_token_but_that_of_a_record_is_laid_out() {
        let name = TableName { schema: "staged".to_owned(), table: "benefit_payment".to_owned() };
        refuse_tokens(&name, ["person_id", "household_id", "record_token"]).unwrap();
        for token in ["person_token", "name_token", "household_token"] {
            let error = refuse_tokens(&name, ["person_id", token]).unwrap_err();
            assert!(error.to_string().contains(token), "{error}");
        }
    }
}
