//! What a row of each published table is, and what its columns are, in Chinese and English (`schemas/tables.csv`,
//! `schemas/columns.csv`).

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use yilian_access::ColumnNote;

use crate::error::HubError;
use crate::library;

/// Titles by `schema.table`, and of columns by name: a name means the same in every table.
pub(crate) struct Titles {
    tables: BTreeMap<String, (String, String)>,
    columns: BTreeMap<String, (String, String)>,
}

impl Titles {
    /// Reads `tables.csv` and `columns.csv` (name, `title_zh`, `title_en`; no commas in titles); without them there are
    /// no titles.
    pub(crate) fn load(schemas: Option<&Path>) -> Result<Self, HubError> {
        let Ok(folder) = library::folder(schemas) else {
            return Ok(Self { tables: BTreeMap::new(), columns: BTreeMap::new() });
        };
        Ok(Self { tables: read(&folder.join("tables.csv"))?, columns: read(&folder.join("columns.csv"))? })
    }

    /// Chinese and English title of a table; empty where nobody gave one.
    pub(crate) fn of(&self, table: &str) -> (String, String) {
        self.tables.get(table).cloned().unwrap_or_default()
    }

    /// What is said of columns, whatever table they are of.
    pub(crate) fn columns(&self) -> Vec<ColumnNote> {
        let note = |(column, (zh, en)): (&String, &(String, String))| ColumnNote {
            column: column.clone(),
            zh: zh.clone(),
            en: en.clone(),
        };
        self.columns.iter().map(note).collect()
    }
}

fn read(path: &Path) -> Result<BTreeMap<String, (String, String)>, HubError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(parse(&text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(BTreeMap::new()),
        Err(source) => Err(HubError::Io { path: path.to_owned(), source }),
    }
}

fn parse(text: &str) -> BTreeMap<String, (String, String)> {
    let titles = text.lines().skip(1).filter_map(|line| {
        let mut fields = line.splitn(3, ',').map(str::to_owned);
        Some((fields.next()?, (fields.next()?, fields.next()?)))
    });
    titles.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_has_a_title_in_both_languages_or_none() {
        let tables = parse("table,title_zh,title_en\nhub.person,人员,one row per person\n");
        let titles = Titles { tables, columns: BTreeMap::new() };
        assert_eq!(titles.of("hub.person").0, "人员");
        assert_eq!(titles.of("hub.other").1, "");
    }
}
