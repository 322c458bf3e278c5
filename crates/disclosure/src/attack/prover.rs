use super::View;
use super::fare::{Fare, fare};
use super::interval::Intervals;
use super::known::{KnownChanges, greatest_common_divisor, rounded_up, times_on_top};
use super::moves::{Moves, Query};
use super::near;
use super::witness::{Claim, Move, Witness};
use crate::pattern::Pattern;
use crate::system::System;

/// How many questions were answered by what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Questions that propagation of bounds answered: the value is too well known.
    pub by_propagation: u64,
    /// Questions that a change found by search answered: the value is uncertain. One that suppression had found is checked again.
    pub by_search: u64,
    /// Questions that went to a linear program, …
    pub programs: u64,
    /// … and for which it found a change that proves the value uncertain.
    pub by_program: u64,
    /// Questions without a proof for either; the value counts as too well known.
    pub undecided: u64,
}

impl Counts {
    /// The counts of both.
    pub(crate) fn and(self, other: Self) -> Self {
        Self {
            by_propagation: self.by_propagation + other.by_propagation,
            by_search: self.by_search + other.by_search,
            programs: self.programs + other.programs,
            by_program: self.by_program + other.by_program,
            undecided: self.undecided + other.undecided,
        }
    }
}

/// Finds witnesses.
#[derive(Debug)]
pub(crate) struct Prover<'a> {
    system: &'a System,
    moves: Moves<'a>,
    intervals: Intervals<'a>,
    tries: &'static [(u64, usize)],
    known: KnownChanges,
    /// A release of nothing.
    nothing: Pattern,
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

/// How much a search prefers states with fewer broken equations to cheaper ones, and how many states it may expand: for a
/// witness without suppressing more, …
const FREE: &[(u64, usize)] = &[(1, 150), (6, 250)];
/// … for how far a value can go at all, …
const LONG: &[(u64, usize)] = &[(2, 1_500)];
/// … for a witness in another one's stead, so that a cell can be published again, …
const BRIEF: &[(u64, usize)] = &[(3, 150)];
/// … for the last word on a value that would count as exposed, …
const LAST: &[(u64, usize)] = &[(1, 600), (3, 1_200), (12, 2_400), (30, 3_000)];
/// … and for a witness that suppresses more.
const PAID: &[(u64, usize)] = &[(1, 300), (3, 600), (12, 1_200)];
/// Parts in which a change may be put together.
const PARTS: usize = 24;
/// Equations near a target for a first look, and for the last word.
const NEAR: usize = 40;
const FAR: usize = 400;

impl<'a> Prover<'a> {
    pub(crate) fn new(system: &'a System) -> Self {
        Self {
            system,
            moves: Moves::new(system),
            intervals: Intervals::new(system),
            tries: FREE,
            known: KnownChanges::default(),
            nothing: Pattern::all(system.cells.len()),
            counts: Counts::default(),
        }
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
        let longer = self.searching(LAST, |prover| prover.witness(&question));
        if longer.is_some() {
            self.counts.by_search += 1;
            return longer;
        }
        let found = self.programmed(&question);
        if found.is_none() {
            self.counts.undecided += 1;
        }
        found
    }

    /// A claim as far as bounds allow an onlooker who sees nothing of the release, and knows zeros, classes and what is
    /// theirs; `None` if it stays as it is.
    pub(crate) fn capped(&mut self, claim: &Claim, view: View) -> Option<Claim> {
        let seen = (&self.nothing, view);
        let (low, high) = self.intervals.of(&seen, claim, FAR);
        let mut capped = claim.capped(low, high);
        if self.intervals.refutes(&seen, &capped, FAR) {
            let (mut possible, mut refuted) = (self.system.variable(claim.target).value, capped.aim());
            while possible.abs_diff(refuted) > 1 {
                let between = i64::midpoint(possible, refuted);
                if self.intervals.refutes(&seen, &capped.with(between), FAR) {
                    refuted = between;
                } else {
                    possible = between;
                }
            }
            capped = capped.with(possible);
        }
        (capped != *claim).then_some(capped)
    }

    /// A claim as far as a change of the true table is found where nothing is published, and that change.
    pub(crate) fn settled(&mut self, claim: &Claim, view: View) -> (Claim, Vec<Move>) {
        let nothing = std::mem::replace(&mut self.nothing, Pattern::of(0));
        let question = Question { pattern: &nothing, claim, view, fare: Fare::Free };
        let known = self.known.towards(self.system, &question);
        let proves = claim.missing(self.system.variable(claim.target).value, moved(claim.target, &known)) == 0;
        let moves = if proves { known } else { self.as_far_as_found(&question) };
        self.nothing = nothing;
        let value = self.system.variable(claim.target).value;
        let reached = moved(claim.target, &moves);
        let settled = if claim.missing(value, reached) == 0 { *claim } else { claim.with(value + reached) };
        (settled, moves)
    }

