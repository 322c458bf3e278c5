//! What people draw lawfully: combinations that no rule bars.

use crate::calendar::Month;
use crate::dice::Dice;
use crate::draw::{Draws, LONG_AGO, home_category, meal_category, pension};
use crate::person::{Assistance, FamilyPlanning, Person, Scheme};
use crate::place::Places;

/// Everything that a person draws lawfully in the year.
pub fn draws<'a>(person: &'a Person, year: i32, places: &Places, dice: &mut Dice) -> Draws<'a> {
    let mut draws = Draws::new(person, year);
    pensions(&mut draws, dice);
    assistance(&mut draws, dice);
    let insured_care = insured_care(&mut draws, dice);
    let injury_care = injury_care(&mut draws, dice);
    let nursing = nursing(&mut draws, insured_care || injury_care, dice);
    disability(&mut draws, nursing || injury_care, dice);
    old_age(&mut draws, dice);
    family_planning(&mut draws);
    services(&mut draws, places, insured_care, dice);
    day_care(&mut draws, dice);
    once(&mut draws, dice);
    draws
}

fn long_ago(draws: &Draws<'_>) -> Month {
    draws.january().plus(-LONG_AGO)
}

/// The month of a birthday, or January if that is earlier.
fn aged_from(draws: &Draws<'_>, years: i32) -> Month {
    Month::of(draws.person.born).plus(years * 12).max(draws.january())
}

fn pensions(draws: &mut Draws<'_>, dice: &mut Dice) {
    let Some(scheme) = draws.person.scheme else { return };
    let first = match scheme {
        Scheme::Employee => aged_from(draws, 50),
        Scheme::Resident => aged_from(draws, 60),
    };
    match scheme {
        Scheme::Employee => {
            let fen = i64::from(dice.between(240, 620)) * 1_000 + i64::from(dice.below(100)) * 10;
            let pool = draws.person.residence;
            draws.push((pension(scheme), ""), pool, (first, draws.last()), fen);
        }
        Scheme::Resident => {
            let fen = i64::from(dice.between(143, 320)) * 100;
            draws.at_hukou(pension(scheme), "", first, fen);
        }
    }
}

fn assistance(draws: &mut Draws<'_>, dice: &mut Dice) {
    let from = long_ago(draws);
    match draws.person.assistance {
        Assistance::None => {}
        Assistance::LowIncome => draws.at_hukou("MZ05", "", from, 0),
        Assistance::Edge => draws.at_hukou("MZ06", "", from, 0),
        Assistance::DestituteCentral | Assistance::DestituteDispersed => {
            draws.at_hukou("MZ07", "", from, i64::from(dice.between(900, 1_300)) * 100);
            if draws.person.level >= 2 && dice.mille(600) {
                draws.at_hukou("MZ08", "", draws.january(), 30_000);
            }
        }
    }
}

/// Long-term care insurance; true if drawn.
fn insured_care(draws: &mut Draws<'_>, dice: &mut Dice) -> bool {
    let person = draws.person;
    let lawful = person.ltci_insured
        && person.level >= 3
        && !person.assistance.is_destitute()
        && person.is_aged(60, draws.january());
    if !lawful || dice.mille(450) {
        return false;
    }
    let from = draws.january().plus(dice.between(0, 5));
    let fen = i64::from(dice.pick(&[1_500, 1_200, 900])) * 100;
    draws.push(("YB01", ""), person.residence, (from, draws.last()), fen);
    draws.has("YB01")
}

/// Work-injury care; true if drawn.
fn injury_care(draws: &mut Draws<'_>, dice: &mut Dice) -> bool {
    let person = draws.person;
    let employee = person.scheme == Some(Scheme::Employee) && person.problem.is_none();
    if !employee || draws.has("YB01") || person.assistance.is_destitute() || !dice.mille(6) {
        return false;
    }
    let fen = i64::from(dice.pick(&[1_600, 2_000, 2_600])) * 100;
    draws.push(("RS03", ""), person.residence, (draws.january(), draws.last()), fen);
    true
}

/// The nursing subsidy for disabled people on low income; true if drawn.
fn nursing(draws: &mut Draws<'_>, other_care: bool, dice: &mut Dice) -> bool {
    let person = draws.person;
    let lawful = person.assistance == Assistance::LowIncome && person.level >= 2 && !other_care;
    if !lawful || !person.is_aged(60, draws.january()) || dice.mille(450) {
        return false;
    }
    draws.at_hukou("MZ03", "", draws.january(), 20_000);
    true
}

fn disability(draws: &mut Draws<'_>, other_nursing: bool, dice: &mut Dice) {
    let person = draws.person;
    let planted = person.problem.is_some() && person.assistance == Assistance::LowIncome;
    if person.disability.is_none() || person.assistance.is_destitute() || draws.has("RS03") {
        return;
    }
    if person.assistance == Assistance::LowIncome && (planted || dice.mille(880)) {
        draws.at_hukou("MZ09", "", draws.january(), 10_000);
    }
    if person.heavily_disabled() && !other_nursing && dice.mille(820) {
        draws.at_hukou("MZ10", "", draws.january(), 12_000);
    }
}

