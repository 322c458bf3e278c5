//! Reference tables of `pipelines/entitlement/`: conditions as bit masks, and what each of them rests on.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Decimal128Array, Int64Array, StringArray};
use chrono::NaiveDate;
use yilian_contract::Kind;
use yilian_contract::entitlement::{Entitlement, Gap, Needs};
use yilian_contract::rules::{Bars, Rule, RuleType, Severity, Switch};

use super::RunError;
use super::reference::{
    ReferenceInputs, basis, benefits, csv_rows, dates, first_of_month, integers, month_number, months_of, texts,
};
use crate::coverage::Coverage;

/// Names of the tables that [`tables`] makes.
pub(crate) const NAMES: [&str; 14] = [
    "month",
    "coverage",
    "circumstance",
    "entitlement",
    "exclusion",
    "gap",
    "gap_dataset",
    "gap_window",
    "silence",
    "assessment_level",
    "assessment_scale",
    "assessed_benefit",
    "hardship_group",
    "hardship_place",
];

type Columns = Vec<(&'static str, ArrayRef)>;

/// The tables in the order of [`NAMES`].
pub(crate) fn tables(inputs: &ReferenceInputs<'_>) -> Result<Vec<(&'static str, Columns)>, RunError> {
    let masks = Masks::new(inputs);
    let columns = [
        month_columns(inputs),
        coverage_columns(inputs),
        circumstance_columns(inputs, &masks),
        entitlement_columns(inputs, &masks)?,
        exclusion_columns(inputs.entitlement, &masks),
        gap_columns(inputs.entitlement),
        gap_dataset_columns(inputs.entitlement),
        vec![
            ("before", integers([i64::from(inputs.entitlement.missing_months.0)])),
            ("after", integers([i64::from(inputs.entitlement.missing_months.1)])),
        ],
        silence_columns(inputs.entitlement),
        level_columns(inputs.entitlement),
        scale_columns(inputs.entitlement),
        vec![("benefit", texts(inputs.entitlement.basis_for.iter().map(String::as_str)))],
        group_columns(inputs.entitlement, &masks),
        group_place_columns(inputs.entitlement),
    ];
    Ok(NAMES.into_iter().zip(columns).collect())
}

/// The bits of benefits and circumstances.
struct Masks {
    benefits: BTreeMap<String, i64>,
    circumstances: BTreeMap<String, i64>,
}

impl Masks {
    fn new(inputs: &ReferenceInputs<'_>) -> Self {
        let entries = inputs.schemas.codes.get("circumstance").map(|list| list.entries.as_slice()).unwrap_or_default();
        let bit = |at: usize| 1_i64.checked_shl(u32::try_from(at).unwrap_or(63)).unwrap_or(0);
        Self {
            benefits: benefits(inputs).into_iter().collect(),
            circumstances: entries.iter().enumerate().map(|(at, entry)| (entry.code.clone(), bit(at))).collect(),
        }
    }

    fn held(&self, names: &[String]) -> i64 {
        sum(&self.benefits, names)
    }

    fn any_of(&self, names: &[String]) -> i64 {
        sum(&self.circumstances, names)
    }

    /// The masks of three needs; 0 = nothing needed.
    fn needs(&self, needs: &Needs) -> [i64; 3] {
        let mut masks = [0; 3];
        for (mask, names) in masks.iter_mut().zip(needs) {
            *mask = self.any_of(names);
        }
        masks
    }
}

fn sum(bits: &BTreeMap<String, i64>, names: &[String]) -> i64 {
    names.iter().filter_map(|name| bits.get(name)).fold(0, |mask, bit| mask | bit)
}

/// The months that are over, numbered from year 0, so that ages and runs are differences.
fn month_columns(inputs: &ReferenceInputs<'_>) -> Columns {
    let months = months_of(inputs, 0);
    vec![
        ("month", dates(months.iter().map(|month| Some(*month)))),
        ("month_no", integers(months.iter().map(|month| month_number(*month)))),
    ]
}

fn coverage_columns(inputs: &ReferenceInputs<'_>) -> Columns {
    let rows = inputs.coverage;
    let is_events = |dataset: &str| inputs.schemas.dataset(dataset).is_ok_and(|found| found.kind == Kind::Events);
    vec![
        ("place", texts(rows.iter().map(|row| row.place.as_str()))),
        ("dataset", texts(rows.iter().map(|row| row.dataset.as_str()))),
        ("month_no", integers(rows.iter().map(|row| month_number(row.month)))),
        ("is_events", rows.iter().map(|row| Some(is_events(&row.dataset))).collect::<BooleanArray>().into_array()),
        (
            "is_complete",
            rows.iter().map(|row| Some(row.coverage == Coverage::Complete)).collect::<BooleanArray>().into_array(),
        ),
    ]
}

trait IntoArray {
    fn into_array(self) -> ArrayRef;
}

impl<A: arrow::array::Array + 'static> IntoArray for A {
    fn into_array(self) -> ArrayRef {
        Arc::new(self)
    }
}

