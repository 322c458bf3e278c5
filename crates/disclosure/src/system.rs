//! The one system of linear constraints that everything released together stands in.

mod build;
mod pieces;

use std::collections::BTreeMap;

pub use build::SystemBuilder;
pub(crate) use pieces::Piece;

use crate::guard::{Contribution, Dominance, Goal, Reason, UNBOUNDED};
use crate::pattern::Pattern;
use crate::rows::{Dense, Rows};

/// A cell: the variables in it share one fate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CellId(pub(crate) usize);

/// One measure of one cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VariableId(pub(crate) usize);

/// Somebody who knows more than the public.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PositionId(pub(crate) usize);

/// What may become of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// May be suppressed to protect others, which costs as much as the cell is worth to readers.
    Open {
        /// At least 1.
        cost: u32,
    },
    /// Must stay published.
    Fixed,
    /// An earlier release suppressed it: it stays suppressed unless the audit is clean without that.
    SuppressedBefore {
        /// At least 1.
        cost: u32,
    },
    /// An earlier release published it. It is known whatever its size, and protects nobody.
    Out,
    /// Nobody publishes it: people added between two versions, a cell that an earlier release suppressed.
    Never,
}

/// Variables with their true values, the equations that everybody knows, and who knows more.
///
/// Made by [`System::builder`]. Inequalities are equations with one more variable.
#[derive(Debug, Clone)]
pub struct System {
    pub(crate) cells: Vec<Cell>,
    pub(crate) cell_variables: Rows,
    pub(crate) variables: Dense<Variable>,
    pub(crate) equations: Rows,
    pub(crate) constants: Dense<i64>,
    pub(crate) uses: Rows,
    pub(crate) goals: BTreeMap<usize, Goal>,
    pub(crate) operators: BTreeMap<usize, (Vec<Contribution>, Dominance)>,
    /// Names by bit; the public has none.
    pub(crate) positions: Vec<String>,
}

#[derive(Debug, Clone)]
pub(crate) struct Cell {
    pub(crate) name: String,
    pub(crate) fate: Fate,
}

/// What the search asks of a variable all the time.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Variable {
    pub(crate) cell: usize,
    pub(crate) value: i64,
    /// Its class in the attacker's eyes while it is not published.
    pub(crate) low: i64,
    pub(crate) high: i64,
    /// 0 and known to be.
    pub(crate) is_known_zero: bool,
    /// One bit for each position that knows it.
    pub(crate) known: u16,
    /// Who alone makes it up, from 1; 0 is nobody.
    pub(crate) seat: usize,
}

impl System {
    /// An empty system to add to.
    pub fn builder() -> SystemBuilder {
        SystemBuilder::default()
    }

    /// The pattern before any secondary suppression: primary cells, and what is never or no longer shown.
    pub fn primary(&self) -> Pattern {
        let mut pattern = Pattern::of(self.cells.len());
        for (index, cell) in self.cells.iter().enumerate() {
            if matches!(cell.fate, Fate::Never | Fate::SuppressedBefore { .. }) {
                pattern.suppress(CellId(index));
            }
        }
        for variable in self.goals.keys() {
            pattern.suppress(CellId(self.variable(*variable).cell));
        }
        pattern
    }

    /// Why a cell is primary, if it is.
    pub fn reason(&self, cell: CellId) -> Option<Reason> {
        self.cell_variables.row(cell.0).iter().find_map(|term| self.goals.get(&term.at)).map(|goal| goal.reason)
    }

    /// The name that a cell was given.
    pub fn name(&self, cell: CellId) -> &str {
        self.cells.get(cell.0).map_or("", |cell| cell.name.as_str())
    }

    /// The cell that a variable stands in.
    pub fn cell_of(&self, variable: VariableId) -> CellId {
        CellId(self.variable(variable.0).cell)
    }

    /// How many cells, variables (one for each inequality among them) and equations there are.
    pub fn size(&self) -> (usize, usize, usize) {
        (self.cells.len(), self.variables.0.len(), self.equations.len())
    }

    /// The cells with a primary variable.
    pub fn primary_cells(&self) -> Vec<CellId> {
        let mut cells: Vec<CellId> = self.goals.keys().map(|at| CellId(self.variable(*at).cell)).collect();
        cells.sort_unstable();
        cells.dedup();
        cells
    }

    /// Whether the release would show the cell if nobody had to be protected.
    pub fn is_shown(&self, cell: CellId) -> bool {
        matches!(self.fate(cell.0), Fate::Open { .. } | Fate::Fixed | Fate::SuppressedBefore { .. })
    }

    /// What an attacker of a target with a least value takes for granted of a variable that is not published.
    pub(crate) fn bounds(&self, target: (usize, i64), at: usize) -> (i64, i64) {
        let variable = self.variable(at);
        if at == target.0 { (target.1, UNBOUNDED) } else { (variable.low, variable.high) }
    }

    pub(crate) fn variable(&self, index: usize) -> Variable {
        self.variables.at(index)
    }

    pub(crate) fn fate(&self, cell: usize) -> Fate {
        self.cells.get(cell).map_or(Fate::Fixed, |cell| cell.fate)
    }

    /// Whether the public does not know a variable under a pattern.
    pub(crate) fn is_unknown(&self, pattern: &Pattern, index: usize) -> bool {
        let variable = self.variable(index);
        !variable.is_known_zero && pattern.is_suppressed(CellId(variable.cell))
    }
}
