//! Statistics leave the hub as value and status, never as a number that stands for few people.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Decimal128Array, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Decimal128Type, Int64Type};
use yilian_disclosure::{Cell, Measure, Observed, ProtectedTable, RawTable, Threshold, Unit};

use super::RunError;
use super::model::Model;

/// A model's column that says whether all deliveries are here that a cell rests on; without it they are.
const COMPLETE: &str = "is_complete";

/// A measure as a model's header names it: `amount (yuan)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MeasureOf {
    pub(crate) name: String,
    pub(crate) unit: String,
}

/// The measures that the header of a statistics model lists.
pub(crate) fn measures_of(model: &Model) -> Result<Vec<MeasureOf>, RunError> {
    let refuse = || RunError::Model {
        file: model.file.clone(),
        reason: "a statistics model must list its measures: `-- measures: persons (person), …`".to_owned(),
    };
    let line = model.query.lines().find_map(|line| line.strip_prefix("-- measures: ")).ok_or_else(refuse)?;
    line.split(", ")
        .map(|text| {
            let (name, unit) =
                text.trim().strip_suffix(')').and_then(|text| text.split_once(" (")).ok_or_else(refuse)?;
            Ok(MeasureOf { name: name.to_owned(), unit: unit.to_owned() })
        })
        .collect()
}

/// Applies the primary threshold to the true cells of a model and gives one row per cell and measure.
pub(crate) fn protect(model: &Model, rows: &RecordBatch, threshold: Threshold) -> Result<RecordBatch, RunError> {
    let measures = measures_of(model)?;
    let cells = cells(rows, model, &measures)?;
    let table = RawTable::new(&model.name.table, cells)?.protect(threshold);
    long_table(model, &table, &measures)
}

fn cells(rows: &RecordBatch, model: &Model, measures: &[MeasureOf]) -> Result<Vec<Cell>, RunError> {
    let dimensions = model.grain.iter().map(|name| text_column(rows, name)).collect::<Result<Vec<_>, _>>()?;
    let complete = rows.column_by_name(COMPLETE).and_then(|column| column.as_boolean_opt()).cloned();
    let is_missing = |row: usize| complete.as_ref().is_some_and(|complete| !complete.value(row));
    let values = measures.iter().map(|measure| value_column(rows, &measure.name)).collect::<Result<Vec<_>, _>>()?;
    Ok((0..rows.num_rows())
        .map(|row| Cell {
            dimensions: dimensions.iter().map(|column| column.value(row).to_owned()).collect(),
            measures: measures
                .iter()
                .zip(&values)
                .map(|(measure, values)| Measure {
                    name: measure.name.clone(),
                    unit: if measure.unit == "person" { Unit::People } else { Unit::Other },
                    observed: match values.get(row).copied().flatten() {
                        _ if is_missing(row) => Observed::Missing,
                        Some(value) => Observed::Known(value),
                        None => Observed::NotApplicable,
                    },
                })
                .collect(),
        })
        .collect())
}

fn text_column(rows: &RecordBatch, name: &str) -> Result<StringArray, RunError> {
    let column = rows.column_by_name(name).ok_or_else(|| missing(name))?;
    let text = cast(column, &DataType::Utf8).map_err(RunError::arrow(name))?;
    Ok(text.as_string::<i32>().clone())
}

/// Counts as they are, money in fen.
fn value_column(rows: &RecordBatch, name: &str) -> Result<Vec<Option<i64>>, RunError> {
    let column = rows.column_by_name(name).ok_or_else(|| missing(name))?;
    match column.data_type() {
        DataType::Int64 => Ok(column.as_primitive::<Int64Type>().iter().collect()),
        DataType::Decimal128(_, 2) => Ok(column
            .as_primitive::<Decimal128Type>()
            .iter()
            .map(|value| value.and_then(|value| i64::try_from(value).ok()))
            .collect()),
        _ => Err(missing(name)),
    }
}

fn missing(name: &str) -> RunError {
    RunError::Arrow {
        what: name.to_owned(),
        source: arrow::error::ArrowError::SchemaError(format!("{name} is not a column of counts or of yuan")),
    }
}

fn long_table(model: &Model, table: &ProtectedTable, measures: &[MeasureOf]) -> Result<RecordBatch, RunError> {
    let units: BTreeMap<&str, &str> =
        measures.iter().map(|measure| (measure.name.as_str(), measure.unit.as_str())).collect();
    let rows: Vec<_> =
        table.cells().iter().flat_map(|cell| cell.measures().iter().map(move |measure| (cell, measure))).collect();
    let mut columns: Vec<(String, ArrayRef)> = Vec::new();
    for (at, dimension) in model.grain.iter().enumerate() {
        let values = rows.iter().map(|row| row.0.dimensions().get(at).map_or("", String::as_str));
        let column: ArrayRef = Arc::new(StringArray::from_iter_values(values));
        let column = match dimension.as_str() {
            "year" => cast(&column, &DataType::Int64).map_err(RunError::arrow("year"))?,
            _ => column,
        };
        columns.push((dimension.clone(), column));
    }
    let unit_of = |name: &str| units.get(name).copied().unwrap_or_default();
    let text = |values: Vec<&str>| -> ArrayRef { Arc::new(StringArray::from(values)) };
    columns.push(("measure".to_owned(), text(rows.iter().map(|row| row.1.name()).collect())));
    columns.push(("unit".to_owned(), text(rows.iter().map(|row| unit_of(row.1.name())).collect())));
    columns.push(("value".to_owned(), values(rows.iter().map(|row| (row.1.value(), unit_of(row.1.name()))))?));
    columns.push(("status".to_owned(), text(rows.iter().map(|row| row.1.status().as_str()).collect())));
    columns.push(("release_state".to_owned(), text(rows.iter().map(|_| "draft").collect())));
    RecordBatch::try_from_iter(columns).map_err(RunError::arrow(model.name.table.as_str()))
}

/// Values with two decimals: counts are whole, money is yuan; null where nothing may be said.
fn values<'a>(values: impl Iterator<Item = (Option<i64>, &'a str)>) -> Result<ArrayRef, RunError> {
    let hundredths = values.map(|(value, unit)| {
        value.map(|value| if unit == "yuan" { i128::from(value) } else { i128::from(value) * 100 })
    });
    let array = hundredths.collect::<Decimal128Array>().with_precision_and_scale(18, 2);
    Ok(Arc::new(array.map_err(RunError::arrow("value"))?))
}

/// How many rows of a table say that a value was suppressed, for the run's counts.
pub(crate) fn suppressed(rows: &RecordBatch) -> i64 {
    let status = rows.column_by_name("status").map(|column| column.as_string::<i32>().clone());
    let count = status.iter().flat_map(StringArray::iter).filter(|status| *status == Some("suppressed")).count();
    i64::try_from(count).unwrap_or(i64::MAX)
}
