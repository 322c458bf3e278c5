//! The steps of a night, and what they share.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::StreamExt;
use yilian_engine::{Engine, EngineOptions};

use super::bucket::{BucketFolders, BucketPlan, BucketTables, BucketWorkers, Sources};
use super::keys::Keys;
use super::name_spine::NameSpine;
use super::number_of_buckets::number_of_buckets;
use super::reference::{self, ReferenceInputs};
use super::spine::SLOTS;
use super::staging::{self, Staged};
use super::standing::Standing;
use super::threads::on_threads_of_its_own;
use super::united::United;
use super::whole::Whole;
use super::work_folder::WorkFolder;
use super::{Definition, RunError, RunOptions, cluster, kept, match_rate, months, namesakes};
use crate::coverage::{CoverageInputs, CoverageRow, coverage};
use crate::progress::Progress;
use crate::publication::{Inputs, Publication};
use crate::receive::Accepted;
use crate::site::Site;

/// What the steps of one run share.
pub(crate) struct Night<'a> {
    pub(crate) site: &'a Site,
    pub(crate) keys: &'a Keys,
    pub(crate) definition: &'a Definition,
    pub(crate) deliveries: &'a [Accepted],
    pub(crate) inputs: &'a Inputs,
    pub(crate) options: &'a RunOptions,
    /// Which months each office's data speaks for.
    pub(crate) coverage: Vec<CoverageRow>,
    pub(crate) engine: Arc<Engine>,
    /// `vault/work`: tables that live as long as the run; removed at its end, however it ends.
    pub(crate) work: WorkFolder,
    /// Whether buckets leave their tables to the next night.
    pub(crate) keeps: bool,
}

