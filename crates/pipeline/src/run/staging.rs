//! All deliveries of a run: who is in them, a number for everybody, their rows in the vault.

use std::collections::BTreeMap;
use std::fs;
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
use super::generation::Generations;
use super::spine::{Spine, Subject, TokenSet};
use super::stage::{StagedFile, Staging, seen_tokens, stage, staged_schema};
use super::table_file::to_parquet;
use super::{Night, RunError, rotation};
use crate::PipelineError;
use crate::progress::Progress;
use crate::receive::{Accepted, open_accepted};

/// The staged rows of a run and the spine they are numbered by.
pub(crate) struct Staged {
    pub(crate) files: Vec<StagedFile>,
    pub(crate) persons: usize,
    pub(crate) rows: u64,
    /// Pairs of a bridge between link keys whose two tokens are known as two people.
    pub(crate) bridge_conflicts: usize,
    /// Every segment of both spines, as the publication will name them.
    pub(crate) spine: Vec<String>,
}

/// What the steps of staging share.
struct Desk {
    hub_key: Arc<Key>,
    persons: Spine,
    households: Spine,
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
    };
    let known = Generations::new(&night.inputs.hub_key, &found);
    let waiting: Vec<&Accepted> = night
        .deliveries
        .iter()
        .filter(|delivery| has_rows(night, delivery) && staged_before(night, delivery, &known).is_none())
        .collect();
    let (new_persons, new_households) = look(night, &desk, &waiting, progress).await?;
    let record_key = night.keys.noise.tokeniser(Label::Noise)?;
    desk.persons.extend(&vault, new_persons, &bridge, Some(&record_key))?;
    desk.households.extend(&vault, new_households, &Bridge::default(), None)?;
    let bridge_conflicts = bridge.conflicts(&desk.persons);
    let spine: Vec<String> = later_segments(&found, &desk);
    let known = Generations::new(&night.inputs.hub_key, &spine);
    let desk = Arc::new(desk);
    write(night, &desk, &waiting, known.newest(), progress).await?;
    let files = night
        .deliveries
        .iter()
        .filter_map(|delivery| {
            let path = staged_before(night, delivery, &known)?;
            Some(StagedFile { dataset: delivery.manifest.dataset.clone(), path })
        })
        .collect();
    Ok(Staged {
        files,
        persons: desk.persons.len(),
        rows: night.deliveries.iter().map(|delivery| delivery.manifest.counts.delivered).sum(),
        bridge_conflicts,
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
            let (desk, file) = (Arc::clone(desk), staged_path(night, delivery, generation));
            let opening = open_accepted(night.site, delivery, &identity);
            let contract = night.definition.schemas.dataset(&delivery.manifest.dataset).cloned();
            async move {
                let opened = opening.await?;
                let contract = contract.map_err(|mistake| RunError::Contracts { mistakes: vec![mistake] })?;
                tokio::task::spawn_blocking(move || stage_one(&desk, &contract, &opened, &file))
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

fn stage_one(desk: &Desk, contract: &Contract, opened: &Verified, file: &std::path::Path) -> Result<(), RunError> {
    let staging = Staging {
        contract,
        manifest: opened.manifest(),
        delivery_id: opened.delivery_id(),
        hub_key: &desk.hub_key,
        persons: &desk.persons,
        households: &desk.households,
    };
    stage(&staging, opened.data(), file)
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
    let added = desk.persons.segments().iter().chain(desk.households.segments()).filter(|name| !found.contains(name));
    found.iter().cloned().chain(added.cloned()).collect()
}

fn staged_path(night: &Night<'_>, delivery: &Accepted, generation: &str) -> PathBuf {
    let folder = night.site.vault().join("staged").join(&delivery.manifest.dataset);
    folder.join(format!("{}-{generation}.parquet", delivery.delivery_id))
}

fn staged_before(night: &Night<'_>, delivery: &Accepted, known: &Generations) -> Option<PathBuf> {
    known.names().iter().map(|generation| staged_path(night, delivery, generation)).find(|path| path.exists())
}

impl Staged {
    /// Makes each dataset a table; one without deliveries is a table without rows.
    pub(crate) async fn open(
        &self,
        night: &Night<'_>,
        session: &SessionContext,
        sources: &mut Sources,
    ) -> Result<(), RunError> {
        let mut by_dataset: BTreeMap<&str, Vec<PathBuf>> = BTreeMap::new();
        for file in &self.files {
            by_dataset.entry(&file.dataset).or_default().push(file.path.clone());
        }
        for contract in &night.definition.schemas.contracts {
            let name = TableName { schema: "staged".to_owned(), table: contract.dataset.clone() };
            let files = match by_dataset.remove(contract.dataset.as_str()) {
                Some(files) => files,
                None => vec![empty_table(night, contract)?],
            };
            register_parquet(session, &name.schema, &name.table, &files).await?;
            let provider = session.table_provider(name.to_string()).await.map_err(RunError::query(&name))?;
            sources.add(name, provider);
        }
        Ok(())
    }
}

fn empty_table(night: &Night<'_>, contract: &Contract) -> Result<PathBuf, RunError> {
    let file = night.work.path().join(format!("no-{}.parquet", contract.dataset));
    let content = to_parquet(&RecordBatch::new_empty(staged_schema(contract)), &contract.dataset)?;
    fs::write(&file, content).map_err(RunError::io("write", &file))?;
    Ok(file)
}
