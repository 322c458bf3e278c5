//! Changes of the true table that close every equation and were found before: what proves one value uncertain often
//! proves its neighbours uncertain too, as it is, turned round, several times, or together with others.

use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use super::fare::fare;
use super::prover::Question;
use super::witness::Move;
use crate::system::System;

/// The newest changes found through each variable, each divided by what its amounts have in common.
#[derive(Debug, Default)]
pub(super) struct KnownChanges {
    through: BTreeMap<usize, VecDeque<Rc<[Move]>>>,
}

/// Longer changes rarely fit anything else.
const LONGEST: usize = 48;
/// Changes through one variable that are kept.
const KEPT: usize = 32;

impl KnownChanges {
    /// Remembers a change that closes every equation, each variable of it once.
    pub(super) fn remember(&mut self, moves: &[Move]) {
        let Some((first, _)) = moves.first().filter(|_| moves.len() <= LONGEST) else { return };
        let divisor = moves.iter().fold(0, |divisor, (_, by)| greatest_common_divisor(divisor, *by)).max(1);
        let change: Rc<[Move]> = moves.iter().map(|(at, by)| (*at, by / divisor)).collect();
        if self.through.get(first).is_some_and(|known| known.contains(&change)) {
            return;
        }
        for (at, _) in moves {
            let through = self.through.entry(*at).or_default();
            if through.len() == KEPT {
                through.pop_front();
            }
            through.push_back(Rc::clone(&change));
        }
    }

    /// Multiples of known changes that together go towards what a claim says, as far as this gets, and stay within what the
    /// onlooker leaves open.
    pub(super) fn towards(&self, system: &System, question: &Question<'_>) -> Vec<Move> {
        let claim = question.claim;
        let value = system.variable(claim.target).value;
        let mut sum = Sum::default();
        for change in self.through.get(&claim.target).into_iter().flatten().rev() {
            let missing = claim.missing(value, sum.of(claim.target));
            if missing == 0 {
                break;
            }
            let Some((_, by)) = change.iter().find(|(at, _)| *at == claim.target) else { continue };
            let sign = missing.signum() * by.signum();
            let turned: Vec<Move> = change.iter().map(|(at, by)| (*at, by * sign)).collect();
            let times = sum.room_for(system, question, &turned, rounded_up(missing, *by));
            sum.add(&turned, times);
        }
        sum.moves()
    }
}

/// How many times a change can be made on top of others, at most as often as wanted.
pub(super) fn times_on_top(
    system: &System,
    question: &Question<'_>,
    base: &[Move],
    change: &[Move],
    wanted: i64,
) -> i64 {
    let (mut sum, mut whole) = (Sum::default(), Sum::default());
    sum.add(base, 1);
    whole.add(change, 1);
    sum.room_for(system, question, &whole.moves(), wanted)
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
    fn room_for(&self, system: &System, question: &Question<'_>, change: &[Move], wanted: i64) -> i64 {
        let target = (question.claim.target, question.claim.goal.floor);
        let room = |(at, by): &Move| {
            if fare(system, question, *at).is_none() {
                return 0;
            }
            let (low, high) = system.bounds(target, *at);
            let now = system.variable(*at).value + self.of(*at);
            (if *by > 0 { high - now } else { now - low }) / by.abs()
        };
        change.iter().map(room).fold(wanted, i64::min)
    }
}

/// How often an amount fits into another one, rounded up.
pub(super) fn rounded_up(amount: i64, part: i64) -> i64 {
    amount.abs() / part.abs() + i64::from(amount % part != 0)
}

pub(super) fn greatest_common_divisor(one: i64, other: i64) -> i64 {
    let (mut one, mut other) = (one.abs(), other.abs());
    while other != 0 {
        (one, other) = (other, one % other);
    }
    one
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::attack::{Claim, Fare, Side, View, Witness};
    use crate::pattern::Pattern;
    use crate::{Fate, Guard, System, Threshold, VariableId};

    /// A row of counts with their total, which everybody knows.
    fn row(values: &[i64]) -> System {
        let mut builder = System::builder();
        let mut terms = Vec::new();
        for value in values {
            let cell = builder.cell(value.to_string(), Fate::Open { cost: 1 });
            let guard = Guard::People(Threshold::of_people(10).unwrap());
            terms.push((1, builder.variable(cell, *value, guard)));
        }
        builder.equation(&terms, values.iter().sum());
        builder.build().unwrap()
    }

    fn towards(system: &System, known: &KnownChanges, pattern: &Pattern, side: Side) -> (Claim, Vec<Move>) {
        let claim = Claim { target: 0, goal: *system.goals.get(&0).unwrap(), side };
        let question = Question { pattern, claim: &claim, view: View::PUBLIC, fare: Fare::Free };
        (claim, known.towards(system, &question))
    }

    #[test]
    fn a_known_change_is_turned_round_and_made_as_often_as_it_has_room() {
        let system = row(&[3, 40, 30]);
        let mut known = KnownChanges::default();
        known.remember(&[(0, -2), (1, 2)]);
        let found = |pattern: &Pattern, side| towards(&system, &known, pattern, side).1;
        assert_eq!(found(&Pattern::all(3), Side::Up), [(0, 7), (1, -7)]);
        assert_eq!(found(&Pattern::all(3), Side::Down), [(0, -2), (1, 2)]);
        assert!(found(&Pattern::of(3), Side::Up).is_empty(), "what is published does not change");
    }

    #[test]
    fn several_known_changes_go_further_than_one() {
        let system = row(&[3, 14, 12]);
        let mut known = KnownChanges::default();
        known.remember(&[(0, 1), (1, -1)]);
        known.remember(&[(0, 1), (2, -1)]);
        let (_, found) = towards(&system, &known, &Pattern::all(3), Side::Up);
        assert_eq!(found, [(0, 6), (1, -4), (2, -2)], "14 and 12 stay 10 or more, and so the 3 becomes 9 at most");
    }

    proptest! {
        #[test]
        fn whatever_known_changes_give_is_a_change_that_nobody_sees(
            values in prop::collection::vec(10i64..60, 3..7),
            small in 1i64..10,
            changes in prop::collection::vec((0usize..6, 0usize..6, 1i64..5), 0..12),
            published in prop::collection::vec(any::<bool>(), 7),
            up in any::<bool>(),
        ) {
            let values = [vec![small], values].concat();
            let system = row(&values);
            let mut known = KnownChanges::default();
            for (from, to, by) in changes {
                let (from, to) = (from % values.len(), to % values.len());
                if from != to {
                    known.remember(&[(from, by), (to, -by)]);
                }
            }
            let mut pattern = Pattern::all(values.len());
            for (cell, _) in published.iter().enumerate().filter(|(cell, is_shown)| **is_shown && *cell > 0) {
                pattern.publish(system.cell_of(VariableId(cell.min(values.len() - 1))));
            }
            pattern.suppress(system.cell_of(VariableId(0)));
            let (claim, found) = towards(&system, &known, &pattern, if up { Side::Up } else { Side::Down });
            let question = Question { pattern: &pattern, claim: &claim, view: View::PUBLIC, fare: Fare::Free };
            prop_assert!(Witness::check(&system, &question, &found).is_some(), "{found:?}");
        }
    }
}
