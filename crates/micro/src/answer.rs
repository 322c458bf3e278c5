use std::collections::{BTreeMap, BTreeSet};

use yilian_release::Told;
use yilian_token::Tokeniser;

use crate::catalogue::Catalogue;
use crate::contributions::Largest;
use crate::count::Counts;
use crate::dimension::DimensionOf;
use crate::noise::{Axis, PARTS, Source};
use crate::released::Released;
use crate::shape::{Grid, Measure, Shape};

/// What may be said of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answered {
    /// In whole numbers of the last decimal; `None` unless published, zero or estimated.
    pub value: Option<i64>,
    /// Where it comes from, or why there is none.
    pub status: Status,
}

/// Where an answer comes from, or why there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It is a number of the release.
    Published,
    /// The release says that there is nobody.
    Zero,
    /// A count with noise.
    Estimated,
    /// Too few people, or within a number that the release withholds.
    Suppressed,
    /// Deliveries are missing.
    Missing,
    /// Rows of the cell have no such value.
    NotApplicable,
}

/// Every answer of a shape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answers {
    persons: Vec<Answered>,
    rows: Vec<Answered>,
    /// By measure: rows that have a value of it.
    rows_with: Vec<Vec<Answered>>,
    /// By measure.
    sums: Vec<Vec<Answered>>,
}

/// What counts become answers with.
pub(crate) struct Protection<'a> {
    pub(crate) catalogue: &'a Catalogue,
    pub(crate) released: Released<'a>,
    pub(crate) tokeniser: &'a Tokeniser<'a>,
    /// Year and version: other data have other noise.
    pub(crate) edition: &'a str,
}

impl Status {
    /// The word in tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Zero => "zero",
            Self::Estimated => "estimated",
            Self::Suppressed => "suppressed",
            Self::Missing => "missing",
            Self::NotApplicable => "not_applicable",
        }
    }
}

impl Answers {
    /// The answers of one measure, by cell.
    pub(crate) fn of(&self, measure: Measure) -> &[Answered] {
        match measure {
            Measure::Persons => &self.persons,
            Measure::Rows => &self.rows,
            Measure::RowsWith(number) => self.rows_with.get(number).map(Vec::as_slice).unwrap_or_default(),
            Measure::Sum(number) => self.sums.get(number).map(Vec::as_slice).unwrap_or_default(),
        }
    }

    /// How many answers it holds.
    pub(crate) fn len(&self) -> usize {
        self.persons.len() * (2 + 2 * self.sums.len())
    }
}

