//! From delivered rows to staged ones.

use std::collections::{BTreeSet, HashSet};
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, AsArray, Date32Array, FixedSizeBinaryBuilder, Int32Array, Int64Array, RecordBatch, StringViewArray,
    UInt32Array,
};
use arrow::compute::{cast, take, take_record_batch};
use arrow::datatypes::{DataType, Schema, SchemaRef};
use chrono::NaiveDate;
use parquet::file::reader::{FileReader, SerializedFileReader};
use yilian_token::{Token, Tokeniser};

use super::delivered::{DeliveredRows, dictionary_types};
use super::erased::ErasedRows;
use super::shelves::Shelves;
use super::tokens::tokens_of;
use crate::run::RunError;
use crate::run::contents::{MONTH, Month, months_of};
use crate::run::seen::{Numbers, NumbersReader};
use crate::run::table_file::{Packing, ROWS_AT_ONCE, TableWriter};
use crate::run::threads::one_ahead;

/// Under which word a staged file says of which months its rows are.
const MONTHS: &str = "months";
const ID: &str = "id";
/// The same word as the quality of an ID number of 15 digits.
const UPGRADED: &str = "upgraded15";
/// Columns that are made once rows are in order: the first is told by another column, the others are the same in every row.
const ADDED: [&str; 4] = ["link_grade", "delivery_id", "place", "period_end"];

/// Where a delivery's rows come from; the same on each of them.
pub(super) struct Origin {
    pub(super) delivery_id: String,
    pub(super) place: String,
    pub(super) period_end: NaiveDate,
}

/// The columns of the two files that a delivery becomes.
pub(super) struct Schemas {
    pub(super) numbered: SchemaRef,
    pub(super) unnumbered: SchemaRef,
}

/// Turns delivered rows into staged ones.
pub(super) struct Rewriter<'a> {
    pub(super) schemas: Schemas,
    pub(super) origin: Origin,
    pub(super) numbers: NumbersReader<'a>,
    /// Rows of canaries, in order, which are left out.
    pub(super) canaries: &'a [u32],
    /// People whose rows a tombstone leaves out.
    pub(super) erased: &'a HashSet<i64>,
    /// So much of the delivery may wait for its order in memory.
    pub(super) bytes_in_memory: usize,
    pub(super) record: Tokeniser<'a>,
    pub(super) name: Tokeniser<'a>,
}

/// Rows of a batch by where they go.
struct Destinations {
    /// By shelf of the rows with a person, or of all where the delivery is about nobody.
    numbered: Vec<Vec<u32>>,
    /// Rows without a person.
    unnumbered: Vec<u32>,
    erased: Vec<u32>,
}

