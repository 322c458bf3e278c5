//! The rules that look at days, amounts, places and orders.

use super::*;
use crate::fact::{Assessor, Order};

fn assessed(level: u8) -> Fact {
    let says = Says::Assessed { level, by: Assessor::CivilAffairs, on: day(2024, 10, 1), valid_to: day(2026, 10, 1) };
    fact(500, says)
}

fn hospital(admitted: NaiveDate, discharged: NaiveDate) -> Fact {
    fact(400, Says::Hospital { admitted, discharged })
}

fn care(days: Option<(NaiveDate, NaiveDate)>, count: i64) -> [Fact; 2] {
    let paid = Booking { number: None, ..booking("YB01", 1, 90_000) };
    [booked(1, paid), fact(1, Says::CareDays { month: month(3), days, count })]
}

fn order(on: NaiveDate, from_minute: u32, category: &'static str) -> Order {
    let (service, county, minutes, fen) = ("07", 150_105, 60, 9_000);
    Order { service, category, county, on, from_minute, minutes, fen, approved: None }
}

fn ordered(line: u64, order: Order) -> Fact {
    fact(line, Says::Order(order))
}

fn on_roll(benefit: &'static str, central: bool) -> [Fact; 2] {
    let (from, until) = (month(1), month(12));
    let roll = Says::Roll { benefit, from, until, central, wish: false, members: 2 };
    [spell(benefit, 1, 12), fact(900, roll)]
}

fn registered(county: u32, alone: bool) -> [Fact; 2] {
    let status = crate::fact::RegisterStatus::Active;
    let living = Says::Living { alone, left: alone, merit: false, demented: false };
    [fact(300, Says::Registered { residence: county, hukou: county, status }), fact(300, living)]
}

fn open(facts: &[Fact]) -> Vec<(&'static str, bool)> {
    let facts: Vec<&Fact> = facts.iter().collect();
    judge(&facts, &setting()).into_iter().map(|(pair, ground)| (pair.rule, ground.open)).collect()
}

#[test]
fn care_in_hospital_is_a_matter_of_days() {
    let whole = Some((day(2025, 3, 1), day(2025, 3, 31)));
    let [paid, days] = care(whole, 28);
    let with = |stay| rules(&[paid.clone(), days.clone(), stay]);
    assert_eq!(with(hospital(day(2025, 3, 5), day(2025, 3, 9))), [("X10", 3)]);
    assert_eq!(with(hospital(day(2025, 2, 5), day(2025, 3, 1))), []);
    let last_day = hospital(day(2025, 3, 31), day(2025, 4, 9));
    assert_eq!(open(&[paid, days, last_day]), [("X10", true)]);
    let [paid, days] = care(None, 28);
    let with = |stay| rules(&[paid.clone(), days.clone(), stay]);
    assert_eq!(with(hospital(day(2025, 3, 5), day(2025, 3, 8))), []);
    assert_eq!(with(hospital(day(2025, 3, 5), day(2025, 3, 9))), [("X10", 3)]);
}

#[test]
fn what_others_pay_is_taken_off_subsidised_care() {
    let care = |fen| booked(1, booking("MZ17", 1, fen));
    let nursing = booked(2, booking("MZ03", 2, 20_000));
    assert_eq!(rules(&[care(68_000), nursing.clone()]), []);
    let facts = [care(78_000), nursing];
    assert_eq!(rules(&facts), [("X18", 3)]);
    let facts: Vec<&Fact> = facts.iter().collect();
    assert_eq!(judge(&facts, &setting()).into_values().next().unwrap().fen, Some(10_000));
    assert_eq!(rules(&[care(260_000)]), []);
    assert_eq!(rules(&[care(260_100)]), [("X19", 3)]);
}

