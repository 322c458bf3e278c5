use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde::Deserialize;
use yilian_contract::nearest;
use yilian_release::{TableDefinitions, Text};

use crate::dimension::{Category, Dimension, DimensionOf, Level};
use crate::error::MicroError;

/// What may be asked of micro data, and how answers are protected: `pipelines/shapes.yaml` with the tables of the release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Catalogue {
    /// Fewer people than this are never shown.
    pub threshold: u32,
    /// The noise of an answer that is no number of the release.
    pub noise: Noise,
    /// Of how many dimensions a question may speak.
    pub dimensions_at_a_time: usize,
    /// All of them.
    pub dimensions: Vec<Dimension>,
    /// The micro tables.
    pub tables: Vec<MicroTable>,
    /// Which answers are numbers of the release.
    pub(crate) released: Vec<ReleasedAnswer>,
}

/// How large noise is, in people; rows and money have the same, times the mean of the largest contributions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Noise {
    /// Standard deviation.
    pub deviation: u32,
    /// What it never exceeds.
    pub bound: u32,
    /// How many of the largest contributions make the mean.
    pub largest: usize,
}

/// A table of micro data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MicroTable {
    /// Its name in schema `micro`.
    pub name: String,
    /// What a row is.
    pub title: Text,
    /// How many rows a person may have.
    pub rows: RowsOf,
    /// The number of the table among whose people all of its own are.
    pub within: Option<usize>,
    /// Numbers of its dimensions in [`Catalogue::dimensions`].
    pub dimensions: Vec<usize>,
    /// What can be summed.
    pub measures: Vec<MicroMeasure>,
}

/// How many rows of a table a person may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowsOf {
    /// One: rows are people.
    Person,
    /// Any number.
    Event,
}

/// A column that can be summed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MicroMeasure {
    /// The column.
    pub name: String,
    /// What it is called.
    pub title: Text,
    /// How many decimals it has; it is kept as a whole number of the last one.
    pub decimals: u32,
}

