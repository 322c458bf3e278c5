//! Money of operators: who has how much of a cell decides whether it may be seen.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{Decimal128Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use yilian_disclosure::{Reason, Status, Threshold};
use yilian_release::{CellId, Contributions, Means, Protection, ProtectionInput, ReleaseError, Value, Why, protect};

use crate::world::{ANNUAL, Row, World};

const OPERATORS: &str = "operators: { at_least: 3, largest: 1, percent_of_total: 80, percent_of_largest: 10, tables: { recipients: [amount] } }
";

/// Fifty people of each county have benefit A, and so much of their money is whose: operator and fen.
fn world(of_counties: [&[(&'static str, i64)]; 2]) -> (World, BTreeMap<String, RecordBatch>) {
    let (mut rows, mut parts): (Vec<Row>, Vec<(&str, &str, i64)>) = (Vec::new(), Vec::new());
    for (county, of_county) in ["150104", "150105"].into_iter().zip(of_counties) {
        let amount: i64 = of_county.iter().map(|(_, fen)| fen).sum();
        rows.push((county, vec!["A", "1", "60"], [50, 40, 600, amount].map(Some).to_vec()));
        parts.extend(of_county.iter().map(|(operator, fen)| (county, *operator, *fen)));
    }
    let world = World::new(
        BTreeMap::from([("population", vec![]), ("recipients", rows)]),
        &format!("{ANNUAL}{OPERATORS}"),
        &[],
    );
    (world.unwrap(), BTreeMap::from([("recipients_operator".to_owned(), batch(&parts))]))
}

fn batch(parts: &[(&str, &str, i64)]) -> RecordBatch {
    let text = |name: &str| Field::new(name, DataType::Utf8, false);
    let amount = Field::new("amount", DataType::Decimal128(18, 2), false);
    let schema =
        Schema::new(vec![text("region"), text("benefit"), text("sex"), text("band"), text("operator"), amount]);
    let of = |value: fn(&(&str, &str, i64)) -> String| Arc::new(StringArray::from_iter_values(parts.iter().map(value)));
    let fen = Decimal128Array::from_iter_values(parts.iter().map(|part| i128::from(part.2)));
    let fen = fen.with_precision_and_scale(18, 2).unwrap();
    RecordBatch::try_new(
        Arc::new(schema),
        vec![
            of(|part| part.0.to_owned()),
            of(|_| "A".to_owned()),
            of(|_| "1".to_owned()),
            of(|_| "60".to_owned()),
            of(|part| part.1.to_owned()),
            Arc::new(fen),
        ],
    )
    .unwrap()
}

fn protected((world, rows): &(World, BTreeMap<String, RecordBatch>)) -> Protection {
    let thresholds = ["population", "recipients"].map(|name| (name.to_owned(), Threshold::of_people(5).unwrap()));
    let input = ProtectionInput {
        thresholds: &thresholds.into(),
        payers: &BTreeMap::new(),
        posted_rolls: &[],
        operators: &Contributions::new(&world.cube, world.annual.operators.as_ref(), rows).unwrap(),
        before: None,
    };
    protect(&world.cube, &world.constraints(), input, Means::default()).unwrap()
}

/// The amount of a region, of men of 60 with benefit A.
fn amount(world: &World, region: &str) -> CellId {
    let amount = |cell: &yilian_release::Cell<'_>| {
        let is_amount = matches!(cell.role, yilian_release::Role::Counted(measure) if measure.name == "amount");
        is_amount && cell.region.code == region && world.cube.codes(cell.id) == ["A", "1", "60"]
    };
    world.cube.cells().find(amount).unwrap().id
}

const EVEN: &[(&str, i64)] = &[("p", 40_000), ("q", 30_000), ("r", 30_000)];

#[test]
fn money_of_three_like_operators_is_shown() {
    let case = world([EVEN, EVEN]);
    let protection = protected(&case);
    assert_eq!(protection.withheld, (0, 0));
    let mut shown = case.0.cube.cells().zip(&protection.fates).filter(|(cell, _)| cell.shown);
    assert!(shown.all(|(_, fate)| *fate != Status::Suppressed));
}

#[test]
fn money_of_two_of_one_that_dominates_and_of_a_close_second_is_withheld_though_fifty_people_have_it() {
    for (parts, reason) in [
        (&[("p", 60_000), ("q", 40_000)][..], Reason::FewOperators),
        (&[("p", 90_000), ("q", 5_000), ("r", 5_000)][..], Reason::Dominated),
        // The second knows that all but 1,000 of 60,000 is not his own.
        (&[("p", 60_000), ("q", 39_000), ("r", 1_000)][..], Reason::CloseEstimate),
    ] {
        let case = world([parts, EVEN]);
        let protection = protected(&case);
        let cell = amount(&case.0, "150104");
        assert_eq!(protection.fates[cell], Status::Suppressed, "{reason:?}");
        assert_eq!(protection.why[cell], Some(Why::Primary(reason)));
        let persons = case.0.cube.cell(cell).unwrap().group;
        assert_eq!(protection.fates[persons], Status::Suppressed, "measures of one cell share one fate");
        // A city that shows its total must not show the other county.
        let shown = ["1501", "150105"].map(|region| protection.fates[amount(&case.0, region)] == Status::Published);
        assert_ne!(shown, [true, true], "{reason:?}: the difference is the county's");
        assert!(protection.audit.is_clean());
    }
}

#[test]
fn an_operator_in_two_counties_is_one_operator_of_the_city() {
    let case = world([&[("p", 50_000), ("q", 50_000)], &[("p", 50_000), ("q", 50_000)]]);
    let protection = protected(&case);
    let city = amount(&case.0, "1501");
    assert_eq!(case.0.cube.cell(city).unwrap().value, Value::Known(200_000));
    assert_eq!(protection.why[city], Some(Why::Primary(Reason::FewOperators)));
}

#[test]
fn money_of_operators_without_a_word_of_whose_it_is_stops_the_release() {
    let (world, _) = world([EVEN, EVEN]);
    let error = Contributions::new(&world.cube, world.annual.operators.as_ref(), &BTreeMap::new()).unwrap_err();
    assert!(matches!(error, ReleaseError::NoOperators { .. }), "{error}");
}
