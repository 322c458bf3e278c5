use std::collections::BTreeMap;
use std::sync::Arc;

use yilian_disclosure::Status;

use crate::block::Block;
use crate::cube::{CellId, Cube, CubeTable};
use crate::definition::Measure;
use crate::error::ReleaseError;
use crate::layout::Point;
use crate::ratio::{Shown, counted, ratio};
use crate::table::{RegionLevel, ReleasedRow, ReleasedTable};
use crate::tally::Tally;

/// What may leave of a cube.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// Every table in the order of their names.
    pub tables: Vec<ReleasedTable>,
    /// Where a table is published with fewer dimensions than planned.
    pub coarser: Vec<Coarser>,
}

/// A level of a table of which too much would be withheld.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coarser {
    /// The table.
    pub table: String,
    /// The level.
    pub level: RegionLevel,
    /// How many dimensions at a time are published, of those that add up; `None` where not even totals are.
    pub at_a_time: Option<usize>,
    /// How many were planned.
    pub planned: usize,
    /// What would be withheld.
    pub lost: Lost,
    /// How many of the plan would be withheld.
    pub suppressed: usize,
    /// How many of the plan have a value.
    pub cells: usize,
}

/// What a dimension more would cost a level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lost {
    /// Too many of all cells.
    Cells,
    /// Too many of the totals, for the sake of their parts.
    Totals,
}

impl std::fmt::Display for Lost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Cells => "cells",
            Self::Totals => "totals",
        })
    }
}

/// The tables as readers get them, from a fate for each cell of the cube in its order.
///
/// A value is there only where its fate says so; ratios only where both parts are. Where more than `coarser_above_percent`
/// of a level's cells are withheld, the cells with the most dimensions at a time are left out, until it is no longer so.
///
/// # Errors
/// [`ReleaseError::OtherCells`], [`ReleaseError::SplitFate`] and [`ReleaseError::FalseFate`]: nothing is published by halves;
/// [`ReleaseError::TooLarge`].
pub fn release(
    cube: &Cube,
    fates: &[Status],
    (year, coarser_above_percent): (i32, u8),
) -> Result<Release, ReleaseError> {
    if fates.len() != cube.len() {
        return Err(ReleaseError::OtherCells { expected: cube.len(), found: fates.len() });
    }
    let mut release = Release { tables: Vec::new(), coarser: Vec::new() };
    for table in &cube.tables {
        check(table, fates)?;
        let mut rows = Vec::new();
        for block in &table.blocks {
            let tally = withheld(table, block, fates);
            let at_a_time = tally.at_a_time(coarser_above_percent).unwrap_or_default();
            let planned = tally.breadth();
            if at_a_time < planned {
                let (suppressed, cells) = tally.up_to(planned);
                let name = table.definition.name.clone();
                release.coarser.push(Coarser {
                    table: name,
                    level: block.level,
                    at_a_time: Some(at_a_time),
                    planned,
                    lost: Lost::Cells,
                    suppressed,
                    cells,
                });
            }
            write(cube, (table, block), (fates, at_a_time), &mut rows)?;
        }
        release.tables.push(ReleasedTable { definition: table.definition.clone(), year, rows });
    }
    Ok(release)
}

/// How many cells of a block are withheld, of those that have a value.
fn withheld(table: &CubeTable, block: &Block, fates: &[Status]) -> Tally {
    let mut tally = Tally::of_breadth(block.layout.breadth());
    for (point, fate) in shown_points(table, block, fates) {
        if !matches!(fate, Status::Missing | Status::NotApplicable) {
            tally.add(point.breadth, fate == Status::Suppressed);
        }
    }
    tally
}

/// The fate of each cell that readers see.
fn shown_points<'c>(
    table: &'c CubeTable,
    block: &'c Block,
    fates: &'c [Status],
) -> impl Iterator<Item = (&'c Point, Status)> {
    let regions = block.regions.iter().enumerate().filter(|(_, region)| region.shown);
    regions.flat_map(move |(region, _)| {
        let points = block.layout.points().iter().enumerate().filter(|(_, point)| point.shown);
        points.flat_map(move |(at, point)| {
            let slots = table.slots.iter().filter(|(_, slot)| slot.rest.is_none());
            slots.map(move |(slot, _)| (point, fate(fates, block.cell(region, at, slot))))
        })
    })
}

