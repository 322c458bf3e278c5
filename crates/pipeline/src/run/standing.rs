//! Rules that the offices' answers do not confirm: their flags are information only (`hub.rule_standing`).

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{Array, AsArray, Date32Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Date32Type, Field, Schema};
use chrono::NaiveDate;
use yilian_contract::entitlement::Entitlement;
use yilian_contract::rules::{Rule, Severity};

use super::history::read_published;
use super::ledger::batch;
use super::overlap::date;
use super::stage::days;
use super::{Definition, RunError};
use crate::publication::Publication;
use crate::store::Store;

const TABLE: &str = "hub.rule_standing";

/// The rules that had fallen at the last publication, with the day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Standing(BTreeMap<String, NaiveDate>);

impl Standing {
    pub(crate) async fn read(store: &Store, previous: Option<&Publication>) -> Result<Self, RunError> {
        let columns = [("rule_id", DataType::Utf8), ("fell_on", DataType::Date32)];
        let schema = Schema::new(columns.map(|(name, data_type)| Field::new(name, data_type, true)).to_vec());
        let Some(previous) = previous else { return Ok(Self::default()) };
        let rows = read_published(store, previous, TABLE, &Arc::new(schema)).await?;
        let (rules, days) = (rows.column(0).as_string::<i32>(), rows.column(1).as_primitive::<Date32Type>());
        let fallen = (0..rows.num_rows()).filter(|row| days.is_valid(*row));
        Ok(Self(fallen.map(|row| (rules.value(row).to_owned(), date(days.value(row)))).collect()))
    }

    /// `reference.rule_history`.
    pub(crate) fn table(&self) -> Result<RecordBatch, RunError> {
        let rules = StringArray::from_iter_values(self.0.keys());
        let fell_on = Date32Array::from_iter_values(self.0.values().map(|day| days(*day)));
        batch("rule_history", vec![("rule_id", Arc::new(rules) as _), ("fell_on", Arc::new(fell_on))])
    }

    /// The rules as they are judged by.
    pub(crate) fn rules(&self, definition: &Definition) -> Vec<Rule> {
        let mut rules = definition.rules.clone();
        for rule in rules.iter_mut().filter(|rule| self.has_fallen(rule)) {
            rule.severity = Severity::Info;
        }
        rules
    }

    /// The entitlements as they are judged by: what a rule does not say any more takes nobody off a list.
    pub(crate) fn entitlement(&self, definition: &Definition) -> Entitlement {
        let mut entitlement = definition.entitlement.clone();
        let exclusions = entitlement.programmes.iter_mut().flat_map(|programme| &mut programme.exclusions);
        for exclusion in exclusions {
            let mirrored = definition.rules.iter().find(|rule| rule.id == exclusion.rule);
            if mirrored.is_some_and(|rule| self.has_fallen(rule)) {
                exclusion.severity = Severity::Info;
            }
        }
        entitlement
    }

    /// Whether nobody has signed the rule since it fell.
    fn has_fallen(&self, rule: &Rule) -> bool {
        let fell_on = self.0.get(&rule.id);
        fell_on.is_some_and(|fell_on| rule.signed_on.is_none_or(|signed_on| signed_on < *fell_on))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_fallen_rule_is_information_and_bars_nobody_until_it_is_signed_again() {
        let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let mut definition = Definition::load(&repository.join("pipelines/nightly.yaml")).unwrap();
        let severities = |standing: &Standing, definition: &Definition| {
            let rules = standing.rules(definition);
            let programmes = standing.entitlement(definition).programmes;
            let mut exclusions = programmes.iter().flat_map(|programme| &programme.exclusions);
            (
                rules.iter().find(|rule| rule.id == "X14").unwrap().severity,
                exclusions.find(|exclusion| exclusion.rule == "X14").unwrap().severity,
                rules.iter().find(|rule| rule.id == "X01").unwrap().severity,
            )
        };
        let fallen = Standing([("X14".to_owned(), day("2026-03-01"))].into());
        let before = severities(&Standing::default(), &definition);
        assert_eq!(before, (Severity::Violation, Severity::Violation, Severity::Violation));
        assert_eq!(severities(&fallen, &definition), (Severity::Info, Severity::Info, Severity::Violation));
        for (signed_on, stands) in [("2026-02-28", false), ("2026-03-01", true)] {
            definition.rules.iter_mut().find(|rule| rule.id == "X14").unwrap().signed_on = Some(day(signed_on));
            assert_eq!(severities(&fallen, &definition) == before, stands, "signed on {signed_on}");
        }
    }
}
