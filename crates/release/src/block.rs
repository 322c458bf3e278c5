use std::collections::BTreeMap;
use std::ops::Range;

use crate::areas::AreaId;
use crate::cube::CellId;
use crate::definition::TableDefinition;
use crate::error::ReleaseError;
use crate::finest::FinestCells;
use crate::layout::Layout;
use crate::slots::Slots;
use crate::table::RegionLevel;

/// The cells of a table at one level: every region has the same points, and every point the same slots.
#[derive(Debug, Clone)]
pub(crate) struct Block {
    pub(crate) level: RegionLevel,
    pub(crate) layout: Layout,
    pub(crate) regions: Vec<BlockRegion>,
    positions: BTreeMap<AreaId, usize>,
    first: CellId,
    slots: usize,
    values: Vec<i64>,
    /// The points and slots, one point after the other, whose measure does not apply.
    absent: Vec<bool>,
}

/// A region of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BlockRegion {
    pub(crate) area: AreaId,
    /// Whether readers see it.
    pub(crate) shown: bool,
    /// Whether its deliveries are incomplete.
    pub(crate) missing: bool,
    /// The region around it, by its position in the block above.
    pub(crate) parent: Option<usize>,
}

impl Block {
    pub(crate) fn new(
        (level, first): (RegionLevel, CellId),
        layout: Layout,
        regions: Vec<BlockRegion>,
        slots: usize,
    ) -> Self {
        let positions = regions.iter().enumerate().map(|(position, region)| (region.area, position)).collect();
        let values = vec![0; regions.len() * layout.points().len() * slots];
        let absent = vec![false; layout.points().len() * slots];
        Self { level, layout, regions, positions, first, slots, values, absent }
    }

    pub(crate) fn len(&self) -> usize {
        self.values.len()
    }

    pub(crate) fn cells(&self) -> Range<CellId> {
        self.first..self.first + self.values.len()
    }

    /// Where a region stands in the block.
    pub(crate) fn position(&self, area: AreaId) -> Option<usize> {
        self.positions.get(&area).copied()
    }

    pub(crate) fn cell(&self, region: usize, point: usize, slot: usize) -> CellId {
        self.first + (region * self.layout.points().len() + point) * self.slots + slot
    }

    /// Region, point and slot of a cell of the block.
    pub(crate) fn place(&self, cell: CellId) -> Option<(usize, usize, usize)> {
        let offset = cell.checked_sub(self.first).filter(|offset| *offset < self.values.len())?;
        let (row, points) = (offset / self.slots, self.layout.points().len());
        Some((row / points, row % points, offset % self.slots))
    }

    /// The value of a cell, true or too low.
    pub(crate) fn value(&self, cell: CellId) -> i64 {
        cell.checked_sub(self.first).and_then(|offset| self.values.get(offset)).copied().unwrap_or_default()
    }

    /// Puts another value into a cell of the block; a cell of another one stays as it is.
    pub(crate) fn show(&mut self, cell: CellId, value: i64) {
        let slot = cell.checked_sub(self.first).and_then(|offset| self.values.get_mut(offset));
        if let Some(slot) = slot {
            *slot = value;
        }
    }

    /// Whether the measure of a slot exists at a point.
    pub(crate) fn applies(&self, point: usize, slot: usize) -> bool {
        self.absent.get(point * self.slots + slot).is_some_and(|absent| !absent)
    }

    /// Marks what does not apply, by the categories of the dimensions without a total.
    pub(crate) fn mark(&mut self, absent: &BTreeMap<Vec<usize>, Vec<bool>>) {
        for (marks, point) in self.absent.chunks_exact_mut(self.slots).zip(self.layout.points()) {
            if let Some(absent) = absent.get(&self.layout.fixed(point)) {
                marks.copy_from_slice(absent);
            }
        }
    }

    /// Adds each finest cell to every point that it belongs to; `None` where a sum is too large.
    pub(crate) fn add_up(&mut self, finest: &FinestCells, positions: &[Option<usize>]) -> Option<()> {
        let points: Vec<Vec<usize>> =
            finest.combinations().iter().map(|categories| self.layout.points_with(categories)).collect();
        let width = self.layout.points().len() * self.slots;
        for (region, combination, measures) in finest.cells() {
            let Some(position) = positions.get(region).copied().flatten() else { continue };
            let row = self.values.get_mut(position * width..(position + 1) * width)?;
            for point in points.get(combination)? {
                let cells = row.get_mut(point * self.slots..(point + 1) * self.slots)?;
                for (cell, value) in cells.iter_mut().zip(measures) {
                    *cell = cell.checked_add(*value)?;
                }
            }
        }
        Some(())
    }

    /// Fills in the rest of each measure that is part of another.
    pub(crate) fn subtract(&mut self, definition: &TableDefinition, slots: &Slots) -> Result<(), ReleaseError> {
        for (rest, part, whole) in slots.rests() {
            let mut below = 0;
            for cells in self.values.chunks_exact_mut(self.slots) {
                let [part, whole] = [part, whole].map(|slot| cells.get(slot).copied().unwrap_or_default());
                below += usize::from(whole < part);
                if let Some(cell) = cells.get_mut(rest) {
                    *cell = whole.saturating_sub(part);
                }
            }
            if below > 0 {
                let measure = slots.get(part).and_then(|slot| definition.measures.get(slot.measure));
                return Err(ReleaseError::PartAboveWhole {
                    table: definition.name.clone(),
                    measure: measure.map(|measure| measure.name.clone()).unwrap_or_default(),
                    count: below,
                });
            }
        }
        Ok(())
    }
}
