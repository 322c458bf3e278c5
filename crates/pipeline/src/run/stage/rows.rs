use std::io::Write;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Date32Array, FixedSizeBinaryArray, FixedSizeBinaryBuilder, Int32Array,
    Int64Array, RecordBatch, RecordBatchReader, StringViewArray, UInt32Array,
};
use arrow::compute::{filter_record_batch, interleave_record_batch, take};
use arrow::datatypes::SchemaRef;
use bytes::Bytes;
use chrono::NaiveDate;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use parquet::errors::ParquetError;
use yilian_engine::view_types;
use yilian_token::{Token, Tokeniser};

use super::tokens::is_token;
use crate::run::RunError;
use crate::run::table_file::{Packing, TableWriter};

/// Rows that are held at once: a delivery of any size is rewritten in passes of so many.
const ROWS_PER_PASS: usize = 1 << 20;
const ROWS_AT_ONCE: usize = 8192;
const ID: &str = "id";
/// The same word as the quality of an ID number of 15 digits.
const UPGRADED: &str = "upgraded15";

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

/// What stands in a staged row for its tokens, by row of the delivery; `None` for a list whose column is not delivered.
pub(crate) struct Numbers {
    pub(crate) persons: Option<Vec<Option<i64>>>,
    pub(crate) households: Option<Vec<Option<i64>>>,
    pub(crate) name_ordinals: Option<Vec<Option<i32>>>,
    /// Rows of canaries, in order, which are left out; they have neither person nor household.
    pub(crate) canaries: Vec<u32>,
}

impl Numbers {
    /// Whether a row is about nobody whose number is known, and is not a canary's.
    pub(super) fn has_unnumbered(&self) -> bool {
        let nobody = self.persons.iter().flatten().filter(|person| person.is_none()).count();
        nobody > self.canaries.len()
    }
}

/// Turns delivered rows into staged ones.
pub(super) struct Rewriter<'a> {
    pub(super) schemas: Schemas,
    pub(super) origin: Origin,
    pub(super) numbers: Numbers,
    /// Rows that a tombstone leaves out; `None` where there are none.
    pub(super) erased: Option<Vec<bool>>,
    pub(super) record: Tokeniser<'a>,
    pub(super) name: Tokeniser<'a>,
}

impl Rewriter<'_> {
    /// Writes every row once but those of canaries and those with a tombstone, in order of person and then of row; those
    /// without a person to `unnumbered`, which must be there if there is such a row.
    pub(super) fn write<W: Write + Send>(
        &self,
        data: &Bytes,
        numbered: W,
        unnumbered: Option<W>,
    ) -> Result<(), RunError> {
        let rows = rows_of(data)?;
        let total = at(rows);
        let canaries = &self.numbers.canaries;
        let mut order: Vec<u32> = (0..rows).filter(|row| canaries.binary_search(row).is_err()).collect();
        let others = order.len();
        let persons = self.numbers.persons.as_deref();
        if let Some(persons) = persons {
            order = in_order_of_person(&order, persons);
        }
        if let Some(erased) = &self.erased {
            order.retain(|row| !erased.get(at(*row)).copied().unwrap_or_default());
        }
        let left_out = others - order.len();
        let with_person = persons.map_or(others, |persons| persons.iter().flatten().count()).saturating_sub(left_out);
        let Schemas { numbered: with, unnumbered: without } = &self.schemas;
        let mut numbered = TableWriter::new(numbered, with, Packing::Vault, "staged rows")?;
        let mut unnumbered =
            unnumbered.map(|sink| TableWriter::new(sink, without, Packing::Vault, "staged rows")).transpose()?;
        for (part, start) in order.chunks(ROWS_PER_PASS).zip((0..).step_by(ROWS_PER_PASS)) {
            let read = Read::rows(data, [with, without], part, total)?;
            let (persons, nobody) = part.split_at(with_person.saturating_sub(start).min(part.len()));
            self.write_part(&read, persons, with, &mut numbered)?;
            if let Some(unnumbered) = &mut unnumbered {
                self.write_part(&read, nobody, without, unnumbered)?;
            }
        }
        unnumbered.map(TableWriter::finish).transpose()?;
        numbered.finish().map(|_| ())
    }

    fn write_part(
        &self,
        read: &Read,
        part: &[u32],
        schema: &SchemaRef,
        writer: &mut TableWriter<impl Write + Send>,
    ) -> Result<(), RunError> {
        part.chunks(ROWS_AT_ONCE).try_for_each(|slice| writer.write(self.rewrite(read, slice, schema)?))
    }

    fn rewrite(&self, read: &Read, rows: &[u32], schema: &SchemaRef) -> Result<RecordBatch, RunError> {
        let places = read.places_of(rows);
        let taken = read.take(&places)?;
        let columns = schema.fields().iter().map(|field| match field.name().as_str() {
            name @ "record_token" => hub_tokens(&read.tokens(name, &places), &self.record),
            name @ "name_token" => hub_tokens(&read.tokens(name, &places), &self.name),
            name => self.column(name, &taken, rows),
        });
        RecordBatch::try_new(Arc::clone(schema), columns.collect::<Result<_, _>>()?)
            .map_err(RunError::arrow("staged rows"))
    }

    fn column(&self, name: &str, taken: &RecordBatch, rows: &[u32]) -> Result<ArrayRef, RunError> {
        Ok(match name {
            "person_id" => Arc::new(numbers(self.numbers.persons.as_deref(), rows).collect::<Int64Array>()),
            "household_id" => Arc::new(numbers(self.numbers.households.as_deref(), rows).collect::<Int64Array>()),
            "name_ordinal" => Arc::new(numbers(self.numbers.name_ordinals.as_deref(), rows).collect::<Int32Array>()),
            "link_grade" => link_grades(taken)?,
            "delivery_id" => repeated(&self.origin.delivery_id, rows.len())?,
            "place" => repeated(&self.origin.place, rows.len())?,
            "period_end" => Arc::new(Date32Array::from_value(days(self.origin.period_end), rows.len())),
            "row" => Arc::new(rows.iter().map(|row| Some(i64::from(*row))).collect::<Int64Array>()),
            delivered => Arc::clone(
                taken.column(taken.schema_ref().index_of(delivered).map_err(RunError::arrow("staged rows"))?),
            ),
        })
    }
}

