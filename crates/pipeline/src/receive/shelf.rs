use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use yilian_delivery::{AcceptedFile, Identity, Manifest, Partition, Refusal, SealedFile, Sealing, Verified};

use super::retired::{self, Retired};
use crate::error::PipelineError;
use crate::site::Site;
use crate::store::Store;

pub(super) const FOLDER: &str = "deliveries";

/// A delivery that was accepted: the document beside the sealed file in `deliveries/`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Accepted {
    /// SHA-256 of the manifest, hex.
    pub delivery_id: String,
    /// Name under which the file came.
    pub file_name: String,
    /// SHA-256 of the file as it came, hex.
    pub file_sha256: String,
    /// Size of the file as it came.
    pub bytes: u64,
    /// What the sender signed.
    pub manifest: Manifest,
}

/// The deliveries that a run reads: of each partition the highest accepted sequence, in the order of partitions.
pub async fn current_deliveries(store: &Store) -> Result<Vec<Accepted>, PipelineError> {
    let mut current: BTreeMap<Partition, Accepted> = BTreeMap::new();
    let shelf = Shelf::load(store).await?;
    let retired: BTreeSet<String> = shelf.retired.into_iter().map(|retired| retired.delivery_id).collect();
    for accepted in shelf.deliveries.into_iter().filter(|accepted| !retired.contains(&accepted.delivery_id)) {
        let partition = accepted.manifest.partition();
        let is_higher =
            current.get(&partition).is_none_or(|other| other.manifest.sequence < accepted.manifest.sequence);
        if is_higher {
            current.insert(partition, accepted);
        }
    }
    Ok(current.into_values().collect())
}

/// Every accepted delivery that is kept, superseded ones included, in the order of delivery id.
pub async fn all_deliveries(store: &Store) -> Result<Vec<Accepted>, PipelineError> {
    Ok(Shelf::load(store).await?.deliveries)
}

/// The ids of the deliveries that no run reads any more.
pub(crate) async fn retired_deliveries(store: &Store) -> Result<BTreeSet<String>, PipelineError> {
    Ok(Shelf::load(store).await?.retired.into_iter().map(|retired| retired.delivery_id).collect())
}

/// Decrypts an accepted delivery in memory and proves that it is what was accepted, to the bit.
///
/// The work is done beside the caller's thread, so that several deliveries are opened at once.
pub async fn open_accepted(
    site: &Site,
    accepted: &Accepted,
    identity: &Arc<Identity>,
) -> Result<Verified, PipelineError> {
    let content = site.store().get(&accepted.path()).await?;
    let sealed = SealedFile::new(accepted.file_name.clone(), content);
    let (delivery_id, identity) = (accepted.delivery_id.clone(), Arc::clone(identity));
    let opening = tokio::task::spawn_blocking(move || {
        let opened = sealed.open(std::slice::from_ref(&*identity));
        // As large as what was in it, which is held for long.
        drop(sealed);
        opened.and_then(|opened| opened.accepted_as(&delivery_id)).map_err(|reasons| damaged(&delivery_id, &reasons))
    });
    opening.await.map_err(|_| PipelineError::Interrupted)?
}

/// Opens an accepted delivery to be read piece by piece; [`AcceptedFile::finish`] proves that it is what was accepted.
pub(crate) async fn open_in_pieces(
    site: &Site,
    accepted: &Accepted,
    identity: &Identity,
) -> Result<AcceptedFile, PipelineError> {
    let stored = site.store().open_object(&accepted.path()).await?;
    let opened = AcceptedFile::open(stored, identity, &accepted.delivery_id);
    opened.map_err(|reason| damaged(&accepted.delivery_id, &[reason]))
}

/// A stored delivery is not what was accepted.
pub(crate) fn damaged(delivery_id: &str, reasons: &[Refusal]) -> PipelineError {
    let reasons = reasons.iter().map(Refusal::en).collect();
    PipelineError::StoredDelivery { delivery_id: delivery_id.to_owned(), reasons }
}

async fn read<T: DeserializeOwned>(store: &Store, path: String, what: &'static str) -> Result<T, PipelineError> {
    let content = store.get(&path).await?;
    serde_json::from_slice(&content).map_err(|source| PipelineError::Document { path, what, source })
}

