//! Plants the problems of the second sequence.

use crate::calendar::Month;
use crate::dice::Dice;
use crate::draw::{Benefit, Draws, Handling, LONG_AGO};
use crate::person::Assistance;
use crate::problem::Problem;
use crate::rulebook::{CARE_CAP, CARE_RATE, POVERTY_LINE};
use crate::stack;

/// Changes what a person draws so that a rule of the second sequence is broken, or nearly.
pub(super) fn plant(draws: &mut Draws<'_>, problem: Problem, dice: &mut Dice) {
    use Problem as P;
    if problem == P::Stack {
        stack::draw(draws);
        return;
    }
    let from = Month::new(draws.year, dice.between(2, 8));
    let variant = |variants| Problem::variant(draws.person.number, variants);
    match problem {
        P::LivingAllowances => alone(draws, &["MZ05", "MZ09", "RS02"], &[("MZ02", "", from, 15_000)]),
        P::CareInHospital => alone(draws, &["YB01", "RS02"], &[]),
        P::HomeServiceBarred => barred(draws, variant(8), from),
        P::SubsidisedCare => subsidised_care(draws, variant(7)),
        P::Voucher => voucher(draws, variant(4), from.max(Month::new(draws.year, 7))),
        P::RenovatedTwice => alone(draws, &["MZ05", "RS02"], &[]),
        P::CentralSupport => central_support(draws, variant(4), from),
        P::BeforeItsTime => before_its_time(draws, variant(4)),
        P::ResidentialCare => {
            let benefit = if variant(3) == 1 { "MZ17" } else { "MZ16" };
            alone(draws, &["RS02", "CL04"], &[(benefit, "", from, 30_000)]);
        }
        P::PensionAboveLine => {
            let line = POVERTY_LINE * i64::from(draws.person.household.members);
            let fen = if variant(3) == 2 { line } else { line + 100 };
            alone(draws, &["MZ05"], &[("RS01", "", draws.january(), fen)]);
        }
        P::ServiceInHospital | P::ServicesOverlap | P::ServiceWithoutGround => alone(draws, &["RS02"], &[]),
        P::HomeEntitled | P::MealEntitled => entitled(draws, &["RS02", "MZ01"]),
        P::AllowanceEntitled => allowance(draws, variant(14)),
        P::DeadAndAlive => after_death(draws),
        P::FurtherPair => further_pair(draws, variant(7), from),
        _ => {}
    }
}

