//! Whether flags, confirmations, gaps, rejects and failed links fall on some groups more often than on others.

use std::collections::BTreeMap;

use serde::Serialize;
use yilian_contract::{Department, Schemas};
use yilian_pipeline::publication::Publication;
use yilian_pipeline::store::Store;

use crate::error::ReviewError;
use crate::published::{lines, lowest};
use crate::tokens::DeliveryLine;

/// In the order of the page; the last two are not about people.
const DIMENSIONS: [&str; 6] = ["sex", "age_band", "urban_rural", "id_quality", "department", "dataset"];
const FLAGGED: &str = "evidence.flagged_rate";
const UNLINKED: &str = "evidence.unlinked_rate";
/// A ratio outside these, in permille of everybody's rate, is a finding.
const USUAL_PERMILLE: std::ops::RangeInclusive<u64> = 800..=1250;
/// Fewer people or rows say nothing about a group.
const ENOUGH: u64 = 100;
/// Where it happened to fewer of the group, and would have at everybody's rate, the difference may be chance.
const ENOUGH_COUNTED: u64 = 10;

/// What happened to some and not to others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Measure {
    /// People with a flag, of everybody.
    Flagged,
    /// People with a confirmed flag, of those with a flag.
    Confirmed,
    /// People who lack what they are entitled to, of everybody.
    Lacking,
    /// Rows that could be linked to nobody, of all delivered rows about people.
    Unlinked,
    /// Rows that a department rejected, of those it read.
    Rejected,
}

/// How often it happened to one group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Rate {
    pub(crate) measure: Measure,
    pub(crate) dimension: &'static str,
    pub(crate) category: String,
    pub(crate) category_zh: String,
    pub(crate) category_en: String,
    /// People or rows of the group.
    pub(crate) of: u64,
    /// Those to whom it happened.
    pub(crate) counted: u64,
    /// Its rate over everybody's, in permille; `None` where it happened to nobody.
    pub(crate) ratio_permille: Option<u64>,
    /// Whether the ratio is outside what is usual, in a comparison that says something about fairness.
    pub(crate) is_finding: bool,
}

impl Measure {
    pub(crate) fn zh(self) -> &'static str {
        match self {
            Self::Flagged => "被提示",
            Self::Confirmed => "提示经核实",
            Self::Lacking => "疑似应享未享",
            Self::Unlinked => "记录未关联到人",
            Self::Rejected => "记录被退回",
        }
    }

    pub(crate) fn en(self) -> &'static str {
        match self {
            Self::Flagged => "is flagged",
            Self::Confirmed => "has a flag confirmed",
            Self::Lacking => "lacks an entitlement",
            Self::Unlinked => "is linked to nobody",
            Self::Rejected => "is rejected",
        }
    }

    /// Whether unequal rates of a dimension are a question of fairness at all.
    fn judges(self, dimension: &str) -> bool {
        match self {
            Self::Flagged | Self::Confirmed => true,
            // What people are entitled to begins at an age of its own.
            Self::Lacking => dimension != "age_band",
            // A row with a valid number is always linked: that it has none is what makes it unlinked.
            Self::Unlinked => dimension != "id_quality",
            // Datasets are not groups of people; each has its own reasons to be rejected.
            Self::Rejected => dimension != "dataset",
        }
    }
}

/// Rates of groups of people and of their rows, as the publication says, each held against everybody's in its dimension.
pub(crate) async fn of_people(
    store: &Store,
    publication: &Publication,
    schemas: &Schemas,
) -> Result<Vec<Rate>, ReviewError> {
    let grain = ["dimension", "category"];
    let flagged = lines(store, publication, FLAGGED, (grain, ["persons", "flagged", "confirmed", "lacking"])).await?;
    let unlinked = lines(store, publication, UNLINKED, (grain, ["rows", "unlinked"])).await?;
    let group = |measure, [dimension, category]: &[String; 2], of, counted| {
        let dimension = DIMENSIONS.into_iter().find(|known| known == dimension)?;
        let (category_zh, category_en) = labels(schemas, dimension, category);
        Some(rate(measure, dimension, (category, category_zh, category_en), (of, counted)))
    };
    let mut rates = Vec::new();
    rates.extend(flagged.iter().filter_map(|(of, [persons, flags, ..])| group(Measure::Flagged, of, *persons, *flags)));
    rates.extend(flagged.iter().filter_map(|(of, [_, flags, sure, _])| group(Measure::Confirmed, of, *flags, *sure)));
    rates.extend(flagged.iter().filter_map(|(of, [persons, .., gaps])| group(Measure::Lacking, of, *persons, *gaps)));
    rates.extend(unlinked.iter().filter_map(|(of, [rows, nobodys])| group(Measure::Unlinked, of, *rows, *nobodys)));
    Ok(compared(rates))
}

/// Rates of rejected rows by department and dataset: a rejected row stays where it is, and nobody else knows whose it is.
pub(crate) fn of_rejects(deliveries: &[DeliveryLine], schemas: &Schemas) -> Vec<Rate> {
    let mut departments: BTreeMap<Department, (u64, u64)> = BTreeMap::new();
    let mut datasets: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for delivery in deliveries {
        let (department, dataset) = (departments.entry(delivery.department), datasets.entry(&delivery.dataset));
        for sum in [department.or_default(), dataset.or_default()] {
            *sum = (sum.0 + delivery.read, sum.1 + delivery.rejected);
        }
    }
    let of_department = departments.into_iter().map(|(department, counts)| {
        let labels = (department.as_str(), department.zh().to_owned(), department.as_str().replace('_', " "));
        rate(Measure::Rejected, "department", labels, counts)
    });
    let of_dataset = datasets.into_iter().map(|(dataset, counts)| {
        let title = schemas.dataset(dataset).map_or_else(|_| dataset.to_owned(), |contract| contract.title_zh.clone());
        rate(Measure::Rejected, "dataset", (dataset, title, dataset.replace('_', " ")), counts)
    });
    compared(of_department.chain(of_dataset).collect())
}