/// All accepted deliveries, as they are looked up while an inbox is judged.
pub(super) struct Shelf {
    deliveries: Vec<Accepted>,
    retired: Vec<Retired>,
}

impl Accepted {
    pub(super) fn new(verified: &Verified, file_name: String, file_sha256: String, sealed: &SealedFile) -> Self {
        Self {
            delivery_id: verified.delivery_id().to_owned(),
            file_name,
            file_sha256,
            bytes: u64::try_from(sealed.bytes().len()).unwrap_or(u64::MAX),
            manifest: verified.manifest().clone(),
        }
    }

    /// Where the sealed file is in the store.
    pub fn path(&self) -> String {
        let suffix = match self.manifest.sealing {
            Sealing::Age => "tar.age",
            Sealing::Plain => "tar",
        };
        format!("{FOLDER}/{}.{suffix}", self.delivery_id)
    }

    /// Where the document beside it is: without it there is no delivery.
    pub(crate) fn document_path(&self) -> String {
        format!("{FOLDER}/{}.json", self.delivery_id)
    }
}

impl Shelf {
    pub(super) async fn load(store: &Store) -> Result<Self, PipelineError> {
        let mut shelf = Self { deliveries: Vec::new(), retired: Vec::new() };
        for object in store.list(FOLDER).await? {
            if object.path.ends_with(retired::ENDING) {
                shelf.retired.push(read(store, object.path, "retired delivery").await?);
            } else if object.path.strip_suffix(".json").is_some() {
                shelf.deliveries.push(read(store, object.path, "accepted delivery").await?);
            }
        }
        Ok(shelf)
    }

    pub(super) fn by_file(&self, sha256: &str) -> Option<&Accepted> {
        self.deliveries.iter().find(|accepted| accepted.file_sha256 == sha256)
    }

    /// SHA-256 of every file that was ever accepted.
    pub(super) fn files(&self) -> BTreeSet<String> {
        let accepted = self.deliveries.iter().map(|accepted| &accepted.file_sha256);
        accepted.chain(self.retired.iter().map(|retired| &retired.file_sha256)).cloned().collect()
    }

    /// Whether a delivery of this manifest was ever accepted.
    pub(super) fn knows(&self, delivery_id: &str) -> bool {
        self.deliveries.iter().any(|accepted| accepted.delivery_id == delivery_id)
            || self.retired.iter().any(|retired| retired.delivery_id == delivery_id)
    }

    /// The canonicaliser version of what is here: two versions would give one person two tokens.
    pub(super) fn canonicaliser(&self) -> Option<u32> {
        self.deliveries.iter().map(|accepted| accepted.manifest.canonicaliser).max()
    }

    /// The highest sequence that was ever accepted of a partition.
    pub(super) fn highest(&self, partition: &Partition) -> Option<u32> {
        let accepted =
            self.deliveries.iter().map(|accepted| (accepted.manifest.partition(), accepted.manifest.sequence));
        let retired = self.retired.iter().map(|retired| (retired.partition(), retired.sequence));
        accepted.chain(retired).filter(|(of, _)| of == partition).map(|(_, sequence)| sequence).max()
    }

    /// Whether a manifest comes too late or takes the place of another.
    pub(super) fn sequence_faults(&self, manifest: &Manifest) -> Vec<Refusal> {
        let sequence = manifest.sequence;
        match self.highest(&manifest.partition()) {
            Some(accepted) if sequence < accepted => vec![Refusal::SequenceLower { sequence, accepted }],
            Some(accepted) if sequence == accepted => vec![Refusal::SequenceTaken { sequence }],
            _ => Vec::new(),
        }
    }

    /// Stores a delivery; its document comes last, and with it the delivery counts.
    pub(super) async fn keep(
        &mut self,
        store: &Store,
        accepted: &Accepted,
        content: Bytes,
    ) -> Result<(), PipelineError> {
        let document = super::receipt::document(&accepted.document_path(), accepted)?;
        store.put_if_absent(&accepted.path(), content).await?;
        store.make_durable([accepted.path().as_str()])?;
        store.put_if_absent(&accepted.document_path(), document).await?;
        store.make_durable([accepted.document_path().as_str()])?;
        self.deliveries.push(accepted.clone());
        Ok(())
    }
}