    /// The witness that a change is, if it fits and proves the claim.
    pub(crate) fn checked(&self, question: &Question<'_>, moves: &[Move]) -> Option<Witness> {
        Witness::check(self.system, question, moves).filter(|witness| witness.reaches(self.system, question.claim))
    }

    /// A witness that a linear program proposes.
    fn programmed(&mut self, question: &Question<'_>) -> Option<Witness> {
        let moves = self.proposal(question)?;
        self.checked(question, &moves)
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
        let known = self.known.towards(self.system, question);
        self.checked(question, &known).or_else(|| {
            let moves = self.search(question)?;
            self.checked(question, &moves).inspect(|witness| self.remember(witness))
        })
    }

    /// [`Prover::quick`] with a shorter search.
    pub(crate) fn brief(&mut self, question: &Question<'_>) -> Option<Witness> {
        self.searching(BRIEF, |prover| prover.quick(question))
    }

    /// Searches of other lengths than usual.
    fn searching<T>(&mut self, tries: &'static [(u64, usize)], search: impl FnOnce(&mut Self) -> T) -> T {
        let usual = std::mem::replace(&mut self.tries, tries);
        let found = search(self);
        self.tries = usual;
        found
    }

    /// Keeps a witness for claims about its other values.
    pub(crate) fn remember(&mut self, witness: &Witness) {
        self.known.remember(&witness.moves);
    }

    /// Whether bounds from near equations rule the claim out.
    fn is_refuted(&mut self, pattern: &Pattern, claim: &Claim, view: View, limit: usize) -> bool {
        self.intervals.refutes(&(pattern, view), claim, limit)
    }

    /// A change that proves the claim; with [`Fare::Paid`] it may need cells that are still published.
    pub(crate) fn search(&mut self, question: &Question<'_>) -> Option<Vec<Move>> {
        let mut moves = Vec::new();
        self.extend(question, &mut moves).then_some(moves)
    }

    /// The change that goes as far as a long search finds.
    fn as_far_as_found(&mut self, question: &Question<'_>) -> Vec<Move> {
        let claim = question.claim;
        let value = self.system.variable(claim.target).value;
        let grain = self.grain(question);
        let mut moves = Vec::new();
        while !self.extend(question, &mut moves) {
            let missing = claim.missing(value, moved(claim.target, &moves));
            let step = (1, grain * missing.signum());
            let further = self.searching(LONG, |prover| prover.part(question, step, &moves));
            let Some(further) = further else { break };
            let wanted = rounded_up(missing, grain);
            let times = times_on_top(self.system, question, &moves, &further, wanted).max(1);
            moves.extend(further.into_iter().map(|(at, by)| (at, by * times)));
        }
        moves
    }

    /// Adds parts to a change until it proves the claim; whether it does.
    fn extend(&mut self, question: &Question<'_>, moves: &mut Vec<Move>) -> bool {
        let claim = question.claim;
        let value = self.system.variable(claim.target).value;
        let grain = self.grain(question);
        let mut done = moved(claim.target, moves);
        let mut most = i64::MAX;
        for _ in 0..PARTS {
            let missing = claim.missing(value, done);
            if missing == 0 {
                return true;
            }
            let grains = most.min(rounded_up(missing, grain));
            let Some(part) = self.part(question, (grains, grain * missing.signum()), moves) else { break };
            let by = part.first().map_or(0, |(_, by)| *by);
            most = by.abs() / grain;
            done += by;
            moves.extend(part);
        }
        false
    }

    /// A change of the target by so many grains, or else by fewer.
    fn part(&mut self, question: &Question<'_>, (most, grain): (i64, i64), base: &[Move]) -> Option<Vec<Move>> {
        let tries = if question.fare == Fare::Free { self.tries } else { PAID };
        let mut grains = most;
        while grains > 0 {
            for (greed, budget) in tries {
                let amount = grains * grain;
                let query = Query { question, amount, base, greed: *greed, budget: *budget };
                let found = self.moves.find(&query);
                if found.is_some() {
                    return found;
                }
            }
            grains /= 2;
        }
        None
    }

    /// The least change of the target that its equations allow: 10,000 fen where months have a rate of 100 yuan.
    fn grain(&self, question: &Question<'_>) -> i64 {
        let target = question.claim.target;
        self.system.uses.row(target).iter().fold(1, |grain, usage| {
            let others = self.system.equations.row(usage.at).iter().filter(|term| term.at != target);
            let open = others.filter(|term| fare(self.system, question, term.at).is_some());
            let divisor = open.fold(0, |divisor, term| greatest_common_divisor(divisor, term.by)).max(1);
            let needed = divisor / greatest_common_divisor(divisor, usage.by).max(1);
            (grain / greatest_common_divisor(grain, needed).max(1)).saturating_mul(needed)
        })
    }
}

/// By how much moves change a variable.
fn moved(target: usize, moves: &[Move]) -> i64 {
    moves.iter().filter(|(at, _)| *at == target).map(|(_, by)| by).sum()
}
