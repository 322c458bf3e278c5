use std::collections::{BTreeMap, HashMap};

use crate::definition::TableDefinition;
use crate::error::ReleaseError;

/// The finest cells of a table as its model counts them, only those that are not empty.
#[derive(Debug, Clone)]
pub struct FinestCells {
    table: String,
    dimensions: Vec<Codes>,
    measures: usize,
    regions: BTreeMap<String, usize>,
    /// Each different combination of categories once.
    combinations: Vec<Vec<usize>>,
    known: HashMap<Vec<usize>, usize>,
    /// Region and combination of each cell.
    places: Vec<(usize, usize)>,
    /// The measures of all cells, one cell after the other.
    values: Vec<i64>,
    /// For each combination, one after the other, which measures were null and which were not.
    seen: Vec<Seen>,
}

/// Whether a measure is null and whether it is counted in the cells of a combination.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) null: bool,
    pub(crate) counted: bool,
}

#[derive(Debug, Clone)]
struct Codes {
    name: String,
    positions: BTreeMap<String, usize>,
    unlisted: usize,
}

impl FinestCells {
    /// No cell yet.
    pub fn new(definition: &TableDefinition) -> Self {
        let codes = |dimension: &crate::definition::Dimension| Codes {
            name: dimension.name.clone(),
            positions: dimension.categories.iter().enumerate().map(|(at, group)| (group.code.clone(), at)).collect(),
            unlisted: 0,
        };
        Self {
            table: definition.name.clone(),
            dimensions: definition.dimensions.iter().map(codes).collect(),
            measures: definition.counted().count(),
            regions: BTreeMap::new(),
            combinations: Vec::new(),
            known: HashMap::new(),
            places: Vec::new(),
            values: Vec::new(),
            seen: Vec::new(),
        }
    }

    /// Takes one cell: its region, a code for each dimension, and the counted measures in the order of the definition.
    ///
    /// Yuan come in fen, hours in minutes, everything else as it is counted; `None` where the measure does not apply. Cells of
    /// one place are added up. Codes that the definition does not list are counted, and [`crate::Cube::build`] refuses the
    /// table.
    ///
    /// # Errors
    /// [`ReleaseError::Shape`].
    pub fn push(&mut self, region: &str, dimensions: &[&str], measures: &[Option<i64>]) -> Result<(), ReleaseError> {
        if dimensions.len() != self.dimensions.len() || measures.len() != self.measures {
            return Err(ReleaseError::Shape { table: self.table.clone() });
        }
        let mut combination = Vec::with_capacity(dimensions.len());
        for (codes, code) in self.dimensions.iter_mut().zip(dimensions) {
            match codes.positions.get(*code) {
                Some(position) => combination.push(*position),
                None => codes.unlisted += 1,
            }
        }
        if combination.len() == dimensions.len() {
            let (region, combination) = (self.region(region), self.combination(combination));
            let seen = self.seen.get_mut(combination * self.measures..).unwrap_or_default();
            for (seen, measure) in seen.iter_mut().zip(measures) {
                seen.null |= measure.is_none();
                seen.counted |= measure.is_some();
            }
            self.places.push((region, combination));
            self.values.extend(measures.iter().map(|measure| measure.unwrap_or_default()));
        }
        Ok(())
    }

    /// Every region of its cells.
    pub fn regions(&self) -> impl Iterator<Item = &str> {
        self.regions.keys().map(String::as_str)
    }

    /// The numbers of all regions that occur, with their codes.
    pub(crate) fn numbered_regions(&self) -> impl Iterator<Item = (&str, usize)> {
        self.regions.iter().map(|(code, number)| (code.as_str(), *number))
    }

    pub(crate) fn combinations(&self) -> &[Vec<usize>] {
        &self.combinations
    }

    /// For each combination which measures were null and which were not.
    pub(crate) fn seen(&self) -> impl Iterator<Item = (&[usize], &[Seen])> {
        self.combinations.iter().map(Vec::as_slice).zip(self.seen.chunks_exact(self.measures.max(1)))
    }

    /// Number of the region, number of the combination and measures of each cell.
    pub(crate) fn cells(&self) -> impl Iterator<Item = (usize, usize, &[i64])> {
        let values = self.values.chunks_exact(self.measures.max(1));
        self.places.iter().zip(values).map(|((region, combination), values)| (*region, *combination, values))
    }

    pub(crate) fn check(&self) -> Result<(), ReleaseError> {
        match self.dimensions.iter().find(|codes| codes.unlisted > 0) {
            None => Ok(()),
            Some(codes) => Err(ReleaseError::UnlistedCategory {
                table: self.table.clone(),
                dimension: codes.name.clone(),
                count: codes.unlisted,
            }),
        }
    }

    fn region(&mut self, code: &str) -> usize {
        if let Some(number) = self.regions.get(code) {
            return *number;
        }
        let number = self.regions.len();
        self.regions.insert(code.to_owned(), number);
        number
    }

    fn combination(&mut self, categories: Vec<usize>) -> usize {
        if let Some(number) = self.known.get(&categories) {
            return *number;
        }
        let number = self.combinations.len();
        self.combinations.push(categories.clone());
        self.seen.extend(std::iter::repeat_n(Seen::default(), self.measures));
        self.known.insert(categories, number);
        number
    }
}
