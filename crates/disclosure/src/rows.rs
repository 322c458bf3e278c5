//! Sparse rows, and vectors that are read by index without a panic.

/// One non-zero entry of a sparse row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Term {
    /// The column: a variable of an equation, or an equation of a variable.
    pub(crate) at: usize,
    /// Its coefficient.
    pub(crate) by: i64,
}

/// Sparse rows, one after another in one piece of memory.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rows {
    ends: Vec<usize>,
    terms: Vec<Term>,
}

impl Rows {
    pub(crate) fn push(&mut self, row: impl IntoIterator<Item = Term>) {
        self.terms.extend(row);
        self.ends.push(self.terms.len());
    }

    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The entries of a row; a row that does not exist has none.
    pub(crate) fn row(&self, index: usize) -> &[Term] {
        let start = index.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        let end = self.ends.get(index).copied().unwrap_or(start);
        self.terms.get(start..end).unwrap_or(&[])
    }

    /// The same entries by column.
    pub(crate) fn transposed(&self, columns: usize) -> Self {
        let mut ends = Dense::of(0usize, columns);
        for term in &self.terms {
            ends.put(term.at, ends.at(term.at) + 1);
        }
        let mut before = 0;
        for column in 0..columns {
            let count = ends.at(column);
            ends.put(column, before);
            before += count;
        }
        let mut terms = vec![Term { at: 0, by: 0 }; self.terms.len()];
        for row in 0..self.len() {
            for term in self.row(row) {
                let place = ends.at(term.at);
                if let Some(slot) = terms.get_mut(place) {
                    *slot = Term { at: row, by: term.by };
                }
                ends.put(term.at, place + 1);
            }
        }
        Self { ends: ends.0, terms }
    }
}

/// A vector of small values; what lies outside of it reads as the default and is not written.
#[derive(Debug, Clone, Default)]
pub(crate) struct Dense<T>(pub(crate) Vec<T>);

impl<T: Copy + Default> Dense<T> {
    pub(crate) fn of(value: T, len: usize) -> Self {
        Self(vec![value; len])
    }

    pub(crate) fn at(&self, index: usize) -> T {
        self.0.get(index).copied().unwrap_or_default()
    }

    pub(crate) fn put(&mut self, index: usize, value: T) {
        if let Some(slot) = self.0.get_mut(index) {
            *slot = value;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transposed_matrix_has_the_same_entries() {
        let mut rows = Rows::default();
        rows.push([Term { at: 2, by: 5 }, Term { at: 0, by: -1 }]);
        rows.push([]);
        rows.push([Term { at: 2, by: 7 }]);
        let columns = rows.transposed(3);
        assert_eq!(columns.row(0), [Term { at: 0, by: -1 }]);
        assert!(columns.row(1).is_empty());
        assert_eq!(columns.row(2), [Term { at: 0, by: 5 }, Term { at: 2, by: 7 }]);
        assert!(columns.row(3).is_empty());
    }
}
