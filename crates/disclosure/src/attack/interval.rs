use std::collections::VecDeque;

use super::View;
use super::witness::{Claim, Side};
use crate::guard::UNBOUNDED;
use crate::pattern::Pattern;
use crate::rows::{Dense, Term};
use crate::system::System;

/// What is published, and who looks at it.
pub(crate) type Seen<'s> = (&'s Pattern, View);

/// Exact outer bounds of one variable at a time by bound propagation near it.
///
/// Equations further away are left out, which can only widen the bounds: what they exclude is impossible.
#[derive(Debug)]
pub(crate) struct Intervals<'a> {
    system: &'a System,
    /// The target and its least value.
    target: (usize, i64),
    low: Dense<i64>,
    high: Dense<i64>,
    is_met: Dense<bool>,
    met: Vec<usize>,
    is_near: Dense<bool>,
    near: Vec<usize>,
    is_queued: Dense<bool>,
    queue: VecDeque<usize>,
    /// No table fits the bounds.
    is_empty: bool,
}

/// Sums of the least and greatest values of a row, with how many terms have no bound.
#[derive(Debug, Clone, Copy, Default)]
struct Reach {
    least: i128,
    boundless_below: usize,
    greatest: i128,
    boundless_above: usize,
}

/// Equations that one propagation may look at again, for each that is near.
const VISITS: usize = 12;

impl<'a> Intervals<'a> {
    pub(crate) fn new(system: &'a System) -> Self {
        let (variables, equations) = (system.variables.0.len(), system.equations.len());
        Self {
            system,
            target: (0, 0),
            low: Dense::of(0, variables),
            high: Dense::of(0, variables),
            is_met: Dense::of(false, variables),
            met: Vec::new(),
            is_near: Dense::of(false, equations),
            near: Vec::new(),
            is_queued: Dense::of(false, equations),
            queue: VecDeque::new(),
            is_empty: false,
        }
    }

    /// Bounds of a target, whose own class the attacker does not use, from at most `limit` equations.
    pub(crate) fn of(&mut self, seen: &Seen<'_>, claim: &Claim, limit: usize) -> (i64, i64) {
        self.target = (claim.target, claim.goal.floor);
        self.meet(claim.target);
        self.propagate(seen, claim.target, limit);
        let found = (self.low.at(claim.target), self.high.at(claim.target));
        self.forget();
        found
    }

    /// Whether no table fits in which a target is as far as a claim says. It excludes more than the bounds of the target do,
    /// which take one equation at a time.
    pub(crate) fn refutes(&mut self, seen: &Seen<'_>, claim: &Claim, limit: usize) -> bool {
        let target = claim.target;
        self.target = (target, claim.goal.floor);
        self.meet(target);
        match claim.side {
            Side::Up => self.low.put(target, self.low.at(target).max(claim.goal.up)),
            Side::Down => self.high.put(target, self.high.at(target).min(claim.goal.down)),
        }
        self.is_empty = self.low.at(target) > self.high.at(target);
        self.propagate(seen, target, limit);
        let found = self.is_empty;
        self.forget();
        found
    }

    fn propagate(&mut self, seen: &Seen<'_>, target: usize, limit: usize) {
        self.gather(seen, target, limit);
        let mut visits = self.near.len().saturating_mul(VISITS);
        self.queue.extend(self.near.iter().copied());
        for equation in &self.near {
            self.is_queued.put(*equation, true);
        }
        while let Some(equation) = self.queue.pop_front() {
            self.is_queued.put(equation, false);
            if visits > 0 && !self.is_empty {
                visits -= 1;
                self.tighten(seen, equation);
            }
        }
    }

    fn is_open(&self, seen: &Seen<'_>, at: usize) -> bool {
        self.system.is_unknown(seen.0, at) && !seen.1.knows(&self.system.variable(at))
    }

    fn gather(&mut self, seen: &Seen<'_>, target: usize, limit: usize) {
        let mut next = 0;
        let mut waiting = vec![target];
        while let Some(at) = waiting.get(next).copied() {
            next += 1;
            for usage in self.system.uses.row(at) {
                if self.near.len() >= limit {
                    return;
                }
                if self.is_near.at(usage.at) {
                    continue;
                }
                self.is_near.put(usage.at, true);
                self.near.push(usage.at);
                for term in self.system.equations.row(usage.at) {
                    if !self.is_met.at(term.at) && self.is_open(seen, term.at) {
                        self.meet(term.at);
                        waiting.push(term.at);
                    }
                }
            }
        }
    }

    fn bounds(&self, at: usize) -> (i64, i64) {
        self.system.bounds(self.target, at)
    }

