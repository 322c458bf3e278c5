use std::fmt;

use crate::cell::{Cell, Observed, Unit};
use crate::threshold::Threshold;

/// A table as it may leave the hub.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProtectedTable {
    name: String,
    cells: Vec<Protected>,
}

/// A cell as it may leave the hub; only [`protect`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Protected {
    dimensions: Vec<String>,
    measures: Vec<ProtectedMeasure>,
}

/// A measure as it may leave the hub: a value has the status `published` or `zero`, else there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProtectedMeasure {
    name: String,
    value: Option<i64>,
    status: Status,
}

/// Why a published value is there or is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// The value.
    Published,
    /// A true zero; the value is 0.
    Zero,
    /// Withheld to protect people; no value.
    Suppressed,
    /// Deliveries are incomplete; no value, never a low number.
    Missing,
    /// The combination cannot occur; no value.
    NotApplicable,
}

/// Applies the threshold to each cell; all measures of a cell share one fate.
///
/// A cell is suppressed if one of its counts of people, or the difference between a count and the
/// count it is part of, is above 0 and below the threshold.
pub fn protect(cells: &[Cell], threshold: Threshold) -> Vec<Protected> {
    cells
        .iter()
        .map(|cell| {
            let small = cell_is_small(cell, threshold);
            Protected {
                dimensions: cell.dimensions.clone(),
                measures: cell
                    .measures
                    .iter()
                    .map(|measure| protected(&measure.name, measure.observed, small))
                    .collect(),
            }
        })
        .collect()
}

fn cell_is_small(cell: &Cell, threshold: Threshold) -> bool {
    let small = |people: i64| threshold.protects(people);
    let counts = cell.people().any(|people| matches!(people, Observed::Known(people) if small(people)));
    let rests = cell.measures.iter().any(|measure| {
        let (Unit::PeopleOf { whole }, Observed::Known(part)) = (&measure.unit, measure.observed) else {
            return false;
        };
        cell.known(whole).is_some_and(|whole| small(whole.saturating_sub(part)))
    });
    counts || rests
}

fn protected(name: &str, observed: Observed, cell_is_small: bool) -> ProtectedMeasure {
    let (value, status) = match observed {
        Observed::Missing => (None, Status::Missing),
        Observed::NotApplicable => (None, Status::NotApplicable),
        Observed::Known(_) if cell_is_small => (None, Status::Suppressed),
        Observed::Known(0) => (Some(0), Status::Zero),
        Observed::Known(value) => (Some(value), Status::Published),
    };
    ProtectedMeasure { name: name.to_owned(), value, status }
}

impl ProtectedTable {
    pub(crate) fn new(name: String, cells: Vec<Protected>) -> Self {
        Self { name, cells }
    }

    /// The table's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its cells, in the order of the raw table.
    pub fn cells(&self) -> &[Protected] {
        &self.cells
    }
}

impl Protected {
    /// Categories in the table's order of dimensions.
    pub fn dimensions(&self) -> &[String] {
        &self.dimensions
    }

    /// Measures in the order of the raw cell.
    pub fn measures(&self) -> &[ProtectedMeasure] {
        &self.measures
    }
}

impl ProtectedMeasure {
    /// `persons`, `amount`, …
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The value; `None` unless the status is published or zero.
    pub fn value(&self) -> Option<i64> {
        self.value
    }

    /// Why the value is there or is not.
    pub fn status(&self) -> Status {
        self.status
    }
}

impl Status {
    /// The word in the published files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Zero => "zero",
            Self::Suppressed => "suppressed",
            Self::Missing => "missing",
            Self::NotApplicable => "not_applicable",
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::cell::{Measure, RawTable};
    use crate::error::DisclosureError;

    fn cell(name: &str, persons: Observed, amount: Observed) -> Cell {
        let measure = |name: &str, unit, observed| Measure { name: name.to_owned(), unit, observed };
        Cell {
            dimensions: vec![name.to_owned()],
            measures: vec![measure("persons", Unit::People, persons), measure("amount", Unit::Other, amount)],
        }
    }

    fn five() -> Threshold {
        Threshold::of_people(5).unwrap()
    }

