//! Reference tables: rules, places, code lists, terms, snapshots and control totals, as tables that SQL joins.

mod rule_book;
mod time;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Date32Array, Decimal128Array, Int64Array, RecordBatch, StringArray};
use chrono::{Datelike, NaiveDate};
use yilian_contract::entitlement::Entitlement;
use yilian_contract::rules::Rule;
use yilian_contract::rules::disclosure::Disclosure;
use yilian_contract::targets::Target;
use yilian_contract::{Code, Regions, Schemas};

pub(crate) use rule_book::basis;
pub(crate) use time::{first_of_month, month_number, months_of};

use super::stage::days;
use super::{RunError, entitlement, local};
use crate::coverage::{Coverage, CoverageRow};
use crate::receive::Accepted;
use time::{snapshot_days, snapshot_months, year_columns, years_of};

const AGE_BANDS: [(i64, i64, &str); 9] = [
    (60, 64, "60-64"),
    (65, 69, "65-69"),
    (70, 74, "70-74"),
    (75, 79, "75-79"),
    (80, 84, "80-84"),
    (85, 89, "85-89"),
    (90, 94, "90-94"),
    (95, 99, "95-99"),
    (100, 200, "100+"),
];

/// Everything the reference tables are made from.
pub(crate) struct ReferenceInputs<'a> {
    pub(crate) schemas: &'a Schemas,
    pub(crate) schemas_folder: &'a Path,
    pub(crate) regions: &'a Regions,
    pub(crate) rules: &'a [Rule],
    pub(crate) disclosures: &'a [Disclosure],
    pub(crate) entitlement: &'a Entitlement,
    pub(crate) targets: &'a [Target],
    pub(crate) deliveries: &'a [Accepted],
    pub(crate) coverage: &'a [CoverageRow],
    pub(crate) as_of: NaiveDate,
}

type Tables = BTreeMap<&'static str, RecordBatch>;

/// All reference tables by name.
pub(crate) fn tables(inputs: &ReferenceInputs<'_>) -> Result<Tables, RunError> {
    let mut tables = Tables::new();
    let mut add = |name: &'static str, columns: Vec<(&str, ArrayRef)>| -> Result<(), RunError> {
        let batch =
            RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, column)| (name, column, true)))
                .map_err(RunError::arrow(name))?;
        tables.insert(name, batch);
        Ok(())
    };
    let years = years_of(inputs);
    add("year", year_columns(&years))?;
    add("snapshot_month", snapshot_months(inputs))?;
    add("snapshot_day", snapshot_days(inputs, &years))?;
    add("region_county", region_columns(inputs.regions))?;
    add("benefit", benefit_columns(inputs)?)?;
    add("dataset_year", dataset_year_columns(inputs, &years))?;
    for (name, columns) in rule_book::tables(inputs) {
        add(name, columns)?;
    }
    add("disclosure", disclosure_columns(inputs.disclosures))?;
    add("delivery", delivery_columns(inputs.deliveries))?;
    add("run", vec![("as_of", dates([Some(inputs.as_of)]))])?;
    add("control_total", control_columns(inputs.deliveries))?;
    add(
        "age_band",
        vec![
            ("from_age", integers(AGE_BANDS.iter().map(|band| band.0))),
            ("until_age", integers(AGE_BANDS.iter().map(|band| band.1))),
            ("age_band", texts(AGE_BANDS.iter().map(|band| band.2))),
        ],
    )?;
    add("age_band_label", vec![("age_band", texts(AGE_BANDS.iter().map(|band| band.2).chain(["total"])))])?;
    add("sex", vec![("sex", texts(["1", "2", "total"]))])?;
    add("severity", vec![("severity", texts(["violation", "review", "info"]))])?;
    for (name, columns) in entitlement::tables(inputs)?.into_iter().chain(local::tables(inputs)?) {
        add(name, columns)?;
    }
    add("old_age_roll", vec![("roll", texts(["MZ01", "MZ02", "MZ03", "MZ04", "sum_of_rolls", "distinct_persons"]))])?;
    Ok(tables)
}

/// Names of the reference tables, for whoever wants to know them before a run.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    let other = [
        "year",
        "snapshot_month",
        "snapshot_day",
        "region_county",
        "benefit",
        "dataset_year",
        "disclosure",
        "delivery",
        "run",
        "control_total",
        "age_band",
        "age_band_label",
        "sex",
        "severity",
        "old_age_roll",
    ];
    rule_book::NAMES.into_iter().chain(other)
}

