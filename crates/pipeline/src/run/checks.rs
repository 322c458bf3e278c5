//! `sql/checks/`: each SELECT says how many rows it saw, how many it must have seen, and how many break its claim. A check
//! that no SELECT can say, for it is about every dataset, is [`every_row`].

use arrow::array::AsArray;
use arrow::datatypes::Int64Type;
use datafusion::prelude::SessionContext;
use yilian_engine::TableName;

use super::model::{children, has_sql};
use super::{Night, RunError, every_row};
use crate::publication::{CheckOutcome, CheckResult};

/// Runs every check; all that fail stop the run together.
pub(crate) async fn run_checks(night: &Night<'_>, session: &SessionContext) -> Result<Vec<CheckResult>, RunError> {
    let mut results = Vec::new();
    for file in children(&night.definition.sql.join("checks"))?.iter().filter(|path| has_sql(path)) {
        let query = std::fs::read_to_string(file).map_err(RunError::io("read", file))?;
        let name = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        results.push(check(session, name, &query).await?);
    }
    results.push(every_row::check(night, session).await?);
    let failures: Vec<String> = results
        .iter()
        .filter(|result| result.outcome != CheckOutcome::Passed)
        .map(|result| format!("{}: saw {} rows, {} of them at fault", result.name, result.rows_seen, result.rows_bad))
        .collect();
    if failures.is_empty() { Ok(results) } else { Err(RunError::Checks { failures }) }
}

async fn check(session: &SessionContext, name: String, query: &str) -> Result<CheckResult, RunError> {
    let table = TableName { schema: "check".to_owned(), table: name.clone() };
    let batches =
        session.sql(query).await.map_err(RunError::query(&table))?.collect().await.map_err(RunError::query(&table))?;
    let number = |column: &str| {
        let batch = batches.iter().find(|batch| batch.num_rows() == 1)?;
        let values = batch.column_by_name(column)?.as_primitive_opt::<Int64Type>()?.clone();
        values.iter().next().flatten().and_then(|value| u64::try_from(value).ok())
    };
    let (Some(rows_seen), Some(must_see), Some(rows_bad)) = (number("seen"), number("must_see"), number("bad")) else {
        return Err(RunError::Model {
            file: format!("checks/{name}.sql").into(),
            reason: "a check gives one row of seen, must_see and bad, as BIGINT".to_owned(),
        });
    };
    let outcome = match (rows_bad, rows_seen < must_see) {
        (1.., _) => CheckOutcome::Failed,
        (0, true) => CheckOutcome::Vacuous,
        (0, false) => CheckOutcome::Passed,
    };
    Ok(CheckResult { name, outcome, rows_seen, rows_bad })
}
