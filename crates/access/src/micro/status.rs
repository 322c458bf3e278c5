use datafusion::arrow::datatypes::DataType;
use datafusion::common::DataFusionError;
use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::logical_expr::function::AccumulatorArgs;
use datafusion::logical_expr::{
    Accumulator, AggregateUDF, AggregateUDFImpl, Expr, LogicalPlan, Signature, Volatility, WindowFunctionDefinition,
};

use super::refusal::Refusal;
use crate::error::AccessError;

/// The name of the function that says where an answer comes from.
pub(super) const STATUS: &str = "cell_status";

/// `cell_status(person)` or `cell_status(amount)`: `published`, `zero`, `estimated`, `suppressed`, `missing` or
/// `not_applicable`. It has a meaning for micro tables alone, where the guard answers it.
#[derive(Debug, PartialEq, Eq, Hash)]
struct CellStatus {
    signature: Signature,
}

/// Refuses a plan that asks where something comes from that is no answer of the guard.
pub(super) fn check(plan: &LogicalPlan) -> Result<(), AccessError> {
    let mut asked = None;
    let walked = plan.apply_with_subqueries(|node| {
        node.apply_expressions(|expression| {
            expression.apply(|part| {
                if is_status(part) {
                    asked = asked.take().or(Some(part.clone()));
                }
                Ok(TreeNodeRecursion::Continue)
            })
        })
    });
    walked.map_err(|error| AccessError::planning(&error))?;
    let Some(asked) = asked else { return Ok(()) };
    let hint = "it says where an answer about a micro table comes from; released tables have a column status";
    Err(Refusal::of("cell_status is for tables of micro", &asked, hint).into())
}

fn is_status(expression: &Expr) -> bool {
    match expression {
        Expr::AggregateFunction(function) => function.func.name() == STATUS,
        Expr::WindowFunction(function) => {
            matches!(&function.fun, WindowFunctionDefinition::AggregateUDF(function) if function.name() == STATUS)
        }
        _ => false,
    }
}

/// The function for a session.
pub(super) fn function() -> AggregateUDF {
    AggregateUDF::from(CellStatus { signature: Signature::any(1, Volatility::Immutable) })
}

impl AggregateUDFImpl for CellStatus {
    fn name(&self) -> &str {
        STATUS
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType, DataFusionError> {
        Ok(DataType::Utf8)
    }

    fn accumulator(&self, _: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>, DataFusionError> {
        Err(DataFusionError::Plan(format!("{STATUS} is for tables of micro")))
    }
}
