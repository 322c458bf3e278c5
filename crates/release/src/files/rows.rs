use std::collections::{BTreeMap, BTreeSet};

use yilian_disclosure::Status;

use super::columns::{self, Column, codes_of};
use super::words::TOTAL;
use super::{FilesError, RowDefect, Version};
use crate::definition::{Measure, TableDefinition, Unit};
use crate::table::{Region, ReleasedRow, ReleasedTable};

/// Decimals of `value` where all units share one column.
pub(super) const DECIMALS: u32 = 2;
/// Digits of it.
pub(super) const PRECISION: u8 = 18;
const LIMIT: i128 = 10_i128.pow(PRECISION as u32);

/// A table that agrees with its definition, in the order of every file: region, dimensions, measure, each in the order of
/// the definition, the whole first and a region before what lies in it.
pub(super) struct Checked<'t> {
    pub(super) definition: &'t TableDefinition,
    pub(super) year: i32,
    pub(super) threshold: Option<u32>,
    pub(super) columns: Vec<Column<'t>>,
    /// In order.
    pub(super) regions: Vec<&'t Region>,
    pub(super) rows: Vec<Row<'t>>,
}

/// A row and its measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Row<'t> {
    pub(super) region: &'t Region,
    pub(super) dimensions: &'t [String],
    pub(super) measure: &'t Measure,
    /// In units of the last decimal of the measure's unit.
    pub(super) value: Option<i64>,
    pub(super) status: Status,
}

impl<'t> Checked<'t> {
    /// # Errors
    /// [`FilesError::Rows`], [`FilesError::ColumnName`], [`FilesError::NoThreshold`].
    pub(super) fn new(table: &'t ReleasedTable, version: &Version) -> Result<Self, FilesError> {
        let columns = columns::of(&table.definition)?;
        let order = Order::new(table);
        let mut defects = BTreeMap::new();
        let mut keyed = Vec::with_capacity(table.rows.len());
        for row in &table.rows {
            match order.place(row) {
                Ok(placed) => keyed.push(placed),
                Err(defect) => *defects.entry(defect).or_insert(0) += 1,
            }
        }
        keyed.sort_by(|(one, _), (other, _)| one.cmp(other));
        let repeated = keyed.windows(2).filter(|pair| matches!(pair, [(one, _), (other, _)] if one == other)).count();
        let repeated = (repeated > 0).then_some((RowDefect::Repeated, repeated));
        if let Some((defect, rows)) = defects.into_iter().chain(repeated).next() {
            return Err(FilesError::Rows { table: table.definition.name.clone(), defect, rows });
        }
        Ok(Self {
            definition: &table.definition,
            year: table.year,
            threshold: version.threshold(&table.definition.name)?,
            columns,
            regions: order.regions(),
            rows: keyed.into_iter().map(|(_, row)| row).collect(),
        })
    }

    pub(super) fn name(&self) -> &'t str {
        &self.definition.name
    }
}

impl Row<'_> {
    /// The value as it is written, with the decimals of its unit.
    pub(super) fn text(&self) -> Option<String> {
        self.value.map(|value| decimal(value, self.measure.unit.decimals()))
    }

    /// The value in hundredths, whatever its unit.
    pub(super) fn hundredths(&self) -> Option<i128> {
        self.value.and_then(|value| hundredths(value, self.measure.unit))
    }
}

/// `None` where it has more digits than the column.
fn hundredths(value: i64, unit: Unit) -> Option<i128> {
    let factor = 10_i128.checked_pow(DECIMALS.checked_sub(unit.decimals())?)?;
    i128::from(value).checked_mul(factor).filter(|value| (1 - LIMIT..LIMIT).contains(value))
}

/// A whole number of the last decimal as text: `-5` with two decimals is `-0.05`.
pub(super) fn decimal(value: i64, decimals: u32) -> String {
    let sign = if value < 0 { "-" } else { "" };
    let decimals = usize::try_from(decimals).unwrap_or(0);
    let digits = format!("{:0>1$}", value.unsigned_abs(), decimals + 1);
    let (whole, part) = digits.split_at(digits.len() - decimals);
    if part.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{part}") }
}

/// The place of each code in the order of a table.
struct Order<'t> {
    /// By code, the whole before all.
    regions: BTreeMap<(bool, &'t str), &'t Region>,
    region_places: BTreeMap<&'t str, usize>,
    /// Codes that stand for two regions.
    unclear: BTreeSet<&'t str>,
    dimensions: Vec<BTreeMap<&'t str, usize>>,
    measures: BTreeMap<&'t str, (usize, &'t Measure)>,
}

impl<'t> Order<'t> {
    fn new(table: &'t ReleasedTable) -> Self {
        let mut regions = BTreeMap::new();
        let mut unclear = BTreeSet::new();
        for row in &table.rows {
            let code = row.region.code.as_str();
            if *regions.entry((code != TOTAL.code, code)).or_insert(&*row.region) != &*row.region {
                unclear.insert(code);
            }
        }
        let definition = &table.definition;
        let places = |codes: Vec<&'t str>| codes.into_iter().enumerate().map(|(place, code)| (code, place)).collect();
        let region_places = places(regions.keys().map(|(_, code)| *code).collect());
        let codes = definition.dimensions.iter().map(|dimension| codes_of(dimension).into_iter().map(|code| code.code));
        let dimensions = codes.map(|codes| places(codes.collect())).collect();
        let measures = definition.measures.iter().enumerate();
        let measures = measures.map(|(place, measure)| (measure.name.as_str(), (place, measure))).collect();
        Self { regions, region_places, unclear, dimensions, measures }
    }