impl Rewriter<'_> {
    /// Writes every row once but those of canaries and those with a tombstone, in order of person and then of row; those
    /// without a person to `unnumbered`, which must be there if there is such a row. Rows wait for their order below `folder`.
    ///
    /// Gives what rows with a tombstone add up to; the delivery is proven to be what was accepted before anything ends.
    pub(super) fn write<W: Write + Send>(
        mut self,
        delivered: DeliveredRows,
        (numbered, unnumbered): (W, Option<W>),
        mut left_out: ErasedRows,
        folder: &Path,
    ) -> Result<ErasedRows, RunError> {
        let rows = delivered.rows()?;
        let Schemas { numbered: with, unnumbered: without } = &self.schemas;
        let mut shelves = Shelves::new(rows, carried_columns(with), self.bytes_in_memory, &folder.join("numbered"));
        let mut nameless =
            Shelves::new(rows, carried_columns(without), self.bytes_in_memory, &folder.join("unnumbered"));
        let wanted = [Some(with), unnumbered.is_some().then_some(without)];
        let columns: Vec<String> = wanted.into_iter().flatten().flat_map(names).collect();
        let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
        let mut next = 0;
        delivered.read_and_prove(&columns, |batch| {
            let numbers = self.numbers.next(batch.num_rows())?;
            let places = self.sort(batch.num_rows(), next, &numbers, &shelves);
            for (number, rows) in places.numbered.into_iter().enumerate().filter(|(_, rows)| !rows.is_empty()) {
                let carried = self.carry(&batch, (&rows, next), &numbers, shelves.schema())?;
                shelves.add(number, carried)?;
            }
            if !places.unnumbered.is_empty() {
                let number = nameless.of_row(next);
                let carried = self.carry(&batch, (&places.unnumbered, next), &numbers, nameless.schema())?;
                nameless.add(number, carried)?;
            }
            if !places.erased.is_empty() {
                left_out.add(&rows_of(&batch, &places.erased)?)?;
            }
            next += u32::try_from(batch.num_rows()).unwrap_or(u32::MAX);
            Ok(())
        })?;
        self.write_in_order(shelves, numbered, &self.schemas.numbered)?;
        if let Some(unnumbered) = unnumbered {
            self.write_in_order(nameless, unnumbered, &self.schemas.unnumbered)?;
        }
        Ok(left_out)
    }

    /// Where each row of a batch goes, whose first row is the delivery's `first`.
    fn sort(&self, rows: usize, first: u32, numbers: &Numbers, shelves: &Shelves) -> Destinations {
        let mut destinations =
            Destinations { numbered: vec![Vec::new(); shelves.count()], unnumbered: Vec::new(), erased: Vec::new() };
        for (row, of_delivery) in (0..rows).zip(first..) {
            let place = u32::try_from(row).unwrap_or(u32::MAX);
            let number = match &numbers.people {
                _ if self.canaries.binary_search(&of_delivery).is_ok() => continue,
                None => shelves.of_row(of_delivery),
                Some(people) => match people.get(row).copied().flatten() {
                    None => {
                        destinations.unnumbered.push(place);
                        continue;
                    }
                    Some((person_id, _)) if self.erased.contains(&person_id) => {
                        destinations.erased.push(place);
                        continue;
                    }
                    Some((person_id, _)) => shelves.of_person(person_id),
                },
            };
            if let Some(on_shelf) = destinations.numbered.get_mut(number) {
                on_shelf.push(place);
            }
        }
        destinations
    }

    /// What is carried of some rows of a batch until they are in order.
    fn carry(
        &self,
        batch: &RecordBatch,
        (rows, first): (&[u32], u32),
        numbers: &Numbers,
        schema: &SchemaRef,
    ) -> Result<RecordBatch, RunError> {
        let taken = rows_of(batch, rows)?;
        let people = || rows.iter().map(|row| numbers.people.as_ref()?.get(at(*row)).copied().flatten());
        let households = || rows.iter().map(|row| numbers.households.as_ref()?.get(at(*row)).copied().flatten());
        let columns = schema.fields().iter().map(|field| -> Result<ArrayRef, RunError> {
            Ok(match field.name().as_str() {
                "person_id" => Arc::new(people().map(|person| Some(person?.0)).collect::<Int64Array>()),
                "name_ordinal" => Arc::new(people().map(|person| person?.1).collect::<Int32Array>()),
                "household_id" => Arc::new(households().collect::<Int64Array>()),
                name @ "record_token" => hub_tokens(tokens_of(&taken, name), &self.record)?,
                name @ "name_token" => hub_tokens(tokens_of(&taken, name), &self.name)?,
                "row" => Arc::new(Int64Array::from_iter_values(rows.iter().map(|row| i64::from(first + row)))),
                delivered => Arc::clone(taken.column(taken.schema_ref().index_of(delivered).map_err(failed())?)),
            })
        });
        RecordBatch::try_new(Arc::clone(schema), columns.collect::<Result<_, _>>()?).map_err(failed())
    }

    fn write_in_order(&self, shelves: Shelves, sink: impl Write + Send, schema: &SchemaRef) -> Result<(), RunError> {
        let mut writer = TableWriter::new(sink, schema, Packing::Vault, "staged rows")?;
        let has_months = schema.index_of(MONTH).is_ok();
        let mut months = BTreeSet::new();
        let origin = &self.origin;
        let completed = shelves.in_order(ROWS_AT_ONCE).map(|rows| origin.completed(&rows?, schema));
        one_ahead(completed, |rows| {
            if has_months {
                months.extend(months_of(&rows)?);
            }
            writer.write(rows)
        })?;
        let months: Vec<String> = months.iter().map(ToString::to_string).collect();
        writer.describe(MONTHS, months.join(" "));
        writer.finish().map(|_| ())
    }
}

