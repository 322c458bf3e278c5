//! Tables about the run itself: deliveries, rejects, checks; and how a batch becomes a file of a table.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use yilian_engine::TableName;

use super::RunError;
use super::table_file::to_parquet;
use crate::publication::CheckResult;
use crate::receive::Accepted;

/// Writes a batch to `folder/<schema>.<table>.parquet`.
pub(crate) fn write_batch(folder: &Path, name: &TableName, batch: &RecordBatch) -> Result<PathBuf, RunError> {
    let file = folder.join(format!("{name}.parquet"));
    fs::write(&file, to_parquet(batch, &name.to_string())?).map_err(RunError::io("write", &file))?;
    Ok(file)
}

/// The ledger's tables of schema `hub`, each in order of its first columns.
pub(crate) fn tables(deliveries: &[Accepted]) -> Result<BTreeMap<&'static str, RecordBatch>, RunError> {
    let mut sorted: Vec<&Accepted> = deliveries.iter().collect();
    sorted.sort_by(|one, other| one.delivery_id.cmp(&other.delivery_id));
    let mut tables = BTreeMap::new();
    tables.insert("delivery", delivery(&sorted)?);
    tables.insert("reject_count", reject_count(&sorted)?);
    Ok(tables)
}

fn delivery(deliveries: &[&Accepted]) -> Result<RecordBatch, RunError> {
    let text = |value: &dyn Fn(&Accepted) -> String| text(deliveries.iter().map(|delivery| value(delivery)));
    let count = |value: &dyn Fn(&Accepted) -> u64| count(deliveries.iter().map(|delivery| value(delivery)));
    batch(
        "delivery",
        vec![
            ("delivery_id", text(&|delivery| delivery.delivery_id.clone())),
            ("place", text(&|delivery| delivery.manifest.place.clone())),
            ("department", text(&|delivery| delivery.manifest.department.to_string())),
            ("dataset", text(&|delivery| delivery.manifest.dataset.clone())),
            ("period", text(&|delivery| delivery.manifest.period.to_string())),
            ("sequence", count(&|delivery| u64::from(delivery.manifest.sequence))),
            ("contract_version", text(&|delivery| delivery.manifest.contract.version.clone())),
            ("link_key_id", text(&|delivery| delivery.manifest.link_key.kid.clone())),
            ("read_rows", count(&|delivery| delivery.manifest.counts.read)),
            ("delivered_rows", count(&|delivery| delivery.manifest.counts.delivered)),
            ("out_of_scope_rows", count(&|delivery| delivery.manifest.counts.out_of_scope)),
            ("rejected_rows", count(&|delivery| delivery.manifest.counts.rejected_rows())),
            ("upgraded_rows", count(&|delivery| delivery.manifest.counts.upgraded)),
            ("unlinked_rows", count(&|delivery| delivery.manifest.counts.null_tokens)),
        ],
    )
}

fn reject_count(deliveries: &[&Accepted]) -> Result<RecordBatch, RunError> {
    let rows: Vec<(&Accepted, &String, u64)> = deliveries
        .iter()
        .flat_map(|delivery| delivery.manifest.counts.rejected.iter().map(|(reason, rows)| (*delivery, reason, *rows)))
        .collect();
    batch(
        "reject_count",
        vec![
            ("delivery_id", text(rows.iter().map(|row| row.0.delivery_id.clone()))),
            ("dataset", text(rows.iter().map(|row| row.0.manifest.dataset.clone()))),
            ("reason", text(rows.iter().map(|row| row.1.clone()))),
            ("rows", count(rows.iter().map(|row| row.2))),
        ],
    )
}

/// What was checked before the run was published; a run with a check that failed is never published.
pub(crate) fn check_result(checks: &[CheckResult]) -> Result<RecordBatch, RunError> {
    batch(
        "check_result",
        vec![
            ("check", text(checks.iter().map(|check| check.name.clone()))),
            ("rows_seen", count(checks.iter().map(|check| check.rows_seen))),
            ("rows_bad", count(checks.iter().map(|check| check.rows_bad))),
        ],
    )
}

pub(crate) fn batch(what: &str, columns: Vec<(&str, ArrayRef)>) -> Result<RecordBatch, RunError> {
    RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, column)| (name, column, true)))
        .map_err(RunError::arrow(what))
}

fn text(values: impl Iterator<Item = String>) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(values))
}

fn count(values: impl Iterator<Item = u64>) -> ArrayRef {
    Arc::new(values.map(|value| i64::try_from(value).ok()).collect::<Int64Array>())
}