fn old_age(draws: &mut Draws<'_>, dice: &mut Dice) {
    let person = draws.person;
    if person.is_aged(80, Month::new(draws.year, 12)) && dice.mille(960) {
        let fen = match draws.year - chrono::Datelike::year(&person.born) {
            100.. => 60_000,
            90..100 => 20_000,
            _ => 10_000,
        };
        draws.at_hukou("MZ01", "", aged_from(draws, 80), fen);
    }
    let poor = person.assistance.is_low_income() && person.is_aged(60, draws.january());
    let needy =
        person.level >= 1 || person.living == crate::person::Living::Alone || person.is_aged(80, draws.january());
    if poor && needy && dice.mille(550) {
        draws.at_hukou("MZ02", "", draws.january(), 15_000);
    }
    if !poor && person.problem.is_none() && !draws.has("MZ01") && person.is_aged(70, draws.january()) && dice.mille(12)
    {
        draws.at_hukou("MZ04", "", draws.january(), 18_000);
    }
}

fn family_planning(draws: &mut Draws<'_>) {
    let from = long_ago(draws);
    match draws.person.family_planning {
        Some(FamilyPlanning::Death) => draws.at_hukou("WJ01", "", from, 59_000),
        Some(FamilyPlanning::Disability) => draws.at_hukou("WJ01", "", from, 46_000),
        Some(FamilyPlanning::Reward) if draws.person.is_aged(60, draws.january()) => {
            draws.at_hukou("WJ02", "", from, 8_000);
        }
        _ => {}
    }
}

fn services(draws: &mut Draws<'_>, places: &Places, insured_care: bool, dice: &mut Dice) {
    let person = draws.person;
    let january = draws.january();
    let here = person.hukou.county() == person.residence.county() && person.moved.is_none();
    if !here || !person.is_aged(60, january) {
        return;
    }
    let local = person.hukou.county() == places.home_service_county();
    if let Some(category) = home_category(person, january)
        && !person.in_institution
        && !draws.has("MZ03")
        && (!insured_care || !local)
        && dice.mille(if local { 850 } else { 450 })
    {
        let from = january.plus(dice.between(0, 3));
        draws.at_hukou("MZ11", category, from, i64::from(dice.between(8, 30)) * 3_000);
    }
    if let Some(category) = meal_category(person, january)
        && dice.mille(if category == "M4" { 560 } else { 480 })
    {
        let from = january.plus(dice.between(0, 2));
        draws.at_hukou("MZ12", category, from, i64::from(dice.between(4, 22)) * 1_000);
    }
    if person.level >= 2 && !person.in_institution && !draws.has("MZ11") && dice.mille(140) {
        draws.at_hukou("MZ14", "", january.plus(dice.between(1, 4)), 20_000);
    }
    if person.level >= 2 && !draws.has("MZ11") && !insured_care && dice.mille(100) {
        draws.at_hukou("MZ18", "", january.plus(6), i64::from(dice.between(10, 80)) * 1_000);
    }
    institution_subsidies(draws, insured_care, dice);
}

fn institution_subsidies(draws: &mut Draws<'_>, insured_care: bool, dice: &mut Dice) {
    let person = draws.person;
    if !person.in_institution || person.level < 2 || person.assistance.is_destitute() {
        return;
    }
    let other = draws.has("MZ02") || draws.has("MZ03") || draws.has("MZ09") || draws.has("MZ10");
    if person.assistance == Assistance::LowIncome && !insured_care && !other && dice.mille(600) {
        draws.at_hukou("MZ17", "", draws.january(), 88_000);
    } else if dice.mille(350) {
        draws.at_hukou("MZ16", "", draws.january(), 30_000);
    }
}

/// Day care is meant for people up to 59; a few stay in it beyond.
fn day_care(draws: &mut Draws<'_>, dice: &mut Dice) {
    let person = draws.person;
    let young = !person.is_aged(64, draws.january());
    if young && person.heavily_disabled() && !person.in_institution && dice.mille(120) {
        draws.at_hukou("CL04", "", long_ago(draws), 50_000);
    }
}

fn once(draws: &mut Draws<'_>, dice: &mut Dice) {
    let person = draws.person;
    if draws.has("MZ14") && dice.mille(700) {
        let month = draws.january().plus(1).min(draws.last());
        let region = person.hukou;
        draws.push(("MZ13", ""), region, (month, month), 300_000);
    }
    if dice.mille(4) && person.is_aged(60, draws.january()) {
        let month = draws.january().plus(dice.between(0, 11));
        if month <= draws.last() {
            draws.push(("MZ19", ""), person.hukou, (month, month), i64::from(dice.between(3, 30)) * 10_000);
        }
    }
}
