//! From fates to the rows that leave.

use std::collections::BTreeMap;

use yilian_disclosure::Status;
use yilian_release::{Cell, RegionLevel, Release, ReleaseError, ReleasedRow, Value, release};

use crate::world::{ANNUAL, Row, World};

fn recipients() -> Vec<Row> {
    let row = |region, codes: [&'static str; 3], values: [i64; 4]| (region, codes.to_vec(), values.map(Some).to_vec());
    vec![
        row("150104001", ["A", "1", "60"], [6, 4, 48, 480_000]),
        row("150104001", ["A", "2", "80"], [3, 0, 7, 70_005]),
        row("150105", ["B", "1", "65"], [1, 1, 12, 99]),
    ]
}

fn world(incomplete: &[(&str, &str)]) -> World {
    let people = ("150104001", vec!["1", "60", "own"], vec![Some(9)]);
    let rows = BTreeMap::from([("population", vec![people]), ("recipients", recipients())]);
    World::new(rows, ANNUAL, incomplete).unwrap()
}

/// Everything is published but what a closure withholds.
fn fates(world: &World, withheld: impl Fn(&Cell<'_>) -> bool) -> Vec<Status> {
    let fate = |cell: Cell<'_>| match cell.value {
        Value::Missing => Status::Missing,
        Value::NotApplicable => Status::NotApplicable,
        Value::Known(_) if withheld(&cell) => Status::Suppressed,
        Value::Known(0) => Status::Zero,
        Value::Known(_) => Status::Published,
    };
    world.cube.cells().map(fate).collect()
}

fn released(world: &World, fates: &[Status]) -> Release {
    release(&world.cube, fates, (2025, 50)).unwrap()
}

fn rows<'r>(release: &'r Release, region: &str, codes: [&str; 3]) -> Vec<&'r ReleasedRow> {
    let table = release.tables.iter().find(|table| table.definition.name == "recipients").unwrap();
    table.rows.iter().filter(|row| row.region.code == region && *row.dimensions == codes).collect()
}

fn shown(rows: &[&ReleasedRow]) -> Vec<(String, Option<i64>, Status)> {
    rows.iter().map(|row| (row.measure.to_string(), row.value, row.status)).collect()
}

#[test]
fn a_row_has_every_measure_in_order_and_ratios_of_what_is_published() {
    let world = world(&[]);
    let release = released(&world, &fates(&world, |_| false));
    let found = shown(&rows(&release, "150104", ["A", "total", "total"]));
    let expected = [
        ("persons", Some(9), Status::Published),
        ("december", Some(4), Status::Published),
        ("months", Some(55), Status::Published),
        ("amount", Some(550_005), Status::Published),
        // 4/9 = 44.44… %, 5500.05 / 55 = 100.0009… yuan.
        ("share", Some(444), Status::Published),
        ("average", Some(10_000), Status::Published),
    ];
    assert_eq!(found, expected.map(|(name, value, status)| (name.to_owned(), value, status)));
    let empty = shown(&rows(&release, "150105", ["A", "total", "total"]));
    assert_eq!(empty[0], ("persons".to_owned(), Some(0), Status::Zero));
    assert_eq!(empty[4], ("share".to_owned(), None, Status::NotApplicable));
    assert!(release.coarser.is_empty());
}

#[test]
fn a_withheld_cell_has_no_value_in_any_measure() {
    let world = world(&[]);
    let small = |cell: &Cell<'_>| {
        let leader = world.cube.cell(cell.group).unwrap().value;
        matches!(leader, Value::Known(1..=4))
    };
    let release = released(&world, &fates(&world, small));
    for row in rows(&release, "150105", ["B", "total", "total"]) {
        assert_eq!((row.value, row.status), (None, Status::Suppressed), "{}", row.measure);
    }
    let all = release.tables.iter().flat_map(|table| &table.rows);
    for row in all {
        let is_there = matches!(row.status, Status::Published | Status::Zero);
        assert_eq!(row.value.is_some(), is_there);
    }
}

#[test]
fn rows_are_in_the_order_of_levels_codes_and_categories() {
    let world = world(&[]);
    let release = released(&world, &fates(&world, |_| false));
    let table = &release.tables[1];
    let mut regions: Vec<&str> = table.rows.iter().map(|row| row.region.code.as_str()).collect();
    regions.dedup();
    assert_eq!(regions, ["total", "15", "1501", "150104", "150105", "150104001", "150105other"]);
    let first: Vec<String> = table.rows.iter().step_by(6).take(6).map(|row| row.dimensions.join(" ")).collect();
    assert_eq!(first, ["A total total", "A total 60", "A total 65", "A total 80", "A 1 total", "A 1 60"]);
}

