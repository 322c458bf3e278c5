//! Months and years that are judged, and the snapshot that speaks for each.

use std::collections::{BTreeMap, BTreeSet};

use arrow::array::ArrayRef;
use chrono::{Datelike, Days, Months, NaiveDate};
use yilian_contract::Kind;

use super::{ReferenceInputs, dates, integers, texts};

/// A head count may use a snapshot that ends so many days after the day it counts on.
const HEAD_COUNT_GRACE_DAYS: u64 = 92;
const DATASETS_OF_STAYS: [&str; 2] = ["institution_stay", "family_bed"];
const YEARS_OF_STAYS: i32 = 10;

/// The months that are over on the as-of date, from January of the first delivered year, or so many years before it.
pub(crate) fn months_of(inputs: &ReferenceInputs<'_>, years_before: i32) -> Vec<NaiveDate> {
    let first = inputs.deliveries.iter().map(|delivery| delivery.manifest.period.year()).min();
    let start = first.and_then(|year| NaiveDate::from_ymd_opt(year.saturating_sub(years_before), 1, 1));
    let over = |month: &NaiveDate| month_end(*month).is_some_and(|end| end <= inputs.as_of);
    std::iter::successors(start, |month| month.checked_add_months(Months::new(1))).take_while(over).collect()
}

/// The years whose 31 December is not after the as-of date.
pub(super) fn years_of(inputs: &ReferenceInputs<'_>) -> Vec<i32> {
    let years: BTreeSet<i32> = inputs.deliveries.iter().map(|delivery| delivery.manifest.period.year()).collect();
    years.into_iter().filter(|year| last_day(*year).is_some_and(|day| day <= inputs.as_of)).collect()
}

fn last_day(year: i32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(year, 12, 31)
}

/// Months since year 0, so that their differences are numbers of months.
pub(crate) fn month_number(month: NaiveDate) -> i64 {
    i64::from(month.year()) * 12 + i64::from(month.month0())
}

pub(crate) fn first_of_month(day: NaiveDate) -> Option<NaiveDate> {
    day.with_day(1)
}

fn month_end(month: NaiveDate) -> Option<NaiveDate> {
    month.checked_add_months(Months::new(1)).and_then(|next| next.pred_opt())
}

pub(super) fn year_columns(years: &[i32]) -> Vec<(&'static str, ArrayRef)> {
    let day = |month: u32, day: u32| dates(years.iter().map(|year| NaiveDate::from_ymd_opt(*year, month, day)));
    vec![
        ("year", integers(years.iter().map(|year| i64::from(*year)))),
        ("january", day(1, 1)),
        ("december", day(12, 1)),
        ("day", day(12, 31)),
    ]
}

/// The ends of the accepted periods of each snapshot dataset and place.
fn snapshots(inputs: &ReferenceInputs<'_>) -> BTreeMap<(String, String), BTreeSet<NaiveDate>> {
    let mut ends: BTreeMap<(String, String), BTreeSet<NaiveDate>> = BTreeMap::new();
    for delivery in inputs.deliveries {
        let manifest = &delivery.manifest;
        if inputs.schemas.dataset(&manifest.dataset).is_ok_and(|contract| contract.kind == Kind::Snapshot) {
            let key = (manifest.dataset.clone(), manifest.place.clone());
            ends.entry(key).or_default().insert(manifest.period.end());
        }
    }
    ends
}

/// Spells are read for a month from the earliest snapshot that ends with it or later, else from the latest before.
///
/// Two stays or beds at once are wrong whenever it was, so these are read for earlier months too.
pub(super) fn snapshot_months(inputs: &ReferenceInputs<'_>) -> Vec<(&'static str, ArrayRef)> {
    let (recent, long) = (months_of(inputs, 0), months_of(inputs, YEARS_OF_STAYS));
    let months = |dataset: &str| if DATASETS_OF_STAYS.contains(&dataset) { long.as_slice() } else { recent.as_slice() };
    chosen(inputs, "month", months, |ends, month| {
        let end = month_end(month)?;
        ends.range(end..).next().or_else(|| ends.range(..end).next_back()).copied()
    })
}

/// A head count uses the snapshot with the latest end not after the day, else the earliest soon after it.
pub(super) fn snapshot_days(inputs: &ReferenceInputs<'_>, years: &[i32]) -> Vec<(&'static str, ArrayRef)> {
    let day_list: Vec<NaiveDate> = years
        .iter()
        .filter_map(|year| last_day(*year))
        .chain([inputs.as_of])
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    chosen(
        inputs,
        "day",
        |_| day_list.as_slice(),
        |ends, day| {
            let latest = day.checked_add_days(Days::new(HEAD_COUNT_GRACE_DAYS))?;
            ends.range(..=day).next_back().or_else(|| ends.range(day..=latest).next()).copied()
        },
    )
}

fn chosen<'d>(
    inputs: &ReferenceInputs<'_>,
    column: &'static str,
    days: impl Fn(&str) -> &'d [NaiveDate],
    choose: impl Fn(&BTreeSet<NaiveDate>, NaiveDate) -> Option<NaiveDate>,
) -> Vec<(&'static str, ArrayRef)> {
    let mut rows = Vec::new();
    for ((dataset, place), ends) in snapshots(inputs) {
        for day in days(&dataset) {
            if let Some(end) = choose(&ends, *day) {
                rows.push((dataset.clone(), place.clone(), *day, end));
            }
        }
    }
    vec![
        ("dataset", texts(rows.iter().map(|row| row.0.as_str()))),
        ("place", texts(rows.iter().map(|row| row.1.as_str()))),
        (column, dates(rows.iter().map(|row| Some(row.2)))),
        ("period_end", dates(rows.iter().map(|row| Some(row.3)))),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_numbered_from_the_first_of_year_0() {
        let number = |year, month| NaiveDate::from_ymd_opt(year, month, 1).map(month_number);
        assert_eq!(number(2025, 3), Some(2025 * 12 + 2));
        assert_eq!(number(0, 1), Some(0));
    }
}
