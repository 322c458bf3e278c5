use std::collections::{BTreeMap, BTreeSet};

use crate::areas::{AreaId, Areas};
use crate::block::{Block, BlockRegion};
use crate::definition::TableDefinition;
use crate::definitions::TableDefinitions;
use crate::error::ReleaseError;
use crate::finest::{FinestCells, Seen};
use crate::layout::Layout;
use crate::plan::{LEVELS, Plan};
use crate::slots::{Slot, Slots};
use crate::table::RegionLevel;

/// Number of a cell: one measure of one combination of categories in one region of one table.
pub type CellId = usize;

/// All cells of all tables with their true values, which must not leave the hub.
///
/// Cells are numbered by table, level, region, point and measure; their way out is [`crate::release`].
#[derive(Debug, Clone)]
pub struct Cube {
    pub(crate) areas: Areas,
    pub(crate) tables: Vec<CubeTable>,
    cells: usize,
}

/// One table of the cube.
#[derive(Debug, Clone)]
pub(crate) struct CubeTable {
    pub(crate) definition: TableDefinition,
    pub(crate) slots: Slots,
    /// One for each level that the table has, from the whole down.
    pub(crate) blocks: Vec<Block>,
}

/// What the cube is made from, besides its regions.
#[derive(Debug, Clone, Copy)]
pub struct CubeInput<'a> {
    /// What the tables are.
    pub definitions: &'a TableDefinitions,
    /// Which cells exist.
    pub plan: &'a Plan,
    /// The counted cells by table; a table without any is empty, not missing.
    pub finest: &'a BTreeMap<String, FinestCells>,
    /// Each dataset and county whose deliveries are complete for the year.
    pub complete: &'a BTreeSet<(String, String)>,
}

impl Cube {
    /// Adds up every cell of the plan; categories and regions in which nobody is are zeros.
    ///
    /// A table has townships where at least one of its rows names one. Where a dataset of a table is incomplete for a county,
    /// the county's cells and those of every region around it are missing. Where a measure is null in all cells of a category
    /// of a dimension without a total, it does not apply to that category.
    ///
    /// # Errors
    /// [`ReleaseError::UnlistedCategory`], [`ReleaseError::HalfCounted`], [`ReleaseError::PartAboveWhole`], [`ReleaseError::TooLarge`].
    pub fn build(input: CubeInput<'_>, areas: Areas) -> Result<Self, ReleaseError> {
        let mut cube = Self { areas, tables: Vec::new(), cells: 0 };
        for definition in input.definitions.iter() {
            let empty;
            let finest = if let Some(finest) = input.finest.get(&definition.name) {
                finest
            } else {
                empty = FinestCells::new(definition);
                &empty
            };
            finest.check()?;
            cube.add(definition, finest, input)?;
        }
        Ok(cube)
    }

    /// How many cells there are.
    pub fn len(&self) -> usize {
        self.cells
    }

    /// Whether there is no table.
    pub fn is_empty(&self) -> bool {
        self.cells == 0
    }

    /// The cell of this cube that is the same as one of another with the same tables, plan and regions.
    pub(crate) fn same_cell(&self, other: &Self, cell: CellId) -> Option<CellId> {
        let (table, block) = other.block_of(cell)?;
        let (region, point, slot) = block.place(cell)?;
        let area = block.regions.get(region)?.area;
        let table = self.tables.iter().find(|own| own.definition.name == table.definition.name)?;
        let own = table.blocks.iter().find(|own| own.level == block.level)?;
        Some(own.cell(own.position(area)?, point, slot))
    }

    /// The cube with other values in some cells, as readers see it.
    #[must_use]
    pub fn showing(&self, values: &BTreeMap<CellId, i64>) -> Self {
        let mut shown = self.clone();
        for (cell, value) in values {
            for block in shown.tables.iter_mut().flat_map(|table| &mut table.blocks) {
                block.show(*cell, *value);
            }
        }
        shown
    }

    /// The regions of all tables.
    pub fn areas(&self) -> &Areas {
        &self.areas
    }

    fn add(
        &mut self,
        definition: &TableDefinition,
        finest: &FinestCells,
        input: CubeInput<'_>,
    ) -> Result<(), ReleaseError> {
        let slots = Slots::new(definition);
        let missing = self.missing(definition, input.complete);
        let absent = absent(definition, &slots, finest)?;
        let mut blocks: Vec<Block> = Vec::new();
        // A table of nothing but ratios has no cells.
        for level in LEVELS.into_iter().filter(|_| slots.len() > 0) {
            if level == RegionLevel::Township && !self.names_townships(finest) {
                continue;
            }
            let Some(layout) = Layout::new(definition, input.plan.detail(&definition.name, level)) else { continue };
            let regions = self.regions(level, blocks.last(), (finest, &missing));
            // A level above the hub's place has no region, and what is left over waits for the next one.
            if !regions.iter().any(|region| region.shown) {
                continue;
            }
            let mut block = Block::new((level, self.cells), layout, regions, slots.len());
            let above = blocks.last().map(|above| above.level);
            let positions = self.positions(&block, above, finest);
            block
                .add_up(finest, &positions)
                .ok_or_else(|| ReleaseError::TooLarge { table: definition.name.clone() })?;
            block.subtract(definition, &slots)?;
            block.mark(&absent);
            self.cells += block.len();
            blocks.push(block);
        }
        self.tables.push(CubeTable { definition: definition.clone(), slots, blocks });
        Ok(())
    }

