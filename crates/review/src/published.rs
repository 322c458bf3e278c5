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
