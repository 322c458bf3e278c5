//! The ways to be entitled: categories of programmes, and conditions of gaps.

use std::collections::BTreeMap;

use arrow::array::{BooleanArray, Decimal128Array, StringArray};
use chrono::NaiveDate;
use yilian_contract::entitlement::{Entitlement, Gap};
use yilian_contract::rules::{Bars, Rule, RuleType, Severity, Switch};

use super::super::RunError;
use super::super::reference::{ReferenceInputs, csv_rows, dates, first_of_month, integers};
use super::{Columns, IntoArray, Masks};

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
}

pub(super) fn entitlement_columns(inputs: &ReferenceInputs<'_>, masks: &Masks) -> Result<Columns, RunError> {
    let terms = csv_rows(inputs.schemas_folder, "term.csv")?;
    let mut entries = categories(inputs.entitlement, masks);
    entries.extend(inputs.entitlement.gaps.iter().flat_map(|gap| conditions(gap, inputs.rules, masks)));
    let number = |of: fn(&Entry) -> i64| integers(entries.iter().map(of));
    let text = |of: fn(&Entry) -> Option<&str>| entries.iter().map(of).collect::<StringArray>().into_array();
    let flag = |of: fn(&Entry) -> bool| entries.iter().map(|entry| Some(of(entry))).collect::<BooleanArray>();
    let starts = |entry: &Entry| starts(&terms, entry.benefit.as_deref(), &entry.place);
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
        ("starts", StringArray::from_iter_values(entries.iter().map(starts)).into_array()),
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
    }
}
