//! What `annual.yaml` says of several tables at once, and what is wrong in it.

use std::collections::BTreeMap;

use yilian_release::{
    Annual, Constraints, Detail, Kind, PublicRates, RegionLevel, ReleaseError, TableDefinitions, Value,
};

use crate::world::{ANNUAL, Row, World, annual, load, tables};

fn faults(addition: &str) -> String {
    annual(&format!("{ANNUAL}{addition}"), &load(&tables()).unwrap()).unwrap_err().to_string()
}

#[test]
fn names_that_no_table_has_are_refused_with_the_nearest_all_at_once() {
    let said = faults(
        "thresholds: { home: 1 }
links:
  - { left: populaton.persons, right: homes.person }
  - { left: 'population.persons[sexe=1]', right: 'recipients.persons[benefit=C]' }
  - { left: population.persons, right: recipients.persons }
",
    );
    for expected in [
        "unknown table `home`; the nearest valid one is `homes`",
        "fewer than 2 people protect nobody",
        "unknown table `populaton`; the nearest valid one is `population`",
        "unknown counted measure `person`; the nearest valid one is `persons`",
        "unknown dimension `sexe`; the nearest valid one is `sex`",
        "unknown category `C`",
        "recipients.persons: a dimension whose categories do not add up has no total; filter it",
    ] {
        assert!(said.contains(expected), "{expected}\n{said}");
    }
}

#[test]
fn a_selection_or_key_of_another_form_is_refused() {
    for (addition, expected) in [
        ("links: [{ left: population, right: homes.persons }]\n", "table.measure+measure"),
        ("links: [{ left: 'homes.persons[home]', right: homes.persons }]\n", "table.measure+measure"),
        ("link: []\n", "link"),
    ] {
        let said = faults(addition);
        assert!(said.contains(expected) && said.contains("annual.yaml"), "{said}");
    }
    let definitions = load(&tables()).unwrap();
    for (from, to, expected) in [
        ("12-31", "02-29", "a day of every year"),
        ("below: 4", "below: 4, at: 1", "at"),
        ("percent: 50", "percent: 101", "a number from 0 to 100"),
        ("measure: persons", "measure: person", "the nearest valid one is `persons`"),
        ("table: population", "table: recipients", "counts people twice"),
    ] {
        let said = annual(&ANNUAL.replace(from, to), &definitions).unwrap_err().to_string();
        assert!(said.contains(expected), "{to}: {said}");
    }
}

/// One household head in each of two tables that count in different places.
fn two_places() -> BTreeMap<&'static str, Vec<Row>> {
    BTreeMap::from([
        ("population", vec![("150104", vec!["1", "60", "own"], vec![Some(5)])]),
        ("recipients", vec![("150105", vec!["A", "1", "60"], [5, 3, 60, 600_000].map(Some).to_vec())]),
    ])
}

#[test]
fn tables_that_count_in_different_places_are_linked_in_the_whole_alone() {
    let text = format!("{ANNUAL}links: [{{ left: population.persons, right: 'recipients.persons[benefit=A]' }}]\n");
    let world = World::new(two_places(), &text, &[]).unwrap();
    let constraints = world.constraints();
    let links: Vec<_> = constraints.equations().filter(|equation| equation.kind == Kind::Link).collect();
    // Sex and band are shared: 3 × 4 combinations.
    assert_eq!(links.len(), 12);
    for link in links {
        assert!(link.terms.iter().all(|term| world.cube.cell(term.cell).unwrap().level == RegionLevel::Whole));
    }
}

#[test]
fn a_link_that_does_not_hold_is_refused() {
    let text = format!("{ANNUAL}links: [{{ left: population.persons, right: 'recipients.december[benefit=A]' }}]\n");
    let world = World::new(two_places(), &text, &[]).unwrap();
    let error = Constraints::new(&world.cube, &world.annual, (&PublicRates::default(), 2025)).unwrap_err();
    // 5 against 3 in: total total, total 60, 1 total, 1 60.
    assert!(matches!(error, ReleaseError::BrokenLink { count: 4, .. }), "{error}");
}

#[test]
fn a_sum_of_measures_and_of_categories_is_linked_as_one() {
    let text = format!(
        "{ANNUAL}links: [{{ left: 'recipients.persons+months[benefit=A]', right: 'recipients.months+persons[benefit=A|B]' }}]\n"
    );
    let world = World::new(two_places(), &text, &[]).unwrap();
    // Benefit A stands on both sides and cancels; nobody has B.
    let constraints = world.constraints();
    let link = constraints.equations().find(|equation| equation.kind == Kind::Link).unwrap();
    let terms: Vec<_> =
        link.terms.iter().map(|term| (term.coefficient, world.cube.codes(term.cell).concat())).collect();
    assert_eq!(terms, [(-1, "B160".to_owned()), (-1, "B160".to_owned())]);
}

