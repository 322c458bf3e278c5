use std::collections::BTreeSet;

use yilian_release::{EarlierVersion, TableDefinitions, Told};

use crate::catalogue::{Catalogue, ReleasedAnswer};
use crate::dimension::Dimension;
use crate::shape::{Grid, Shape};

const TOTAL: &str = "total";
/// Finer parts of a shape than these are not looked at: it has more cells than are counted, too.
const MOST_PARTS: usize = 5_000_000;

/// The published numbers that a shape's answers must agree with.
pub(crate) struct Released<'a> {
    pub(crate) catalogue: &'a Catalogue,
    pub(crate) definitions: &'a TableDefinitions,
    pub(crate) version: &'a EarlierVersion,
}

/// A dimension of a shape as a number of the release sees it: its place in the shape, and the level that is asked for.
type Seen = (usize, usize);

impl Released<'_> {
    /// For each cell, what the release says of this very number; `counts` is `persons`, `rows` or the name of a measure.
    ///
    /// A coarser category that is no number of the release is the sum of its own where all of them are published, and withheld
    /// where one of them is: less the others it would be an answer about that one.
    pub(crate) fn exact(&self, shape: &Shape, counts: &str) -> Vec<Option<Told>> {
        let mut told = self.numbers(shape, counts);
        let finest = shape.finest();
        if finest == *shape || finest.cells(self.catalogue) > MOST_PARTS {
            return told;
        }
        let (own, fine) = (shape.grid(self.catalogue), finest.grid(self.catalogue));
        let levels: Vec<_> = shape.levels(self.catalogue).collect();
        let mut sums: Vec<Option<Told>> = vec![Some(Told::Value(0)); own.cells()];
        for (part, told) in self.numbers(&finest, counts).into_iter().enumerate() {
            let categories = fine.categories(part);
            let lifted = levels.iter().zip(&categories);
            let lifted: Vec<usize> =
                lifted.map(|((dimension, level), category)| dimension.category_at(*category, *level)).collect();
            if let Some(sum) = sums.get_mut(own.cell(&lifted)) {
                *sum = together(*sum, told);
            }
        }
        for (told, sum) in told.iter_mut().zip(sums) {
            *told = told.or(sum);
        }
        told
    }

    /// For each cell, what a table of the release says of it.
    fn numbers(&self, shape: &Shape, counts: &str) -> Vec<Option<Told>> {
        let tables: BTreeSet<String> = shape.members(self.catalogue).map(|table| table.name.clone()).collect();
        let every: Vec<Seen> = shape.dimensions().iter().map(|(_, level)| *level).enumerate().collect();
        let mut found = vec![None; shape.cells(self.catalogue)];
        for answer in &self.catalogue.released {
            if answer.of == tables && answer.counts == counts && !answer.only_closes {
                self.project(shape, answer, &every, |cell, told| {
                    if let Some(place) = found.get_mut(cell) {
                        *place = place.or(told);
                    }
                });
            }
        }
        found
    }

    /// For each cell, whether a number of the release in which it lies is withheld or missing.
    ///
    /// Also a cell of people who have something besides: they are some of the people of that number.
    pub(crate) fn closed(&self, shape: &Shape) -> Vec<Option<Told>> {
        let own = shape.members(self.catalogue);
        let around =
            own.flat_map(|table| [Some(table), table.within.and_then(|number| self.catalogue.tables.get(number))]);
        let tables: BTreeSet<String> = around.flatten().map(|table| table.name.clone()).collect();
        let mut found: Vec<Option<Told>> = vec![None; shape.cells(self.catalogue)];
        for answer in self.catalogue.released.iter().filter(|answer| answer.of.is_subset(&tables)) {
            for chosen in self.projections(shape, answer) {
                self.project(shape, answer, &chosen, |cell, told| close(&mut found, cell, told));
            }
        }
        found
    }

    /// For each cell, whether a sum over all categories of a dimension that the shape leaves out holds a withheld one.
    pub(crate) fn closed_sums(&self, shape: &Shape, counts: &str) -> Vec<Option<Told>> {
        let tables: BTreeSet<String> = shape.members(self.catalogue).map(|table| table.name.clone()).collect();
        let mut found: Vec<Option<Told>> = vec![None; shape.cells(self.catalogue)];
        let answers = self.catalogue.released.iter();
        for answer in
            answers.filter(|answer| answer.closes_sums && answer.counts == counts && answer.of.is_subset(&tables))
        {
            let has = |name: &&String| shape.levels(self.catalogue).any(|(dimension, _)| dimension.name == **name);
            let missing: Vec<&String> = answer.needs.iter().filter(|name| !has(name)).collect();
            if missing.is_empty() {
                continue;
            }
            let finer = shape.with(&missing, self.catalogue);
            let (own, fine) = (shape.grid(self.catalogue), finer.grid(self.catalogue));
            let kept: Vec<usize> = (0..finer.dimensions().len())
                .filter(|at| finer.dimensions().get(*at).is_some_and(|one| shape.dimensions().contains(one)))
                .collect();
            for chosen in self.projections(&finer, answer) {
                self.project(&finer, answer, &chosen, |cell, told| {
                    let categories = fine.categories(cell);
                    let kept: Vec<usize> = kept.iter().filter_map(|at| categories.get(*at).copied()).collect();
                    close(&mut found, own.cell(&kept), told);
                });
            }
        }
        found
    }

    /// Every choice of the shape's dimensions that a table has: each left out or at its level, the region at coarser ones too.
    fn projections(&self, shape: &Shape, answer: &ReleasedAnswer) -> Vec<Vec<Seen>> {
        let mut choices: Vec<Vec<Seen>> = vec![Vec::new()];
        for (position, (dimension, level)) in shape.levels(self.catalogue).enumerate() {
            let is_named = answer.dimensions.contains_key(&dimension.name) || answer.only.contains_key(&dimension.name);
            let levels = if is_named {
                level..level + 1
            } else if answer.region && is_region(&dimension.name) {
                level..dimension.levels.len()
            } else {
                continue;
            };
            let longer = levels
                .flat_map(|level| choices.iter().map(move |choice| [choice.as_slice(), &[(position, level)]].concat()));
            let longer: Vec<_> = longer.collect();
            choices.extend(longer);
        }
        choices
    }

    /// Gives each cell what the release says of the number of the chosen dimensions in which it lies.
    fn project(
        &self,
        shape: &Shape,
        answer: &ReleasedAnswer,
        chosen: &[Seen],
        mut each: impl FnMut(usize, Option<Told>),
    ) {
        let grid = shape.grid(self.catalogue);
        let levels: Vec<_> = shape.levels(self.catalogue).collect();
        let seen = chosen.iter().filter_map(|(position, level)| Some((*position, *level, levels.get(*position)?.0)));
        let seen: Vec<_> = seen.collect();
        let sizes = seen.iter().map(|(_, level, dimension)| dimension.categories(*level).len());
        let small = Grid::new(sizes.collect());
        let told = (0..small.cells()).map(|cell| {
            let categories = small.categories(cell);
            let codes =
                seen.iter().zip(&categories).map(|((_, level, dimension), category)| (*dimension, *level, *category));
            self.together(answer, &codes.collect::<Vec<_>>())
        });
        let told: Vec<Option<Told>> = told.collect();
        if told.iter().all(Option::is_none) {
            return;
        }
        for cell in 0..grid.cells() {
            let categories = grid.categories(cell);
            let lifted = seen.iter().map(|(position, level, dimension)| {
                let own = levels.get(*position).map_or(0, |(_, level)| *level);
                dimension.lift_between(categories.get(*position).copied().unwrap_or_default(), (own, *level))
            });
            let within = small.cell(&lifted.collect::<Vec<_>>());
            each(cell, told.get(within).copied().flatten());
        }
    }

    /// What a table says of these categories together: of a coarser one what it says of the finest in it.
    fn together(&self, answer: &ReleasedAnswer, seen: &[(&Dimension, usize, usize)]) -> Option<Told> {
        let coarse = seen.iter().position(|(dimension, level, _)| *level > 0 && !is_region(&dimension.name));
        let Some((at, (dimension, level, category))) = coarse.and_then(|at| Some((at, *seen.get(at)?))) else {
            let codes = seen.iter().filter_map(|(dimension, level, category)| {
                let category = dimension.categories(*level).get(*category)?;
                Some((dimension.name.as_str(), *level, category.code.as_str()))
            });
            return self.number(answer, &codes.collect::<Vec<_>>());
        };
        let finest = 0..dimension.categories(0).len();
        let parts = finest.filter(|finest| dimension.category_at(*finest, level) == category).map(|finest| {
            let mut finer = seen.to_vec();
            if let Some(place) = finer.get_mut(at) {
                *place = (dimension, 0, finest);
            }
            self.together(answer, &finer)
        });
        parts.reduce(together).flatten()
    }

    /// The number of a table with these categories: dimension here, level, code.
    fn number(&self, answer: &ReleasedAnswer, codes: &[(&str, usize, &str)]) -> Option<Told> {
        let definition = self.definitions.get(&answer.table).ok()?;
        let has = |name: &String| codes.iter().any(|(dimension, ..)| dimension == name);
        if !answer.needs.iter().all(has) || !answer.only.keys().all(has) {
            return None;
        }
        let mut region = TOTAL.to_owned();
        let mut place = vec![TOTAL.to_owned(); definition.dimensions.len()];
        for (name, level, code) in codes {
            if is_region(name) {
                if !answer.region {
                    return None;
                }
                (*code).clone_into(&mut region);
            } else if let Some(only) = answer.only.get(*name) {
                if only != code {
                    return None;
                }
            } else {
                let there = answer.dimensions.get(*name).filter(|_| *level == 0)?;
                let at = definition.dimensions.iter().position(|dimension| dimension.name == *there)?;
                (*code).clone_into(place.get_mut(at)?);
            }
        }
        self.version.number(&answer.table, &(region, place, answer.measure.clone()))
    }
}

/// Notes what is withheld or missing.
fn close(found: &mut [Option<Told>], cell: usize, told: Option<Told>) {
    let closed = told.filter(|told| !matches!(told, Told::Value(_)));
    if let (Some(place), Some(closed)) = (found.get_mut(cell), closed) {
        *place = Some(closed);
    }
}

/// What is said of two parts together.
fn together(one: Option<Told>, other: Option<Told>) -> Option<Told> {
    match (one, other) {
        (Some(Told::Withheld), _) | (_, Some(Told::Withheld)) => Some(Told::Withheld),
        (Some(Told::Missing), _) | (_, Some(Told::Missing)) => Some(Told::Missing),
        (Some(Told::Value(one)), Some(Told::Value(other))) => Some(Told::Value(one.saturating_add(other))),
        (None, _) | (_, None) => None,
    }
}

fn is_region(dimension: &str) -> bool {
    dimension == "region"
}