/// Answers that are numbers of a table of the release.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReleasedAnswer {
    pub(crate) table: String,
    pub(crate) measure: String,
    /// The micro tables whose join is counted.
    pub(crate) of: BTreeSet<String>,
    /// `persons`, `rows` or a measure.
    pub(crate) counts: String,
    /// Whether the table counts people by the region of micro data.
    pub(crate) region: bool,
    /// Dimension here and in the table.
    pub(crate) dimensions: BTreeMap<String, String>,
    /// Dimension here and the category that is counted.
    #[serde(default, rename = "where")]
    pub(crate) only: BTreeMap<String, String>,
    /// Dimensions without which there is no such number.
    #[serde(default)]
    pub(crate) needs: BTreeSet<String>,
    /// It is no answer: what it withholds is withheld here, too.
    #[serde(default)]
    pub(crate) only_closes: bool,
    /// What it withholds of one category of a needed dimension withholds the sum over all of them.
    #[serde(default)]
    pub(crate) closes_sums: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    threshold: u32,
    noise: Noise,
    dimensions_at_a_time: usize,
    dimensions: Vec<DimensionEntry>,
    tables: Vec<TableEntry>,
    released: Vec<ReleasedAnswer>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DimensionEntry {
    name: String,
    of: DimensionOf,
    #[serde(default)]
    regions: bool,
    #[serde(default)]
    categories: Option<String>,
    #[serde(default)]
    from: Option<u32>,
    #[serde(default)]
    until: Option<u32>,
    #[serde(default)]
    otherwise: Option<String>,
    #[serde(default)]
    title: Option<Text>,
    #[serde(default)]
    groups: Vec<GroupEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GroupEntry {
    column: String,
    title: Text,
    categories: Vec<yilian_release::Group>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TableEntry {
    name: String,
    title: Text,
    rows: RowsOf,
    #[serde(default)]
    within: Option<String>,
    dimensions: Vec<String>,
    measures: Vec<MicroMeasure>,
}

/// What a catalogue is made with besides its file.
#[derive(Debug, Clone, Copy)]
pub struct Surroundings<'a> {
    /// The tables of the release.
    pub definitions: &'a TableDefinitions,
    /// The hub's place: 2, 4 or 6 digits.
    pub place: &'a str,
    /// Code and name of every county of the place.
    pub counties: &'a [(String, String)],
    /// The greatest threshold of `schemas/disclosure_threshold.csv`.
    pub floor: u32,
}

impl Catalogue {
    /// Reads and checks `pipelines/shapes.yaml`.
    ///
    /// # Errors
    /// [`MicroError::File`], [`MicroError::Shapes`]; [`MicroError::Faults`] with everything that does not fit.
    pub fn load(path: &Path, with: Surroundings<'_>) -> Result<Self, MicroError> {
        let text = fs::read_to_string(path).map_err(|source| MicroError::File { path: path.to_owned(), source })?;
        let file: File = serde_saphyr::from_str(&text)
            .map_err(|error| MicroError::Shapes { file: path.to_owned(), reason: error.to_string() })?;
        let mut faults = Vec::new();
        let dimensions = file.dimensions.iter().map(|entry| dimension(entry, with, &mut faults)).collect();
        let mut catalogue = Self {
            threshold: file.threshold,
            noise: file.noise,
            dimensions_at_a_time: file.dimensions_at_a_time,
            dimensions,
            tables: Vec::new(),
            released: file.released,
        };
        for entry in file.tables {
            let table = catalogue.table_of(entry, &mut faults);
            catalogue.tables.push(table);
        }
        catalogue.check(with, &mut faults);
        if faults.is_empty() { Ok(catalogue) } else { Err(MicroError::Faults { file: path.to_owned(), faults }) }
    }

    /// A table by its name.
    pub fn table(&self, name: &str) -> Option<&MicroTable> {
        self.tables.iter().find(|table| table.name == name)
    }

    /// The dimension and level of a column.
    pub fn level(&self, column: &str) -> Option<(usize, usize)> {
        self.dimensions.iter().enumerate().find_map(|(dimension, found)| {
            let level = found.levels.iter().position(|level| level.column == column)?;
            Some((dimension, level))
        })
    }

    fn number(&self, name: &str) -> Option<usize> {
        self.dimensions.iter().position(|dimension| dimension.name == name)
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        self.dimensions.iter().map(|dimension| dimension.name.as_str())
    }

    fn table_of(&self, entry: TableEntry, faults: &mut Vec<String>) -> MicroTable {
        let mut dimensions = Vec::new();
        for name in &entry.dimensions {
            match self.number(name) {
                Some(number) => dimensions.push(number),
                None => faults.push(unknown(&format!("tables.{}", entry.name), "dimension", name, self.names())),
            }
        }
        let within = entry.within.as_ref().and_then(|name| self.tables.iter().position(|table| table.name == *name));
        if let Some(name) = entry.within.as_ref().filter(|_| within.is_none()) {
            let names = self.tables.iter().map(|table| table.name.as_str());
            faults.push(unknown(&format!("tables.{}.within", entry.name), "table before it", name, names));
        }
        let TableEntry { name, title, rows, measures, .. } = entry;
        MicroTable { name, title, rows, within, dimensions, measures }
    }

    fn check(&self, with: Surroundings<'_>, faults: &mut Vec<String>) {
        if self.threshold < with.floor {
            faults.push(format!("threshold: {} is below the floor {}", self.threshold, with.floor));
        }
        if self.noise.deviation == 0 || self.noise.bound < self.noise.deviation || self.noise.largest == 0 {
            faults.push("noise: deviation and largest are at least 1, bound at least the deviation".to_owned());
        }
        for answer in &self.released {
            let place = format!("released.{}.{}", answer.table, answer.measure);
            let Ok(definition) = with.definitions.get(&answer.table) else {
                faults.push(unknown(&place, "table", &answer.table, with.definitions.names()));
                continue;
            };
            if definition.measure(&answer.measure).is_none() {
                let names = definition.measures.iter().map(|measure| measure.name.as_str());
                faults.push(unknown(&place, "measure", &answer.measure, names));
            }
            for table in answer.of.iter().filter(|table| self.table(table).is_none()) {
                faults.push(unknown(&place, "table", table, self.tables.iter().map(|table| table.name.as_str())));
            }
            for name in answer.dimensions.values().filter(|name| definition.dimension(name).is_none()) {
                let names = definition.dimensions.iter().map(|dimension| dimension.name.as_str());
                faults.push(unknown(&place, "dimension", name, names));
            }
            let here = answer.dimensions.keys().chain(answer.only.keys()).chain(&answer.needs);
            for name in here.filter(|name| self.number(name).is_none()) {
                faults.push(unknown(&place, "dimension", name, self.names()));
            }
        }
    }
}

fn unknown<'a>(place: &str, kind: &str, name: &str, valid: impl Iterator<Item = &'a str>) -> String {
    match nearest(name, valid) {
        Some(nearest) => format!("{place}: unknown {kind} `{name}`; the nearest valid one is `{nearest}`"),
        None => format!("{place}: unknown {kind} `{name}`"),
    }
}

