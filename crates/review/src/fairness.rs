//! Whether flags fall on some groups more often than on others, and how many people are alike.

use std::sync::Arc;

use arrow::array::AsArray;
use arrow::datatypes::{DataType, Field, Int64Type, Schema};
use serde::Serialize;
use yilian_pipeline::publication::Publication;
use yilian_pipeline::run::read_published;
use yilian_pipeline::store::Store;

use crate::error::ReviewError;

const RATES: &str = "evidence.flagged_rate";
const ANONYMITY: &str = "evidence.anonymity";
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

/// How many people share sex, month of birth and county with how many others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct SizeClass {
    /// `1`, `2-4`, `5-9` or `10+` people alike.
    pub(crate) alike: String,
    pub(crate) combinations: u64,
    pub(crate) persons: u64,
}

/// The rates of the publication, each held against everybody's in its dimension.
pub(crate) async fn rates(store: &Store, publication: &Publication) -> Result<Vec<Rate>, ReviewError> {
    let rows = rows(store, publication, RATES, (["dimension", "category"], ["persons", "flagged"])).await?;
    let rate = |([dimension, category], [persons, flagged]): ([String; 2], [u64; 2])| Rate {
        dimension,
        category,
        persons,
        flagged,
        ratio_permille: None,
    };
    Ok(compared(rows.into_iter().map(rate).collect()))
}

/// The size classes of the publication's table of people.
pub(crate) async fn anonymity(store: &Store, publication: &Publication) -> Result<Vec<SizeClass>, ReviewError> {
    let rows = rows(store, publication, ANONYMITY, (["size_class"], ["combinations", "persons"])).await?;
    let class =
        |([alike], [combinations, persons]): ([String; 1], [u64; 2])| SizeClass { alike, combinations, persons };
    Ok(rows.into_iter().map(class).collect())
}

/// Texts and counts of a published table's rows.
async fn rows<const T: usize, const C: usize>(
    store: &Store,
    publication: &Publication,
    table: &str,
    (texts, counts): ([&str; T], [&str; C]),
) -> Result<Vec<([String; T], [u64; C])>, ReviewError> {
    let texts = texts.map(|name| Field::new(name, DataType::Utf8, true));
    let counts = counts.map(|name| Field::new(name, DataType::Int64, true));
    let schema = Arc::new(Schema::new(texts.into_iter().chain(counts).collect::<Vec<_>>()));
    let batch = read_published(store, publication, table, &schema).await?;
    let text = |at: usize, row| batch.column(at).as_string::<i32>().value(row).to_owned();
    let count =
        |at: usize, row| u64::try_from(batch.column(T + at).as_primitive::<Int64Type>().value(row)).unwrap_or_default();
    let row = |row| (std::array::from_fn(|at| text(at, row)), std::array::from_fn(|at| count(at, row)));
    Ok((0..batch.num_rows()).map(row).collect())
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
