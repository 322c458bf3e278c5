//! Tiny persons, written by hand.

use super::*;
use crate::calendar::day;
use crate::dataset::Dataset;
use crate::fact::Fate;
use chrono::NaiveDate;

mod gaps;
mod more;

const YEAR: i32 = 2025;

fn setting() -> Setting<'static> {
    Setting { year: YEAR, born: day(1940, 5, 5), counties: &[150_104, 150_105], moved: None }
}

fn month(number: i32) -> Month {
    Month::new(YEAR, number)
}

fn fact(line: u64, says: Says) -> Fact {
    let row = RowRef { dataset: Dataset::BenefitPayment, period: 1, line };
    Fact { row, link: Link::Valid, fate: Fate::Delivered, says }
}

fn booking(benefit: &'static str, number: u64, fen: i64) -> Booking {
    Booking {
        benefit,
        month: month(3),
        county: 150_104,
        category: "",
        fen,
        row_type: RowType::Normal,
        number: Some(number),
        approved: None,
    }
}

fn booked(number: u64, booking: Booking) -> Fact {
    fact(number, Says::Booking(booking))
}

fn spell(benefit: &'static str, from: i32, until: i32) -> Fact {
    let says = Says::Spell { benefit, county: 150_104, from: month(from), until: month(until), fen: Some(100) };
    fact(900, says)
}

fn stay(institution: u32, admitted: NaiveDate, discharged: NaiveDate) -> Fact {
    fact(800, Says::Stay { institution, admitted, discharged })
}

fn rules(facts: &[Fact]) -> Vec<(&'static str, u32)> {
    let facts: Vec<&Fact> = facts.iter().collect();
    judge(&facts, &setting()).into_keys().map(|pair| (pair.rule, pair.month.number())).collect()
}

#[test]
fn two_benefits_in_one_month_are_a_pair_and_the_barred_amount_is_at_risk() {
    let facts = [spell("MZ07", 3, 12), booked(1, booking("MZ09", 1, 10_000))];
    let facts: Vec<&Fact> = facts.iter().collect();
    let pairs = judge(&facts, &setting());
    let (pair, ground) = pairs.first_key_value().unwrap();
    assert_eq!((pairs.len(), pair.rule, pair.month), (1, "X01", month(3)));
    assert_eq!(ground.fen, Some(10_000));
}

#[test]
fn what_was_taken_back_in_full_is_not_held() {
    let back = Booking { row_type: RowType::Reversal, ..booking("MZ09", 2, -10_000) };
    let facts = [spell("MZ07", 1, 12), booked(1, booking("MZ09", 1, 10_000)), booked(2, back)];
    assert_eq!(rules(&facts), []);
}

#[test]
fn arrears_count_for_the_month_they_are_for() {
    let arrears = Booking { month: month(1), row_type: RowType::Arrears, ..booking("MZ09", 1, 10_000) };
    assert_eq!(rules(&[spell("MZ07", 3, 12), booked(1, arrears)]), []);
}

#[test]
fn one_number_twice_is_one_booking_and_two_numbers_are_paid_twice() {
    let once = booking("MZ02", 1, 15_000);
    assert_eq!(rules(&[booked(1, once.clone()), booked(2, once.clone())]), []);
    let again = Booking { number: Some(2), ..once.clone() };
    let facts = [booked(1, once.clone()), booked(2, again.clone())];
    assert_eq!(rules(&facts), [("X35", 3)]);
    let back = Booking { number: Some(3), fen: -15_000, row_type: RowType::Reversal, ..once.clone() };
    assert_eq!(rules(&[booked(1, once.clone()), booked(2, again), booked(3, back)]), []);
    let without = Booking { number: None, ..once.clone() };
    assert_eq!(rules(&[booked(1, once), booked(2, without)]), []);
}

#[test]
fn the_month_of_death_is_the_last_lawful_one() {
    let death = |evidence, number| fact(700, Says::Death { evidence, month: month(number) });
    let facts = [spell("MZ07", 1, 5), death(Evidence::Certificate, 4)];
    assert_eq!(rules(&facts), [("X08", 5)]);
    let facts = [spell("MZ07", 1, 5), death(Evidence::Cremation, 3), death(Evidence::Certificate, 4)];
    assert_eq!(rules(&facts), [("X08", 5)]);
    let by_old_number = Fact { link: Link::Upgraded, ..death(Evidence::Certificate, 2) };
    assert_eq!(rules(&[spell("MZ07", 1, 5), by_old_number]), []);
}

#[test]
fn two_counties_are_a_pair_and_three_are_three() {
    let in_county = |number, county| booked(number, Booking { county, ..booking("MZ01", number, 10_000) });
    assert_eq!(rules(&[in_county(1, 150_104), in_county(2, 150_105)]), [("X28", 3)]);
    let three = [in_county(1, 150_104), in_county(2, 150_105), in_county(3, 150_102)];
    assert_eq!(rules(&three).len(), 3);
}

