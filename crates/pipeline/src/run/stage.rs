//! Stage: an accepted delivery becomes rows with person and household ids, kept in the vault (`design.md` 5.2).
//!
//! Two passes over the sealed file: [`seen_tokens`] finds who is in it, then, once the spine has a number for everybody,
//! [`stage`] writes its rows in order of person. A row without a person keeps its hub name token; every row with a
//! record number keeps its hub record token; no other token is kept, and none of a link key.

mod rows;

pub(crate) use rows::days;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{Array, FixedSizeBinaryArray};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use bytes::Bytes;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use yilian_contract::Contract;
use yilian_delivery::Manifest;
use yilian_engine::view_types;
use yilian_token::{Key, Label, Token, Tokeniser};

use super::RunError;
use super::spine::Spine;
use rows::{Origin, Rewriter};

/// Columns of a delivery that never stand in a staged file as delivered.
const TOKENS: [&str; 6] =
    ["person_token", "household_token", "record_token", "name_token", "worker_token", "old_token"];

const TOKENS_AT_ONCE: usize = 1024;

/// The hub tokens that one delivery speaks of, without repeats of neighbours.
#[derive(Debug, Default)]
pub(crate) struct SeenTokens {
    pub(crate) persons: Vec<Token>,
    pub(crate) households: Vec<Token>,
}

/// One delivery's rows in the vault.
#[derive(Debug, Clone)]
pub(crate) struct StagedFile {
    pub(crate) dataset: String,
    pub(crate) path: PathBuf,
}

/// What staging one delivery needs besides its bytes.
pub(crate) struct Staging<'a> {
    pub(crate) contract: &'a Contract,
    pub(crate) manifest: &'a Manifest,
    pub(crate) delivery_id: &'a str,
    pub(crate) hub_key: &'a Key,
    pub(crate) persons: &'a Spine,
    pub(crate) households: &'a Spine,
}

/// The hub tokens of everybody in a delivery.
pub(crate) fn seen_tokens(data: &Bytes, hub_key: &Key) -> Result<SeenTokens, RunError> {
    Ok(SeenTokens {
        persons: hub_tokens(data, "person_token", &hub_key.tokeniser(Label::HubPerson)?)?,
        households: hub_tokens(data, "household_token", &hub_key.tokeniser(Label::HubHousehold)?)?,
    })
}

/// Writes a delivery's rows to `file`, in order of person; rows without a person come last.
pub(crate) fn stage(staging: &Staging<'_>, data: &Bytes, file: &Path) -> Result<(), RunError> {
    let persons = ids(data, "person_token", staging.persons, &staging.hub_key.tokeniser(Label::HubPerson)?)?;
    let households =
        ids(data, "household_token", staging.households, &staging.hub_key.tokeniser(Label::HubHousehold)?)?;
    let rewriter = Rewriter {
        schema: staged_schema(staging.contract),
        origin: Origin {
            delivery_id: staging.delivery_id.to_owned(),
            place: staging.manifest.place.clone(),
            period_end: staging.manifest.period.end(),
        },
        persons: persons.as_deref(),
        households: households.as_deref(),
        record: staging.hub_key.tokeniser(Label::HubRecord)?,
        name: staging.hub_key.tokeniser(Label::HubName)?,
    };
    let folder = file.parent().unwrap_or(file);
    fs::create_dir_all(folder).map_err(RunError::io("create", folder))?;
    let unfinished = file.with_extension("unfinished");
    let sink = File::create(&unfinished).map_err(RunError::io("create", &unfinished))?;
    rewriter.write(data, sink)?;
    fs::rename(&unfinished, file).map_err(RunError::io("rename", file))
}

