use std::cell::Cell;

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

/// The fares of one question, each worked out when it is first asked for.
#[derive(Debug)]
pub(super) struct Fares {
    /// For which question it was worked out, and the fare.
    known: Vec<Cell<(u64, Option<u64>)>>,
    question: u64,
}

impl Fares {
    pub(super) fn new(variables: usize) -> Self {
        Self { known: vec![Cell::new((0, None)); variables], question: 0 }
    }

    /// Forgets what was worked out for the last question.
    pub(super) fn forget(&mut self) {
        self.question += 1;
    }

    pub(super) fn of(&self, system: &System, question: &Question<'_>, at: usize) -> Option<u64> {
        let slot = self.known.get(at)?;
        let (of, found) = slot.get();
        if of == self.question {
            return found;
        }
        let found = fare(system, question, at);
        slot.set((self.question, found));
        found
    }
}
