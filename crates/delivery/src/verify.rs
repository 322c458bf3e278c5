//! The receiving side, second half: whose the delivery is, whether it is whole, and whether it keeps its contract.

mod contract;
mod data;
mod manifest;
#[cfg(test)]
mod tests;
mod totals;

use std::fmt;

use bytes::Bytes;
use yilian_contract::{Regions, Schemas};

use crate::keys::SignatureKey;
use crate::manifest::{Manifest, Sealing, sha256_hex};
use crate::name::FileName;
use crate::open::Opened;
use crate::refusal::{Refusal, ShownName};
use crate::sender::RegisteredSender;

/// Whether a site takes deliveries that are not encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlainPolicy {
    /// They are refused.
    Refuse,
    /// They are taken, for tests.
    Allow,
}

/// What a delivery is held against.
#[derive(Clone, Copy, Debug)]
pub struct Verification<'a> {
    /// Who may deliver.
    pub senders: &'a [RegisteredSender],
    /// The hub's own contracts and code lists.
    pub schemas: &'a Schemas,
    /// Every region code ever issued.
    pub regions: &'a Regions,
    /// Whether unencrypted deliveries are taken.
    pub plain: PlainPolicy,
    /// The canonicaliser version of what the hub holds already; `None` while it holds nothing.
    pub canonicaliser: Option<u32>,
}

/// A delivery that is by its sender, whole, and true to its contract.
#[derive(Clone)]
pub struct Verified {
    manifest: Manifest,
    manifest_bytes: Bytes,
    delivery_id: String,
    data: Bytes,
}

impl Verified {
    /// What the sender signed.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The signed bytes.
    pub fn manifest_bytes(&self) -> &Bytes {
        &self.manifest_bytes
    }

    /// SHA-256 of the manifest's bytes, 64 hex digits.
    pub fn delivery_id(&self) -> &str {
        &self.delivery_id
    }

    /// `data.parquet`, in memory.
    pub fn data(&self) -> &Bytes {
        &self.data
    }
}

impl fmt::Debug for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Verified({})", self.delivery_id)
    }
}

impl Opened {
    /// Proves the delivery against `expected`, or says everything that is wrong with it.
    ///
    /// The data's columns are read only if the registered sender signed exactly these bytes: Parquet is too rich a
    /// format to parse for a stranger.
    pub fn verify(mut self, expected: &Verification<'_>) -> Result<Verified, Vec<Refusal>> {
        let mut refusals = std::mem::take(&mut self.refusals);
        refusals.extend(self.check_sealing(expected.plain));
        let origin = self.check_origin(expected.senders);
        let integrity = self.check_integrity();
        let proven = origin.is_empty() && integrity.is_empty();
        refusals.extend(origin);
        refusals.extend(integrity);
        refusals.extend(manifest::check(&self.manifest, expected));
        let contract = contract::check(&self.manifest, expected.schemas);
        refusals.extend(contract.refusals);
        if let (true, Some(contract), Some(data)) = (proven, contract.matching, &self.data) {
            refusals.extend(data::check(data, &self.manifest, contract, expected));
        }
        match self.data {
            Some(data) if refusals.is_empty() => Ok(Verified {
                delivery_id: sha256_hex(&self.manifest_bytes),
                manifest: self.manifest,
                manifest_bytes: self.manifest_bytes,
                data,
            }),
            _ => Err(refusals),
        }
    }

    /// Takes a delivery that was verified before, known by the id it was accepted under.
    ///
    /// The signed manifest and the data must be the same to the bit; who may deliver now, and under which contract, is
    /// not asked again.
    pub fn accepted_as(self, delivery_id: &str) -> Result<Verified, Vec<Refusal>> {
        let mut refusals = self.check_integrity();
        if self.delivery_id() != delivery_id {
            refusals.push(Refusal::NotAsAccepted);
        }
        match self.data {
            Some(data) if refusals.is_empty() => Ok(Verified {
                manifest: self.manifest,
                manifest_bytes: self.manifest_bytes,
                delivery_id: delivery_id.to_owned(),
                data,
            }),
            _ => {
                refusals.extend(self.refusals);
                Err(refusals)
            }
        }
    }

    fn check_sealing(&self, plain: PlainPolicy) -> Vec<Refusal> {
        let mut refusals = Vec::new();
        if self.manifest.sealing != self.sealing {
            refusals.push(Refusal::SealingDisagrees);
        }
        if plain == PlainPolicy::Refuse && self.sealing == Sealing::Plain {
            refusals.push(Refusal::PlainNotAllowed);
        }
        match FileName::parse(&self.file_name) {
            None => refusals.push(Refusal::FileNameMalformed),
            Some(name) if name != self.manifest.file_name() => refusals.push(Refusal::FileNameDisagrees),
            Some(_) => {}
        }
        refusals
    }

    /// Whether the sender that the manifest names signed the manifest.
    fn check_origin(&self, senders: &[RegisteredSender]) -> Vec<Refusal> {
        let manifest = &self.manifest;
        let place = ShownName::new(&manifest.place);
        let department = manifest.department.to_string();
        let Some(sender) = manifest::sender_of(manifest, senders) else {
            return vec![Refusal::SenderUnknown { place, department }];
        };
        match &self.signature {
            Some(signature) if self.signed_by(&sender.signature_key, signature) => Vec::new(),
            // A missing or malformed signature is reported where it was read.
            None => Vec::new(),
            Some(_) => vec![Refusal::SignatureNotBySender { place, department }],
        }
    }

    fn signed_by(&self, key: &SignatureKey, signature: &crate::keys::Signature) -> bool {
        key.verifies(&self.manifest_bytes, signature)
    }

    /// Whether the data is the data that the manifest describes.
    fn check_integrity(&self) -> Vec<Refusal> {
        let Some(data) = &self.data else {
            return Vec::new();
        };
        let described = self.manifest.data();
        let found = u64::try_from(data.len()).unwrap_or(u64::MAX);
        let mut refusals = Vec::new();
        if found != described.bytes {
            refusals.push(Refusal::BytesMismatch { manifest: described.bytes, found });
        }
        if described.sha256() != Some(sha256_hex(data).as_str()) {
            refusals.push(Refusal::DigestMismatch);
        }
        refusals
    }
}
