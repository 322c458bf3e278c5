//! All deliveries of a run: who is in them, a number for everybody, their rows in the vault.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use arrow::array::RecordBatch;
use datafusion::prelude::SessionContext;
use futures::StreamExt;
use yilian_contract::Contract;
use yilian_delivery::{HubIdentity, Verified, sha256_hex};
use yilian_engine::{TableName, register_parquet};
use yilian_token::{Key, KeyUse};

use super::bucket::Sources;
use super::ledger::write_batch;
use super::name_spine::NameSpine;
use super::newcomers::Newcomers;
use super::spine::{Spine, Subject};
use super::stage::{StagedFiles, Staging, is_about_people, seen_tokens, stage, staged_schema};
use super::unnumbered;
use super::{Night, RunError};
use crate::PipelineError;
use crate::progress::Progress;
use crate::receive::{Accepted, open_accepted};

/// Names the columns of staged files: another name makes the next run stage every delivery again.
const FORM: &str = "numbered and unnumbered, graded";

/// The staged rows of a run and the spine they are numbered by.
pub(crate) struct Staged {
    pub(crate) files: Vec<StagedFiles>,
    pub(crate) persons: usize,
    pub(crate) rows: u64,
    desk: Arc<Desk>,
    /// Every segment of the spines, as the publication will name them.
    pub(crate) spine: Vec<String>,
}

/// What the steps of staging share.
pub(crate) struct Desk {
    pub(crate) hub_key: Key,
    pub(crate) persons: Spine,
    pub(crate) households: Spine,
    pub(crate) names: NameSpine,
}

/// Stages every delivery that the vault does not hold in staged form yet.
pub(crate) async fn stage_all(night: &Night<'_>, progress: &dyn Progress) -> Result<Staged, RunError> {
    let vault = night.site.vault();
    let mut desk = Desk {
        hub_key: hub_key(night)?,
        persons: Spine::load(Subject::Person, &vault, &night.inputs.spine)?,
        households: Spine::load(Subject::Household, &vault, &night.inputs.spine)?,
        names: NameSpine::load(&vault, &night.inputs.spine)?,
    };
    let known = generations(&night.inputs.spine);
    let waiting: Vec<&Accepted> =
        night.deliveries.iter().filter(|delivery| staged_before(night, delivery, &known).is_none()).collect();
    look(night, &desk, &waiting, progress).await?.number(&mut desk, &vault)?;
    let spine: Vec<String> = later_segments(&night.inputs.spine, &desk);
    let generation = generation(&spine);
    let desk = Arc::new(desk);
    write(night, &desk, &waiting, &generation, progress).await?;
    let known = generations(&spine);
    let files = night.deliveries.iter().filter_map(|delivery| staged_before(night, delivery, &known)).collect();
    Ok(Staged {
        files,
        persons: desk.persons.len(),
        rows: night.deliveries.iter().map(|delivery| delivery.manifest.counts.delivered).sum(),
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
    let hub_key = Arc::new(hub_key(night)?);
    progress.start("look who is in the deliveries", Some(waiting.len() as u64));
    let mut looking = futures::stream::iter(waiting.iter().copied())
        .map(|delivery| {
            let hub_key = Arc::clone(&hub_key);
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

fn hub_key(night: &Night<'_>) -> Result<Key, RunError> {
    Ok(Key::read(&night.site.hub_key_file(), KeyUse::Hub)?)
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

/// A spine only grows, so rows staged under an earlier state of it are still right; this names one state.
fn generation(spine: &[String]) -> String {
    sha256_hex(format!("{FORM}\n{}", spine.join("\n")).as_bytes()).chars().take(16).collect()
}

/// Every state that the spine has been in, the newest first.
fn generations(spine: &[String]) -> Vec<String> {
    (0..=spine.len()).rev().filter_map(|length| spine.get(..length)).map(generation).collect()
}

fn staged_files(night: &Night<'_>, delivery: &Accepted, generation: &str) -> StagedFiles {
    let dataset = &delivery.manifest.dataset;
    let file = |folder: &str| {
        let folder = night.site.vault().join(folder).join(dataset);
        folder.join(format!("{}-{generation}.parquet", delivery.delivery_id))
    };
    StagedFiles { dataset: dataset.clone(), numbered: file("staged"), unnumbered: file("unnumbered") }
}

fn staged_before(night: &Night<'_>, delivery: &Accepted, generations: &[String]) -> Option<StagedFiles> {
    let files = generations.iter().map(|generation| staged_files(night, delivery, generation));
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
