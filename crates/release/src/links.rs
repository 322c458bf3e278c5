//! Measures of different tables that are the same number.

use crate::annual::{Link, Relation};
use crate::block::Block;
use crate::constraints::{Constraints, Kind, present};
use crate::cube::{CellId, Cube, CubeTable};
use crate::definition::Dimension;
use crate::error::ReleaseError;
use crate::layout::Point;
use crate::select::{Select, categories};
use crate::table::RegionLevel;

/// A selection in the cube.
#[derive(Clone)]
pub(crate) struct Selected<'c> {
    select: &'c Select,
    pub(crate) table: &'c CubeTable,
    slots: Vec<usize>,
}

/// Two sets of cells, each of which adds up to the same number or the other times a rate.
pub(crate) struct Pair {
    /// Where both are, by the position of the region in the left block.
    pub(crate) region: usize,
    pub(crate) left: Vec<CellId>,
    pub(crate) right: Vec<CellId>,
}

impl Constraints {
    pub(crate) fn links(&mut self, cube: &Cube, links: &[Link]) -> Result<(), ReleaseError> {
        for link in links {
            let (Some(left), Some(right)) = (Selected::of(cube, &link.left), Selected::of(cube, &link.right)) else {
                continue;
            };
            let mut broken = 0;
            for (_, pairs) in pairs(&left, &right) {
                for pair in pairs {
                    broken += usize::from(!self.link(cube, link.relation, pair));
                }
            }
            if broken > 0 {
                let (left, right) = (link.left.text.clone(), link.right.text.clone());
                return Err(ReleaseError::BrokenLink { left, right, count: broken });
            }
        }
        Ok(())
    }

    /// Whether a link holds for a pair; one that does not is no equation.
    fn link(&mut self, cube: &Cube, relation: Relation, pair: Pair) -> bool {
        let rest = sum(cube, &pair.right) - sum(cube, &pair.left);
        let mut left = pair.left;
        match (relation, i64::try_from(rest), pair.right.first()) {
            (Relation::Equal, Ok(0), _) => {}
            (Relation::AtMost, Ok(rest @ 0..), Some(of)) => left.push(self.add(cube, rest, *of)),
            _ => return false,
        }
        self.equal(Kind::Link, left.into_iter(), pair.right.into_iter().map(|cell| (1, cell)));
        true
    }
}

/// The true sum of cells that have a value.
pub(crate) fn sum(cube: &Cube, cells: &[CellId]) -> i128 {
    cells.iter().map(|cell| i128::from(cube.value(*cell))).sum()
}

impl<'c> Selected<'c> {
    /// `None` for a selection that [`Annual::load`](crate::Annual::load) refuses.
    pub(crate) fn of(cube: &'c Cube, select: &'c Select) -> Option<Self> {
        let table = cube.tables.iter().find(|table| table.definition.name == select.table)?;
        let slot = |name: &String| {
            let measure = table.definition.measures.iter().position(|measure| measure.name == *name)?;
            table.slots.of_measure(measure)
        };
        Some(Self { select, table, slots: select.measures.iter().map(slot).collect::<Option<_>>()? })
    }

    /// The points that are meant for some categories of the shared dimensions; `None` where the level has not all of them.
    fn points(&self, block: &Block, shared: &[(&str, &[usize])]) -> Option<Vec<usize>> {
        let sets: Vec<Vec<usize>> =
            self.table.definition.dimensions.iter().map(|dimension| self.set(dimension, shared)).collect();
        let sets: Vec<&[usize]> = sets.iter().map(Vec::as_slice).collect();
        let applies = |point: &usize| self.slots.iter().all(|slot| block.applies(*point, *slot));
        block.layout.express(&sets).filter(|points| points.iter().all(applies))
    }

    fn set(&self, dimension: &Dimension, shared: &[(&str, &[usize])]) -> Vec<usize> {
        if let Some(codes) = self.select.filters.get(&dimension.name) {
            return categories(dimension, codes);
        }
        match shared.iter().find(|(name, _)| *name == dimension.name) {
            Some((_, set)) => set.to_vec(),
            None => (0..dimension.categories.len()).collect(),
        }
    }

    fn cells(&self, block: &Block, region: usize, points: &[usize]) -> Vec<CellId> {
        points.iter().flat_map(|point| self.slots.iter().map(|slot| block.cell(region, *point, *slot))).collect()
    }
}

/// Every pair of sums that two selections have in common, by level.
pub(crate) fn pairs<'c>(left: &Selected<'c>, right: &Selected<'c>) -> Vec<(&'c Block, Vec<Pair>)> {
    let everywhere = left.table.definition.base == right.table.definition.base;
    let shared = left.select.shared_with(right.select, (&left.table.definition, &right.table.definition));
    let mut found = Vec::new();
    // People who are counted in different places are all in the whole.
    let levels = left.table.blocks.iter().filter(|block| everywhere || block.level == RegionLevel::Whole);
    for block in levels {
        let Some(other) = block_of(right.table, block.level) else { continue };
        let points = shared_points(left, block, &shared)
            .into_iter()
            .filter_map(|sets| Some((left.points(block, &sets)?, right.points(other, &sets)?)));
        let points: Vec<(Vec<usize>, Vec<usize>)> = points.collect();
        let mut pairs = Vec::new();
        for (region, here) in present(block).filter(|(_, region)| region.shown) {
            let there = other.position(here.area);
            let whole = there.and_then(|there| other.regions.get(there)).is_some_and(|there| !there.missing);
            let Some(there) = there.filter(|_| whole) else { continue };
            for (one, two) in &points {
                let (left, right) = (left.cells(block, region, one), right.cells(other, there, two));
                pairs.push(Pair { region, left, right });
            }
        }
        found.push((block, pairs));
    }
    found
}

fn block_of(table: &CubeTable, level: RegionLevel) -> Option<&Block> {
    table.blocks.iter().find(|block| block.level == level)
}

/// Each combination of categories of the shared dimensions that a level has, once.
fn shared_points<'c>(
    selected: &Selected<'c>,
    block: &'c Block,
    shared: &[&'c str],
) -> Vec<Vec<(&'c str, &'c [usize])>> {
    let dimensions = &selected.table.definition.dimensions;
    let sets = |point: &'c Point| -> Vec<(&'c str, &'c [usize])> {
        let all = dimensions.iter().map(|dimension| dimension.name.as_str()).zip(block.layout.categories(point));
        all.filter(|(name, _)| shared.contains(name)).collect()
    };
    let mut combinations: Vec<Vec<(&str, &[usize])>> = block.layout.points().iter().map(sets).collect();
    combinations.sort_unstable();
    combinations.dedup();
    combinations
}
