use std::collections::BTreeMap;

use super::{Cell, CellId, Fate, PositionId, System, Variable, VariableId};
use crate::error::DisclosureError;
use crate::guard::{Guard, UNBOUNDED};
use crate::rows::{Dense, Rows, Term};

/// Collects cells, variables, equations and positions for a [`System`].
#[derive(Debug, Default)]
pub struct SystemBuilder {
    cells: Vec<Cell>,
    variables: Vec<Given>,
    equations: Vec<(Vec<Term>, i64)>,
    positions: Vec<String>,
    known: Vec<(PositionId, VariableId)>,
    seats: Vec<Vec<VariableId>>,
}

#[derive(Debug)]
struct Given {
    cell: usize,
    value: i64,
    guard: Guard,
    is_slack: bool,
}

/// As many positions as a variable has bits for.
const POSITIONS: usize = 16;

impl SystemBuilder {
    /// Adds a cell. The name stands in errors and audits, and says which cell it is, never how large.
    pub fn cell(&mut self, name: impl Into<String>, fate: Fate) -> CellId {
        self.cells.push(Cell { name: name.into(), fate });
        CellId(self.cells.len() - 1)
    }

    /// Adds a measure of a cell with its true value, in whole units.
    pub fn variable(&mut self, cell: CellId, value: i64, guard: Guard) -> VariableId {
        self.variables.push(Given { cell: cell.0, value, guard, is_slack: false });
        VariableId(self.variables.len() - 1)
    }

    /// Everybody knows that the sum of coefficient × variable is the constant.
    pub fn equation(&mut self, terms: &[(i64, VariableId)], constant: i64) {
        let terms = terms.iter().filter(|(by, _)| *by != 0).map(|(by, at)| Term { at: at.0, by: *by });
        self.equations.push((terms.collect(), constant));
    }

    /// Everybody knows that the sum of coefficient × variable is at most the constant.
    pub fn at_most(&mut self, terms: &[(i64, VariableId)], constant: i64) {
        let value = |at: &VariableId| self.variables.get(at.0).map_or(0, |given| given.value);
        let sum: i64 = terms.iter().map(|(by, at)| by.saturating_mul(value(at))).sum();
        let name = "the rest of an inequality".to_owned();
        self.cells.push(Cell { name, fate: Fate::Never });
        let cell = self.cells.len() - 1;
        self.variables.push(Given { cell, value: constant - sum, guard: Guard::None, is_slack: true });
        let slack = VariableId(self.variables.len() - 1);
        let terms: Vec<(i64, VariableId)> = terms.iter().copied().chain([(1, slack)]).collect();
        self.equation(&terms, constant);
    }

    /// Adds a position from which the release is attacked; the public needs none.
    pub fn position(&mut self, name: impl Into<String>) -> PositionId {
        self.positions.push(name.into());
        PositionId(self.positions.len() - 1)
    }

    /// A position knows the value of a variable, published or not.
    pub fn known_to(&mut self, position: PositionId, variable: VariableId) {
        self.known.push((position, variable));
    }

    /// One person or operator alone makes up these variables, and so knows all of them.
    ///
    /// A count of 1 and an amount of one operator have a seat without this; it joins them to further ones.
    pub fn one_contributor(&mut self, variables: &[VariableId]) {
        self.seats.push(variables.to_vec());
    }

    /// Checks that every value satisfies every equation, finds the primary variables, and sorts all by row.
    ///
    /// # Errors
    /// A value below zero, contributions that are not the value, an equation that the true values do not
    /// satisfy, a primary variable in a cell that must stay published, more positions than 16.
    pub fn build(self) -> Result<System, DisclosureError> {
        self.check_values()?;
        let mut equations = Rows::default();
        let mut constants = Vec::new();
        for (terms, constant) in &self.equations {
            self.check_equation(terms, *constant)?;
            // A zero that everybody sees never moves, and most cells of a fine table are zeros.
            let moving = added_up(terms).into_iter().filter(|term| !self.is_known_zero(term.at));
            equations.push(moving);
            constants.push(*constant);
        }
        if self.positions.len() > POSITIONS {
            return Err(DisclosureError::TooManyPositions { most: POSITIONS });
        }
        let mut cell_lists = Rows::default();
        for given in &self.variables {
            cell_lists.push([Term { at: given.cell, by: 1 }]);
        }
        let mut system = System {
            cell_variables: cell_lists.transposed(self.cells.len()),
            uses: equations.transposed(self.variables.len()),
            variables: Dense(self.variables.iter().map(Given::compact).collect()),
            equations,
            constants: Dense(constants),
            goals: BTreeMap::new(),
            operators: BTreeMap::new(),
            positions: self.positions.clone(),
            cells: Vec::new(),
        };
        self.add_knowledge(&mut system);
        self.add_goals(&mut system);
        self.add_seats(&mut system);
        system.cells = self.cells;
        check_fixed(&system)?;
        Ok(system)
    }

    fn is_known_zero(&self, variable: usize) -> bool {
        self.variables.get(variable).is_some_and(|given| given.compact().is_known_zero)
    }

