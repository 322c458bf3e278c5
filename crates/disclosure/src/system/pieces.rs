use std::collections::BTreeMap;

use super::{CellId, Fate, System, VariableId};
use crate::rows::{Dense, Rows, Term};
use crate::sets::Sets;

/// A part of a system that nothing joins to the rest of it: no cell, no equation, nobody who alone makes up a value here and
/// one there.
#[derive(Debug)]
pub(crate) struct Piece {
    /// With numbers of its own.
    pub(crate) system: System,
    cells: Vec<usize>,
    variables: Vec<usize>,
}

impl Piece {
    /// A cell of the piece in the whole system.
    pub(crate) fn cell(&self, cell: CellId) -> CellId {
        CellId(self.cells.get(cell.0).copied().unwrap_or_default())
    }

    /// A variable of the piece in the whole system.
    pub(crate) fn variable(&self, variable: VariableId) -> VariableId {
        VariableId(self.variables.get(variable.0).copied().unwrap_or_default())
    }

    /// The cells in the order of the piece, as the whole system numbers them.
    pub(crate) fn cells(&self) -> impl Iterator<Item = CellId> {
        self.cells.iter().copied().map(CellId)
    }
}

impl System {
    /// The pieces in which there is something to decide: a value to protect, or a cell that may be published again.
    pub(crate) fn pieces(&self) -> Vec<Piece> {
        let mut joined = Sets::new(self.cells.len());
        self.join_equations(&mut joined);
        self.join_seats(&mut joined);
        let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for cell in 0..self.cells.len() {
            members.entry(joined.first(cell)).or_default().push(cell);
        }
        let mut places = Dense::of(0, self.variables.0.len());
        let to_decide = members.into_values().filter(|cells| self.has_something_to_decide(cells));
        to_decide.map(|cells| self.piece(cells, &mut places)).collect()
    }

    fn join_equations(&self, joined: &mut Sets) {
        for equation in 0..self.equations.len() {
            let mut cells = self.equations.row(equation).iter().map(|term| self.variable(term.at).cell);
            if let Some(first) = cells.next() {
                cells.for_each(|cell| joined.join(first, cell));
            }
        }
    }

    fn join_seats(&self, joined: &mut Sets) {
        let mut seats: BTreeMap<usize, usize> = BTreeMap::new();
        for variable in self.variables.0.iter().filter(|variable| variable.seat != 0) {
            let first = *seats.entry(variable.seat).or_insert(variable.cell);
            joined.join(first, variable.cell);
        }
    }

    fn has_something_to_decide(&self, cells: &[usize]) -> bool {
        let variables = |cell: usize| self.cell_variables.row(cell).iter();
        cells.iter().any(|cell| {
            matches!(self.fate(*cell), Fate::SuppressedBefore { .. })
                || variables(*cell)
                    .any(|term| self.goals.contains_key(&term.at) || self.operators.contains_key(&term.at))
        })
    }

    fn piece(&self, cells: Vec<usize>, places: &mut Dense<usize>) -> Piece {
        let mut variables: Vec<usize> =
            cells.iter().flat_map(|cell| self.cell_variables.row(*cell)).map(|term| term.at).collect();
        variables.sort_unstable();
        for (place, at) in variables.iter().enumerate() {
            places.put(*at, place);
        }
        let mut used: Vec<usize> = variables.iter().flat_map(|at| self.uses.row(*at)).map(|usage| usage.at).collect();
        used.sort_unstable();
        used.dedup();
        let mut equations = Rows::default();
        for equation in &used {
            equations.push(self.equations.row(*equation).iter().map(|term| Term { at: places.at(term.at), ..*term }));
        }
        let of_cell = |at: &usize| cells.binary_search(&self.variable(*at).cell).unwrap_or_default();
        let mut by_variable = Rows::default();
        for at in &variables {
            by_variable.push([Term { at: of_cell(at), by: 1 }]);
        }
        let system = System {
            cells: cells.iter().filter_map(|cell| self.cells.get(*cell)).cloned().collect(),
            cell_variables: by_variable.transposed(cells.len()),
            variables: Dense(
                variables.iter().map(|at| super::Variable { cell: of_cell(at), ..self.variable(*at) }).collect(),
            ),
            uses: equations.transposed(variables.len()),
            equations,
            constants: Dense(used.iter().map(|equation| self.constants.at(*equation)).collect()),
            goals: here(&variables, &self.goals),
            operators: here(&variables, &self.operators),
            positions: self.positions.clone(),
        };
        Piece { system, cells, variables }
    }
}

/// What is known of some variables, by their new numbers.
fn here<T: Clone>(variables: &[usize], all: &BTreeMap<usize, T>) -> BTreeMap<usize, T> {
    let found = variables.iter().enumerate().filter_map(|(place, at)| Some((place, all.get(at)?.clone())));
    found.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Guard, Threshold};

    #[test]
    fn a_system_falls_apart_where_no_equation_and_nobody_joins_it() {
        let mut builder = System::builder();
        let five = || Guard::People(Threshold::of_people(5).unwrap());
        let mut tables = Vec::new();
        for name in ["a", "b", "c"] {
            let cells = [("small", 1), ("rest", 9), ("all", 10)].map(|(of, value)| {
                let cell = builder.cell(format!("{name} {of}"), Fate::Open { cost: 1 });
                builder.variable(cell, value, five())
            });
            builder.equation(&[(1, cells[0]), (1, cells[1]), (-1, cells[2])], 0);
            tables.push(cells);
        }
        let alone = builder.cell("nothing to decide", Fate::Open { cost: 1 });
        builder.variable(alone, 12, five());
        // The same person is the one of the first table and of the third.
        builder.one_contributor(&[tables[0][0], tables[2][0]]);
        let pieces = builder.build().unwrap().pieces();
        let cells: Vec<Vec<usize>> = pieces.iter().map(|piece| piece.cells().map(|cell| cell.0).collect()).collect();
        assert_eq!(cells, [vec![0, 1, 2, 6, 7, 8], vec![3, 4, 5]]);
        let second = &pieces[1];
        assert_eq!(second.system.size(), (3, 3, 1));
        assert_eq!(second.system.name(CellId(2)), "b all");
        assert_eq!(second.variable(VariableId(1)), tables[1][1]);
        assert_eq!(second.system.goals.keys().collect::<Vec<_>>(), [&0]);
    }
}
