//! The rule book as tables that SQL joins.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Int64Array, StringArray};
use chrono::NaiveDate;
use yilian_contract::rules::{ActBy, DiffersIn, Rule, RuleType, Source};

use super::{ReferenceInputs, benefits, dates, first_of_month, integers, texts};

/// Names of the tables, in the order in which they are made.
pub(super) const NAMES: [&str; 9] = [
    "rule",
    "rule_pair",
    "rule_place",
    "rule_mask",
    "rule_need",
    "rule_standard",
    "rule_instalment",
    "rule_limit",
    "rule_tell",
];

type Columns = Vec<(&'static str, ArrayRef)>;

/// The tables of the rule book: the rules that run anywhere, and what belongs to each.
pub(super) fn tables(inputs: &ReferenceInputs<'_>) -> [(&'static str, Columns); 9] {
    [
        ("rule", rule_columns(inputs.rules)),
        ("rule_pair", pair_columns(inputs)),
        ("rule_place", place_columns(inputs.rules)),
        ("rule_mask", mask_columns(inputs)),
        ("rule_need", need_columns(inputs)),
        ("rule_standard", standard_columns(inputs)),
        ("rule_instalment", instalment_columns(inputs.rules)),
        ("rule_limit", limit_columns(inputs.rules)),
        ("rule_tell", tell_columns(inputs.rules)),
    ]
}

fn running(rules: &[Rule]) -> impl Iterator<Item = &Rule> {
    rules.iter().filter(|rule| rule.runs())
}

fn rule_columns(rules: &[Rule]) -> Columns {
    let text = |value: fn(&Rule) -> &'static str| texts(running(rules).map(value));
    vec![
        ("rule_id", texts(running(rules).map(|rule| rule.id.as_str()))),
        ("type", text(|rule| rule.kind.as_str())),
        ("bars", text(|rule| rule.bars.as_str())),
        ("differs_in", text(|rule| rule.differs_in.map_or("", DiffersIn::as_str))),
        ("severity", text(|rule| rule.severity.as_str())),
        (
            "one_month_is_info",
            Arc::new(running(rules).map(|rule| Some(rule.one_month_is_info)).collect::<BooleanArray>()),
        ),
        (
            "within_months",
            Arc::new(running(rules).map(|rule| rule.within_months.map(i64::from)).collect::<Int64Array>()),
        ),
        ("signed_on", dates(running(rules).map(|rule| rule.signed_on))),
        ("title_zh", texts(running(rules).map(|rule| rule.title.zh.as_str()))),
        ("title_en", texts(running(rules).map(|rule| rule.title.en.as_str()))),
        (
            "act_by",
            text(|rule| match rule.act_by {
                ActBy::Department(department) => department.as_str(),
                ActBy::Payer => "payer",
            }),
        ),
        ("basis", Arc::new(running(rules).map(|rule| rule.source.as_ref().map(basis)).collect::<StringArray>())),
    ]
}

/// Document, clause and quote, as an officer reads them.
pub(crate) fn basis(source: &Source) -> String {
    let quote = source.quote.as_ref().map(|quote| format!("：{quote}")).unwrap_or_default();
    format!("{} {}{quote}", source.document, source.clause)
}

fn pair_columns(inputs: &ReferenceInputs<'_>) -> Columns {
    let pairs: Vec<(&Rule, &str, &str)> = running(inputs.rules)
        .flat_map(|rule| rule.pairs().into_iter().map(move |(left, right)| (rule, left, right)))
        .collect();
    vec![
        ("rule_id", texts(pairs.iter().map(|pair| pair.0.id.as_str()))),
        ("left_benefit", texts(pairs.iter().map(|pair| pair.1))),
        ("right_benefit", texts(pairs.iter().map(|pair| pair.2))),
        (
            "needs",
            integers(pairs.iter().map(|pair| i64::try_from(pair.0.needs_of(pair.1).count()).unwrap_or(i64::MAX))),
        ),
    ]
}

/// The facts without which a pair is lawful.
fn need_columns(inputs: &ReferenceInputs<'_>) -> Columns {
    let needs: Vec<(&Rule, &str, &str)> = running(inputs.rules)
        .flat_map(|rule| rule.left.iter().map(move |left| (rule, left.as_str())))
        .flat_map(|(rule, left)| rule.needs_of(left).map(move |fact| (rule, left, fact)))
        .collect();
    vec![
        ("rule_id", texts(needs.iter().map(|need| need.0.id.as_str()))),
        ("left_benefit", texts(needs.iter().map(|need| need.1))),
        ("fact", texts(needs.iter().map(|need| need.2))),
    ]
}

