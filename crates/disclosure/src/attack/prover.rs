use super::View;
use super::interval::Intervals;
use super::moves::{Fare, Moves, Query};
use super::near;
use super::witness::{Claim, Move, Side, Witness};
use crate::pattern::Pattern;
use crate::system::System;

/// How many questions were answered by what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Questions that propagation of bounds answered: the value is too well known.
    pub by_propagation: u64,
    /// Questions that a change found by search answered: the value is uncertain.
    pub by_search: u64,
    /// Questions that went to a linear program, …
    pub programs: u64,
    /// … and for which it found a change that proves the value uncertain.
    pub by_program: u64,
    /// Questions without a proof for either; the value counts as too well known.
    pub undecided: u64,
}

/// Finds witnesses.
#[derive(Debug)]
pub(crate) struct Prover<'a> {
    system: &'a System,
    moves: Moves<'a>,
    intervals: Intervals<'a>,
    pub(crate) counts: Counts,
}

/// What is asked of the search.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Question<'q> {
    pub(crate) pattern: &'q Pattern,
    pub(crate) claim: &'q Claim,
    pub(crate) view: View,
    pub(crate) fare: Fare,
}

/// States that a search may expand without, and with, suppressing more.
const FREE: usize = 400;
const PAID: usize = 3_000;
/// Parts in which a change may be put together.
const PARTS: usize = 24;
/// Equations near a target for a first look, and for the last word.
const NEAR: usize = 40;
const FAR: usize = 4_000;

impl<'a> Prover<'a> {
    pub(crate) fn new(system: &'a System) -> Self {
        Self { system, moves: Moves::new(system), intervals: Intervals::new(system), counts: Counts::default() }
    }

    /// A witness for a claim under a pattern as it is; `None` means that the claim counts as refuted.
    pub(crate) fn prove(&mut self, pattern: &Pattern, claim: &Claim, view: View) -> Option<Witness> {
        if self.is_refuted(pattern, claim, view, NEAR) {
            self.counts.by_propagation += 1;
            return None;
        }
        let question = Question { pattern, claim, view, fare: Fare::Free };
        if let Some(witness) = self.witness(&question) {
            self.counts.by_search += 1;
            return Some(witness);
        }
        if self.is_refuted(pattern, claim, view, FAR) {
            self.counts.by_propagation += 1;
            return None;
        }
        let found = self.programmed(&question);
        if found.is_none() {
            self.counts.undecided += 1;
        }
        found
    }

    /// A witness that a linear program proposes.
    fn programmed(&mut self, question: &Question<'_>) -> Option<Witness> {
        let moves = self.proposal(question)?;
        Witness::check(self.system, question, &moves)
    }

    /// A change that a linear program proposes and that fits as soon as its cells are not published.
    pub(crate) fn proposal(&mut self, question: &Question<'_>) -> Option<Vec<Move>> {
        self.counts.programs += 1;
        let value = self.system.variable(question.claim.target).value;
        let mut proposals = near::proposals(self.system, question, question.claim.missing(value, 0));
        let found = proposals.find(|moves| Witness::fits(self.system, question, moves));
        self.counts.by_program += u64::from(found.is_some());
        found
    }

    /// Bounds of a target, tight where propagation alone decides.
    pub(crate) fn interval(&mut self, pattern: &Pattern, claim: &Claim, view: View) -> (i64, i64) {
        self.intervals.of(&(pattern, view), claim, FAR)
    }

    /// A witness for a claim if it is easily found.
    pub(crate) fn quick(&mut self, question: &Question<'_>) -> Option<Witness> {
        let Question { pattern, claim, view, .. } = *question;
        if self.is_refuted(pattern, claim, view, NEAR) { None } else { self.witness(question) }
    }

    /// A witness that the search finds without suppressing more.
    fn witness(&mut self, question: &Question<'_>) -> Option<Witness> {
        let moves = self.search(question)?;
        Witness::check(self.system, question, &moves)
    }

    /// Whether bounds from near equations rule the claim out.
    fn is_refuted(&mut self, pattern: &Pattern, claim: &Claim, view: View, limit: usize) -> bool {
        let (low, high) = self.intervals.of(&(pattern, view), claim, limit);
        match claim.side {
            Side::Up => high < claim.goal.up,
            Side::Down => low > claim.goal.down,
        }
    }

    /// A change that proves the claim; with [`Fare::Paid`] it may need cells that are still published.
    pub(crate) fn search(&mut self, question: &Question<'_>) -> Option<Vec<Move>> {
        let value = self.system.variable(question.claim.target).value;
        let mut base: Vec<Move> = Vec::new();
        let mut moved = 0;
        for _ in 0..PARTS {
            let missing = question.claim.missing(value, moved);
            if missing == 0 {
                return Some(base);
            }
            let step = self.part(question, missing, &base)?;
            moved += step.first().map_or(0, |(_, by)| *by);
            base.extend(step);
        }
        None
    }

    /// A change of the target by what is missing, or else by a part of it.
    fn part(&mut self, question: &Question<'_>, missing: i64, base: &[Move]) -> Option<Vec<Move>> {
        let mut amount = missing;
        loop {
            let budget = if question.fare == Fare::Free { FREE } else { PAID };
            let query = Query { question, amount, base, budget };
            if let Some(step) = self.moves.find(&query) {
                return Some(step);
            }
            if amount.abs() == 1 {
                return None;
            }
            amount /= 2;
        }
    }
}
