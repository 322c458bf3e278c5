//! Two versions of one year: what stays, what may change, and what nobody may work out from both.

use std::collections::BTreeMap;

use yilian_disclosure::{Status, Threshold};
use yilian_release::{
    Before, Contributions, Earlier, EarlierVersion, Means, Protection, ProtectionInput, Release, TableChanges, protect,
    release,
};

use crate::world::{ANNUAL, World};

const PLACES: [&str; 4] = ["total", "15", "1501", "150104"];

/// People by home in two counties: `[own, rented]` of each.
fn homes(counties: [[i64; 2]; 2], returning: &str) -> World {
    let row = |region, home, persons| (region, vec![home], vec![Some(persons)]);
    let [[own, rented], [other_own, other_rented]] = counties;
    let rows = vec![
        row("150104", "own", own),
        row("150104", "rented", rented),
        row("150105", "own", other_own),
        row("150105", "rented", other_rented),
    ];
    let annual = ANNUAL.replace("suppressed: stay, small_changes: suppress", returning);
    World::new(BTreeMap::from([("population", vec![]), ("homes", rows)]), &annual, &[]).unwrap()
}

const RETURNING: &str = "suppressed: stay_unless_audit_is_clean, small_changes: keep_old_value";
const STAYING: &str = "suppressed: stay, small_changes: keep_old_value";

struct Made {
    release: Release,
    protection: Protection,
}

impl Made {
    fn new(world: &World, earlier: &[&Made], recount: Option<&World>) -> Self {
        let versions = (1..).zip(earlier).map(|(number, made)| EarlierVersion::of_tables(&made.release.tables, number));
        let earlier = Earlier { versions: versions.collect(), recount: None };
        let recount = recount.map(|old| (old.cube.clone(), old.constraints()));
        let before = Before::new(&world.cube, (&earlier, world.annual.earlier_releases), recount);
        let thresholds = ["population", "homes"].map(|name| (name.to_owned(), Threshold::of_people(5).unwrap()));
        let input = ProtectionInput {
            thresholds: &thresholds.into(),
            payers: &BTreeMap::new(),
            posted_rolls: &[],
            operators: &Contributions::default(),
            before: before.as_ref(),
        };
        let protection = protect(&world.cube, &world.constraints(), input, Means::default()).unwrap();
        let shown = world.cube.showing(&protection.changes.kept);
        let release = release(&shown, &protection.fates, (2025, 100)).unwrap();
        Self { release, protection }
    }

    /// What a reader finds; `None` where it is withheld.
    fn value(&self, region: &str, home: &str) -> Option<i64> {
        let mut rows = self.release.tables.iter().flat_map(|table| &table.rows);
        let row = rows.find(|row| row.region.code == region && *row.dimensions == [home]).unwrap();
        assert_eq!(row.value.is_none(), row.status == Status::Suppressed);
        row.value
    }

    fn changes(&self) -> TableChanges {
        self.protection.changes.tables.get("homes").copied().unwrap_or_default()
    }
}

const FIRST: [[i64; 2]; 2] = [[40, 30], [50, 20]];

#[test]
fn one_person_more_changes_no_number_and_twenty_more_change_all_of_theirs() {
    let old = homes(FIRST, RETURNING);
    let first = Made::new(&old, &[], None);
    assert_eq!(first.value("150104", "own"), Some(40));

    let second = Made::new(&homes([[41, 30], [50, 20]], RETURNING), &[&first], Some(&old));
    // His county, city, province and the whole, each by home and in all.
    assert_eq!(second.changes(), TableChanges { kept: 8, ..TableChanges::default() });
    for region in PLACES {
        for home in ["own", "rented", "total"] {
            assert_eq!(second.value(region, home), first.value(region, home), "{region} {home}");
        }
    }

    let third = Made::new(&homes([[60, 30], [50, 20]], RETURNING), &[&first], Some(&old));
    assert_eq!(third.changes(), TableChanges { changed: 8, ..TableChanges::default() });
    assert_eq!((third.value("150104", "own"), third.value("total", "total")), (Some(60), Some(160)));
    assert_eq!(third.value("150105", "own"), Some(50));
}

