//! Checks of the data itself: columns, nulls, codes, regions. Reports columns and row counts, never a value.

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use arrow::array::{Array, RecordBatch, StringArray};
use arrow::datatypes::{Schema, SchemaRef};
use bytes::Bytes;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use yilian_contract::{ColumnType, Contract, Regions, nearest};

use super::Verification;
use crate::manifest::Manifest;
use crate::refusal::{Refusal, ShownName};

/// Every fault of `data`, which the registered sender has signed.
pub(super) fn check(
    data: &Bytes,
    manifest: &Manifest,
    contract: &Contract,
    expected: &Verification<'_>,
) -> Vec<Refusal> {
    // The Parquet reader is not ours; a panic in it is a file that cannot be read.
    catch_unwind(AssertUnwindSafe(|| check_table(data, manifest, contract, expected)))
        .ok()
        .and_then(Result::ok)
        .unwrap_or_else(|| vec![Refusal::DataUnreadable])
}

/// The data cannot be read; why is not reported, for the reader's message may hold a value.
struct Unreadable;

impl<E: std::error::Error> From<E> for Unreadable {
    fn from(_: E) -> Self {
        Self
    }
}

fn check_table(
    data: &Bytes,
    manifest: &Manifest,
    contract: &Contract,
    expected: &Verification<'_>,
) -> Result<Vec<Refusal>, Unreadable> {
    let builder = ParquetRecordBatchReaderBuilder::try_new(data.clone())?;
    let mut refusals = check_columns(builder.schema(), &contract.delivery_schema());
    if refusals.is_empty() {
        let cells = check_cells(builder, contract, expected)?;
        let manifest = manifest.counts.delivered;
        if cells.rows != manifest {
            refusals.push(Refusal::RowCountMismatch { manifest, found: cells.rows });
        }
        refusals.extend(cells.refusals);
    }
    Ok(refusals)
}

/// Compares names, types and order of the columns with the contract's.
fn check_columns(found: &SchemaRef, contract: &SchemaRef) -> Vec<Refusal> {
    let mut refusals = Vec::new();
    for field in contract.fields() {
        match found.fields().iter().find(|other| other.name() == field.name()) {
            None => refusals.push(Refusal::ColumnMissing { column: field.name().clone() }),
            Some(other) if other.data_type() != field.data_type() => refusals.push(Refusal::ColumnType {
                column: field.name().clone(),
                expected: field.data_type().to_string(),
                found: other.data_type().to_string(),
            }),
            Some(_) => {}
        }
    }
    for field in found.fields() {
        if contract.index_of(field.name()).is_err() {
            let names = contract.fields().iter().map(|field| field.name().as_str());
            refusals.push(Refusal::ColumnUnknown {
                column: ShownName::new(field.name()),
                nearest: nearest(field.name(), names).unwrap_or("-").to_owned(),
            });
        }
    }
    if refusals.is_empty() && !same_order(found, contract) {
        refusals.push(Refusal::ColumnOrder);
    }
    refusals
}

fn same_order(found: &Schema, contract: &Schema) -> bool {
    let names = |schema: &Schema| schema.fields().iter().map(|field| field.name().clone()).collect::<Vec<_>>();
    names(found) == names(contract)
}

/// How many rows there are, and what is wrong in them.
struct Cells {
    rows: u64,
    refusals: Vec<Refusal>,
}

fn check_cells(
    builder: ParquetRecordBatchReaderBuilder<Bytes>,
    contract: &Contract,
    expected: &Verification<'_>,
) -> Result<Cells, Unreadable> {
    let mut rows = 0;
    let mut checks = column_checks(contract, expected);
    let mask = ProjectionMask::columns(builder.parquet_schema(), checks.iter().map(|check| check.column.as_str()));
    for batch in builder.with_projection(mask).with_batch_size(1 << 16).build()? {
        let batch = batch?;
        rows += u64::try_from(batch.num_rows())?;
        for check in &mut checks {
            check.take(&batch);
        }
    }
    let refusals = checks.into_iter().flat_map(ColumnCheck::conclude).collect();
    Ok(Cells { rows, refusals })
}

/// What is asked of one column, and how many of its rows do not answer.
struct ColumnCheck<'a> {
    column: String,
    nullable: bool,
    words: Words<'a>,
    nulls: u64,
    unknown: u64,
}

/// What a cell may hold.
enum Words<'a> {
    Any,
    Codes { list: &'a str, codes: HashSet<&'a str> },
    Regions(&'a Regions),
}

fn column_checks<'a>(contract: &'a Contract, expected: &Verification<'a>) -> Vec<ColumnCheck<'a>> {
    contract
        .delivery_columns()
        .into_iter()
        .map(|column| ColumnCheck {
            words: words_of(&column.name, contract, expected),
            column: column.name,
            nullable: column.nullable,
            nulls: 0,
            unknown: 0,
        })
        .filter(|check| !check.nullable || !matches!(check.words, Words::Any))
        .collect()
}

fn words_of<'a>(column: &str, contract: &'a Contract, expected: &Verification<'a>) -> Words<'a> {
    let list = match contract.column(column).map(|column| &column.ty) {
        Some(ColumnType::Region) => return Words::Regions(expected.regions),
        Some(ColumnType::Code(list)) => list.as_str(),
        // Columns that no extract has: made on the way out.
        None if column == "id_quality" => "id_quality",
        None if column.ends_with("_urban_rural") => "urban_rural",
        _ => return Words::Any,
    };
    let entries = expected.schemas.codes.get(list).map(|list| list.entries.as_slice()).unwrap_or_default();
    Words::Codes { list, codes: entries.iter().map(|entry| entry.code.as_str()).collect() }
}

impl ColumnCheck<'_> {
    fn take(&mut self, batch: &RecordBatch) {
        let Some(cells) = batch.column_by_name(&self.column) else {
            return;
        };
        if !self.nullable {
            self.nulls += u64::try_from(cells.null_count()).unwrap_or(u64::MAX);
        }
        let Some(texts) = cells.as_any().downcast_ref::<StringArray>() else {
            return;
        };
        let unknown = match &self.words {
            Words::Any => 0,
            Words::Codes { codes, .. } => texts.iter().flatten().filter(|text| !codes.contains(text)).count(),
            Words::Regions(regions) => {
                texts.iter().flatten().filter(|text| text.len() > 9 || !regions.knows(text)).count()
            }
        };
        self.unknown += u64::try_from(unknown).unwrap_or(u64::MAX);
    }

    fn conclude(self) -> Vec<Refusal> {
        let Self { column, words, nulls, unknown, .. } = self;
        let null = (nulls > 0).then(|| Refusal::NullInRequired { column: column.clone(), rows: nulls });
        let unknown = (unknown > 0).then(|| match words {
            Words::Codes { list, .. } => Refusal::CodeUnknown { column, list: list.to_owned(), rows: unknown },
            Words::Regions(_) | Words::Any => Refusal::RegionUnknown { column, rows: unknown },
        });
        null.into_iter().chain(unknown).collect()
    }
}
