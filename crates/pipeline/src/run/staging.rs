//! All deliveries of a run: who is in them, a number for everybody, their rows in the vault.

mod staged;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use futures::StreamExt;
use yilian_contract::{Contract, Subject as ContractSubject};
use yilian_delivery::{CanaryRows, Identity};
use yilian_token::Label;

use super::bridge::Bridge;
use super::generation::{Generations, STAGED_FOLDERS, parts};
use super::model::children_if_any;
use super::name_spine::NameSpine;
use super::seen::{self, Numbered, Seen, SeenRows};
use super::spine::{Spine, Subject};
use super::stage::{DeliveredRows, StagedFiles, Staging, stage};
use super::tombstones::{self, Office, Tombstones, office_of};
use super::{Night, RunError, rotation};
use crate::files;
use crate::progress::Progress;
use crate::receive::Accepted;
use crate::{PipelineError, canary};

pub(crate) use staged::Staged;

/// Who is known.
pub(crate) struct Desk {
    pub(crate) persons: Spine,
    pub(crate) households: Spine,
    pub(crate) names: NameSpine,
    pub(crate) tombstones: Tombstones,
}

impl Desk {
    /// Reads the segments that a publication names, those of people and those of names side by side.
    fn load(vault: &Path, segments: &[String]) -> Result<Self, RunError> {
        std::thread::scope(|scope| {
            let names = scope.spawn(|| NameSpine::load(vault, segments));
            Ok(Self {
                persons: Spine::load(Subject::Person, vault, segments)?,
                households: Spine::load(Subject::Household, vault, segments)?,
                tombstones: Tombstones::load(vault, segments)?,
                names: names.join().map_err(|_| RunError::Interrupted)??,
            })
        })
    }
}

/// Stages every delivery that the vault does not hold in staged form yet.
///
/// Gives the names that people bear beside it. While rows are written nobody is looked up any more, so the spines, some
/// hundred bytes a person, make room for the rows; the names are read anew afterwards.
pub(crate) async fn stage_all(night: &Night<'_>, progress: &dyn Progress) -> Result<(Staged, NameSpine), RunError> {
    let vault = night.site.vault();
    let identity = identity(night)?;
    let found = rotation::spine_of(night, &identity, progress).await?;
    let bridge = Bridge::read(night, &identity).await?;
    let mut desk = Desk::load(&vault, &found)?;
    desk.tombstones.extend(night, &identity).await?;
    let known = Generations::new(&night.inputs.hub_key, &found, &desk.tombstones);
    let waiting: Vec<&Accepted> = night
        .deliveries
        .iter()
        .filter(|delivery| has_rows(night, delivery) && staged_before(night, delivery, &known).is_none())
        .collect();
    let record_key = night.keys.noise.tokeniser(Label::Noise)?;
    let looked = look(night, &waiting, progress).await?;
    progress.start("number people and names", None);
    let known_before = desk.persons.len();
    let hub = (&*night.keys.hub, night.options.threads);
    let numbered = seen::number(looked.seen, &mut desk, &vault, (&bridge, &record_key), hub)?;
    progress.finish(&format!("{} new people", desk.persons.len() - known_before));
    let bridge_conflicts = bridge.conflicts(&desk.persons);
    let spine: Vec<String> = later_segments(&found, &desk);
    let known = Generations::new(&night.inputs.hub_key, &spine, &desk.tombstones);
    let persons = desk.persons.len();
    let names = if waiting.is_empty() {
        desk.names
    } else {
        let numbered = numbered.into_iter().map(|(link_key, numbered)| (link_key, Arc::new(numbered))).collect();
        let rows = Rows { numbered, of_deliveries: looked.rows, erased: erased(&desk, &waiting) };
        drop(desk);
        write(night, &waiting, (rows, &known), progress).await?;
        NameSpine::load(&vault, &spine)?
    };
    let files = night.deliveries.iter().filter_map(|delivery| staged_before(night, delivery, &known)).collect();
    let staged = Staged {
        files,
        persons,
        rows: night.deliveries.iter().map(|delivery| delivery.manifest.counts.delivered).sum(),
        bridge_conflicts,
        spine,
    };
    Ok((staged, names))
}

/// Whose rows tombstones leave out, of each office that delivered.
fn erased(desk: &Desk, waiting: &[&Accepted]) -> BTreeMap<Office, Arc<HashSet<i64>>> {
    let offices: BTreeSet<Office> = waiting.iter().map(|delivery| office_of(delivery)).collect();
    let people = |office: Office| {
        let people = Arc::new(desk.tombstones.people(&office, &desk.persons));
        (office, people)
    };
    offices.into_iter().map(people).collect()
}