fn dimension(entry: &DimensionEntry, with: Surroundings<'_>, faults: &mut Vec<String>) -> Dimension {
    let mut levels = if entry.regions { regions(with) } else { vec![finest(entry, with, faults)] };
    if let Some(code) = &entry.otherwise {
        for level in &mut levels {
            if level.category(code).is_none() {
                let title = Text { zh: "无".to_owned(), en: "none".to_owned() };
                level.categories.push(Category { code: code.clone(), title });
            }
        }
    }
    let otherwise = entry.otherwise.as_ref().and_then(|code| levels.first().and_then(|level| level.category(code)));
    for group in &entry.groups {
        let below = levels.last().map(|level| level.categories.clone()).unwrap_or_default();
        let within =
            below.iter().map(|category| group.categories.iter().position(|one| one.of.contains(&category.code)));
        if let (Some(within), Some(level)) = (within.collect::<Option<Vec<_>>>(), levels.last_mut()) {
            level.within = within;
        } else {
            faults.push(format!("dimensions.{}.groups.{}: a category is in no group", entry.name, group.column));
        }
        let categories =
            group.categories.iter().map(|one| Category { code: one.code.clone(), title: text(one) }).collect();
        levels.push(Level { column: group.column.clone(), title: group.title.clone(), categories, within: Vec::new() });
    }
    if entry.regions {
        link_regions(&mut levels);
    }
    if let Some(level) = levels.last_mut() {
        level.within = vec![0; level.categories.len()];
    }
    let is_numbered = entry.from.is_some();
    Dimension { name: entry.name.clone(), of: entry.of, levels, otherwise, is_numbered }
}

fn text(group: &yilian_release::Group) -> Text {
    Text { zh: group.zh.clone(), en: group.en.clone() }
}

fn finest(entry: &DimensionEntry, with: Surroundings<'_>, faults: &mut Vec<String>) -> Level {
    let mut level = Level {
        column: entry.name.clone(),
        title: entry.title.clone().unwrap_or(Text { zh: entry.name.clone(), en: entry.name.clone() }),
        categories: Vec::new(),
        within: Vec::new(),
    };
    let place = format!("dimensions.{}", entry.name);
    match (&entry.categories, entry.from, entry.until) {
        (Some(name), None, None) => {
            let found = name.split_once('.').and_then(|(table, dimension)| {
                with.definitions.get(table).ok().and_then(|definition| definition.dimension(dimension))
            });
            match found {
                Some(dimension) => {
                    level.title = entry.title.clone().unwrap_or_else(|| dimension.title.clone());
                    let categories = dimension.categories.iter();
                    level.categories =
                        categories.map(|group| Category { code: group.code.clone(), title: text(group) }).collect();
                }
                None => faults.push(format!("{place}: no dimension `{name}` of the release")),
            }
        }
        (None, Some(from), Some(until)) => {
            let categories = (from..=until).map(|number| number.to_string());
            level.categories =
                categories.map(|code| Category { title: Text { zh: code.clone(), en: code.clone() }, code }).collect();
        }
        _ => faults.push(format!("{place}: has either `categories` or `from` and `until`, or `regions: true`")),
    }
    level
}

/// Counties, cities and provinces that lie within the hub's place.
fn regions(with: Surroundings<'_>) -> Vec<Level> {
    let levels = [("county", "县（区）", 6), ("city", "市", 4), ("province", "省", 2)];
    let within = levels.into_iter().filter(|(_, _, digits)| *digits > with.place.len() || *digits == 6);
    let level = |(column, zh, digits): (&str, &str, usize)| {
        let codes: BTreeMap<&str, &str> = with
            .counties
            .iter()
            .filter_map(|(code, name)| Some((code.get(..digits)?, if digits == 6 { name.as_str() } else { "" })))
            .collect();
        let category = |(code, name): (&str, &str)| {
            let name = if name.is_empty() { code } else { name };
            Category { code: code.to_owned(), title: Text { zh: name.to_owned(), en: code.to_owned() } }
        };
        Level {
            column: column.to_owned(),
            title: Text { zh: zh.to_owned(), en: column.to_owned() },
            categories: codes.into_iter().map(category).collect(),
            within: Vec::new(),
        }
    };
    within.map(level).collect()
}

/// A region lies in the one whose code its own begins with; what is no region, in its like.
fn link_regions(levels: &mut [Level]) {
    for at in 1..levels.len() {
        let (finer, coarser) = levels.split_at_mut(at);
        let (Some(finer), Some(coarser)) = (finer.last_mut(), coarser.first()) else { continue };
        let lies_in = |code: &str| {
            let category = coarser.categories.iter().position(|category| code.starts_with(&category.code));
            category.unwrap_or_default()
        };
        finer.within = finer.categories.iter().map(|category| lies_in(&category.code)).collect();
    }
}
