use std::io::Write;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, BooleanArray, Date32Array, FixedSizeBinaryArray, FixedSizeBinaryBuilder, Int64Array, RecordBatch,
    StringArray,
};
use arrow::compute::{filter_record_batch, interleave_record_batch};
use arrow::datatypes::SchemaRef;
use bytes::Bytes;
use chrono::NaiveDate;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::errors::ParquetError;
use yilian_token::{Token, Tokeniser};

use crate::run::RunError;
use crate::run::table_file::{Packing, TableWriter};

/// Rows that are held at once: a delivery of any size is rewritten in passes of so many.
const ROWS_PER_PASS: usize = 1 << 20;
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
        let mut order: Vec<u32> = (0..rows_of(data)?).collect();
        if let Some(persons) = self.persons {
            order.sort_unstable_by_key(|row| (persons.get(at(*row)).copied().flatten().unwrap_or(i64::MAX), *row));
        }
        let mut writer = TableWriter::new(sink, &self.schema, Packing::Vault, "staged rows")?;
        for part in order.chunks(ROWS_PER_PASS) {
            self.write_part(data, part, order.len(), &mut writer)?;
        }
        writer.finish().map(|_| ())
    }

    fn write_part(
        &self,
        data: &Bytes,
        part: &[u32],
        total: usize,
        writer: &mut TableWriter<impl Write + Send>,
    ) -> Result<(), RunError> {
        let read = Read::rows(data, part, total)?;
        for slice in part.chunks(ROWS_AT_ONCE) {
            writer.write(self.rewrite(&read.take(slice)?, slice)?)?;
        }
        Ok(())
    }

    fn rewrite(&self, taken: &RecordBatch, rows: &[u32]) -> Result<RecordBatch, RunError> {
        let columns = self.schema.fields().iter().map(|field| self.column(field.name(), taken, rows));
        RecordBatch::try_new(Arc::clone(&self.schema), columns.collect::<Result<_, _>>()?)
            .map_err(RunError::arrow("staged rows"))
    }

    fn column(&self, name: &str, taken: &RecordBatch, rows: &[u32]) -> Result<ArrayRef, RunError> {
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
            "row" => Arc::new(rows.iter().map(|row| Some(i64::from(*row))).collect::<Int64Array>()),
            delivered => Arc::clone(
                taken.column(taken.schema_ref().index_of(delivered).map_err(RunError::arrow("staged rows"))?),
            ),
        })
    }

    fn person(&self, row: u32) -> Option<i64> {
        self.persons.and_then(|persons| persons.get(at(row)).copied().flatten())
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

fn ids(ids: Option<&[Option<i64>]>, rows: &[u32]) -> ArrayRef {
    Arc::new(rows.iter().map(|row| ids.and_then(|ids| ids.get(at(*row)).copied().flatten())).collect::<Int64Array>())
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
    batches: Vec<RecordBatch>,
    /// By row of the delivery: batch and row in the batch.
    places: Vec<(u32, u32)>,
}

impl Read {
    /// Reads a delivery of `total` rows from one end to the other and keeps the rows `wanted`.
    fn rows(data: &Bytes, wanted: &[u32], total: usize) -> Result<Self, RunError> {
        let mut kept = vec![wanted.len() == total; total];
        for row in wanted {
            if let Some(kept) = kept.get_mut(at(*row)) {
                *kept = true;
            }
        }
        let builder =
            ParquetRecordBatchReaderBuilder::try_new(data.clone()).map_err(RunError::parquet("a delivery"))?;
        let reader = builder.with_batch_size(ROWS_AT_ONCE * 4).build().map_err(RunError::parquet("a delivery"))?;
        let mut read = Self { batches: Vec::new(), places: Vec::with_capacity(total) };
        for batch in reader {
            let batch = batch.map_err(RunError::arrow("a delivery"))?;
            let seen = read.places.len();
            let kept = kept.get(seen..seen + batch.num_rows()).unwrap_or_default();
            let number = u32::try_from(read.batches.len()).unwrap_or(u32::MAX);
            let mut row = 0;
            for kept in kept {
                read.places.push((number, row));
                row += u32::from(*kept);
            }
            let batch = if wanted.len() == total {
                batch
            } else {
                filter_record_batch(&batch, &BooleanArray::from(kept.to_vec()))
                    .map_err(RunError::arrow("a delivery"))?
            };
            read.batches.push(batch);
        }
        Ok(read)
    }

    /// The rows in the given order.
    fn take(&self, rows: &[u32]) -> Result<RecordBatch, RunError> {
        let places: Vec<(usize, usize)> = rows
            .iter()
            .filter_map(|row| self.places.get(at(*row)))
            .map(|(batch, row)| (at(*batch), at(*row)))
            .collect();
        let batches: Vec<&RecordBatch> = self.batches.iter().collect();
        interleave_record_batch(&batches, &places).map_err(RunError::arrow("a delivery"))
    }
}

/// Days since 1970-01-01, as Arrow counts them.
pub(crate) fn days(date: NaiveDate) -> i32 {
    i32::try_from(date.signed_duration_since(NaiveDate::default()).num_days()).unwrap_or_default()
}
