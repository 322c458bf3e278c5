use std::fs;
use std::path::Path;

use serde::Deserialize;

use crate::error::ReleaseError;

/// What a table of the release is: `sql/80_release/<table>.yaml`, beside the model that counts its finest cells.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableDefinition {
    /// The file's name.
    #[serde(skip)]
    pub name: String,
    /// What it is called.
    pub title: Text,
    /// Who or what is counted.
    pub universe: Text,
    /// Which place decides the region of a row.
    pub base: Base,
    /// Whether it shows 31 December or the year.
    pub timing: Timing,
    /// Whose data it rests on.
    pub departments: Vec<String>,
    /// The datasets it rests on; where one of them is incomplete for a county, its cells are missing.
    pub datasets: Vec<String>,
    /// How each measure is computed, in words.
    pub formula: Text,
    /// What a reader must know beside the numbers.
    #[serde(default)]
    pub footnotes: Vec<Text>,
    /// Besides the region, in the order of the table.
    pub dimensions: Vec<Dimension>,
    /// In the order of the table.
    pub measures: Vec<Measure>,
    /// For internal use (内部资料): no file that is published holds it.
    #[serde(default)]
    pub restricted: bool,
}

/// A text in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// Which place decides the region of a row; a rate has one base.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Base {
    /// Where a person is registered.
    Hukou,
    /// Where a person lives.
    Residence,
    /// Who pays.
    Paying,
    /// Whose insurance pool it is.
    Pool,
    /// Where a facility stands or a work is done.
    Site,
}

/// Whether a table shows a day or a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Timing {
    /// 31 December, 24:00.
    Stock,
    /// Any month of the year.
    Flow,
}

/// A way in which a table divides what it counts.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dimension {
    /// The column.
    pub name: String,
    /// What it is called.
    pub title: Text,
    /// Its categories in order, all of them, also those that are empty.
    pub categories: Vec<Group>,
    /// Whether everybody stands in exactly one category, so that the categories add up to a row `total`.
    pub adds_up: bool,
    /// Categories that must not be certain of anybody ("all in one class", `release.md`).
    #[serde(default)]
    pub sensitive: Vec<String>,
    /// Sums of categories that stand in their place in the townships, such as `65+`.
    #[serde(default)]
    pub township: Vec<Group>,
}

/// A category, or several of them together.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Code in the data.
    pub code: String,
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
    /// The categories that it sums; empty for a category itself.
    #[serde(default)]
    pub of: Vec<String>,
}

/// What is measured in each cell.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measure {
    /// The column of the model, or of the result for a ratio.
    pub name: String,
    /// What it is called.
    pub title: Text,
    /// What it counts.
    pub unit: Unit,
    /// The measure of the same cell that this one is part of; the rest is a cell as well.
    #[serde(default)]
    pub part_of: Option<String>,
    /// Computed from two others and published only when both are.
    #[serde(default)]
    pub ratio: Option<Ratio>,
}

/// A ratio of two measures of a cell.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ratio {
    /// Numerator.
    pub of: String,
    /// Denominator.
    pub to: String,
}

/// What a measure counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Different people (人).
    Person,
    /// Different households (户).
    Household,
    /// Person-months (人月).
    PersonMonth,
    /// Visits, orders, meals (人次).
    Event,
    /// Hours (小时), in minutes divided by 60.
    Hour,
    /// Facilities (个).
    Facility,
    /// Beds (张).
    Bed,
    /// Yuan (元).
    Yuan,
    /// Hundredths of the denominator (%).
    Percent,
    /// Yuan for each of the denominator (元).
    YuanEach,
    /// For each thousand of the denominator (‰).
    PerThousand,
}

impl TableDefinition {
    /// Reads and checks one definition; its name is that of the file.
    ///
    /// # Errors
    /// [`ReleaseError::File`]; [`ReleaseError::Definition`] for what is no definition; [`ReleaseError::Faults`] with everything
    /// that does not fit in one.
    pub fn load(file: &Path) -> Result<Self, ReleaseError> {
        let text = fs::read_to_string(file).map_err(|source| ReleaseError::File {
            action: "read",
            path: file.to_owned(),
            source,
        })?;
        let refuse = |reason: String| ReleaseError::Definition { file: file.to_owned(), reason };
        let mut definition: Self = serde_saphyr::from_str(&text).map_err(|error| refuse(error.to_string()))?;
        definition.name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let faults = definition.faults();
        if faults.is_empty() { Ok(definition) } else { Err(ReleaseError::Faults { file: file.to_owned(), faults }) }
    }

    /// The measure with this name.
    pub fn measure(&self, name: &str) -> Option<&Measure> {
        self.measures.iter().find(|measure| measure.name == name)
    }

    /// The dimension with this name.
    pub fn dimension(&self, name: &str) -> Option<&Dimension> {
        self.dimensions.iter().find(|dimension| dimension.name == name)
    }

    /// The measures that the model counts, in order: all but the ratios.
    pub fn counted(&self) -> impl Iterator<Item = &Measure> {
        self.measures.iter().filter(|measure| measure.ratio.is_none())
    }
}

impl Unit {
    /// How many decimals a value has; it is kept as a whole number of the last one.
    pub fn decimals(self) -> u32 {
        match self {
            Self::Person | Self::Household | Self::PersonMonth | Self::Event | Self::Facility | Self::Bed => 0,
            Self::Hour | Self::Percent | Self::PerThousand => 1,
            Self::Yuan | Self::YuanEach => 2,
        }
    }

    /// Whether it is made of two measures and never added up.
    pub fn is_of_ratios(self) -> bool {
        matches!(self, Self::Percent | Self::YuanEach | Self::PerThousand)
    }

    /// Whether it counts what stands in public registers, in which there are no people to protect.
    pub fn is_public(self) -> bool {
        matches!(self, Self::Facility | Self::Bed)
    }
}
