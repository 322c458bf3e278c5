//! Secondary suppression: the cheapest further cells that leave everybody uncertain about every primary value.

mod pieces;
mod prune;

use crate::attack::{Claim, Fare, Prover, Question, View, Witness};
use crate::audit::{Audit, examine};
use crate::error::DisclosureError;
use crate::group;
use crate::ledger::Ledger;
use crate::means::Means;
use crate::pattern::Pattern;
use crate::system::{CellId, Fate, System};

/// A pattern whose audit is clean.
#[derive(Debug, Clone)]
pub struct Protection {
    pattern: Pattern,
    audit: Audit,
    secondary: Vec<CellId>,
}

impl Protection {
    /// Which cells are not published.
    pub fn pattern(&self) -> &Pattern {
        &self.pattern
    }

    /// The audit, which is clean.
    pub fn audit(&self) -> &Audit {
        &self.audit
    }

    /// The cells that are suppressed for the sake of others, in order.
    pub fn secondary(&self) -> &[CellId] {
        &self.secondary
    }
}

/// Suppresses primary cells and as few others as it finds, so that the audit is clean.
///
/// # Errors
/// [`DisclosureError::Unprotectable`] names cells for which nothing that may be suppressed was found to be enough.
pub fn suppress(system: &System) -> Result<Protection, DisclosureError> {
    suppress_with(system, Means::default())
}

/// [`suppress`] with means of its own: the result is the same with any.
///
/// # Errors
/// As [`suppress`].
pub fn suppress_with(system: &System, means: Means<'_>) -> Result<Protection, DisclosureError> {
    let pieces = system.pieces();
    let mut pattern = system.primary();
    let mut audit = Audit::default();
    for (piece, (found, examined)) in pieces.iter().zip(pieces::work_on(&pieces, means)) {
        for (place, cell) in piece.cells().enumerate() {
            if found.is_suppressed(CellId(place)) {
                pattern.suppress(cell);
            } else {
                pattern.publish(cell);
            }
        }
        audit.add(piece, examined);
    }
    let audit = audit.sorted();
    if !audit.is_clean() {
        return Err(unprotectable(system, &audit));
    }
    let primary = system.primary_cells();
    let all = (0..system.cells.len()).map(CellId);
    let secondary = all
        .filter(|cell| pattern.is_suppressed(*cell) && system.is_shown(*cell) && primary.binary_search(cell).is_err());
    Ok(Protection { secondary: secondary.collect(), pattern, audit })
}

/// The state between first pattern and clean audit.
struct Work<'a> {
    system: &'a System,
    pattern: Pattern,
    ledger: Ledger,
    prover: Prover<'a>,
}

impl<'a> Work<'a> {
    fn new(system: &'a System) -> Self {
        Self { system, pattern: system.primary(), ledger: Ledger::new(system), prover: Prover::new(system) }
    }

    /// Finds witnesses for a claim from everywhere, suppressing what they need.
    fn protect(&mut self, index: usize) {
        loop {
            let known = self.ledger.witnesses.get(index).map_or(&[][..], Vec::as_slice);
            let Some(view) = self.ledger.lacking(self.system, index, known).first().copied() else { return };
            let Some(claim) = self.ledger.claim(index, view) else { return };
            let mut found = self.free(&claim, view);
            if found.is_none() && self.ledger.lower_as_needed(&mut self.prover, index, view) {
                continue;
            }
            found = found.or_else(|| {
                let bought = self.paid(&claim, view).or_else(|| self.at_any_cost(index, &claim, view));
                bought.inspect(|witness| self.prover.remember(witness))
            });
            match (found, self.ledger.witnesses.get_mut(index)) {
                (Some(witness), Some(witnesses)) => witnesses.push(witness),
                _ => return,
            }
        }
    }

    /// A witness among all cells that may be suppressed, whatever they are worth.
    fn at_any_cost(&mut self, index: usize, claim: &Claim, view: View) -> Option<Witness> {
        let mut pattern = self.pattern.clone();
        for index in 0..self.system.cells.len() {
            if let Fate::Open { .. } = self.system.fate(index) {
                pattern.suppress(CellId(index));
            }
        }
        let question = Question { pattern: &pattern, claim, view, fare: Fare::Free };
        let mut furthest = self.ledger.furthest(index, view);
        let found = furthest.find_map(|moves| self.prover.checked(&question, moves));
        let witness = found.or_else(|| self.prover.prove(&pattern, claim, view))?;
        for (at, _) in &witness.moves {
            self.pattern.suppress(CellId(self.system.variable(*at).cell));
        }
        Some(witness)
    }

    fn free(&mut self, claim: &Claim, view: View) -> Option<Witness> {
        let question = Question { pattern: &self.pattern, claim, view, fare: Fare::Free };
        self.prover.quick(&question)
    }

    fn paid(&mut self, claim: &Claim, view: View) -> Option<Witness> {
        let question = Question { pattern: &self.pattern, claim, view, fare: Fare::Paid };
        let moves = self.prover.search(&question)?;
        for (at, _) in &moves {
            self.pattern.suppress(CellId(self.system.variable(*at).cell));
        }
        let question = Question { pattern: &self.pattern, claim, view, fare: Fare::Free };
        Witness::check(self.system, &question, &moves)
    }

    /// Adds cells to groups of amounts with a known sum, until the rules for operators allow them.
    fn break_up_groups(&mut self) {
        let equations = group::equations(self.system);
        let mut changed = true;
        while changed {
            changed = false;
            for equation in &equations {
                let is_dominated = group::dominated_in(self.system, &self.pattern, *equation).is_some();
                if is_dominated && let Some(cell) = group::remedy(self.system, &self.pattern, *equation) {
                    self.pattern.suppress(cell);
                    changed = true;
                }
            }
        }
    }

    fn finish(mut self) -> (Pattern, Audit) {
        self.break_up_groups();
        let audit = examine(self.system, &self.pattern, &mut self.ledger, &mut self.prover);
        (self.pattern, audit)
    }
}

fn unprotectable(system: &System, audit: &Audit) -> DisclosureError {
    let position = audit.failing(system).join(", ");
    let exposed = audit.exposed().iter().map(|exposed| exposed.cell);
    let mut cells: Vec<CellId> = exposed.chain(audit.dominated().iter().flatten().copied()).collect();
    cells.sort_unstable();
    cells.dedup();
    let cells = cells.into_iter().map(|cell| system.name(cell).to_owned()).collect();
    DisclosureError::Unprotectable { position, cells }
}
