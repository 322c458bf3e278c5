//! `work.flag` and `hub.flag_record`, `work.gap_flag` and `hub.gap_record`: runs of months with the ids of their flags.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Date32Array, Int64Array, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Date32Type, Int64Type};
use chrono::{Days, NaiveDate};

use super::flags::{FlagKey, RecordedFlag, Span, assign, keep_unknown};
use super::ledger::batch;
use super::stage::days;
use super::united::United;
use super::{RunError, history};
use crate::publication::Publication;
use crate::store::Store;

const LEFT: [&str; 3] = ["left_benefit", "left_county", "left_category"];
const RIGHT: [&str; 3] = ["right_benefit", "right_county", "right_category"];

/// A model of runs of months that get numbers, the table of today's, and the published record of all.
pub(crate) struct Numbered {
    pub(crate) runs: &'static str,
    pub(crate) found: &'static str,
    pub(crate) record: &'static str,
}

/// Overlaps.
pub(crate) const FLAGS: Numbered = Numbered { runs: "overlap_run", found: "flag", record: "flag_record" };
/// Gaps: a flag of one side.
pub(crate) const GAPS: Numbered = Numbered { runs: "gap_run", found: "gap_flag", record: "gap_record" };

/// The table of today's flags, and the record of all flags ever given an id.
pub(crate) struct Flags {
    pub(crate) found: RecordBatch,
    pub(crate) record: RecordBatch,
}

/// Gives the runs of months (`work.overlap_run`, in order of its grain) their ids.
///
/// Of a person with several numbers, a recorded flag of any of them is found again; it stays recorded under its own
/// number, for the answer that made them one person may be withdrawn.
pub(crate) fn make(
    runs: &RecordBatch,
    (recorded, united): (&[RecordedFlag], &United),
    as_of: NaiveDate,
    is_unknown: impl Fn(&RecordedFlag) -> bool,
) -> Result<Flags, RunError> {
    let found = keys(runs)?;
    let (mut known, mut numbers) = (recorded.to_vec(), BTreeMap::new());
    for flag in &mut known {
        numbers.insert(flag.flag_id, flag.key.person_id);
        flag.key.person_id = united.person(flag.key.person_id);
    }
    let (ids, mut record) = assign(&found, &known, as_of);
    keep_unknown(&mut record, &known, is_unknown);
    for flag in &mut record {
        flag.key.person_id = numbers.get(&flag.flag_id).copied().unwrap_or(flag.key.person_id);
    }
    let mut columns: Vec<(&str, ArrayRef)> = vec![("flag_id", Arc::new(Int64Array::from(ids.clone())))];
    let schema = runs.schema();
    for (field, column) in schema.fields().iter().zip(runs.columns()) {
        columns.push((field.name(), Arc::clone(column)));
    }
    let seen: BTreeMap<i64, NaiveDate> = record.iter().map(|flag| (flag.flag_id, flag.first_seen_on)).collect();
    let seen = ids.iter().map(|id| seen.get(id).map(|day| days(*day))).collect::<Date32Array>();
    columns.push(("first_seen_on", Arc::new(seen)));
    Ok(Flags { found: batch("work.flag", columns)?, record: record_table(&record)? })
}

fn keys(runs: &RecordBatch) -> Result<Vec<(FlagKey, Span)>, RunError> {
    let side = |names: [&str; 3]| -> Result<[StringArray; 3], RunError> {
        Ok([text(runs, names[0])?, text(runs, names[1])?, text(runs, names[2])?])
    };
    let (rules, left, right) = (text(runs, "rule_id")?, side(LEFT)?, side(RIGHT)?);
    let persons = numbers(runs, "person_id")?;
    let (from, until) = (dates(runs, "from_month")?, dates(runs, "until_month")?);
    let at = |side: &[StringArray; 3], row: usize| side.each_ref().map(|column| value(column, row));
    Ok((0..runs.num_rows())
        .map(|row| {
            let key = FlagKey {
                rule_id: value(&rules, row),
                person_id: persons.value(row),
                left: at(&left, row),
                right: at(&right, row),
            };
            (key, Span { from: date(from.value(row)), until: date(until.value(row)) })
        })
        .collect())
}

