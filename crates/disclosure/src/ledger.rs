use std::collections::BTreeMap;

use crate::attack::{Claim, Move, Prover, Side, View, Witness};
use crate::system::{System, VariableId};

/// What must be shown of a system, and the witnesses found so far.
#[derive(Debug)]
pub(crate) struct Ledger {
    pub(crate) claims: Vec<Claim>,
    pub(crate) witnesses: Vec<Vec<Witness>>,
    /// Claims that an onlooker knows to be false without the release, and what is left of them.
    pub(crate) lowered: BTreeMap<(usize, View), Claim>,
    /// Changes of the true table that go as far as was found where nothing is published.
    furthest: BTreeMap<(usize, View), Vec<Move>>,
    /// How many of them a search lowered, further than bounds do.
    pub(crate) by_search: usize,
    /// Positions that know most come first: a witness that convinces them mostly convinces the others.
    order: Vec<u16>,
}

impl Ledger {
    pub(crate) fn new(system: &System) -> Self {
        let mut claims = Vec::new();
        for (target, goal) in &system.goals {
            for side in [Side::Up, Side::Down] {
                let claim = Claim { target: *target, goal: *goal, side };
                if claim.missing(system.variable(*target).value, 0) != 0 {
                    claims.push(claim);
                }
            }
        }
        let witnesses = claims.iter().map(|_| Vec::new()).collect();
        Self {
            claims,
            witnesses,
            lowered: BTreeMap::new(),
            furthest: BTreeMap::new(),
            by_search: 0,
            order: order(system),
        }
    }

    /// What must be shown to an onlooker: never more than to the public, who knows less.
    pub(crate) fn claim(&self, index: usize, view: View) -> Option<Claim> {
        let first = self.claims.get(index).copied()?;
        let lowered = [view, View::PUBLIC].into_iter().filter_map(|view| self.lowered.get(&(index, view)));
        Some(lowered.fold(first, |claim, lowered| claim.capped(lowered.goal.down, lowered.goal.up)))
    }

    /// Lowers a claim to what an onlooker leaves open who sees nothing of the release; whether that is less.
    ///
    /// What holds for the public, who knows least, is looked for first, since it holds for all others.
    pub(crate) fn lower_as_needed(&mut self, prover: &mut Prover<'_>, index: usize, view: View) -> bool {
        self.cap(prover, index, View::PUBLIC)
            || self.cap(prover, index, view)
            || self.settle(prover, index, View::PUBLIC)
            || self.settle(prover, index, view)
    }

    /// Lowers a claim to what bounds allow an onlooker who sees nothing of the release; whether that is less.
    fn cap(&mut self, prover: &mut Prover<'_>, index: usize, view: View) -> bool {
        if self.lowered.contains_key(&(index, view)) {
            return false;
        }
        let capped = self.claim(index, view).and_then(|claim| prover.capped(&claim, view));
        self.lowered.extend(capped.map(|capped| ((index, view), capped)));
        capped.is_some()
    }

    /// Lowers a claim to what is found for an onlooker who sees nothing of the release; whether that is less.
    fn settle(&mut self, prover: &mut Prover<'_>, index: usize, view: View) -> bool {
        if self.furthest.contains_key(&(index, view)) {
            return false;
        }
        let Some(claim) = self.claim(index, view) else { return false };
        let (settled, moves) = prover.settled(&claim, view);
        self.furthest.insert((index, view), moves);
        let is_less = settled != claim;
        if is_less {
            self.lowered.insert((index, view), settled);
            self.by_search += 1;
        }
        is_less
    }

    /// The changes that were found to go furthest for an onlooker, where nothing is published.
    pub(crate) fn furthest(&self, index: usize, view: View) -> impl Iterator<Item = &[Move]> {
        [view, View::PUBLIC].into_iter().filter_map(move |view| self.furthest.get(&(index, view))).map(Vec::as_slice)
    }

    /// From where the witnesses of a claim do not suffice.
    pub(crate) fn lacking(&self, system: &System, index: usize, witnesses: &[Witness]) -> Vec<View> {
        let Some(target) = self.claims.get(index).map(|claim| system.variable(claim.target)) else { return Vec::new() };
        let convinces = |view: View| {
            let Some(claim) = self.claim(index, view) else { return true };
            claim.missing(target.value, 0) == 0
                || witnesses.iter().any(|witness| witness.holds_from(view) && witness.reaches(system, &claim))
        };
        let views = self.order.iter().map(|bit| View::of_bit(*bit)).chain([View::PUBLIC]);
        let mut seats: Vec<usize> = witnesses.iter().flat_map(Witness::seats).copied().collect();
        seats.sort_unstable();
        seats.dedup();
        // A seat that no witness moves is convinced by the one that convinces the public.
        let seats = seats.into_iter().filter(|seat| *seat != target.seat).map(View::of_seat);
        views.chain(seats).filter(|view| !view.knows(&target) && !convinces(*view)).collect()
    }
}

/// Bits of the positions by how many variables they know, most first.
fn order(system: &System) -> Vec<u16> {
    let bits = (0..system.positions.len()).filter_map(|position| 1u16.checked_shl(u32::try_from(position).ok()?));
    let mut counted: Vec<(usize, u16)> = bits
        .map(|bit| {
            let knows = |index: &usize| View::of_bit(bit).knows(&system.variable(*index));
            ((0..system.variables.0.len()).filter(knows).count(), bit)
        })
        .collect();
    counted.sort_unstable_by(|one, other| other.0.cmp(&one.0).then(one.1.cmp(&other.1)));
    counted.into_iter().map(|(_, bit)| bit).collect()
}

/// A variable of the one who sits on a seat.
pub(crate) fn sitter(system: &System, seat: usize) -> VariableId {
    let found = system.variables.0.iter().position(|variable| variable.seat == seat);
    VariableId(found.unwrap_or_default())
}
