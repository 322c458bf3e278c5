use std::path::Path;

use crate::codes::CodeLists;
use crate::contract::Contract;
use crate::error::ContractError;
use crate::names;

/// Everything below `schemas/`: the contracts and the code lists.
#[derive(Debug, Clone, Default)]
pub struct Schemas {
    /// All contracts, by department and dataset.
    pub contracts: Vec<Contract>,
    /// All code lists.
    pub codes: CodeLists,
}

impl Schemas {
    /// Reads every contract and code list below `schemas`, or says everything that is wrong with them.
    pub fn load(_schemas: &Path) -> Result<Self, Vec<ContractError>> {
        Ok(Self::default())
    }

    /// The contract of a dataset; dataset names are unique among departments.
    ///
    /// # Errors
    /// [`ContractError::UnknownDataset`] with the nearest name.
    pub fn dataset(&self, dataset: &str) -> Result<&Contract, ContractError> {
        self.contracts
            .iter()
            .find(|contract| contract.dataset == dataset)
            .ok_or_else(|| ContractError::UnknownDataset {
                name: dataset.to_owned(),
                nearest: names::nearest_owned(
                    dataset,
                    self.contracts
                        .iter()
                        .map(|contract| contract.dataset.as_str()),
                ),
            })
    }
}
