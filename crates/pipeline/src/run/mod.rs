//! One night: receive, stage, model the people bucket by bucket, check, publish (`design.md` 5).

mod annual;
mod blocks;
mod bridge;
mod bucket;
mod checks;
mod cluster;
mod compute;
mod contents;
mod definition;
mod entitlement;
mod error;
mod every_row;
mod feedback;
mod flags;
pub(crate) mod generation;
mod history;
pub(crate) mod kept;
mod keys;
mod ledger;
mod local;
mod match_rate;
mod met;
pub(crate) mod model;
mod month_file;
mod months;
pub(crate) mod name_spine;
mod namesakes;
mod order;
mod overlap;
mod places;
mod publishing;
mod reads;
mod reference;
mod rehearsal;
pub(crate) mod rotation;
mod seen;
mod segment;
pub(crate) mod spine;
pub(crate) mod stage;
mod staging;
mod standing;
mod statistics;
mod table_file;
mod threads;
pub(crate) mod token_map;
pub(crate) mod tombstones;
mod united;
mod unknown;
mod unnumbered;
mod whole;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::NaiveDate;
use futures::StreamExt;
use yilian_engine::{Engine, EngineOptions};

pub use annual::{CountedYear, YearToCount, count_year};
pub use cluster::{BucketJob, BucketRunner, Cluster, Workshop};
pub use definition::{Definition, Layers, sources};
pub use error::RunError;
pub use feedback::Feedback;
use feedback::Outboxes;
pub use history::read_published;
pub use model::{KeptAs, Model, ModelGraph, Pass};
pub use months::MonthsRead;
pub use rehearsal::{rehearse, tables_before_models};
pub use table_file::to_parquet;
pub use threads::runtime;

use crate::canary;
use crate::coverage::{CoverageInputs, CoverageRow, coverage};
use crate::progress::Progress;
use crate::publication::{self, Inputs, Publication};
use crate::receive::{Accepted, Received, current_deliveries, judge_inbox};
use crate::site::{Site, Work};
use bucket::{BucketFolders, BucketPlan, BucketTables, BucketWorkers, Sources};
use keys::Keys;
use name_spine::NameSpine;
use reference::ReferenceInputs;
use spine::ids_of_slots;
use staging::Staged;
use standing::Standing;
use threads::on_threads_of_its_own;
use united::United;
use whole::Whole;

const SLOTS: u32 = 1 << 16;
/// What one staged row of a bucket takes while its models run, as measured on the benchmark of docs/performance.md.
const BYTES_PER_ROW: u64 = 850;

/// How a run is to be made; nothing here but the date changes a result.
#[derive(Debug, Clone)]
pub struct RunOptions {
    /// The day for which the run is made; months that end after it are not judged.
    pub as_of: NaiveDate,
    /// Bytes that queries may hold before they spill.
    pub memory_bytes: usize,
    /// Buckets and deliveries that are worked on side by side.
    pub threads: usize,
    /// Number of buckets; `None` chooses it by the memory limit.
    pub buckets: Option<u32>,
    /// The machines that compute the buckets; `None`: this one.
    pub cluster: Option<Cluster>,
}

/// How a run came out.
#[derive(Debug)]
pub struct Outcome {
    /// What became of the inbox.
    pub received: Received,
    /// What readers see now.
    pub publication: Publication,
    /// Whether this run made it.
    pub news: News,
    /// What was put into the offices' outboxes.
    pub feedback: Feedback,
}

/// Whether anything had changed since the last publication.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    /// A new publication.
    Published,
    /// The same inputs as before: nothing to do.
    Unchanged,
}

/// Makes the night's run of a site and publishes it; a run that fails changes nothing that a reader can see.
///
/// # Errors
/// [`RunError`], also where another command works on the site; refused deliveries are no error but receipts in [`Outcome::received`].
pub async fn run(
    site: &Site,
    pipeline: &Path,
    options: &RunOptions,
    progress: &dyn Progress,
) -> Result<Outcome, RunError> {
    let definition = Definition::load(pipeline)?;
    let _lock = site.lock(Work::Run)?;
    let outboxes = Outboxes::open(site)?;
    let received = judge_inbox(site, &site.inbox(), &definition.schemas, &definition.regions, progress).await?;
    let deliveries = current_deliveries(site.store()).await?;
    let previous = publication::current(site.store()).await?;
    let keys = Keys::settle(site, previous.as_ref())?;
    let inputs = inputs((site, &keys), &definition, &deliveries, previous.as_ref(), options);
    if let Some(publication) = previous.clone().filter(|publication| same(&publication.inputs, &inputs)) {
        // A crash may have come between a publication and its parcels, and a receipt after them.
        let feedback = outboxes.send(&publication, &deliveries).await?;
        return Ok(Outcome { received, publication, news: News::Unchanged, feedback });
    }
    let publication = make((site, &keys), &definition, (&deliveries, previous.as_ref()), (&inputs, options), progress)?;
    keys.settled(site, &publication)?;
    let feedback = outboxes.send(&publication, &deliveries).await?;
    Ok(Outcome { received, publication, news: News::Published, feedback })
}

