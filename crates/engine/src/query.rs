use datafusion::error::DataFusionError;
use datafusion::sql::parser::{DFParser, Statement};
use datafusion::sql::resolve::resolve_table_references;
use serde::{Deserialize, Serialize};

use crate::{DATABASE, EngineError};

/// A table as a query names it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TableName {
    /// The schema before the dot; empty if the query gives none.
    pub schema: String,
    /// The name after the dot.
    pub table: String,
}

impl std::fmt::Display for TableName {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}.{}", self.schema, self.table)
    }
}

/// The tables that the FROM clauses of one query name, without its own common table expressions, in order of name.
///
/// # Errors
/// [`EngineError::NotOneQuery`] if the text does not parse or holds another number of statements than one.
pub fn tables_read_by(query: &str) -> Result<Vec<TableName>, EngineError> {
    let not_one = |source| EngineError::NotOneQuery { source };
    let mut statements = DFParser::parse_sql(query).map_err(not_one)?;
    let (Some(statement), None) = (statements.pop_front(), statements.pop_front()) else {
        return Err(not_one(DataFusionError::Plan("one statement is expected".to_owned())));
    };
    tables_of(&statement)
}

/// The same of a statement that has been parsed; a table of another database has its name before the schema's.
///
/// # Errors
/// [`EngineError::NotOneQuery`] for a name that is none.
pub fn tables_of(statement: &Statement) -> Result<Vec<TableName>, EngineError> {
    let not_one = |source| EngineError::NotOneQuery { source };
    let (tables, _) = resolve_table_references(statement, true).map_err(not_one)?;
    let mut names: Vec<TableName> = tables
        .iter()
        .map(|table| TableName {
            schema: match table.catalog().filter(|database| *database != DATABASE) {
                Some(database) => format!("{database}.{}", table.schema().unwrap_or_default()),
                None => table.schema().unwrap_or_default().to_owned(),
            },
            table: table.table().to_owned(),
        })
        .collect();
    names.sort();
    names.dedup();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(query: &str) -> Vec<String> {
        tables_read_by(query).unwrap().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn tables_in_joins_and_subqueries_are_found_once() {
        let query = "select * from hub.person p join staged.benefit_payment b on b.person_id = p.person_id
                     where exists (select 1 from staged.funeral f where f.person_id = p.person_id)
                     union all select * from hub.person";
        assert_eq!(names(query), ["hub.person", "staged.benefit_payment", "staged.funeral"]);
    }

    #[test]
    fn a_common_table_expression_is_no_table() {
        assert_eq!(names("with twins as (select * from work.booking) select * from twins"), ["work.booking"]);
    }

    #[test]
    fn two_statements_are_refused() {
        assert!(matches!(tables_read_by("select 1; select 2"), Err(EngineError::NotOneQuery { .. })));
    }
}