/// The columns of a staged file: ids, where the row came from, then what the contract delivers, without its tokens.
pub(crate) fn staged_schema(contract: &Contract) -> SchemaRef {
    let delivered = contract.delivery_schema();
    let has = |name: &str| delivered.index_of(name).is_ok();
    let mut fields = Vec::new();
    let mut add = |present: bool, name: &str, data_type: DataType, nullable: bool| {
        if present {
            fields.push(Arc::new(Field::new(name, data_type, nullable)));
        }
    };
    add(has("person_token"), "person_id", DataType::Int64, true);
    add(has("household_token"), "household_id", DataType::Int64, true);
    add(has("record_token"), "record_token", DataType::FixedSizeBinary(32), true);
    add(has("name_token"), "name_token", DataType::FixedSizeBinary(32), true);
    add(true, "delivery_id", DataType::Utf8, false);
    add(true, "place", DataType::Utf8, false);
    add(true, "period_end", DataType::Date32, false);
    add(true, "row", DataType::Int64, false);
    fields.extend(
        delivered
            .fields()
            .iter()
            .filter(|field| !is_token(field.name()))
            .map(|field| Arc::new(Field::clone(field).with_nullable(true))),
    );
    view_types(&Schema::new(fields))
}

/// Whether a delivered column is a token of a link key.
pub(crate) fn is_token(column: &str) -> bool {
    TOKENS.contains(&column) || column == "new_token"
}

/// Calls `each` with every value of a token column, in order; `false` if the delivery has no such column.
pub(crate) fn for_each_token(
    data: &Bytes,
    column: &str,
    mut each: impl FnMut(Option<Token>),
) -> Result<bool, RunError> {
    let builder = ParquetRecordBatchReaderBuilder::try_new(data.clone()).map_err(RunError::parquet(column))?;
    if builder.schema().index_of(column).is_err() {
        return Ok(false);
    }
    let mask = ProjectionMask::columns(builder.parquet_schema(), [column]);
    let reader = builder.with_projection(mask).build().map_err(RunError::parquet(column))?;
    for batch in reader {
        let batch = batch.map_err(RunError::arrow(column))?;
        let tokens = batch.column(0).as_any().downcast_ref::<FixedSizeBinaryArray>();
        for token in tokens.into_iter().flat_map(FixedSizeBinaryArray::iter) {
            each(token.and_then(|bytes| Token::try_from(bytes).ok()));
        }
    }
    Ok(true)
}

fn hub_tokens(data: &Bytes, column: &str, tokeniser: &Tokeniser<'_>) -> Result<Vec<Token>, RunError> {
    let (mut found, mut last) = (Vec::new(), None);
    for_each_token(data, column, |token| {
        if let Some(token) = token.filter(|token| Some(*token) != last) {
            last = Some(token);
            found.push(tokeniser.of_token(&token));
        }
    })?;
    Ok(found)
}

/// The id of every row; `None` in the list for a null token, `None` for the list if there is no such column.
///
/// Tokens are hashed first and looked up after, so that the processor can wait for several places of the spine at once.
fn ids(
    data: &Bytes,
    column: &str,
    spine: &Spine,
    tokeniser: &Tokeniser<'_>,
) -> Result<Option<Vec<Option<i64>>>, RunError> {
    let (mut found, mut last) = (Vec::new(), None);
    let mut waiting: Vec<Token> = Vec::with_capacity(TOKENS_AT_ONCE);
    // Of each row, the place of its token among those waiting.
    let mut rows: Vec<Option<usize>> = Vec::new();
    let mut look_up = |waiting: &mut Vec<Token>, rows: &mut Vec<Option<usize>>| {
        let known: Vec<Option<i64>> = waiting.iter().map(|token| spine.id(token)).collect();
        found.extend(rows.iter().map(|row| row.and_then(|at| known.get(at).copied().flatten())));
        waiting.clear();
        rows.clear();
    };
    let present = for_each_token(data, column, |token| {
        if token.is_some() && (token != last || waiting.is_empty()) {
            if waiting.len() == TOKENS_AT_ONCE {
                look_up(&mut waiting, &mut rows);
            }
            waiting.extend(token.map(|token| tokeniser.of_token(&token)));
            last = token;
        }
        rows.push(token.and_then(|_| waiting.len().checked_sub(1)));
    })?;
    look_up(&mut waiting, &mut rows);
    Ok(present.then_some(found))
}
