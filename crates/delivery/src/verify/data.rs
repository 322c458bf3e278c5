//! Checks of the data itself: columns, nulls, codes, regions. Reports columns and row counts, never a value.

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use arrow::array::{Array, AsArray, DictionaryArray, RecordBatch};
use arrow::datatypes::{DataType, Field, Int32Type, Schema, SchemaRef};
use bytes::Bytes;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use yilian_contract::{ColumnType, Contract, Regions, nearest};

use super::Verification;
use crate::canary_rows::CanaryRows;
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
    let found = ArrowReaderMetadata::load(data, ArrowReaderOptions::new())?;
    let mut refusals = check_columns(found.schema(), &contract.delivery_schema());
    if refusals.is_empty() {
        let checks = column_checks(contract, found.schema(), expected);
        let cells = check_cells(data, found.schema(), checks)?;
        let counted = manifest.counts.written();
        // Where a row of a canary is wrong, it is not known which of the others is too many; such a delivery stops the
        // run, which says more than a receipt.
        if cells.rows != counted && CanaryRows::find(manifest, data)?.differences().is_empty() {
            refusals.push(Refusal::RowCountMismatch { manifest: counted, found: cells.rows });
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

fn check_cells(data: &Bytes, found: &SchemaRef, mut checks: Vec<ColumnCheck<'_>>) -> Result<Cells, Unreadable> {
    let options = ArrowReaderOptions::new().with_schema(with_dictionaries(found, &checks));
    let builder = ParquetRecordBatchReaderBuilder::try_new_with_options(data.clone(), options)?;
    let mask = ProjectionMask::columns(builder.parquet_schema(), checks.iter().map(|check| check.column.as_str()));
    let mut rows = 0;
    for batch in builder.with_projection(mask).with_batch_size(1 << 16).build()? {
        let batch = batch?;
        rows += u64::try_from(batch.num_rows())?;
        for check in &mut checks {
            check.take(&batch)?;
        }
    }
    let refusals = checks.into_iter().flat_map(ColumnCheck::conclude).collect();
    Ok(Cells { rows, refusals })
}

/// The same columns, with the texts to be checked as dictionaries: a code is asked for once a batch, not once a row.
fn with_dictionaries(found: &SchemaRef, checks: &[ColumnCheck<'_>]) -> SchemaRef {
    let dictionary = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    let fields = found.fields().iter().map(|field| {
        let checked = checks.iter().any(|check| check.column == *field.name() && !matches!(check.words, Words::Any));
        let field = field.as_ref().clone();
        if checked { field.with_data_type(dictionary.clone()) } else { field }
    });
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

/// What is asked of one column, and how many of its rows do not answer.
struct ColumnCheck<'a> {
    column: String,
    nulls_allowed: bool,
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

/// The checks of the columns that can be at fault; where the file's own type allows no null, none is looked for.
fn column_checks<'a>(contract: &'a Contract, found: &Schema, expected: &Verification<'a>) -> Vec<ColumnCheck<'a>> {
    let may_be_null = |column: &str| found.field_with_name(column).is_ok_and(Field::is_nullable);
    contract
        .delivery_columns()
        .into_iter()
        .map(|column| ColumnCheck {
            words: words_of(&column.name, contract, expected),
            nulls_allowed: column.nullable || !may_be_null(&column.name),
            column: column.name,
            nulls: 0,
            unknown: 0,
        })
        .filter(|check| !check.nulls_allowed || !matches!(check.words, Words::Any))
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

impl Words<'_> {
    fn know(&self, word: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Codes { codes, .. } => codes.contains(word),
            // A department cuts regions to the township.
            Self::Regions(regions) => word.len() <= "150104001".len() && regions.knows(word),
        }
    }
}

impl ColumnCheck<'_> {
    fn take(&mut self, batch: &RecordBatch) -> Result<(), Unreadable> {
        let Some(cells) = batch.column_by_name(&self.column) else {
            return Ok(());
        };
        if !self.nulls_allowed {
            self.nulls += u64::try_from(cells.logical_null_count())?;
        }
        if let Some(texts) = cells.as_dictionary_opt::<Int32Type>() {
            self.unknown += self.unknown_rows(texts)?;
        }
        Ok(())
    }

    /// How many rows hold a word that is not known; the words of a dictionary that no row uses do not count.
    fn unknown_rows(&self, texts: &DictionaryArray<Int32Type>) -> Result<u64, Unreadable> {
        let words = texts.values().as_string::<i32>();
        let known: Vec<bool> = words.iter().map(|word| word.is_none_or(|word| self.words.know(word))).collect();
        if known.iter().all(|known| *known) {
            return Ok(0);
        }
        let is_known = |key: i32| usize::try_from(key).ok().and_then(|key| known.get(key)).copied().unwrap_or(false);
        Ok(u64::try_from(texts.keys().iter().flatten().filter(|key| !is_known(*key)).count())?)
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
