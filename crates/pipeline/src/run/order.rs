//! The total order of a bucket's published table.

use arrow::array::{RecordBatch, UInt32Array};
use arrow::compute::{SortOptions, concat_batches, take_record_batch};
use arrow::datatypes::SchemaRef;
use arrow::error::ArrowError;
use arrow::row::{Row, RowConverter, Rows, SortField};

use super::contents::{MONTH, rows_by_month};
use super::table_file::ROWS_AT_ONCE;

/// The rows of all batches in ascending order of the columns `grain`, nulls last; they are held in memory anyway.
/// Where the first of these columns is the month and each row has one, no batch has rows of two.
///
/// The engine's own sort counts a batch that is cut out of a larger one with the larger one's memory, and so spills a
/// bucket's groups again and again.
///
/// # Errors
/// A column of `grain` is missing, or cannot be ordered.
pub(crate) fn in_order(
    batches: Vec<RecordBatch>,
    schema: &SchemaRef,
    grain: &[String],
) -> Result<Vec<RecordBatch>, ArrowError> {
    let rows = concat_batches(schema, &batches)?;
    drop(batches);
    let by_month = match grain.split_first() {
        Some((first, others)) if first == MONTH && !others.is_empty() => {
            rows_by_month(&rows).ok().map(|months| (months, others))
        }
        _ => None,
    };
    let (parts, columns) = match by_month {
        Some((months, others)) => (months.into_values().collect(), others),
        None => (vec![(0..).take(rows.num_rows()).collect()], grain),
    };
    let columns = columns.iter().map(|column| schema.index_of(column)).collect::<Result<Vec<_>, _>>()?;
    let nulls_last = SortOptions { descending: false, nulls_first: false };
    let fields = columns.iter().map(|at| schema.field(*at).data_type().clone());
    let converter = RowConverter::new(fields.map(|kind| SortField::new_with_options(kind, nulls_last)).collect())?;
    let keys = converter.convert_columns(rows.project(&columns)?.columns())?;
    let mut ordered = Vec::new();
    for part in parts {
        let part = in_order_of(&keys, part);
        for chunk in part.chunks(ROWS_AT_ONCE) {
            ordered.push(take_record_batch(&rows, &UInt32Array::from(chunk.to_vec()))?);
        }
    }
    Ok(ordered)
}

/// Some rows in order of their keys. What a key begins with stands beside its row and tells most keys apart without a look
/// at the rest. Rows mostly come in order already, one delivery after another, and a stable sort makes use of that.
fn in_order_of(keys: &Rows, rows: Vec<u32>) -> Vec<u32> {
    let key = |row: u32| keys.row(usize::try_from(row).unwrap_or(usize::MAX));
    let mut order: Vec<([u64; 3], u32)> = rows.into_iter().map(|row| (beginning(&key(row)), row)).collect();
    order.sort_by(|one, other| one.0.cmp(&other.0).then_with(|| key(one.1).cmp(&key(other.1))));
    order.into_iter().map(|(_, row)| row).collect()
}

/// The first bytes of a key, which order as the key does as far as they go.
fn beginning(key: &Row<'_>) -> [u64; 3] {
    let mut beginning = [[0; 8]; 3];
    for (to, from) in beginning.as_flattened_mut().iter_mut().zip(key.as_ref()) {
        *to = *from;
    }
    beginning.map(u64::from_be_bytes)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, AsArray, Date32Array, Int64Array, StringViewArray};
    use arrow::datatypes::{Date32Type, Int64Type};

    use super::*;

    fn batch(ids: Vec<i64>, counties: Vec<Option<&str>>) -> RecordBatch {
        let columns: [(&str, ArrayRef); 2] =
            [("person_id", Arc::new(Int64Array::from(ids))), ("county", Arc::new(StringViewArray::from(counties)))];
        RecordBatch::try_from_iter_with_nullable(columns.map(|(name, column)| (name, column, true))).unwrap()
    }

    #[test]
    fn rows_of_several_batches_come_in_one_order_with_nulls_last() {
        let batches = [
            batch(vec![2, 1], vec![None, Some("150104")]),
            batch(vec![], vec![]),
            batch(vec![2], vec![Some("150102")]),
        ];
        let schema = batches[0].schema();
        let sorted = in_order(batches.to_vec(), &schema, &["person_id".to_owned(), "county".to_owned()]).unwrap();
        assert_eq!(sorted.len(), 1);
        assert_eq!(sorted[0].column(0).as_primitive::<Int64Type>().values(), &[1, 2, 2]);
        let counties: Vec<_> = sorted[0].column(1).as_string_view().iter().collect();
        assert_eq!(counties, [Some("150104"), Some("150102"), None]);
    }

    #[test]
    fn months_follow_one_another_in_batches_of_their_own_and_rows_without_a_month_come_last() {
        let batch = |months: Vec<Option<i32>>, ids: Vec<i64>| {
            let columns: [(&str, ArrayRef); 2] =
                [("person_id", Arc::new(Int64Array::from(ids))), (MONTH, Arc::new(Date32Array::from(months)))];
            RecordBatch::try_from_iter_with_nullable(columns.map(|(name, column)| (name, column, true))).unwrap()
        };
        let months = |batch: &RecordBatch| batch.column(1).as_primitive::<Date32Type>().iter().collect::<Vec<_>>();
        let people = |batch: &RecordBatch| batch.column(0).as_primitive::<Int64Type>().values().to_vec();
        let grain = [MONTH.to_owned(), "person_id".to_owned()];
        let mut batches = vec![batch(vec![Some(31), Some(0), Some(31)], vec![3, 9, 1]), batch(vec![Some(0)], vec![2])];
        let schema = batches[0].schema();
        let sorted = in_order(batches.clone(), &schema, &grain).unwrap();
        assert_eq!(sorted.iter().map(months).collect::<Vec<_>>(), [[Some(0); 2], [Some(31); 2]]);
        assert_eq!(sorted.iter().map(people).collect::<Vec<_>>(), [[2, 9], [1, 3]]);
        let by_month_alone = in_order(batches.clone(), &schema, &grain[..1]).unwrap();
        assert_eq!(by_month_alone.iter().flat_map(people).collect::<Vec<_>>(), [9, 2, 3, 1]);
        batches.push(batch(vec![None, Some(0)], vec![0, 5]));
        let sorted = in_order(batches, &schema, &grain).unwrap();
        assert_eq!(sorted.iter().flat_map(people).collect::<Vec<_>>(), [2, 5, 9, 1, 3, 0]);
    }

    #[test]
    fn no_rows_are_no_batches() {
        let schema = batch(vec![], vec![]).schema();
        assert!(in_order(Vec::new(), &schema, &["person_id".to_owned()]).unwrap().is_empty());
    }
}