/// Stages, models, checks and publishes what has changed.
fn make(
    (site, keys): (&Site, &Keys),
    definition: &Definition,
    (deliveries, previous): (&[Accepted], Option<&Publication>),
    (inputs, options): (&Inputs, &RunOptions),
    progress: &dyn Progress,
) -> Result<Publication, RunError> {
    let faults = canary::faults(deliveries.iter().map(|delivery| &delivery.manifest), &definition.schemas.canaries);
    if !faults.is_empty() {
        return Err(RunError::Canaries { faults });
    }
    let night = Night::begin((site, keys), definition, deliveries, (inputs, true), options)?;
    let (staged, whole) = night.compute(previous, progress)?;
    night.step(|| publishing::publish(&night, whole, &staged, previous, progress))
}

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
    fn begin(
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
    fn compute(&self, previous: Option<&Publication>, progress: &dyn Progress) -> Result<(Staged, Whole), RunError> {
        let (staged, names) = self.step(|| staging::stage_all(self, progress))?;
        let (sources, united) = self.step(|| self.open(&staged, names, previous, progress))?;
        let buckets = self.step(|| self.run_buckets(&staged, (&sources, &united), progress))?;
        let whole = Whole::compute(self, &sources, (&buckets, &united), previous, progress)?;
        Ok((staged, whole))
    }

    /// Takes one step on threads that end with it: what an allocator keeps for a thread goes with the thread.
    fn step<T: Send, F: Future<Output = Result<T, RunError>>>(
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
        let buckets = self.options.buckets.unwrap_or_else(|| self.buckets_for(staged.rows)).clamp(1, SLOTS);
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

    /// So many buckets that those at work together fit into the memory limit; one of few numbers, and that of the night before if
    /// it will do, so that buckets are the same people from night to night while their rows become more.
    fn buckets_for(&self, rows: u64) -> u32 {
        let at_once = self.options.threads.max(1) as u64 * BYTES_PER_ROW;
        let limit = (self.options.memory_bytes as u64).max(1);
        let wanted = rows.saturating_mul(at_once).div_ceil(limit).max(self.options.threads as u64);
        number_of_buckets(u32::try_from(wanted).unwrap_or(SLOTS).min(SLOTS), kept::buckets(self.site))
    }
}

/// The number of the night before as long as it fits more or less: another one has everything computed.
fn number_of_buckets(wanted: u32, before: Option<u32>) -> u32 {
    let fits = |before: &u32| wanted <= before + before / 4 && *before <= wanted.saturating_mul(3);
    before.filter(fits).unwrap_or_else(|| round_number(wanted))
}

/// The least number from `wanted` on that is a power of two, or one and a half of one.
fn round_number(wanted: u32) -> u32 {
    let power = wanted.next_power_of_two();
    let between = power / 4 * 3;
    if wanted <= between { between } else { power }
}

/// The ids of the people of a bucket, the first and the one after the last.
fn ids_of_bucket(bucket: u32, buckets: u32) -> (i64, i64) {
    ids_of_slots(edge(bucket, buckets), edge(bucket + 1, buckets))
}

/// The first slot of a bucket.
fn edge(bucket: u32, buckets: u32) -> u32 {
    let edge = u64::from(bucket) * u64::from(SLOTS) / u64::from(buckets);
    u32::try_from(edge).unwrap_or(SLOTS)
}

/// A folder that is emptied when a run begins and removed when it ends.
pub(crate) struct WorkFolder(PathBuf);

impl WorkFolder {
    fn make(path: PathBuf) -> Result<Self, RunError> {
        if path.exists() {
            std::fs::remove_dir_all(&path).map_err(RunError::io("remove", &path))?;
        }
        std::fs::create_dir_all(&path).map_err(RunError::io("create", &path))?;
        Ok(Self(path))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for WorkFolder {
    fn drop(&mut self) {
        // What is left behind is removed when the next run begins.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn inputs(
    (site, keys): (&Site, &Keys),
    definition: &Definition,
    deliveries: &[Accepted],
    previous: Option<&Publication>,
    options: &RunOptions,
) -> Inputs {
    let mut ids: Vec<String> = deliveries.iter().map(|delivery| delivery.delivery_id.clone()).collect();
    ids.sort();
    Inputs {
        deliveries: ids,
        rules: definition.rules_digest.clone(),
        parameters: format!(
            "{}@{} offices {}",
            definition.parameters_digest,
            options.as_of,
            site.config().offices_digest()
        ),
        program: format!("yilian {} sql {}", env!("CARGO_PKG_VERSION"), definition.sql_digest),
        schemas: definition.schemas_digest.clone(),
        hub_key: keys.hub.check_value(),
        spine: previous.map(|publication| publication.inputs.spine.clone()).unwrap_or_default(),
    }
}

/// Whether two runs rest on the same inputs; the spine only ever follows from the others.
fn same(one: &Inputs, other: &Inputs) -> bool {
    Inputs { spine: Vec::new(), ..one.clone() } == Inputs { spine: Vec::new(), ..other.clone() }
}

#[cfg(test)]
mod tests {
    use super::{number_of_buckets, round_number};

    #[test]
    fn a_tenth_more_rows_rarely_ask_for_another_number_of_buckets() {
        let numbers: Vec<u32> = [1, 2, 3, 4, 5, 6, 7, 33, 48, 49, 64, 65].map(round_number).into();
        assert_eq!(numbers, [1, 2, 3, 4, 6, 6, 8, 48, 48, 64, 64, 96]);
        assert!((1..=1 << 16).all(|wanted| (wanted..=1 << 16).contains(&round_number(wanted))));
    }

    #[test]
    fn the_number_of_the_night_before_stays_until_rows_are_a_quarter_more_or_far_fewer() {
        let after = |before, wanted| number_of_buckets(wanted, Some(before));
        assert_eq!([180, 193, 240, 241].map(|wanted| after(192, wanted)), [192, 192, 192, 256]);
        assert_eq!([64, 63].map(|wanted| after(192, wanted)), [192, 64]);
        assert_eq!(number_of_buckets(193, None), 256);
    }
}