#[test]
fn an_amount_that_is_a_public_rate_times_months_is_an_equation() {
    let text = format!(
        "{ANNUAL}rates: [{{ standard: subsistence, amount: 'recipients.amount[benefit=A]', person_months: 'recipients.months[benefit=A]' }}]\n"
    );
    let world = World::new(two_places(), &text, &[]).unwrap();
    let rates = |lines: &str| {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("codes")).unwrap();
        let table = format!("standard,place,valid_from,valid_until,amount,document\n{lines}");
        std::fs::write(folder.path().join("codes/standard_amount.csv"), table).unwrap();
        PublicRates::load(folder.path())
    };
    // Regions in which somebody was paid; where nobody was, any rate holds.
    let regions = |lines: &str| {
        let constraints = Constraints::new(&world.cube, &world.annual, (&rates(lines).unwrap(), 2025)).unwrap();
        let mut regions = Vec::new();
        for equation in constraints.equations().filter(|equation| equation.kind == Kind::Rate) {
            let amount = world.cube.cell(equation.terms[0].cell).unwrap();
            if amount.value != Value::Known(0) {
                assert_eq!(equation.terms.iter().map(|term| term.coefficient).collect::<Vec<_>>(), [1, -10_000]);
                regions.push(amount.region.code.clone());
            }
        }
        regions.dedup();
        regions
    };
    assert_eq!(regions("subsistence,15,2024-07-01,,100.00,d\n"), ["15", "1501", "150105"]);
    assert_eq!(regions("subsistence,15,2024-07-01,,99,d\n"), [""; 0], "another amount");
    assert_eq!(regions("subsistence,15,2024-07-01,2025-07-01,100,d\n"), [""; 0], "a rate of half a year");
    let own = "subsistence,15,2024-07-01,,90,d\nsubsistence,150105,2024-07-01,,100,d\n";
    assert_eq!(regions(own), ["150105"], "a county with its own rate has it, and no region around it has one");
    assert!(rates("subsistence,15,2024-07-01,,much,d\n").unwrap_err().to_string().contains("row 2"));
}

#[test]
fn the_shipped_file_has_the_plan_of_the_release() {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../pipelines/annual.yaml");
    let text = std::fs::read_to_string(file).unwrap();
    let shipped: Annual = serde_saphyr::from_str(&text).unwrap();
    let detail = |level| shipped.plan.detail("population", level);
    assert_eq!(detail(RegionLevel::City), Detail::All);
    assert_eq!(detail(RegionLevel::County), Detail::AtMost(2));
    assert!(shipped.plan.tables.is_empty());
    assert_eq!(detail(RegionLevel::Township), Detail::Groups);
    assert_eq!((shipped.small_areas.below, shipped.coarser_above_percent), (200, 50));
    assert_eq!(
        (shipped.reference_day.of_year(2025), shipped.cut_off.of_year(2026)),
        ("2025-12-31".into(), "2026-03-31".into())
    );
    // The links name tables, which come with the models.
    let none = TableDefinitions::default();
    assert!(annual(&text, &none).unwrap_err().to_string().contains("unknown table `population`"));
}

#[test]
fn a_part_of_another_number_leaves_a_rest_that_nobody_sees() {
    let link = |left, right| format!("{ANNUAL}links: [{{ left: '{left}', right: '{right}', relation: at_most }}]\n");
    let (part, whole) = ("recipients.december[benefit=A]", "population.persons");
    let world = World::new(two_places(), &link(part, whole), &[]).unwrap();
    let constraints = world.constraints();
    let added = constraints.added();
    // 5 people and 3 with the benefit in December, or nobody, in the whole by 3 × 4 combinations.
    assert_eq!(added.iter().map(|added| added.value).sum::<i64>(), 4 * 2);
    assert_eq!((added.len(), added[0].cell, added[11].cell), (12, world.cube.len(), world.cube.len() + 11));
    for (equation, added) in constraints.equations().filter(|equation| equation.kind == Kind::Link).zip(added) {
        let terms: Vec<_> = equation.terms.iter().map(|term| term.coefficient).collect();
        assert_eq!(terms, [1, 1, -1]);
        assert_eq!((equation.terms[1].cell, equation.terms[2].cell), (added.cell, added.of));
    }
    let world = World::new(two_places(), &link(whole, part), &[]).unwrap();
    let error = Constraints::new(&world.cube, &world.annual, (&PublicRates::default(), 2025)).unwrap_err();
    assert!(matches!(error, ReleaseError::BrokenLink { count: 4, .. }), "{error}");
}
