//! Parts of what clients ask when they connect that the engine cannot plan, and what is asked in their place.
//!
//! Each stands word for word in the program of a client. None is about figures: nobody else writes these words.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    CastKind, DataType, Expr, SelectItem, SetExpr, Statement, TableFactor, Value, visit_expressions,
    visit_expressions_mut,
};
use datafusion::sql::sqlparser::dialect::PostgreSqlDialect;
use datafusion::sql::sqlparser::parser::Parser;

/// Tables of the catalogue that say nothing of ours: no column has a default, a sequence or a collation.
const SILENT: [&str; 3] = ["pg_attrdef", "pg_sequence", "pg_collation"];

/// What a client asks, and what is asked instead.
const KNOWN: [(&str, &str); 10] = [
    // psql \d+: options of a table, which none has.
    (
        "pg_catalog.array_to_string(c.reloptions || array(select 'toast.' || x from pg_catalog.unnest(tc.reloptions) x), ', ')",
        "''",
    ),
    // psql \du: the roles that a role is a member of.
    (
        "ARRAY(SELECT b.rolname\n        FROM pg_catalog.pg_auth_members m\n        JOIN pg_catalog.pg_roles b ON (m.roleid = b.oid)\n        WHERE m.member = r.oid) as memberof",
        "'{}' as memberof",
    ),
    // psql \dT: types of the columns of a table.
    ("OR (SELECT c.relkind = 'c' FROM pg_catalog.pg_class c WHERE c.oid = t.typrelid)", ""),
    // Npgsql: a range has one multirange at most, which the engine does not know.
    (
        "(SELECT rngtypid FROM pg_range WHERE rngmultitypid = typ.oid)",
        "(SELECT max(rngtypid) FROM pg_range WHERE rngmultitypid = typ.oid)",
    ),
    // Npgsql, ADBC: functions of a type stand by name in our `pg_type`, not by number.
    ("AS proc ON proc.oid = typ.typreceive", "AS proc ON proc.proname = typ.typreceive"),
    ("AS elemproc ON elemproc.oid = elemtyp.typreceive", "AS elemproc ON elemproc.proname = elemtyp.typreceive"),
    ("(typreceive != 0 OR typsend != 0)", "(typreceive != '-' OR typsend != '-')"),
    // The driver of DBeaver: whether a type is an array.
    ("typinput='pg_catalog.array_in'::regproc", "typinput='array_in'"),
    // psycopg: the name of a type of that number.
    ("oid::regtype::text AS regtype", "format_type(oid, NULL) AS regtype"),
    // psql \dn+: rights, which are those of the role.
    (r"pg_catalog.array_to_string(n.nspacl, E'\n')", "''"),
];

/// The text with every known part replaced.
pub(crate) fn replaced(text: &str) -> String {
    KNOWN.iter().fold(text.to_owned(), |text, (asked, instead)| text.replace(asked, instead))
}

/// Takes out what SQLAlchemy asks of the [`SILENT`] tables for each column, which the engine cannot plan.
pub(crate) fn without_silence(mut statement: Statement) -> Statement {
    let _ = visit_expressions_mut(&mut statement, |expression| {
        if let Expr::Case { conditions, .. } = expression
            && conditions.iter().all(|condition| is_silent(&condition.result))
        {
            *expression = Expr::Cast {
                kind: CastKind::Cast,
                expr: Box::new(Expr::Value(Value::Null.into())),
                data_type: DataType::Text,
                array: false,
                format: None,
            };
        }
        ControlFlow::<()>::Continue(())
    });
    statement
}

fn is_silent(expression: &Expr) -> bool {
    let Expr::Subquery(query) = expression else { return false };
    let SetExpr::Select(select) = query.body.as_ref() else { return false };
    let Some(TableFactor::Table { name, .. }) = select.from.first().map(|from| &from.relation) else { return false };
    let table = name.0.last().and_then(|part| part.as_ident());
    table.is_some_and(|table| SILENT.contains(&table.value.as_str()))
}

/// Answers without rows what asks for the places of columns in keys and indexes (SQLAlchemy): no table has any, and the
/// engine does not know `generate_subscripts`. Columns and parameters stay.
pub(crate) fn without_keys(statement: Statement) -> Statement {
    let mut asks = false;
    let mut parameters = BTreeSet::new();
    let _ = visit_expressions(&statement, |expression| {
        match expression {
            Expr::Function(function) => asks |= function.name.to_string().ends_with("generate_subscripts"),
            Expr::Value(value) => {
                if let Value::Placeholder(name) = &value.value {
                    parameters.insert(name.clone());
                }
            }
            _ => {}
        }
        ControlFlow::<()>::Continue(())
    });
    let columns = if asks { columns_of(&statement) } else { Vec::new() };
    if columns.is_empty() {
        return statement;
    }
    let columns: Vec<String> = columns.iter().map(|name| format!("CAST(NULL AS text) AS \"{name}\"")).collect();
    let parameters: String = parameters.iter().map(|name| [" AND CAST(", name, " AS text) IS NULL"].concat()).collect();
    let text = format!("SELECT {} WHERE false{parameters}", columns.join(", "));
    let parsed = Parser::parse_sql(&PostgreSqlDialect {}, &text);
    parsed.ok().and_then(|mut statements| statements.pop()).unwrap_or(statement)
}

fn columns_of(statement: &Statement) -> Vec<String> {
    let Statement::Query(query) = statement else { return Vec::new() };
    let SetExpr::Select(select) = query.body.as_ref() else { return Vec::new() };
    let name = |item: &SelectItem| match item {
        SelectItem::ExprWithAlias { alias, .. } => alias.value.clone(),
        SelectItem::UnnamedExpr(Expr::CompoundIdentifier(parts)) => {
            parts.last().map(|part| part.value.clone()).unwrap_or_default()
        }
        other => other.to_string().replace('"', ""),
    };
    select.projection.iter().map(name).collect()
}
