//! The one place with floating point: linear programs over the neighbourhood of a target.
//!
//! What comes out of it is rounded and proves nothing; whoever asks checks it with integers.

use microlp::{ComparisonOp, OptimizationDirection, Problem, SolveOptions};

/// Integers to choose, each within bounds and at a price for every step away from 0.
#[derive(Debug, Default)]
pub(crate) struct Program {
    columns: Vec<Column>,
    rows: Vec<Vec<(usize, i64)>>,
}

#[derive(Debug, Clone, Copy)]
struct Column {
    low: i64,
    high: i64,
    price: u64,
}

/// Whether fractions are allowed on the way to a solution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Relaxed,
    Integer,
}

/// Branches to follow: a number, not a time, so that the same input has the same result.
const BRANCHES: u64 = 400;

impl Program {
    /// Adds a number between `low` ≤ 0 and `high` ≥ 0, or one that is fixed.
    pub(crate) fn column(&mut self, low: i64, high: i64, price: u64) -> usize {
        self.columns.push(Column { low, high, price });
        self.columns.len() - 1
    }

    /// The sum of coefficient × number must be 0.
    pub(crate) fn row(&mut self, terms: Vec<(usize, i64)>) {
        self.rows.push(terms);
    }

    /// The cheapest solution, rounded; `None` if the solver finds none.
    #[expect(clippy::float_arithmetic, reason = "the solver works with floating point; its answer is checked exactly")]
    pub(crate) fn solve(&self, kind: Kind) -> Option<Vec<i64>> {
        let mut problem = Problem::new(OptimizationDirection::Minimize);
        let mut parts = Vec::new();
        for column in &self.columns {
            let fixed = column.low == column.high;
            let up = part(
                &mut problem,
                kind,
                column.price,
                if fixed { (column.low.max(0), column.high.max(0)) } else { (0, column.high) },
            );
            let down = part(
                &mut problem,
                kind,
                column.price,
                if fixed { ((-column.high).max(0), (-column.low).max(0)) } else { (0, -column.low) },
            );
            parts.push((up, down));
        }
        for row in &self.rows {
            let both = row.iter().filter_map(|(at, by)| parts.get(*at).map(|part| (part, float(*by))));
            let terms: Vec<_> = both.flat_map(|((up, down), by)| [(*up, by), (*down, -by)]).collect();
            problem.add_constraint(terms, ComparisonOp::Eq, 0.0);
        }
        let mut options = SolveOptions::default();
        options.node_limit = Some(BRANCHES);
        let solution = problem.solve_with(options).ok()?.into_solution().ok()?;
        Some(parts.iter().map(|(up, down)| whole(solution.var_value(*up) - solution.var_value(*down))).collect())
    }
}

fn part(problem: &mut Problem, kind: Kind, price: u64, (low, high): (i64, i64)) -> microlp::Variable {
    let price = float(i64::try_from(price).unwrap_or(i64::MAX));
    match (kind, i32::try_from(low), i32::try_from(high)) {
        (Kind::Integer, Ok(low), Ok(high)) => problem.add_integer_var(price, (low, high)),
        _ => problem.add_var(price, (float(low), float(high))),
    }
}

#[expect(clippy::cast_precision_loss, reason = "the solver works with floating point")]
fn float(number: i64) -> f64 {
    number as f64
}

#[expect(clippy::cast_possible_truncation, reason = "a rounded value that is checked afterwards")]
fn whole(number: f64) -> i64 {
    number.round() as i64
}
