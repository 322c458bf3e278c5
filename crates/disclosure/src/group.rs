//! Suppressed cells whose sum everybody knows are one cell to an operator who stands in them.

use crate::attack::View;
use crate::guard::{Contribution, Dominance};
use crate::pattern::Pattern;
use crate::system::{CellId, Fate, System};

/// The groups of unpublished amounts with a known sum that the rules for operators forbid, by equation.
pub(crate) fn dominated(system: &System, pattern: &Pattern) -> Vec<Vec<CellId>> {
    let mut groups: Vec<Vec<CellId>> =
        equations(system).into_iter().filter_map(|equation| dominated_in(system, pattern, equation)).collect();
    groups.sort_unstable();
    groups.dedup();
    groups
}

/// Equations with an amount of operators in them.
pub(crate) fn equations(system: &System) -> Vec<usize> {
    let used = system.operators.keys().flat_map(|at| system.uses.row(*at)).map(|usage| usage.at);
    let mut equations: Vec<usize> = used.collect();
    equations.sort_unstable();
    equations.dedup();
    equations
}

/// The cells of a forbidden group of one equation.
pub(crate) fn dominated_in(system: &System, pattern: &Pattern, equation: usize) -> Option<Vec<CellId>> {
    let unknown: Vec<_> =
        system.equations.row(equation).iter().filter(|term| system.is_unknown(pattern, term.at)).collect();
    let first = unknown.first()?;
    if unknown.iter().any(|term| term.by != first.by) {
        return None;
    }
    let mut contributions: Vec<Contribution> = Vec::new();
    let mut rules: Option<Dominance> = None;
    for term in &unknown {
        let (amounts, dominance) = system.operators.get(&term.at)?;
        contributions.extend(amounts);
        rules = Some(*dominance);
    }
    rules?.broken(&contributions)?;
    let mut cells: Vec<CellId> = unknown.iter().map(|term| CellId(system.variable(term.at).cell)).collect();
    cells.sort_unstable();
    cells.dedup();
    Some(cells)
}

/// The cheapest further cell that ends a forbidden group, or else makes it larger; `None` if there is none.
pub(crate) fn remedy(system: &System, pattern: &Pattern, equation: usize) -> Option<CellId> {
    let mut best: Option<(bool, u32, CellId)> = None;
    for term in system.equations.row(equation) {
        let variable = system.variable(term.at);
        let cell = CellId(variable.cell);
        let (Fate::Open { cost } | Fate::SuppressedBefore { cost }) = system.fate(cell.0) else { continue };
        if variable.value == 0 || pattern.is_suppressed(cell) || View::PUBLIC.knows(&variable) {
            continue;
        }
        let mut tried = pattern.clone();
        tried.suppress(cell);
        let found = (dominated_in(system, &tried, equation).is_some(), cost, cell);
        best = Some(best.map_or(found, |known| known.min(found)));
    }
    best.map(|(_, _, cell)| cell)
}
