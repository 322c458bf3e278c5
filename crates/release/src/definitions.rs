use std::fs;
use std::path::Path;

use crate::definition::TableDefinition;
use crate::error::ReleaseError;

/// All tables of the release, in the order of their names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TableDefinitions {
    tables: Vec<TableDefinition>,
}

impl TableDefinitions {
    /// Reads every `.yaml` of a folder (`sql/80_release`).
    ///
    /// # Errors
    /// Everything that is wrong with the folder and its files, one error for each file.
    pub fn load(folder: &Path) -> Result<Self, Vec<ReleaseError>> {
        let unreadable = |source| vec![ReleaseError::File { action: "read", path: folder.to_owned(), source }];
        let mut files = Vec::new();
        for entry in fs::read_dir(folder).map_err(unreadable)? {
            let path = entry.map_err(unreadable)?.path();
            if path.extension().is_some_and(|extension| extension == "yaml") {
                files.push(path);
            }
        }
        files.sort_unstable();
        let (mut tables, mut errors) = (Vec::new(), Vec::new());
        for file in files {
            match TableDefinition::load(&file) {
                Ok(table) => tables.push(table),
                Err(error) => errors.push(error),
            }
        }
        if errors.is_empty() { Ok(Self::new(tables)) } else { Err(errors) }
    }

    /// Takes definitions that are sound.
    pub fn new(mut tables: Vec<TableDefinition>) -> Self {
        tables.sort_by(|a, b| a.name.cmp(&b.name));
        Self { tables }
    }

    /// The table with this name.
    ///
    /// # Errors
    /// [`ReleaseError::NoTable`] with the nearest one.
    pub fn get(&self, name: &str) -> Result<&TableDefinition, ReleaseError> {
        self.tables.iter().find(|table| table.name == name).ok_or_else(|| ReleaseError::NoTable {
            name: name.to_owned(),
            nearest: yilian_contract::nearest(name, self.names()).map(str::to_owned),
        })
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &TableDefinition> {
        self.tables.iter()
    }

    /// Their names, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.tables.iter().map(|table| table.name.as_str())
    }
}
