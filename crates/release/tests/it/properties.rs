//! What must hold of any rows.

use std::collections::BTreeMap;

use proptest::prelude::*;
use yilian_release::{Kind, Role, Value};

use crate::oracle;
use crate::world::{ANNUAL, Row, World};

const REGIONS: [&str; 11] = [
    "150104001",
    "150104002",
    "150104400",
    "150104",
    "150105001",
    "150105002",
    "150105",
    "1501",
    "15",
    "unknown",
    "110101001",
];

fn one_of(codes: &'static [&'static str]) -> impl Strategy<Value = &'static str> {
    prop::sample::select(codes)
}

fn population() -> impl Strategy<Value = Vec<Row>> {
    let row =
        (one_of(&REGIONS), one_of(&["1", "2"]), one_of(&["60", "65", "80"]), one_of(&["own", "rented"]), 0..6_i64);
    prop::collection::vec(
        row.prop_map(|(region, sex, band, home, n)| (region, vec![sex, band, home], vec![Some(n)])),
        0..40,
    )
}

fn recipients() -> impl Strategy<Value = Vec<Row>> {
    let codes = (one_of(&["A", "B"]), one_of(&["1", "2"]), one_of(&["60", "65", "80"]));
    let row = (one_of(&REGIONS), codes, (0..5_i64, 0..5_i64, 0..20_i64, -50..500_i64));
    let row = row.prop_map(|(region, (benefit, sex, band), (december, more, months, amount))| {
        (region, vec![benefit, sex, band], [december + more, december, months, amount].map(Some).to_vec())
    });
    prop::collection::vec(row, 0..40)
}

fn world() -> impl Strategy<Value = World> {
    (population(), recipients()).prop_map(|(population, recipients)| {
        let homes = population.iter().map(|row| (row.0, vec![row.1[2]], row.2.clone())).collect();
        let rows = BTreeMap::from([("population", population), ("recipients", recipients), ("homes", homes)]);
        let links = "links: [{ left: population.persons, right: homes.persons }]\n";
        World::new(rows, &format!("{ANNUAL}{links}"), &[]).unwrap()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn every_cell_that_readers_see_is_the_recount_and_there_is_no_other(world in world()) {
        let regions: Vec<String> = world.cube.areas().regions().map(|region| region.code.clone()).collect();
        let mut expected = BTreeMap::new();
        for (table, rows) in &world.rows {
            for (key, value) in oracle::cells(table, rows, &world.rows["population"], &regions) {
                expected.insert((*table, key), value);
            }
        }
        let mut found = BTreeMap::new();
        for cell in world.cube.cells().filter(|cell| cell.shown) {
            let Role::Counted(measure) = cell.role else { panic!("a rest is shown") };
            let table = world.rows.keys().find(|name| **name == cell.table.name).unwrap();
            let key = (cell.region.code.clone(), world.cube.codes(cell.id), measure.name.clone());
            let Value::Known(value) = cell.value else { panic!("nothing is missing") };
            prop_assert!(found.insert((*table, key), value).is_none(), "a cell stands twice");
        }
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn every_equation_holds_for_the_true_values(world in world()) {
        let values: Vec<i64> = world.cube.cells().map(|cell| match cell.value {
            Value::Known(value) => value,
            Value::Missing | Value::NotApplicable => panic!("nothing is missing"),
        }).collect();
        let constraints = world.constraints();
        prop_assert_eq!(constraints.equations().count(), constraints.len());
        for equation in constraints.equations() {
            let sum: i64 = equation.terms.iter().map(|term| term.coefficient * values[term.cell]).sum();
            prop_assert_eq!(sum, 0, "{:?}", equation);
            prop_assert!(!equation.terms.is_empty());
        }
    }

    #[test]
    fn a_cell_is_numbered_by_its_place_and_shares_its_fate_with_its_point(world in world()) {
        for (number, cell) in world.cube.cells().enumerate() {
            prop_assert_eq!(cell.id, number);
            prop_assert_eq!(world.cube.cell(number), Some(cell));
            let leader = world.cube.cell(cell.group).unwrap();
            prop_assert_eq!((leader.region, &leader.table.name), (cell.region, &cell.table.name));
            prop_assert_eq!(world.cube.codes(leader.id), world.cube.codes(cell.id));
            prop_assert_eq!(cell.weight == 0, !cell.shown);
        }
        prop_assert_eq!(world.cube.cell(world.cube.len()), None);
    }

    #[test]
    fn no_cell_stands_outside_the_system(world in world(), chosen in any::<prop::sample::Index>()) {
        let constraints = world.constraints();
        let chosen = chosen.index(world.cube.len());
        let touched = constraints.equations().any(|equation| equation.terms.iter().any(|term| term.cell == chosen));
        prop_assert!(touched, "cell {:?} {:?} stands alone", world.cube.cell(chosen), world.cube.codes(chosen));
    }
}

#[test]
fn links_are_equations_between_two_tables() {
    let rows = BTreeMap::from([
        ("population", vec![("150104001", vec!["1", "60", "own"], vec![Some(5)])]),
        ("homes", vec![("150104001", vec!["own"], vec![Some(5)])]),
    ]);
    let text = format!("{ANNUAL}links: [{{ left: population.persons, right: homes.persons }}]\n");
    let world = World::new(rows, &text, &[]).unwrap();
    let constraints = world.constraints();
    let of_kind = constraints.equations().filter(|equation| equation.kind == Kind::Link);
    // Whole, province, city and two counties by total, own and rented; one township by its total.
    assert_eq!(of_kind.count(), 5 * 3 + 1);
}
