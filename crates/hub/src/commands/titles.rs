//! What a row of each published table is, in Chinese and English (`schemas/tables.csv`).

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::error::HubError;
use crate::library;

/// Titles by `schema.table`.
pub(crate) struct Titles {
    titles: BTreeMap<String, (String, String)>,
}

impl Titles {
    /// Reads `tables.csv` (columns `table,title_zh,title_en`, no commas in titles); a site without one has no titles.
    pub(crate) fn load(schemas: Option<&Path>) -> Result<Self, HubError> {
        let Ok(folder) = library::folder(schemas) else {
            return Ok(Self { titles: BTreeMap::new() });
        };
        let path = folder.join("tables.csv");
        match fs::read_to_string(&path) {
            Ok(text) => Ok(Self::parse(&text)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::parse("")),
            Err(source) => Err(HubError::Io { path, source }),
        }
    }

    /// Chinese and English title of a table; empty where nobody gave one.
    pub(crate) fn of(&self, table: &str) -> (String, String) {
        self.titles.get(table).cloned().unwrap_or_default()
    }

    fn parse(text: &str) -> Self {
        let titles = text.lines().skip(1).filter_map(|line| {
            let mut fields = line.splitn(3, ',').map(str::to_owned);
            Some((fields.next()?, (fields.next()?, fields.next()?)))
        });
        Self { titles: titles.collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_has_a_title_in_both_languages_or_none() {
        let titles = Titles::parse("table,title_zh,title_en\nhub.person,人员,one row per person\n");
        assert_eq!(titles.of("hub.person").0, "人员");
        assert_eq!(titles.of("hub.other").1, "");
    }
}