fn circumstance_columns(inputs: &ReferenceInputs<'_>, masks: &Masks) -> Columns {
    let entries = inputs.schemas.codes.get("circumstance").map(|list| list.entries.as_slice()).unwrap_or_default();
    vec![
        ("circumstance", texts(entries.iter().map(|entry| entry.code.as_str()))),
        ("mask", integers(entries.iter().map(|entry| masks.any_of(std::slice::from_ref(&entry.code))))),
        ("label_zh", texts(entries.iter().map(|entry| entry.label_zh.as_str()))),
        ("label_en", texts(entries.iter().map(|entry| entry.label_en.as_str()))),
    ]
}

/// One way to be entitled: a category of a programme, or a condition of a gap.
struct Entry {
    id: String,
    purpose: &'static str,
    benefit: Option<String>,
    place: String,
    from: Option<NaiveDate>,
    until: Option<NaiveDate>,
    by: (bool, bool),
    resided_months: i64,
    min_age: i64,
    needs: [i64; 3],
    unless: i64,
    unless_held: i64,
    rank: i64,
    category: Option<String>,
    standard: Option<i64>,
    starts: String,
}

fn entitlement_columns(inputs: &ReferenceInputs<'_>, masks: &Masks) -> Result<Columns, RunError> {
    let terms = csv_rows(inputs.schemas_folder, "term.csv")?;
    let mut entries = categories(inputs.entitlement, masks);
    entries.extend(inputs.entitlement.gaps.iter().flat_map(|gap| conditions(gap, inputs.rules, masks)));
    for entry in &mut entries {
        entry.starts = starts(&terms, entry.benefit.as_deref(), &entry.place);
    }
    let number = |of: fn(&Entry) -> i64| integers(entries.iter().map(of));
    let text = |of: fn(&Entry) -> Option<&str>| entries.iter().map(of).collect::<StringArray>().into_array();
    let flag = |of: fn(&Entry) -> bool| entries.iter().map(|entry| Some(of(entry))).collect::<BooleanArray>();
    let standard = entries.iter().map(|entry| entry.standard.map(i128::from)).collect::<Decimal128Array>();
    let nothing = Decimal128Array::new_null(entries.len());
    Ok(vec![
        ("entitlement_id", text(|entry| Some(&entry.id))),
        ("purpose", text(|entry| Some(entry.purpose))),
        ("benefit", text(|entry| entry.benefit.as_deref())),
        ("place", text(|entry| Some(&entry.place))),
        ("from_month", dates(entries.iter().map(|entry| entry.from.and_then(first_of_month)))),
        ("until_month", dates(entries.iter().map(|entry| entry.until.and_then(first_of_month)))),
        ("by_hukou", flag(|entry| entry.by.0).into_array()),
        ("by_residence", flag(|entry| entry.by.1).into_array()),
        ("resided_months", number(|entry| entry.resided_months)),
        ("min_age", number(|entry| entry.min_age)),
        ("need_1", number(|entry| entry.needs[0])),
        ("need_2", number(|entry| entry.needs[1])),
        ("need_3", number(|entry| entry.needs[2])),
        ("unless_mask", number(|entry| entry.unless)),
        ("unless_held", number(|entry| entry.unless_held)),
        ("rank", number(|entry| entry.rank)),
        ("category", text(|entry| entry.category.as_deref())),
        ("standard", standard.with_precision_and_scale(18, 2).unwrap_or(nothing).into_array()),
        ("starts", text(|entry| Some(&entry.starts))),
    ])
}

