//! Holds the data's rows and money against the control totals, which were added up from the extract's text.

use std::collections::BTreeMap;

use arrow::array::{
    Array, ArrayRef, BooleanArray, Date32Array, Decimal128Array, RecordBatch, StringArray, cast::AsArray,
};
use arrow::compute::{cast, filter_record_batch};
use arrow::datatypes::{DataType, Date32Type, Decimal128Type};
use chrono::{Datelike, Days, NaiveDate};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use yilian_contract::accounting::{ControlTotal, Sum};
use yilian_contract::{BenefitOf, Contract, Schemas, TotalsBy};
use yilian_delivery::{CanaryRows, Refusal, Verified};

/// Benefit and month; a month is year and number.
pub(crate) type Key = (Option<String>, Option<(i32, u32)>);

/// Benefit and day (in days since 1970) as they stand in a row.
type Cell<'a> = (Option<&'a str>, Option<i32>);

/// The one refusal, if a benefit and month has other rows or other money than the manifest says was delivered.
pub(super) fn check(verified: &Verified, schemas: &Schemas) -> Vec<Refusal> {
    let manifest = verified.manifest();
    let Ok(contract) = schemas.dataset(&manifest.dataset) else {
        return Vec::new();
    };
    if !has_totals(&contract.totals) {
        return Vec::new();
    }
    let Ok(canaries) = CanaryRows::find(manifest, verified.data()) else {
        return vec![Refusal::DataUnreadable];
    };
    // A row of a canary that is not found would count as another's; the run stops at it and says more.
    if !canaries.differences().is_empty() {
        return Vec::new();
    }
    let Some(found) = add_up(verified, contract, &canaries) else {
        return vec![Refusal::DataUnreadable];
    };
    match differing(&found, &said(&manifest.control_totals)) {
        0 => Vec::new(),
        cells => vec![Refusal::DeliveredTotalsDiffer { cells }],
    }
}

fn has_totals(totals: &TotalsBy) -> bool {
    totals.benefit != BenefitOf::None || totals.amount.is_some()
}

fn said(totals: &[ControlTotal]) -> BTreeMap<Key, Sum> {
    let mut sums = BTreeMap::new();
    for total in totals {
        let month = total.month.as_deref().and_then(|month| {
            let (year, month) = month.split_once('-')?;
            Some((year.parse().ok()?, month.parse().ok()?))
        });
        add(&mut sums, (total.benefit.clone(), month), total.delivered);
    }
    sums
}

fn differing(found: &BTreeMap<Key, Sum>, said: &BTreeMap<Key, Sum>) -> u64 {
    let nothing = Sum::default();
    let keys = found.keys().chain(said.keys().filter(|key| !found.contains_key(*key)));
    let differing = keys.filter(|key| found.get(*key).unwrap_or(&nothing) != said.get(*key).unwrap_or(&nothing));
    u64::try_from(differing.count()).unwrap_or(u64::MAX)
}

/// What the rows of the office add up to, without those of canaries; `None` if the data is not what the contract says, which [`Verified`] rules out, or its sums leave the range of an `i64`.
fn add_up(verified: &Verified, contract: &Contract, canaries: &CanaryRows) -> Option<BTreeMap<Key, Sum>> {
    let rows = usize::try_from(verified.manifest().counts.written()).ok()?;
    let others = (!canaries.rows().is_empty()).then(|| canaries.others(rows));
    let mut sums = Sums::new(contract);
    let builder = ParquetRecordBatchReaderBuilder::try_new(verified.data().clone()).ok()?;
    let schema = builder.schema();
    let indexes = sums.columns.names().map(|name| schema.index_of(name)).collect::<Result<Vec<_>, _>>().ok()?;
    let mask = ProjectionMask::roots(builder.parquet_schema(), indexes);
    let mut start = 0;
    for batch in builder.with_projection(mask).build().ok()? {
        let mut batch = batch.ok()?;
        if let Some(others) = &others {
            let end = start + batch.num_rows();
            let kept = BooleanArray::from(others.get(start..end)?.to_vec());
            start = end;
            batch = filter_record_batch(&batch, &kept).ok()?;
        }
        sums.add(&batch)?;
    }
    Some(sums.into_map())
}

/// Rows and money by benefit and month, added up batch by batch.
pub(crate) struct Sums {
    columns: Columns,
    sums: BTreeMap<Key, Sum>,
}

impl Sums {
    pub(crate) fn new(contract: &Contract) -> Self {
        Self { columns: Columns::of(contract), sums: BTreeMap::new() }
    }

    /// Adds delivered rows; `None` as in [`add_up`].
    pub(crate) fn add(&mut self, rows: &RecordBatch) -> Option<()> {
        self.columns.add_batch(rows, &mut self.sums)
    }

    pub(crate) fn into_map(self) -> BTreeMap<Key, Sum> {
        self.sums
    }
}

