//! The total order of a bucket's published table.

use arrow::array::{ArrayRef, RecordBatch};
use arrow::compute::{SortOptions, interleave_record_batch};
use arrow::datatypes::SchemaRef;
use arrow::error::ArrowError;
use arrow::row::{Row, RowConverter, SortField};

use super::table_file::ROWS_AT_ONCE;

/// The rows of all batches in ascending order of the columns `grain`, nulls last; they are held in memory anyway.
///
/// The engine's own sort counts a batch that is cut out of a larger one with the larger one's memory, and so spills a
/// bucket's groups again and again.
///
/// # Errors
/// A column of `grain` is missing, or cannot be ordered.
pub(crate) fn in_order(
    batches: &[RecordBatch],
    schema: &SchemaRef,
    grain: &[String],
) -> Result<Vec<RecordBatch>, ArrowError> {
    let columns = grain.iter().map(|column| schema.index_of(column)).collect::<Result<Vec<_>, _>>()?;
    let nulls_last = SortOptions { descending: false, nulls_first: false };
    let fields = columns.iter().map(|at| schema.field(*at).data_type().clone());
    let converter = RowConverter::new(fields.map(|kind| SortField::new_with_options(kind, nulls_last)).collect())?;
    let mut keys = converter.empty_rows(0, 0);
    let mut places: Vec<(usize, usize)> = Vec::new();
    for (number, batch) in batches.iter().enumerate() {
        let key: Vec<ArrayRef> = batch.project(&columns)?.columns().to_vec();
        converter.append(&mut keys, &key)?;
        places.extend((0..batch.num_rows()).map(|row| (number, row)));
    }
    // What a key begins with stands beside its place and tells most keys apart without a look at the rest. Rows mostly come
    // in order already, one delivery after another, and a stable sort makes use of that.
    let mut order: Vec<([u64; 3], usize)> = keys.iter().map(|key| beginning(&key)).zip(0..).collect();
    let in_full = |one: usize, other: usize| keys.row(one).cmp(&keys.row(other));
    order.sort_by(|one, other| one.0.cmp(&other.0).then_with(|| in_full(one.1, other.1)));
    let order: Vec<(usize, usize)> = order.into_iter().filter_map(|(_, at)| places.get(at).copied()).collect();
    drop(keys);
    let batches: Vec<&RecordBatch> = batches.iter().collect();
    order.chunks(ROWS_AT_ONCE).map(|places| interleave_record_batch(&batches, places)).collect()
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

    use arrow::array::{AsArray, Int64Array, StringViewArray};
    use arrow::datatypes::Int64Type;

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
        let sorted = in_order(&batches, &schema, &["person_id".to_owned(), "county".to_owned()]).unwrap();
        assert_eq!(sorted.len(), 1);
        assert_eq!(sorted[0].column(0).as_primitive::<Int64Type>().values(), &[1, 2, 2]);
        let counties: Vec<_> = sorted[0].column(1).as_string_view().iter().collect();
        assert_eq!(counties, [Some("150104"), Some("150102"), None]);
    }

    #[test]
    fn no_rows_are_no_batches() {
        let schema = batch(vec![], vec![]).schema();
        assert!(in_order(&[], &schema, &["person_id".to_owned()]).unwrap().is_empty());
    }
}