fn region_columns(regions: &Regions) -> Vec<(&'static str, ArrayRef)> {
    let counties = regions.counties();
    vec![
        ("code", texts(counties.iter().map(|county| county.0))),
        ("county", texts(counties.iter().map(|county| county.1))),
    ]
}

/// Each benefit has one bit of a mask, in order of the catalogue.
pub(crate) fn benefits(inputs: &ReferenceInputs<'_>) -> Vec<(String, i64)> {
    let entries = inputs.schemas.codes.get("benefit").map(|list| list.entries.as_slice()).unwrap_or_default();
    entries
        .iter()
        .enumerate()
        .map(|(bit, entry)| (entry.code.clone(), 1_i64.checked_shl(u32::try_from(bit).unwrap_or(63)).unwrap_or(0)))
        .collect()
}

/// The dataset that makes each benefit's months.
pub(crate) fn benefit_sources(schemas: &Path) -> Result<BTreeMap<String, String>, RunError> {
    let rows = csv_rows(schemas, "benefit_source.csv")?.into_iter();
    Ok(rows.filter_map(|mut row| Some((row.remove("benefit")?, row.remove("dataset")?))).collect())
}

/// Each benefit with its bit and the dataset that makes its months; no dataset where none does.
fn benefit_columns(inputs: &ReferenceInputs<'_>) -> Result<Vec<(&'static str, ArrayRef)>, RunError> {
    let sources = benefit_sources(inputs.schemas_folder)?;
    let benefits = benefits(inputs);
    let entries = inputs.schemas.codes.get("benefit").map(|list| list.entries.as_slice()).unwrap_or_default();
    let label = |of: fn(&Code) -> &String| texts(entries.iter().map(|entry| of(entry).as_str()));
    let datasets = benefits.iter().map(|(benefit, _)| sources.get(benefit).map(String::as_str));
    Ok(vec![
        ("benefit", texts(benefits.iter().map(|benefit| benefit.0.as_str()))),
        ("mask", integers(benefits.iter().map(|benefit| benefit.1))),
        ("dataset", Arc::new(datasets.collect::<StringArray>())),
        ("label_zh", label(|entry| &entry.label_zh)),
        ("label_en", label(|entry| &entry.label_en)),
    ])
}

/// For each dataset and year whether every office that owes it has delivered every month.
///
/// Where it is not, the numbers that rest on it are missing, never low.
fn dataset_year_columns(inputs: &ReferenceInputs<'_>, years: &[i32]) -> Vec<(&'static str, ArrayRef)> {
    let complete = complete_years(inputs.coverage);
    let rows: Vec<(&str, i32, bool)> = inputs
        .schemas
        .contracts
        .iter()
        .flat_map(|contract| years.iter().map(move |year| (contract.dataset.as_str(), *year)))
        .map(|(dataset, year)| (dataset, year, complete.contains(&(dataset, year))))
        .collect();
    vec![
        ("dataset", texts(rows.iter().map(|row| row.0))),
        ("year", integers(rows.iter().map(|row| i64::from(row.1)))),
        ("is_complete", Arc::new(rows.iter().map(|row| Some(row.2)).collect::<BooleanArray>())),
    ]
}

/// Datasets and years of which every office that owes the dataset has delivered all twelve months; a month that is not due
/// yet has no row, and so its year is not complete.
fn complete_years(coverage: &[CoverageRow]) -> BTreeSet<(&str, i32)> {
    /// By place and department.
    type CompleteMonths<'c> = BTreeMap<(&'c str, &'c str), usize>;
    let mut months: BTreeMap<(&str, i32), CompleteMonths<'_>> = BTreeMap::new();
    for row in coverage {
        let offices = months.entry((row.dataset.as_str(), row.month.year())).or_default();
        let complete = offices.entry((row.place.as_str(), row.department)).or_default();
        *complete += usize::from(row.coverage == Coverage::Complete);
    }
    let whole = months.into_iter().filter(|(_, offices)| offices.values().all(|complete| *complete >= 12));
    whole.map(|(year, _)| year).collect()
}

