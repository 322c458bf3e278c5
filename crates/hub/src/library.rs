//! Finds and loads what the hub knows by file: contracts, code lists, regions.

use std::path::{Path, PathBuf};

use yilian_contract::{Regions, Schemas};

use crate::error::HubError;

/// Contracts, code lists and regions of one folder.
pub(crate) struct Library {
    pub(crate) schemas: Schemas,
    pub(crate) regions: Regions,
}

impl Library {
    /// Loads `given`, else the folder named by the environment, else the nearest `schemas/` upward.
    pub(crate) fn load(given: Option<&Path>) -> Result<Self, HubError> {
        let folder = folder(given)?;
        let schemas = Schemas::load(&folder);
        let regions = Regions::load(&folder);
        match (schemas, regions) {
            (Ok(schemas), Ok(regions)) => Ok(Self { schemas, regions }),
            (schemas, regions) => {
                let mistakes = [schemas.err(), regions.err()].into_iter().flatten().flatten().collect();
                Err(HubError::Mistakes { mistakes })
            }
        }
    }
}

/// The folder of rules and calendar, which lies beside that of the contracts.
pub(crate) fn pipelines(schemas: &Path) -> PathBuf {
    schemas.parent().unwrap_or(Path::new("..")).join("pipelines")
}

/// The folder of the tables of a release, which lies beside that of the contracts.
pub(crate) fn release_tables(schemas: &Path) -> PathBuf {
    schemas.parent().unwrap_or(Path::new("..")).join("sql").join("80_release")
}

/// The folder of contracts and code lists.
pub(crate) fn folder(given: Option<&Path>) -> Result<PathBuf, HubError> {
    if let Some(folder) = given {
        return Ok(folder.to_owned());
    }
    if let Some(folder) = std::env::var_os("YILIAN_SCHEMAS") {
        return Ok(folder.into());
    }
    let here = std::env::current_dir().map_err(|_| HubError::SchemasNotFound)?;
    here.ancestors()
        .map(|folder| folder.join("schemas"))
        .find(|folder| folder.join("codes").is_dir())
        .ok_or(HubError::SchemasNotFound)
}
