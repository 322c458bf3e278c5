//! Changes of the true table that close every equation and were found before: what proves one value uncertain often
//! proves its neighbours uncertain too, as it is, turned round, several times, or together with others.

use std::collections::BTreeMap;

use super::prover::Question;
use super::witness::Move;
use crate::system::System;

/// The changes found so far, by the variables that they change.
#[derive(Debug, Default)]
pub(super) struct KnownChanges {
    changes: Vec<Vec<Move>>,
    through: BTreeMap<usize, Vec<usize>>,
}

/// Longer changes rarely fit anything else.
const LONGEST: usize = 48;
/// Changes through one variable that are kept, the newest.
const KEPT: usize = 32;

impl KnownChanges {
    /// Remembers a change that closes every equation, each variable of it once.
    pub(super) fn remember(&mut self, moves: &[Move]) {
        if moves.is_empty() || moves.len() > LONGEST {
            return;
        }
        let divisor = moves.iter().fold(0, |divisor, (_, by)| common(divisor, *by)).max(1);
        let number = self.changes.len();
        self.changes.push(moves.iter().map(|(at, by)| (*at, by / divisor)).collect());
        for (at, _) in moves {
            let through = self.through.entry(*at).or_default();
            if through.len() == KEPT {
                through.remove(0);
            }
            through.push(number);
        }
    }

    /// Multiples of known changes that together go as far as a claim says and stay within what the onlooker leaves open.
    pub(super) fn proof(&self, system: &System, question: &Question<'_>) -> Option<Vec<Move>> {
        let claim = question.claim;
        let value = system.variable(claim.target).value;
        let through = self.through.get(&claim.target)?;
        let mut sum = Sum::default();
        for change in through.iter().rev().filter_map(|number| self.changes.get(*number)) {
            let missing = claim.missing(value, sum.of(claim.target));
            if missing == 0 {
                break;
            }
            let by = change.iter().find(|(at, _)| *at == claim.target).map_or(1, |(_, by)| *by);
            let sign = missing.signum() * by.signum();
            let turned: Vec<Move> = change.iter().map(|(at, by)| (*at, by * sign)).collect();
            let times = sum.room_for((system, question), &turned, rounded_up(missing, by));
            sum.add(&turned, times);
        }
        (claim.missing(value, sum.of(claim.target)) == 0).then(|| sum.moves())
    }
}

/// How many times a change can be made on top of others, at most as often as wanted.
pub(super) fn times(system: &System, question: &Question<'_>, (base, change): (&[Move], &[Move]), wanted: i64) -> i64 {
    let (mut sum, mut whole) = (Sum::default(), Sum::default());
    sum.add(base, 1);
    whole.add(change, 1);
    sum.room_for((system, question), &whole.moves(), wanted)
}

/// Changes by variable.
#[derive(Debug, Default)]
struct Sum(BTreeMap<usize, i64>);

impl Sum {
    fn of(&self, at: usize) -> i64 {
        self.0.get(&at).copied().unwrap_or(0)
    }

    fn add(&mut self, change: &[Move], times: i64) {
        if times > 0 {
            for (at, by) in change {
                *self.0.entry(*at).or_default() += by * times;
            }
        }
    }

    fn moves(self) -> Vec<Move> {
        self.0.into_iter().filter(|(_, by)| *by != 0).collect()
    }

    /// How many times each variable of a change can still follow it, at most as often as wanted.
    fn room_for(&self, (system, question): (&System, &Question<'_>), change: &[Move], wanted: i64) -> i64 {
        let target = (question.claim.target, question.claim.goal.floor);
        change.iter().fold(wanted, |times, (at, by)| {
            let variable = system.variable(*at);
            if !system.is_unknown(question.pattern, *at) || question.view.knows(&variable) {
                return 0;
            }
            let (low, high) = system.bounds(target, *at);
            let now = variable.value + self.of(*at);
            times.min((if *by > 0 { high - now } else { now - low }) / by.abs())
        })
    }
}

/// How often an amount fits into another one, rounded up.
pub(super) fn rounded_up(amount: i64, part: i64) -> i64 {
    (amount.abs() + part.abs() - 1) / part.abs()
}

/// The greatest common divisor.
pub(super) fn common(one: i64, other: i64) -> i64 {
    let (mut one, mut other) = (one.abs(), other.abs());
    while other != 0 {
        (one, other) = (other, one % other);
    }
    one
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attack::{Claim, Fare, Side, View};
    use crate::pattern::Pattern;
    use crate::{Fate, Guard, System, Threshold};

    #[test]
    fn a_known_change_proves_its_other_values_as_often_as_they_have_room() {
        let mut builder = System::builder();
        let cells: Vec<_> = [3, 40, 30]
            .into_iter()
            .map(|value| {
                let cell = builder.cell(format!("{value}"), Fate::Open { cost: 1 });
                builder.variable(cell, value, Guard::People(Threshold::of_people(10).unwrap())).0
            })
            .collect();
        builder.equation(&cells.iter().map(|at| (1, crate::VariableId(*at))).collect::<Vec<_>>(), 73);
        let system = builder.build().unwrap();
        let mut known = KnownChanges::default();
        known.remember(&[(cells[0], -2), (cells[1], 2)]);
        let goal = *system.goals.get(&cells[0]).unwrap();
        let pattern = Pattern::all(3);
        let proof = |side| {
            let claim = Claim { target: cells[0], goal, side };
            let question = Question { pattern: &pattern, claim: &claim, view: View::PUBLIC, fare: Fare::Free };
            known.proof(&system, &question)
        };
        assert_eq!(proof(Side::Up).unwrap(), [(cells[0], 7), (cells[1], -7)]);
        assert_eq!(proof(Side::Down).unwrap(), [(cells[0], -2), (cells[1], 2)]);
        let published = Pattern::of(3);
        let claim = Claim { target: cells[0], goal, side: Side::Up };
        let question = Question { pattern: &published, claim: &claim, view: View::PUBLIC, fare: Fare::Free };
        assert_eq!(known.proof(&system, &question), None);
    }
}