    fn meet(&mut self, at: usize) {
        let (low, high) = self.bounds(at);
        self.low.put(at, low);
        self.high.put(at, high);
        self.is_met.put(at, true);
        self.met.push(at);
    }

    fn forget(&mut self) {
        for at in self.met.drain(..) {
            self.is_met.put(at, false);
        }
        for equation in self.near.drain(..) {
            self.is_near.put(equation, false);
        }
        self.is_empty = false;
    }

    fn tighten(&mut self, seen: &Seen<'_>, equation: usize) {
        let row = self.system.equations.row(equation);
        let mut rest = i128::from(self.system.constants.at(equation));
        let mut reach = Reach::default();
        for term in row {
            if self.is_met.at(term.at) {
                reach.add(term, self.low.at(term.at), self.high.at(term.at));
            } else if self.is_open(seen, term.at) {
                let (low, high) = self.bounds(term.at);
                reach.add(term, low, high);
            } else {
                rest -= i128::from(term.by) * i128::from(self.system.variable(term.at).value);
            }
        }
        for term in row {
            if !self.is_met.at(term.at) {
                continue;
            }
            let (low, high) = (self.low.at(term.at), self.high.at(term.at));
            let (least, greatest) = reach.without(term, low, high);
            let (new_low, new_high) = solved(term.by, greatest.map(|sum| rest - sum), least.map(|sum| rest - sum));
            let tighter = (low.max(new_low), high.min(new_high));
            if tighter != (low, high) {
                if tighter.0 > tighter.1 {
                    self.is_empty = true;
                    return;
                }
                self.low.put(term.at, tighter.0);
                self.high.put(term.at, tighter.1);
                self.wake(term.at, equation);
                reach = reach.replaced(term, (low, high), tighter);
            }
        }
    }

    fn wake(&mut self, at: usize, but: usize) {
        for usage in self.system.uses.row(at) {
            if usage.at != but && self.is_near.at(usage.at) && !self.is_queued.at(usage.at) {
                self.is_queued.put(usage.at, true);
                self.queue.push_back(usage.at);
            }
        }
    }
}

impl Reach {
    fn add(&mut self, term: &Term, low: i64, high: i64) {
        let (least, greatest) = ends(term, low, high);
        match least {
            Some(least) => self.least += least,
            None => self.boundless_below += 1,
        }
        match greatest {
            Some(greatest) => self.greatest += greatest,
            None => self.boundless_above += 1,
        }
    }

    /// Least and greatest sum of the other terms; `None` if there is no bound.
    fn without(&self, term: &Term, low: i64, high: i64) -> (Option<i128>, Option<i128>) {
        let (least, greatest) = ends(term, low, high);
        let below = self.boundless_below - usize::from(least.is_none());
        let above = self.boundless_above - usize::from(greatest.is_none());
        let rest_least = self.least - least.unwrap_or(0);
        let rest_greatest = self.greatest - greatest.unwrap_or(0);
        ((below == 0).then_some(rest_least), (above == 0).then_some(rest_greatest))
    }

    fn replaced(mut self, term: &Term, old: (i64, i64), new: (i64, i64)) -> Self {
        let (least, greatest) = ends(term, old.0, old.1);
        self.least -= least.unwrap_or(0);
        self.boundless_below -= usize::from(least.is_none());
        self.greatest -= greatest.unwrap_or(0);
        self.boundless_above -= usize::from(greatest.is_none());
        self.add(term, new.0, new.1);
        self
    }
}

fn ends(term: &Term, low: i64, high: i64) -> (Option<i128>, Option<i128>) {
    let at = |bound: i64| (bound < UNBOUNDED).then(|| i128::from(term.by) * i128::from(bound));
    if term.by > 0 { (at(low), at(high)) } else { (at(high), at(low)) }
}

/// Integers x with least ≤ by · x ≤ greatest.
fn solved(by: i64, least: Option<i128>, greatest: Option<i128>) -> (i64, i64) {
    let by = i128::from(by);
    let (lower, upper) = if by > 0 { (least, greatest) } else { (greatest, least) };
    let low = lower.map_or(0, |sum| -((-sum * by.signum()).div_euclid(by.abs())));
    let high = upper.map_or(i128::from(UNBOUNDED), |sum| (sum * by.signum()).div_euclid(by.abs()));
    (i64::try_from(low).unwrap_or(0), i64::try_from(high).unwrap_or(UNBOUNDED).min(UNBOUNDED))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_rounded_to_integers_inwards() {
        assert_eq!(solved(3, Some(4), Some(11)), (2, 3));
        assert_eq!(solved(-3, Some(-11), Some(-4)), (2, 3));
        assert_eq!(solved(2, None, Some(9)), (0, 4));
        assert_eq!(solved(-2, Some(-9), None), (0, 4));
    }
}
