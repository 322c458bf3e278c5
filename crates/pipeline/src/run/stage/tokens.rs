//! The token columns of a delivery: who is in it, and which number each of its rows belongs to.

use arrow::array::{Array, AsArray, FixedSizeBinaryArray};
use bytes::Bytes;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use yilian_token::{Token, Tokeniser};

use crate::run::RunError;
use crate::run::name_spine::NameSpine;
use crate::run::spine::Spine;

/// Columns of a delivery that never stand in a staged file as delivered.
const TOKENS: [&str; 7] =
    ["person_token", "household_token", "record_token", "name_token", "worker_token", "old_token", "new_token"];

const TOKENS_AT_ONCE: usize = 1024;

/// The tokens that one delivery speaks of, as its link key made them, without repeats of neighbours.
#[derive(Debug, Default)]
pub(crate) struct SeenTokens {
    /// People, each with a name they are given there; `None` for a row that gives none.
    pub(crate) persons: Vec<(Token, Option<Token>)>,
    pub(crate) households: Vec<Token>,
}

/// Everybody in a delivery.
pub(crate) fn seen_tokens(data: &Bytes) -> Result<SeenTokens, RunError> {
    let mut seen = SeenTokens::default();
    for_each_row(data, ["person_token", "name_token"], |[person, name]| {
        if let Some(person) = person.filter(|person| seen.persons.last() != Some(&(*person, name))) {
            seen.persons.push((person, name));
        }
    })?;
    for_each_row(data, ["household_token"], |[household]| {
        if let Some(household) = household.filter(|household| seen.households.last() != Some(household)) {
            seen.households.push(household);
        }
    })?;
    Ok(seen)
}

/// The id of every row; `None` in the list for a null token, `None` for the list if there is no such column.
pub(super) fn ids(
    data: &Bytes,
    column: &str,
    spine: &Spine,
    tokeniser: &Tokeniser<'_>,
) -> Result<Option<Vec<Option<i64>>>, RunError> {
    let hub_token = |_, [token]: [Option<Token>; 1]| token.map(|token| tokeniser.of_token(&token));
    look_up(data, [column], hub_token, |token| spine.id(token))
}

/// Which of the names of the person of its row each row gives; `None` for a row without a person or a name.
pub(super) fn name_ordinals(
    data: &Bytes,
    persons: &[Option<i64>],
    names: &NameSpine,
    tokeniser: &Tokeniser<'_>,
) -> Result<Vec<Option<i32>>, RunError> {
    let key = |row: usize, [_, name]: [Option<Token>; 2]| {
        let person_id = persons.get(row).copied().flatten()?;
        name.map(|name| (person_id, tokeniser.of_token(&name)))
    };
    let found =
        look_up(data, ["person_token", "name_token"], key, |(person_id, name)| names.ordinal(*person_id, name))?;
    Ok(found.unwrap_or_default())
}

/// Whether a delivered column is a token of a link key.
pub(crate) fn is_token(column: &str) -> bool {
    TOKENS.contains(&column)
}

/// What `find` has for the `key` of every row; `None` for the list if the first column is missing.
///
/// Neighbours with the same tokens share a key. Keys are made first and looked up after, so that the processor can wait
/// for several places of the spine at once.
fn look_up<const COLUMNS: usize, Searched, Found: Copy>(
    data: &Bytes,
    columns: [&str; COLUMNS],
    key: impl Fn(usize, [Option<Token>; COLUMNS]) -> Option<Searched>,
    find: impl Fn(&Searched) -> Option<Found>,
) -> Result<Option<Vec<Option<Found>>>, RunError> {
    let mut found: Vec<Option<Found>> = Vec::new();
    let mut waiting: Vec<Searched> = Vec::with_capacity(TOKENS_AT_ONCE);
    // Of each row since the last look, the place of its key among those waiting.
    let mut rows: Vec<Option<usize>> = Vec::new();
    let mut last = None;
    let mut look = |waiting: &mut Vec<Searched>, rows: &mut Vec<Option<usize>>| {
        let known: Vec<Option<Found>> = waiting.iter().map(&find).collect();
        found.extend(rows.iter().map(|row| row.and_then(|at| known.get(at).copied().flatten())));
        waiting.clear();
        rows.clear();
    };
    let (mut row, mut place) = (0, None);
    let present = for_each_row(data, columns, |tokens| {
        if Some(tokens) != last || waiting.is_empty() {
            if waiting.len() == TOKENS_AT_ONCE {
                look(&mut waiting, &mut rows);
            }
            place = key(row, tokens).map(|key| {
                waiting.push(key);
                waiting.len() - 1
            });
            last = Some(tokens);
        }
        rows.push(place);
        row += 1;
    })?;
    look(&mut waiting, &mut rows);
    Ok(present.then_some(found))
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