/// Who is in the waiting deliveries.
struct Looked {
    /// By check value of the link key.
    seen: BTreeMap<String, Seen>,
    /// By delivery id.
    rows: HashMap<String, SeenRows>,
}

/// Whom the rows of the waiting deliveries are about.
struct Rows {
    /// By check value of the link key.
    numbered: BTreeMap<String, Arc<Numbered>>,
    of_deliveries: HashMap<String, SeenRows>,
    /// Those whose rows tombstones leave out, by office.
    erased: BTreeMap<Office, Arc<HashSet<i64>>>,
}

impl Rows {
    /// Whom the rows of a delivery are about; each can be asked for once.
    fn take(&mut self, delivery: &Accepted) -> Result<(SeenRows, Arc<Numbered>), RunError> {
        let numbered = self.numbered.get(&delivery.manifest.link_key.check_value).map(Arc::clone);
        let rows = self.of_deliveries.remove(&delivery.delivery_id);
        rows.zip(numbered).ok_or(RunError::Unreadable { what: "the people of a delivery" })
    }
}

async fn look(night: &Night<'_>, waiting: &[&Accepted], progress: &dyn Progress) -> Result<Looked, RunError> {
    let identity = identity(night)?;
    progress.start("look who is in the deliveries", Some(waiting.len() as u64));
    let link_keys = waiting.iter().map(|delivery| delivery.manifest.link_key.check_value.clone());
    let seen: BTreeMap<String, Arc<Seen>> = link_keys.map(|link_key| (link_key, Arc::default())).collect();
    let mut looking = futures::stream::iter(waiting.iter().copied())
        .map(|delivery| {
            let opening = DeliveredRows::open(night.site, delivery, &identity);
            let seen = seen.get(&delivery.manifest.link_key.check_value).map(Arc::clone).unwrap_or_default();
            let canaries = CanaryRows::of(&delivery.manifest);
            let folder = night.work.path().join("seen").join(&delivery.delivery_id);
            async move {
                let mut delivered = opening.await?;
                let looking = tokio::task::spawn_blocking(move || seen.add(&mut delivered, canaries, &folder));
                Ok::<_, RunError>((&delivery.delivery_id, looking.await.map_err(|_| RunError::Interrupted)??))
            }
        })
        .buffer_unordered(night.options.threads.max(1));
    let mut rows = HashMap::new();
    while let Some(looked) = looking.next().await {
        let (delivery_id, seen) = looked?;
        rows.insert(delivery_id.clone(), seen);
        progress.advance(1);
    }
    drop(looking);
    progress.finish(&format!("{} deliveries", waiting.len()));
    refuse_wrong_canaries(night, waiting, &rows)?;
    let seen = seen.into_iter().map(|(link_key, seen)| Arc::into_inner(seen).map(|seen| (link_key, seen)));
    Ok(Looked { seen: seen.collect::<Option<_>>().ok_or(RunError::Interrupted)?, rows })
}

/// Fails before anybody gets a number if canaries' rows are not what the manifests say.
fn refuse_wrong_canaries(
    night: &Night<'_>,
    waiting: &[&Accepted],
    rows: &HashMap<String, SeenRows>,
) -> Result<(), RunError> {
    let looked = waiting.iter().filter_map(|delivery| Some((&delivery.manifest, rows.get(&delivery.delivery_id)?)));
    let looked = looked.map(|(manifest, seen)| (manifest, seen.canaries()));
    let faults = canary::row_faults(looked, &night.definition.schemas.canaries);
    if faults.is_empty() { Ok(()) } else { Err(RunError::Canaries { faults }) }
}