/// Refuses fates that contradict each other or the values.
fn check(table: &CubeTable, fates: &[Status]) -> Result<(), ReleaseError> {
    let (mut split, mut untrue) = (0, 0);
    for block in &table.blocks {
        for (region, within) in block.regions.iter().enumerate().filter(|(_, region)| region.shown) {
            for (point, _) in block.layout.points().iter().enumerate().filter(|(_, point)| point.shown) {
                let mut group = BTreeMap::new();
                for (slot, kept) in table.slots.iter().filter(|(_, slot)| slot.rest.is_none()) {
                    let cell = block.cell(region, point, slot);
                    let own = fate(fates, cell);
                    if !block.applies(point, slot) {
                        untrue += usize::from(own != Status::NotApplicable);
                        continue;
                    }
                    let leading = group.entry(kept.group).or_insert(own);
                    split += usize::from(is_there(own) != is_there(*leading));
                    let is_zero = block.value(cell) == 0;
                    untrue += usize::from(match own {
                        Status::Published => within.missing || is_zero,
                        Status::Zero => within.missing || !is_zero,
                        Status::Suppressed => within.missing,
                        Status::Missing => !within.missing,
                        Status::NotApplicable => true,
                    });
                }
            }
        }
    }
    let name = || table.definition.name.clone();
    match (split, untrue) {
        (0, 0) => Ok(()),
        (0, count) => Err(ReleaseError::FalseFate { table: name(), count }),
        (count, _) => Err(ReleaseError::SplitFate { table: name(), count }),
    }
}

fn write(
    cube: &Cube,
    (table, block): (&CubeTable, &Block),
    (fates, at_a_time): (&[Status], usize),
    rows: &mut Vec<ReleasedRow>,
) -> Result<(), ReleaseError> {
    let points: Vec<(usize, Arc<[String]>)> = block
        .layout
        .points()
        .iter()
        .enumerate()
        .filter(|(_, point)| point.shown && point.breadth <= at_a_time)
        .map(|(at, point)| (at, block.layout.codes(point).into()))
        .collect();
    let measures = table.definition.measures.iter();
    let measures: Vec<(&Measure, Arc<str>)> = measures.map(|measure| (measure, measure.name.as_str().into())).collect();
    for (position, within) in block.regions.iter().enumerate().filter(|(_, region)| region.shown) {
        let Some(area) = cube.areas.get(within.area) else { continue };
        let region = Arc::new(area.region.clone());
        for (point, codes) in &points {
            for (index, (measure, name)) in measures.iter().enumerate() {
                let shown = |index| shown((table, block), fates, (position, *point, index));
                let found = of_measure(table, measure, index, shown);
                let (value, status) =
                    found.ok_or_else(|| ReleaseError::TooLarge { table: table.definition.name.clone() })?;
                rows.push(ReleasedRow {
                    region: Arc::clone(&region),
                    dimensions: Arc::clone(codes),
                    measure: Arc::clone(name),
                    value,
                    status,
                });
            }
        }
    }
    Ok(())
}

/// A measure of a cell, counted or computed.
fn of_measure(table: &CubeTable, measure: &Measure, index: usize, shown: impl Fn(usize) -> Shown) -> Option<Shown> {
    let Some(parts) = &measure.ratio else {
        let (value, status) = shown(index);
        return Some(match value {
            Some(value) => (Some(counted(measure.unit, value)?), status),
            None => (None, status),
        });
    };
    let part = |name: &str| table.definition.measures.iter().position(|measure| measure.name == name).map(&shown);
    ratio(measure.unit, part(&parts.of)?, part(&parts.to)?)
}

/// A counted measure of a cell as it was counted, where its fate lets it go.
fn shown(
    (table, block): (&CubeTable, &Block),
    fates: &[Status],
    (region, point, measure): (usize, usize, usize),
) -> Shown {
    let Some(slot) = table.slots.of_measure(measure) else { return (None, Status::NotApplicable) };
    let cell = block.cell(region, point, slot);
    let status = fate(fates, cell);
    (is_there(status).then(|| block.value(cell)), status)
}

fn fate(fates: &[Status], cell: CellId) -> Status {
    fates.get(cell).copied().unwrap_or(Status::Suppressed)
}

fn is_there(status: Status) -> bool {
    matches!(status, Status::Published | Status::Zero)
}
