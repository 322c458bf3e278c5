//! Who is entitled and draws nothing.

use crate::calendar::Month;
use crate::draw::{Benefit, Draw};
use crate::person::{Assistance, FamilyPlanning, Person};

/// Benefits that a person was entitled to and drew in no month of the year, with the months of entitlement. `RS`
/// means any pension.
pub fn gaps(person: &Person, draws: &[Draw], year: i32) -> Vec<(Benefit, Month, Month)> {
    let last = person.last_month(year);
    let holds = |benefits: &[&str]| draws.iter().any(|draw| benefits.contains(&draw.benefit));
    let aged_from = |years| Month::of(person.born).plus(years * 12).max(Month::new(year, 1));
    let disabled = person.disability.is_some();
    let childless = matches!(person.family_planning, Some(FamilyPlanning::Death | FamilyPlanning::Disability));
    let low_income = person.assistance == Assistance::LowIncome;
    let nursed = holds(&["MZ03", "RS03", "MZ07", "YB01"]);
    let cases = [
        ("MZ01", true, aged_from(80), holds(&["MZ01", "MZ04"])),
        ("MZ09", disabled && low_income, aged_from(60), holds(&["MZ09", "MZ07", "RS03"])),
        ("MZ10", person.heavily_disabled(), aged_from(60), nursed || holds(&["MZ10"])),
        ("WJ01", childless, aged_from(60), holds(&["WJ01"])),
        ("RS", true, aged_from(60), holds(&["RS01", "RS02"])),
    ];
    cases
        .into_iter()
        .filter(|(_, entitled, from, drawn)| *entitled && !drawn && *from <= last)
        .map(|(benefit, _, from, _)| (benefit, from, last))
        .collect()
}