async fn write(
    night: &Night<'_>,
    waiting: &[&Accepted],
    (mut rows, generations): (Rows, &Generations),
    progress: &dyn Progress,
) -> Result<(), RunError> {
    let identity = identity(night)?;
    let bytes_in_memory = night.options.memory_bytes / night.options.threads.max(1);
    progress.start("stage deliveries", Some(waiting.len() as u64));
    let mut staging = futures::stream::iter(waiting.iter().copied())
        .map(|delivery| {
            let newest = generations.newest(&office_of(delivery));
            let (hub_key, files) = (Arc::clone(&night.keys.hub), staged_files(night, delivery, newest));
            let erased = rows.erased.get(&office_of(delivery)).map(Arc::clone).unwrap_or_default();
            let opening = DeliveredRows::open(night.site, delivery, &identity);
            let work = night.work.path().join("stage").join(&delivery.delivery_id);
            let contract = night.definition.schemas.dataset(&delivery.manifest.dataset).cloned();
            let whom = rows.take(delivery);
            async move {
                let (delivered, (seen, numbered)) = (opening.await?, whom?);
                let contract = contract.map_err(|mistake| RunError::Contracts { mistakes: vec![mistake] })?;
                let staging = move || {
                    let (contract, hub_key, erased, work) = (&contract, &*hub_key, &*erased, work.as_path());
                    let whom = (seen, &*numbered);
                    let staging = Staging { contract, hub_key, whom, erased, work, bytes_in_memory };
                    stage(staging, delivered, &files)
                };
                tokio::task::spawn_blocking(staging).await.map_err(|_| RunError::Interrupted)?
            }
        })
        .buffer_unordered(night.options.threads.max(1));
    while let Some(staged) = staging.next().await {
        staged?;
        progress.advance(1);
    }
    sync_folders(night, waiting)?;
    for delivery in waiting {
        remove_other_generations(night, delivery, generations)?;
    }
    progress.finish(&format!("{} deliveries", waiting.len()));
    Ok(())
}

/// Makes sure of the names of staged files before those of earlier generations go.
fn sync_folders(night: &Night<'_>, waiting: &[&Accepted]) -> Result<(), RunError> {
    let datasets: BTreeSet<&str> = waiting.iter().map(|delivery| delivery.manifest.dataset.as_str()).collect();
    let folders = datasets.iter().flat_map(|dataset| STAGED_FOLDERS.map(|folder| Path::new(folder).join(dataset)));
    let folders = folders.map(|folder| night.site.vault().join(folder)).filter(|folder| folder.exists());
    for folder in folders {
        files::sync(&folder).map_err(RunError::io("write", &folder))?;
    }
    Ok(())
}

/// Whether models read the rows of a dataset: a bridge says who is who and an erasure whose rows go, and nothing else.
pub(crate) fn is_staged(contract: &Contract) -> bool {
    contract.subject != ContractSubject::Bridge && contract.dataset != tombstones::DATASET
}

fn has_rows(night: &Night<'_>, delivery: &Accepted) -> bool {
    night.definition.schemas.dataset(&delivery.manifest.dataset).is_ok_and(is_staged)
}

fn identity(night: &Night<'_>) -> Result<Arc<Identity>, RunError> {
    let identity = Identity::read(&night.site.age_key_file());
    identity.map(Arc::new).map_err(|source| RunError::Site(PipelineError::Identity { source }))
}

/// The segments found, then those that this run added.
fn later_segments(found: &[String], desk: &Desk) -> Vec<String> {
    let now = [desk.persons.segments(), desk.households.segments(), desk.names.segments(), desk.tombstones.segments()]
        .concat();
    let added = now.iter().filter(|name| !found.contains(name));
    found.iter().cloned().chain(added.cloned()).collect()
}

fn staged_files(night: &Night<'_>, delivery: &Accepted, generation: &str) -> StagedFiles {
    let dataset = &delivery.manifest.dataset;
    let file = |folder: &str| {
        let folder = night.site.vault().join(folder).join(dataset);
        folder.join(format!("{}-{generation}.parquet", delivery.delivery_id))
    };
    let [numbered, unnumbered, erased] = STAGED_FOLDERS.map(file);
    StagedFiles { dataset: dataset.clone(), numbered, unnumbered, erased }
}

fn staged_before(night: &Night<'_>, delivery: &Accepted, known: &Generations) -> Option<StagedFiles> {
    let files = known.names(&office_of(delivery)).iter().map(|generation| staged_files(night, delivery, generation));
    files.into_iter().find(|files| files.numbered.exists())
}

/// Removes what a delivery was staged to before: rows with a tombstone must not lie in the vault any longer.
fn remove_other_generations(night: &Night<'_>, delivery: &Accepted, known: &Generations) -> Result<(), RunError> {
    let newest = known.newest(&office_of(delivery));
    for folder in STAGED_FOLDERS {
        let folder = night.site.vault().join(folder).join(&delivery.manifest.dataset);
        for file in children_if_any(&folder)? {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            if parts(&name).is_some_and(|(id, generation)| id == delivery.delivery_id && generation != newest) {
                files::remove(&file).map_err(RunError::io("remove", &file))?;
            }
        }
    }
    Ok(())
}