/// Which department may be sent the clues of which rule, and in which words.
fn disclosure_columns(list: &[Disclosure]) -> Vec<(&'static str, ArrayRef)> {
    vec![
        ("rule_id", texts(list.iter().map(|line| line.rule_id.as_str()))),
        ("receiver", texts(list.iter().map(|line| line.receiver.as_str()))),
        ("counterpart", texts(list.iter().map(|line| line.counterpart.as_str()))),
        ("words_zh", texts(list.iter().map(|line| line.words_zh.as_str()))),
        ("words_en", texts(list.iter().map(|line| line.words_en.as_str()))),
        ("answer_within_days", integers(list.iter().map(|line| i64::from(line.answer_within_days)))),
    ]
}

/// Whose each delivery is.
fn delivery_columns(deliveries: &[Accepted]) -> Vec<(&'static str, ArrayRef)> {
    let text = |of: &dyn Fn(&Accepted) -> String| -> ArrayRef {
        Arc::new(StringArray::from_iter_values(deliveries.iter().map(of)))
    };
    vec![
        ("delivery_id", text(&|delivery| delivery.delivery_id.clone())),
        ("place", text(&|delivery| delivery.manifest.place.clone())),
        ("department", text(&|delivery| delivery.manifest.department.to_string())),
        ("dataset", text(&|delivery| delivery.manifest.dataset.clone())),
        ("period", text(&|delivery| delivery.manifest.period.to_string())),
        ("sequence", integers(deliveries.iter().map(|delivery| i64::from(delivery.manifest.sequence)))),
    ]
}

/// The rows of a table of `schemas/codes`, by column.
pub(crate) fn csv_rows(schemas: &Path, table: &str) -> Result<Vec<BTreeMap<String, String>>, RunError> {
    let file = schemas.join("codes").join(table);
    let refuse = |error: csv::Error| RunError::Pipeline { file: file.clone(), reason: error.to_string() };
    csv::Reader::from_path(&file).map_err(refuse)?.deserialize().collect::<Result<_, _>>().map_err(refuse)
}

fn control_columns(deliveries: &[Accepted]) -> Vec<(&'static str, ArrayRef)> {
    let totals: Vec<_> = deliveries
        .iter()
        .flat_map(|delivery| delivery.manifest.control_totals.iter().map(move |total| (delivery, total)))
        .collect();
    let month = |text: &Option<String>| text.as_ref().and_then(|text| format!("{text}-01").parse::<NaiveDate>().ok());
    let fen = totals.iter().map(|total| Some(i128::from(total.1.delivered.fen)));
    let amount = fen
        .collect::<Decimal128Array>()
        .with_precision_and_scale(18, 2)
        .unwrap_or_else(|_| Decimal128Array::new_null(totals.len()));
    vec![
        ("delivery_id", texts(totals.iter().map(|total| total.0.delivery_id.as_str()))),
        ("dataset", texts(totals.iter().map(|total| total.0.manifest.dataset.as_str()))),
        ("benefit", Arc::new(totals.iter().map(|total| total.1.benefit.as_deref()).collect::<StringArray>())),
        ("month", dates(totals.iter().map(|total| month(&total.1.month)))),
        ("rows", integers(totals.iter().map(|total| total.1.delivered.rows))),
        ("amount", Arc::new(amount)),
    ]
}

pub(crate) fn texts<'a>(values: impl IntoIterator<Item = &'a str>) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(values))
}

pub(crate) fn integers(values: impl IntoIterator<Item = i64>) -> ArrayRef {
    Arc::new(Int64Array::from_iter_values(values))
}

pub(crate) fn dates(values: impl IntoIterator<Item = Option<NaiveDate>>) -> ArrayRef {
    Arc::new(values.into_iter().map(|day| day.map(days)).collect::<Date32Array>())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// So many complete months of an office, from January on.
    fn months(place: &str, months: u32) -> impl Iterator<Item = CoverageRow> {
        (1..=months).filter_map(|month| NaiveDate::from_ymd_opt(2025, month, 1)).map(move |month| CoverageRow {
            place: place.to_owned(),
            department: "civil_affairs",
            dataset: "benefit_payment".to_owned(),
            month,
            coverage: Coverage::Complete,
            due_on: month,
            delivery_id: None,
            period_end: None,
        })
    }

    #[test]
    fn a_year_is_complete_when_every_office_has_delivered_its_twelve_months() {
        let is_complete = |of_one, of_other| {
            let coverage: Vec<_> = months("150102", of_one).chain(months("150103", of_other)).collect();
            complete_years(&coverage).contains(&("benefit_payment", 2025))
        };
        assert!(is_complete(12, 12));
        assert!(!is_complete(11, 11), "two offices without December are no whole year");
        assert!(!is_complete(12, 11));
    }
}