impl Origin {
    /// Carried rows as they are staged.
    fn completed(&self, rows: &RecordBatch, schema: &SchemaRef) -> Result<RecordBatch, RunError> {
        let Self { delivery_id, place, period_end } = self;
        let columns = schema.fields().iter().map(|field| -> Result<ArrayRef, RunError> {
            Ok(match field.name().as_str() {
                "link_grade" => link_grades(rows)?,
                "delivery_id" => repeated(delivery_id, rows.num_rows())?,
                "place" => repeated(place, rows.num_rows())?,
                "period_end" => Arc::new(Date32Array::from_value(days(*period_end), rows.num_rows())),
                name => {
                    let carried = rows.column(rows.schema_ref().index_of(name).map_err(failed())?);
                    cast(carried, field.data_type()).map_err(failed())?
                }
            })
        });
        RecordBatch::try_new(Arc::clone(schema), columns.collect::<Result<_, _>>()?).map_err(failed())
    }
}

/// The months of the rows of a staged file, as it says itself; `None` for a file that does not say it.
pub(crate) fn months_of_file(file: &Path) -> Result<Option<BTreeSet<Month>>, RunError> {
    let open = File::open(file).map_err(RunError::io("read", file))?;
    let reader = SerializedFileReader::new(open).map_err(RunError::parquet(file.display().to_string()))?;
    let said = reader.metadata().file_metadata().key_value_metadata().into_iter().flatten();
    let months = said.filter(|word| word.key == MONTHS).find_map(|word| word.value.as_deref());
    Ok(months.and_then(|months| months.split_whitespace().map(|month| month.parse().ok()).collect()))
}

/// The columns that are carried of each row, texts as they are read.
fn carried_columns(schema: &SchemaRef) -> SchemaRef {
    let fields = schema.fields().iter().filter(|field| !ADDED.contains(&field.name().as_str()));
    dictionary_types(&Schema::new(fields.cloned().collect::<Vec<_>>()))
}

fn names(schema: &SchemaRef) -> impl Iterator<Item = String> {
    schema.fields().iter().map(|field| field.name().clone())
}

fn rows_of(batch: &RecordBatch, rows: &[u32]) -> Result<RecordBatch, RunError> {
    if rows.len() == batch.num_rows() {
        return Ok(batch.clone());
    }
    take_record_batch(batch, &UInt32Array::from(rows.to_vec())).map_err(failed())
}

fn hub_tokens(delivered: impl Iterator<Item = Option<Token>>, tokeniser: &Tokeniser<'_>) -> Result<ArrayRef, RunError> {
    let mut built = FixedSizeBinaryBuilder::with_capacity(delivered.size_hint().0, 32);
    for token in delivered {
        match token {
            Some(token) => built.append_value(tokeniser.of_token(&token)).map_err(failed())?,
            None => built.append_null(),
        }
    }
    Ok(Arc::new(built.finish()))
}

/// One text in every row, held once.
fn repeated(text: &str, rows: usize) -> Result<ArrayRef, RunError> {
    let once = StringViewArray::from_iter_values([text]);
    take(&once, &UInt32Array::from_value(0, rows), None).map_err(failed())
}

/// The grade of rows that carry an ID number: one of 15 digits is less sure than one of 18.
fn link_grades(rows: &RecordBatch) -> Result<ArrayRef, RunError> {
    let grades = StringViewArray::from_iter_values([ID, UPGRADED]);
    let qualities = rows.column_by_name("id_quality").map(|column| cast(column, &DataType::Utf8View));
    let qualities = qualities.transpose().map_err(failed())?;
    let qualities = qualities.as_ref().and_then(|column| column.as_string_view_opt());
    let grade = |row: usize| u32::from(qualities.is_some_and(|quality| quality.value(row) == UPGRADED));
    let chosen = UInt32Array::from_iter_values((0..rows.num_rows()).map(grade));
    take(&grades, &chosen, None).map_err(failed())
}

fn at(row: u32) -> usize {
    usize::try_from(row).unwrap_or(usize::MAX)
}

fn failed() -> impl FnOnce(arrow::error::ArrowError) -> RunError {
    RunError::arrow("staged rows")
}

/// Days since 1970-01-01, as Arrow counts them.
pub(crate) fn days(date: NaiveDate) -> i32 {
    i32::try_from(date.signed_duration_since(NaiveDate::default()).num_days()).unwrap_or_default()
}