    /// Whether a row names a township of one of the counties; else all rows of a county would be in its `other`.
    fn names_townships(&self, finest: &FinestCells) -> bool {
        let level = |code: &str| Some(self.areas.get(self.areas.of_code(code)?)?.region.level);
        finest.regions().any(|code| code.len() >= 9 && level(code) == Some(RegionLevel::Township))
    }

    /// Counties for which a dataset of the table is incomplete, and every region around them.
    fn missing(&self, definition: &TableDefinition, complete: &BTreeSet<(String, String)>) -> BTreeSet<AreaId> {
        let lacks = |county: &str| {
            definition.datasets.iter().any(|dataset| !complete.contains(&(dataset.clone(), county.to_owned())))
        };
        let counties = self.areas.iter().map(|(_, area)| area).filter(|area| area.region.level == RegionLevel::County);
        let lacking = counties.filter(|area| area.left_over.is_none() && lacks(&area.region.code));
        lacking.flat_map(|area| LEVELS.into_iter().filter_map(|level| area.at(level))).collect()
    }

    /// The regions of a block: those of its level, then the table's rows that lie between the level above and this one.
    fn regions(
        &self,
        level: RegionLevel,
        above: Option<&Block>,
        (finest, missing): (&FinestCells, &BTreeSet<AreaId>),
    ) -> Vec<BlockRegion> {
        let used: BTreeSet<AreaId> = finest.regions().filter_map(|code| self.areas.of_code(code)).collect();
        let mut regions = Vec::new();
        for (id, area) in self.areas.iter() {
            let shown = area.left_over.is_none() && area.region.level == level;
            let between = above.is_some_and(|above| area.is_between(above.level, level)) && used.contains(&id);
            if shown || between {
                let county = area.at(RegionLevel::County);
                let is_missing = shown && (missing.contains(&id) || county.is_some_and(|id| missing.contains(&id)));
                let parent = above.and_then(|above| above.position(area.at(above.level)?));
                regions.push(BlockRegion { area: id, shown, missing: is_missing, parent });
            }
        }
        regions
    }

    /// For each region number of the finest cells its region in a block.
    fn positions(&self, block: &Block, above: Option<RegionLevel>, finest: &FinestCells) -> Vec<Option<usize>> {
        let mut positions = vec![None; finest.numbered_regions().count()];
        for (code, number) in finest.numbered_regions() {
            let Some(id) = self.areas.of_code(code) else { continue };
            let Some(area) = self.areas.get(id) else { continue };
            let between = above.is_some_and(|above| area.is_between(above, block.level));
            let home = area.at(block.level).or_else(|| between.then_some(id));
            if let Some(position) = positions.get_mut(number) {
                *position = home.and_then(|home| block.position(home));
            }
        }
        positions
    }
}

/// Which slots do not apply, by the categories of the dimensions without a total.
fn absent(
    definition: &TableDefinition,
    slots: &Slots,
    finest: &FinestCells,
) -> Result<BTreeMap<Vec<usize>, Vec<bool>>, ReleaseError> {
    let mut seen: BTreeMap<Vec<usize>, Vec<Seen>> = BTreeMap::new();
    for (categories, measures) in finest.seen() {
        let dimensions = definition.dimensions.iter().zip(categories).filter(|(dimension, _)| !dimension.adds_up);
        let fixed = dimensions.map(|(_, category)| *category).collect();
        let seen = seen.entry(fixed).or_insert_with(|| vec![Seen::default(); measures.len()]);
        for (seen, measure) in seen.iter_mut().zip(measures) {
            seen.null |= measure.null;
            seen.counted |= measure.counted;
        }
    }
    let halves = seen.values().flat_map(|seen| seen.iter().zip(definition.counted()));
    if let Some((_, measure)) = halves.into_iter().find(|(seen, _)| seen.null && seen.counted) {
        return Err(ReleaseError::HalfCounted { table: definition.name.clone(), measure: measure.name.clone() });
    }
    let is_null = |seen: &[Seen], slot: usize| seen.get(slot).is_some_and(|seen| seen.null);
    let absent = |seen: &[Seen]| -> Vec<bool> {
        let of_slot = |(index, slot): (usize, &Slot)| match slot.rest {
            Some((part, whole)) => is_null(seen, part) || is_null(seen, whole),
            None => is_null(seen, index),
        };
        slots.iter().map(of_slot).collect()
    };
    Ok(seen
        .iter()
        .filter(|(_, seen)| seen.iter().any(|seen| seen.null))
        .map(|(fixed, seen)| (fixed.clone(), absent(seen)))
        .collect())
}
