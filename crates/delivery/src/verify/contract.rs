//! Which contract a delivery follows, and whether the hub has exactly that one.

use yilian_contract::{Contract, Schemas, Subject, nearest};

use super::totals;
use crate::manifest::Manifest;
use crate::refusal::{Refusal, ShownName};

/// The hub's contract, if the manifest names exactly that one, and what is wrong otherwise.
pub(super) struct ContractCheck<'a> {
    pub(super) matching: Option<&'a Contract>,
    pub(super) refusals: Vec<Refusal>,
}

/// Compares what the manifest says of contract, counts, totals and table schema with the hub's contract.
pub(super) fn check<'a>(manifest: &Manifest, schemas: &'a Schemas) -> ContractCheck<'a> {
    let named = &manifest.contract;
    let id = ShownName::new(&named.id);
    let version = ShownName::new(&named.version);
    let Some(contract) = schemas.contracts.iter().find(|contract| contract.id == named.id) else {
        let ids = schemas.contracts.iter().map(|contract| contract.id.as_str());
        let nearest = nearest(&named.id, ids).unwrap_or("-").to_owned();
        return ContractCheck { matching: None, refusals: vec![Refusal::ContractUnknown { id, nearest }] };
    };
    let mut refusals = Vec::new();
    let of_sender = contract.department.is_none_or(|department| department == manifest.department);
    if !of_sender || contract.dataset != manifest.dataset {
        refusals.push(Refusal::ContractDisagrees { id: id.clone() });
    }
    if contract.version != named.version {
        let known = contract.version.clone();
        refusals.push(Refusal::ContractVersionUnknown { id, version, known });
    } else if contract.digest != named.digest {
        refusals.push(Refusal::ContractDigestMismatch { id, version });
    }
    if refusals.is_empty() && !manifest.describes(contract) {
        refusals.push(Refusal::SchemaDisagrees);
    }
    // Two link keys make a bridge, and a bridge needs both.
    if manifest.next_link_key.is_some() != (contract.subject == Subject::Bridge) {
        refusals.push(Refusal::ManifestFieldUnusable { field: "yilian:next_link_key" });
    }
    // A row for each canary that the manifest names, or for none.
    let canaries = manifest.counts.canaries;
    let planted = u64::try_from(manifest.canaries.len()).ok().filter(|_| contract.carries_canaries());
    if canaries > 0 && planted != Some(canaries) {
        refusals.push(Refusal::ManifestFieldUnusable { field: "yilian:counts" });
    }
    refusals.extend(check_tolerance(manifest, contract));
    refusals.extend(totals::check(manifest, contract, schemas));
    ContractCheck { matching: Some(contract), refusals }
}

fn check_tolerance(manifest: &Manifest, contract: &Contract) -> Option<Refusal> {
    let counts = &manifest.counts;
    let rejected = counts.rejected.values().fold(0, |sum: u64, rows| sum.saturating_add(*rows));
    let permille = contract.rejected_tolerance.0;
    let above = u128::from(rejected) * 1000 > u128::from(counts.read) * u128::from(permille);
    above.then_some(Refusal::RejectedAboveTolerance { rejected, read: counts.read, permille })
}