/// Ranked by standard, the highest first, then in the order of the file.
fn categories(entitlement: &Entitlement, masks: &Masks) -> Vec<Entry> {
    let mut entries = Vec::new();
    for programme in &entitlement.programmes {
        let mut order: Vec<_> = programme.categories.iter().collect();
        order.sort_by_key(|category| std::cmp::Reverse(category.standard.unwrap_or(0)));
        for (rank, category) in order.into_iter().enumerate() {
            let needs = programme.needs.iter().chain(&category.needs).cloned().collect();
            entries.push(Entry {
                id: format!("{}.{}", programme.benefit, category.id),
                purpose: "category",
                benefit: Some(programme.benefit.clone()),
                place: programme.place.clone(),
                from: Some(programme.from),
                until: programme.until,
                by: (true, true),
                resided_months: i64::from(programme.resided_months),
                min_age: i64::from(category.min_age),
                needs: masks.needs(&needs),
                unless: 0,
                unless_held: 0,
                rank: i64::try_from(rank).unwrap_or(i64::MAX),
                category: Some(category.id.clone()),
                standard: category.standard,
                starts: String::new(),
            });
        }
    }
    entries
}

fn conditions(gap: &Gap, rules: &[Rule], masks: &Masks) -> Vec<Entry> {
    let silencing = masks.held(&gap.unless_held) | masks.held(&barred_beside(gap, rules));
    // Who is eligible by category is known already; the gap alone says what silences it.
    let eligible = gap.eligible_for.iter().map(|_| (0, [0; 3]));
    let conditions = gap.conditions.iter().map(|one| (i64::from(one.min_age), masks.needs(&one.needs)));
    eligible
        .chain(conditions)
        .enumerate()
        .map(|(at, (min_age, needs))| Entry {
            id: gap.id.clone(),
            purpose: if gap.eligible_for.is_some() { "eligible" } else { "gap" },
            benefit: gap.eligible_for.clone().or_else(|| gap.benefit.clone()),
            place: gap.place.clone(),
            from: None,
            until: None,
            by: (gap.by_hukou, gap.by_residence),
            resided_months: 0,
            min_age,
            needs,
            unless: masks.any_of(&gap.unless),
            unless_held: silencing,
            rank: i64::try_from(at).unwrap_or(i64::MAX),
            category: None,
            standard: None,
            starts: String::new(),
        })
        .collect()
}

/// The benefits beside which a rule of severity violation bars the one that is missing, wherever that rule holds.
///
/// A rule that needs more than the two benefits is left out: dispersed support (MZ07) does not bar home service, central
/// support does (X25), and the gap names that circumstance itself.
fn barred_beside(gap: &Gap, rules: &[Rule]) -> Vec<String> {
    let Some(benefit) = &gap.benefit else { return Vec::new() };
    let mut beside = Vec::new();
    for rule in rules.iter().filter(|rule| rule.default == Switch::On && rule.severity == Severity::Violation) {
        if !matches!(rule.kind, RuleType::Exclusive | RuleType::Higher) || !rule.needs.is_empty() {
            continue;
        }
        if rule.bars != Bars::Left && rule.right.contains(benefit) {
            beside.extend(rule.left.iter().cloned());
        }
        if rule.bars != Bars::Right && rule.left.contains(benefit) {
            beside.extend(rule.right.iter().cloned());
        }
    }
    beside
}