#[test]
fn a_change_that_is_too_small_is_not_the_difference_of_two_that_are_not() {
    // Twenty more in homes of their own, one more in a rented one: 110 − 90 − 20 would be the one.
    for recount in [true, false] {
        let old = homes(FIRST, RETURNING);
        let first = Made::new(&old, &[], None);
        let second = Made::new(&homes([[60, 31], [50, 20]], RETURNING), &[&first], recount.then_some(&old));
        for (region, [own, all]) in PLACES.into_iter().zip([[110, 161], [110, 161], [110, 161], [60, 91]]) {
            let is_new = [("own", own), ("total", all)].map(|(home, value)| second.value(region, home) == Some(value));
            assert_ne!(is_new, [true, true], "{region}: {all} − {own} are those who rent now");
        }
        assert_eq!(second.value("150104", "rented"), Some(30));
        assert!(second.changes().kept >= 4, "{:?}", second.changes());
    }
}

#[test]
fn what_was_withheld_once_stays_so_though_it_is_large_now() {
    // Three own their home; ten in all would tell with the seven who rent.
    let first_homes = [[3, 7], [50, 20]];
    let old = homes(first_homes, RETURNING);
    let first = Made::new(&old, &[], None);
    assert_eq!(first.value("150104", "own"), None);

    // Five more came, and whoever rents is the same: a version made for itself shows the seven, so that 10 − 7 is the secret.
    let now = [[8, 7], [50, 20]];
    let alone = Made::new(&homes(now, RETURNING), &[], None);
    assert_eq!(alone.value("150104", "rented"), Some(7));
    let hidden: Vec<&str> =
        ["rented", "total"].into_iter().filter(|home| first.value("150104", home).is_none()).collect();
    assert!(!hidden.is_empty());

    for (world, recount) in [(homes(now, STAYING), Some(&old)), (homes(now, RETURNING), None)] {
        let second = Made::new(&world, &[&first], recount);
        assert_eq!(second.value("150104", "own"), None);
        for home in &hidden {
            assert_eq!(second.value("150104", home), None, "{home}");
        }
        assert_eq!(second.changes().published_again, 0);
    }
}

#[test]
fn what_was_withheld_once_returns_where_nobody_learns_the_old_number_from_it() {
    let old = homes([[3, 30], [50, 20]], RETURNING);
    let first = Made::new(&old, &[], None);
    assert_eq!(first.value("150104", "own"), None);
    let now = homes([[60, 90], [120, 80]], RETURNING);
    let second = Made::new(&now, &[&first], Some(&old));
    assert_eq!(second.value("150104", "own"), Some(60));
    assert!(second.protection.audit.is_clean());
    assert_eq!(second.changes().still_withheld, 0, "{:?}", second.changes());
}

#[test]
fn what_a_version_kept_is_what_the_next_one_is_compared_with() {
    let old = homes(FIRST, RETURNING);
    let first = Made::new(&old, &[], None);
    let older = homes([[43, 30], [50, 20]], RETURNING);
    let second = Made::new(&older, &[&first], Some(&old));
    assert_eq!(second.value("150104", "own"), Some(40), "three more");
    // Three and three more are six more than anybody has read.
    let third = Made::new(&homes([[46, 30], [50, 20]], RETURNING), &[&first, &second], Some(&older));
    assert_eq!(third.value("150104", "own"), Some(46));
    let still = Made::new(&homes([[44, 30], [50, 20]], RETURNING), &[&first, &second], Some(&older));
    assert_eq!(still.value("150104", "own"), Some(40));
}

#[test]
fn a_cell_that_has_become_small_is_withheld_and_not_shown_as_it_was() {
    let old = homes(FIRST, RETURNING);
    let first = Made::new(&old, &[], None);
    let second = Made::new(&homes([[3, 30], [50, 20]], RETURNING), &[&first], Some(&old));
    assert_eq!(second.value("150104", "own"), None);
    assert!(second.changes().newly_withheld > 0);
}
