//! A question that has been planned and not yet asked.

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, SchemaRef};
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{ParamValues, ScalarValue};
use datafusion::error::DataFusionError;
use datafusion::logical_expr::expr::Placeholder;
use datafusion::logical_expr::{Expr, LogicalPlan};
use datafusion::sql::parser::Statement;

use crate::error::AccessError;
use crate::guard;

/// One question as it came.
pub struct Question {
    /// Its statement; rows are asked for by exactly one.
    pub statement: Statement,
    /// The schema of tables without one; `None` is `release`.
    pub schema: Option<String>,
    /// The types that the asker gives to `$1`, `$2`, …, where it gives any.
    pub parameters: Vec<Option<DataType>>,
}

impl Question {
    /// The one statement of a text, without parameters.
    ///
    /// # Errors
    /// [`AccessError::Query`] for a text that does not parse, [`AccessError::SeveralStatements`] for more than one.
    pub fn parse(text: &str) -> Result<Self, AccessError> {
        Ok(Self { statement: guard::one_statement(text)?, schema: None, parameters: Vec::new() })
    }
}

/// A question over tables that the role sees, planned once; its parameters have types and no values yet.
#[derive(Debug, Clone)]
pub struct Prepared {
    plan: LogicalPlan,
    parameters: Vec<DataType>,
    reads: Reads,
}

/// What a question reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reads {
    /// Tables of figures or persons, or rows that a function makes.
    Tables,
    /// The catalogue alone, or nothing: it is answered from memory.
    CatalogueAlone,
}

impl Prepared {
    pub(crate) fn new(plan: LogicalPlan, declared: &[Option<DataType>], reads: Reads) -> Result<Self, AccessError> {
        let parameters = parameter_types(&plan, declared)?;
        let plan = if parameters.is_empty() { plan } else { with_types(plan, &parameters)? };
        Ok(Self { plan, parameters, reads })
    }

    /// The columns of its answer.
    pub fn schema(&self) -> SchemaRef {
        Arc::clone(self.plan.schema().inner())
    }

    /// The types of `$1`, `$2`, ….
    pub fn parameters(&self) -> &[DataType] {
        &self.parameters
    }

    /// What it reads.
    pub fn reads(&self) -> Reads {
        self.reads
    }

    /// The plan with values in the place of parameters.
    pub(crate) fn bound(&self, values: &[ScalarValue]) -> Result<LogicalPlan, AccessError> {
        let (expected, given) = (self.parameters.len(), values.len());
        if expected != given {
            return Err(AccessError::Parameters { expected, given });
        }
        if expected == 0 {
            return Ok(self.plan.clone());
        }
        let cast = values.iter().zip(&self.parameters).enumerate().map(|(place, (value, ty))| {
            value
                .cast_to(ty)
                .map(Into::into)
                .map_err(|_| AccessError::Parameter { number: place + 1, ty: ty.to_string() })
        });
        let values = ParamValues::List(cast.collect::<Result<_, _>>()?);
        self.plan.clone().replace_params_with_values(&values).map_err(|error| AccessError::planning(&error))
    }
}

/// One type for each number up to the highest; where neither plan nor asker knows one, text.
fn parameter_types(plan: &LogicalPlan, declared: &[Option<DataType>]) -> Result<Vec<DataType>, AccessError> {
    let inferred = plan.get_parameter_types().map_err(|error| AccessError::planning(&error))?;
    let number = |name: &String| name.trim_start_matches('$').parse::<usize>().ok().filter(|number| *number > 0);
    let Some(highest) = inferred.keys().map(number).collect::<Option<Vec<_>>>().map(|all| all.into_iter().max()) else {
        return Err(AccessError::Query { reason: "parameters are written $1, $2, …".to_owned() });
    };
    let types = (1..=highest.unwrap_or_default()).map(|number| {
        let declared = declared.get(number - 1).cloned().flatten();
        match (declared, inferred.get(&format!("${number}")).cloned().flatten()) {
            // An integer of another width is the same number.
            (Some(declared), Some(inferred)) if declared.is_integer() && inferred.is_integer() => inferred,
            (Some(declared), _) => declared,
            (None, Some(inferred)) => inferred,
            (None, None) => DataType::Utf8,
        }
    });
    Ok(types.collect())
}

/// Writes the types into the plan, so that its columns are what they will be with values.
fn with_types(plan: LogicalPlan, types: &[DataType]) -> Result<LogicalPlan, AccessError> {
    let with_type = |expression: Expr| match expression {
        Expr::Placeholder(Placeholder { id, field }) => {
            let number = id.trim_start_matches('$').parse::<usize>().ok();
            let ty = number.and_then(|number| types.get(number.checked_sub(1)?));
            let field = ty.map(|ty| Arc::new(Field::new(id.clone(), ty.clone(), true))).or(field);
            Ok(Transformed::yes(Expr::Placeholder(Placeholder::new_with_field(id, field))))
        }
        other => Ok(Transformed::no(other)),
    };
    let plan = plan.transform_up_with_subqueries(|node| {
        let node = node.map_expressions(|expression| expression.transform(with_type))?;
        node.map_data(LogicalPlan::recompute_schema)
    });
    plan.map(|plan| plan.data).map_err(|error: DataFusionError| AccessError::planning(&error))
}
