use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::Work;
use crate::attack::{Fare, Question, Witness};
use crate::group;
use crate::pattern::Pattern;
use crate::rows::Dense;
use crate::system::{CellId, Fate};

/// Above so many claims a longer search for every cell that could be published again takes most of the time, and finds few.
const MANY: usize = 2_000;

impl Work<'_> {
    /// Publishes again what no witness needs, the most useful cells first.
    pub(super) fn prune(&mut self) {
        let mut users = self.users();
        // A claim that could not do without one cell can rarely do without the next: it is asked first.
        let mut stubborn = Dense::of(0u32, self.ledger.claims.len());
        for cell in self.candidates() {
            self.pattern.publish(cell);
            let mut affected: Vec<usize> = users.get(cell.0).into_iter().flatten().copied().collect();
            affected.sort_by_key(|claim| Reverse(stubborn.at(*claim)));
            match self.without(cell, &affected, &mut stubborn) {
                Some(renewed) => {
                    for (claim, witnesses) in renewed {
                        for used in cells_of(self, &witnesses) {
                            if let Some(list) = users.get_mut(used) {
                                list.insert(claim);
                            }
                        }
                        if let Some(slot) = self.ledger.witnesses.get_mut(claim) {
                            *slot = witnesses;
                        }
                    }
                }
                None => self.pattern.suppress(cell),
            }
        }
    }

    /// Witnesses for every claim that used a cell, without it; `None` if one of them needs it.
    fn without(
        &mut self,
        cell: CellId,
        affected: &[usize],
        stubborn: &mut Dense<u32>,
    ) -> Option<Vec<(usize, Vec<Witness>)>> {
        if !self.groups_allow(&self.pattern, cell) {
            return None;
        }
        let mut renewed = Vec::new();
        for index in affected {
            let mut kept: Vec<Witness> = self.ledger.witnesses.get(*index).cloned().unwrap_or_default();
            kept.retain(|witness| !witness.moves.iter().any(|(at, _)| self.system.variable(*at).cell == cell.0));
            while let Some(view) = self.ledger.lacking(self.system, *index, &kept).first().copied() {
                let claim = self.ledger.claim(*index, view)?;
                let question = Question { pattern: &self.pattern, claim: &claim, view, fare: Fare::Free };
                let found = match self.ledger.claims.len() {
                    ..=MANY => self.prover.quick(&question),
                    _ => self.prover.brief(&question),
                };
                let Some(witness) = found else {
                    stubborn.put(*index, stubborn.at(*index) + 1);
                    return None;
                };
                kept.push(witness);
            }
            renewed.push((*index, kept));
        }
        Some(renewed)
    }

    fn groups_allow(&self, pattern: &Pattern, cell: CellId) -> bool {
        let variables = self.system.cell_variables.row(cell.0);
        let amounts = variables.iter().filter(|term| self.system.operators.contains_key(&term.at));
        amounts
            .flat_map(|term| self.system.uses.row(term.at))
            .all(|usage| group::dominated_in(self.system, pattern, usage.at).is_none())
    }

    /// Secondary cells, the costliest first.
    fn candidates(&self) -> Vec<CellId> {
        let primary = self.system.primary_cells();
        let mut found: Vec<(u32, CellId)> = Vec::new();
        for index in 0..self.system.cells.len() {
            let cell = CellId(index);
            if let Fate::Open { cost } | Fate::SuppressedBefore { cost } = self.system.fate(index)
                && self.pattern.is_suppressed(cell)
                && primary.binary_search(&cell).is_err()
            {
                found.push((cost, cell));
            }
        }
        found.sort_unstable_by(|one, other| other.0.cmp(&one.0).then(one.1.cmp(&other.1)));
        found.into_iter().map(|(_, cell)| cell).collect()
    }

    /// By cell, the claims whose witnesses use it.
    fn users(&self) -> Vec<BTreeSet<usize>> {
        let mut users = vec![BTreeSet::new(); self.system.cells.len()];
        for (claim, witnesses) in self.ledger.witnesses.iter().enumerate() {
            for cell in cells_of(self, witnesses) {
                if let Some(list) = users.get_mut(cell) {
                    list.insert(claim);
                }
            }
        }
        users
    }
}

fn cells_of(work: &Work<'_>, witnesses: &[Witness]) -> BTreeSet<usize> {
    let moves = witnesses.iter().flat_map(|witness| witness.moves.iter());
    moves.map(|(at, _)| work.system.variable(*at).cell).collect()
}
