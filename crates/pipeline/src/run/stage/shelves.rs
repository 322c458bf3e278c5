//! Rows of a delivery on the way to their order: in shelves of neighbouring people, each of which is put in order alone.

use std::fs::{self, File};
use std::io::{BufReader, BufWriter};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{AnyDictionaryArray, ArrayRef, AsArray, RecordBatch, UInt32Array};
use arrow::compute::{cast, concat_batches, take_record_batch};
use arrow::datatypes::{DataType, Int64Type, SchemaRef};
use arrow::error::ArrowError;
use arrow::ipc::reader::StreamReader;
use arrow::ipc::writer::StreamWriter;

use crate::run::RunError;
use crate::run::spine::{SLOTS, slot_of};

/// The shelves of one delivery.
pub(super) struct Shelves {
    schema: SchemaRef,
    all: Vec<Shelf>,
    /// Of each but the last, where they are filled in the order of the delivery.
    rows_each: u32,
}

/// How much is held at once.
#[derive(Clone, Copy)]
struct Limits {
    /// Rows that are put in order at once.
    rows_per_shelf: u32,
    /// Bytes of a delivery that wait in memory; the rows of a larger one wait on disk.
    bytes_in_memory: usize,
}

const ROWS_PER_SHELF: u32 = 1 << 18;

enum Shelf {
    Memory(Vec<RecordBatch>),
    /// Made with the first rows.
    Disk(PathBuf, Option<Box<StreamWriter<BufWriter<File>>>>),
}

impl Shelves {
    /// Shelves for `rows` rows with columns as in `schema`, which wait on disk below `folder` where they are more than so many bytes.
    pub(super) fn new(rows: u32, schema: SchemaRef, bytes_in_memory: usize, folder: &Path) -> Self {
        Self::within(Limits { rows_per_shelf: ROWS_PER_SHELF, bytes_in_memory }, rows, schema, folder)
    }

    fn within(limits: Limits, rows: u32, schema: SchemaRef, folder: &Path) -> Self {
        let bytes = schema.fields().iter().map(|field| bytes_of(field.data_type())).sum::<usize>();
        let in_memory = usize::try_from(rows).is_ok_and(|rows| rows.saturating_mul(bytes) <= limits.bytes_in_memory);
        let on_disk = |number: u32| Shelf::Disk(folder.join(format!("{number:05}.arrows")), None);
        let shelf = |number| if in_memory { Shelf::Memory(Vec::new()) } else { on_disk(number) };
        let all = (0..rows.div_ceil(limits.rows_per_shelf).max(1)).map(shelf).collect();
        Self { schema, all, rows_each: limits.rows_per_shelf }
    }

    pub(super) fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    pub(super) fn count(&self) -> usize {
        self.all.len()
    }

    /// The shelf of a person: the lower the number, the further in front. Numbers begin with a slot, which is random.
    pub(super) fn of_person(&self, person_id: i64) -> usize {
        let slots = SLOTS as usize;
        (slot_of(person_id).min(slots - 1) * self.all.len()) / slots
    }

    /// The shelf of a row that is about nobody, in the order of the delivery.
    pub(super) fn of_row(&self, row: u32) -> usize {
        usize::try_from(row / self.rows_each).map_or(0, |shelf| shelf.min(self.all.len() - 1))
    }

    /// Adds rows to the shelf of this number, in the order of the delivery.
    pub(super) fn add(&mut self, number: usize, rows: RecordBatch) -> Result<(), RunError> {
        match self.all.get_mut(number) {
            Some(Shelf::Memory(batches)) => batches.push(rows),
            Some(Shelf::Disk(file, writer)) => {
                let writer = match writer {
                    Some(writer) => writer,
                    None => writer.insert(Box::new(begin(file, &self.schema)?)),
                };
                writer.write(&compact(&rows).map_err(failed())?).map_err(failed())?;
            }
            None => return Err(RunError::Unreadable { what: "the order of a delivery" }),
        }
        Ok(())
    }

