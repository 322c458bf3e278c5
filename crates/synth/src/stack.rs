//! Combinations A01 to A24 that are allowed: each alone, without anything that goes wrong by chance.

use crate::draw::{Benefit, Draws, Handling, LONG_AGO};
use crate::person::{Assistance, Disability, FamilyPlanning, Living, Person, Scheme};
use crate::problem::Problem;

/// Name, and what is drawn.
type Stack = (&'static str, &'static [Benefit]);

/// The combinations. Outpatient treatment (A13) has no dataset, so that insured care stands alone there.
pub const STACKS: [Stack; 24] = [
    ("A01", &["MZ05", "MZ09", "MZ10"]),
    ("A02", &["MZ07", "RS02", "MZ01"]),
    ("A03", &["MZ05", "MZ10"]),
    ("A04", &["MZ05", "MZ01", "MZ02", "MZ03"]),
    ("A05", &["MZ05", "RS02"]),
    ("A06", &["MZ05", "WJ01"]),
    ("A07", &["MZ01", "MZ02", "MZ03"]),
    ("A08", &["MZ01", "RS01", "MZ12"]),
    ("A09", &["WJ01", "RS02", "MZ01", "MZ11"]),
    ("A10", &["MZ07", "MZ11"]),
    ("A11", &["MZ11", "MZ12"]),
    ("A12", &["YB01", "MZ12"]),
    ("A13", &["YB01"]),
    ("A14", &["MZ05", "MZ01", "MZ02", "MZ15"]),
    ("A15", &["MZ14"]),
    ("A16", &["MZ11"]),
    ("A17", &["RS01", "RS03"]),
    ("A18", &["MZ10", "RS02"]),
    ("A19", &["MZ13", "MZ14"]),
    ("A20", &["MZ05", "MZ09"]),
    ("A21", &["MZ05", "MZ17"]),
    ("A22", &["MZ05", "MZ03", "MZ11"]),
    ("A23", &["MZ06", "MZ01", "MZ02", "MZ12"]),
    ("A24", &["MZ11"]),
];

/// The combination of a person with [`Problem::Stack`].
pub fn of(person: &Person) -> Option<Stack> {
    let count = u64::try_from(STACKS.len()).unwrap_or(1);
    let at = person.planted(Problem::Stack, count)?;
    STACKS.get(usize::try_from(at).unwrap_or(0)).copied()
}

/// True if the person's combination is the one of this name.
pub fn is(person: &Person, name: &str) -> bool {
    of(person).is_some_and(|(of, _)| of == name)
}

/// Makes the circumstances fit: alone at home and disabled, so that home service and meals are lawful.
pub fn prepare(person: &mut Person) {
    let Some((name, benefits)) = of(person) else { return };
    let draws = |benefit| benefits.contains(&benefit);
    person.level = 3;
    person.living = Living::Alone;
    person.ltci_insured = draws("YB01") || name == "A24";
    person.in_institution = draws("MZ17");
    person.scheme = if draws("RS01") { Some(Scheme::Employee) } else { Some(Scheme::Resident) };
    if draws("MZ09") || draws("MZ10") {
        person.disability = Some(Disability { category: 4, grade: 2 });
    }
    if draws("WJ01") {
        person.family_planning = Some(FamilyPlanning::Death);
    }
    person.assistance = match (draws("MZ05"), draws("MZ06"), draws("MZ07")) {
        (true, ..) => Assistance::LowIncome,
        (_, true, _) => Assistance::Edge,
        (.., true) => Assistance::DestituteDispersed,
        _ => Assistance::None,
    };
}

/// Draws the combination and nothing else.
pub fn draw(draws: &mut Draws<'_>) {
    let Some((name, benefits)) = of(draws.person) else { return };
    draws.list.clear();
    let (region, january, last) = (draws.person.hukou, draws.january(), draws.last());
    for benefit in benefits {
        let category = match (*benefit, name) {
            ("MZ11", "A10") => "H1",
            ("MZ11", "A22") => "H2",
            ("MZ11", _) => "H4",
            ("MZ12", "A23") => "M3",
            ("MZ12", _) => "M4",
            _ => "",
        };
        let months = match *benefit {
            "MZ13" | "MZ15" => (january.plus(2), january.plus(2)),
            "MZ05" | "MZ06" | "MZ07" | "WJ01" => (january.plus(-LONG_AGO), last),
            _ => (january, last),
        };
        draws.push((benefit, category), region, months, 20_000);
    }
    for draw in &mut draws.list {
        let arrears = name == "A20" && draw.benefit == "MZ09";
        draw.handling = if arrears { Handling::MoreInArrears(january.plus(4)) } else { Handling::Clean };
    }
}
