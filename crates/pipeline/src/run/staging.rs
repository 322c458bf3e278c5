//! All deliveries of a run: who is in them, a number for everybody, their rows in the vault.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use datafusion::prelude::SessionContext;
use futures::StreamExt;
use yilian_contract::Contract;
use yilian_delivery::{HubIdentity, Verified, sha256_hex};
use yilian_engine::{TableName, register_parquet};
use yilian_token::{Key, KeyUse};

use super::bucket::Sources;
use super::ledger::write_batch;
use super::spine::{Spine, Subject, TokenSet};
use super::stage::{StagedFiles, Staging, is_about_people, seen_tokens, stage, staged_schema, unnumbered_schema};
use super::{Night, RunError};
use crate::PipelineError;
use crate::progress::Progress;
use crate::receive::{Accepted, open_accepted};

/// Names the columns of staged files: another name makes the next run stage every delivery again.
const FORM: &str = "numbered and unnumbered";

/// The staged rows of a run and the spine they are numbered by.
pub(crate) struct Staged {
    pub(crate) files: Vec<StagedFiles>,
    pub(crate) persons: usize,
    pub(crate) rows: u64,
    /// Every segment of both spines, as the publication will name them.
    pub(crate) spine: Vec<String>,
}

/// What the steps of staging share.
struct Desk {
    hub_key: Key,
    persons: Spine,
    households: Spine,
}

/// Stages every delivery that the vault does not hold in staged form yet.
pub(crate) async fn stage_all(night: &Night<'_>, progress: &dyn Progress) -> Result<Staged, RunError> {
    let vault = night.site.vault();
    let mut desk = Desk {
        hub_key: hub_key(night)?,
        persons: Spine::load(Subject::Person, &vault, &night.inputs.spine)?,
        households: Spine::load(Subject::Household, &vault, &night.inputs.spine)?,
    };
    let known = generations(&night.inputs.spine);
    let waiting: Vec<&Accepted> =
        night.deliveries.iter().filter(|delivery| staged_before(night, delivery, &known).is_none()).collect();
    let (new_persons, new_households) = look(night, &desk, &waiting, progress).await?;
    desk.persons.extend(&vault, new_persons)?;
    desk.households.extend(&vault, new_households)?;
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
    })
}

/// The tokens of everybody in the waiting deliveries who has no number yet.
async fn look(
    night: &Night<'_>,
    desk: &Desk,
    waiting: &[&Accepted],
    progress: &dyn Progress,
) -> Result<(TokenSet, TokenSet), RunError> {
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
    let (mut persons, mut households) = (TokenSet::default(), TokenSet::default());
    while let Some(seen) = looking.next().await {
        let seen = seen?;
        persons.extend(seen.persons.into_iter().filter(|token| desk.persons.id(token).is_none()));
        households.extend(seen.households.into_iter().filter(|token| desk.households.id(token).is_none()));
        progress.advance(1);
    }
    progress.finish(&format!("{} new people", persons.len()));
    Ok((persons, households))
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
    let added = desk.persons.segments().iter().chain(desk.households.segments()).filter(|name| !found.contains(name));
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
    /// Makes each dataset a table of its rows with a person, and one of those without; a table without rows where there
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
            let numbered = files.iter().map(|files| files.numbered.clone()).collect();
            add_table(night, session, sources, ("staged", contract, &staged_schema(contract)), numbered).await?;
            if is_about_people(contract) {
                let unnumbered = files.iter().map(|files| files.unnumbered.clone()).filter(|file| file.exists());
                let unnumbered = unnumbered.collect();
                let table = ("unnumbered", contract, &unnumbered_schema(contract));
                add_table(night, session, sources, table, unnumbered).await?;
            }
        }
        Ok(())
    }
}

async fn add_table(
    night: &Night<'_>,
    session: &SessionContext,
    sources: &mut Sources,
    (schema, contract, columns): (&str, &Contract, &SchemaRef),
    mut files: Vec<PathBuf>,
) -> Result<(), RunError> {
    let name = TableName { schema: schema.to_owned(), table: contract.dataset.clone() };
    if files.is_empty() {
        files.push(write_batch(night.work.path(), &name, &RecordBatch::new_empty(Arc::clone(columns)))?);
    }
    register_parquet(session, &name.schema, &name.table, &files).await?;
    let provider = session.table_provider(name.to_string()).await.map_err(RunError::query(&name))?;
    sources.add(name, provider);
    Ok(())
}
