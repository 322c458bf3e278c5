//! What a table is, in the words that Parquet and the Data Package both give a reader.
//!
//! Names are those of the Data Package; a translation has the name of its language behind `@`. The default is Chinese.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Version;
use super::columns::Named;
use super::rows::{Checked, Row};
use super::words::{self, TOTAL};
use crate::annual::Finality;
use crate::definition::{Base, Dimension, Measure, TableDefinition, Text, Timing};
use crate::table::RegionLevel;

/// A text as two properties of the object around it.
macro_rules! translated {
    ($name:ident, $zh:literal, $en:literal) => {
        #[derive(Debug, Clone, PartialEq, Eq, Serialize)]
        pub(super) struct $name {
            #[serde(rename = $zh)]
            zh: String,
            #[serde(rename = $en)]
            en: String,
        }

        impl $name {
            pub(super) fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
                Self { zh: zh.into(), en: en.into() }
            }
        }

        impl From<&Text> for $name {
            fn from(text: &Text) -> Self {
                Self::new(text.zh.as_str(), text.en.as_str())
            }
        }
    };
}

translated!(Title, "title", "title@en");
translated!(Description, "description", "description@en");
translated!(Label, "label", "label@en");
translated!(Universe, "universe", "universe@en");
translated!(Formula, "formula", "formula@en");
translated!(Footnote, "footnote", "footnote@en");

/// A table with what a reader must know beside its numbers.
#[derive(Debug, Serialize)]
pub(super) struct TableFacts<'t> {
    name: &'t str,
    #[serde(flatten)]
    title: Title,
    release: &'t str,
    year: i32,
    state: Finality,
    as_of: String,
    #[serde(flatten)]
    about: About<'t>,
    columns: Vec<ColumnFacts<'t>>,
}

/// What the cells of a table mean.
#[derive(Debug, Serialize)]
pub(super) struct About<'t> {
    #[serde(flatten)]
    universe: Universe,
    base: &'static str,
    timing: &'static str,
    departments: &'t [String],
    #[serde(flatten)]
    formula: Formula,
    /// A cell of fewer people than this is withheld; `null` where none is for that reason.
    threshold: Option<u32>,
    restricted: bool,
    measures: Vec<MeasureFacts<'t>>,
    dimensions: Vec<DimensionFacts<'t>>,
    /// What each region level has; a level without rows has no entry.
    plan: Vec<LevelFacts>,
    footnotes: Vec<Footnote>,
}

#[derive(Debug, Serialize)]
struct DimensionFacts<'t> {
    name: &'t str,
    #[serde(flatten)]
    title: Title,
    /// Whether its categories add up to `total`.
    adds_up: bool,
}

/// How finely a table is divided at a region level.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct LevelFacts {
    region_level: &'static str,
    /// Of the dimensions that add up, how many are not `total` in one row at most.
    dimensions_at_a_time: usize,
    /// Whether categories are summed, such as 65+ and 80+.
    by_groups: bool,
}

#[derive(Debug, Serialize)]
struct MeasureFacts<'t> {
    name: &'t str,
    #[serde(flatten)]
    title: Title,
    unit: &'static str,
    decimals: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    part_of: Option<&'t str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ratio: Option<[&'t str; 2]>,
}

#[derive(Debug, Serialize)]
struct ColumnFacts<'t> {
    name: &'t str,
    #[serde(flatten)]
    title: Title,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    categories: Vec<Category<'t>>,
}

/// A code that may stand in a column.
#[derive(Debug, Serialize)]
pub(super) struct Category<'t> {
    value: &'t str,
    #[serde(flatten)]
    label: Label,
}

impl<'t> TableFacts<'t> {
    pub(super) fn new(table: &'t Checked<'_>, version: &'t Version) -> Self {
        let columns = table.columns.iter().map(|column| ColumnFacts {
            name: column.name,
            title: Title::from(&column.title),
            categories: categories(&column.kind.codes()),
        });
        Self {
            name: table.name(),
            title: Title::from(&table.definition.title),
            release: &version.id,
            year: table.year,
            state: version.state,
            as_of: version.as_of.to_string(),
            about: About::new(table),
            columns: columns.collect(),
        }
    }
}

impl<'t> About<'t> {
    pub(super) fn new(table: &'t Checked<'_>) -> Self {
        let definition = table.definition;
        let (base, timing): (Base, Timing) = (definition.base, definition.timing);
        let rounding = Footnote::new(words::ROUNDING.zh, words::ROUNDING.en);
        Self {
            universe: Universe::from(&definition.universe),
            base: words::of_base(base).code,
            timing: words::of_timing(timing).code,
            departments: &definition.departments,
            formula: Formula::from(&definition.formula),
            threshold: table.threshold,
            restricted: definition.restricted,
            measures: definition.measures.iter().map(MeasureFacts::new).collect(),
            dimensions: definition.dimensions.iter().map(DimensionFacts::new).collect(),
            plan: plan(definition, &table.rows),
            footnotes: definition.footnotes.iter().map(Footnote::from).chain([rounding]).collect(),
        }
    }
}

impl<'t> MeasureFacts<'t> {
    fn new(measure: &'t Measure) -> Self {
        Self {
            name: &measure.name,
            title: Title::from(&measure.title),
            unit: words::of_unit(measure.unit).code,
            decimals: measure.unit.decimals(),
            part_of: measure.part_of.as_deref(),
            ratio: measure.ratio.as_ref().map(|ratio| [ratio.of.as_str(), ratio.to.as_str()]),
        }
    }
}

impl<'t> DimensionFacts<'t> {
    fn new(dimension: &'t Dimension) -> Self {
        Self { name: &dimension.name, title: Title::from(&dimension.title), adds_up: dimension.adds_up }
    }
}

/// What is planned for each level, less what was left out because too much of it would be withheld: what its rows have.
fn plan(definition: &TableDefinition, rows: &[Row<'_>]) -> Vec<LevelFacts> {
    let mut levels: BTreeMap<RegionLevel, LevelFacts> = BTreeMap::new();
    for row in rows {
        let codes = || definition.dimensions.iter().zip(row.dimensions);
        let at_a_time = codes().filter(|(dimension, code)| dimension.adds_up && code.as_str() != TOTAL.code).count();
        let by_groups = codes().any(|(dimension, code)| dimension.township.iter().any(|group| group.code == *code));
        let level = levels.entry(row.region.level).or_insert_with(|| LevelFacts {
            region_level: words::of_level(row.region.level).code,
            dimensions_at_a_time: 0,
            by_groups: false,
        });
        level.dimensions_at_a_time = level.dimensions_at_a_time.max(at_a_time);
        level.by_groups |= by_groups;
    }
    levels.into_values().collect()
}

pub(super) fn categories<'t>(codes: &[Named<'t>]) -> Vec<Category<'t>> {
    codes.iter().map(|code| Category { value: code.code, label: Label::new(code.zh, code.en) }).collect()
}
