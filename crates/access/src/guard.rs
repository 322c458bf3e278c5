//! Lets questions through and nothing else.

use std::collections::VecDeque;

use datafusion::logical_expr::LogicalPlan;
use datafusion::prelude::SessionContext;
use datafusion::sql::parser::{DFParser, Statement};
use datafusion::sql::sqlparser::ast;
use yilian_engine::tables_read_by;

use crate::catalogue::{Catalogue, Lookup};
use crate::error::AccessError;

/// Plans one question, or says why it is none.
pub(crate) async fn plan(
    session: &SessionContext,
    catalogue: &Catalogue,
    text: &str,
) -> Result<LogicalPlan, AccessError> {
    let statement = one_statement(text)?;
    is_a_question(&statement)?;
    if !matches!(&statement, Statement::Statement(inner) if is_show(inner)) {
        tables_are_visible(catalogue, text)?;
    }
    let plan = session.state().statement_to_plan(statement).await.map_err(|error| AccessError::planning(&error))?;
    // The statement is a question by its shape; this refuses what may hide inside of one.
    datafusion::prelude::SQLOptions::new()
        .with_allow_ddl(false)
        .with_allow_dml(false)
        .with_allow_statements(false)
        .verify_plan(&plan)
        .map_err(|_| AccessError::NotAQuestion { statement: plan.display().to_string() })?;
    Ok(plan)
}

/// The statements of a text, in order.
///
/// # Errors
/// [`AccessError::Query`] for a text that does not parse.
pub fn statements(text: &str) -> Result<Vec<String>, AccessError> {
    Ok(parsed(text)?.iter().map(ToString::to_string).collect())
}

fn parsed(text: &str) -> Result<VecDeque<Statement>, AccessError> {
    DFParser::parse_sql(text).map_err(|error| AccessError::Query { reason: error.message().into_owned() })
}

fn one_statement(text: &str) -> Result<Statement, AccessError> {
    let mut statements = parsed(text)?;
    match (statements.pop_front(), statements.is_empty()) {
        (Some(statement), true) => Ok(statement),
        (Some(_), false) => Err(AccessError::SeveralStatements),
        (None, _) => Err(AccessError::Query { reason: "it is empty".to_owned() }),
    }
}

fn is_a_question(statement: &Statement) -> Result<(), AccessError> {
    let refused = || {
        let text = statement.to_string();
        let words: Vec<&str> = text.split_whitespace().take(1).collect();
        Err(AccessError::NotAQuestion { statement: words.join(" ").to_uppercase() })
    };
    match statement {
        Statement::Explain(explain) => is_a_question(&explain.statement),
        Statement::Statement(inner) => match inner.as_ref() {
            ast::Statement::Query(_) | ast::Statement::ExplainTable { .. } => Ok(()),
            inner if is_show(inner) => Ok(()),
            _ => refused(),
        },
        _ => refused(),
    }
}

fn is_show(statement: &ast::Statement) -> bool {
    matches!(
        statement,
        ast::Statement::ShowTables { .. } | ast::Statement::ShowColumns { .. } | ast::Statement::ShowFunctions { .. }
    )
}

fn tables_are_visible(catalogue: &Catalogue, text: &str) -> Result<(), AccessError> {
    let tables = tables_read_by(text).map_err(|source| AccessError::Tables { source })?;
    for table in tables {
        match catalogue.look_up(&table.schema, &table.table) {
            Lookup::Visible => {}
            Lookup::Hidden(name) => return Err(AccessError::NotForRole { name, role: catalogue.role() }),
            Lookup::Unknown { nearest } => {
                let name = table.to_string().trim_start_matches('.').to_owned();
                return Err(AccessError::UnknownTable { name, nearest });
            }
        }
    }
    Ok(())
}
