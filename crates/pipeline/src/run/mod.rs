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
mod night;
mod number_of_buckets;
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
mod work_folder;

use std::path::Path;

use chrono::NaiveDate;

pub use annual::{CountedYear, YearToCount, count_year};
pub use cluster::{BucketJob, BucketRunner, Cluster, Workshop};
pub use definition::{Definition, Layers, sources};
pub use error::RunError;
pub use feedback::Feedback;
use feedback::Outboxes;
pub use history::read_published;
pub use model::{KeptAs, Model, ModelGraph, Pass};
pub use months::MonthsRead;
pub(crate) use night::Night;
pub use rehearsal::{rehearse, tables_before_models};
pub use table_file::to_parquet;
pub use threads::runtime;

use crate::canary;
use crate::progress::Progress;
use crate::publication::{self, Inputs, Publication};
use crate::receive::{Accepted, Received, current_deliveries, judge_inbox};
use crate::site::{Site, Work};
use keys::Keys;

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

/// Stages what has been accepted and is not staged yet, as a night begins with it; gives the rows of all that is accepted.
///
/// Nothing is published: the next night begins as after one that failed here.
///
/// # Errors
/// [`RunError`], also where another command works on the site.
pub async fn stage_alone(
    site: &Site,
    pipeline: &Path,
    options: &RunOptions,
    progress: &dyn Progress,
) -> Result<u64, RunError> {
    let definition = Definition::load(pipeline)?;
    let _lock = site.lock(Work::Run)?;
    let deliveries = current_deliveries(site.store()).await?;
    let previous = publication::current(site.store()).await?;
    let keys = Keys::settle(site, previous.as_ref())?;
    let inputs = inputs((site, &keys), &definition, &deliveries, previous.as_ref(), options);
    let night = Night::begin((site, &keys), &definition, &deliveries, (&inputs, false), options)?;
    let (staged, _) = night.step(|| staging::stage_all(&night, progress))?;
    Ok(staged.rows)
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
