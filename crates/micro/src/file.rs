use std::collections::HashMap;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Decimal128Type, Field, Int32Type, Int64Type, Schema};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderOptions, ParquetRecordBatchReaderBuilder};

use crate::error::MicroError;

const PERSON: &str = "person_id";
const ROWS_AT_ONCE: usize = 1 << 15;

/// A column of categories: its codes, and the category of what has none of them.
pub(crate) struct CodeColumn<'c> {
    pub(crate) name: &'c str,
    pub(crate) codes: HashMap<&'c str, usize>,
    pub(crate) otherwise: Option<usize>,
}

/// Rows that follow one another.
pub(crate) struct Rows {
    /// Sorted.
    pub(crate) people: Vec<i64>,
    /// By column of categories: the finest category of each row.
    pub(crate) categories: Vec<Vec<usize>>,
    /// By measure: the value of each row in whole numbers of its last decimal, if it has one.
    pub(crate) values: Vec<Vec<Option<i64>>>,
}

/// Reads the rows of one file of one micro table, in their order: sorted by person.
pub(crate) fn read(
    path: &Path,
    (columns, measures): (&[CodeColumn<'_>], &[&str]),
    cancelled: &AtomicBool,
    mut each: impl FnMut(&Rows) -> Result<(), MicroError>,
) -> Result<(), MicroError> {
    let refuse = |reason| MicroError::Rows { path: path.to_owned(), reason };
    let open = || File::open(path).map_err(|source| MicroError::File { path: path.to_owned(), source });
    let plain = ParquetRecordBatchReaderBuilder::try_new(open()?).map_err(|_| refuse("it is no Parquet file"))?;
    let options = ArrowReaderOptions::new().with_schema(Arc::new(as_dictionaries(plain.schema())));
    let builder = ParquetRecordBatchReaderBuilder::try_new_with_options(open()?, options)
        .map_err(|_| refuse("a column is of another type"))?;
    let names = columns.iter().map(|column| column.name).chain(measures.iter().copied()).chain([PERSON]);
    let mask = ProjectionMask::columns(builder.parquet_schema(), names);
    let reader = builder.with_projection(mask).with_batch_size(ROWS_AT_ONCE).build();
    for batch in reader.map_err(|_| refuse("it cannot be read"))? {
        if cancelled.load(Ordering::Relaxed) {
            return Err(MicroError::Cancelled);
        }
        let batch = batch.map_err(|_| refuse("it cannot be read"))?;
        each(&rows(&batch, columns, measures).map_err(refuse)?)?;
    }
    Ok(())
}

/// Texts as they are stored: a number a row, and each text once.
fn as_dictionaries(schema: &Schema) -> Schema {
    let dictionary = || DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    let field = |field: &Arc<Field>| match field.data_type() {
        DataType::Utf8 | DataType::Utf8View => Arc::new(Field::new(field.name(), dictionary(), field.is_nullable())),
        _ => Arc::clone(field),
    };
    Schema::new(schema.fields().iter().map(field).collect::<Vec<_>>())
}

fn rows(batch: &RecordBatch, columns: &[CodeColumn<'_>], measures: &[&str]) -> Result<Rows, &'static str> {
    let column = |name: &str| batch.column_by_name(name).ok_or("a column is missing");
    let people = column(PERSON)?.as_primitive_opt::<Int64Type>().ok_or("its people have no numbers")?;
    if people.null_count() > 0 {
        return Err("a row is about nobody");
    }
    let categories = columns.iter().map(|wanted| categories(column(wanted.name)?, wanted)).collect::<Result<_, _>>()?;
    let values = measures.iter().map(|name| values(column(name)?)).collect::<Result<_, _>>()?;
    Ok(Rows { people: people.values().to_vec(), categories, values })
}

fn categories(array: &ArrayRef, wanted: &CodeColumn<'_>) -> Result<Vec<usize>, &'static str> {
    let array = array.as_dictionary_opt::<Int32Type>().ok_or("a column holds no codes")?;
    let texts = array.values().as_string_opt::<i32>().ok_or("a column holds no codes")?;
    let known = |text: Option<&str>| text.and_then(|text| wanted.codes.get(text).copied()).or(wanted.otherwise);
    let by_key: Vec<Option<usize>> = texts.iter().map(known).collect();
    let category = |key: Option<i32>| match key {
        Some(key) => usize::try_from(key).ok().and_then(|key| by_key.get(key).copied().flatten()),
        None => wanted.otherwise,
    };
    array.keys().iter().map(|key| category(key).ok_or("a code is in no category of shapes.yaml")).collect()
}

fn values(array: &ArrayRef) -> Result<Vec<Option<i64>>, &'static str> {
    if let Some(numbers) = array.as_primitive_opt::<Int64Type>() {
        return Ok(numbers.iter().collect());
    }
    let decimals = array.as_primitive_opt::<Decimal128Type>().ok_or("a measure is no number")?;
    let value = |value: Option<i128>| value.map(|value| i64::try_from(value).map_err(|_| "an amount is too large"));
    decimals.iter().map(|decimal| value(decimal).transpose()).collect()
}