/// The rates that make up what an offset may pay, and whether each is added or taken away.
fn standard_columns(inputs: &ReferenceInputs<'_>) -> Columns {
    let mut rates = Vec::new();
    for (rule, standard) in running(inputs.rules).filter_map(|rule| Some((rule, rule.standard.as_ref()?))) {
        rates.extend(standard.plus.iter().map(|rate| (rule, rate, 1)));
        rates.extend(standard.less.iter().map(|rate| (rule, rate, -1)));
    }
    vec![
        ("rule_id", texts(rates.iter().map(|rate| rate.0.id.as_str()))),
        ("standard", texts(rates.iter().map(|rate| rate.1.as_str()))),
        ("sign", integers(rates.iter().map(|rate| rate.2))),
    ]
}

/// The rates of a benefit that several bookings of a month may make up.
fn instalment_columns(rules: &[Rule]) -> Columns {
    let rates: Vec<_> = running(rules)
        .flat_map(|rule| rule.instalment_rates().map(move |(benefit, rate)| (rule, benefit, rate)))
        .collect();
    vec![
        ("rule_id", texts(rates.iter().map(|rate| rate.0.id.as_str()))),
        ("benefit", texts(rates.iter().map(|rate| rate.1))),
        ("standard", texts(rates.iter().map(|rate| rate.2))),
    ]
}

/// From which number on evidence against a provider counts.
fn limit_columns(rules: &[Rule]) -> Columns {
    let limits: Vec<_> = running(rules).flat_map(|rule| rule.limits.iter().map(move |limit| (rule, limit))).collect();
    vec![
        ("rule_id", texts(limits.iter().map(|limit| limit.0.id.as_str()))),
        ("evidence", texts(limits.iter().map(|limit| limit.1.evidence.as_str()))),
        ("number", integers(limits.iter().map(|limit| i64::from(limit.1.number)))),
    ]
}

/// The departments that are told of a flag besides the one that checks it.
fn tell_columns(rules: &[Rule]) -> Columns {
    let told: Vec<_> = running(rules).flat_map(|rule| rule.tells.iter().map(move |told| (rule, told))).collect();
    vec![
        ("rule_id", texts(told.iter().map(|tell| tell.0.id.as_str()))),
        ("department", texts(told.iter().map(|tell| tell.1.as_str()))),
    ]
}

/// Where and in which months a rule holds; a rule without places holds everywhere.
fn place_columns(rules: &[Rule]) -> Columns {
    let mut rows = Vec::new();
    for rule in running(rules) {
        let (from, until) = (Some(rule.effective.from), rule.effective.until);
        let always = (NaiveDate::from_ymd_opt(1900, 1, 1), NaiveDate::from_ymd_opt(9999, 1, 1));
        if rule.places.is_empty() {
            rows.push((rule.id.as_str(), "", from.or(always.0), until.or(always.1)));
        }
        for place in &rule.places {
            rows.push((
                rule.id.as_str(),
                place.place.as_str(),
                place.from.or(from).or(always.0),
                place.until.or(until).or(always.1),
            ));
        }
    }
    vec![
        ("rule_id", texts(rows.iter().map(|row| row.0))),
        ("place", texts(rows.iter().map(|row| row.1))),
        ("from_month", dates(rows.iter().map(|row| row.2.and_then(first_of_month)))),
        ("until_month", dates(rows.iter().map(|row| row.3))),
    ]
}

fn mask_columns(inputs: &ReferenceInputs<'_>) -> Columns {
    let bits: BTreeMap<String, i64> = benefits(inputs).into_iter().collect();
    let mask = |list: &[String]| list.iter().filter_map(|benefit| bits.get(benefit)).fold(0, |mask, bit| mask | bit);
    let rules: Vec<&Rule> = running(inputs.rules)
        .filter(|rule| matches!(rule.kind, RuleType::Exclusive | RuleType::Higher | RuleType::Offset))
        .collect();
    // A cap has no other benefit: its left side alone makes a candidate.
    let right = |rule: &Rule| Some(mask(&rule.right)).filter(|mask| *mask != 0).unwrap_or_else(|| mask(&rule.left));
    vec![
        ("rule_id", texts(rules.iter().map(|rule| rule.id.as_str()))),
        ("left_mask", integers(rules.iter().map(|rule| mask(&rule.left)))),
        ("right_mask", integers(rules.iter().map(|rule| right(rule)))),
    ]
}
