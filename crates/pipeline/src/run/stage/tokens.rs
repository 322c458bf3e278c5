//! The token columns of a delivery.

use arrow::array::{Array, AsArray, FixedSizeBinaryArray, RecordBatch};
use bytes::Bytes;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use yilian_token::Token;

use crate::run::RunError;

/// Columns of a delivery that never stand in a staged file as delivered.
const TOKENS: [&str; 7] =
    ["person_token", "household_token", "record_token", "name_token", "worker_token", "old_token", "new_token"];

/// Whether a delivered column is a token of a link key.
pub(crate) fn is_token(column: &str) -> bool {
    TOKENS.contains(&column)
}

/// The tokens of one column by row; none at all where the column is not there.
pub(crate) fn tokens_of(batch: &RecordBatch, column: &str) -> impl Iterator<Item = Option<Token>> {
    let array = batch.column_by_name(column).and_then(AsArray::as_fixed_size_binary_opt);
    (0..batch.num_rows()).map(move |row| array.and_then(|array| token_of(array, row)))
}

/// Calls `each` with the tokens of every row, in order; `false` and no call if the delivery lacks the first column.
pub(crate) fn for_each_row<const COLUMNS: usize>(
    data: &Bytes,
    columns: [&str; COLUMNS],
    mut each: impl FnMut([Option<Token>; COLUMNS]),
) -> Result<bool, RunError> {
    let failed = |error| RunError::parquet("tokens of a delivery")(error);
    let builder = ParquetRecordBatchReaderBuilder::try_new(data.clone()).map_err(failed)?;
    if columns.first().is_none_or(|first| builder.schema().index_of(first).is_err()) {
        return Ok(false);
    }
    let mask = ProjectionMask::columns(builder.parquet_schema(), columns);
    for batch in builder.with_projection(mask).build().map_err(failed)? {
        let batch = batch.map_err(RunError::arrow("tokens of a delivery"))?;
        let arrays = columns.map(|column| batch.column_by_name(column).and_then(AsArray::as_fixed_size_binary_opt));
        for row in 0..batch.num_rows() {
            each(arrays.map(|array| array.and_then(|array| token_of(array, row))));
        }
    }
    Ok(true)
}

fn token_of(array: &FixedSizeBinaryArray, row: usize) -> Option<Token> {
    array.is_valid(row).then(|| array.value(row)).and_then(|bytes| Token::try_from(bytes).ok())
}
