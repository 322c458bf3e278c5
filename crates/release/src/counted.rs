use arrow::array::{Array, AsArray, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Decimal128Type, Int64Type};

use crate::definition::TableDefinition;
use crate::error::ReleaseError;
use crate::finest::FinestCells;

const REGION: &str = "region";

/// The finest cells of a table from the rows of its model: `region`, the dimensions and the counted measures by name.
///
/// Whole numbers are taken as they are, `decimal(18,2)` as yuan in fen; null is a measure that does not apply.
///
/// # Errors
/// [`ReleaseError::Column`] for a column that is not there or of another type.
pub fn finest_cells(definition: &TableDefinition, rows: &RecordBatch) -> Result<FinestCells, ReleaseError> {
    let text = |name: &str| text_column(definition, rows, name);
    let region = text(REGION)?;
    let dimensions =
        definition.dimensions.iter().map(|dimension| text(&dimension.name)).collect::<Result<Vec<_>, _>>()?;
    let measures = definition
        .counted()
        .map(|measure| value_column(definition, rows, &measure.name))
        .collect::<Result<Vec<_>, _>>()?;
    let mut cells = FinestCells::new(definition);
    for row in 0..rows.num_rows() {
        let codes: Vec<&str> = dimensions.iter().map(|column| column.value(row)).collect();
        let values: Vec<Option<i64>> = measures.iter().map(|column| column.get(row).copied().flatten()).collect();
        cells.push(region.value(row), &codes, &values)?;
    }
    Ok(cells)
}

pub(crate) fn text_column(
    definition: &TableDefinition,
    rows: &RecordBatch,
    name: &str,
) -> Result<StringArray, ReleaseError> {
    let refuse = || refused(definition, name, "text without nulls");
    let column = rows.column_by_name(name).ok_or_else(refuse)?;
    let text = cast(column, &DataType::Utf8).map_err(|_| refuse())?;
    let text = text.as_string_opt::<i32>().cloned().ok_or_else(refuse)?;
    if text.null_count() == 0 { Ok(text) } else { Err(refuse()) }
}

pub(crate) fn value_column(
    definition: &TableDefinition,
    rows: &RecordBatch,
    name: &str,
) -> Result<Vec<Option<i64>>, ReleaseError> {
    let refuse = || refused(definition, name, "whole numbers, or yuan with two decimals");
    let column = rows.column_by_name(name).ok_or_else(refuse)?;
    match column.data_type() {
        DataType::Int64 => Ok(column.as_primitive::<Int64Type>().iter().collect()),
        DataType::Decimal128(_, 2) => {
            let fen = column.as_primitive::<Decimal128Type>().iter();
            fen.map(|fen| fen.map(i64::try_from).transpose().map_err(|_| refuse())).collect()
        }
        _ => Err(refuse()),
    }
}

fn refused(definition: &TableDefinition, column: &str, wanted: &'static str) -> ReleaseError {
    ReleaseError::Column { table: definition.name.clone(), column: column.to_owned(), wanted }
}