#[test]
fn home_service_is_barred_by_the_insurance_in_yuquan_alone() {
    let service = |county| booked(2, Booking { county, ..booking("MZ11", 2, 10_000) });
    let insured = booked(1, Booking { number: None, ..booking("YB01", 1, 90_000) });
    assert_eq!(rules(&[insured.clone(), service(150_104)]), [("X14", 3)]);
    assert_eq!(rules(&[insured, service(150_105)]), []);
}

#[test]
fn two_categories_of_home_service_are_a_pair_but_none_is_no_category() {
    let in_category = |number, category| booked(number, Booking { category, ..booking("MZ11", number, 9_000) });
    assert_eq!(rules(&[in_category(1, "H4"), in_category(2, "H6")]), [("X16", 3)]);
    assert_eq!(rules(&[in_category(1, "H4"), in_category(2, "")]), []);
}

#[test]
fn two_stays_are_a_pair_in_each_month_of_their_common_days() {
    let first = stay(1, day(2025, 2, 10), day(2025, 4, 1));
    assert_eq!(rules(&[first.clone(), stay(2, day(2025, 3, 31), day(2025, 9, 1))]), [("X27", 3)]);
    assert_eq!(rules(&[first.clone(), stay(2, day(2025, 4, 1), day(2025, 9, 1))]), []);
    assert_eq!(rules(&[first.clone(), first]), []);
}

#[test]
fn a_bed_at_home_and_one_in_an_institution_overlap_by_days() {
    let paid = booked(1, booking("MZ14", 1, 20_000));
    let bed = |until| fact(600, Says::Bed { opened: day(2025, 1, 1), closed: until });
    let in_march = stay(1, day(2025, 3, 20), day(2025, 6, 1));
    assert_eq!(rules(&[paid.clone(), bed(day(2026, 1, 1)), in_march.clone()]), [("X24", 3)]);
    assert_eq!(rules(&[paid.clone(), bed(day(2025, 3, 20)), in_march.clone()]), []);
    assert_eq!(rules(&[paid.clone(), in_march]), []);
    assert_eq!(rules(&[paid, stay(1, day(2025, 3, 1), day(2025, 4, 1))]), [("X24", 3)]);
}

#[test]
fn allowed_combinations_are_no_pair() {
    let both = |one, other| rules(&[booked(1, booking(one, 1, 10_000)), booked(2, booking(other, 2, 10_000))]);
    for (one, other) in [
        ("MZ09", "MZ10"),
        ("MZ01", "MZ02"),
        ("MZ01", "MZ03"),
        ("MZ11", "MZ12"),
        ("YB01", "MZ12"),
        ("RS01", "RS03"),
        ("MZ10", "RS02"),
        ("MZ13", "MZ14"),
        ("MZ03", "MZ11"),
    ] {
        assert_eq!(both(one, other), [], "{one} {other}");
    }
    assert_eq!(rules(&[spell("MZ07", 1, 12), booked(1, booking("RS02", 1, 15_000))]), []);
    assert_eq!(rules(&[spell("MZ05", 1, 12), booked(1, booking("MZ10", 1, 12_000))]), []);
}

fn gaps_of(facts: &[&Fact], setting: &Setting<'_>) -> BTreeMap<super::gaps::Gap, super::gaps::Proof> {
    super::gaps::judge(facts, setting, false)
}

#[test]
fn a_death_that_a_stop_or_the_register_alone_reports_is_for_review() {
    let death = |evidence, number| fact(700, Says::Death { evidence, month: month(number) });
    let severity = |facts: &[Fact]| {
        let facts: Vec<&Fact> = facts.iter().collect();
        let pairs = judge(&facts, &setting());
        pairs.into_iter().map(|(pair, ground)| (pair.month.number(), ground.severity(pair.rule))).collect::<Vec<_>>()
    };
    let stopped = [spell("MZ07", 1, 5), death(Evidence::Stop, 4), death(Evidence::Register, 2)];
    assert_eq!(severity(&stopped), [(5, Severity::Review)]);
    assert_eq!(severity(&[spell("MZ07", 1, 5), death(Evidence::Register, 4)]), [(5, Severity::Review)]);
    let certified = [spell("MZ07", 1, 5), death(Evidence::Stop, 2), death(Evidence::Certificate, 4)];
    assert_eq!(severity(&certified), [(5, Severity::Violation)]);
    let by_old_number = Fact { link: Link::Upgraded, ..death(Evidence::Stop, 4) };
    assert_eq!(severity(&[spell("MZ07", 1, 5), by_old_number]), [(5, Severity::Review)]);
    let by_name = Fact { link: Link::Lost, ..death(Evidence::Stop, 4) };
    assert_eq!(severity(&[spell("MZ07", 1, 5), by_name]), []);
}
