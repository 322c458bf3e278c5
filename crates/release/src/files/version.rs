use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::FilesError;
use crate::annual::Finality;
use crate::definition::{TableDefinition, Text};

/// One version of the release of a year; what a reader is told about all of its tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// The year that it is about.
    pub year: i32,
    /// From 1 within the year; a correction has the next one.
    pub number: u32,
    /// Whether later arrears may still change it.
    pub state: Finality,
    /// Who publishes it.
    pub publisher: Text,
    /// What names it for ever, without an address: small letters, digits, `-` and `_`.
    pub id: String,
    /// Until when deliveries were accepted; stands in the files where a clock would.
    pub as_of: NaiveDate,
    /// The public threshold k of each table by its name; `None` where no cell is withheld for being small.
    pub thresholds: BTreeMap<String, Option<u32>>,
}

/// Who may read a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Readers {
    Everybody,
    /// 内部资料.
    Inside,
}

impl Version {
    /// The number that formats give it: year, number, and a third part because semantic versions have three.
    pub(super) fn semantic(&self) -> String {
        format!("{}.{}.0", self.year, self.number)
    }

    /// Midnight of the day, where a format wants a time.
    pub(super) fn instant(&self) -> String {
        format!("{}T00:00:00Z", self.as_of)
    }

    pub(super) fn threshold(&self, table: &str) -> Result<Option<u32>, FilesError> {
        self.thresholds.get(table).copied().ok_or_else(|| FilesError::NoThreshold { table: table.to_owned() })
    }

    pub(super) fn check(&self) -> Result<(), FilesError> {
        let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_');
        if self.id.is_empty() || !self.id.bytes().all(fits) {
            return Err(FilesError::VersionId { id: self.id.clone() });
        }
        Ok(())
    }
}

impl Readers {
    pub(super) fn of(definition: &TableDefinition) -> Self {
        if definition.restricted { Self::Inside } else { Self::Everybody }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::version;
    use super::*;

    #[test]
    fn an_id_that_a_format_cannot_hold_is_refused() {
        for id in ["", "Elders", "a b", "a/b", "颐联", "a.b"] {
            let version = Version { id: id.to_owned(), ..version() };
            assert!(matches!(version.check(), Err(FilesError::VersionId { .. })), "{id}");
        }
        version().check().unwrap();
    }

    #[test]
    fn a_table_without_a_threshold_is_named() {
        let error = version().threshold("visits").unwrap_err();
        assert!(error.to_string().starts_with("table `visits` has no threshold"), "{error}");
    }
}