fn record_table(record: &[RecordedFlag]) -> Result<RecordBatch, RunError> {
    let text = |value: &dyn Fn(&RecordedFlag) -> String| -> ArrayRef {
        Arc::new(StringArray::from_iter_values(record.iter().map(value)))
    };
    let day = |value: &dyn Fn(&RecordedFlag) -> NaiveDate| -> ArrayRef {
        Arc::new(record.iter().map(|flag| Some(days(value(flag)))).collect::<Date32Array>())
    };
    let mut columns: Vec<(&str, ArrayRef)> = vec![
        ("flag_id", Arc::new(Int64Array::from_iter_values(record.iter().map(|flag| flag.flag_id)))),
        ("rule_id", text(&|flag| flag.key.rule_id.clone())),
        ("person_id", Arc::new(Int64Array::from_iter_values(record.iter().map(|flag| flag.key.person_id)))),
    ];
    for (at, name) in LEFT.into_iter().enumerate() {
        columns.push((name, text(&|flag| flag.key.left.get(at).cloned().unwrap_or_default())));
    }
    for (at, name) in RIGHT.into_iter().enumerate() {
        columns.push((name, text(&|flag| flag.key.right.get(at).cloned().unwrap_or_default())));
    }
    columns.push(("from_month", day(&|flag| flag.span.from)));
    columns.push(("until_month", day(&|flag| flag.span.until)));
    columns.push(("first_seen_on", day(&|flag| flag.first_seen_on)));
    columns
        .push(("is_gone", Arc::new(record.iter().map(|flag| Some(flag.gone_on.is_some())).collect::<BooleanArray>())));
    columns.push(("gone_on", Arc::new(record.iter().map(|flag| flag.gone_on.map(days)).collect::<Date32Array>())));
    columns.push(("merged_into", Arc::new(record.iter().map(|flag| flag.merged_into).collect::<Int64Array>())));
    batch("hub.flag_record", columns)
}

/// The flags, or gaps, that a publication recorded; none before the first.
pub(crate) async fn recorded(
    store: &Store,
    previous: Option<&Publication>,
    numbered: &Numbered,
) -> Result<Vec<RecordedFlag>, RunError> {
    let table = format!("hub.{}", numbered.record);
    // A publication of a program that knew no gaps has no record of them.
    let Some(previous) = previous.filter(|publication| publication.tables.contains_key(&table)) else {
        return Ok(Vec::new());
    };
    let schema = record_table(&[])?.schema();
    flags(&history::read_published(store, previous, &table, &schema).await?)
}

fn flags(rows: &RecordBatch) -> Result<Vec<RecordedFlag>, RunError> {
    let ids = numbers(rows, "flag_id")?;
    let merged = numbers(rows, "merged_into")?;
    let seen = dates(rows, "first_seen_on")?;
    let gone = dates(rows, "gone_on")?;
    let keys = keys(rows)?;
    Ok(keys
        .into_iter()
        .enumerate()
        .map(|(row, (key, span))| RecordedFlag {
            flag_id: ids.value(row),
            key,
            span,
            first_seen_on: date(seen.value(row)),
            gone_on: gone.is_valid(row).then(|| date(gone.value(row))),
            merged_into: merged.is_valid(row).then(|| merged.value(row)),
        })
        .collect())
}

fn column(rows: &RecordBatch, name: &str, data_type: &DataType) -> Result<ArrayRef, RunError> {
    let index = rows.schema_ref().index_of(name).map_err(RunError::arrow(name))?;
    cast(rows.column(index), data_type).map_err(RunError::arrow(name))
}

fn text(rows: &RecordBatch, name: &str) -> Result<StringArray, RunError> {
    Ok(column(rows, name, &DataType::Utf8)?.as_string::<i32>().clone())
}

fn numbers(rows: &RecordBatch, name: &str) -> Result<Int64Array, RunError> {
    Ok(column(rows, name, &DataType::Int64)?.as_primitive::<Int64Type>().clone())
}

fn dates(rows: &RecordBatch, name: &str) -> Result<Date32Array, RunError> {
    Ok(column(rows, name, &DataType::Date32)?.as_primitive::<Date32Type>().clone())
}

fn value(column: &StringArray, row: usize) -> String {
    if column.is_valid(row) { column.value(row).to_owned() } else { String::new() }
}

pub(crate) fn date(days: i32) -> NaiveDate {
    let epoch = NaiveDate::default();
    u64::try_from(days).ok().and_then(|days| epoch.checked_add_days(Days::new(days))).unwrap_or(epoch)
}
