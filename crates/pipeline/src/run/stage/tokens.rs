//! The token columns of a delivery: who is in it, and which of its rows are about whom.

use arrow::array::{Array, AsArray, FixedSizeBinaryArray};
use bytes::Bytes;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use yilian_delivery::CanaryRows;
use yilian_token::Token;

use crate::run::RunError;

/// Columns of a delivery that never stand in a staged file as delivered.
const TOKENS: [&str; 7] =
    ["person_token", "household_token", "record_token", "name_token", "worker_token", "old_token", "new_token"];

/// In place of a place: a row that is about nobody.
pub(crate) const NOBODY: u32 = u32::MAX;

/// A person with a name they are given; `None` for a row that gives none.
pub(crate) type Named = (Token, Option<Token>);

/// What the rows of a delivery are about, without repeats of neighbours.
pub(crate) struct Neighbours<Link> {
    pub(crate) links: Vec<Link>,
    /// Of each row, the place of its link; [`NOBODY`] for a null token.
    pub(crate) of_rows: Vec<u32>,
}

/// The people of a delivery; `None` if it is about none.
///
/// Rows of canaries are found on the way; they are about nobody.
pub(crate) fn people_of(data: &Bytes, canaries: &mut CanaryRows) -> Result<Option<Neighbours<Named>>, RunError> {
    neighbours(data, ["person_token", "name_token"], |row, [person, name]| {
        person.filter(|person| !canaries.recognise(row, Some(person))).map(|person| (person, name))
    })
}

/// The households of a delivery but those of its canaries, which [`people_of`] has found; `None` if it tells of none.
pub(crate) fn households_of(data: &Bytes, canaries: &CanaryRows) -> Result<Option<Neighbours<Token>>, RunError> {
    neighbours(data, ["household_token"], |row, [household]| {
        household.filter(|_| canaries.rows().binary_search(&row).is_err())
    })
}

fn neighbours<const COLUMNS: usize, Link: PartialEq>(
    data: &Bytes,
    columns: [&str; COLUMNS],
    mut link: impl FnMut(u32, [Option<Token>; COLUMNS]) -> Option<Link>,
) -> Result<Option<Neighbours<Link>>, RunError> {
    let mut found = Neighbours { links: Vec::new(), of_rows: Vec::new() };
    let present = for_each_row(data, columns, |tokens| {
        let row = u32::try_from(found.of_rows.len()).unwrap_or(u32::MAX);
        let place = link(row, tokens).and_then(|link| {
            if found.links.last() != Some(&link) {
                found.links.push(link);
            }
            u32::try_from(found.links.len() - 1).ok()
        });
        found.of_rows.push(place.unwrap_or(NOBODY));
    })?;
    Ok(present.then_some(found))
}

/// Whether a delivered column is a token of a link key.
pub(crate) fn is_token(column: &str) -> bool {
    TOKENS.contains(&column)
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
