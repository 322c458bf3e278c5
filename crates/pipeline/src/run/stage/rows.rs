use std::io::Write;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, Date32Array, FixedSizeBinaryArray, FixedSizeBinaryBuilder, Int64Array, RecordBatch, StringArray,
    UInt32Array,
};
use arrow::compute::{concat_batches, take_record_batch};
use arrow::datatypes::SchemaRef;
use bytes::Bytes;
use chrono::NaiveDate;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReaderBuilder, RowSelection};
use yilian_token::{Token, Tokeniser};

use crate::run::RunError;
use crate::run::table_file::{Packing, TableWriter};

/// Rows that are held at once: a delivery of any size is rewritten in passes of so many.
const ROWS_PER_PASS: usize = 1 << 19;
const ROWS_AT_ONCE: usize = 8192;

/// Where a delivery's rows come from; the same on each of them.
pub(super) struct Origin {
    pub(super) delivery_id: String,
    pub(super) place: String,
    pub(super) period_end: NaiveDate,
}

/// Turns delivered rows into staged ones.
pub(super) struct Rewriter<'a> {
    pub(super) schema: SchemaRef,
    pub(super) origin: Origin,
    pub(super) persons: Option<&'a [Option<i64>]>,
    pub(super) households: Option<&'a [Option<i64>]>,
    pub(super) record: Tokeniser<'a>,
    pub(super) name: Tokeniser<'a>,
}

impl Rewriter<'_> {
    /// Writes every row once, in order of person and then of row.
    pub(super) fn write(&self, data: &Bytes, sink: impl Write + Send) -> Result<(), RunError> {
        let total = rows_of(data)?;
        let mut order: Vec<usize> = (0..total).collect();
        if let Some(persons) = self.persons {
            order.sort_by_key(|row| (persons.get(*row).copied().flatten().unwrap_or(i64::MAX), *row));
        }
        let mut writer = TableWriter::new(sink, &self.schema, Packing::Staged, "staged rows")?;
        for part in order.chunks(ROWS_PER_PASS) {
            self.write_part(data, part, total, &mut writer)?;
        }
        writer.finish().map(|_| ())
    }

    fn write_part(
        &self,
        data: &Bytes,
        part: &[usize],
        total: usize,
        writer: &mut TableWriter<impl Write + Send>,
    ) -> Result<(), RunError> {
        let mut wanted = part.to_vec();
        wanted.sort_unstable();
        let read = read_rows(data, &wanted, total)?;
        for slice in part.chunks(ROWS_AT_ONCE) {
            let positions: UInt32Array =
                slice.iter().map(|row| wanted.binary_search(row).ok().and_then(|at| u32::try_from(at).ok())).collect();
            let taken = take_record_batch(&read, &positions).map_err(RunError::arrow("staged rows"))?;
            writer.write(self.rewrite(&taken, slice)?)?;
        }
        Ok(())
    }

    fn rewrite(&self, taken: &RecordBatch, rows: &[usize]) -> Result<RecordBatch, RunError> {
        let columns = self.schema.fields().iter().map(|field| self.column(field.name(), taken, rows));
        RecordBatch::try_new(Arc::clone(&self.schema), columns.collect::<Result<_, _>>()?)
            .map_err(RunError::arrow("staged rows"))
    }

    fn column(&self, name: &str, taken: &RecordBatch, rows: &[usize]) -> Result<ArrayRef, RunError> {
        Ok(match name {
            "person_id" => ids(self.persons, rows),
            "household_id" => ids(self.households, rows),
            "record_token" => self.hub_tokens(taken, name, |_| true)?,
            // The name of somebody who has an id is not needed for linking, and so not kept.
            "name_token" => {
                self.hub_tokens(taken, name, |at| rows.get(at).is_some_and(|row| self.person(*row).is_none()))?
            }
            "delivery_id" => {
                Arc::new(StringArray::from_iter_values(rows.iter().map(|_| self.origin.delivery_id.as_str())))
            }
            "place" => Arc::new(StringArray::from_iter_values(rows.iter().map(|_| self.origin.place.as_str()))),
            "period_end" => Arc::new(Date32Array::from_value(days(self.origin.period_end), rows.len())),
            "row" => Arc::new(rows.iter().map(|row| i64::try_from(*row).ok()).collect::<Int64Array>()),
            delivered => Arc::clone(
                taken.column(taken.schema_ref().index_of(delivered).map_err(RunError::arrow("staged rows"))?),
            ),
        })
    }

    fn person(&self, row: usize) -> Option<i64> {
        self.persons.and_then(|persons| persons.get(row).copied().flatten())
    }

    fn hub_tokens(&self, taken: &RecordBatch, name: &str, keep: impl Fn(usize) -> bool) -> Result<ArrayRef, RunError> {
        let tokeniser = if name == "record_token" { &self.record } else { &self.name };
        let mut built = FixedSizeBinaryBuilder::with_capacity(taken.num_rows(), 32);
        let source =
            taken.column_by_name(name).and_then(|column| column.as_any().downcast_ref::<FixedSizeBinaryArray>());
        for (at, delivered) in source.into_iter().flat_map(FixedSizeBinaryArray::iter).enumerate() {
            match delivered.and_then(|bytes| Token::try_from(bytes).ok()).filter(|_| keep(at)) {
                Some(delivered) => {
                    built.append_value(tokeniser.of_token(&delivered)).map_err(RunError::arrow("staged rows"))?;
                }
                None => built.append_null(),
            }
        }
        Ok(Arc::new(built.finish()))
    }
}

fn ids(ids: Option<&[Option<i64>]>, rows: &[usize]) -> ArrayRef {
    Arc::new(rows.iter().map(|row| ids.and_then(|ids| ids.get(*row).copied().flatten())).collect::<Int64Array>())
}

fn rows_of(data: &Bytes) -> Result<usize, RunError> {
    let builder = ParquetRecordBatchReaderBuilder::try_new(data.clone()).map_err(RunError::parquet("a delivery"))?;
    Ok(usize::try_from(builder.metadata().file_metadata().num_rows()).unwrap_or_default())
}

/// The rows `wanted` (ascending) of a delivery, as one batch.
fn read_rows(data: &Bytes, wanted: &[usize], total: usize) -> Result<RecordBatch, RunError> {
    let builder = ParquetRecordBatchReaderBuilder::try_new(data.clone()).map_err(RunError::parquet("a delivery"))?;
    let schema = Arc::clone(builder.schema());
    let builder = if wanted.len() == total {
        builder
    } else {
        let ranges = wanted.iter().map(|row| *row..*row + 1);
        builder.with_row_selection(RowSelection::from_consecutive_ranges(ranges, total))
    };
    let reader = builder.with_batch_size(ROWS_AT_ONCE * 4).build().map_err(RunError::parquet("a delivery"))?;
    let batches = reader.collect::<Result<Vec<_>, _>>().map_err(RunError::arrow("a delivery"))?;
    concat_batches(&schema, &batches).map_err(RunError::arrow("a delivery"))
}

/// Days since 1970-01-01, as Arrow counts them.
pub(crate) fn days(date: NaiveDate) -> i32 {
    i32::try_from(date.signed_duration_since(NaiveDate::default()).num_days()).unwrap_or_default()
}
