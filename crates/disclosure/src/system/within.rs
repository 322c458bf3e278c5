//! What zeros and classes alone say of a count, which nothing that is published can be blamed for.
//!
//! Whoever knows that a total is small knows that its parts are; whoever knows that two parts are not empty knows
//! that their total is 2 at least.

use std::collections::BTreeMap;

use super::System;
use crate::guard::{Goal, Reason, UNBOUNDED};
use crate::rows::{Dense, Term};

/// Rounds of propagation, more than there are levels in any table.
const ROUNDS: usize = 24;

/// Widens the goals of counts to what can be asked for, and finds the small counts that each one is part of.
pub(super) fn settle(system: &mut System) {
    let wholes = wholes(system);
    let least = least(system, &wholes);
    for (at, goal) in &mut system.goals {
        if matches!(goal.reason, Reason::FewPeople | Reason::AllInOneClass) {
            let width = goal.up - 1;
            goal.down = goal.down.max(least.at(*at));
            goal.up = goal.up.max(goal.down + width);
        }
    }
    let wider: BTreeMap<usize, Vec<usize>> =
        system.goals.iter().map(|(at, goal)| (*at, containers(system, &wholes, *at, goal))).collect();
    system.wider = wider.into_iter().filter(|(_, found)| !found.is_empty()).collect();
}

/// Equations that say "the whole is the sum of its parts", by whole.
fn wholes(system: &System) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for equation in 0..system.equations.len() {
        if system.constants.at(equation) != 0 {
            continue;
        }
        let row = system.equations.row(equation);
        for sign in [1, -1] {
            let mut ones = row.iter().filter(|term| term.by.signum() == sign);
            if let (Some(Term { at, by: 1 | -1 }), None) = (ones.next(), ones.next()) {
                found.push((*at, equation));
            }
        }
    }
    found
}

/// The least value of each variable that is not empty, if none of its parts that are not empty is.
fn least(system: &System, wholes: &[(usize, usize)]) -> Dense<i64> {
    let mut least = Dense(system.variables.0.iter().map(|variable| variable.low.min(1)).collect());
    for (at, variable) in system.variables.0.iter().enumerate() {
        if variable.is_known_zero {
            least.put(at, 0);
        }
    }
    for _ in 0..ROUNDS {
        let mut changed = false;
        for (whole, equation) in wholes {
            let parts = system.equations.row(*equation).iter().filter(|term| term.at != *whole);
            let sum: i64 = parts.map(|term| least.at(term.at).saturating_mul(term.by.abs())).sum();
            if sum > least.at(*whole) {
                least.put(*whole, sum);
                changed = true;
            }
        }
        if !changed {
            break;
        }
    }
    least
}

/// The small counts that a variable is part of; of a companion, the small counts of its cell too.
fn containers(system: &System, wholes: &[(usize, usize)], at: usize, goal: &Goal) -> Vec<usize> {
    let mut found = vec![at];
    if goal.reason == Reason::Companion {
        let cell = system.variable(at).cell;
        found.extend(system.cell_variables.row(cell).iter().map(|term| term.at));
    }
    let mut next = 0;
    while let Some(part) = found.get(next).copied() {
        next += 1;
        for usage in system.uses.row(part) {
            let near = wholes.partition_point(|(_, equation)| *equation < usage.at);
            let of_equation = wholes.iter().skip(near).take_while(|(_, equation)| *equation == usage.at);
            for (whole, _) in of_equation {
                if system.variable(*whole).high < UNBOUNDED && !found.contains(whole) {
                    found.push(*whole);
                }
            }
        }
    }
    found.retain(|one| *one != at && system.variable(*one).high < UNBOUNDED);
    found.sort_unstable();
    found
}