#[test]
fn a_pension_at_the_line_is_not_above_it() {
    let [spell, roll] = on_roll("MZ05", false);
    let pension = |fen| booked(1, booking("RS01", 1, fen));
    assert_eq!(rules(&[spell.clone(), roll.clone(), pension(160_000)]), []);
    assert_eq!(rules(&[spell, roll, pension(160_001)]), [("X33", 3)]);
}

#[test]
fn home_service_is_barred_by_a_bed_or_in_an_institution_with_a_subsidy() {
    let service = booked(1, booking("MZ11", 1, 30_000));
    let beside = |benefit| booked(2, booking(benefit, 2, 20_000));
    let inside = stay(1, day(2025, 1, 1), day(2026, 1, 1));
    let found = |facts: &[Fact]| -> Vec<(&'static str, &'static str)> {
        let facts: Vec<&Fact> = facts.iter().collect();
        let pairs = judge(&facts, &setting()).into_iter().filter(|(pair, _)| pair.rule == "X15");
        pairs.map(|(pair, ground)| (pair.right.0, ground.switch("X15"))).collect()
    };
    assert_eq!(found(&[service.clone(), assessed(2), beside("MZ14")]), [("MZ14", "")]);
    assert_eq!(found(&[service.clone(), assessed(1), beside("MZ14")]), []);
    assert_eq!(found(&[service.clone(), assessed(2), beside("MZ16"), inside.clone()]), [("MZ16", "")]);
    assert_eq!(found(&[service.clone(), assessed(2), beside("MZ03")]), [("MZ03", "X15_reading_ii")]);
    assert_eq!(found(&[service.clone(), assessed(2), inside]), [("", "X15_reading_ii")]);
    let lawful = booked(1, Booking { category: "H3", ..booking("MZ11", 1, 30_000) });
    assert_eq!(found(&[lawful, assessed(2), beside("MZ03")]), []);
}

#[test]
fn support_in_an_institution_bars_what_is_for_people_at_home() {
    let service = booked(1, booking("MZ14", 1, 30_000));
    let with = |central| {
        let [spell, roll] = on_roll("MZ07", central);
        rules(&[spell, roll, service.clone()])
    };
    assert_eq!(with(true), [("X25", 3)]);
    assert_eq!(with(false), []);
}

#[test]
fn nothing_is_paid_for_before_the_birthday_or_the_approval() {
    let at = |age_setting: Setting<'_>| {
        let facts = [booked(1, booking("MZ01", 1, 10_000))];
        judge(&facts.iter().collect::<Vec<_>>(), &age_setting).len()
    };
    let born = |month| Setting { born: day(1945, month, 9), ..setting() };
    assert_eq!((at(born(4)), at(born(3)), at(born(2))), (1, 0, 0));
    let approved = |on| booked(1, Booking { approved: Some(on), ..booking("MZ02", 1, 10_000) });
    assert_eq!(rules(&[approved(day(2025, 4, 1))]), [("X29", 3)]);
    assert_eq!(rules(&[approved(day(2025, 3, 31))]), []);
}

#[test]
fn only_full_days_in_hospital_and_more_than_ten_minutes_count() {
    let stay = || hospital(day(2025, 3, 5), day(2025, 3, 9));
    let on = |number, category| rules(&[stay(), ordered(1, order(day(2025, 3, number), 600, category))]);
    assert_eq!(on(6, "H4"), [("X36", 3)]);
    assert_eq!(on(8, "H4"), [("X36", 3)]);
    assert_eq!(on(5, "H4"), []);
    assert_eq!(on(9, "H4"), []);
    assert_eq!(on(6, "market"), []);
    let two = |later: u32, category| {
        let first = order(day(2025, 3, 6), 600, category);
        rules(&[ordered(1, first), ordered(2, Order { from_minute: 600 + later, ..first })])
    };
    assert_eq!(two(49, "H4"), [("X37", 3)]);
    assert_eq!(two(50, "H4"), []);
    assert_eq!(two(49, "market"), []);
}

