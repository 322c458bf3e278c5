use std::collections::BTreeMap;

use super::View;
use super::prover::Question;
use crate::guard::Goal;
use crate::system::{CellId, System};

/// A change of variable by amount.
pub(crate) type Move = (usize, i64);

/// To which side of the true value an attacker must be unsure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Side {
    Up,
    Down,
}

/// That a variable could have a value beyond its goal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Claim {
    pub(crate) target: usize,
    pub(crate) goal: Goal,
    pub(crate) side: Side,
}

/// How another table that fits differs from the true one, and who would see that it is not the true one.
#[derive(Debug, Clone)]
pub(crate) struct Witness {
    pub(crate) moves: Vec<Move>,
    /// The change of the target.
    by: i64,
    known: u16,
    seats: Vec<usize>,
}

impl Claim {
    /// No more than bounds allow.
    pub(crate) fn capped(&self, low: i64, high: i64) -> Self {
        let goal = Goal { up: self.goal.up.min(high), down: self.goal.down.max(low), ..self.goal };
        Self { goal, ..*self }
    }

    /// The value that the target must be able to have.
    pub(crate) fn aim(&self) -> i64 {
        match self.side {
            Side::Up => self.goal.up,
            Side::Down => self.goal.down,
        }
    }

    /// The same with another value.
    pub(crate) fn with(&self, aim: i64) -> Self {
        let goal = match self.side {
            Side::Up => Goal { up: aim, ..self.goal },
            Side::Down => Goal { down: aim, ..self.goal },
        };
        Self { goal, ..*self }
    }

    /// The change of the target that is still missing, given its change so far.
    pub(crate) fn missing(&self, value: i64, moved: i64) -> i64 {
        match self.side {
            Side::Up => (self.goal.up - value - moved).max(0),
            Side::Down => (self.goal.down - value - moved).min(0),
        }
    }
}

impl Witness {
    /// Checks a change of the true table with integers alone; `None` if it does not fit what the onlooker knows.
    pub(crate) fn check(system: &System, question: &Question<'_>, moves: &[Move]) -> Option<Self> {
        let Question { pattern, claim, view, .. } = *question;
        let moves = summed(moves);
        let mut sums: BTreeMap<usize, i128> = BTreeMap::new();
        let (mut known, mut seats, mut reached) = (0, Vec::new(), 0);
        for (at, by) in &moves {
            let variable = system.variable(*at);
            let to = variable.value.checked_add(*by)?;
            let is_target = *at == claim.target;
            let (low, high) = system.bounds((claim.target, claim.goal.floor), *at);
            let fits = (low..=high).contains(&to);
            if !fits || !system.is_unknown(pattern, *at) || view.knows(&variable) {
                return None;
            }
            reached = if is_target { *by } else { reached };
            known |= variable.known;
            seats.extend((variable.seat != 0).then_some(variable.seat));
            for term in system.uses.row(*at) {
                *sums.entry(term.at).or_default() += i128::from(term.by) * i128::from(*by);
            }
        }
        seats.sort_unstable();
        seats.dedup();
        let closes = sums.values().all(|sum| *sum == 0);
        closes.then_some(Self { moves, by: reached, known, seats })
    }

    /// Whether a change would prove the claim once all of its cells are not published.
    pub(crate) fn fits(system: &System, question: &Question<'_>, moves: &[Move]) -> bool {
        let mut pattern = question.pattern.clone();
        for (at, _) in moves {
            pattern.suppress(CellId(system.variable(*at).cell));
        }
        let found = Self::check(system, &Question { pattern: &pattern, ..*question }, moves);
        found.is_some_and(|witness| witness.reaches(system, question.claim))
    }

    /// Whether it goes as far as a claim says.
    pub(crate) fn reaches(&self, system: &System, claim: &Claim) -> bool {
        claim.missing(system.variable(claim.target).value, self.by) == 0
    }

    /// Whether it still convinces somebody who knows more.
    pub(crate) fn holds_from(&self, view: View) -> bool {
        self.known & view.bit == 0 && (view.seat == 0 || self.seats.binary_search(&view.seat).is_err())
    }

    /// The seats that see through it.
    pub(crate) fn seats(&self) -> &[usize] {
        &self.seats
    }
}

fn summed(moves: &[Move]) -> Vec<Move> {
    let mut sums: BTreeMap<usize, i64> = BTreeMap::new();
    for (at, by) in moves {
        *sums.entry(*at).or_default() += by;
    }
    sums.into_iter().filter(|(_, by)| *by != 0).collect()
}
