//! Who is entitled and receives nothing.

use super::*;
use crate::fact::{Assessor, Order, RegisterStatus};

fn registered(alone: bool) -> [Fact; 2] {
    let status = RegisterStatus::Active;
    let living = Says::Living { alone, left: alone, merit: false, demented: false };
    [fact(1, Says::Registered { residence: 150_104, hukou: 150_104, status }), fact(1, living)]
}

fn assessed(level: u8, by: Assessor) -> Fact {
    fact(2, Says::Assessed { level, by, on: day(2024, 10, 1), valid_to: day(2026, 10, 1) })
}

fn roll(benefit: &'static str, central: bool, wish: bool) -> [Fact; 2] {
    let (from, until) = (month(1), month(12));
    [spell(benefit, 1, 12), fact(3, Says::Roll { benefit, from, until, central, wish, members: 1 })]
}

/// Months without payment of a gap, of a person born on 5 May of a year.
fn months(name: &str, born: i32, facts: &[Fact]) -> Vec<u32> {
    let facts: Vec<&Fact> = facts.iter().collect();
    let setting = Setting { born: day(born, 5, 5), ..setting() };
    let found = gaps_of(&facts, &setting).into_iter();
    found.filter(|(gap, proof)| gap.name == name && !proof.open).map(|(gap, _)| gap.month.number()).collect()
}

#[test]
fn the_birthday_month_is_the_first() {
    assert_eq!(months("MZ01", 1945, &registered(false)), [5, 6, 7, 8, 9, 10, 11, 12]);
    assert!(months("MZ01", 1946, &registered(false)).is_empty());
    assert_eq!(months("RS", 1965, &registered(false)).len(), 8);
    assert!(months("MZ01", 1945, &[]).is_empty());
}

#[test]
fn ninety_years_are_no_reason_for_home_service_without_disability() {
    let [row, living] = registered(false);
    let of = |level| months("H", 1930, &[row.clone(), living.clone(), assessed(level, Assessor::CivilAffairs)]).len();
    assert_eq!((of(0), of(1)), (0, 12));
}

#[test]
fn insured_care_bars_home_service_and_what_is_paid_is_no_gap() {
    let [row, living] = registered(true);
    let base = [row, living, assessed(3, Assessor::CivilAffairs)];
    let with = |benefit| {
        let mut facts = base.to_vec();
        facts.push(booked(9, booking(benefit, 9, 30_000)));
        months("H", 1940, &facts)
    };
    assert_eq!(with("YB01"), [1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    assert_eq!(with("MZ11").len(), 11);
    assert_eq!(with("MZ12").len(), 12);
}

#[test]
fn a_refusal_is_heard_for_a_year() {
    let [row, living] = registered(false);
    let refused = fact(5, Says::TurnedDown { benefit: "MZ01", month: month(3) });
    assert_eq!(months("MZ01", 1940, &[row, living, refused]), [1, 2]);
}

#[test]
fn an_application_that_waits_leaves_three_months_open() {
    let [row, living] = registered(false);
    let waiting = fact(5, Says::Waiting { benefit: "MZ01", month: month(2) });
    assert_eq!(months("MZ01", 1940, &[row, living, waiting]), [1, 6, 7, 8, 9, 10, 11, 12]);
}

#[test]
fn meals_are_open_where_somebody_else_cooks() {
    let [row, living] = registered(true);
    let order = Order {
        service: "01",
        category: "M4",
        county: 150_104,
        on: day(2025, 3, 3),
        from_minute: 600,
        minutes: 30,
        fen: 800,
        approved: None,
    };
    let facts = [row, living, fact(8, Says::Order(order))];
    assert_eq!(months("M", 1950, &facts), [1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    let facts = [facts.as_slice(), &roll("MZ07", true, false)].concat();
    assert!(months("M", 1950, &facts).is_empty());
}

#[test]
fn what_was_owed_to_somebody_who_is_said_to_be_dead_is_open() {
    let [row, living] = registered(false);
    let death = fact(700, Says::Death { evidence: Evidence::Certificate, month: month(4) });
    let later = fact(400, Says::Hospital { admitted: day(2025, 8, 1), discharged: day(2025, 8, 9) });
    let open = |facts: &[&Fact]| {
        let found = gaps_of(facts, &Setting { born: day(1940, 5, 5), ..setting() });
        assert!(found.iter().all(|(gap, proof)| gap.name != "RS" || proof.open));
        found.keys().filter(|gap| gap.name == "RS").count()
    };
    assert_eq!(open(&[&row, &living, &death]), 4);
    assert_eq!(open(&[&row, &living, &death, &later]), 12);
}

#[test]
fn assistance_wishes_and_payable_levels() {
    let [row, living] = registered(false);
    let with = |name, more: &[Fact]| {
        let facts: Vec<Fact> = [row.clone(), living.clone()].into_iter().chain(more.iter().cloned()).collect();
        months(name, 1950, &facts).len()
    };
    assert_eq!(with("N-32", &roll("MZ07", false, true)), 12);
    assert_eq!(with("N-32", &roll("MZ07", true, true)), 0);
    assert_eq!(with("E-08", &roll("MZ05", false, false)), 12);
    let enrolled = fact(6, Says::Enrolled { long_term_care: true, stopped: None });
    assert_eq!(with("YB", &[enrolled.clone(), assessed(3, Assessor::Insurance)]), 12);
    assert_eq!(with("YB", &[enrolled, assessed(2, Assessor::Insurance)]), 0);
    assert_eq!(with("YB", &[assessed(3, Assessor::Insurance)]), 0);
}
