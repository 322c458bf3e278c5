use crate::attack::{Claim, Side, View, Witness};
use crate::system::{System, VariableId};

/// What must be shown of a system, and the witnesses found so far.
#[derive(Debug)]
pub(crate) struct Ledger {
    pub(crate) claims: Vec<Claim>,
    pub(crate) witnesses: Vec<Vec<Witness>>,
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
        Self { claims, witnesses, order: order(system) }
    }

    /// From where the witnesses of a claim do not suffice.
    pub(crate) fn lacking(&self, system: &System, claim: &Claim, witnesses: &[Witness]) -> Vec<View> {
        let target = system.variable(claim.target);
        let views = self.order.iter().map(|bit| View::of_bit(*bit)).chain([View::PUBLIC]);
        let mut lacking: Vec<View> = views
            .filter(|view| !view.knows(&target) && !witnesses.iter().any(|witness| witness.holds_from(*view)))
            .collect();
        if let Some((first, others)) = witnesses.split_first() {
            let seats = first.seats().iter().filter(|seat| **seat != target.seat);
            let lacking_seats = seats
                .map(|seat| View::of_seat(*seat))
                .filter(|view| !others.iter().any(|witness| witness.holds_from(*view)));
            lacking.extend(lacking_seats);
        }
        lacking
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
