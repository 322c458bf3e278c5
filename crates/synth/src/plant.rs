//! Plants the problems: changes what a person draws so that a rule is broken, or nearly.

use crate::calendar::Month;
use crate::dice::Dice;
use crate::draw::{Draws, Handling, LONG_AGO};
use crate::place::{Places, Region};
use crate::problem::Problem;

mod more;

/// Changes the lawful draws of a person with a planted problem.
pub fn plant(draws: &mut Draws<'_>, places: &Places, dice: &mut Dice) {
    use Problem as P;
    let Some(problem) = draws.person.problem else { return };
    match problem {
        P::DestituteWithDisabilityAllowance => destitute_with_allowance(draws, dice),
        P::InjuryCareWithDisabilityAllowance => injury_with_allowance(draws, dice),
        P::TwoNursingSubsidies => {
            let from = some_month(draws, dice);
            replace(draws, "MZ03", from, 20_000);
            replace(draws, "MZ10", draws.january(), 12_000);
            draws.remove("MZ11");
            draws.remove("YB01");
        }
        P::LowIncomeAndDestitute => low_income_and_destitute(draws, dice),
        P::TwoPensions => two_pensions(draws, dice),
        P::PensionInTwoCounties => second_county(draws, "RS02", places, dice),
        P::PaidAfterDeath => after_death(draws, dice),
        P::InsuredCareWithHomeService => insured_care_with_service(draws, dice),
        P::TwoServiceCategories => two_categories(draws),
        P::FamilyBedInInstitution => replace(draws, "MZ14", draws.january().plus(1), 20_000),
        P::AllowanceInTwoCounties => {
            replace(draws, "MZ01", draws.january(), 10_000);
            second_county(draws, "MZ01", places, dice);
        }
        P::PaidTwice | P::ExportedTwice => handled(draws, problem, dice),
        P::TakenBack => taken_back(draws),
        P::ArrearsNearMiss => arrears(draws),
        P::NotReceiving => draws.remove("MZ01"),
        P::OtherPair => other_pair(draws, dice),
        P::AllowedStack => allowed_stack(draws),
        P::AllowanceTooEarly => {
            let from = Month::new(draws.year, dice.between(4, 9));
            replace(draws, "MZ01", from, 10_000);
        }
        P::TwoInstitutions | P::Moved | P::HospitalDays | P::ServiceOrders | P::DoubtfulDeath => {}
        other => more::plant(draws, other, dice),
    }
}

/// A month from February to September.
fn some_month(draws: &Draws<'_>, dice: &mut Dice) -> Month {
    Month::new(draws.year, dice.between(2, 9))
}

/// Draws this benefit from a month on, and nothing else of it.
fn replace(draws: &mut Draws<'_>, benefit: &'static str, from: Month, fen: i64) {
    draws.remove(benefit);
    draws.at_hukou(benefit, "", from, fen);
}

fn destitute_with_allowance(draws: &mut Draws<'_>, dice: &mut Dice) {
    let variant = Problem::variant(draws.person.number, 3);
    let from = some_month(draws, dice);
    if variant != 1 {
        replace(draws, "MZ09", from, 10_000);
    }
    if variant != 0 {
        replace(draws, "MZ10", from.plus(dice.between(0, 2)), 12_000);
    }
}

fn injury_with_allowance(draws: &mut Draws<'_>, dice: &mut Dice) {
    draws.remove("YB01");
    draws.remove("MZ03");
    let region = draws.person.residence;
    let from = some_month(draws, dice);
    draws.push(("RS03", ""), region, (draws.january(), draws.last()), 200_000);
    if Problem::variant(draws.person.number, 2) == 0 {
        replace(draws, "MZ10", from, 12_000);
    } else {
        replace(draws, "MZ09", from, 10_000);
        draws.remove("MZ10");
    }
}

/// The 低保 roll was not closed when the person went over to 特困, for some months or to this day.
fn low_income_and_destitute(draws: &mut Draws<'_>, dice: &mut Dice) {
    let region = draws.person.hukou;
    let from = some_month(draws, dice);
    let closed =
        if Problem::variant(draws.person.number, 2) == 0 { from.plus(dice.between(0, 2)) } else { draws.last() };
    draws.push(("MZ05", ""), region, (draws.january().plus(-LONG_AGO), closed), 0);
    draws.push(("MZ07", ""), region, (from, draws.last()), 105_000);
}

fn two_pensions(draws: &mut Draws<'_>, dice: &mut Dice) {
    let from = some_month(draws, dice);
    let region = draws.person.residence;
    draws.remove("RS01");
    replace(draws, "RS02", draws.january(), 18_600);
    draws.push(("RS01", ""), region, (from, draws.last()), 312_000);
}

fn second_county(draws: &mut Draws<'_>, benefit: &'static str, places: &Places, dice: &mut Dice) {
    let from = some_month(draws, dice);
    let county = places.other_county(draws.person.hukou.county(), dice);
    let region = places.village(county, dice);
    let fen = draws.list.iter().find(|draw| draw.benefit == benefit).map_or(16_500, |draw| draw.fen);
    draws.push((benefit, ""), region, (from, draws.last()), fen + 500);
}

/// One or two benefits run on for one to four months after the month of death.
fn after_death(draws: &mut Draws<'_>, dice: &mut Dice) {
    let Some(death) = draws.person.month_of_death() else { return };
    let until = death.plus(dice.between(1, 4)).min(Month::new(draws.year, 12));
    let wanted = if Problem::variant(draws.person.number, 3) == 0 { 2 } else { 1 };
    let running = draws.list.iter_mut().filter(|draw| draw.until == death && draw.from <= death);
    for draw in running.take(wanted) {
        draw.until = until;
        draw.handling = Handling::Clean;
    }
}

