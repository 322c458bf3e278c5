//! All deliveries of a run: who is in them, a number for everybody, their rows in the vault.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use arrow::array::RecordBatch;
use datafusion::prelude::SessionContext;
use futures::StreamExt;
use yilian_contract::{Contract, Subject as ContractSubject};
use yilian_delivery::{HubIdentity, Verified};
use yilian_engine::{TableName, register_parquet};
use yilian_token::{Key, Label};

use super::bridge::Bridge;
use super::bucket::Sources;
use super::generation::{Generations, STAGED_FOLDERS};
use super::ledger::write_batch;
use super::name_spine::NameSpine;
use super::newcomers::Newcomers;
use super::spine::{Spine, Subject};
use super::stage::{StagedFiles, Staging, is_about_people, seen_tokens, stage, staged_schema};
use super::{Night, RunError, rotation, unnumbered};
use crate::PipelineError;
use crate::progress::Progress;
use crate::receive::{Accepted, open_accepted};

/// The staged rows of a run and the spine they are numbered by.
pub(crate) struct Staged {
    pub(crate) files: Vec<StagedFiles>,
    pub(crate) persons: usize,
    pub(crate) rows: u64,
    /// Pairs of a bridge between link keys whose two tokens are known as two people.
    pub(crate) bridge_conflicts: usize,
    desk: Arc<Desk>,
    /// Every segment of the spines, as the publication will name them.
    pub(crate) spine: Vec<String>,
}

/// What the steps of staging share.
pub(crate) struct Desk {
    pub(crate) hub_key: Arc<Key>,
    pub(crate) persons: Spine,
    pub(crate) households: Spine,
    pub(crate) names: NameSpine,
}

/// Stages every delivery that the vault does not hold in staged form yet.
pub(crate) async fn stage_all(night: &Night<'_>, progress: &dyn Progress) -> Result<Staged, RunError> {
    let vault = night.site.vault();
    let identity = identity(night)?;
    let found = rotation::spine_of(night, &identity, progress).await?;
    let bridge = Bridge::read(night, &identity).await?;
    let mut desk = Desk {
        hub_key: Arc::clone(&night.keys.hub),
        persons: Spine::load(Subject::Person, &vault, &found)?,
        households: Spine::load(Subject::Household, &vault, &found)?,
        names: NameSpine::load(&vault, &found)?,
    };
    let known = Generations::new(&night.inputs.hub_key, &found);
    let waiting: Vec<&Accepted> = night
        .deliveries
        .iter()
        .filter(|delivery| has_rows(night, delivery) && staged_before(night, delivery, &known).is_none())
        .collect();
    let record_key = night.keys.noise.tokeniser(Label::Noise)?;
    look(night, &desk, &waiting, progress).await?.number(&mut desk, &vault, (&bridge, &record_key))?;
    let bridge_conflicts = bridge.conflicts(&desk.persons);
    let spine: Vec<String> = later_segments(&found, &desk);
    let known = Generations::new(&night.inputs.hub_key, &spine);
    let desk = Arc::new(desk);
    write(night, &desk, &waiting, known.newest(), progress).await?;
    let files = night.deliveries.iter().filter_map(|delivery| staged_before(night, delivery, &known)).collect();
    Ok(Staged {
        files,
        persons: desk.persons.len(),
        rows: night.deliveries.iter().map(|delivery| delivery.manifest.counts.delivered).sum(),
        bridge_conflicts,
        spine,
        desk,
    })
}

/// Who is in the waiting deliveries and has no number yet, or a name that nobody knew.
async fn look(
    night: &Night<'_>,
    desk: &Desk,
    waiting: &[&Accepted],
    progress: &dyn Progress,
) -> Result<Newcomers, RunError> {
    let identity = identity(night)?;
    progress.start("look who is in the deliveries", Some(waiting.len() as u64));
    let mut looking = futures::stream::iter(waiting.iter().copied())
        .map(|delivery| {
            let hub_key = Arc::clone(&desk.hub_key);
            let opening = open_accepted(night.site, delivery, &identity);
            async move {
                let opened = opening.await?;
                tokio::task::spawn_blocking(move || seen_tokens(opened.data(), &hub_key))
                    .await
                    .map_err(|_| RunError::Interrupted)?
            }
        })
        .buffer_unordered(night.options.threads.max(1));
    let mut newcomers = Newcomers::default();
    while let Some(seen) = looking.next().await {
        newcomers.add(seen?, desk);
        progress.advance(1);
    }
    progress.finish(&format!("{} people who are new or bear a new name", newcomers.people()));
    Ok(newcomers)
}

