//! Whether models read what the offices delivered: every row of theirs once, and nothing else, such as a canary.

use std::collections::BTreeMap;

use arrow::array::{Array, AsArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type};
use datafusion::prelude::SessionContext;
use yilian_engine::TableName;

use super::stage::is_about_people;
use super::staging::is_staged;
use super::{Night, RunError};
use crate::publication::{CheckOutcome, CheckResult};

const NAME: &str = "every_row";

/// Compares the rows that stand in the tables of each dataset with those that its deliveries count.
///
/// The tables are counted as models see them, whenever and by whichever program they were staged.
pub(super) async fn check(night: &Night<'_>, session: &SessionContext) -> Result<CheckResult, RunError> {
    let erased = erased(session).await?;
    let (mut rows_seen, mut rows_bad): (u64, u64) = (0, 0);
    for contract in night.definition.schemas.contracts.iter().filter(|contract| is_staged(contract)) {
        let of_dataset = night.deliveries.iter().filter(|delivery| delivery.manifest.dataset == contract.dataset);
        let delivered: u64 = of_dataset.map(|delivery| delivery.manifest.counts.delivered).sum();
        let mut found = rows(session, "staged", &contract.dataset).await?;
        if is_about_people(contract) {
            found += rows(session, "unnumbered", &contract.dataset).await?;
        }
        found += erased.get(&contract.dataset).copied().unwrap_or_default();
        rows_seen += found;
        rows_bad += found.abs_diff(delivered);
    }
    let outcome = if rows_bad == 0 { CheckOutcome::Passed } else { CheckOutcome::Failed };
    Ok(CheckResult { name: NAME.to_owned(), outcome, rows_seen, rows_bad })
}

async fn rows(session: &SessionContext, schema: &str, table: &str) -> Result<u64, RunError> {
    let name = TableName { schema: schema.to_owned(), table: table.to_owned() };
    let table = session.table(name.to_string()).await.map_err(RunError::query(&name))?;
    let rows = table.count().await.map_err(RunError::query(&name))?;
    Ok(u64::try_from(rows).unwrap_or(u64::MAX))
}

/// How many rows tombstones leave out, by dataset.
async fn erased(session: &SessionContext) -> Result<BTreeMap<String, u64>, RunError> {
    let name = TableName { schema: "reference".to_owned(), table: "tombstoned".to_owned() };
    let failed = || RunError::query(&name);
    let batches = session.table(name.to_string()).await.map_err(failed())?.collect().await.map_err(failed())?;
    let mut erased = BTreeMap::new();
    for batch in batches {
        let column = |name: &str, data_type| {
            let column = batch.schema_ref().index_of(name).map(|at| batch.column(at));
            column.and_then(|column| cast(column, data_type)).map_err(RunError::arrow("rows with a tombstone"))
        };
        let (datasets, rows) = (column("dataset", &DataType::Utf8)?, column("rows", &DataType::Int64)?);
        let (datasets, rows) = (datasets.as_string::<i32>(), rows.as_primitive::<Int64Type>());
        for row in (0..batch.num_rows()).filter(|row| datasets.is_valid(*row) && rows.is_valid(*row)) {
            let sum: &mut u64 = erased.entry(datasets.value(row).to_owned()).or_default();
            *sum += u64::try_from(rows.value(row)).unwrap_or_default();
        }
    }
    Ok(erased)
}