fn insured_care_with_service(draws: &mut Draws<'_>, dice: &mut Dice) {
    draws.remove("YB01");
    draws.remove("MZ11");
    draws.remove("MZ03");
    let (region, last) = (draws.person.residence, draws.last());
    let from = some_month(draws, dice);
    let service_until = if dice.mille(400) { from.plus(1).min(last) } else { last };
    draws.push(("MZ11", "H4"), draws.person.hukou, (draws.january(), service_until), 36_000);
    draws.push(("YB01", ""), region, (from, last), 120_000);
}

fn two_categories(draws: &mut Draws<'_>) {
    draws.remove("MZ11");
    draws.remove("MZ03");
    draws.remove("YB01");
    let from = draws.january();
    draws.at_hukou("MZ11", "H6", from, 45_000);
    draws.at_hukou("MZ11", "H4", from.plus(4), 30_000);
}

fn handled(draws: &mut Draws<'_>, problem: Problem, dice: &mut Dice) {
    let month = Month::new(draws.year, dice.between(2, 11));
    if Problem::variant(draws.person.number, 2) == 0 {
        replace(draws, "MZ02", draws.january(), 15_000);
    } else if !draws.has("RS02") {
        draws.remove("RS01");
        replace(draws, "RS02", draws.january(), 18_600);
    }
    let benefit = if draws.has("MZ02") { "MZ02" } else { "RS02" };
    for draw in draws.list.iter_mut().filter(|draw| draw.benefit == benefit) {
        draw.handling = match problem {
            Problem::PaidTwice => Handling::PaidTwice(month),
            _ => Handling::ExportedTwice(month),
        };
    }
}

/// A disability allowance paid in error to a 特困 person and taken back: the net is nothing, so no X01.
fn taken_back(draws: &mut Draws<'_>) {
    let (region, january) = (draws.person.hukou, draws.january());
    draws.push(("MZ07", ""), region, (january.plus(-LONG_AGO), draws.last()), 105_000);
    draws.remove("MZ09");
    draws.push(("MZ09", ""), region, (january.plus(2), january.plus(3)), 10_000);
    if let Some(draw) = draws.list.last_mut() {
        draw.handling = Handling::TakenBack;
    }
}

/// MZ09 for January and February, paid in March, when 特困 begins.
fn arrears(draws: &mut Draws<'_>) {
    let (region, january) = (draws.person.hukou, draws.january());
    draws.remove("MZ09");
    draws.remove("MZ10");
    draws.push(("MZ09", ""), region, (january, january.plus(1)), 10_000);
    if let Some(draw) = draws.list.last_mut() {
        draw.handling = Handling::Arrears;
    }
    draws.push(("MZ07", ""), region, (january.plus(2), draws.last()), 105_000);
}

/// In a world of 2,000 people the first five of them.
const PAIRS: [(&str, &str); 12] = [
    ("YB01", "RS03"),
    ("YB01", "MZ03"),
    ("YB01", "MZ10"),
    ("MZ17", "MZ07"),
    ("YB01", "MZ17"),
    ("YB01", "MZ07"),
    ("MZ16", "MZ11"),
    ("MZ04", "MZ01"),
    ("MZ04", "MZ02"),
    ("RS03", "MZ03"),
    ("MZ07", "MZ02"),
    ("MZ04", "MZ09"),
];

/// A pair of another rule of the book, each in turn.
fn other_pair(draws: &mut Draws<'_>, dice: &mut Dice) {
    let last = u64::try_from(PAIRS.len()).unwrap_or(1);
    let at = usize::try_from(Problem::variant(draws.person.number, last)).unwrap_or(0);
    let Some((left, right)) = PAIRS.get(at).copied() else { return };
    for benefit in ["YB01", "RS03", "MZ03", "MZ10", "MZ09", "MZ11", "MZ01", "MZ02", "MZ04", "MZ17"] {
        draws.remove(benefit);
    }
    let from = some_month(draws, dice);
    single(draws, left, draws.january());
    single(draws, right, from);
}

fn single(draws: &mut Draws<'_>, benefit: &'static str, from: Month) {
    let region: Region = draws.person.hukou;
    let category = if benefit == "MZ11" { "H4" } else { "" };
    draws.push((benefit, category), region, (from, draws.last()), 40_000);
}

const STACKS: [&[&str]; 12] = [
    &["MZ09", "MZ10", "MZ05"],
    &["MZ07", "RS02", "MZ01"],
    &["MZ05", "MZ09", "MZ10"],
    &["MZ05", "MZ01", "MZ02", "MZ03"],
    &["MZ05", "RS02"],
    &["MZ05", "WJ01"],
    &["MZ01", "MZ02", "MZ03"],
    &["WJ01", "MZ11", "RS02", "MZ01"],
    &["MZ07", "MZ11", "MZ12"],
    &["YB01", "MZ12", "MZ01"],
    &["RS01", "RS03", "MZ01"],
    &["MZ14", "MZ13", "MZ06"],
];

/// A combination that is allowed, each in turn, and nothing else.
fn allowed_stack(draws: &mut Draws<'_>) {
    let last = u64::try_from(STACKS.len()).unwrap_or(1);
    let at = usize::try_from(Problem::variant(draws.person.number, last)).unwrap_or(0);
    draws.list.clear();
    for benefit in STACKS.get(at).copied().unwrap_or_default() {
        let category = match *benefit {
            "MZ11" => "H4",
            "MZ12" => "M4",
            _ => "",
        };
        let (region, january) = (draws.person.hukou, draws.january());
        let until = if *benefit == "MZ13" { january } else { draws.last() };
        draws.push((benefit, category), region, (january, until), 20_000);
    }
}
