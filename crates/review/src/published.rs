//! Tables of a publication as lines of texts and counts.

use std::sync::Arc;

use arrow::array::AsArray;
use arrow::datatypes::{DataType, Field, Int64Type, Schema};
use yilian_pipeline::publication::Publication;
use yilian_pipeline::run::read_published;
use yilian_pipeline::store::Store;

use crate::error::ReviewError;

/// Texts and counts of one row.
pub(crate) type Line<const T: usize, const C: usize> = ([String; T], [u64; C]);

/// The named columns of every row of a table; no rows where the publication does not have the table.
pub(crate) async fn lines<const T: usize, const C: usize>(
    store: &Store,
    publication: &Publication,
    table: &str,
    (texts, counts): ([&str; T], [&str; C]),
) -> Result<Vec<Line<T, C>>, ReviewError> {
    let texts = texts.map(|name| Field::new(name, DataType::Utf8, true));
    let counts = counts.map(|name| Field::new(name, DataType::Int64, true));
    let schema = Arc::new(Schema::new(texts.into_iter().chain(counts).collect::<Vec<_>>()));
    let batch = read_published(store, publication, table, &schema).await?;
    let text = |at: usize, row| batch.column(at).as_string::<i32>().value(row).to_owned();
    let count =
        |at: usize, row| u64::try_from(batch.column(T + at).as_primitive::<Int64Type>().value(row)).unwrap_or_default();
    let line = |row| (std::array::from_fn(|at| text(at, row)), std::array::from_fn(|at| count(at, row)));
    Ok((0..batch.num_rows()).map(line).collect())
}

/// The number at which a class begins: `10+` comes after `2-4`, and what is no number last.
pub(crate) fn lowest(class: &str) -> u64 {
    class.split(['-', '+']).next().and_then(|number| number.parse().ok()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_stand_in_order_of_the_number_at_which_they_begin() {
        let mut classes = ["unknown", "100+", "65-69", "1", "2-4"];
        classes.sort_by_key(|class| lowest(class));
        assert_eq!(classes, ["1", "2-4", "65-69", "100+", "unknown"]);
    }
}
