use crate::system::CellId;

/// Which cells of a system are not published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    suppressed: Vec<bool>,
}

impl Pattern {
    pub(crate) fn of(cells: usize) -> Self {
        Self { suppressed: vec![false; cells] }
    }

    /// Nothing is published.
    pub(crate) fn all(cells: usize) -> Self {
        Self { suppressed: vec![true; cells] }
    }

    /// Whether the cell is not published.
    pub fn is_suppressed(&self, cell: CellId) -> bool {
        self.suppressed.get(cell.0).copied().unwrap_or(false)
    }

    /// Takes a cell out of publication.
    pub fn suppress(&mut self, cell: CellId) {
        self.set(cell, true);
    }

    /// Publishes a cell.
    pub fn publish(&mut self, cell: CellId) {
        self.set(cell, false);
    }

    fn set(&mut self, cell: CellId, to: bool) {
        if let Some(slot) = self.suppressed.get_mut(cell.0) {
            *slot = to;
        }
    }
}