    fn regions(&self) -> Vec<&'t Region> {
        self.regions.values().copied().collect()
    }

    /// The row, with what it is sorted by.
    fn place(&self, row: &'t ReleasedRow) -> Result<(Vec<usize>, Row<'t>), RowDefect> {
        let (measure_place, measure) = *self.measures.get(&*row.measure).ok_or(RowDefect::UnknownMeasure)?;
        if row.dimensions.len() != self.dimensions.len() {
            return Err(RowDefect::Dimensions);
        }
        let code = row.region.code.as_str();
        let region = *self.region_places.get(code).ok_or(RowDefect::Region)?;
        if self.unclear.contains(code) {
            return Err(RowDefect::Region);
        }
        let mut key = Vec::with_capacity(row.dimensions.len() + 2);
        key.push(region);
        for (codes, code) in self.dimensions.iter().zip(row.dimensions.iter()) {
            key.push(*codes.get(code.as_str()).ok_or(RowDefect::UnknownCode)?);
        }
        key.push(measure_place);
        check_value(row.value, row.status, measure.unit)?;
        let (region, dimensions) = (&*row.region, &*row.dimensions);
        Ok((key, Row { region, dimensions, measure, value: row.value, status: row.status }))
    }
}

fn check_value(value: Option<i64>, status: Status, unit: Unit) -> Result<(), RowDefect> {
    let agrees = match status {
        Status::Published => value.is_some(),
        Status::Zero => value == Some(0),
        Status::Suppressed | Status::Missing | Status::NotApplicable => value.is_none(),
    };
    if !agrees {
        return Err(RowDefect::ValueAgainstStatus);
    }
    match value {
        Some(value) if hundredths(value, unit).is_none() => Err(RowDefect::TooLarge),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::tests::{row, table, version};
    use super::*;

    fn defect(rows: Vec<ReleasedRow>) -> (RowDefect, usize) {
        match Checked::new(&ReleasedTable { rows, ..table() }, &version()) {
            Err(FilesError::Rows { defect, rows, .. }) => (defect, rows),
            Err(other) => panic!("{other}"),
            Ok(_) => panic!("accepted"),
        }
    }

    #[test]
    fn a_decimal_is_written_with_all_of_its_places() {
        for (value, decimals, text) in
            [(0, 0, "0"), (7, 0, "7"), (7, 1, "0.7"), (-5, 2, "-0.05"), (123_456, 2, "1234.56"), (100, 2, "1.00")]
        {
            assert_eq!(decimal(value, decimals), text);
        }
        assert_eq!(decimal(i64::MIN, 2), "-92233720368547758.08");
    }

    #[test]
    fn rows_are_in_the_order_of_the_definition_however_they_arrive() {
        let mut mixed = table();
        let sorted = table();
        mixed.rows.reverse();
        let version = version();
        let (mixed, sorted) = (Checked::new(&mixed, &version).unwrap(), Checked::new(&sorted, &version).unwrap());
        assert_eq!(mixed.rows, sorted.rows);
        let first: Vec<_> =
            mixed.rows.iter().take(4).map(|row| (row.region.code.as_str(), row.measure.name.as_str())).collect();
        assert_eq!(first, [("total", "persons"), ("total", "amount"), ("total", "average"), ("total", "persons")]);
        assert_eq!(mixed.rows[0].dimensions, ["total"]);
    }

    #[test]
    fn a_value_beside_a_status_that_withholds_it_is_refused() {
        for (value, status) in [
            (Some(3), Status::Suppressed),
            (Some(0), Status::Missing),
            (None, Status::Published),
            (Some(1), Status::Zero),
            (None, Status::Zero),
        ] {
            let rows = vec![row("1501", "alone", "persons", value, status)];
            assert_eq!(defect(rows), (RowDefect::ValueAgainstStatus, 1), "{value:?} {status:?}");
        }
    }

    #[test]
    fn rows_that_contradict_the_definition_are_counted_and_refused() {
        let good = row("1501", "alone", "persons", Some(9), Status::Published);
        assert_eq!(defect(vec![good.clone(), good.clone(), good.clone()]), (RowDefect::Repeated, 2));
        let large = Some(10_i64.pow(16));
        assert_eq!(defect(vec![row("1501", "alone", "persons", large, Status::Published)]).0, RowDefect::TooLarge);
        let unknown = row("1501", "alone", "hours", Some(9), Status::Published);
        assert_eq!(defect(vec![unknown, good.clone()]), (RowDefect::UnknownMeasure, 1));
        let code = row("1501", "nowhere", "persons", Some(9), Status::Published);
        assert_eq!(defect(vec![code, good.clone()]), (RowDefect::UnknownCode, 1));
        let few = ReleasedRow { dimensions: [].into(), ..good.clone() };
        assert_eq!(defect(vec![few, good.clone()]), (RowDefect::Dimensions, 1));
        let mut renamed = row("1501", "couple", "persons", Some(9), Status::Published);
        "别处".clone_into(&mut Arc::make_mut(&mut renamed.region).name_zh);
        assert_eq!(defect(vec![good, renamed]), (RowDefect::Region, 2));
    }
}
