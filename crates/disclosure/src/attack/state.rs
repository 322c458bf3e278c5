use crate::rows::Dense;
use crate::system::System;

/// A change of the true table, and which equations it breaks.
#[derive(Debug)]
pub(crate) struct State<'a> {
    system: &'a System,
    moved: Dense<i64>,
    residual: Dense<i64>,
    broken: Vec<usize>,
    /// Where each broken equation stands in their list.
    place: Dense<usize>,
}

impl<'a> State<'a> {
    pub(crate) fn new(system: &'a System) -> Self {
        Self {
            system,
            moved: Dense::of(0, system.variables.0.len()),
            residual: Dense::of(0, system.equations.len()),
            broken: Vec::new(),
            place: Dense::of(0, system.equations.len()),
        }
    }

    /// By how much a variable is changed.
    pub(crate) fn moved(&self, at: usize) -> i64 {
        self.moved.at(at)
    }

    /// By how much an equation misses its constant.
    pub(crate) fn residual(&self, equation: usize) -> i64 {
        self.residual.at(equation)
    }

    /// The equations that do not hold.
    pub(crate) fn broken(&self) -> &[usize] {
        &self.broken
    }

    /// Changes a variable by an amount that closes every equation together with others that are changed like this.
    pub(crate) fn settle(&mut self, at: usize, by: i64) {
        self.moved.put(at, self.moved.at(at) + by);
    }

    /// Changes a variable further.
    pub(crate) fn change(&mut self, at: usize, by: i64) {
        self.settle(at, by);
        for usage in self.system.uses.row(at) {
            let before = self.residual.at(usage.at);
            let after = before + usage.by * by;
            self.residual.put(usage.at, after);
            match (before == 0, after == 0) {
                (true, false) => {
                    self.place.put(usage.at, self.broken.len());
                    self.broken.push(usage.at);
                }
                (false, true) => self.mend(usage.at),
                _ => {}
            }
        }
    }

    fn mend(&mut self, equation: usize) {
        let place = self.place.at(equation);
        if place < self.broken.len() {
            self.broken.swap_remove(place);
        }
        if let Some(instead) = self.broken.get(place) {
            self.place.put(*instead, place);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Fate, Guard, System};

    #[test]
    fn equations_are_broken_and_mended_in_any_order() {
        let mut builder = System::builder();
        let cell = builder.cell("all", Fate::Never);
        let [whole, one, other] = [9, 4, 5].map(|value| builder.variable(cell, value, Guard::None));
        builder.equation(&[(1, one), (1, other), (-1, whole)], 0);
        builder.equation(&[(2, one)], 8);
        let system = builder.build().unwrap();
        let mut state = State::new(&system);
        state.change(one.0, 3);
        assert_eq!((state.broken(), state.residual(0), state.residual(1)), (&[0, 1][..], 3, 6));
        state.change(whole.0, 3);
        assert_eq!(state.broken(), [1]);
        state.change(one.0, -3);
        assert_eq!((state.broken(), state.residual(0), state.moved(whole.0)), (&[0][..], -3, 3));
        state.change(whole.0, -3);
        assert!(state.broken().is_empty());
    }
}
