use super::prover::Question;
use crate::system::{CellId, Fate, System};

/// Whether the search may suppress further cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fare {
    Free,
    Paid,
}

/// Every change has a fare, so that the shortest way wins among those that cost nothing else.
pub(super) const STEP: u64 = 2;
/// What is known to somebody convinces fewer onlookers.
const TELLING: u64 = 3;
/// What a unit of a cell's cost counts for.
pub(super) const PRICE: u64 = 16;

/// What it costs to change a variable; `None` if the attacker would see it.
pub(crate) fn fare(system: &System, question: &Question<'_>, at: usize) -> Option<u64> {
    let variable = system.variable(at);
    if variable.is_known_zero || question.view.knows(&variable) {
        return None;
    }
    let telling = if variable.seat != 0 || variable.known != 0 { TELLING } else { 0 };
    if question.pattern.is_suppressed(CellId(variable.cell)) {
        return Some(STEP + telling);
    }
    match (question.fare, system.fate(variable.cell)) {
        (Fare::Paid, Fate::Open { cost } | Fate::SuppressedBefore { cost }) => {
            Some(STEP + telling + PRICE * u64::from(cost.max(1)))
        }
        _ => None,
    }
}
