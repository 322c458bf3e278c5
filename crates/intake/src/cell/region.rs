//! Region codes and the urban-rural class of villages.

use std::collections::HashMap;
use std::path::Path;

use yilian_contract::Regions;

use super::{Read, folded, is_none_mark};
use crate::IntakeError;
use crate::reject::Reason;

/// What a region's code says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ReadRegion {
    /// The region as it leaves: the township's nine digits, or the county's six filled up with zeros.
    ///
    /// As a number it sorts like the text that it stands for.
    pub(crate) township: u32,
    pub(crate) village: Option<u64>,
    /// Whether the county is counted under another code today.
    pub(crate) superseded: bool,
    /// Whether the county's list does not have the township.
    pub(crate) township_unknown: bool,
}

/// Reads a region's code. It leaves as it is written: which code it has today is asked where it is counted, by the
/// date that it is counted for.
pub(crate) fn region(text: &str, regions: &Regions) -> Read<ReadRegion> {
    let text = folded(text);
    if is_none_mark(&text) {
        return Ok(None);
    }
    let text = text.trim_end_matches(".0");
    if !matches!(text.len(), 6 | 9 | 12) || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Reason::Region);
    }
    let county = text.get(..6).ok_or(Reason::Region)?;
    if !regions.knows(county) {
        return Err(Reason::RegionUnknown);
    }
    let nine = format!("{:0<9}", text.get(..text.len().min(9)).unwrap_or(text));
    let village = if text.len() == 12 { text.parse().ok() } else { None };
    let township = nine.parse().map_err(|_| Reason::Region)?;
    Ok(Some(ReadRegion {
        township,
        village,
        superseded: regions.county(county) != county,
        township_unknown: !nine.ends_with("000") && !regions.knows(&nine),
    }))
}

/// The statistical class of villages (`111` … `220`), which a site supplies as a CSV of code and class.
#[derive(Debug, Clone, Default)]
pub(crate) struct VillageClasses {
    urban: HashMap<u64, bool>,
}

impl VillageClasses {
    /// Reads the list; without a path every village is of unknown class.
    pub(crate) fn load(path: Option<&Path>) -> Result<Self, IntakeError> {
        let Some(path) = path else {
            return Ok(Self::default());
        };
        let unreadable = |reason: String| IntakeError::VillageClasses { path: path.to_owned(), reason };
        let mut reader = csv::Reader::from_path(path).map_err(|error| unreadable(error.to_string()))?;
        let mut urban = HashMap::new();
        for (line, record) in reader.records().enumerate() {
            let record = record.map_err(|error| unreadable(error.to_string()))?;
            let code = record.get(0).and_then(|code| code.trim().parse().ok());
            let class = record.get(1).map(str::trim).and_then(|class| class.bytes().next());
            match (code, class) {
                (Some(code), Some(b'1')) => urban.insert(code, true),
                (Some(code), Some(b'2')) => urban.insert(code, false),
                _ => return Err(unreadable(format!("line {} is not a village code and a class 1xx or 2xx", line + 2))),
            };
        }
        Ok(Self { urban })
    }

    /// Whether a village of twelve digits is urban; `None` if the list does not say.
    pub(crate) fn is_urban(&self, village: u64) -> Option<bool> {
        self.urban.get(&village).copied()
    }
}
