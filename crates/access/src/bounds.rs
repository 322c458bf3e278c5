//! What a text may be before the engine plans it: no longer than a question is, and without what the engine would pass over.

use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{GroupByExpr, Query, Select, Statement, TableFactor, Visit, Visitor};
use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::tokenizer::{Token, Tokenizer};

use crate::error::AccessError;

/// Names, words and signs of a text; literals and commas do not count, so that a list may be long.
///
/// An expression of tens of thousands of terms takes the planner minutes, and more stack than a thread has.
const MOST_WORDS: usize = 3_000;

/// Refuses a text that is too long to be planned.
///
/// # Errors
/// [`AccessError::TooLong`]; a text that has no tokens is left to the parser.
pub fn check_length(text: &str) -> Result<(), AccessError> {
    let Ok(tokens) = Tokenizer::new(&GenericDialect {}, text).tokenize() else { return Ok(()) };
    let is_word = |token: &&Token| {
        !matches!(
            token,
            Token::Whitespace(_) | Token::Comma | Token::Number(..) | Token::SingleQuotedString(_) | Token::Period
        )
    };
    let words = tokens.iter().filter(is_word).count();
    if words > MOST_WORDS { Err(AccessError::TooLong { words, most: MOST_WORDS }) } else { Ok(()) }
}

/// Refuses clauses that the engine reads and does not follow: the answer would be another than the one asked for.
///
/// # Errors
/// [`AccessError::Query`] naming the clause.
pub(crate) fn check_clauses(statement: &Statement) -> Result<(), AccessError> {
    match statement.visit(&mut Overlooked) {
        ControlFlow::Break(clause) => {
            Err(AccessError::Query { reason: format!("{clause} is not supported; leave it out") })
        }
        ControlFlow::Continue(()) => Ok(()),
    }
}

struct Overlooked;

impl Visitor for Overlooked {
    type Break = &'static str;

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<Self::Break> {
        let clauses = [
            (!query.locks.is_empty(), "FOR UPDATE or SHARE"),
            (query.for_clause.is_some(), "FOR XML, JSON or BROWSE"),
            (query.settings.is_some(), "SETTINGS"),
            (query.format_clause.is_some(), "FORMAT"),
        ];
        first(&clauses)
    }

    fn pre_visit_select(&mut self, select: &Select) -> ControlFlow<Self::Break> {
        let (GroupByExpr::All(modifiers) | GroupByExpr::Expressions(_, modifiers)) = &select.group_by;
        first(&[(!modifiers.is_empty(), "GROUP BY … WITH")])
    }

    fn pre_visit_table_factor(&mut self, table: &TableFactor) -> ControlFlow<Self::Break> {
        match table {
            TableFactor::Table { with_hints, version, with_ordinality, partitions, sample, index_hints, .. } => {
                first(&[
                    (sample.is_some(), "TABLESAMPLE"),
                    (*with_ordinality, "WITH ORDINALITY"),
                    (!with_hints.is_empty() || !index_hints.is_empty(), "a hint of a table"),
                    (!partitions.is_empty(), "PARTITION"),
                    (version.is_some(), "a version of a table"),
                ])
            }
            TableFactor::Derived { sample, .. } => first(&[(sample.is_some(), "TABLESAMPLE")]),
            _ => ControlFlow::Continue(()),
        }
    }
}

fn first(clauses: &[(bool, &'static str)]) -> ControlFlow<&'static str> {
    match clauses.iter().find(|(is_there, _)| *is_there) {
        Some((_, clause)) => ControlFlow::Break(clause),
        None => ControlFlow::Continue(()),
    }
}

#[cfg(test)]
mod tests {
    use datafusion::sql::sqlparser::parser::Parser;

    use super::*;

    #[test]
    fn a_long_list_is_a_question_and_a_long_expression_is_none() {
        let numbers: Vec<String> = (0..100_000).map(|number| number.to_string()).collect();
        assert!(check_length(&format!("select 1 where 1 in ({})", numbers.join(","))).is_ok());
        assert!(matches!(check_length(&format!("select {}", numbers.join("+"))), Err(AccessError::TooLong { .. })));
    }

    #[test]
    fn clauses_that_the_engine_passes_over_are_refused() {
        let refused = |text: &str| {
            let statements = Parser::parse_sql(&GenericDialect {}, text).unwrap();
            check_clauses(&statements[0]).is_err()
        };
        for text in [
            "select 1 from t tablesample (10 percent)",
            "select 1 from (select 1 from t) s tablesample (10 percent)",
            "select 1 from t for update",
            "select a from t group by a with rollup",
            "select 1 from t with (nolock)",
            "select 1 where exists (select 1 from t tablesample (10 percent))",
        ] {
            assert!(refused(text), "{text}");
        }
        assert!(!refused("select a, count(*) from t group by rollup (a)"));
    }
}
