//! Cases small enough to read.

use std::collections::BTreeMap;

use yilian_release::{CellId, Kind, Role, Value};

use crate::world::{ANNUAL, Row, World};

/// Region, codes and measure of a cell; a code that readers do not see as the categories that it sums.
fn name(world: &World, id: CellId) -> String {
    let cell = world.cube.cell(id).unwrap();
    let categories = world.cube.categories(id);
    let codes: Vec<String> = world
        .cube
        .codes(id)
        .into_iter()
        .zip(categories)
        .map(|(code, categories)| if code.is_empty() { format!("{categories:?}") } else { code })
        .collect();
    let measure = match cell.role {
        Role::Counted(measure) => measure.name.clone(),
        Role::Rest(measure) => format!("not {}", measure.name),
    };
    format!("{} {} {measure}", cell.region.code, codes.join(" "))
}

fn equations(world: &World, table: &str, kind: Kind) -> Vec<String> {
    let mut lines = Vec::new();
    for equation in world.constraints().equations().filter(|equation| equation.kind == kind) {
        let side = |sign: i64| {
            let terms = equation.terms.iter().filter(|term| term.coefficient.signum() == sign);
            let words = terms.map(|term| match term.coefficient.abs() {
                1 => name(world, term.cell),
                times => format!("{times} {}", name(world, term.cell)),
            });
            words.collect::<Vec<_>>().join(" + ")
        };
        if world.cube.cell(equation.terms[0].cell).unwrap().table.name == table {
            lines.push(format!("{} = {}", side(1), side(-1)).replace(" persons", ""));
        }
    }
    lines
}

fn values(world: &World, table: &str) -> Vec<String> {
    let cells = world.cube.cells().filter(|cell| cell.table.name == table);
    cells
        .map(|cell| {
            let Value::Known(value) = cell.value else { panic!("{cell:?}") };
            format!("{} {value}", name(world, cell.id).replace(" persons", ""))
        })
        .collect()
}

/// One township that stands alone, a development zone, a county without townships, and rows of no county.
fn homes() -> World {
    homes_of("15")
}

fn homes_of(place: &str) -> World {
    let people = |region, n| (region, vec!["1", "60", "own"], vec![Some(n)]);
    let home = |region, home, n| (region, vec![home], vec![Some(n)]);
    let population: Vec<Row> = vec![people("150104001", 6), people("150104002", 3), people("150104400", 9)];
    let homes: Vec<Row> = vec![
        home("150104001", "own", 5),
        home("150104001", "rented", 1),
        home("150104002", "rented", 3),
        home("150104400", "own", 9),
        home("150105", "own", 2),
        home("1501", "rented", 4),
        home("unknown", "own", 7),
        home("440300", "own", 1),
    ];
    World::of_place(place, BTreeMap::from([("population", population), ("homes", homes)]), ANNUAL, &[]).unwrap()
}

#[test]
fn small_areas_and_rows_without_a_township_are_in_other_of_their_county() {
    let found = values(&homes(), "homes");
    let expected = [
        "total total 32",
        "total own 24",
        "total rented 8",
        "15 total 24",
        "15 own 16",
        "15 rented 8",
        "rest total 8",
        "rest own 8",
        "rest rented 0",
        "1501 total 24",
        "1501 own 16",
        "1501 rented 8",
        "150104 total 18",
        "150104 own 14",
        "150104 rented 4",
        "150105 total 2",
        "150105 own 2",
        "150105 rented 0",
        "1501rest total 4",
        "1501rest own 0",
        "1501rest rented 4",
        "150104001 total 6",
        "150104other total 12",
        "150105other total 2",
    ];
    assert_eq!(found, expected);
}

