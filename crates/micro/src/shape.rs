use std::collections::BTreeSet;

use crate::catalogue::{Catalogue, MicroTable, RowsOf};
use crate::dimension::{Dimension, DimensionOf};
use crate::error::MicroError;

/// More cells than these are neither counted nor listed at once.
const MOST_CELLS: usize = 500_000;

/// What a question divides: the rows of micro tables joined on the person, by dimensions at a level each.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Shape {
    /// Numbers of the tables in [`Catalogue::tables`], in order.
    tables: Vec<usize>,
    /// Number of each dimension in [`Catalogue::dimensions`] with its level, in order.
    dimensions: Vec<(usize, usize)>,
}

/// What is counted in each cell of a shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Measure {
    /// Different people.
    Persons,
    /// Rows of the only table with several rows a person, else people.
    Rows,
    /// Rows that have a value of a measure.
    RowsWith(usize),
    /// The sum of a measure, by its number in [`MicroTable::measures`] of that table.
    Sum(usize),
}

impl Shape {
    /// The shape of these tables and dimensions, however they are ordered.
    pub fn new(tables: &BTreeSet<usize>, dimensions: &BTreeSet<(usize, usize)>) -> Self {
        Self { tables: tables.iter().copied().collect(), dimensions: dimensions.iter().copied().collect() }
    }

    /// Numbers of its tables.
    pub fn tables(&self) -> &[usize] {
        &self.tables
    }

    /// Numbers of its dimensions, each with its level.
    pub fn dimensions(&self) -> &[(usize, usize)] {
        &self.dimensions
    }

    /// The same divided by these dimensions at their finest level, too.
    pub(crate) fn with(&self, names: &[&String], catalogue: &Catalogue) -> Self {
        let number = |name: &&&String| catalogue.dimensions.iter().position(|dimension| dimension.name == ***name);
        let added = names.iter().filter_map(|name| Some((number(&name)?, 0)));
        let dimensions: BTreeSet<(usize, usize)> = self.dimensions.iter().copied().chain(added).collect();
        Self { tables: self.tables.clone(), dimensions: dimensions.into_iter().collect() }
    }

    /// The same without tables that add nothing: all people of another are theirs, and that one has every dimension.
    pub(crate) fn without_needless(&self, catalogue: &Catalogue) -> Self {
        let has_all = |table: &MicroTable| self.dimensions.iter().all(|(number, _)| table.dimensions.contains(number));
        let is_needless =
            |number: &usize| self.members(catalogue).any(|table| table.within == Some(*number) && has_all(table));
        let tables = self.tables.iter().copied().filter(|number| !is_needless(number));
        Self { tables: tables.collect(), dimensions: self.dimensions.clone() }
    }

    /// The same with every dimension at its finest level.
    pub(crate) fn finest(&self) -> Self {
        let dimensions = self.dimensions.iter().map(|(number, _)| (*number, 0));
        Self { tables: self.tables.clone(), dimensions: dimensions.collect() }
    }

    /// Its cells.
    pub fn grid(&self, catalogue: &Catalogue) -> Grid {
        Grid::new(self.levels(catalogue).map(|(dimension, level)| dimension.categories(level).len()).collect())
    }

    /// How many cells it has.
    pub fn cells(&self, catalogue: &Catalogue) -> usize {
        self.grid(catalogue).cells()
    }

    /// Refuses a shape of more cells than are counted, or listed, at once.
    ///
    /// # Errors
    /// [`MicroError::TooManyCells`].
    pub fn check_size(&self, catalogue: &Catalogue) -> Result<(), MicroError> {
        let cells = self.cells(catalogue);
        if cells > MOST_CELLS { Err(MicroError::TooManyCells { cells, most: MOST_CELLS }) } else { Ok(()) }
    }

    /// The columns by which it is divided.
    pub fn columns<'c>(&self, catalogue: &'c Catalogue) -> Vec<&'c str> {
        let columns = self.levels(catalogue).filter_map(|(dimension, level)| dimension.levels.get(level));
        columns.map(|level| level.column.as_str()).collect()
    }

    /// Its words in logs: tables, and columns by which they are divided.
    pub fn describe(&self, catalogue: &Catalogue) -> String {
        let tables = self.members(catalogue).map(|table| table.name.as_str()).collect::<Vec<_>>().join("+");
        format!("{tables}[{}]", self.columns(catalogue).join(","))
    }

    /// The table of which a person may have several rows, where the shape has exactly one.
    pub(crate) fn events<'c>(&self, catalogue: &'c Catalogue) -> Option<&'c MicroTable> {
        let mut events = self.members(catalogue).filter(|table| table.rows == RowsOf::Event);
        let first = events.next()?;
        events.next().is_none().then_some(first)
    }

    pub(crate) fn members<'c>(&self, catalogue: &'c Catalogue) -> impl Iterator<Item = &'c MicroTable> {
        self.tables.iter().filter_map(|table| catalogue.tables.get(*table))
    }

    pub(crate) fn levels<'c>(&self, catalogue: &'c Catalogue) -> impl Iterator<Item = (&'c Dimension, usize)> {
        self.dimensions.iter().filter_map(|(dimension, level)| Some((catalogue.dimensions.get(*dimension)?, *level)))
    }

    /// The places of its dimensions of people, or of rows.
    pub(crate) fn positions(&self, catalogue: &Catalogue, of: DimensionOf) -> Vec<usize> {
        let levels = self.levels(catalogue).enumerate();
        levels.filter(|(_, (dimension, _))| dimension.of == of).map(|(position, _)| position).collect()
    }
}

/// Cells in rows: one for every choice of a category on each axis, the last axis changes fastest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grid {
    sizes: Vec<usize>,
}

impl Grid {
    pub(crate) fn new(sizes: Vec<usize>) -> Self {
        Self { sizes }
    }

    /// How many categories each axis has.
    pub fn sizes(&self) -> &[usize] {
        &self.sizes
    }

    /// How many cells there are.
    pub fn cells(&self) -> usize {
        self.sizes.iter().fold(1, |cells, size| cells.saturating_mul(*size))
    }

    /// The category of a cell on each axis.
    pub fn categories(&self, cell: usize) -> Vec<usize> {
        let mut rest = cell;
        let mut categories = vec![0; self.sizes.len()];
        for (category, size) in categories.iter_mut().zip(&self.sizes).rev() {
            *category = rest % (*size).max(1);
            rest /= (*size).max(1);
        }
        categories
    }

    /// The cell with these categories.
    pub fn cell(&self, categories: &[usize]) -> usize {
        self.sizes.iter().zip(categories).fold(0, |cell, (size, category)| cell * size + category)
    }
}
