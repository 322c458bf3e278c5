use std::sync::Arc;

use serde::Deserialize;
use yilian_disclosure::Status;

use crate::definition::TableDefinition;

/// A table as it may leave the hub: every cell of its plan, in total order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReleasedTable {
    /// What the table is.
    pub definition: TableDefinition,
    /// The year that it is about.
    pub year: i32,
    /// By region, dimensions and measure, in the order of the definition.
    pub rows: Vec<ReleasedRow>,
}

/// One measure of one cell. Rows share their texts, of which a table has few.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReleasedRow {
    /// Where.
    pub region: Arc<Region>,
    /// A code for each dimension, in the order of the definition; `total` for all of them together.
    pub dimensions: Arc<[String]>,
    /// Which measure of the definition.
    pub measure: Arc<str>,
    /// In units of the last decimal that [`Unit::decimals`](crate::Unit::decimals) gives; `None` unless published or zero.
    pub value: Option<i64>,
    /// Why the value is there or is not.
    pub status: Status,
}

/// A region of a table.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Region {
    /// 2 digits for a province, 4 a city, 6 a county, 9 a township; `total` for everything the hub knows; a county's code
    /// and `other` for its areas that are too small to stand alone.
    pub code: String,
    /// How deep it lies.
    pub level: RegionLevel,
    /// Its official name; `合计` and `其他` for what is no region.
    pub name_zh: String,
    /// Its name in Latin letters where one is known, else its code.
    pub name_en: String,
}

/// The depth of a region, from the whole to a township.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RegionLevel {
    /// Everything that the hub knows.
    Whole,
    /// 2 digits.
    Province,
    /// 4 digits.
    City,
    /// 6 digits.
    County,
    /// 9 digits, or what is left of a county.
    Township,
}
