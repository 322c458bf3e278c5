//! Reference tables that a place fills from its own documents: terms, rates, shares, allowances, lists of services, targets.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Decimal128Array, Int64Array, StringArray};
use chrono::NaiveDate;
use yilian_contract::targets::{Answer, Target};

use super::RunError;
use super::reference::{ReferenceInputs, basis, csv_rows, dates, first_of_month, integers, texts};

/// Names of the tables that [`tables`] makes.
pub(crate) const NAMES: [&str; 10] = [
    "term",
    "standard_amount",
    "funding_share",
    "service_rate",
    "disability_allowance",
    "service_item",
    "service_standard",
    "list_level",
    "target",
    "target_deadline",
];

/// A term without place holds everywhere; one with a place overrides it there.
const TERM: [&str; 8] =
    ["benefit", "place", "accrual", "starts", "start_age", "ends_on_death", "ends_on_move", "lawful_after_death"];

type Columns = Vec<(&'static str, ArrayRef)>;

/// The tables in the order of [`NAMES`].
pub(crate) fn tables(inputs: &ReferenceInputs<'_>) -> Result<Vec<(&'static str, Columns)>, RunError> {
    let read = |name: &str| csv_rows(inputs.schemas_folder, name).map(Rows);
    let columns = [
        read("term.csv")?.in_force(&TERM),
        read("standard_amount.csv")?.in_force(&["standard", "place", "amount"]),
        share_columns(&read("funding_share.csv")?),
        read("service_rate.csv")?.in_force(&["service", "place", "unit_price"]),
        read("disability_allowance.csv")?.in_force(&["benefit", "place", "categories", "grades", "needs"]),
        item_columns(inputs),
        standard_columns(&read("service_standard.csv")?),
        level_columns(inputs),
        target_columns(inputs.targets),
        deadline_columns(inputs.targets),
    ];
    Ok(NAMES.into_iter().zip(columns).collect())
}

/// The rows of a table, by column.
struct Rows(Vec<BTreeMap<String, String>>);

impl Rows {
    fn cells<'a>(&'a self, column: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().map(move |row| row.get(column).map_or("", String::as_str))
    }

    fn text(&self, column: &'static str) -> (&'static str, ArrayRef) {
        (column, texts(self.cells(column)))
    }

    /// Columns as texts, and the months in which each row holds.
    fn in_force(&self, columns: &[&'static str]) -> Columns {
        columns.iter().map(|column| self.text(column)).chain(self.months()).collect()
    }

    fn number(&self, column: &'static str) -> (&'static str, ArrayRef) {
        (column, Arc::new(self.cells(column).map(|cell| cell.parse::<i64>().ok()).collect::<Int64Array>()))
    }

    fn days(&self, column: &str, always: (i32, u32, u32)) -> Vec<Option<NaiveDate>> {
        let always = NaiveDate::from_ymd_opt(always.0, always.1, always.2);
        self.cells(column).map(|cell| cell.parse().ok().or(always)).collect()
    }

    /// The months in which each row holds, half-open.
    fn months(&self) -> [(&'static str, ArrayRef); 2] {
        let month =
            |column, always| dates(self.days(column, always).into_iter().map(|day| day.and_then(first_of_month)));
        [("from_month", month("valid_from", (1900, 1, 1))), ("until_month", month("valid_until", (9999, 1, 1)))]
    }
}

fn share_columns(rows: &Rows) -> Columns {
    let columns = [rows.text("benefit"), rows.text("place")].into_iter().chain(rows.months());
    let parts = [rows.number("province"), rows.number("city"), rows.number("county"), rows.text("odd_fen_to")];
    columns.chain(parts).collect()
}

/// Every spelling of an item of a list of services, folded as labels are.
fn item_columns(inputs: &ReferenceInputs<'_>) -> Columns {
    let entries = inputs.schemas.codes.get("service_item").map(|list| list.entries.as_slice()).unwrap_or_default();
    let spelt: BTreeMap<&str, &str> = entries
        .iter()
        .flat_map(|entry| {
            let spellings = [&entry.code, &entry.label_zh, &entry.label_en].into_iter().chain(&entry.aliases);
            spellings.map(|text| (text.as_str(), entry.code.as_str()))
        })
        .collect();
    vec![("spelling", texts(spelt.keys().copied())), ("item", texts(spelt.values().copied()))]
}

/// The national list and those of places above the county, as far as documents at hand hold them.
fn standard_columns(rows: &Rows) -> Columns {
    let columns = ["item", "level", "place", "class", "target", "amount"].map(|column| rows.text(column));
    let days = [
        ("valid_from", dates(rows.days("valid_from", (1900, 1, 1)))),
        ("valid_until", dates(rows.days("valid_until", (9999, 1, 1)))),
    ];
    columns.into_iter().chain([rows.number("min_age")]).chain(days).collect()
}

/// Levels of lists; a higher rank is nearer to the person.
fn level_columns(inputs: &ReferenceInputs<'_>) -> Columns {
    let entries = inputs.schemas.codes.get("list_level").map(|list| list.entries.as_slice()).unwrap_or_default();
    vec![
        ("level", texts(entries.iter().map(|entry| entry.code.as_str()))),
        ("rank", integers((1..).take(entries.len()))),
    ]
}

fn target_columns(targets: &[Target]) -> Columns {
    let optional =
        |of: fn(&Target) -> Option<&str>| -> ArrayRef { Arc::new(targets.iter().map(of).collect::<StringArray>()) };
    let from = |target: &Target| match &target.answer {
        Answer::Indicator { counted_from, .. } => counted_from.and_then(first_of_month),
        Answer::Missing(_) => None,
    };
    let at_least = targets.iter().map(|target| target.at_least.map(i128::from)).collect::<Decimal128Array>();
    let nothing = Decimal128Array::new_null(targets.len());
    vec![
        ("target_id", texts(targets.iter().map(|target| target.id.as_str()))),
        ("title_zh", texts(targets.iter().map(|target| target.title.zh.as_str()))),
        ("title_en", texts(targets.iter().map(|target| target.title.en.as_str()))),
        ("place", texts(targets.iter().map(|target| target.place.as_str()))),
        (
            "in_each_county",
            Arc::new(targets.iter().map(|target| Some(target.in_each.is_some())).collect::<BooleanArray>()),
        ),
        ("basis", Arc::new(StringArray::from_iter_values(targets.iter().map(|target| basis(&target.source))))),
        (
            "indicator",
            optional(|target| match &target.answer {
                Answer::Indicator { indicator, .. } => Some(indicator),
                Answer::Missing(_) => None,
            }),
        ),
        (
            "missing",
            optional(|target| match &target.answer {
                Answer::Missing(missing) => Some(missing),
                Answer::Indicator { .. } => None,
            }),
        ),
        ("from_month", dates(targets.iter().map(from))),
        ("unit", texts(targets.iter().map(|target| target.unit.as_str()))),
        ("at_least", Arc::new(at_least.with_precision_and_scale(18, 2).unwrap_or(nothing))),
        ("note", optional(|target| target.note.as_deref())),
    ]
}

fn deadline_columns(targets: &[Target]) -> Columns {
    let rows: Vec<_> =
        targets.iter().flat_map(|target| target.deadlines.iter().map(move |deadline| (target, deadline))).collect();
    vec![
        ("target_id", texts(rows.iter().map(|row| row.0.id.as_str()))),
        ("deadline", dates(rows.iter().map(|row| Some(row.1.by)))),
        ("clause", texts(rows.iter().map(|row| row.1.clause.as_str()))),
    ]
}