#[test]
fn the_equations_of_a_table_of_one_dimension_are_these() {
    let world = homes();
    let rows = ["total", "15", "rest", "1501", "150104", "150105", "1501rest"];
    let expected: Vec<String> =
        rows.iter().map(|region| format!("{region} total = {region} own + {region} rented")).collect();
    assert_eq!(equations(&world, "homes", Kind::Dimension), expected);
    let mut expected = Vec::new();
    for (whole, parts) in
        [("total", vec!["15", "rest"]), ("15", vec!["1501"]), ("1501", vec!["150104", "150105", "1501rest"])]
    {
        for code in ["total", "own", "rented"] {
            let parts: Vec<String> = parts.iter().map(|part| format!("{part} {code}")).collect();
            expected.push(format!("{whole} {code} = {}", parts.join(" + ")));
        }
    }
    expected.push("150104 total = 150104001 total + 150104other total".to_owned());
    expected.push("150105 total = 150105other total".to_owned());
    assert_eq!(equations(&world, "homes", Kind::Region), expected);
}

#[test]
fn what_township_groups_leave_between_them_is_a_cell_that_nobody_sees() {
    let people = |band, n| ("150104001", vec!["1", band, "own"], vec![Some(n)]);
    let population: Vec<Row> = vec![people("60", 8), people("65", 3), people("80", 5)];
    let world = World::new(BTreeMap::from([("population", population)]), ANNUAL, &[]).unwrap();
    let township: Vec<String> =
        values(&world, "population").into_iter().filter(|line| line.starts_with("150104001")).collect();
    let expected = [
        "150104001 total total total 16",
        "150104001 total 65+ total 8",
        "150104001 total 80+ total 5",
        "150104001 total [0] total 8",
        "150104001 total [1] total 3",
    ];
    assert_eq!(township, expected);
    let town = "150104001 total";
    let sums: Vec<String> =
        equations(&world, "population", Kind::Dimension).into_iter().filter(|line| line.starts_with(town)).collect();
    let expected = [
        format!("{town} total total = {town} [0] total + {town} [1] total + {town} 80+ total"),
        format!("{town} 65+ total = {town} [1] total + {town} 80+ total"),
    ];
    assert_eq!(sums, expected);
    let county: Vec<String> =
        equations(&world, "population", Kind::Region).into_iter().filter(|line| line.contains(town)).collect();
    let expected = [
        "150104 total total total = 150104001 total total total",
        "150104 total 65 total + 150104 total 80 total = 150104001 total 65+ total",
        "150104 total 80 total = 150104001 total 80+ total",
        "150104 total 60 total = 150104001 total [0] total",
        "150104 total 65 total = 150104001 total [1] total",
    ];
    assert_eq!(county, expected);
}

#[test]
fn a_part_and_its_rest_are_the_whole() {
    let row: Row = ("150105", vec!["A", "2", "80"], [37, 36, 400, 1_000].map(Some).to_vec());
    let world = World::new(BTreeMap::from([("population", vec![]), ("recipients", vec![row])]), ANNUAL, &[]).unwrap();
    let lines = equations(&world, "recipients", Kind::Part);
    assert!(
        lines.contains(&"150105 A 2 80 = 150105 A 2 80 december + 150105 A 2 80 not december".to_owned()),
        "{lines:?}"
    );
    let rest =
        world.cube.cells().find(|cell| matches!(cell.role, Role::Rest(_)) && cell.value == Value::Known(1)).unwrap();
    assert!(!rest.shown && rest.weight == 0);
    // A table whose rows name no township has none.
    assert!(world.cube.cells().all(|cell| cell.region.code.len() < 9));
}

#[test]
fn a_hub_has_no_row_of_a_region_above_its_place() {
    let totals = |place| -> Vec<String> {
        values(&homes_of(place), "homes").into_iter().filter(|line| line.contains(" total ")).collect()
    };
    let city = ["total total 32", "1501 total 24", "rest total 8"];
    assert_eq!(totals("1501")[..3], city);
    let county = ["total total 32", "150104 total 18", "rest total 14", "150104001 total 6", "150104other total 12"];
    assert_eq!(totals("150104"), county);
    let world = homes_of("150104");
    let whole = equations(&world, "homes", Kind::Region);
    assert_eq!(whole[0], "total total = 150104 total + rest total");
}
