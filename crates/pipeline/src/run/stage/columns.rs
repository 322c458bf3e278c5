//! The columns of staged files.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use yilian_contract::Contract;
use yilian_engine::view_types;

use super::tokens::is_token;

/// The columns of a staged file: ids, how the row was linked, where it came from, then what the contract delivers,
/// without its tokens.
pub(crate) fn staged_schema(contract: &Contract) -> SchemaRef {
    with_common(
        contract,
        [
            ("person_token", Field::new("person_id", DataType::Int64, true)),
            ("name_token", Field::new("name_ordinal", DataType::Int32, true)),
            ("person_token", Field::new("link_grade", DataType::Utf8, true)),
        ],
    )
}

/// The columns of a file of rows without a person: their hub name token instead of id and grade.
pub(crate) fn unnumbered_schema(contract: &Contract) -> SchemaRef {
    with_common(contract, [("name_token", Field::new("name_token", DataType::FixedSizeBinary(32), true))])
}

/// Whether a dataset is about people, so that rows of it can be without one.
pub(crate) fn is_about_people(contract: &Contract) -> bool {
    contract.delivery_schema().index_of("person_token").is_ok()
}

/// Columns each with the delivered column that it needs; empty where it needs none.
fn with_common<const COLUMNS: usize>(contract: &Contract, first: [(&str, Field); COLUMNS]) -> SchemaRef {
    let common = [
        ("household_token", Field::new("household_id", DataType::Int64, true)),
        ("record_token", Field::new("record_token", DataType::FixedSizeBinary(32), true)),
        ("", Field::new("delivery_id", DataType::Utf8, false)),
        ("", Field::new("place", DataType::Utf8, false)),
        ("", Field::new("period_end", DataType::Date32, false)),
        ("", Field::new("row", DataType::Int64, false)),
    ];
    let delivered = contract.delivery_schema();
    let has = |name: &str| name.is_empty() || delivered.index_of(name).is_ok();
    let own = first.into_iter().chain(common).filter(|(needed, _)| has(needed)).map(|(_, field)| Arc::new(field));
    let plain = delivered.fields().iter().filter(|field| !is_token(field.name()));
    let plain = plain.map(|field| Arc::new(Field::clone(field).with_nullable(true)));
    view_types(&Schema::new(own.chain(plain).collect::<Vec<_>>()))
}
