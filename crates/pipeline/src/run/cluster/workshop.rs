//! One machine of a cluster: it computes the buckets that it is told to, from what the hub has laid out.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use arrow::compute::concat_batches;
use datafusion::catalog::TableProvider;
use datafusion::prelude::SessionContext;
use tokio::runtime::Handle;
use yilian_engine::{Engine, EngineOptions, TableName, register_stored_parquet, rows_in_memory};

use super::super::RunError;
use super::super::bucket::{BucketFolders, BucketPlan, BucketWorkers, Sources, is_about_people};
use super::super::contents::Month;
use super::super::work_folder::WorkFolder;
use super::job::{BucketJob, Description, StoredTable};
use crate::store::Store;

/// Computes buckets of one job after another, some side by side.
#[derive(Debug)]
pub struct Workshop {
    storage: Store,
    engine: Arc<Engine>,
    scratch: PathBuf,
    threads: Handle,
    open: tokio::sync::Mutex<Option<Arc<OpenJob>>>,
}

/// A job whose models are planned.
struct OpenJob {
    job: BucketJob,
    workers: BucketWorkers,
    description: Description,
    begun: AtomicUsize,
}

impl std::fmt::Debug for OpenJob {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("OpenJob").field("job", &self.job).finish_non_exhaustive()
    }
}

impl Workshop {
    /// Opens a workshop whose buckets run on the present runtime, which must be one of [`crate::run::runtime`].
    ///
    /// # Errors
    /// A spill folder that cannot be made, or a storage that the engine cannot read.
    pub fn new(storage: Store, options: &EngineOptions, scratch: PathBuf) -> Result<Self, RunError> {
        let engine = Engine::new(options)?;
        if let Some(bucket) = storage.bucket_url() {
            engine.read_from(&bucket, storage.objects())?;
        }
        Ok(Self {
            storage,
            engine: Arc::new(engine),
            scratch,
            threads: Handle::current(),
            open: tokio::sync::Mutex::default(),
        })
    }

    /// Computes one bucket and leaves its tables in the storage; a bucket that is done is left as it is.
    ///
    /// # Errors
    /// A job that is not as the hub laid it out, or what stops a bucket of a local run.
    pub async fn compute(self: &Arc<Self>, job: &BucketJob, bucket: u32) -> Result<(), RunError> {
        let (workshop, job) = (Arc::clone(self), job.clone());
        let computing = self.threads.spawn(async move {
            let open = workshop.open(&job).await?;
            Box::pin(workshop.bucket(&open, bucket)).await
        });
        computing.await.map_err(|_| RunError::Interrupted)?
    }

    /// The job as it was opened for its first bucket here.
    async fn open(&self, job: &BucketJob) -> Result<Arc<OpenJob>, RunError> {
        let mut current = self.open.lock().await;
        if let Some(open) = current.as_ref().filter(|open| open.job == *job) {
            return Ok(Arc::clone(open));
        }
        let description = job.read(&self.storage).await?;
        let session = self.engine.session();
        let mut sources = Sources::default();
        for table in &description.sources {
            let places: Vec<String> = table.files.iter().map(|file| self.storage.url(&file.path)).collect();
            register_stored_parquet(&session, &table.name, &places).await?;
            let stored = session.table_provider(table.name.to_string()).await;
            let stored = stored.map_err(RunError::query(&table.name))?;
            // What every bucket reads whole is fetched once.
            let held = if is_about_people(&stored) { stored } else { in_memory(&session, &table.name, stored).await? };
            sources.add(table.name.clone(), held);
        }
        // No later night asks what of it is closed.
        let plan = BucketPlan::new(&self.engine, &sources, &description.models, Month::MIN).await?;
        let open = Arc::new(OpenJob {
            job: job.clone(),
            workers: BucketWorkers::new(plan),
            description,
            begun: AtomicUsize::default(),
        });
        *current = Some(Arc::clone(&open));
        Ok(open)
    }

    async fn bucket(&self, open: &OpenJob, bucket: u32) -> Result<(), RunError> {
        let (job, storage) = (&open.job, &self.storage);
        if bucket >= job.buckets() {
            return Err(RunError::Unreadable { what: "the number of a bucket" });
        }
        if job.is_done(storage, bucket).await? {
            return Ok(());
        }
        // A bucket that is asked for twice at once gets two folders and writes the same bytes twice.
        let begun = open.begun.fetch_add(1, Ordering::Relaxed);
        let folder = WorkFolder::make(self.scratch.join(format!("{bucket:05}-{begun}")))?;
        let of_job = (bucket, job.buckets());
        let folders = BucketFolders::of_one_run(folder.path());
        let (computed, _) = open.workers.run(&self.engine, &open.description.united, of_job, &folders).await?;
        let mut tables = Vec::new();
        for (name, files) in computed {
            let [table] = files.as_slice() else {
                return Err(RunError::Unreadable { what: "a bucket's table in one file" });
            };
            let sha256 = storage.put_file(&job.table(&name, bucket), &table.file).await?;
            tables.push(StoredTable { name, sha256 });
        }
        job.finish(storage, bucket, &tables).await
    }
}

async fn in_memory(
    session: &SessionContext,
    name: &TableName,
    stored: Arc<dyn TableProvider>,
) -> Result<Arc<dyn TableProvider>, RunError> {
    let schema = stored.schema();
    let rows = session.read_table(stored).map_err(RunError::query(name))?.collect().await;
    let rows = concat_batches(&schema, &rows.map_err(RunError::query(name))?);
    Ok(rows_in_memory(name, &rows.map_err(RunError::arrow(name.to_string()))?)?)
}
