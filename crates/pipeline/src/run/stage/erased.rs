//! Rows that a tombstone leaves out of every model: counted by benefit and month, so that no money is lost in silence.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, Decimal128Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use chrono::NaiveDate;
use yilian_contract::Contract;

use super::rows::days;
use crate::files;
use crate::receive::Sums;
use crate::run::RunError;
use crate::run::table_file::to_parquet;

/// What the rows of a delivery with a tombstone add up to.
pub(super) struct ErasedRows {
    dataset: String,
    sums: Sums,
}

impl ErasedRows {
    pub(super) fn none(contract: &Contract) -> Self {
        Self { dataset: contract.dataset.clone(), sums: Sums::new(contract) }
    }

    pub(super) fn add(&mut self, rows: &RecordBatch) -> Result<(), RunError> {
        self.sums.add(rows).ok_or(RunError::Unreadable { what: "rows with a tombstone" })
    }

    /// Keeps the sums where there was such a row.
    pub(super) fn write(self, file: &Path) -> Result<(), RunError> {
        let sums = self.sums.into_map();
        if sums.is_empty() {
            return Ok(());
        }
        let month = |month: Option<(i32, u32)>| month.and_then(|(year, month)| NaiveDate::from_ymd_opt(year, month, 1));
        let amounts: Decimal128Array = sums.values().map(|sum| Some(i128::from(sum.fen))).collect();
        let columns: Vec<ArrayRef> = vec![
            Arc::new(StringArray::from_iter_values(sums.keys().map(|_| self.dataset.as_str()))),
            Arc::new(sums.keys().map(|key| key.0.as_deref()).collect::<StringArray>()),
            Arc::new(sums.keys().map(|key| month(key.1).map(days)).collect::<Date32Array>()),
            Arc::new(Int64Array::from_iter_values(sums.values().map(|sum| sum.rows))),
            Arc::new(amounts.with_precision_and_scale(18, 2).map_err(RunError::arrow("rows with a tombstone"))?),
        ];
        let batch = RecordBatch::try_new(erased_schema(), columns).map_err(RunError::arrow("rows with a tombstone"))?;
        let folder = file.parent().unwrap_or(file);
        fs::create_dir_all(folder).map_err(RunError::io("create", folder))?;
        fs::write(file, to_parquet(&batch, "rows with a tombstone")?)
            .and_then(|()| files::sync(file))
            .map_err(RunError::io("write", file))
    }
}

/// The columns of `reference.tombstoned`: rows and money that tombstones leave out, by dataset, benefit and month.
pub(crate) fn erased_schema() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new("dataset", DataType::Utf8, true),
        Field::new("benefit", DataType::Utf8, true),
        Field::new("month", DataType::Date32, true),
        Field::new("rows", DataType::Int64, true),
        Field::new("amount", DataType::Decimal128(18, 2), true),
    ]))
}
