//! Circumstances that fit the planted problems of the second sequence.

use crate::calendar::day;
use crate::dice::Dice;
use crate::person::{Assistance, Disability, FamilyPlanning, Living, Person, Scheme};
use crate::place::Places;
use crate::problem::Problem;
use crate::stack;

const HEAVY: Option<Disability> = Some(Disability { category: 4, grade: 2 });
const LIGHT: Option<Disability> = Some(Disability { category: 4, grade: 3 });

/// Makes the circumstances of a person fit a problem of the second sequence; others are left as they are.
pub fn prepare(person: &mut Person, problem: Problem, places: &Places, year: i32, dice: &mut Dice) {
    use Problem as P;
    if !Problem::MORE.contains(&problem) {
        return;
    }
    at_home_in(person, places, dice);
    let variant = |variants| Problem::variant(person.number, variants);
    match problem {
        P::LivingAllowances => (person.assistance, person.disability) = (Assistance::LowIncome, LIGHT),
        P::CareInHospital | P::Voucher => (person.level, person.ltci_insured) = (3, true),
        P::HomeServiceBarred => {
            person.level = if variant(8) == 7 { 1 } else { 2 };
            person.living = Living::Alone;
            person.in_institution = matches!(variant(8), 1..=4);
        }
        P::SubsidisedCare => {
            (person.assistance, person.disability) = (Assistance::LowIncome, HEAVY);
            (person.level, person.in_institution) = (3, true);
        }
        P::RenovatedTwice => {
            (person.assistance, person.disability) = (Assistance::LowIncome, LIGHT);
            (person.level, person.in_institution) = (2, false);
        }
        P::CentralSupport => {
            let central = variant(4) != 3;
            person.assistance = if central { Assistance::DestituteCentral } else { Assistance::DestituteDispersed };
            (person.level, person.in_institution) = (3, central);
        }
        P::ResidentialCare => (person.disability, person.in_institution) = (HEAVY, true),
        P::PensionAboveLine => {
            (person.assistance, person.scheme) = (Assistance::LowIncome, Some(Scheme::Employee));
        }
        P::ServiceInHospital | P::ServicesOverlap => (person.level, person.living) = (2, Living::Alone),
        P::ServiceWithoutGround => without_ground(person, variant(4), year),
        P::Stack => stack::prepare(person),
        P::HomeEntitled => home(person, variant(8)),
        P::MealEntitled => meals(person, variant(6)),
        P::AllowanceEntitled => allowance(person, variant(14)),
        P::DeadAndAlive => {
            person.died = Some(day(year, 2 + dice.below(5), 1 + dice.below(28)));
            person.scheme = Some(Scheme::Resident);
        }
        P::FurtherPair => (person.in_institution, person.level) = (variant(7) == 5, 3),
        _ => {}
    }
}

/// Registered and living in the county of S4, fit, well off, with the family.
fn at_home_in(person: &mut Person, places: &Places, dice: &mut Dice) {
    let village = places.village(places.home_service_county(), dice);
    (person.hukou, person.residence) = (village, village);
    (person.level, person.dementia, person.merit) = (0, 0, false);
    (person.disability, person.family_planning) = (None, None);
    (person.living, person.ltci_insured) = (Living::WithFamily, false);
    person.scheme = Some(Scheme::Resident);
}

fn without_ground(person: &mut Person, variant: u64, year: i32) {
    // Whoever lives alone is entitled to meals, so that nothing but what is planted is without ground.
    person.living = if variant == 2 { Living::WithFamily } else { Living::Alone };
    if variant == 0 {
        person.died = Some(day(year, 3 + u32::try_from(person.number % 5).unwrap_or(0), 9));
    }
}

fn home(person: &mut Person, variant: u64) {
    person.level = if variant == 6 { 0 } else { 2 };
    match variant {
        0 => person.assistance = Assistance::DestituteDispersed,
        1 => (person.assistance, person.level) = (Assistance::Edge, 1),
        2 => person.assistance = Assistance::LowIncome,
        3 => person.family_planning = Some(FamilyPlanning::Disability),
        4 => person.merit = true,
        7 => person.living = Living::Alone,
        _ => {}
    }
}

fn meals(person: &mut Person, variant: u64) {
    match variant {
        0 => person.assistance = Assistance::DestituteDispersed,
        1 => person.level = 2,
        2 => person.assistance = Assistance::Edge,
        3 => person.living = Living::LeftBehind,
        4 => person.family_planning = Some(FamilyPlanning::Death),
        _ => {}
    }
}

fn allowance(person: &mut Person, variant: u64) {
    match variant {
        1 | 11 => person.assistance = Assistance::LowIncome,
        2 => (person.assistance, person.level) = (Assistance::LowIncome, 3),
        3 => (person.assistance, person.disability) = (Assistance::LowIncome, LIGHT),
        4 => person.disability = HEAVY,
        5 | 10 => person.assistance = Assistance::DestituteDispersed,
        6 => (person.assistance, person.level, person.in_institution) = (Assistance::LowIncome, 3, true),
        8 => (person.level, person.ltci_insured) = (3, true),
        9 => person.scheme = None,
        _ => {}
    }
}
