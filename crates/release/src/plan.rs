use std::collections::BTreeMap;

use serde::Deserialize;

use crate::definitions::TableDefinitions;
use crate::error::Fault;
use crate::table::RegionLevel;

/// Every depth of region, from the whole down.
pub(crate) const LEVELS: [RegionLevel; 5] =
    [RegionLevel::Whole, RegionLevel::Province, RegionLevel::City, RegionLevel::County, RegionLevel::Township];

/// Which cells exist at which region level (`release.md`, "Tables"), for all tables, and where one is told apart.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Everything that the hub knows.
    pub whole: Detail,
    /// Provinces.
    pub province: Detail,
    /// Cities.
    pub city: Detail,
    /// Counties.
    pub county: Detail,
    /// Townships and what is left of a county.
    pub township: Detail,
    /// Tables that are planned otherwise at some level.
    #[serde(default)]
    pub tables: BTreeMap<String, Exception>,
}

/// Where one table is planned otherwise.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exception {
    /// Instead of [`Plan::whole`].
    pub whole: Option<Detail>,
    /// Instead of [`Plan::province`].
    pub province: Option<Detail>,
    /// Instead of [`Plan::city`].
    pub city: Option<Detail>,
    /// Instead of [`Plan::county`].
    pub county: Option<Detail>,
    /// Instead of [`Plan::township`].
    pub township: Option<Detail>,
}

/// How finely a table is divided at a level.
///
/// A dimension whose categories do not add up has no total: all its categories are there whatever the detail, and it does
/// not count among the dimensions at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Detail {
    /// All dimensions at a time.
    All,
    /// At most so many dimensions at a time that are not `total`.
    AtMost(usize),
    /// Totals, and one dimension at a time by its `township` groups.
    Groups,
    /// No rows at this level.
    None,
}

impl Plan {
    /// How finely a table is divided at a level.
    pub fn detail(&self, table: &str, level: RegionLevel) -> Detail {
        let exception = self.tables.get(table);
        let (every, one) = match level {
            RegionLevel::Whole => (self.whole, exception.and_then(|exception| exception.whole)),
            RegionLevel::Province => (self.province, exception.and_then(|exception| exception.province)),
            RegionLevel::City => (self.city, exception.and_then(|exception| exception.city)),
            RegionLevel::County => (self.county, exception.and_then(|exception| exception.county)),
            RegionLevel::Township => (self.township, exception.and_then(|exception| exception.township)),
        };
        one.unwrap_or(every)
    }

    /// Plans a table otherwise at one level, as where too much of it would be withheld.
    pub fn except(&mut self, table: &str, level: RegionLevel, detail: Detail) {
        let exception = self.tables.entry(table.to_owned()).or_default();
        let one = match level {
            RegionLevel::Whole => &mut exception.whole,
            RegionLevel::Province => &mut exception.province,
            RegionLevel::City => &mut exception.city,
            RegionLevel::County => &mut exception.county,
            RegionLevel::Township => &mut exception.township,
        };
        *one = Some(detail);
    }

    pub(crate) fn faults(&self, definitions: &TableDefinitions) -> Vec<Fault> {
        let unknown = |name: &&String| !definitions.names().any(|table| table == **name);
        self.tables
            .keys()
            .filter(unknown)
            .map(|name| Fault::unknown("plan.tables", "table", name, definitions.names()))
            .collect()
    }
}