#[test]
fn a_county_without_its_deliveries_is_missing_and_so_is_everything_around_it() {
    let world = world(&[("payments", "150105")]);
    let release = released(&world, &fates(&world, |_| false));
    for region in ["total", "15", "1501", "150105", "150105other"] {
        for row in rows(&release, region, ["A", "total", "total"]) {
            assert_eq!((row.value, row.status), (None, Status::Missing), "{region}");
        }
    }
    assert_eq!(rows(&release, "150104", ["A", "total", "total"])[0].value, Some(9));
    let population = &release.tables[0].rows;
    assert!(population.iter().all(|row| row.status != Status::Missing), "another dataset");
    for equation in world.constraints().equations() {
        assert!(equation.terms.iter().all(|term| matches!(world.cube.cell(term.cell).unwrap().value, Value::Known(_))));
    }
}

#[test]
fn a_level_of_which_more_than_half_is_withheld_is_one_dimension_coarser() {
    let world = world(&[]);
    // In the counties everything with two dimensions at a time: 2 × 6 of 2 × 12 points are no more than half.
    let of_two = |cell: &Cell<'_>| {
        let codes = world.cube.codes(cell.id);
        cell.level == RegionLevel::County && codes[1..].iter().filter(|code| *code != "total").count() == 2
    };
    assert!(released(&world, &fates(&world, of_two)).coarser.iter().all(|coarser| coarser.table != "recipients"));
    let more =
        |cell: &Cell<'_>| of_two(cell) || (cell.level == RegionLevel::County && world.cube.codes(cell.id)[1] == "1");
    let release = released(&world, &fates(&world, more));
    let coarser = release.coarser.iter().find(|coarser| coarser.table == "recipients").unwrap();
    // Of 2 counties × 2 benefits × 12 points: 6 with two dimensions and men without a band.
    assert_eq!((coarser.level, coarser.at_a_time, coarser.planned), (RegionLevel::County, Some(1), 2));
    assert_eq!((coarser.suppressed, coarser.cells), (2 * 2 * 7 * 4, 2 * 2 * 12 * 4));
    assert!(rows(&release, "150104", ["A", "1", "60"]).is_empty());
    assert_eq!(rows(&release, "150104", ["A", "1", "total"])[0].status, Status::Suppressed);
    assert_eq!(rows(&release, "1501", ["A", "1", "60"]).len(), 6, "other levels are as planned");
}

#[test]
fn fates_that_contradict_each_other_or_the_values_are_refused() {
    let world = world(&[]);
    let good = fates(&world, |_| false);
    let persons =
        world.cube.cells().find(|cell| cell.table.name == "recipients" && cell.value == Value::Known(9)).unwrap();
    let with = |id: usize, fate| {
        let mut fates = good.clone();
        fates[id] = fate;
        release(&world.cube, &fates, (2025, 50)).unwrap_err()
    };
    assert!(matches!(with(persons.id + 1, Status::Suppressed), ReleaseError::SplitFate { count: 1, .. }));
    assert!(matches!(with(persons.id, Status::Zero), ReleaseError::FalseFate { count: 1, .. }));
    assert!(matches!(with(persons.id, Status::NotApplicable), ReleaseError::SplitFate { .. }));
    let short = release(&world.cube, &good[1..], (2025, 50)).unwrap_err();
    assert!(matches!(short, ReleaseError::OtherCells { .. }));
}

#[test]
fn a_measure_that_is_null_in_a_category_does_not_apply_to_it() {
    let mut rows = recipients();
    rows[2].2[3] = None;
    let world = World::new(BTreeMap::from([("population", vec![]), ("recipients", rows)]), ANNUAL, &[]).unwrap();
    let release = released(&world, &fates(&world, |_| false));
    for region in ["150105", "150104", "total"] {
        let found = shown(&rows_of(&release, region));
        assert_eq!(found[3], ("amount".to_owned(), None, Status::NotApplicable), "{region}");
        assert_eq!(found[5].2, Status::NotApplicable, "an average without an amount");
        assert_ne!(found[0].2, Status::NotApplicable);
    }
}

fn rows_of<'r>(release: &'r Release, region: &str) -> Vec<&'r ReleasedRow> {
    rows(release, region, ["B", "total", "total"])
}

#[test]
fn rows_that_would_make_a_false_sum_are_refused() {
    let error = |change: fn(&mut Vec<Row>)| {
        let mut rows = recipients();
        change(&mut rows);
        let rows = BTreeMap::from([("population", vec![]), ("recipients", rows)]);
        World::new(rows, ANNUAL, &[]).err().unwrap().to_string()
    };
    assert!(error(|rows| rows[0].2[3] = None).contains("`amount` is null in some"));
    assert!(error(|rows| rows[0].2[1] = Some(7)).contains("`december` is larger than what it is part of in"));
    assert!(error(|rows| rows[0].1[2] = "61").contains("1 counted cells have a code of `band`"));
    assert!(error(|rows| rows[0].2[2] = Some(i64::MAX)).contains("too large"));
    assert!(error(|rows| rows[0].1.truncate(2)).contains("not as many dimensions"));
}
