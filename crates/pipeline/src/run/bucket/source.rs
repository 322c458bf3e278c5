//! A table about people that exists before any model, and how a bucket reads it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use datafusion::catalog::TableProvider;
use datafusion::prelude::{Expr, SessionContext, col, lit};
use datafusion::scalar::ScalarValue;
use yilian_engine::{TableName, parquet_files, rows_of_parquet};

use super::super::RunError;
use super::super::contents::{Contents, Extent, MONTH, Month};
use super::super::generation::parts;
use super::super::stage::months_of_file;
use super::super::united::United;
use super::under;

/// A table about people that exists before any model.
pub(super) struct Source {
    name: TableName,
    provider: Arc<dyn TableProvider>,
    /// The columns that any step reads, by place.
    pub(super) columns: BTreeSet<usize>,
    /// Of a table without rows no bucket needs to be asked.
    is_empty: bool,
    /// What staged files are, as their names say; `None` for rows that have to be looked at.
    pub(super) contents: Option<Contents>,
}

impl Source {
    pub(super) async fn new(
        session: &SessionContext,
        (name, provider): (&TableName, &Arc<dyn TableProvider>),
        columns: BTreeSet<usize>,
    ) -> Result<Self, RunError> {
        let rows = if let Some(files) = parquet_files(provider.as_ref()) {
            files.iter().map(|file| rows_of_parquet(file)).sum::<Result<u64, _>>()?
        } else {
            let rows = session.read_table(Arc::clone(provider)).map_err(RunError::query(name))?.count().await;
            rows.map_err(RunError::query(name))? as u64
        };
        Ok(Self {
            name: name.clone(),
            provider: Arc::clone(provider),
            columns,
            is_empty: rows == 0,
            contents: staged_contents(name, provider)?,
        })
    }

    pub(super) fn name(&self) -> &TableName {
        &self.name
    }

    pub(super) fn has_months(&self) -> bool {
        has_months(&self.provider)
    }

    /// The rows that stand under one of `ids`, as far as they are meant.
    pub(super) async fn read(
        &self,
        session: &SessionContext,
        (united, ids): (&United, (i64, i64)),
        (columns, extent): (&BTreeSet<usize>, &Extent),
    ) -> Result<Vec<RecordBatch>, RunError> {
        if self.is_empty {
            return Ok(Vec::new());
        }
        let columns: Vec<usize> = columns.iter().copied().collect();
        let schema: SchemaRef =
            self.provider.schema().project(&columns).map(Arc::new).map_err(RunError::arrow(self.name.to_string()))?;
        let names: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
        let rows = session
            .read_table(Arc::clone(&self.provider))
            .and_then(|table| match of_extent(extent) {
                Some(is_meant) => table.filter(is_meant),
                None => Ok(table),
            })
            .and_then(|table| united.rows_of(table, ids))
            .and_then(|table| table.select_columns(&names))
            .map_err(RunError::query(&self.name))?;
        let batches = rows.collect().await.map_err(RunError::query(&self.name))?;
        under(&schema, &batches).map_err(RunError::arrow(self.name.to_string()))
    }
}

/// Whether a row is meant.
fn of_extent(extent: &Extent) -> Option<Expr> {
    let day = |month: &Month| lit(ScalarValue::Date32(Some(*month)));
    match extent {
        Extent::All => None,
        Extent::Months(months) => Some(col(MONTH).in_list(months.iter().map(day).collect(), false)),
        Extent::Before(end) => Some(col(MONTH).lt(day(end))),
        Extent::From(start) => Some(col(MONTH).gt_eq(day(start))),
    }
}

pub(super) fn has_months(provider: &Arc<dyn TableProvider>) -> bool {
    provider.schema().index_of(MONTH).is_ok()
}

/// What staged rows are: the names of their files say it, for a file never changes.
fn staged_contents(name: &TableName, provider: &Arc<dyn TableProvider>) -> Result<Option<Contents>, RunError> {
    let files = if name.schema == "staged" { parquet_files(provider.as_ref()) } else { None };
    let Some(mut files) = files else { return Ok(None) };
    files.sort_by(|one, other| one.file_name().cmp(&other.file_name()));
    let staged_name = |file: &Path| -> Option<String> {
        let name = file.file_name()?.to_str()?;
        parts(name).map(|_| name.to_owned())
    };
    let mut by_month: BTreeMap<Month, Vec<String>> = BTreeMap::new();
    let mut names = Vec::new();
    for file in &files {
        let Some(name) = staged_name(file) else { return Ok(None) };
        if has_months(provider) {
            let Some(months) = months_of_file(file)? else { return Ok(None) };
            for month in months {
                by_month.entry(month).or_default().push(name.clone());
            }
        }
        names.push(name);
    }
    let following = |names: &[String]| Contents::following_from(names.iter().map(String::as_str));
    Ok(Some(if has_months(provider) {
        Contents::ByMonth(by_month.iter().map(|(month, names)| (*month, following(names))).collect())
    } else {
        Contents::Whole(following(&names))
    }))
}
