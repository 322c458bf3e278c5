use serde::{Deserialize, Serialize};
use yilian_contract::{Department, Period};
use yilian_delivery::Partition;

use super::receipt::document;
use super::shelf::{Accepted, FOLDER};
use crate::error::PipelineError;
use crate::store::Store;

/// A delivery that `prune` took out of the runs: it is never accepted again, and no run reads it.
///
/// It says nothing about a person. The sealed file may still lie beside it, as the last that names somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Retired {
    pub(crate) delivery_id: String,
    pub(crate) file_sha256: String,
    place: String,
    department: Department,
    dataset: String,
    period: Period,
    pub(crate) sequence: u32,
}

pub(super) const ENDING: &str = ".retired.json";

impl Retired {
    pub(crate) fn partition(&self) -> Partition {
        let (place, dataset) = (self.place.clone(), self.dataset.clone());
        Partition { place, department: self.department, dataset, period: self.period }
    }
}

impl From<&Accepted> for Retired {
    fn from(accepted: &Accepted) -> Self {
        let manifest = &accepted.manifest;
        Self {
            delivery_id: accepted.delivery_id.clone(),
            file_sha256: accepted.file_sha256.clone(),
            place: manifest.place.clone(),
            department: manifest.department,
            dataset: manifest.dataset.clone(),
            period: manifest.period,
            sequence: manifest.sequence,
        }
    }
}

/// Takes a delivery out of the runs for good; doing it again changes nothing.
pub(crate) async fn retire(store: &Store, accepted: &Accepted) -> Result<(), PipelineError> {
    let path = format!("{FOLDER}/{}{ENDING}", accepted.delivery_id);
    let content = document(&path, &Retired::from(accepted))?;
    store.put_if_absent(&path, content).await.map(drop)
}
