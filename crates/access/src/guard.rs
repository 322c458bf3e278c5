//! Lets questions through and nothing else.

use std::collections::VecDeque;

use datafusion::execution::SessionState;
use datafusion::logical_expr::LogicalPlan;
use datafusion::sql::parser::{DFParser, Statement};
use datafusion::sql::sqlparser::ast::{self, DescribeAlias};
use yilian_engine::tables_of;

use crate::bounds::{check_clauses, check_length};
use crate::catalogue::{Catalogue, Lookup};
use crate::error::AccessError;
use crate::prepared::Reads;

/// Plans one question over tables that are visible, or says why it is none.
pub(crate) async fn plan(
    state: &SessionState,
    catalogue: &Catalogue,
    statement: Statement,
) -> Result<(LogicalPlan, Reads), AccessError> {
    is_a_question(&statement)?;
    if let Statement::Statement(inner) = &statement {
        check_clauses(inner)?;
    }
    let reads = reads(state, catalogue, &statement)?;
    let plan = state.statement_to_plan(statement).await.map_err(|error| AccessError::planning(&error))?;
    // The statement is a question by its shape; this refuses what may hide inside of one.
    datafusion::prelude::SQLOptions::new()
        .with_allow_ddl(false)
        .with_allow_dml(false)
        .with_allow_statements(false)
        .verify_plan(&plan)
        .map_err(|_| AccessError::NotAQuestion { statement: plan.display().to_string() })?;
    Ok((plan, reads))
}

/// The statements of a text, in order.
///
/// # Errors
/// [`AccessError::Query`] for a text that does not parse.
pub fn statements(text: &str) -> Result<Vec<String>, AccessError> {
    Ok(parsed(text)?.iter().map(ToString::to_string).collect())
}

fn parsed(text: &str) -> Result<VecDeque<Statement>, AccessError> {
    check_length(text)?;
    DFParser::parse_sql(text).map_err(|error| AccessError::Query { reason: error.message().into_owned() })
}

/// The one statement of a text.
pub(crate) fn one_statement(text: &str) -> Result<Statement, AccessError> {
    let mut statements = parsed(text)?;
    match (statements.pop_front(), statements.is_empty()) {
        (Some(statement), true) => Ok(statement),
        (Some(_), false) => Err(AccessError::SeveralStatements),
        (None, _) => Err(AccessError::Query { reason: "it is empty".to_owned() }),
    }
}

fn is_a_question(statement: &Statement) -> Result<(), AccessError> {
    let refused = |statement: String| Err(AccessError::NotAQuestion { statement });
    match statement {
        // To analyse is to run, and what it then tells of a query is more than its answer.
        Statement::Explain(explain) if explain.options.analyze => refused("EXPLAIN ANALYZE".to_owned()),
        Statement::Explain(explain) if explain.options.format.is_some() => refused("EXPLAIN with a FORMAT".to_owned()),
        Statement::Explain(explain) => is_a_question(&explain.statement),
        Statement::Statement(inner) => match inner.as_ref() {
            ast::Statement::Query(_) | ast::Statement::ExplainTable { .. } => Ok(()),
            ast::Statement::Explain { analyze: true, .. } => refused("EXPLAIN ANALYZE".to_owned()),
            ast::Statement::Explain { describe_alias: DescribeAlias::Explain, format: Some(_), .. } => {
                refused("EXPLAIN with a FORMAT".to_owned())
            }
            ast::Statement::Explain { statement, .. } => is_a_question(&Statement::Statement(statement.clone())),
            inner if is_show(inner) => Ok(()),
            inner => refused(first_word(&inner.to_string())),
        },
        other => refused(first_word(&other.to_string())),
    }
}

fn first_word(text: &str) -> String {
    text.split_whitespace().next().unwrap_or_default().to_uppercase()
}

fn is_show(statement: &ast::Statement) -> bool {
    matches!(
        statement,
        ast::Statement::ShowTables { .. } | ast::Statement::ShowColumns { .. } | ast::Statement::ShowFunctions { .. }
    )
}

/// What a statement reads; refuses a table that the role does not see. A function may make any number of rows.
fn reads(state: &SessionState, catalogue: &Catalogue, statement: &Statement) -> Result<Reads, AccessError> {
    if matches!(statement, Statement::Statement(inner) if is_show(inner)) {
        return Ok(Reads::CatalogueAlone);
    }
    let default_schema = &state.config_options().catalog.default_schema;
    let mut reads = Reads::CatalogueAlone;
    for table in tables_of(statement).map_err(|source| AccessError::Tables { source })? {
        if table.schema.is_empty() && state.table_functions().contains_key(&table.table) {
            reads = Reads::Tables;
            continue;
        }
        match catalogue.look_up((&table.schema, default_schema), &table.table) {
            Lookup::Visible if catalogue.is_system_schema(&table.schema) => {}
            Lookup::Visible => reads = Reads::Tables,
            Lookup::Hidden(name) => return Err(AccessError::NotForRole { name, role: catalogue.role() }),
            Lookup::Unknown { nearest } => {
                let name = table.to_string().trim_start_matches('.').to_owned();
                return Err(AccessError::UnknownTable { name, nearest });
            }
        }
    }
    Ok(reads)
}
