//! The monthly monitor as a publication holds it (`hub.monitor`), for whoever puts it on paper.

use std::sync::Arc;

use arrow::array::{Array, AsArray, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use chrono::NaiveDate;

use crate::publication::Publication;
use crate::run::{RunError, read_published};
use crate::store::Store;

const COLUMNS: [&str; 8] = ["month", "section", "item", "region", "unit", "value", "so_far", "last_year"];

/// One line of the monitor; numbers as they are written, `None` where nobody knows them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Line {
    /// Part of the report: a benefit, a settlement or an indicator.
    pub section: String,
    /// Code of the benefit or indicator.
    pub item: String,
    /// Code of the region.
    pub region: String,
    /// What the numbers count.
    pub unit: String,
    /// Of the month.
    pub value: Option<String>,
    /// From January to the month.
    pub so_far: Option<String>,
    /// Of the same month of the year before.
    pub last_year: Option<String>,
}

/// The lines of one month, in order; none if the publication does not speak of the month.
///
/// # Errors
/// A table that cannot be read.
pub async fn read(store: &Store, publication: &Publication, month: NaiveDate) -> Result<Vec<Line>, RunError> {
    let fields: Vec<Field> = COLUMNS.iter().map(|name| Field::new(*name, DataType::Utf8, true)).collect();
    let rows = read_published(store, publication, "hub.monitor", &Arc::new(Schema::new(fields))).await?;
    let columns: Vec<&StringArray> = rows.columns().iter().filter_map(|column| column.as_string_opt()).collect();
    let cell = |column: usize, row: usize| {
        columns.get(column).filter(|values| values.is_valid(row)).map(|values| values.value(row).to_owned())
    };
    let wanted = month.to_string();
    let mut lines: Vec<Line> = (0..rows.num_rows())
        .filter(|row| cell(0, *row).as_deref() == Some(wanted.as_str()))
        .map(|row| Line {
            section: cell(1, row).unwrap_or_default(),
            item: cell(2, row).unwrap_or_default(),
            region: cell(3, row).unwrap_or_default(),
            unit: cell(4, row).unwrap_or_default(),
            value: cell(5, row),
            so_far: cell(6, row),
            last_year: cell(7, row),
        })
        .collect();
    lines.sort();
    Ok(lines)
}
