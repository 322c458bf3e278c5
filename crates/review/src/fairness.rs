//! Whether flags fall on some groups more often than on others.

use arrow::array::{Array, AsArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde::Serialize;
use yilian_pipeline::publication::Publication;
use yilian_pipeline::store::Store;

use crate::error::ReviewError;

const TABLE: &str = "evidence.flagged_rate";
/// A ratio outside these, in permille of everybody's rate, is a finding.
const USUAL_PERMILLE: std::ops::RangeInclusive<u64> = 800..=1250;
/// Fewer people say nothing about a group.
const ENOUGH_PEOPLE: u64 = 100;

/// How often one group carries a flag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Rate {
    pub(crate) dimension: String,
    pub(crate) category: String,
    pub(crate) persons: u64,
    pub(crate) flagged: u64,
    /// Its rate over everybody's, in permille; `None` where nobody is flagged.
    pub(crate) ratio_permille: Option<u64>,
}

impl Rate {
    /// Whether the group is flagged much more or less often than everybody.
    pub(crate) fn is_finding(&self) -> bool {
        self.persons >= ENOUGH_PEOPLE && self.ratio_permille.is_some_and(|ratio| !USUAL_PERMILLE.contains(&ratio))
    }
}

/// The rates of the publication, each held against everybody's in its dimension.
pub(crate) async fn rates(store: &Store, publication: &Publication) -> Result<Vec<Rate>, ReviewError> {
    let mut rates = Vec::new();
    for file in publication.tables.get(TABLE).iter().flat_map(|table| &table.files) {
        let content = store.get(&file.path).await?;
        for batch in ParquetRecordBatchReaderBuilder::try_new(content)?.build()? {
            let batch = batch?;
            let column =
                |name: &str, data_type: DataType| cast(batch.column(batch.schema().index_of(name)?), &data_type);
            let (dimensions, categories) = (column("dimension", DataType::Utf8)?, column("category", DataType::Utf8)?);
            let (persons, flagged) = (column("persons", DataType::Int64)?, column("flagged", DataType::Int64)?);
            let text = |array: &dyn Array, row: usize| array.as_string::<i32>().value(row).to_owned();
            let count = |array: &dyn Array, row: usize| {
                u64::try_from(array.as_primitive::<Int64Type>().value(row)).unwrap_or_default()
            };
            rates.extend((0..batch.num_rows()).map(|row| Rate {
                dimension: text(&dimensions, row),
                category: text(&categories, row),
                persons: count(&persons, row),
                flagged: count(&flagged, row),
                ratio_permille: None,
            }));
        }
    }
    Ok(compared(rates))
}

fn compared(mut rates: Vec<Rate>) -> Vec<Rate> {
    let whole = |dimension: &str| {
        let of = rates.iter().filter(|rate| rate.dimension == dimension);
        of.fold((0_u64, 0_u64), |sum, rate| (sum.0 + rate.persons, sum.1 + rate.flagged))
    };
    let ratios: Vec<Option<u64>> = rates
        .iter()
        .map(|rate| {
            let (persons, flagged) = whole(&rate.dimension);
            let over = u128::from(rate.flagged) * u128::from(persons) * 1000;
            let under = u128::from(flagged) * u128::from(rate.persons);
            over.checked_div(under).and_then(|ratio| u64::try_from(ratio).ok())
        })
        .collect();
    for (rate, ratio) in rates.iter_mut().zip(ratios) {
        rate.ratio_permille = ratio;
    }
    rates
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(category: &str, persons: u64, flagged: u64) -> Rate {
        let category = category.to_owned();
        Rate { dimension: "sex".to_owned(), category, persons, flagged, ratio_permille: None }
    }

    #[test]
    fn a_group_flagged_twice_as_often_as_everybody_is_a_finding() {
        let rates = compared(vec![rate("1", 1000, 30), rate("2", 1000, 10)]);
        assert_eq!(rates[0].ratio_permille, Some(1500));
        assert_eq!(rates[1].ratio_permille, Some(500));
        assert!(rates.iter().all(Rate::is_finding));
    }

    #[test]
    fn equal_rates_and_small_groups_are_none() {
        let rates = compared(vec![rate("1", 1000, 10), rate("2", 1000, 10), rate("unknown", 3, 1)]);
        assert!(!rates.iter().any(Rate::is_finding));
        assert_eq!(compared(vec![rate("1", 10, 0)])[0].ratio_permille, None);
    }
}