    fn check_values(&self) -> Result<(), DisclosureError> {
        for given in &self.variables {
            if !(0..UNBOUNDED).contains(&given.value) {
                return Err(DisclosureError::ImpossibleValue { cell: self.name(given.cell) });
            }
            if let Guard::Operators { contributions, .. } = &given.guard {
                let sum: i64 = contributions.iter().map(|contribution| contribution.amount).sum();
                if sum != given.value || contributions.iter().any(|contribution| contribution.amount < 0) {
                    return Err(DisclosureError::Contributions { cell: self.name(given.cell) });
                }
            }
        }
        Ok(())
    }

    fn check_equation(&self, terms: &[Term], constant: i64) -> Result<(), DisclosureError> {
        let mut sum = 0i128;
        for term in terms {
            let value = self.variables.get(term.at).map_or(0, |given| given.value);
            sum += i128::from(term.by) * i128::from(value);
        }
        if sum == i128::from(constant) {
            return Ok(());
        }
        let cells = terms.iter().filter_map(|term| self.variables.get(term.at)).map(|given| self.name(given.cell));
        Err(DisclosureError::UntrueEquation { cells: cells.collect() })
    }

    fn add_knowledge(&self, system: &mut System) {
        for (position, variable) in &self.known {
            if let Some(known) = system.variables.0.get_mut(variable.0) {
                known.known |= 1u16.checked_shl(u32::try_from(position.0).unwrap_or(u32::MAX)).unwrap_or(0);
            }
        }
    }

    fn add_goals(&self, system: &mut System) {
        let is_out = |cell: usize| self.cells.get(cell).is_some_and(|cell| cell.fate == Fate::Out);
        for (at, given) in self.variables.iter().enumerate().filter(|(_, given)| !is_out(given.cell)) {
            if let Some(goal) = given.guard.goal(given.value) {
                system.goals.insert(at, goal);
            }
            if let Guard::Operators { contributions, dominance } = &given.guard {
                system.operators.insert(at, (contributions.clone(), *dominance));
            }
        }
        let primary: Vec<usize> = system.goals.keys().map(|at| system.variable(*at).cell).collect();
        for cell in primary {
            for term in system.cell_variables.row(cell) {
                let goal = self.variables.get(term.at).and_then(|given| given.guard.companion_goal(given.value));
                if let Some(goal) = goal {
                    system.goals.insert(term.at, goal);
                }
            }
        }
    }

    /// Seats: a person who is a count of 1 alone, an operator who is an amount alone, and whom the caller joins.
    fn add_seats(&self, system: &mut System) {
        let mut by_operator: BTreeMap<u32, usize> = BTreeMap::new();
        let mut seats = 0;
        for joined in &self.seats {
            seats += 1;
            for variable in joined {
                seat(system, variable.0, seats);
            }
        }
        for (at, given) in self.variables.iter().enumerate() {
            if system.variable(at).seat != 0 {
                continue;
            }
            let found = match &given.guard {
                Guard::People(threshold) | Guard::Outside(threshold) if threshold.k().is_some() && given.value == 1 => {
                    seats += 1;
                    Some(seats)
                }
                Guard::Operators { contributions, .. } => sole(contributions).map(|operator| {
                    *by_operator.entry(operator).or_insert_with(|| {
                        seats += 1;
                        seats
                    })
                }),
                _ => None,
            };
            if let Some(found) = found {
                seat(system, at, found);
            }
        }
    }

    fn name(&self, cell: usize) -> String {
        self.cells.get(cell).map_or_else(String::new, |cell| cell.name.clone())
    }
}

impl Given {
    fn compact(&self) -> Variable {
        let (low, high) = self.guard.class(self.value);
        let is_known_zero = self.value == 0 && !self.is_slack && !self.guard.hides_zero();
        Variable { cell: self.cell, value: self.value, low, high, is_known_zero, known: 0, seat: 0 }
    }
}

/// The same terms, each variable once, sorted.
fn added_up(terms: &[Term]) -> Vec<Term> {
    let mut sums: BTreeMap<usize, i64> = BTreeMap::new();
    for term in terms {
        *sums.entry(term.at).or_default() += term.by;
    }
    sums.into_iter().filter(|(_, by)| *by != 0).map(|(at, by)| Term { at, by }).collect()
}

fn seat(system: &mut System, variable: usize, seat: usize) {
    if let Some(variable) = system.variables.0.get_mut(variable) {
        variable.seat = seat;
    }
}

fn sole(contributions: &[crate::guard::Contribution]) -> Option<u32> {
    let mut who: Vec<u32> =
        contributions.iter().filter(|contribution| contribution.amount > 0).map(|one| one.operator).collect();
    who.sort_unstable();
    who.dedup();
    match who.as_slice() {
        [one] => Some(*one),
        _ => None,
    }
}

fn check_fixed(system: &System) -> Result<(), DisclosureError> {
    let fixed = system.primary_cells().into_iter().filter(|cell| system.fate(cell.0) == Fate::Fixed);
    let cells: Vec<String> = fixed.map(|cell| system.name(cell).to_owned()).collect();
    if cells.is_empty() { Ok(()) } else { Err(DisclosureError::FixedPrimary { cells }) }
}