impl<'a> Night<'a> {
    pub(super) fn begin(
        (site, keys): (&'a Site, &'a Keys),
        definition: &'a Definition,
        deliveries: &'a [Accepted],
        (inputs, keeps): (&'a Inputs, bool),
        options: &'a RunOptions,
    ) -> Result<Self, RunError> {
        let work = WorkFolder::make(site.vault().join("work"))?;
        let engine = Arc::new(Engine::new(&EngineOptions {
            memory_bytes: options.memory_bytes,
            threads: options.threads,
            spill_folder: work.path().join("spill"),
        })?);
        let coverage = coverage(&CoverageInputs {
            calendar: &definition.calendar,
            senders: &site.config().senders,
            schemas: &definition.schemas,
            deliveries,
            as_of: options.as_of,
        });
        Ok(Self { site, keys, definition, deliveries, inputs, options, coverage, engine, work, keeps })
    }

    /// Stages and models all that is there, and checks it.
    pub(super) fn compute(
        &self,
        previous: Option<&Publication>,
        progress: &dyn Progress,
    ) -> Result<(Staged, Whole), RunError> {
        let (staged, names) = self.step(|| staging::stage_all(self, progress))?;
        let (sources, united) = self.step(|| self.open(&staged, names, previous, progress))?;
        let buckets = self.step(|| self.run_buckets(&staged, (&sources, &united), progress))?;
        let whole = Whole::compute(self, &sources, (&buckets, &united), previous, progress)?;
        Ok((staged, whole))
    }

    /// Takes one step on threads that end with it: what an allocator keeps for a thread goes with the thread.
    pub(super) fn step<T: Send, F: Future<Output = Result<T, RunError>>>(
        &self,
        work: impl FnOnce() -> F + Send,
    ) -> Result<T, RunError> {
        on_threads_of_its_own(self.options.threads, work)
    }

    /// Opens what the models read, and finds who is one person.
    async fn open(
        &self,
        staged: &Staged,
        names: NameSpine,
        previous: Option<&Publication>,
        progress: &dyn Progress,
    ) -> Result<(Sources, Arc<United>), RunError> {
        let mut sources = self.sources(staged, &names, previous).await?;
        // Fifty bytes a person, which those who follow need.
        drop(names);
        let united = United::find(self, &mut sources, progress).await?;
        Ok((sources, Arc::new(united)))
    }

    /// Opens the staged datasets, the tables of the name spine and the reference tables for all sessions of the run.
    async fn sources(
        &self,
        staged: &Staged,
        names: &NameSpine,
        previous: Option<&Publication>,
    ) -> Result<Sources, RunError> {
        let mut sources = Sources::default();
        let session = self.engine.session();
        staged.open(self, names, &session, &mut sources).await?;
        staged.open_erased(self, &session, &mut sources).await?;
        let first_seen = namesakes::first_seen(self.site.store(), previous).await?;
        for (name, batch) in namesakes::tables(names, &first_seen, self.options.as_of)? {
            sources.add_rows(("spine", name), &batch)?;
        }
        let standing = Standing::read(self.site.store(), previous).await?;
        let tables = reference::tables(&ReferenceInputs {
            schemas: &self.definition.schemas,
            schemas_folder: &self.definition.schemas_folder,
            regions: &self.definition.regions,
            rules: &standing.rules(self.definition),
            disclosures: &self.definition.disclosures,
            entitlement: &standing.entitlement(self.definition),
            targets: &self.definition.targets,
            deliveries: self.deliveries,
            coverage: &self.coverage,
            as_of: self.options.as_of,
        })?;
        let history = [
            ("match_history", match_rate::history(self.site.store(), previous).await?),
            ("rule_history", standing.table()?),
        ];
        for (name, batch) in tables.into_iter().chain(history) {
            sources.add_rows(("reference", name), &batch)?;
        }
        Ok(sources)
    }

    /// Runs the bucket models for all people, some buckets side by side; gives the tables of each bucket.
    async fn run_buckets(
        &self,
        staged: &Staged,
        (sources, united): (&Sources, &Arc<United>),
        progress: &dyn Progress,
    ) -> Result<Vec<BucketTables>, RunError> {
        let buckets = self
            .options
            .buckets
            .unwrap_or_else(|| number_of_buckets(staged.rows, self.options, kept::buckets(self.site)))
            .clamp(1, SLOTS);
        if let Some(cluster) = &self.options.cluster {
            kept::forget(self.site)?;
            return cluster::run_buckets(self, cluster, (sources, united), buckets, progress).await;
        }
        progress.start("model people", Some(u64::from(buckets)));
        let plan =
            BucketPlan::new(&self.engine, sources, &self.definition.graph, months::horizon(self.options.as_of)).await?;
        let workers = Arc::new(BucketWorkers::new(plan));
        let folders =
            if self.keeps { kept::folders(self, buckets)? } else { BucketFolders::of_one_run(self.work.path()) };
        let mut running = futures::stream::iter(0..buckets)
            .map(|bucket| {
                let (engine, workers, united) = (Arc::clone(&self.engine), Arc::clone(&workers), Arc::clone(united));
                let folders = folders.clone();
                tokio::spawn(async move {
                    let (tables, kept) = workers.run(&engine, &united, (bucket, buckets), &folders).await?;
                    // To wait for the disk takes no thread from the next bucket.
                    let finishing = tokio::task::spawn_blocking(move || kept.finish());
                    Ok::<_, RunError>((bucket, tables, finishing))
                })
            })
            .buffer_unordered(self.options.threads.max(1));
        let (mut tables, mut left) = (BTreeMap::new(), Vec::new());
        while let Some(finished) = running.next().await {
            let (bucket, of_bucket, finishing) = finished.map_err(|_| RunError::Interrupted)??;
            tables.insert(bucket, of_bucket);
            left.push(finishing);
            progress.advance(1);
        }
        for finishing in left {
            finishing.await.map_err(|_| RunError::Interrupted)??;
        }
        progress.finish(&format!("{buckets} buckets"));
        Ok(tables.into_values().collect())
    }
}