/// The rows `of` a delivery by the person they are about, those about nobody last, and then by row.
fn in_order_of_person(of: &[u32], persons: &[Option<i64>]) -> Vec<u32> {
    // The numbers stand beside the rows: looking them up while sorting would wait for memory at every comparison.
    let person = |row: &u32| persons.get(at(*row)).copied().flatten().unwrap_or(i64::MAX);
    let mut order: Vec<(i64, u32)> = of.iter().map(|row| (person(row), *row)).collect();
    order.sort_unstable();
    order.into_iter().map(|(_, row)| row).collect()
}

fn hub_tokens(delivered: &[Option<Token>], tokeniser: &Tokeniser<'_>) -> Result<ArrayRef, RunError> {
    let mut built = FixedSizeBinaryBuilder::with_capacity(delivered.len(), 32);
    for token in delivered {
        match token {
            Some(token) => built.append_value(tokeniser.of_token(token)).map_err(RunError::arrow("staged rows"))?,
            None => built.append_null(),
        }
    }
    Ok(Arc::new(built.finish()))
}

/// One text in every row, held once.
fn repeated(text: &str, rows: usize) -> Result<ArrayRef, RunError> {
    let once = StringViewArray::from_iter_values([text]);
    take(&once, &UInt32Array::from_value(0, rows), None).map_err(RunError::arrow("staged rows"))
}

/// The grade of rows that carry an ID number: one of 15 digits is less sure than one of 18.
fn link_grades(rows: &RecordBatch) -> Result<ArrayRef, RunError> {
    let grades = StringViewArray::from_iter_values([ID, UPGRADED]);
    let qualities = rows.column_by_name("id_quality").and_then(|column| column.as_string_view_opt());
    let grade = |row: usize| u32::from(qualities.is_some_and(|quality| quality.value(row) == UPGRADED));
    let chosen = UInt32Array::from_iter_values((0..rows.num_rows()).map(grade));
    take(&grades, &chosen, None).map_err(RunError::arrow("staged rows"))
}

fn numbers<Number: Copy>(of: Option<&[Option<Number>]>, rows: &[u32]) -> impl Iterator<Item = Option<Number>> {
    rows.iter().map(move |row| of.and_then(|of| of.get(at(*row)).copied().flatten()))
}

fn at(row: u32) -> usize {
    usize::try_from(row).unwrap_or(usize::MAX)
}

fn rows_of(data: &Bytes) -> Result<u32, RunError> {
    let builder = ParquetRecordBatchReaderBuilder::try_new(data.clone()).map_err(RunError::parquet("a delivery"))?;
    let rows = builder.metadata().file_metadata().num_rows();
    u32::try_from(rows).map_err(|_| RunError::parquet("a delivery")(ParquetError::General("too many rows".to_owned())))
}

