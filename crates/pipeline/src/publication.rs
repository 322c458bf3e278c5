//! Publications: the numbered documents that say which run readers see (`design.md` 5.9).
//!
//! A run writes its tables under its run id; nobody sees them until a publication names them. The
//! current publication is the one with the highest number; it is written with put-if-absent, so
//! that of two runs at once only one is published.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::error::PipelineError;
use crate::site::AcceptedRate;
use crate::store::{Store, Written};

const FOLDER: &str = "publications";

/// What a run has to say for itself before it gets a number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Publication {
    /// 1, 2, 3, …; 0 until [`publish`] has given one.
    pub number: u64,
    /// The run that made the tables.
    pub run_id: String,
    /// The day the run was made for, `YYYY-MM-DD`.
    pub as_of: String,
    /// Everything the tables were made from.
    pub inputs: Inputs,
    /// Files by table, `schema.table` → files in reading order.
    pub tables: BTreeMap<String, TableFiles>,
    /// What was checked, and how many rows each check saw.
    pub checks: Vec<CheckResult>,
    /// Counts for people: rows staged, persons, flags, …
    pub counts: BTreeMap<String, i64>,
    /// Low match rates that would have stopped the run, had people not found them right.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accepted_rates: Vec<AcceptedRate>,
}

/// The inputs of a run, each by SHA-256 in hex.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inputs {
    /// `delivery_id` of every delivery that was read, sorted.
    pub deliveries: Vec<String>,
    /// Digest of the rules.
    pub rules: String,
    /// Digest of the parameters: pipeline, calendar, as-of date.
    pub parameters: String,
    /// Name and version of the program, with the digest of its SQL.
    pub program: String,
    /// Digest of contracts and code lists.
    pub schemas: String,
    /// Check value of the hub key that the spine is made with.
    pub hub_key: String,
    /// The spine's segments, each named by its digest.
    pub spine: Vec<String>,
}

/// The files of one table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableFiles {
    /// In reading order.
    pub files: Vec<TableFile>,
}

/// One Parquet file of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableFile {
    /// Path inside the store.
    pub path: String,
    /// Size in bytes.
    pub bytes: u64,
    /// Digest of the bytes, hex.
    pub sha256: String,
    /// Rows in it.
    pub rows: u64,
}

/// One check of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckResult {
    /// The claim, `benefit_month_is_unique`.
    pub name: String,
    /// How it came out.
    pub outcome: CheckOutcome,
    /// Rows it looked at.
    pub rows_seen: u64,
    /// Rows that break the claim.
    pub rows_bad: u64,
}

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckOutcome {
    /// The claim holds for what it saw.
    Passed,
    /// It does not.
    Failed,
    /// It saw fewer rows than it must have seen, so it says nothing.
    Vacuous,
}

/// The publication with the highest number; `None` before the first.
pub async fn current(store: &Store) -> Result<Option<Publication>, PipelineError> {
    match store.list(FOLDER).await?.last() {
        Some(object) => read(store, &object.path).await.map(Some),
        None => Ok(None),
    }
}

/// The number of the current publication, without reading it; `None` before the first.
pub async fn newest_number(store: &Store) -> Result<Option<u64>, PipelineError> {
    let listed = store.list(FOLDER).await?;
    let name = listed.last().and_then(|object| object.path.rsplit('/').next()?.strip_suffix(".json"));
    Ok(name.and_then(|number| number.parse().ok()))
}

/// Every publication, the oldest first.
pub async fn all(store: &Store) -> Result<Vec<Publication>, PipelineError> {
    let mut publications = Vec::new();
    for object in store.list(FOLDER).await? {
        publications.push(read(store, &object.path).await?);
    }
    Ok(publications)
}

/// The newest publication of a run, by run id (or its beginning) or publication number.
pub async fn find(store: &Store, wanted: &str) -> Result<Publication, PipelineError> {
    let number = wanted.parse::<u64>().ok();
    let mut publications = all(store).await?;
    publications.reverse();
    publications
        .into_iter()
        .find(|publication| {
            Some(publication.number) == number || (wanted.len() >= 4 && publication.run_id.starts_with(wanted))
        })
        .ok_or_else(|| PipelineError::UnknownRun { wanted: wanted.to_owned() })
}

/// Gives `draft` the number after `follows` and makes it current.
///
/// `follows` is the number that was current when the run started, 0 before the first. Fails with
/// [`PipelineError::AnotherWriter`] and changes nothing if another run was published since.
pub async fn publish(store: &Store, follows: u64, draft: Publication) -> Result<Publication, PipelineError> {
    let number = follows.saturating_add(1);
    let publication = Publication { number, ..draft };
    let path = path_of(number);
    let mut content = serde_json::to_vec_pretty(&publication).map_err(|source| PipelineError::Document {
        path: path.clone(),
        what: "publication",
        source,
    })?;
    content.push(b'\n');
    // What it names outlives a loss of power before it does.
    let files = publication.tables.values().flat_map(|table| &table.files);
    store.make_durable(files.map(|file| file.path.as_str()))?;
    match store.put_if_absent(&path, content).await? {
        Written::New => {
            make_durable(store, &publication)?;
            Ok(publication)
        }
        Written::AlreadyThere => Err(PipelineError::AnotherWriter { number }),
    }
}

/// Makes sure that a publication outlives a loss of power, where the store is a folder of this machine.
pub(crate) fn make_durable(store: &Store, publication: &Publication) -> Result<(), PipelineError> {
    store.make_durable([path_of(publication.number).as_str()])
}

fn path_of(number: u64) -> String {
    format!("{FOLDER}/{number:08}.json")
}

async fn read(store: &Store, path: &str) -> Result<Publication, PipelineError> {
    let content = store.get(path).await?;
    serde_json::from_slice(&content).map_err(|source| PipelineError::Document {
        path: path.to_owned(),
        what: "publication",
        source,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(run_id: &str) -> Publication {
        Publication {
            number: 0,
            run_id: run_id.to_owned(),
            as_of: "2026-11-20".to_owned(),
            inputs: Inputs::default(),
            tables: BTreeMap::new(),
            checks: Vec::new(),
            counts: BTreeMap::new(),
            accepted_rates: Vec::new(),
        }
    }

    #[tokio::test]
    async fn the_current_publication_is_the_highest_number() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(".", folder.path()).unwrap();
        assert_eq!(current(&store).await.unwrap(), None);
        publish(&store, 0, draft("run-a")).await.unwrap();
        publish(&store, 1, draft("run-b")).await.unwrap();
        let now = current(&store).await.unwrap().unwrap();
        assert_eq!((now.number, now.run_id.as_str()), (2, "run-b"));
        assert_eq!(find(&store, "run-a").await.unwrap().number, 1);
        assert_eq!(find(&store, "2").await.unwrap().run_id, "run-b");
    }

    #[tokio::test]
    async fn a_second_writer_of_one_number_fails_and_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(".", folder.path()).unwrap();
        publish(&store, 0, draft("run-a")).await.unwrap();
        let error = publish(&store, 0, draft("run-b")).await.unwrap_err();
        assert!(matches!(error, PipelineError::AnotherWriter { number: 1 }));
        assert_eq!(current(&store).await.unwrap().unwrap().run_id, "run-a");
    }
}
