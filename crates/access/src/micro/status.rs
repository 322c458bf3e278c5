use datafusion::arrow::datatypes::DataType;
use datafusion::common::DataFusionError;
use datafusion::logical_expr::function::AccumulatorArgs;
use datafusion::logical_expr::{Accumulator, AggregateUDF, AggregateUDFImpl, Signature, Volatility};

/// The name of the function that says where an answer comes from.
pub(super) const STATUS: &str = "cell_status";

/// `cell_status(person)` or `cell_status(amount)`: `published`, `zero`, `estimated`, `suppressed`, `missing` or
/// `not_applicable`. It has a meaning for micro tables alone, where the guard answers it.
#[derive(Debug, PartialEq, Eq, Hash)]
struct CellStatus {
    signature: Signature,
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
