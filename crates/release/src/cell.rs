use crate::block::Block;
use crate::cube::{CellId, Cube, CubeTable};
use crate::definition::{Measure, TableDefinition, Unit};
use crate::layout::Point;
use crate::table::{Region, RegionLevel};

/// A cell of the cube with its true value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell<'c> {
    /// Its number.
    pub id: CellId,
    /// Its true value, or why it has none.
    pub value: Value,
    /// What it counts.
    pub unit: Unit,
    /// Its table.
    pub table: &'c TableDefinition,
    /// How deep its region lies.
    pub level: RegionLevel,
    /// Its region; for rows left over between two levels the code ends with `rest`.
    pub region: &'c Region,
    /// Which measure it is.
    pub role: Role<'c>,
    /// Whether readers see it; what they do not see they may work out, so that it is to be protected all the same.
    pub shown: bool,
    /// What is lost where it is withheld; all cells of a group weigh the same, and what is not shown nothing.
    pub weight: u64,
    /// The lowest cell that shares its fate.
    pub group: CellId,
}

/// A true value, or why there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value {
    /// Yuan in fen, hours in minutes, everything else as it is counted.
    Known(i64),
    /// Deliveries that it rests on are incomplete; in no equation.
    Missing,
    /// The measure does not apply to the category; in no equation.
    NotApplicable,
}

/// What a cell is of a measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role<'c> {
    /// The measure itself.
    Counted(&'c Measure),
    /// What the measure that this one is part of counts besides it.
    Rest(&'c Measure),
}

/// The weight of a region by its level, the broadest first: a reader misses a province more than a township.
const OF_LEVEL: [(RegionLevel, u64); 5] = [
    (RegionLevel::Whole, 64),
    (RegionLevel::Province, 32),
    (RegionLevel::City, 16),
    (RegionLevel::County, 8),
    (RegionLevel::Township, 4),
];

impl Cube {
    /// One cell; `None` beyond the last.
    pub fn cell(&self, id: CellId) -> Option<Cell<'_>> {
        let (table, block) = self.block_of(id)?;
        let (region, point, slot) = block.place(id)?;
        self.view((table, block), region, (point, block.layout.points().get(point)?), slot)
    }

    /// All cells in the order of their numbers.
    pub fn cells(&self) -> impl Iterator<Item = Cell<'_>> {
        self.blocks().flat_map(move |(table, block)| {
            (0..block.regions.len()).flat_map(move |region| {
                block.layout.points().iter().enumerate().flat_map(move |point| {
                    (0..table.slots.len()).filter_map(move |slot| self.view((table, block), region, point, slot))
                })
            })
        })
    }

    /// The code of each dimension of a cell in the order of the definition; empty where no reader sees it.
    pub fn codes(&self, id: CellId) -> Vec<String> {
        let codes = || {
            let (_, block) = self.block_of(id)?;
            let (_, point, _) = block.place(id)?;
            Some(block.layout.codes(block.layout.points().get(point)?))
        };
        codes().unwrap_or_default()
    }

    /// For each dimension of a cell the positions of the categories that it sums.
    pub fn categories(&self, id: CellId) -> Vec<&[usize]> {
        let categories = || {
            let (_, block) = self.block_of(id)?;
            let (_, point, _) = block.place(id)?;
            Some(block.layout.categories(block.layout.points().get(point)?))
        };
        categories().unwrap_or_default()
    }

    /// The value of a cell that has one.
    pub(crate) fn value(&self, id: CellId) -> i64 {
        self.block_of(id).map(|(_, block)| block.value(id)).unwrap_or_default()
    }

    pub(crate) fn blocks(&self) -> impl Iterator<Item = (&CubeTable, &Block)> {
        self.tables.iter().flat_map(|table| table.blocks.iter().map(move |block| (table, block)))
    }

    pub(crate) fn block_of(&self, id: CellId) -> Option<(&CubeTable, &Block)> {
        self.blocks().find(|(_, block)| block.cells().contains(&id))
    }

    fn view<'c>(
        &'c self,
        (table, block): (&'c CubeTable, &'c Block),
        region: usize,
        (at, point): (usize, &Point),
        slot: usize,
    ) -> Option<Cell<'c>> {
        let within = block.regions.get(region)?;
        let kept = table.slots.get(slot)?;
        let measure = table.definition.measures.get(kept.measure)?;
        let id = block.cell(region, at, slot);
        let group = block.cell(region, at, kept.group);
        let shown = within.shown && point.shown && kept.rest.is_none();
        Some(Cell {
            id,
            value: match (block.applies(at, slot), within.missing) {
                (false, _) => Value::NotApplicable,
                (true, true) => Value::Missing,
                (true, false) => Value::Known(block.value(id)),
            },
            unit: kept.unit,
            table: &table.definition,
            level: block.level,
            region: &self.areas.get(within.area)?.region,
            role: if kept.rest.is_some() { Role::Rest(measure) } else { Role::Counted(measure) },
            shown,
            weight: if shown { weight(block.level, point.breadth, block.value(group)) } else { 0 },
            group,
        })
    }
}

/// County totals stay and small cells go: totals before details, and with the length of the number, not with its size, or
/// nothing but the size would count.
fn weight(level: RegionLevel, breadth: usize, value: i64) -> u64 {
    let of_level = OF_LEVEL.iter().find(|(other, _)| *other == level).map_or(1, |(_, weight)| *weight);
    let of_breadth = match breadth {
        0 => 64,
        1 => 8,
        2 => 2,
        _ => 1,
    };
    let length = u64::from(u64::BITS - value.unsigned_abs().leading_zeros());
    of_level * of_breadth * (1 + length)
}