    /// The rows of one shelf after the other, each in order of person and then as they were added; so many at a time.
    pub(super) fn in_order(self, at_once: usize) -> impl Iterator<Item = Result<RecordBatch, RunError>> {
        let Self { schema, all, .. } = self;
        all.into_iter().flat_map(move |shelf| {
            let rows = shelf.rows().and_then(|rows| concat_batches(&schema, &rows).map_err(failed()));
            let (chunks, error) = match rows {
                Ok(rows) => (Some(ordered(rows, at_once)), None),
                Err(error) => (None, Some(Err(error))),
            };
            chunks.into_iter().flatten().chain(error)
        })
    }
}

impl Shelf {
    fn rows(self) -> Result<Vec<RecordBatch>, RunError> {
        let (file, writer) = match self {
            Self::Memory(batches) => return Ok(batches),
            Self::Disk(file, writer) => (file, writer),
        };
        let Some(writer) = writer else { return Ok(Vec::new()) };
        writer
            .into_inner()
            .map_err(failed())?
            .into_inner()
            .map_err(|error| RunError::io("write", &file)(error.into_error()))?;
        let source = File::open(&file).map_err(RunError::io("read", &file))?;
        let reader = StreamReader::try_new(BufReader::new(source), None).map_err(failed())?;
        let batches = reader.collect::<Result<_, _>>().map_err(failed())?;
        fs::remove_file(&file).map_err(RunError::io("remove", &file))?;
        Ok(batches)
    }
}

/// Rows in order, so many at a time.
fn ordered(rows: RecordBatch, at_once: usize) -> impl Iterator<Item = Result<RecordBatch, RunError>> {
    let order = order_of(&rows);
    let cuts = (0..order.len()).step_by(at_once);
    cuts.map(move |from| {
        let places = order.iter().skip(from).take(at_once).copied();
        take_record_batch(&rows, &UInt32Array::from_iter_values(places)).map_err(failed())
    })
}

/// Rows by the person they are about, and then as they stand; as they stand where they are about nobody.
fn order_of(rows: &RecordBatch) -> Vec<u32> {
    let all = 0..u32::try_from(rows.num_rows()).unwrap_or(u32::MAX);
    let people = rows.column_by_name("person_id").and_then(|column| column.as_primitive_opt::<Int64Type>());
    let Some(people) = people else { return all.collect() };
    // The numbers stand beside the rows: looking them up while sorting would wait for memory at every comparison.
    let mut order: Vec<(i64, u32)> = people.values().iter().copied().zip(all).collect();
    order.sort_unstable();
    order.into_iter().map(|(_, row)| row).collect()
}

fn begin(file: &Path, schema: &SchemaRef) -> Result<StreamWriter<BufWriter<File>>, RunError> {
    let folder = file.parent().unwrap_or(file);
    fs::create_dir_all(folder).map_err(RunError::io("create", folder))?;
    let sink = File::create(file).map_err(RunError::io("create", file))?;
    StreamWriter::try_new(BufWriter::new(sink), schema).map_err(failed())
}

/// The same rows without texts that none of them has, where those are many.
fn compact(rows: &RecordBatch) -> Result<RecordBatch, ArrowError> {
    let compact = |column: &ArrayRef| {
        let texts = column.as_any_dictionary_opt().map(AnyDictionaryArray::values);
        match texts.filter(|texts| texts.len() > rows.num_rows()) {
            Some(texts) => cast(&cast(column, texts.data_type())?, column.data_type()),
            None => Ok(Arc::clone(column)),
        }
    };
    RecordBatch::try_new(rows.schema(), rows.columns().iter().map(compact).collect::<Result<_, _>>()?)
}

/// What a value of a type takes in a row; of a text its number.
fn bytes_of(data_type: &DataType) -> usize {
    match data_type {
        DataType::FixedSizeBinary(bytes) => usize::try_from(*bytes).unwrap_or_default(),
        DataType::Dictionary(number, _) => bytes_of(number),
        other => other.primitive_width().unwrap_or(1),
    }
}

