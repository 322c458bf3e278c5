use std::collections::BTreeSet;

use crate::error::DisclosureError;
use crate::protect::{ProtectedTable, protect};
use crate::threshold::Threshold;

/// A table of true values, which must not leave the hub.
///
/// Its only way out is [`RawTable::protect`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawTable {
    name: String,
    cells: Vec<Cell>,
}

/// One cell: a combination of categories, with all measures that are published for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// Categories in the table's order of dimensions; a margin has its own word (`total`).
    pub dimensions: Vec<String>,
    /// Everything that is published for the cell; at least one counts people.
    pub measures: Vec<Measure>,
}

/// One true value of a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measure {
    /// `persons`, `amount`, …
    pub name: String,
    /// What it counts.
    pub unit: Unit,
    /// The value.
    pub observed: Observed,
}

/// What a measure counts, which decides whether the threshold applies to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unit {
    /// Different people.
    People,
    /// Different people, all of whom `whole` counts too: the rest of `whole` is a cell as well.
    PeopleOf {
        /// Name of the measure that this one is part of.
        whole: String,
    },
    /// Anything else: fen, person-months, orders.
    Other,
}

/// A true value, or why there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Observed {
    /// The value, in whole units.
    Known(i64),
    /// Deliveries it rests on are incomplete.
    Missing,
    /// The combination cannot occur.
    NotApplicable,
}

impl RawTable {
    /// Takes the cells of a table; refuses repeated cells and cells whose size nothing tells.
    pub fn new(name: &str, cells: Vec<Cell>) -> Result<Self, DisclosureError> {
        let table = Self { name: name.to_owned(), cells };
        table.check_repeats()?;
        table.check_people()?;
        table.check_parts()?;
        Ok(table)
    }

    /// The table as it may leave, under one threshold.
    pub fn protect(&self, threshold: Threshold) -> ProtectedTable {
        ProtectedTable::new(self.name.clone(), protect(&self.cells, threshold))
    }

    fn check_repeats(&self) -> Result<(), DisclosureError> {
        let different: BTreeSet<&Vec<String>> = self.cells.iter().map(|cell| &cell.dimensions).collect();
        match self.cells.len() - different.len() {
            0 => Ok(()),
            count => Err(DisclosureError::RepeatedCells { table: self.name.clone(), count }),
        }
    }

    fn check_people(&self) -> Result<(), DisclosureError> {
        let table = self.name.clone();
        let without = self.cells.iter().filter(|cell| cell.people().count() == 0);
        let negative =
            self.cells.iter().filter(|cell| cell.people().any(|people| matches!(people, Observed::Known(..0))));
        match (without.count(), negative.count()) {
            (0, 0) => Ok(()),
            (0, count) => Err(DisclosureError::NegativePeople { table, count }),
            (count, _) => Err(DisclosureError::NoPeople { table, count }),
        }
    }

    fn check_parts(&self) -> Result<(), DisclosureError> {
        for cell in &self.cells {
            for measure in &cell.measures {
                if let Unit::PeopleOf { whole } = &measure.unit
                    && cell.known(whole).is_none()
                    && !cell.measures.iter().any(|other| other.name == *whole)
                {
                    return Err(DisclosureError::UnknownWhole {
                        table: self.name.clone(),
                        measure: measure.name.clone(),
                        whole: whole.clone(),
                    });
                }
            }
        }
        Ok(())
    }
}

impl Cell {
    /// The values of the measures that count people.
    pub(crate) fn people(&self) -> impl Iterator<Item = Observed> {
        self.measures.iter().filter(|measure| measure.unit != Unit::Other).map(|measure| measure.observed)
    }

    /// The value of a measure by name; `None` if the cell has no such measure or no value of it.
    pub(crate) fn known(&self, name: &str) -> Option<i64> {
        self.measures.iter().find(|measure| measure.name == name).and_then(|measure| match measure.observed {
            Observed::Known(value) => Some(value),
            Observed::Missing | Observed::NotApplicable => None,
        })
    }
}
