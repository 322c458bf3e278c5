//! Who must not be flagged: allowed combinations, and people who nearly break a rule.

use crate::person::Person;
use crate::problem::Problem;
use crate::stack;

/// A planted problem, how many variants it has, and which of them nearly break which rule.
type Near = (Problem, u64, &'static [(u64, &'static str)]);

const NEAR: [Near; 11] = [
    (Problem::CareInHospital, 4, &[(2, "near_X10"), (3, "near_X10")]),
    (Problem::HomeServiceBarred, 8, &[(6, "near_X15"), (7, "near_X15")]),
    (Problem::SubsidisedCare, 7, &[(2, "near_X18"), (4, "near_X19")]),
    (Problem::RenovatedTwice, 4, &[(3, "near_X23")]),
    (Problem::CentralSupport, 4, &[(3, "near_X25")]),
    (Problem::BeforeItsTime, 4, &[(2, "near_X29"), (3, "near_X29")]),
    (Problem::ResidentialCare, 3, &[(2, "near_X32")]),
    (Problem::PensionAboveLine, 3, &[(2, "near_X33")]),
    (Problem::ServiceInHospital, 5, &[(1, "near_X36"), (2, "near_X36"), (3, "near_X36"), (4, "near_X36")]),
    (Problem::ServicesOverlap, 4, &[(2, "near_X37"), (3, "near_X37")]),
    (Problem::ServiceWithoutGround, 4, &[(3, "near_X38")]),
];

/// `A01` to `A24`: nothing may be flagged about the person. `near_X36` and so on: not that rule.
pub fn kinds(person: &Person) -> impl Iterator<Item = &'static str> {
    let near = NEAR.iter().filter_map(|(problem, variants, near)| {
        let variant = person.planted(*problem, *variants)?;
        near.iter().find(|(of, _)| *of == variant).map(|(_, kind)| *kind)
    });
    stack::of(person).map(|(name, _)| name).into_iter().chain(near)
}
