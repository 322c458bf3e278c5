//! Turns the fields of records into Arrow columns.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, DictionaryArray, FixedSizeBinaryArray, Int32Array,
    Int64Array, StringArray, StringBuilder, TimestampSecondArray,
};
use arrow::buffer::{Buffer, NullBuffer};
use yilian_contract::DeliveryType;

use super::Output;
use crate::IntakeError;
use crate::layout::{Field, FieldKind};

/// The columns of `rows.parquet`; `first` is the first row's number.
pub(super) fn row_map_arrays(
    output: &Output<'_>,
    records: &[&[u8]],
    first: usize,
) -> Result<Vec<ArrayRef>, IntakeError> {
    let layout = output.layout;
    let bug = IntakeError::Bug { step: "number the rows" };
    let first = i64::try_from(first).map_err(|_| bug)?;
    let place = |record: &&[u8]| {
        let bytes = record.get(layout.source_row..).and_then(|rest| rest.first_chunk());
        output.tables.at(bytes.map_or(0, |bytes| u32::from_be_bytes(*bytes)))
    };
    let mut numbers = StringBuilder::with_capacity(records.len(), 16 * records.len());
    for record in records {
        numbers.append_option(layout.own_number(record).and_then(|number| std::str::from_utf8(number).ok()));
    }
    let rows = i64::try_from(records.len()).unwrap_or(0);
    let mut columns: Vec<ArrayRef> = vec![
        Arc::new(Int64Array::from_iter_values(first..first + rows)),
        Arc::new(Int64Array::from_iter_values(records.iter().map(|record| i64::from(place(record).1)))),
        Arc::new(numbers.finish()),
    ];
    if output.tables.are_several() {
        let sheets = records.iter().map(|record| place(record).0.sheet.as_deref().unwrap_or_default());
        columns.push(Arc::new(StringArray::from_iter_values(sheets)));
    }
    Ok(columns)
}

/// One delivered column of some records.
pub(super) fn array(field: &Field, records: &[&[u8]], texts: &[String]) -> Result<ArrayRef, IntakeError> {
    let bug = |_| IntakeError::Bug { step: "build a column" };
    let values = || records.iter().map(|record| field.get(record));
    Ok(match &field.kind {
        FieldKind::Token => tokens(field, records)?,
        FieldKind::Code(codes) => {
            let numbers = values().map(|value| value.and_then(|value| i32::try_from(value).ok()));
            let codes = Arc::new(StringArray::from_iter_values(codes));
            Arc::new(DictionaryArray::try_new(numbers.collect::<Int32Array>(), codes).map_err(bug)?)
        }
        FieldKind::Text => strings(values(), records.len(), |value| texts.get(value).map(String::as_str)),
        FieldKind::Region => {
            let mut builder = StringBuilder::with_capacity(records.len(), 9 * records.len());
            for value in values() {
                let digits = value.map(region_digits);
                builder.append_option(digits.as_ref().and_then(|(digits, length)| {
                    digits.get(..*length).and_then(|digits| std::str::from_utf8(digits).ok())
                }));
            }
            Arc::new(builder.finish())
        }
        FieldKind::Date => {
            let days = values().map(|value| value.and_then(|value| i32::try_from(value).ok()));
            Arc::new(days.collect::<Date32Array>())
        }
        FieldKind::Timestamp => Arc::new(values().collect::<TimestampSecondArray>()),
        FieldKind::Bool => Arc::new(values().map(|value| value.map(|value| value == 1)).collect::<BooleanArray>()),
        FieldKind::Scaled(DeliveryType::Integer) => Arc::new(values().collect::<Int64Array>()),
        FieldKind::Scaled(ty) => {
            let scale = if *ty == DeliveryType::Yuan { 2 } else { 4 };
            let numbers = values().map(|value| value.map(i128::from)).collect::<Decimal128Array>();
            Arc::new(numbers.with_precision_and_scale(18, scale).map_err(bug)?)
        }
    })
}

fn tokens(field: &Field, records: &[&[u8]]) -> Result<ArrayRef, IntakeError> {
    let mut bytes = Vec::with_capacity(32 * records.len());
    let mut valid = Vec::with_capacity(records.len());
    for record in records {
        let token = field.token(record);
        bytes.extend_from_slice(token.unwrap_or(&[0; 32]));
        valid.push(token.is_some());
    }
    let nulls = Some(NullBuffer::from(valid)).filter(|nulls| nulls.null_count() > 0);
    FixedSizeBinaryArray::try_new(32, Buffer::from_vec(bytes), nulls)
        .map(|array| Arc::new(array) as ArrayRef)
        .map_err(|_| IntakeError::Bug { step: "build a token column" })
}

fn strings<'t>(
    values: impl Iterator<Item = Option<i64>>,
    rows: usize,
    text: impl Fn(usize) -> Option<&'t str>,
) -> ArrayRef {
    let mut builder = StringBuilder::with_capacity(rows, 8 * rows);
    for value in values {
        builder.append_option(value.and_then(|value| usize::try_from(value).ok()).and_then(&text));
    }
    Arc::new(builder.finish())
}

/// Nine digits, or the first six where the number is a whole county's, and how many they are.
fn region_digits(value: i64) -> ([u8; 9], usize) {
    let mut digits = [b'0'; 9];
    let mut rest = value;
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + u8::try_from(rest % 10).unwrap_or(0);
        rest /= 10;
    }
    (digits, if value % 1000 == 0 { 6 } else { 9 })
}
