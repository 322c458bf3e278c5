//! What a text asks for: rows, or something about the connection that clients say without being asked.

use std::ops::ControlFlow;
use std::sync::{Arc, LazyLock};

use datafusion::sql::parser::Statement as EngineStatement;
use datafusion::sql::resolve::resolve_table_references;
use datafusion::sql::sqlparser::ast::{
    self, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArgumentList, FunctionArguments, Ident, ObjectName,
    Set, Statement, Value, visit_expressions_mut,
};
use datafusion::sql::sqlparser::dialect::PostgreSqlDialect;
use datafusion::sql::sqlparser::parser::Parser;
use datafusion_pg_catalog::sql::PostgresCompatibilityParser;
use yilian_access::check_length;

use crate::failure::{Failure, REFUSED, UNSUPPORTED};
use crate::fragments::{replaced, without_keys, without_silence};

/// One statement of a text.
#[derive(Debug, Clone)]
pub(crate) enum Command {
    /// Asks for rows.
    Question(Arc<Statement>),
    /// Sets a setting; without a value, its first one.
    Set { name: String, value: Option<String> },
    /// Puts every setting back.
    ResetAll,
    /// Shows a setting, or `all`.
    Show(String),
    /// Begins a transaction, in which nothing is different.
    Begin,
    /// Ends one.
    End(&'static str),
    /// Changes nothing, and is said to be done.
    Nothing(&'static str),
    /// Forgets a prepared statement.
    Deallocate(String),
    /// Puts the connection back to how it began.
    DiscardAll,
}

static COMPATIBLE: LazyLock<PostgresCompatibilityParser> = LazyLock::new(PostgresCompatibilityParser::new);

/// A statement may be so long, in bytes.
const LONGEST: usize = 1 << 20;

/// The statements of a text, in order; none of an empty one.
pub(crate) fn commands(text: &str) -> Result<Vec<Command>, Failure> {
    if text.len() > LONGEST {
        return Err(Failure::new("54000", format!("a text of more than {LONGEST} bytes is not read")));
    }
    statements(text)?.into_iter().map(|statement| command(with_escapes(statement))).collect()
}

/// Writes `LIKE … ESCAPE '/'` as the engine knows it, with a backslash; SQLAlchemy asks so.
fn with_escapes(mut statement: Statement) -> Statement {
    let _ = visit_expressions_mut(&mut statement, |expression| {
        if let Expr::Like { pattern, escape_char, .. } | Expr::ILike { pattern, escape_char, .. } = expression
            && escape_char.as_ref().is_some_and(|escape| escape.value == Value::SingleQuotedString("/".to_owned()))
        {
            *escape_char = None;
            let old = std::mem::replace(pattern.as_mut(), Expr::Value(Value::Null.into()));
            // A backslash is one, two strokes are one; in between they are kept apart by a letter that no text has.
            let steps = [("\\", "\\\\"), ("//", "\u{1}"), ("/", "\\"), ("\u{1}", "/")];
            **pattern = steps.into_iter().fold(old, |text, (from, to)| replace(text, from, to));
        }
        ControlFlow::<()>::Continue(())
    });
    statement
}

fn replace(text: Expr, from: &str, to: &str) -> Expr {
    let word = |word: &str| Expr::Value(Value::SingleQuotedString(word.to_owned()).into());
    let arguments = [text, word(from), word(to)].map(|value| FunctionArg::Unnamed(FunctionArgExpr::Expr(value)));
    let list = FunctionArgumentList { duplicate_treatment: None, args: arguments.to_vec(), clauses: Vec::new() };
    Expr::Function(Function {
        name: ObjectName::from(vec![Ident::new("replace")]),
        uses_odbc_syntax: false,
        parameters: FunctionArguments::None,
        args: FunctionArguments::List(list),
        filter: None,
        null_treatment: None,
        over: None,
        within_group: Vec::new(),
    })
}

/// Questions to the catalogue are rewritten as far as the engine needs it; all others are taken as they stand.
fn statements(text: &str) -> Result<Vec<Statement>, Failure> {
    check_length(text).map_err(|error| Failure::of(&error))?;
    let plain = Parser::parse_sql(&PostgreSqlDialect {}, text);
    match plain {
        Ok(statements) if !statements.iter().any(asks_the_catalogue) => Ok(statements),
        plain => match (COMPATIBLE.parse(&replaced(text)), plain) {
            (Ok(statements), _) => {
                Ok(statements.into_iter().map(|asked| without_keys(without_silence(asked))).collect())
            }
            (Err(error), _) => Err(Failure::new("42601", error.to_string())),
        },
    }
}

/// Whether a statement reads the catalogue, or no table at all, as `select version()` does.
fn asks_the_catalogue(statement: &Statement) -> bool {
    if !matches!(statement, Statement::Query(_) | Statement::Explain { .. }) {
        return false;
    }
    let statement = EngineStatement::Statement(Box::new(statement.clone()));
    let Ok((tables, _)) = resolve_table_references(&statement, true) else { return true };
    tables.is_empty()
        || tables.iter().any(|table| match table.schema() {
            Some(schema) => matches!(schema, "pg_catalog" | "information_schema"),
            None => table.table().starts_with("pg_"),
        })
}

fn command(statement: Statement) -> Result<Command, Failure> {
    Ok(match statement {
        Statement::Set(set) => return assignment(set),
        Statement::Reset(reset) => match reset.reset {
            ast::Reset::ALL => Command::ResetAll,
            ast::Reset::ConfigurationParameter(name) => Command::Set { name: name_of(&name), value: None },
        },
        Statement::ShowVariable { variable } => {
            let words: Vec<&str> = variable.iter().map(|word| word.value.as_str()).collect();
            // `SHOW TRANSACTION ISOLATION LEVEL` is a name in three words.
            Command::Show(words.join("_").to_lowercase().replace("isolation_level", "isolation"))
        }
        Statement::StartTransaction { .. } => Command::Begin,
        Statement::Commit { .. } => Command::End("COMMIT"),
        Statement::Rollback { savepoint: None, .. } => Command::End("ROLLBACK"),
        Statement::Rollback { .. } => Command::Nothing("ROLLBACK"),
        Statement::Savepoint { .. } => Command::Nothing("SAVEPOINT"),
        Statement::ReleaseSavepoint { .. } => Command::Nothing("RELEASE"),
        Statement::Discard { .. } => Command::DiscardAll,
        Statement::Deallocate { name, .. } => Command::Deallocate(name.value),
        Statement::Query(_)
        | Statement::Explain { .. }
        | Statement::ExplainTable { .. }
        | Statement::ShowTables { .. }
        | Statement::ShowColumns { .. }
        | Statement::ShowFunctions { .. } => Command::Question(Arc::new(statement)),
        other => return Err(refused(&other)),
    })
}

fn assignment(set: Set) -> Result<Command, Failure> {
    let refused = || Failure::new(UNSUPPORTED, "this cannot be set here").hint("SHOW ALL lists what can");
    Ok(match set {
        Set::SingleAssignment { variable, values, .. } => {
            let texts: Vec<String> = values.iter().map(text_of).collect();
            let is_default = matches!(texts.as_slice(), [only] if only.eq_ignore_ascii_case("default"));
            Command::Set { name: name_of(&variable), value: (!is_default).then(|| texts.join(", ")) }
        }
        Set::SetTimeZone { value, .. } => Command::Set { name: "timezone".to_owned(), value: Some(text_of(&value)) },
        Set::SetNames { charset_name, .. } => {
            Command::Set { name: "client_encoding".to_owned(), value: Some(charset_name.value) }
        }
        // Every transaction reads one publication a statement and writes nothing, whatever it is called.
        Set::SetTransaction { .. } => Command::Nothing("SET"),
        _ => return Err(refused()),
    })
}

fn name_of(name: &ObjectName) -> String {
    let parts = name.0.iter().filter_map(|part| part.as_ident()).map(|part| part.value.to_lowercase());
    parts.collect::<Vec<_>>().join(".")
}

fn text_of(value: &Expr) -> String {
    match value {
        Expr::Value(value) => match &value.value {
            Value::SingleQuotedString(text) | Value::DoubleQuotedString(text) => text.clone(),
            other => other.to_string(),
        },
        Expr::Identifier(word) => word.value.clone(),
        other => other.to_string(),
    }
}

fn refused(statement: &Statement) -> Failure {
    let text = statement.to_string();
    let word = text.split_whitespace().next().unwrap_or_default().to_uppercase();
    match statement {
        Statement::Copy { .. } => Failure::new(REFUSED, "COPY is not allowed: no statement reads or writes a file")
            .hint(
                "ask with SELECT; \\g FILE of psql and `yilian sql --out` write answers to files, and ADBC needs \
             adbc.postgresql.use_copy=false",
            ),
        Statement::Declare { .. } | Statement::Fetch { .. } | Statement::Close { .. } => {
            Failure::new(UNSUPPORTED, format!("{word} is not supported"))
                .hint("rows come as they are read; fetch them in parts with the fetch size of the driver")
        }
        Statement::Prepare { .. } | Statement::Execute { .. } => {
            Failure::new(UNSUPPORTED, format!("{word} is not supported")).hint("drivers prepare statements themselves")
        }
        _ => Failure::new(REFUSED, format!("only questions are answered (SELECT, EXPLAIN, SHOW), not {word}"))
            .hint("the tables are made by the hub and are for reading"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> Result<Command, Failure> {
        commands(text).map(|mut commands| commands.remove(0))
    }

    #[test]
    fn what_clients_say_about_the_connection_is_understood() {
        assert!(matches!(one("BEGIN READ ONLY"), Ok(Command::Begin)));
        assert!(matches!(one("ABORT"), Ok(Command::End("ROLLBACK"))));
        assert!(matches!(one("rollback to savepoint a"), Ok(Command::Nothing(_))));
        assert!(matches!(one("DISCARD ALL"), Ok(Command::DiscardAll)));
        assert!(matches!(one("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY"), Ok(Command::Nothing("SET"))));
        assert!(
            matches!(one("show transaction isolation level"), Ok(Command::Show(name)) if name == "transaction_isolation")
        );
        let set = one("set search_path to release, \"$user\"");
        assert!(matches!(&set, Ok(Command::Set { value: Some(value), .. }) if value == "release, $user"), "{set:?}");
        let set = one("SET TIME ZONE 'Asia/Shanghai'");
        assert!(matches!(&set, Ok(Command::Set { name, .. }) if name == "timezone"), "{set:?}");
        assert_eq!(commands("select 1; ; select 2;").unwrap().len(), 2);
    }

    #[test]
    fn whatever_writes_or_reads_files_is_refused() {
        for statement in [
            "copy (select 1) to '/tmp/x'",
            "copy population to stdout",
            "create table t (a int)",
            "create external table t stored as csv location '/etc/passwd'",
            "insert into population values (1)",
            "update population set value = 1",
            "delete from population",
            "drop table population",
            "truncate population",
            "grant select on population to public",
            "set role operator",
            "set session authorization operator",
            "declare c cursor for select 1",
            "prepare p as select 1",
            "vacuum",
            "load 'x'",
            "call f()",
        ] {
            let failure = one(statement).unwrap_err();
            assert!(["42501", "0A000", "42601"].contains(&failure.code), "{statement}: {failure:?}");
        }
    }
}
