//! Finds and loads the contracts.

use std::path::{Path, PathBuf};

use yilian_contract::{Contract, RegionNames, Regions, Schemas};

use crate::error::DeptError;
use crate::site::Site;

/// Contracts, code lists and regions of one folder.
pub(crate) struct Loaded {
    pub(crate) schemas: Schemas,
    pub(crate) regions: Regions,
    folder: PathBuf,
}

impl Loaded {
    /// Loads `given` (by option or environment), else the nearest `schemas/` upward.
    pub(crate) fn find(given: Option<&Path>) -> Result<Self, DeptError> {
        let folder = match given {
            Some(folder) => folder.to_owned(),
            None => default_folder().ok_or(DeptError::SchemasNotFound)?,
        };
        let unusable = |errors| DeptError::Schemas { folder: folder.clone(), errors };
        Ok(Self {
            schemas: Schemas::load(&folder).map_err(unusable)?,
            regions: Regions::load(&folder).map_err(unusable)?,
            folder: folder.clone(),
        })
    }

    /// The names of regions, which only the officer's workbook needs.
    pub(crate) fn region_names(&self) -> Result<RegionNames, DeptError> {
        RegionNames::load(&self.folder).map_err(|errors| DeptError::Schemas { folder: self.folder.clone(), errors })
    }

    /// The Chinese title of a dataset; its name if there is no contract.
    pub(crate) fn title<'a>(&'a self, dataset: &'a str) -> &'a str {
        self.schemas.dataset(dataset).map_or(dataset, |contract| contract.title_zh.as_str())
    }

    /// The contract of `dataset`, which the site's department must be one to deliver.
    pub(crate) fn contract(&self, dataset: &str, site: &Site) -> Result<&Contract, DeptError> {
        let contract = self.schemas.dataset(dataset).map_err(DeptError::Dataset)?;
        let department = site.settings.department;
        if contract.department.is_none_or(|owner| owner == department) {
            Ok(contract)
        } else {
            Err(DeptError::AnotherDepartment { dataset: dataset.to_owned(), department })
        }
    }
}

fn default_folder() -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    here.ancestors().map(|folder| folder.join("schemas")).find(|folder| folder.join("codes").is_dir())
}