fn rate(
    measure: Measure,
    dimension: &'static str,
    (category, category_zh, category_en): (&str, String, String),
    (of, counted): (u64, u64),
) -> Rate {
    let category = category.to_owned();
    Rate {
        measure,
        dimension,
        category,
        category_zh,
        category_en,
        of,
        counted,
        ratio_permille: None,
        is_finding: false,
    }
}

/// What a category is called, in Chinese and English; the code lists have the names of their dimensions.
fn labels(schemas: &Schemas, dimension: &str, category: &str) -> (String, String) {
    match schemas.codes.get(dimension).and_then(|list| list.entry(category)) {
        Some(entry) => (entry.label_zh.clone(), entry.label_en.clone()),
        None if category == "unknown" => ("未知".to_owned(), "unknown".to_owned()),
        None => (category.to_owned(), String::new()),
    }
}

fn compared(mut rates: Vec<Rate>) -> Vec<Rate> {
    let mut whole: BTreeMap<(Measure, &'static str), (u64, u64)> = BTreeMap::new();
    for rate in &rates {
        let sum = whole.entry((rate.measure, rate.dimension)).or_default();
        *sum = (sum.0 + rate.of, sum.1 + rate.counted);
    }
    for rate in &mut rates {
        let (of, counted) = whole.get(&(rate.measure, rate.dimension)).copied().unwrap_or_default();
        let over = u128::from(rate.counted) * u128::from(of) * 1000;
        let under = u128::from(counted) * u128::from(rate.of);
        rate.ratio_permille = over.checked_div(under).and_then(|ratio| u64::try_from(ratio).ok());
        let is_unusual = rate.ratio_permille.is_some_and(|ratio| !USUAL_PERMILLE.contains(&ratio));
        let expected = (u128::from(rate.of) * u128::from(counted)).checked_div(u128::from(of)).unwrap_or_default();
        let is_enough = rate.of >= ENOUGH && expected.max(u128::from(rate.counted)) >= u128::from(ENOUGH_COUNTED);
        rate.is_finding = is_unusual && is_enough && rate.measure.judges(rate.dimension);
    }
    let place = |rate: &Rate| DIMENSIONS.iter().position(|known| *known == rate.dimension);
    rates.sort_by_cached_key(|rate| (rate.measure, place(rate), lowest(&rate.category), rate.category.clone()));
    rates
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(measure: Measure, dimension: &'static str, category: &str, of: u64, counted: u64) -> Rate {
        rate(measure, dimension, (category, String::new(), String::new()), (of, counted))
    }

    fn by_sex(category: &str, of: u64, counted: u64) -> Rate {
        group(Measure::Flagged, "sex", category, of, counted)
    }

    #[test]
    fn a_group_flagged_twice_as_often_as_everybody_is_a_finding() {
        let rates = compared(vec![by_sex("1", 1000, 30), by_sex("2", 1000, 10)]);
        assert_eq!(rates[0].ratio_permille, Some(1500));
        assert_eq!(rates[1].ratio_permille, Some(500));
        assert!(rates.iter().all(|rate| rate.is_finding));
    }

    #[test]
    fn equal_rates_and_small_groups_are_none() {
        let rates = compared(vec![by_sex("1", 1000, 10), by_sex("2", 1000, 10), by_sex("unknown", 3, 1)]);
        assert!(!rates.iter().any(|rate| rate.is_finding));
        assert_eq!(compared(vec![by_sex("1", 10, 0)])[0].ratio_permille, None);
    }

    #[test]
    fn a_difference_of_a_few_may_be_chance_and_is_none() {
        let rates = compared(vec![by_sex("1", 10_000, 6), by_sex("2", 10_000, 2)]);
        assert_eq!(rates[0].ratio_permille, Some(1500));
        assert!(!rates.iter().any(|rate| rate.is_finding));
        let many = compared(vec![by_sex("1", 200, 20), by_sex("2", 20_000, 380)]);
        assert!(many[0].is_finding, "many more than the few that were to be expected");
    }

    #[test]
    fn each_measure_is_held_against_its_own_whole() {
        let confirmed = group(Measure::Confirmed, "sex", "1", 100, 50);
        let rates = compared(vec![by_sex("1", 1000, 100), confirmed]);
        assert!(rates.iter().all(|rate| rate.ratio_permille == Some(1000)), "{rates:?}");
    }

    #[test]
    fn what_makes_a_row_unlinked_is_not_held_against_it() {
        let unlinked = |dimension| {
            let group = |category, unlinked| group(Measure::Unlinked, dimension, category, 1000, unlinked);
            compared(vec![group("none", 100), group("valid18", 0)])
        };
        assert!(unlinked("sex").iter().all(|rate| rate.is_finding));
        assert!(!unlinked("id_quality").iter().any(|rate| rate.is_finding));
    }
}