fn failed() -> impl FnOnce(ArrowError) -> RunError {
    RunError::arrow("rows on the way to their order")
}

#[cfg(test)]
mod tests {
    use arrow::array::{DictionaryArray, Int64Array, StringViewArray};
    use arrow::datatypes::{Field, Int32Type, Schema};
    use proptest::prelude::*;

    use super::super::delivered::dictionary;
    use super::*;

    /// Rows of people, each with its place in the delivery as a text.
    fn batch(people: &[i64], first: usize) -> RecordBatch {
        let texts = (first..).take(people.len()).map(|row| format!("the row {row} of the delivery"));
        let schema =
            Schema::new(vec![Field::new("person_id", DataType::Int64, true), Field::new("text", dictionary(), true)]);
        let columns: Vec<ArrayRef> = vec![
            Arc::new(Int64Array::from(people.to_vec())),
            Arc::new(texts.collect::<Vec<_>>().iter().map(String::as_str).collect::<DictionaryArray<Int32Type>>()),
        ];
        RecordBatch::try_new(Arc::new(schema), columns).unwrap()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn rows_come_in_order_of_person_and_then_as_they_were_added_in_memory_and_from_disk(
            people in prop::collection::vec((0..1_i64 << 16, 0..3_i64).prop_map(|(slot, serial)| (slot << 40) + serial), 0..300),
            bytes_in_memory in 0..8000_usize,
        ) {
            let folder = tempfile::tempdir().unwrap();
            let rows = u32::try_from(people.len()).unwrap();
            let limits = Limits { rows_per_shelf: 40, bytes_in_memory };
            let mut shelves = Shelves::within(limits, rows, batch(&[], 0).schema(), &folder.path().join("work"));
            for (number, chunk) in people.chunks(23).enumerate() {
                let whole = batch(chunk, number * 23);
                for (row, person) in chunk.iter().enumerate() {
                    // A slice brings along the texts of its neighbours.
                    shelves.add(shelves.of_person(*person), whole.slice(row, 1)).unwrap();
                }
            }
            let ordered: Vec<RecordBatch> = shelves.in_order(7).map(Result::unwrap).collect();
            let found = concat_batches(&batch(&[], 0).schema(), &ordered).unwrap();
            let mut wanted: Vec<(i64, usize)> = people.iter().copied().zip(0..).collect();
            wanted.sort_unstable();
            let texts = cast(found.column(1), &DataType::Utf8).unwrap();
            let texts = texts.as_string::<i32>();
            let found: Vec<(i64, &str)> = found.column(0).as_primitive::<Int64Type>().values().iter().copied().zip(texts.iter().flatten()).collect();
            let wanted: Vec<(i64, String)> = wanted.into_iter().map(|(person, row)| (person, format!("the row {row} of the delivery"))).collect();
            prop_assert!(found.iter().copied().eq(wanted.iter().map(|(person, text)| (*person, text.as_str()))));
            let left = fs::read_dir(folder.path().join("work")).map_or(0, Iterator::count);
            prop_assert_eq!(left, 0);
        }
    }

    #[test]
    fn rows_about_nobody_keep_the_order_of_the_delivery() {
        let schema = Arc::new(Schema::new(vec![Field::new("text", DataType::Utf8View, true)]));
        let limits = Limits { rows_per_shelf: 2, bytes_in_memory: 1000 };
        let mut shelves = Shelves::within(limits, 5, Arc::clone(&schema), Path::new(""));
        for (row, text) in (0..).zip(["e", "d", "c", "b", "a"]) {
            let rows = RecordBatch::try_new(Arc::clone(&schema), vec![Arc::new(StringViewArray::from(vec![text]))]);
            shelves.add(shelves.of_row(row), rows.unwrap()).unwrap();
        }
        let mut found = String::new();
        for rows in shelves.in_order(10) {
            found.extend(rows.unwrap().column(0).as_string_view().iter().flatten());
        }
        assert_eq!(found, "edcba");
    }
}