/// When a benefit starts after the birthday, from the terms of the longest fitting place.
fn starts(terms: &[BTreeMap<String, String>], benefit: Option<&str>, place: &str) -> String {
    let cell = |row: &BTreeMap<String, String>, column: &str| row.get(column).cloned().unwrap_or_default();
    terms
        .iter()
        .filter(|row| Some(cell(row, "benefit").as_str()) == benefit && place.starts_with(&cell(row, "place")))
        .max_by_key(|row| cell(row, "place").len())
        .map(|row| cell(row, "starts"))
        .unwrap_or_default()
}

fn exclusion_columns(entitlement: &Entitlement, masks: &Masks) -> Columns {
    let rows: Vec<_> = entitlement
        .programmes
        .iter()
        .flat_map(|programme| programme.exclusions.iter().map(move |exclusion| (programme, exclusion)))
        .collect();
    let needs: Vec<[i64; 3]> = rows.iter().map(|row| masks.needs(&row.1.needs)).collect();
    let except = |row: &(_, &yilian_contract::entitlement::Exclusion)| row.1.except.join("|");
    vec![
        ("rule_id", texts(rows.iter().map(|row| row.1.rule.as_str()))),
        ("benefit", texts(rows.iter().map(|row| row.0.benefit.as_str()))),
        ("place", texts(rows.iter().map(|row| row.0.place.as_str()))),
        ("from_month", dates(rows.iter().map(|row| first_of_month(row.1.from)))),
        (
            "is_violation",
            rows.iter().map(|row| Some(row.1.severity == Severity::Violation)).collect::<BooleanArray>().into_array(),
        ),
        ("need_1", integers(needs.iter().map(|need| need[0]))),
        ("need_2", integers(needs.iter().map(|need| need[1]))),
        ("held_mask", integers(rows.iter().map(|row| masks.held(&row.1.held)))),
        ("excepted", StringArray::from_iter_values(rows.iter().map(except)).into_array()),
    ]
}

fn gap_columns(entitlement: &Entitlement) -> Columns {
    let gaps = &entitlement.gaps;
    vec![
        ("gap_kind", texts(gaps.iter().map(|gap| gap.id.as_str()))),
        ("benefit", gaps.iter().map(|gap| gap.benefit.as_deref()).collect::<StringArray>().into_array()),
        ("title_zh", texts(gaps.iter().map(|gap| gap.title.zh.as_str()))),
        ("title_en", texts(gaps.iter().map(|gap| gap.title.en.as_str()))),
        ("basis", gaps.iter().map(|gap| gap_source(gap, entitlement)).collect::<StringArray>().into_array()),
        ("act_by", texts(gaps.iter().map(|gap| gap.act_by.as_str()))),
        ("proved_by", texts(gaps.iter().map(|gap| gap.proved_by.as_str()))),
        ("by_hukou", gaps.iter().map(|gap| Some(gap.by_hukou)).collect::<BooleanArray>().into_array()),
        ("by_residence", gaps.iter().map(|gap| Some(gap.by_residence)).collect::<BooleanArray>().into_array()),
        (
            "once_in_household",
            gaps.iter().map(|gap| Some(gap.once_in_household)).collect::<BooleanArray>().into_array(),
        ),
    ]
}

/// A gap of a programme has the programme's text.
fn gap_source(gap: &Gap, entitlement: &Entitlement) -> Option<String> {
    let programme =
        entitlement.programmes.iter().find(|programme| Some(&programme.benefit) == gap.eligible_for.as_ref());
    let source = gap.source.as_ref().or_else(|| programme.and_then(|programme| programme.source.as_ref()));
    source.map(basis)
}

fn gap_dataset_columns(entitlement: &Entitlement) -> Columns {
    let mut rows: Vec<(&str, &str, &str)> = Vec::new();
    for gap in &entitlement.gaps {
        let proved = gap.proved_in.iter().map(|dataset| (dataset, "proved"));
        let received = gap.received_in.iter().map(|dataset| (dataset, "received"));
        rows.extend(proved.chain(received).map(|(dataset, role)| (gap.id.as_str(), dataset.as_str(), role)));
    }
    vec![
        ("gap_kind", texts(rows.iter().map(|row| row.0))),
        ("dataset", texts(rows.iter().map(|row| row.1))),
        ("role", texts(rows.iter().map(|row| row.2))),
    ]
}

