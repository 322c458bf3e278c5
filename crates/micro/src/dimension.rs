use std::collections::HashMap;

use yilian_release::Text;

/// A way in which micro data are divided, at one or more levels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dimension {
    /// Its name in `shapes.yaml`.
    pub name: String,
    /// Whose it is.
    pub of: DimensionOf,
    /// The finest first; every category of a level lies in one of the next.
    pub levels: Vec<Level>,
    /// The finest category of what has none in the data, if there may be any.
    pub otherwise: Option<usize>,
    /// Whether its codes are numbers, such as months.
    pub is_numbered: bool,
}

/// Whether a person has one category of a dimension, or may have several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DimensionOf {
    /// Everybody has exactly one: people of all categories add up.
    Person,
    /// A row has one, a person may have several.
    Row,
}

/// A dimension at one level: a column of the micro tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Level {
    /// The column.
    pub column: String,
    /// What it is called.
    pub title: Text,
    /// In order.
    pub categories: Vec<Category>,
    /// For each category the one of the next level in which it lies; all 0 at the coarsest, which lies in the whole.
    pub within: Vec<usize>,
}

/// A category of a level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Category {
    /// Its code in the data.
    pub code: String,
    /// What it is called.
    pub title: Text,
}

impl Dimension {
    /// Number of each code of the finest level.
    pub(crate) fn codes(&self) -> HashMap<&str, usize> {
        let finest = self.levels.first().map(|level| level.categories.as_slice()).unwrap_or_default();
        finest.iter().enumerate().map(|(at, category)| (category.code.as_str(), at)).collect()
    }

    /// The category of `level` in which a category of the finest one lies.
    pub fn category_at(&self, finest: usize, level: usize) -> usize {
        self.lift_between(finest, (0, level))
    }

    /// The category of level `to` in which a category of the finer level `from` lies.
    pub fn lift_between(&self, category: usize, (from, to): (usize, usize)) -> usize {
        let between = self.levels.get(from..to).unwrap_or_default();
        between.iter().fold(category, |at, level| level.within.get(at).copied().unwrap_or_default())
    }

    /// The categories of a level, of none beyond the coarsest.
    pub fn categories(&self, level: usize) -> &[Category] {
        self.levels.get(level).map(|level| level.categories.as_slice()).unwrap_or_default()
    }
}

impl Level {
    /// Number of the category with a code.
    pub fn category(&self, code: &str) -> Option<usize> {
        self.categories.iter().position(|category| category.code == code)
    }
}
