//! Two versions of one year as one system: what changes between them is protected like a cell.

use std::collections::{BTreeMap, BTreeSet};

use yilian_disclosure::{CellId as Protected, Fate, Guard, Pattern, System, VariableId};

use super::{Draft, Same, cost, is_empty, lift, name};
use crate::before::{Before, Truth, counts_people, reads_alike};
use crate::cell::{Cell, Value};
use crate::constraints::Term;
use crate::cube::{CellId, Cube};
use crate::sealed::Why;

/// By the first cell of what shares a fate, what earlier versions mean for it.
pub(super) type Pasts = BTreeMap<CellId, Past>;

/// What earlier versions mean for cells that share a fate.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Past {
    /// One of them was withheld.
    withheld: bool,
    /// So few people came to one of them or left it that the new value would show them.
    changed_little: bool,
}

/// The value of a cell in the earlier version, as somebody sees it who has the new one.
#[derive(Debug, Clone, Copy)]
enum Old {
    /// Readers have it.
    Shown(i64),
    /// Nobody has it; the variable is lifted by so much.
    Hidden(VariableId, i64),
}

impl Draft<'_> {
    /// Why each cell of the cube is withheld.
    pub(super) fn why(&self, system: &System, pattern: &Pattern) -> Vec<Option<Why>> {
        let of = |home: &Option<Protected>| {
            let home = home.filter(|home| pattern.is_suppressed(*home))?;
            Some(match system.reason(home) {
                Some(reason) => Why::Primary(reason),
                None if self.from_before.contains(&home) => Why::Earlier,
                None => Why::Secondary,
            })
        };
        self.protected.iter().map(of).collect()
    }

    pub(super) fn pasts(&self, cube: &Cube, same: &mut Same) -> Pasts {
        let mut pasts = Pasts::new();
        let Some(before) = self.input.before else { return pasts };
        for cell in cube.cells().filter(|cell| cell.shown && matches!(cell.value, Value::Known(_))) {
            let past = pasts.entry(same.groups.first(cell.group)).or_default();
            past.withheld |= before.seen(cell.id).withheld;
            past.changed_little |= before.is_small_change(&cell, self.threshold(&cell));
        }
        pasts
    }

    pub(super) fn fate(&self, cell: &Cell<'_>, past: Option<Past>) -> Fate {
        let cost = cost(cell.weight);
        let past = past.unwrap_or_default();
        let may_return = self.input.before.is_some_and(Before::may_return);
        match (cell.shown, past.changed_little, past.withheld) {
            (true, false, false) => Fate::Open { cost },
            (true, _, true) if may_return => Fate::SuppressedBefore { cost },
            _ => Fate::Never,
        }
    }

    /// Adds what lies between the values that readers have and the new ones, and the whole earlier version where it is known.
    pub(super) fn add_before(&mut self, cube: &Cube) {
        let Some(before) = self.input.before else { return };
        let mut done = BTreeSet::new();
        for cell in cube.cells().filter(counts_people) {
            let new = self.variables.get(cell.id).copied().flatten();
            if let (Value::Known(value), Some((new, _)), Some(shown)) = (cell.value, new, before.seen(cell.id).shown)
                && done.insert((new, shown))
            {
                self.add_change(cube, &cell, (new, value), (Old::Shown(shown), shown));
            }
        }
        if let Some(truth) = before.truth() {
            self.add_truth(cube, truth);
        }
    }

    /// People who were added or removed: the attacker knows which of the two, and nobody publishes how many.
    fn add_change(&mut self, cube: &Cube, cell: &Cell<'_>, (new, value): (VariableId, i64), (old, was): (Old, i64)) {
        let sign = (value - was).signum();
        if sign == 0 {
            return;
        }
        let what = if sign > 0 { "added" } else { "removed" };
        let home = self.builder.cell(format!("{} {what}", name(cube, cell)), Fate::Never);
        let change = self.builder.variable(home, (value - was).abs(), self.guard(cell));
        for position in self.knowing(cube, cell) {
            self.builder.known_to(position, change);
        }
        let terms = [(1, new), (-sign, change)];
        match old {
            Old::Shown(was) => self.builder.equation(&terms, was),
            Old::Hidden(old, _) => self.builder.equation(&[terms.as_slice(), &[(-1, old)]].concat(), 0),
        }
    }

    /// The equations of the earlier version; what has not changed is one variable with the new value.
    fn add_truth(&mut self, cube: &Cube, truth: &Truth) {
        let mut olds: Vec<Option<Old>> = Vec::with_capacity(truth.cube.len());
        let mut changed = vec![false; truth.cube.len()];
        let mut known: BTreeMap<(VariableId, i64), Old> = BTreeMap::new();
        for (cell, changed) in truth.cube.cells().zip(&mut changed) {
            let Value::Known(was) = cell.value else {
                olds.push(None);
                continue;
            };
            let home = truth.homes.get(cell.id).copied().flatten().and_then(|home| cube.cell(home));
            let new = home.and_then(|home| match home.value {
                Value::Known(value) => Some((home, value, self.variables.get(home.id).copied().flatten()?)),
                _ => None,
            });
            *changed = new.is_none_or(|(_, value, _)| value != was);
            olds.push(Some(match new {
                Some((home, value, new)) => self.old(cube, (&home, value, new), was, &mut known),
                None => self.hidden(&truth.cube, &cell, was),
            }));
        }
        let added: Vec<Old> = truth.constraints.added().iter().map(|added| self.old_rest(truth, added)).collect();
        for equation in truth.constraints.equations() {
            // What has not changed at all is an equation of the new version already.
            if equation.terms.iter().any(|term| changed.get(term.cell).copied().unwrap_or_default()) {
                self.add_old_equation(equation.terms, &olds, &added);
            }
        }
    }

    fn old(
        &mut self,
        cube: &Cube,
        (home, value, (new, lift)): (&Cell<'_>, i64, (VariableId, i64)),
        was: i64,
        known: &mut BTreeMap<(VariableId, i64), Old>,
    ) -> Old {
        let shown = self.input.before.and_then(|before| before.seen(home.id).shown);
        if shown.is_some_and(|shown| reads_alike(home.unit, shown, was)) {
            return Old::Shown(was);
        }
        if value == was {
            return Old::Hidden(new, lift);
        }
        if let Some(old) = known.get(&(new, was)) {
            return *old;
        }
        let old = self.hidden(cube, home, was);
        if counts_people(home) {
            self.add_change(cube, home, (new, value), (old, was));
        }
        known.insert((new, was), old);
        old
    }

    fn hidden(&mut self, cube: &Cube, cell: &Cell<'_>, was: i64) -> Old {
        let home = self.builder.cell(format!("{} before", name(cube, cell)), Fate::Never);
        let lift = lift(was);
        let old = self.builder.variable(home, was.saturating_add(lift), self.guard(cell));
        for position in self.knowing(cube, cell) {
            self.builder.known_to(position, old);
        }
        Old::Hidden(old, lift)
    }

    fn old_rest(&mut self, truth: &Truth, added: &crate::constraints::Added) -> Old {
        let of = truth.cube.cell(added.of);
        let guard = of.map_or(Guard::None, |of| self.guard(&of));
        let home = self.builder.cell("the rest of a linked table before", Fate::Never);
        Old::Hidden(self.builder.variable(home, added.value, guard), 0)
    }

    fn add_old_equation(&mut self, terms: &[Term], olds: &[Option<Old>], added: &[Old]) {
        let mut constant = 0i64;
        let mut unknown = Vec::with_capacity(terms.len());
        for term in terms {
            let of_link = || term.cell.checked_sub(olds.len()).and_then(|at| added.get(at)).copied();
            match olds.get(term.cell).copied().flatten().or_else(of_link) {
                Some(Old::Shown(value)) => {
                    constant = constant.saturating_sub(value.saturating_mul(term.coefficient));
                }
                Some(Old::Hidden(variable, lift)) => {
                    constant = constant.saturating_add(lift.saturating_mul(term.coefficient));
                    unknown.push((term.coefficient, variable));
                }
                // A cell without a value stands in no equation.
                None => return,
            }
        }
        if !is_empty(&unknown) {
            self.builder.equation(&unknown, constant);
        }
    }
}