fn silence_columns(entitlement: &Entitlement) -> Columns {
    vec![
        ("decision", texts(entitlement.silence_months.iter().map(|row| row.0.as_str()))),
        ("months", integers(entitlement.silence_months.iter().map(|row| i64::from(row.1)))),
    ]
}

fn level_columns(entitlement: &Entitlement) -> Columns {
    let rows: Vec<_> = entitlement
        .scales
        .iter()
        .flat_map(|scale| (0_i64..).zip(&scale.levels).map(move |(level, care)| (scale, level, *care)))
        .collect();
    let is_payable = |row: &(&yilian_contract::entitlement::Scale, i64, _)| {
        row.0.standard == "LTCI2021" && entitlement.payable_levels.contains(&row.1)
    };
    vec![
        ("standard", texts(rows.iter().map(|row| row.0.standard.as_str()))),
        ("level", integers(rows.iter().map(|row| row.1))),
        ("severity", texts(rows.iter().map(|row| row.2.as_str()))),
        ("severity_rank", rows.iter().map(|row| Some(row.2 as i64)).collect::<Int64Array>().into_array()),
        ("is_payable", rows.iter().map(|row| Some(is_payable(row))).collect::<BooleanArray>().into_array()),
    ]
}

fn scale_columns(entitlement: &Entitlement) -> Columns {
    vec![
        ("standard", texts(entitlement.scales.iter().map(|scale| scale.standard.as_str()))),
        ("valid_months", integers(entitlement.scales.iter().map(|scale| i64::from(scale.valid_months)))),
        (
            "is_verified",
            entitlement.scales.iter().map(|scale| Some(scale.verified)).collect::<BooleanArray>().into_array(),
        ),
    ]
}

fn group_columns(entitlement: &Entitlement, masks: &Masks) -> Columns {
    let unless = masks.any_of(&entitlement.not_visited_unless);
    let rows: Vec<_> =
        entitlement.groups.iter().flat_map(|group| group.any_of.iter().map(move |name| (group, name))).collect();
    vec![
        ("hardship", texts(rows.iter().map(|row| row.0.id.as_str()))),
        ("circumstance", texts(rows.iter().map(|row| row.1.as_str()))),
        ("title_zh", texts(rows.iter().map(|row| row.0.title.zh.as_str()))),
        ("title_en", texts(rows.iter().map(|row| row.0.title.en.as_str()))),
        ("not_visited_unless", integers(rows.iter().map(|_| unless))),
    ]
}

fn group_place_columns(entitlement: &Entitlement) -> Columns {
    let mut rows: Vec<(&str, &str)> = Vec::new();
    for group in &entitlement.groups {
        if group.places.is_empty() {
            rows.push((&group.id, ""));
        }
        rows.extend(group.places.iter().map(|place| (group.id.as_str(), place.as_str())));
    }
    vec![("hardship", texts(rows.iter().map(|row| row.0))), ("place", texts(rows.iter().map(|row| row.1)))]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_benefit_starts_as_the_longest_fitting_place_says() {
        let row = |place: &str, starts: &str| {
            let cells = [("benefit", "MZ01"), ("place", place), ("starts", starts)];
            cells.map(|(column, value)| (column.to_owned(), value.to_owned())).into()
        };
        let terms: Vec<BTreeMap<String, String>> = vec![row("", "birthday_month"), row("1501", "next_month")];
        assert_eq!(starts(&terms, Some("MZ01"), "150104"), "next_month");
        assert_eq!(starts(&terms, Some("MZ01"), "520327"), "birthday_month");
        assert_eq!(starts(&terms, None, ""), "");
        assert_eq!(NaiveDate::from_ymd_opt(2025, 3, 1).map(month_number), Some(2025 * 12 + 2));
    }
}
