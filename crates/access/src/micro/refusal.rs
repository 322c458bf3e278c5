use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::logical_expr::{Expr, LogicalPlan};

use crate::error::AccessError;

/// Why a question about people is refused, where it stands in the text, and how to ask instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Why.
    pub reason: String,
    /// The part of the question, and its line and column where they are known.
    pub place: String,
    /// How to ask instead.
    pub hint: String,
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.place.is_empty() { f.write_str(&self.reason) } else { write!(f, "{}: {}", self.reason, self.place) }
    }
}

impl From<Refusal> for AccessError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// How every answerable question looks.
const FORM: &str =
    "ask like: select age_band, count(distinct person) from micro.person_year where year = 2025 group by age_band";

impl Refusal {
    pub(super) fn new(reason: &str, place: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { reason: reason.to_owned(), place: place.into(), hint: hint.into() }
    }

    /// About an expression.
    pub(super) fn of(reason: &str, expression: &Expr, hint: impl Into<String>) -> Self {
        Self::new(reason, place(expression), hint)
    }

    /// About a step below an aggregate that is not understood.
    pub(super) fn of_step(plan: &LogicalPlan) -> Self {
        let (reason, hint) = match plan {
            LogicalPlan::Distinct(_) => ("DISTINCT over rows about people", "list categories with group by"),
            LogicalPlan::Union(_) => ("set operations over rows about people", "ask twice and unite the answers"),
            LogicalPlan::Window(_) => ("window functions over rows about people", "use them on the grouped answer"),
            LogicalPlan::Limit(_) => ("LIMIT over rows about people", "group first, then limit the answer"),
            LogicalPlan::Sort(_) => ("ORDER BY over rows about people", "group first, then order the answer"),
            LogicalPlan::TableScan(_) => (
                "micro tables are joined with each other alone",
                "group the micro table in a subquery and join its answer",
            ),
            _ => ("this step over rows about people is not understood", FORM),
        };
        Self::new(reason, step(plan), hint)
    }

    /// About rows that no aggregate takes up.
    pub(super) fn of_rows(plan: &LogicalPlan) -> Self {
        let mut refusal = Self::new("rows about people are never shown", "", FORM);
        let _ = plan.apply_with_subqueries(|node| {
            if matches!(node, LogicalPlan::Distinct(_) | LogicalPlan::Union(_) | LogicalPlan::Window(_)) {
                refusal = Self::of_step(node);
                return Ok(TreeNodeRecursion::Stop);
            }
            Ok(TreeNodeRecursion::Continue)
        });
        refusal
    }
}

/// The expression as it was asked, with its place in the text where the parser has kept one.
fn place(expression: &Expr) -> String {
    let mut span = None;
    let _ = expression.apply(|part| {
        if let Expr::Column(column) = part {
            span = span.or(column.spans().first());
        }
        Ok(TreeNodeRecursion::Continue)
    });
    match span {
        Some(span) => format!("{expression} (line {}, column {})", span.start.line, span.start.column),
        None => expression.to_string(),
    }
}

fn step(plan: &LogicalPlan) -> String {
    plan.display().to_string().chars().take(120).collect()
}
