use std::collections::BTreeMap;

use yilian_disclosure::Threshold;

use crate::annual::Annual;
use crate::cell::Value;
use crate::check::TOTAL;
use crate::cube::{CellId, Cube};
use crate::definition::Unit;
use crate::plan::{Detail, Plan};
use crate::release::{Coarser, Lost};
use crate::table::RegionLevel;
use crate::tally::Tally;
use crate::totals::beside_parts;

/// The plan with fewer dimensions at a time where of the cells that one more adds to a level, those without people aside,
/// more than so many hundredths are too small by themselves, or where its totals could not be shown beside their parts; and
/// where that is.
///
/// It is asked before anything is protected: what a level cannot show need not be protected, and others lose less for it.
/// Each dimension is asked for by itself, since what is too small takes others with it, and many totals would hide that hardly
/// anything else is left.
pub(crate) fn coarsen(cube: &Cube, annual: &Annual, thresholds: &BTreeMap<String, Threshold>) -> (Plan, Vec<Coarser>) {
    let mut coarser = Vec::new();
    let mut planned = annual.plan.clone();
    let least = &annual.totals_at_least_percent;
    let totals = beside_parts(cube, thresholds, |level| least.contains_key(&level));
    for ((table, level), tally) in too_small(cube, thresholds) {
        let most = tally.breadth();
        let most_lost = 100 - least.get(&level).copied().unwrap_or_default();
        let totals = totals.get(&(table.clone(), level)).map(|totals| totals.worth_adding(most_lost));
        let (at_a_time, (suppressed, cells), lost) = match (tally.worth_adding(annual.coarser_above_percent), totals) {
            ((Some(1..), _), Some((None, totals))) => (Some(0), totals, Lost::Totals),
            ((at_a_time, cells), _) => (at_a_time, cells, Lost::Cells),
        };
        if at_a_time == Some(most) {
            continue;
        }
        planned.except(&table, level, at_a_time.map_or(Detail::None, Detail::AtMost));
        coarser.push(Coarser { table, level, at_a_time, planned: most, lost, suppressed, cells });
    }
    (planned, coarser)
}

/// For each table and level the cells that are too small and all that are not empty, by how many dimensions they have.
fn too_small(cube: &Cube, thresholds: &BTreeMap<String, Threshold>) -> BTreeMap<(String, RegionLevel), Tally> {
    let mut groups: BTreeMap<CellId, (String, RegionLevel, usize, bool)> = BTreeMap::new();
    for cell in cube.cells().filter(|cell| cell.shown) {
        let Value::Known(value) = cell.value else { continue };
        if value == 0 || !matches!(cell.unit, Unit::Person | Unit::Household) {
            continue;
        }
        let k = thresholds.get(&cell.table.name).and_then(|threshold| threshold.k()).map_or(0, i64::from);
        let breadth = || {
            let codes = cube.codes(cell.id);
            let dimensions = cell.table.dimensions.iter().zip(&codes);
            dimensions.filter(|(dimension, code)| dimension.adds_up && *code != TOTAL).count()
        };
        let group = groups.entry(cell.group);
        group.or_insert_with(|| (cell.table.name.clone(), cell.level, breadth(), false)).3 |= value < k;
    }
    let mut tallies: BTreeMap<(String, RegionLevel), Tally> = BTreeMap::new();
    for (table, level, breadth, is_small) in groups.into_values() {
        tallies.entry((table, level)).or_default().add(breadth, is_small);
    }
    tallies
}