#[test]
fn an_order_needs_life_approval_and_eligibility() {
    let death = || fact(700, Says::Death { evidence: Evidence::Certificate, month: month(2) });
    let meal = order(day(2025, 3, 6), 600, "M4");
    assert_eq!(rules(&[death(), ordered(1, meal)]), [("X38", 3)]);
    assert_eq!(rules(&[ordered(1, Order { approved: Some(day(2025, 3, 7)), ..meal })]), [("X38", 3)]);
    assert_eq!(rules(&[ordered(1, Order { approved: Some(day(2025, 3, 6)), ..meal })]), []);
    let here = |category, alone| {
        let [row, living] = registered(150_104, alone);
        open(&[row, living, ordered(1, Order { county: 150_104, ..order(day(2025, 3, 6), 600, category) })])
    };
    assert_eq!(here("M4", true), []);
    // Without an assessment nobody knows whether the level is high enough.
    assert_eq!(here("H4", true), [("X38", true)]);
    assert_eq!(here("H4", false), [("X38", false)]);
}

#[test]
fn one_shared_month_at_a_change_is_no_more_than_information() {
    let facts = [spell("MZ05", 1, 4), spell("MZ07", 4, 12)];
    let facts: Vec<&Fact> = facts.iter().collect();
    let severities: Vec<Severity> =
        judge(&facts, &setting()).into_iter().map(|(pair, ground)| ground.severity(pair.rule)).collect();
    assert_eq!(severities, [Severity::Info]);
    let facts = [spell("MZ05", 1, 5), spell("MZ07", 4, 12)];
    let facts: Vec<&Fact> = facts.iter().collect();
    assert!(judge(&facts, &setting()).iter().all(|(pair, ground)| ground.severity(pair.rule) == Severity::Violation));
}

#[test]
fn a_sign_of_life_after_a_death_softens_what_was_paid_after_it() {
    let death = fact(700, Says::Death { evidence: Evidence::Certificate, month: month(4) });
    let facts = [spell("MZ07", 1, 5), death, hospital(day(2025, 6, 1), day(2025, 6, 3))];
    let facts: Vec<&Fact> = facts.iter().collect();
    let severities: Vec<Severity> =
        judge(&facts, &setting()).into_iter().map(|(pair, ground)| ground.severity(pair.rule)).collect();
    assert_eq!(severities, [Severity::Review]);
}

#[test]
fn a_home_is_renovated_once() {
    let renovated = |line, benefit, month_number| {
        let on = day(2025, month_number, 9);
        fact(line, Says::Renovated { benefit, county: 150_104, on, fen: i64::from(month_number) })
    };
    let two = |one: Fact, other: Fact| {
        let (one, other) = ([one], [other]);
        let found = household::judge(&[&one, &other], YEAR).into_iter();
        found.map(|(member, pair, ground, _)| (member, pair.rule, pair.month.number(), ground.fen)).collect::<Vec<_>>()
    };
    assert_eq!(two(renovated(1, "MZ15", 3), renovated(2, "CL02", 5)), [(1, "X22", 5, Some(5))]);
    assert_eq!(two(renovated(1, "MZ15", 6), renovated(2, "MZ15", 5)), [(0, "X23", 6, Some(6))]);
    assert_eq!(two(renovated(1, "CL02", 6), renovated(2, "CL02", 5)), []);
}

#[test]
fn no_provider_works_more_than_its_staff_can() {
    let mut providers = provider::Providers::default();
    for minute in 0..provider::CROWD {
        providers.add(1, &order(day(2025, 3, 6), 600, "market"));
        let spread = u32::try_from(minute).unwrap() * 30;
        providers.add(2, &order(day(2025, 3, 6), 300 + spread, "market"));
    }
    let found =
        |staff: Option<u64>| -> Vec<u32> { providers.impossible(move |_| staff).map(|found| found.provider).collect() };
    assert_eq!(found(None), [1]);
    assert_eq!(found(Some(0)), [1, 2]);
    assert_eq!(found(Some(1)), [1]);
}
