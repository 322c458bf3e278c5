use std::fmt;

use arrow::error::ArrowError;
use datafusion::error::DataFusionError;

/// Of the engine's words about a plan, which may quote all of it.
const LONGEST_REASON: usize = 400;

/// Why a query failed, in words that quote no value of a row.
///
/// What the engine says of a query's text or of memory is told; what it says while rows run through it may hold a value
/// and is told by its kind alone.
#[derive(Debug)]
pub struct QueryFailure(Box<DataFusionError>);

impl From<DataFusionError> for QueryFailure {
    fn from(error: DataFusionError) -> Self {
        Self(Box::new(error))
    }
}

impl QueryFailure {
    /// Whether more memory, or less data at a time, would have helped.
    pub fn is_lack_of_memory(&self) -> bool {
        matches!(self.0.find_root(), DataFusionError::ResourcesExhausted(_))
    }
}

impl fmt::Display for QueryFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.0.find_root() {
            root @ (DataFusionError::SQL(..)
            | DataFusionError::Plan(_)
            | DataFusionError::SchemaError(..)
            | DataFusionError::NotImplemented(_)
            | DataFusionError::ResourcesExhausted(_)) => return f.write_str(&shortened(&root.message())),
            DataFusionError::ArrowError(error, _) => match error.as_ref() {
                ArrowError::CastError(_) | ArrowError::ParseError(_) => "a value cannot be cast",
                ArrowError::DivideByZero => "division by zero",
                ArrowError::ArithmeticOverflow(_) => "a number is too large for its type",
                _ => "an operation on a column failed",
            },
            DataFusionError::ParquetError(_) | DataFusionError::ObjectStore(_) | DataFusionError::IoError(_) => {
                "a file of a table cannot be read or written"
            }
            _ => "the engine cannot carry it out",
        };
        f.write_str(kind)
    }
}

impl std::error::Error for QueryFailure {}

fn shortened(message: &str) -> String {
    let line = message.lines().next().unwrap_or_default();
    match line.char_indices().nth(LONGEST_REASON) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_cannot_be_cast_is_not_quoted() {
        let error = ArrowError::CastError("Cannot cast string '159901193911041234' to value of Int32 type".to_owned());
        let failure = QueryFailure::from(DataFusionError::from(error).context("projection"));
        assert_eq!(failure.to_string(), "a value cannot be cast");
    }

    #[test]
    fn a_plan_is_not_quoted_whole() {
        let failure =
            QueryFailure::from(DataFusionError::Plan(format!("no such column\n{}", "Projection: ".repeat(99))));
        assert_eq!(failure.to_string(), "no such column");
        let failure = QueryFailure::from(DataFusionError::Plan("补".repeat(1000)));
        assert_eq!(failure.to_string().chars().count(), LONGEST_REASON + 1);
    }

    #[test]
    fn lack_of_memory_is_told_apart() {
        let failure = QueryFailure::from(DataFusionError::ResourcesExhausted("for HashJoinInput".to_owned()));
        assert!(failure.is_lack_of_memory());
        assert_eq!(failure.to_string(), "for HashJoinInput");
    }
}