    fn fates(cell: &Cell) -> Vec<(Option<i64>, Status)> {
        let protected = protect(std::slice::from_ref(cell), five());
        let measures = protected[0].measures().iter();
        measures.map(|m| (m.value(), m.status())).collect()
    }

    #[test]
    fn money_of_a_small_cell_is_suppressed_with_its_people() {
        let small = cell("a", Observed::Known(4), Observed::Known(90_000));
        assert_eq!(fates(&small), [(None, Status::Suppressed); 2]);
    }

    #[test]
    fn a_true_zero_is_told_from_a_suppressed_value() {
        let empty = cell("a", Observed::Known(0), Observed::Known(0));
        assert_eq!(fates(&empty), [(Some(0), Status::Zero); 2]);
    }

    #[test]
    fn missing_and_not_applicable_stay_what_they_are() {
        let cell = cell("a", Observed::Missing, Observed::NotApplicable);
        assert_eq!(fates(&cell), [(None, Status::Missing), (None, Status::NotApplicable)]);
    }

    #[test]
    fn the_rest_of_a_whole_is_a_cell_too() {
        let mut nearly_all = cell("a", Observed::Known(20), Observed::Known(1));
        nearly_all.measures.push(Measure {
            name: "visited".to_owned(),
            unit: Unit::PeopleOf { whole: "persons".to_owned() },
            observed: Observed::Known(18),
        });
        assert!(fates(&nearly_all).iter().all(|(_, status)| *status == Status::Suppressed));
        nearly_all.measures[2].observed = Observed::Known(20);
        assert!(fates(&nearly_all).iter().all(|(_, status)| *status == Status::Published));
    }

    #[test]
    fn a_repeated_cell_and_a_cell_of_unknown_size_are_refused() {
        let known = cell("a", Observed::Known(9), Observed::Known(1));
        let repeated = RawTable::new("t", vec![known.clone(), known.clone()]);
        assert!(matches!(repeated, Err(DisclosureError::RepeatedCells { count: 1, .. })));
        let mut unknown = known;
        unknown.measures.remove(0);
        let unknown = RawTable::new("t", vec![unknown]);
        assert!(matches!(unknown, Err(DisclosureError::NoPeople { count: 1, .. })));
        let negative = RawTable::new("t", vec![cell("a", Observed::Known(-1), Observed::Missing)]);
        assert!(matches!(negative, Err(DisclosureError::NegativePeople { count: 1, .. })));
    }

    fn observed() -> impl Strategy<Value = Observed> {
        prop_oneof![
            8 => (0i64..40).prop_map(Observed::Known),
            1 => Just(Observed::Missing),
            1 => Just(Observed::NotApplicable),
        ]
    }

    proptest! {
        #[test]
        fn no_small_count_remains_and_a_suppressed_cell_has_no_value(
            values in prop::collection::vec((observed(), observed()), 0..60),
            k in 2u32..12,
        ) {
            let cells: Vec<Cell> = values
                .iter()
                .enumerate()
                .map(|(index, (persons, amount))| cell(&index.to_string(), *persons, *amount))
                .collect();
            let table = RawTable::new("t", cells).unwrap().protect(Threshold::of_people(k).unwrap());
            prop_assert_eq!(table.cells().len(), values.len());
            for (protected, (persons, amount)) in table.cells().iter().zip(&values) {
                let [shown_persons, shown_amount] = protected.measures() else {
                    panic!("two measures went in");
                };
                if let Some(shown) = shown_persons.value() {
                    prop_assert!(shown == 0 || shown >= i64::from(k));
                    prop_assert_eq!(*persons, Observed::Known(shown));
                }
                let small = matches!(persons, Observed::Known(n) if (1..i64::from(k)).contains(n));
                if small {
                    prop_assert_eq!(shown_amount.value(), None);
                } else if let Observed::Known(amount) = amount {
                    prop_assert_eq!(shown_amount.value(), Some(*amount));
                }
                for measure in protected.measures() {
                    let shows = matches!(measure.status(), Status::Published | Status::Zero);
                    prop_assert_eq!(measure.value().is_some(), shows);
                }
            }
        }
    }
}