impl Protection<'_> {
    /// The answers of a shape from its true counts.
    pub(crate) fn answers(&self, shape: &Shape, counts: &Counts) -> Answers {
        let persons = self.persons(shape, counts);
        let Some(events) = shape.events(self.catalogue) else {
            return Answers { rows: persons.clone(), persons, rows_with: Vec::new(), sums: Vec::new() };
        };
        let rows = self.amounts((shape, "rows"), &whole(&counts.rows), (counts, &counts.largest_rows), &persons);
        let (mut rows_with, mut sums) = (Vec::new(), Vec::new());
        for (sum, measure) in counts.sums.iter().zip(&events.measures) {
            rows_with.push(self.rows_with((shape, &measure.name), (counts, &sum.valued), &rows, &persons));
            // Whether there is such a value is a matter of the benefit, not of who is in a cell.
            let with = groups(counts, sum.valued.iter().map(|valued| *valued > 0));
            let values =
                sum.cells.iter().zip(&counts.group).map(|(value, group)| with.contains(group).then_some(*value));
            let values: Vec<Option<i64>> = values.collect();
            sums.push(self.amounts((shape, &measure.name), &values, (counts, &sum.largest), &persons));
        }
        Answers { persons, rows, rows_with, sums }
    }

    fn persons(&self, shape: &Shape, counts: &Counts) -> Vec<Answered> {
        let exact = self.released.exact(shape, "persons");
        let closed = self.released.closed(shape);
        let noise = self.noise((shape, "persons"), counts);
        let threshold = i64::from(self.catalogue.threshold);
        let known = exact.into_iter().zip(closed).map(|(exact, closed)| exact.or(closed));
        let answer = |((persons, noise), known): ((&u64, i64), Option<Told>)| {
            if let Some(known) = known {
                return of_release(known);
            }
            let persons = i64::try_from(*persons).unwrap_or(i64::MAX);
            let estimated = persons.saturating_add(rounded(i128::from(noise)));
            // Whether somebody more is there must not be seen at the threshold: the noisy number is held against it too.
            if persons < threshold || estimated < threshold { suppressed() } else { said(estimated, Status::Estimated) }
        };
        counts.persons.iter().zip(noise).zip(known).map(answer).collect()
    }

    /// Rows that have a value: where all rows of a benefit have one, its rows, for another noise would be another answer.
    fn rows_with(
        &self,
        (shape, measure): (&Shape, &str),
        (counts, valued): (&Counts, &[u64]),
        rows: &[Answered],
        persons: &[Answered],
    ) -> Vec<Answered> {
        let without = groups(counts, valued.iter().zip(&counts.rows).map(|(valued, rows)| valued < rows));
        let name = format!("rows with {measure}");
        let own = self.amounts((shape, &name), &whole(valued), (counts, &counts.largest_rows), persons);
        // Rows of a benefit without money have none, whoever they are about.
        let with = groups(counts, valued.iter().map(|valued| *valued > 0));
        let chosen = counts.group.iter().zip(own.into_iter().zip(rows));
        let chosen = chosen.map(|(group, (own, rows))| match (without.contains(group), with.contains(group)) {
            (true, false) => said(0, Status::Zero),
            (true, true) => own,
            (false, _) => *rows,
        });
        chosen.collect()
    }

    /// Rows or money: measures of one cell share one fate, that of its people.
    fn amounts(
        &self,
        (shape, name): (&Shape, &str),
        values: &[Option<i64>],
        (counts, largest): (&Counts, &[Largest]),
        persons: &[Answered],
    ) -> Vec<Answered> {
        let exact = self.released.exact(shape, name).into_iter().zip(self.released.closed_sums(shape, name));
        let exact = exact.map(|(exact, closed)| exact.or(closed));
        let noise = self.noise((shape, name), counts);
        let scales = self.scales(largest);
        let scales = counts.group.iter().map(|group| scales.get(*group).copied().unwrap_or_default());
        let estimated = values.iter().zip(noise).zip(scales).map(|((value, noise), scale)| {
            value.map(|value| value.saturating_add(rounded(i128::from(noise) * i128::from(scale))).max(0))
        });
        let answer = |((estimated, exact), persons): ((Option<i64>, Option<Told>), &Answered)| match (
            exact,
            persons.status,
            estimated,
        ) {
            (Some(known), ..) => of_release(known),
            (None, Status::Published | Status::Estimated, Some(value)) => said(value, Status::Estimated),
            (None, Status::Published | Status::Estimated, None) => {
                Answered { value: None, status: Status::NotApplicable }
            }
            (None, ..) => *persons,
        };
        estimated.zip(exact).zip(persons).map(answer).collect()
    }

    /// By what noise is multiplied in each group: the mean of its largest contributions; of those of all groups where few people
    /// contribute, or one of them would be seen by the noise.
    fn scales(&self, largest: &[Largest]) -> Vec<i64> {
        let enough = self.catalogue.noise.largest;
        let mut all = Largest::default();
        for group in largest {
            all.merge(group, enough);
        }
        let of_all = all.mean(1).unwrap_or(1);
        largest.iter().map(|group| group.mean(enough).unwrap_or(of_all)).collect()
    }

    /// Noise of each cell in people, in parts.
    fn noise(&self, (shape, name): (&Shape, &str), counts: &Counts) -> Vec<i64> {
        let catalogue = self.catalogue;
        let levels: Vec<Axis<'_>> = shape.levels(catalogue).collect();
        let (own, rows) =
            (shape.positions(catalogue, DimensionOf::Person), shape.positions(catalogue, DimensionOf::Row));
        let axes: Vec<Axis<'_>> = own.iter().filter_map(|position| levels.get(*position).copied()).collect();
        let mut source = Source::new((self.tokeniser, self.edition), axes);
        let tables: Vec<&str> = shape.members(catalogue).map(|table| table.name.as_str()).collect();
        let selectors = |categories: &[usize]| {
            let selected = rows.iter().filter_map(|position| {
                let (dimension, level) = levels.get(*position)?;
                let category = dimension.categories(*level).get(*categories.get(*position)?)?;
                Some(format!("{}={}", dimension.name, category.code))
            });
            let always = [format!("measure={name}"), format!("tables={}", tables.join("+"))];
            always.into_iter().chain(selected).collect::<Vec<_>>()
        };
        let grid = shape.grid(catalogue);
        let small = Grid::new(picked(grid.sizes(), &own));
        let mut by_group: BTreeMap<usize, Vec<i64>> = BTreeMap::new();
        let bound = i64::from(catalogue.noise.bound) * PARTS;
        let noise = counts.group.iter().enumerate().map(|(cell, group)| {
            let categories = grid.categories(cell);
            let noise = by_group.entry(*group).or_insert_with(|| source.cells(&selectors(&categories)));
            let drawn = noise.get(small.cell(&picked(&categories, &own))).copied().unwrap_or_default();
            (drawn * i64::from(catalogue.noise.deviation)).clamp(-bound, bound)
        });
        noise.collect()
    }
}

/// The groups of which some cell is so.
fn groups(counts: &Counts, is_so: impl Iterator<Item = bool>) -> BTreeSet<usize> {
    counts.group.iter().zip(is_so).filter(|(_, is_so)| *is_so).map(|(group, _)| *group).collect()
}

fn whole(counts: &[u64]) -> Vec<Option<i64>> {
    counts.iter().map(|count| i64::try_from(*count).ok()).collect()
}

fn picked(values: &[usize], positions: &[usize]) -> Vec<usize> {
    positions.iter().filter_map(|position| values.get(*position).copied()).collect()
}

fn of_release(shown: Told) -> Answered {
    match shown {
        Told::Value(0) => said(0, Status::Zero),
        Told::Value(value) => said(value, Status::Published),
        Told::Withheld => suppressed(),
        Told::Missing => Answered { value: None, status: Status::Missing },
    }
}

fn said(value: i64, status: Status) -> Answered {
    Answered { value: Some(value), status }
}

fn suppressed() -> Answered {
    Answered { value: None, status: Status::Suppressed }
}

/// Parts as a whole number, the nearest.
fn rounded(parts: i128) -> i64 {
    i64::try_from((parts + i128::from(PARTS / 2)).div_euclid(i128::from(PARTS))).unwrap_or_default()
}