/// Another benefit with category, first month and amount.
type Added = (Benefit, &'static str, Month, i64);

/// Draws these from before the year on, and what is added; nothing else.
fn alone(draws: &mut Draws<'_>, benefits: &[Benefit], added: &[Added]) {
    draws.list.clear();
    let (region, last) = (draws.person.hukou, draws.last());
    let since = draws.january().plus(-LONG_AGO);
    for benefit in benefits {
        let fen = match *benefit {
            "YB01" => 120_000,
            "MZ07" => 105_000,
            "CL04" => 50_000,
            _ => 18_600,
        };
        draws.push((benefit, ""), region, (since, last), fen);
    }
    for (benefit, category, from, fen) in added {
        draws.push((benefit, category), region, (*from, last), *fen);
    }
    for draw in &mut draws.list {
        draw.handling = Handling::Clean;
    }
}

fn barred(draws: &mut Draws<'_>, variant: u64, from: Month) {
    let service = ("MZ11", "H4", draws.january(), 36_000);
    let beside = match variant {
        1 => ("MZ16", "", from, 30_000),
        2 => ("MZ17", "", from, 88_000),
        3 | 5 => ("MZ03", "", from, 20_000),
        4 => return alone(draws, &["RS02"], &[service]),
        6 => ("MZ12", "M4", from, 9_000),
        _ => ("MZ14", "", from, 20_000),
    };
    alone(draws, &["RS02"], &[service, beside]);
}

fn subsidised_care(draws: &mut Draws<'_>, variant: u64) {
    let january = draws.january();
    let (paid, beside) = match variant {
        0 => (CARE_RATE, Some(("MZ03", 20_000))),
        1 => (CARE_RATE - 10_000, Some(("MZ02", 15_000))),
        2 => (CARE_RATE - 20_000, Some(("MZ03", 20_000))),
        3 => (CARE_CAP + 40_000, None),
        4 => (CARE_CAP, None),
        5 => (CARE_RATE, Some(("MZ09", 10_000))),
        _ => (CARE_RATE, Some(("MZ10", 12_000))),
    };
    let mut added = vec![("MZ17", "", january, paid)];
    added.extend(beside.map(|(benefit, fen)| (benefit, "", january.plus(3), fen)));
    alone(draws, &["MZ05", "RS02"], &added);
}

fn voucher(draws: &mut Draws<'_>, variant: u64, from: Month) {
    let (benefit, category) = match variant {
        0 => ("YB01", ""),
        1 => ("MZ11", "H4"),
        2 => ("MZ07", ""),
        _ => ("MZ17", ""),
    };
    alone(draws, &["RS02"], &[(benefit, category, draws.january(), 60_000), ("MZ18", "", from, 40_000)]);
}

fn central_support(draws: &mut Draws<'_>, variant: u64, from: Month) {
    let added = match variant {
        1 => ("MZ14", "", from, 20_000),
        2 => ("MZ15", "", from, 300_000),
        _ => ("MZ11", "H1", from, 36_000),
    };
    alone(draws, &["MZ07", "RS02"], &[added]);
    for draw in draws.list.iter_mut().filter(|draw| draw.benefit == "MZ15") {
        draw.until = draw.from;
    }
}

fn before_its_time(draws: &mut Draws<'_>, variant: u64) {
    let january = draws.january();
    let birthday = Month::of(draws.person.born).plus(80 * 12);
    if variant == 0 {
        alone(draws, &["RS02"], &[("MZ02", "", january, 15_000)]);
        let late = Handling::ApprovedIn(january.plus(4));
        draws.list.iter_mut().filter(|draw| draw.benefit == "MZ02").for_each(|draw| draw.handling = late);
        return;
    }
    let from = birthday.plus(i32::try_from(variant).unwrap_or(0) - 2).max(january);
    alone(draws, &["RS02"], &[("MZ01", "", from, 10_000)]);
}

/// Draws these and what goes with social assistance; not what the person is entitled to.
fn entitled(draws: &mut Draws<'_>, benefits: &[Benefit]) {
    let roll = match draws.person.assistance {
        Assistance::LowIncome => Some("MZ05"),
        Assistance::Edge => Some("MZ06"),
        Assistance::DestituteCentral | Assistance::DestituteDispersed => Some("MZ07"),
        Assistance::None => None,
    };
    let special = draws.person.family_planning.map(|_| "WJ01");
    let from = Month::of(draws.person.born).plus(80 * 12);
    let all: Vec<Benefit> = benefits.iter().copied().chain(roll).chain(special).collect();
    alone(draws, &all, &[]);
    for draw in draws.list.iter_mut().filter(|draw| draw.benefit == "MZ01") {
        draw.from = draw.from.max(from);
    }
    draws.list.retain(|draw| draw.from <= draw.until);
}

fn allowance(draws: &mut Draws<'_>, variant: u64) {
    match variant {
        0 | 12 | 13 => entitled(draws, &["RS02"]),
        2 => entitled(draws, &["RS02", "MZ01", "MZ02"]),
        7 => {
            entitled(draws, &["RS02", "MZ01", "MZ12"]);
            draws.list.iter_mut().filter(|draw| draw.benefit == "MZ12").for_each(|draw| draw.category = "M5");
        }
        9 => entitled(draws, &["MZ01"]),
        _ => entitled(draws, &["RS02", "MZ01"]),
    }
}

fn after_death(draws: &mut Draws<'_>) {
    let Some(death) = draws.person.month_of_death() else { return };
    alone(draws, &["RS02"], &[]);
    for draw in &mut draws.list {
        draw.until = death.plus(4).min(Month::new(draws.year, 12));
    }
}

/// In a world of 2,000 people the first six of them.
const PAIRS: [(Benefit, Benefit); 7] = [
    ("YB01", "MZ08"),
    ("MZ04", "MZ03"),
    ("MZ04", "MZ10"),
    ("MZ07", "MZ04"),
    ("RS03", "MZ03"),
    ("MZ16", "MZ11"),
    ("MZ07", "MZ03"),
];

fn further_pair(draws: &mut Draws<'_>, variant: u64, from: Month) {
    let Some((left, right)) = PAIRS.get(usize::try_from(variant).unwrap_or(0)).copied() else { return };
    let category = if right == "MZ11" { "H4" } else { "" };
    let january = draws.january();
    alone(draws, &["RS02"], &[(left, "", january, 40_000), (right, category, from, 30_000)]);
}
