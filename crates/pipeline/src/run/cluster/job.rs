//! A job: all buckets of one run, as files of the storage that the hub shares with a cluster.

use serde::{Deserialize, Serialize};
use yilian_delivery::sha256_hex;
use yilian_engine::TableName;

use super::super::RunError;
use super::super::model::ModelGraph;
use super::super::spine::SLOTS;
use super::super::united::United;
use super::JOBS;
use crate::store::Store;

/// The program that lays a job out must be the one that computes it: another one might write other bytes.
const PROGRAM: &str = concat!("yilian ", env!("CARGO_PKG_VERSION"));

/// Digits of a job's name.
const NAME_LENGTH: usize = 16;

/// Which job: all that a machine is told besides the number of a bucket. The rest it reads in its own storage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BucketJob {
    /// The beginning of a SHA-256 over what the run is made from; its folder's name.
    inputs: String,
    /// SHA-256 of its description.
    digest: String,
    buckets: u32,
}

/// What all buckets of a job are computed from.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Description {
    pub(super) program: String,
    /// Tables that exist before the bucket models.
    pub(super) sources: Vec<SourceTable>,
    pub(super) models: ModelGraph,
    pub(super) united: United,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SourceTable {
    pub(super) name: TableName,
    pub(super) files: Vec<StoredFile>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoredFile {
    pub(super) path: String,
    pub(super) sha256: String,
}

/// A table of one bucket as a machine has written it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoredTable {
    pub(super) name: TableName,
    pub(super) sha256: String,
}

impl Description {
    pub(super) fn new(sources: Vec<SourceTable>, models: ModelGraph, united: &United) -> Self {
        Self { program: PROGRAM.to_owned(), sources, models, united: united.clone() }
    }
}

impl BucketJob {
    /// Names a job of which nothing is laid out yet.
    pub(super) fn begin(inputs: &impl Serialize, buckets: u32) -> Result<Self, RunError> {
        let inputs = to_json(&(PROGRAM, inputs, buckets))?;
        let inputs = sha256_hex(&inputs).chars().take(NAME_LENGTH).collect();
        Ok(Self { inputs, digest: String::new(), buckets })
    }

    /// Writes the description, after which machines can work.
    pub(super) async fn describe(mut self, storage: &Store, description: &Description) -> Result<Self, RunError> {
        let text = to_json(description)?;
        self.digest = sha256_hex(&text);
        storage.put(&self.description(), text).await?;
        Ok(self)
    }

    /// Reads the description, which must be the one that the hub wrote, of a job that came over the network.
    pub(super) async fn read(&self, storage: &Store) -> Result<Description, RunError> {
        let is_name = self.inputs.len() == NAME_LENGTH && self.inputs.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !is_name || !(1..=SLOTS).contains(&self.buckets) {
            return Err(RunError::Unreadable { what: "the name of a job" });
        }
        let text = storage.get(&self.description()).await?;
        if sha256_hex(&text) != self.digest {
            return Err(RunError::Unreadable { what: "the description of a job" });
        }
        let description: Description = from_json(&text, "the description of a job")?;
        if description.program != PROGRAM {
            return Err(RunError::AnotherProgram { hub: description.program, here: PROGRAM.to_owned() });
        }
        Ok(description)
    }

    /// How many buckets it has.
    pub fn buckets(&self) -> u32 {
        self.buckets
    }

    /// A name of the job, the same for the same inputs.
    pub fn name(&self) -> &str {
        &self.inputs
    }

    /// How many buckets are done.
    pub(super) async fn done(&self, storage: &Store) -> Result<u32, RunError> {
        let found = storage.list(&format!("{}/done", self.folder())).await?;
        Ok(u32::try_from(found.len()).unwrap_or(u32::MAX))
    }

    pub(super) async fn is_done(&self, storage: &Store, bucket: u32) -> Result<bool, RunError> {
        Ok(storage.get_if_present(&self.record(bucket)).await?.is_some())
    }

    /// Says that a bucket is done, when all its tables are there.
    pub(super) async fn finish(&self, storage: &Store, bucket: u32, tables: &[StoredTable]) -> Result<(), RunError> {
        Ok(storage.put(&self.record(bucket), to_json(&tables)?).await?)
    }

    /// The tables of a bucket that is done.
    pub(super) async fn tables_of(&self, storage: &Store, bucket: u32) -> Result<Vec<StoredTable>, RunError> {
        from_json(&storage.get(&self.record(bucket)).await?, "what a bucket has made")
    }

    pub(super) fn source(&self, name: &TableName, file: usize) -> String {
        format!("{}/sources/{name}/{file:05}.parquet", self.folder())
    }

    pub(super) fn table(&self, name: &TableName, bucket: u32) -> String {
        format!("{}/tables/{name}/{bucket:05}.parquet", self.folder())
    }

    fn record(&self, bucket: u32) -> String {
        format!("{}/done/{bucket:05}.json", self.folder())
    }

    fn description(&self) -> String {
        format!("{}/job.json", self.folder())
    }

    fn folder(&self) -> String {
        format!("{JOBS}/{}", self.inputs)
    }
}

fn to_json(value: &impl Serialize) -> Result<Vec<u8>, RunError> {
    serde_json::to_vec(value).map_err(|_| RunError::Unreadable { what: "a part of a job" })
}

fn from_json<'t, T: Deserialize<'t>>(text: &'t [u8], what: &'static str) -> Result<T, RunError> {
    serde_json::from_slice(text).map_err(|_| RunError::Unreadable { what })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;

    use super::*;

    fn models() -> ModelGraph {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("10_layer")).unwrap();
        let header = "-- It.\n-- schema: hub · pass: bucket · kept as: table\n-- grain: person_id\n";
        fs::write(folder.path().join("10_layer/a.sql"), format!("{header}select 1 as person_id")).unwrap();
        ModelGraph::load(folder.path(), &BTreeSet::new()).unwrap()
    }

    async fn described(storage: &Store) -> BucketJob {
        let description = Description::new(Vec::new(), models(), &United::default());
        BucketJob::begin(&"inputs", 3).unwrap().describe(storage, &description).await.unwrap()
    }

    #[tokio::test]
    async fn a_machine_reads_what_the_hub_has_laid_out() {
        let folder = tempfile::tempdir().unwrap();
        let storage = Store::open("shared", folder.path()).unwrap();
        let job = described(&storage).await;
        let sent = serde_json::to_string(&job).unwrap();
        let received: BucketJob = serde_json::from_str(&sent).unwrap();
        let description = received.read(&storage).await.unwrap();
        let [model] = description.models.in_order() else { panic!("one model is expected") };
        assert_eq!((model.name.to_string().as_str(), model.grain.len()), ("hub.a", 1));
    }

    #[tokio::test]
    async fn a_description_that_was_changed_or_lies_elsewhere_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let storage = Store::open("shared", folder.path()).unwrap();
        let job = described(&storage).await;
        let elsewhere = BucketJob { inputs: "../../vault".to_owned(), ..job.clone() };
        assert!(elsewhere.read(&storage).await.is_err());
        storage.put(&job.description(), "{}").await.unwrap();
        assert!(job.read(&storage).await.is_err());
    }

    #[tokio::test]
    async fn a_bucket_is_done_once_it_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let storage = Store::open("shared", folder.path()).unwrap();
        let job = described(&storage).await;
        assert!(!job.is_done(&storage, 2).await.unwrap());
        for _ in 0..2 {
            job.finish(&storage, 2, &[]).await.unwrap();
        }
        assert!(job.is_done(&storage, 2).await.unwrap());
        assert_eq!(job.done(&storage).await.unwrap(), 1);
    }
}
