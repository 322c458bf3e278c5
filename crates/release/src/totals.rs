use std::collections::BTreeMap;

use yilian_disclosure::Threshold;

use crate::block::Block;
use crate::constraints::present;
use crate::cube::{Cube, CubeTable};
use crate::definition::Unit;
use crate::layout::PointSum;
use crate::table::RegionLevel;
use crate::tally::Tally;

/// Which totals of people each table's parts would take with them at some levels, of those that are not too small themselves.
///
/// Of 19 people whose 65+ are 15, the 4 of 60–64 have to look as if they could be 10; but 65+ is not small, 10 or more itself,
/// so the total of 19 has to go. Nothing else that is withheld changes that.
pub(crate) fn beside_parts(
    cube: &Cube,
    thresholds: &BTreeMap<String, Threshold>,
    is_asked: impl Fn(RegionLevel) -> bool,
) -> BTreeMap<(String, RegionLevel), Tally> {
    let mut found = BTreeMap::new();
    for table in &cube.tables {
        let name = &table.definition.name;
        let Some(k) = thresholds.get(name).and_then(|threshold| threshold.k()) else { continue };
        for block in table.blocks.iter().filter(|block| is_asked(block.level)) {
            found.insert((name.clone(), block.level), of_block(table, block, i64::from(k)));
        }
    }
    found
}

fn of_block(table: &CubeTable, block: &Block, k: i64) -> Tally {
    let people = table.slots.iter().filter(|(_, slot)| matches!(slot.unit, Unit::Person | Unit::Household));
    let slots: Vec<usize> = people.map(|(slot, _)| slot).collect();
    let points = block.layout.points().iter().enumerate();
    let totals: Vec<usize> =
        points.filter(|(_, point)| point.shown && point.breadth == 0).map(|(total, _)| total).collect();
    let mut sums = block.layout.sums();
    sums.sort_by_key(|(_, parts)| parts.len());
    let mut found = Tally::of_breadth(0);
    for (region, _) in present(block).filter(|(_, region)| region.shown) {
        for total in &totals {
            let applies = || slots.iter().copied().filter(|slot| block.applies(*total, *slot));
            let value = |slot| block.value(block.cell(region, *total, slot));
            if applies().any(|slot| (1..k).contains(&value(slot))) || applies().all(|slot| value(slot) == 0) {
                continue;
            }
            let stands = |slot| {
                let values: Vec<i64> = (0..block.layout.points().len())
                    .map(|point| block.value(block.cell(region, point, slot)))
                    .collect();
                stands_beside_parts(&values, &sums, (*total, k))
            };
            found.add(0, !applies().all(stands));
        }
    }
    found
}

/// Whether each small part of a total could be k people while all that is known of the others, zero, small or not, holds.
///
/// `sums` are in the order of how many parts they have.
fn stands_beside_parts(values: &[i64], sums: &[PointSum], (total, k): (usize, i64)) -> bool {
    let value = |point: &usize| values.get(*point).copied().unwrap_or_default();
    let mut least: Vec<i64> = values.iter().map(|value| if *value < k { i64::from(*value > 0) } else { k }).collect();
    for (whole, parts) in sums.iter().filter(|(whole, _)| *whole != total) {
        let of_parts: i64 = parts.iter().filter_map(|part| least.get(*part)).sum();
        if let Some(least) = least.get_mut(*whole) {
            *least = of_parts.max(*least);
        }
    }
    let least = |point: &usize| least.get(*point).copied().unwrap_or_default();
    let others_at_least = |parts: &[usize], small: usize| {
        let mut others: Vec<usize> = parts.iter().copied().filter(|part| *part != small).collect();
        let mut together = 0;
        for (whole, within) in sums.iter().rev().filter(|(whole, _)| *whole != total) {
            if within.iter().all(|part| others.contains(part)) {
                together += least(whole);
                others.retain(|part| !within.contains(part));
            }
        }
        together + others.iter().map(least).sum::<i64>()
    };
    sums.iter().filter(|(whole, _)| *whole == total).all(|(_, parts)| {
        let mut small = parts.iter().filter(|part| (1..k).contains(&value(part)));
        small.all(|part| k + others_at_least(parts, *part) <= value(&total))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Total, 65+, 80+, 60–64, 65–79.
    fn stands(values: [i64; 5]) -> bool {
        stands_beside_parts(&values, &[(1, vec![4, 2]), (0, vec![3, 4, 2])], (0, 10))
    }

    #[test]
    fn a_total_stands_where_its_small_part_could_be_as_many_as_the_threshold() {
        assert!(!stands([19, 15, 0, 4, 15]), "65+ is 10 or more, so 60–64 are 9 or fewer");
        assert!(stands([20, 16, 0, 4, 16]));
        assert!(stands([11, 0, 0, 11, 0]), "nothing is small");
        assert!(!stands([10, 8, 0, 2, 8]), "somebody is in the other part, so neither could be 10");
        assert!(stands([11, 9, 0, 2, 9]));
    }

    #[test]
    fn what_a_group_is_at_least_counts_though_its_own_parts_are_small() {
        // 65+ is 12, of 5 and 7: not small. 60–64 is 4 and cannot be 10 beside 10.
        assert!(!stands([16, 12, 5, 4, 7]));
        assert!(stands([20, 16, 7, 4, 9]));
    }
}