/// The names, as delivered, of the columns that make the totals.
struct Columns {
    benefit: BenefitColumn,
    month: Option<String>,
    amount: Option<String>,
}

enum BenefitColumn {
    Named(String),
    Constant(Option<String>),
}

impl Columns {
    fn of(contract: &Contract) -> Self {
        let delivered = |name: &String| {
            let column = contract.column(name);
            column.and_then(|column| column.delivered_as.clone()).unwrap_or_else(|| name.clone())
        };
        let benefit = match &contract.totals.benefit {
            BenefitOf::Column(name) => BenefitColumn::Named(delivered(name)),
            BenefitOf::Constant(code) => BenefitColumn::Constant(Some(code.clone())),
            BenefitOf::None => BenefitColumn::Constant(None),
        };
        Self {
            benefit,
            month: contract.totals.month.as_ref().map(delivered),
            amount: contract.totals.amount.as_ref().map(delivered),
        }
    }

    fn names(&self) -> impl Iterator<Item = &String> {
        let benefit = match &self.benefit {
            BenefitColumn::Named(name) => Some(name),
            BenefitColumn::Constant(_) => None,
        };
        benefit.into_iter().chain(&self.month).chain(&self.amount)
    }

    fn add_batch(&self, batch: &RecordBatch, sums: &mut BTreeMap<Key, Sum>) -> Option<()> {
        let benefits: Option<ArrayRef> = match &self.benefit {
            BenefitColumn::Named(name) => Some(cast(batch.column_by_name(name)?, &DataType::Utf8).ok()?),
            BenefitColumn::Constant(_) => None,
        };
        let benefits: Option<&StringArray> = benefits.as_ref().and_then(|column| column.as_string_opt());
        let months: Option<&Date32Array> = match &self.month {
            Some(name) => Some(batch.column_by_name(name)?.as_primitive_opt::<Date32Type>()?),
            None => None,
        };
        let amounts: Option<&Decimal128Array> = match &self.amount {
            Some(name) => Some(batch.column_by_name(name)?.as_primitive_opt::<Decimal128Type>()?),
            None => None,
        };
        // Neighbouring rows are often of one benefit and month: they are added before the map is asked.
        let mut run: Option<(Cell<'_>, Sum)> = None;
        for row in 0..batch.num_rows() {
            let benefit = benefits.filter(|column| column.is_valid(row)).map(|column| column.value(row));
            let day = months.filter(|column| column.is_valid(row)).map(|column| column.value(row));
            let fen = amounts.filter(|column| column.is_valid(row)).map_or(0, |column| column.value(row));
            let sum = Sum { rows: 1, fen: i64::try_from(fen).ok()? };
            run = match run {
                Some((key, before)) if key == (benefit, day) => Some((key, before.plus(sum)?)),
                Some((key, before)) => {
                    self.add_run(sums, key, before)?;
                    Some(((benefit, day), sum))
                }
                None => Some(((benefit, day), sum)),
            };
        }
        if let Some((key, sum)) = run {
            self.add_run(sums, key, sum)?;
        }
        Some(())
    }

    fn add_run(&self, sums: &mut BTreeMap<Key, Sum>, (benefit, day): Cell<'_>, sum: Sum) -> Option<()> {
        let benefit = match &self.benefit {
            BenefitColumn::Named(_) => benefit.map(str::to_owned),
            BenefitColumn::Constant(code) => code.clone(),
        };
        let month = match day {
            Some(day) => Some(month_of(day)?),
            None => None,
        };
        add(sums, (benefit, month), sum);
        Some(())
    }
}

fn add(sums: &mut BTreeMap<Key, Sum>, key: Key, sum: Sum) {
    let entry = sums.entry(key).or_default();
    *entry = Sum { rows: entry.rows.saturating_add(sum.rows), fen: entry.fen.saturating_add(sum.fen) };
}

fn month_of(days_since_1970: i32) -> Option<(i32, u32)> {
    let epoch = NaiveDate::from_ymd_opt(1970, 1, 1)?;
    let distance = Days::new(u64::from(days_since_1970.unsigned_abs()));
    let day = if days_since_1970 < 0 { epoch.checked_sub_days(distance) } else { epoch.checked_add_days(distance) }?;
    Some((day.year(), day.month()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_cut_to_their_month() {
        assert_eq!(month_of(0), Some((1970, 1)));
        assert_eq!(month_of(-1), Some((1969, 12)));
        assert_eq!(month_of(20_089), Some((2025, 1)));
    }

    #[test]
    fn one_missing_row_is_one_differing_cell() {
        let key = (Some("MZ01".to_owned()), Some((2025, 1)));
        let found = BTreeMap::from([(key.clone(), Sum { rows: 1, fen: 100 })]);
        let said = BTreeMap::from([(key, Sum { rows: 2, fen: 200 })]);
        assert_eq!(differing(&found, &said), 1);
        assert_eq!(differing(&said, &said), 0);
        assert_eq!(differing(&BTreeMap::new(), &said), 1);
    }
}