async fn write(
    night: &Night<'_>,
    desk: &Arc<Desk>,
    waiting: &[&Accepted],
    generation: &str,
    progress: &dyn Progress,
) -> Result<(), RunError> {
    let identity = identity(night)?;
    progress.start("stage deliveries", Some(waiting.len() as u64));
    let mut staging = futures::stream::iter(waiting.iter().copied())
        .map(|delivery| {
            let (desk, files) = (Arc::clone(desk), staged_files(night, delivery, generation));
            let opening = open_accepted(night.site, delivery, &identity);
            let contract = night.definition.schemas.dataset(&delivery.manifest.dataset).cloned();
            async move {
                let opened = opening.await?;
                let contract = contract.map_err(|mistake| RunError::Contracts { mistakes: vec![mistake] })?;
                tokio::task::spawn_blocking(move || stage_one(&desk, &contract, &opened, &files))
                    .await
                    .map_err(|_| RunError::Interrupted)?
            }
        })
        .buffer_unordered(night.options.threads.max(1));
    while let Some(staged) = staging.next().await {
        staged?;
        progress.advance(1);
    }
    progress.finish(&format!("{} deliveries", waiting.len()));
    Ok(())
}

fn stage_one(desk: &Desk, contract: &Contract, opened: &Verified, files: &StagedFiles) -> Result<(), RunError> {
    let staging = Staging {
        contract,
        manifest: opened.manifest(),
        delivery_id: opened.delivery_id(),
        hub_key: &desk.hub_key,
        persons: &desk.persons,
        households: &desk.households,
        names: &desk.names,
    };
    stage(&staging, opened.data(), files)
}

/// Whether models read the rows of a delivery: a bridge says who is who, and nothing else.
fn has_rows(night: &Night<'_>, delivery: &Accepted) -> bool {
    let contract = night.definition.schemas.dataset(&delivery.manifest.dataset);
    contract.is_ok_and(|contract| contract.subject != ContractSubject::Bridge)
}

fn identity(night: &Night<'_>) -> Result<Arc<HubIdentity>, RunError> {
    let identity = HubIdentity::read(&night.site.age_key_file());
    identity.map(Arc::new).map_err(|source| RunError::Site(PipelineError::Identity { source }))
}

/// The segments found, then those that this run added.
fn later_segments(found: &[String], desk: &Desk) -> Vec<String> {
    let now = [desk.persons.segments(), desk.households.segments(), desk.names.segments()].concat();
    let added = now.iter().filter(|name| !found.contains(name));
    found.iter().cloned().chain(added.cloned()).collect()
}

fn staged_files(night: &Night<'_>, delivery: &Accepted, generation: &str) -> StagedFiles {
    let dataset = &delivery.manifest.dataset;
    let file = |folder: &str| {
        let folder = night.site.vault().join(folder).join(dataset);
        folder.join(format!("{}-{generation}.parquet", delivery.delivery_id))
    };
    let [numbered, unnumbered] = STAGED_FOLDERS.map(file);
    StagedFiles { dataset: dataset.clone(), numbered, unnumbered }
}

fn staged_before(night: &Night<'_>, delivery: &Accepted, known: &Generations) -> Option<StagedFiles> {
    let files = known.names().iter().map(|generation| staged_files(night, delivery, generation));
    files.into_iter().find(|files| files.numbered.exists())
}

impl Staged {
    /// Everybody's names, those of this run's deliveries among them.
    pub(crate) fn names(&self) -> &NameSpine {
        &self.desk.names
    }

    /// Makes each dataset a table of its rows with a number, and one of those without; a table without rows where there
    /// are none.
    pub(crate) async fn open(
        &self,
        night: &Night<'_>,
        session: &SessionContext,
        sources: &mut Sources,
    ) -> Result<(), RunError> {
        let mut by_dataset: BTreeMap<&str, Vec<&StagedFiles>> = BTreeMap::new();
        for files in &self.files {
            by_dataset.entry(&files.dataset).or_default().push(files);
        }
        for contract in &night.definition.schemas.contracts {
            let files = by_dataset.remove(contract.dataset.as_str()).unwrap_or_default();
            let columns = staged_schema(contract);
            let table = |schema: &str| TableName { schema: schema.to_owned(), table: contract.dataset.clone() };
            let mut numbered: Vec<PathBuf> = files.iter().map(|files| files.numbered.clone()).collect();
            if numbered.is_empty() {
                let empty = RecordBatch::new_empty(Arc::clone(&columns));
                numbered.push(write_batch(night.work.path(), &table("staged"), &empty)?);
            }
            add_table(session, sources, table("staged"), &numbered).await?;
            if is_about_people(contract) {
                let unnumbered = files.iter().map(|files| files.unnumbered.clone()).filter(|file| file.exists());
                let linked = night.work.path().join(format!("{}.parquet", table("unnumbered")));
                unnumbered::link(&unnumbered.collect::<Vec<_>>(), &columns, &self.desk.names, &linked)?;
                add_table(session, sources, table("unnumbered"), &[linked]).await?;
            }
        }
        Ok(())
    }
}

async fn add_table(
    session: &SessionContext,
    sources: &mut Sources,
    name: TableName,
    files: &[PathBuf],
) -> Result<(), RunError> {
    register_parquet(session, &name.schema, &name.table, files).await?;
    let provider = session.table_provider(name.to_string()).await.map_err(RunError::query(&name))?;
    sources.add(name, provider);
    Ok(())
}
