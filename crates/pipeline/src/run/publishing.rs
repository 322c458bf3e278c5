//! Publish: every table under the run's id, then one numbered document that makes them current (`design.md` 5.9).

mod part;

use std::collections::BTreeMap;

use futures::StreamExt;
use yilian_delivery::sha256_hex;

use self::part::{Part, parts};
use super::kept::PublishedFiles;
use super::staging::Staged;
use super::whole::Whole;
use super::{Night, RunError};
use crate::progress::Progress;
use crate::publication::{self, Inputs, Publication, TableFile, TableFiles};
use crate::store::Store;

/// Writes the tables into the store and makes them what readers see.
pub(crate) async fn publish(
    night: &Night<'_>,
    whole: Whole,
    staged: &Staged,
    previous: Option<&Publication>,
    progress: &dyn Progress,
) -> Result<Publication, RunError> {
    let run_id = run_id(night, previous);
    progress.start("write the tables", Some(whole.tables.len() as u64));
    let counts = counts(night, &whole, staged);
    let (checks, accepted_rates) = (whole.checks, whole.accepted_rates);
    let mut tables: BTreeMap<String, TableFiles> = BTreeMap::new();
    let mut published = PublishedFiles::open(night);
    let parts = parts(whole.tables)?.into_iter().map(|part| {
        let before = part.contents().and_then(|contents| published.find(&contents).cloned());
        (part, before)
    });
    let mut writing = futures::stream::iter(parts.collect::<Vec<_>>())
        .map(|(part, before)| written(night.site.store(), &run_id, part, before))
        .buffered(night.options.threads.max(1));
    while let Some(written) = writing.next().await {
        let (part, file) = written?;
        if let Some(contents) = part.contents() {
            published.note(contents, file.clone());
        }
        tables.entry(part.table.name.to_string()).or_default().files.push(file);
        progress.advance(u64::from(part.is_last_of_table));
    }
    drop(writing);
    let draft = Publication {
        number: 0,
        run_id,
        as_of: night.options.as_of.to_string(),
        inputs: Inputs { spine: staged.spine.clone(), ..night.inputs.clone() },
        tables,
        checks,
        counts,
        accepted_rates,
    };
    let follows = previous.map_or(0, |publication| publication.number);
    let publication = publication::publish(night.site.store(), follows, draft).await?;
    published.finish()?;
    progress.finish(&format!("publication {}", publication.number));
    Ok(publication)
}

/// A run is named by what it was made from: its inputs and the run whose flags it continues.
fn run_id(night: &Night<'_>, previous: Option<&Publication>) -> String {
    let Inputs { deliveries, rules, parameters, program, schemas, hub_key, spine } = night.inputs;
    let follows = previous.map(|publication| publication.run_id.as_str()).unwrap_or_default();
    let lists = [deliveries.join(","), spine.join(",")];
    let parts =
        [rules, parameters, program, schemas, hub_key].into_iter().chain(&lists).map(String::as_str).chain([follows]);
    sha256_hex(parts.collect::<Vec<_>>().join("\n").as_bytes()).chars().take(16).collect()
}

fn counts(night: &Night<'_>, whole: &Whole, staged: &Staged) -> BTreeMap<String, i64> {
    let number = |value: usize| i64::try_from(value).unwrap_or(i64::MAX);
    let mut counts = BTreeMap::from([
        ("deliveries".to_owned(), number(night.deliveries.len())),
        ("rows".to_owned(), i64::try_from(staged.rows).unwrap_or(i64::MAX)),
        ("persons".to_owned(), number(staged.persons)),
        ("flags".to_owned(), number(whole.flags)),
        ("gaps".to_owned(), number(whole.gaps)),
        ("suppressed_values".to_owned(), whole.suppressed),
    ]);
    if staged.bridge_conflicts > 0 {
        counts.insert("bridge_conflicts".to_owned(), number(staged.bridge_conflicts));
    }
    counts
}

/// Puts a part into the store: as the publication before has it, if that has the same rows.
async fn written(
    store: &Store,
    run_id: &str,
    part: Part,
    before: Option<TableFile>,
) -> Result<(Part, TableFile), RunError> {
    let path = format!("runs/{run_id}/{}", part.file_name());
    if let Some(before) = before
        && let Some(content) = store.get_if_present(&before.path).await?
        && sha256_hex(&content) == before.sha256
    {
        store.put(&path, content).await?;
        return Ok((part, TableFile { path, ..before }));
    }
    let packing = tokio::task::spawn_blocking(move || part.packed().map(|content| (part, content)));
    let (part, content) = packing.await.map_err(|_| RunError::Interrupted)??;
    let file = TableFile { path, bytes: content.len() as u64, sha256: sha256_hex(&content), rows: part.rows() };
    store.put(&file.path, content).await?;
    Ok((part, file))
}
