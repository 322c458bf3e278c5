use std::fs;
use std::path::{Path, PathBuf};

use crate::codes::CodeLists;
use crate::contract::{ColumnType, Contract};
use crate::error::ContractError;
use crate::{names, odcs, tables, yaml};

/// Everything below `schemas/`: the contracts and the code lists.
#[derive(Debug, Clone, Default)]
pub struct Schemas {
    /// All contracts, by department and dataset.
    pub contracts: Vec<Contract>,
    /// All code lists, and for each column that allows only some codes of one, the list `<dataset>.<column>`.
    pub codes: CodeLists,
}

impl Schemas {
    /// Reads every contract and code list below `schemas`.
    ///
    /// # Errors
    /// Everything that is wrong with any of the files, each with file, place and, for an unknown name, the nearest
    /// valid one.
    pub fn load(schemas: &Path) -> Result<Self, Vec<ContractError>> {
        let mut codes = CodeLists::load(&schemas.join("codes"))?;
        let mut errors = Vec::new();
        let mut contracts = Vec::new();
        for path in contract_files(schemas).map_err(|error| vec![error])? {
            match odcs::read(&path, &mut codes) {
                Ok(contract) => {
                    errors.extend(odcs::check_generated(&path, &contract));
                    contracts.push(contract);
                }
                Err(found) => errors.extend(found),
            }
        }
        let read = Self { contracts, codes };
        if errors.is_empty() {
            errors.extend(tables::check(schemas, &read));
        }
        if errors.is_empty() { Ok(read) } else { Err(errors) }
    }

    /// The contract of a dataset; dataset names are unique among departments.
    ///
    /// # Errors
    /// [`ContractError::UnknownDataset`] with the nearest name.
    pub fn dataset(&self, dataset: &str) -> Result<&Contract, ContractError> {
        self.contracts.iter().find(|contract| contract.dataset == dataset).ok_or_else(|| {
            ContractError::UnknownDataset {
                name: dataset.to_owned(),
                nearest: names::nearest_owned(dataset, self.contracts.iter().map(|contract| contract.dataset.as_str())),
            }
        })
    }

    /// The code lists that a contract's columns use, each once, in the order of their names.
    pub fn lists_of(&self, contract: &Contract) -> Vec<&crate::CodeList> {
        let used = |name: &str| {
            contract.columns.iter().any(|column| matches!(&column.ty, ColumnType::Code(list) if list == name))
        };
        self.codes.iter().filter(|list| used(&list.name)).collect()
    }
}

/// The contracts below `schemas`: one folder for each department and `common`.
pub(crate) fn contract_files(schemas: &Path) -> Result<Vec<PathBuf>, ContractError> {
    let mut folders: Vec<PathBuf> = fs::read_dir(schemas)
        .map_err(|error| yaml::unreadable(schemas, &error))?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    let mut found = Vec::new();
    for folder in folders {
        found.extend(yaml::files(&folder, ".odcs.yaml")?);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generated;

    fn shipped() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas")
    }

    #[test]
    fn the_delivery_objects_follow_from_the_extracts() {
        let mut codes = CodeLists::load(&shipped().join("codes")).unwrap();
        for path in contract_files(&shipped()).unwrap() {
            let contract = odcs::read(&path, &mut codes).unwrap();
            let text = fs::read_to_string(&path).unwrap();
            let expected = generated::rewritten(&text, &contract);
            if std::env::var_os("YILIAN_UPDATE").is_some() {
                fs::write(&path, expected).unwrap();
            } else {
                assert!(text == expected, "{} is stale; set YILIAN_UPDATE=1", path.display());
            }
        }
    }

    #[test]
    fn what_is_shipped_loads() {
        let schemas = Schemas::load(&shipped()).unwrap();
        assert_eq!(schemas.contracts.len(), 32);
    }
}