/// Some rows of a delivery, and where each of them is.
struct Read {
    /// Columns that are staged as delivered.
    plain: Vec<RecordBatch>,
    /// Columns that are staged as hub tokens.
    tokens: Vec<RecordBatch>,
    /// By row of the delivery: batch and row in the batch.
    places: Vec<(u32, u32)>,
}

impl Read {
    /// Reads the columns of both `staged` schemas from one end of a delivery of `total` rows to the other and keeps the rows `wanted`.
    fn rows(data: &Bytes, staged: [&SchemaRef; 2], wanted: &[u32], total: usize) -> Result<Self, RunError> {
        let failed = || RunError::parquet("a delivery");
        let delivered = ArrowReaderMetadata::load(data, ArrowReaderOptions::new()).map_err(failed())?;
        let options = ArrowReaderOptions::new().with_schema(view_types(delivered.schema()));
        let builder = ParquetRecordBatchReaderBuilder::try_new_with_options(data.clone(), options).map_err(failed())?;
        let names = staged.into_iter().flat_map(|schema| schema.fields()).map(|field| field.name().as_str());
        let mask = ProjectionMask::columns(builder.parquet_schema(), names);
        let reader = builder.with_projection(mask).with_batch_size(ROWS_AT_ONCE * 4).build().map_err(failed())?;
        let schema = reader.schema();
        let (tokens, plain): (Vec<usize>, Vec<usize>) =
            (0..schema.fields().len()).partition(|column| is_token(schema.field(*column).name()));

        let mut kept = vec![false; total];
        for row in wanted {
            if let Some(kept) = kept.get_mut(at(*row)) {
                *kept = true;
            }
        }
        let mut read = Self { plain: Vec::new(), tokens: Vec::new(), places: Vec::with_capacity(total) };
        for batch in reader {
            let mut batch = batch.map_err(RunError::arrow("a delivery"))?;
            let kept = kept.get(read.places.len()..read.places.len() + batch.num_rows()).unwrap_or_default();
            let number = u32::try_from(read.plain.len()).unwrap_or(u32::MAX);
            let mut row = 0;
            for kept in kept {
                read.places.push((number, row));
                row += u32::from(*kept);
            }
            if kept.contains(&false) {
                let kept = BooleanArray::from(kept.to_vec());
                batch = filter_record_batch(&batch, &kept).map_err(RunError::arrow("a delivery"))?;
            }
            read.plain.push(batch.project(&plain).map_err(RunError::arrow("a delivery"))?);
            read.tokens.push(batch.project(&tokens).map_err(RunError::arrow("a delivery"))?);
        }
        Ok(read)
    }

    /// Where rows of the delivery are: batch and row in the batch.
    fn places_of(&self, rows: &[u32]) -> Vec<(usize, usize)> {
        let place = |row: &u32| self.places.get(at(*row)).map(|(batch, row)| (at(*batch), at(*row)));
        rows.iter().filter_map(place).collect()
    }

    /// The plain columns of rows in the given order.
    fn take(&self, places: &[(usize, usize)]) -> Result<RecordBatch, RunError> {
        let batches: Vec<&RecordBatch> = self.plain.iter().collect();
        interleave_record_batch(&batches, places).map_err(RunError::arrow("a delivery"))
    }

    /// One token column of rows in the given order; `None` where a row has no token.
    ///
    /// They are gathered before any of them is hashed: rows in order of person lie far apart in a delivery, and a gathering
    /// alone waits for many of them at once.
    fn tokens(&self, column: &str, places: &[(usize, usize)]) -> Vec<Option<Token>> {
        let delivered: Vec<Option<&FixedSizeBinaryArray>> =
            self.tokens.iter().map(|batch| batch.column_by_name(column)?.as_fixed_size_binary_opt()).collect();
        let token = |(batch, row): &(usize, usize)| {
            let array = delivered.get(*batch).copied().flatten()?;
            let row = Some(*row).filter(|row| *row < array.len() && array.is_valid(*row))?;
            Token::try_from(array.value(row)).ok()
        };
        places.iter().map(token).collect()
    }
}

/// Days since 1970-01-01, as Arrow counts them.
pub(crate) fn days(date: NaiveDate) -> i32 {
    i32::try_from(date.signed_duration_since(NaiveDate::default()).num_days()).unwrap_or_default()
}
