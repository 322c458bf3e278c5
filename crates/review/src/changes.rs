//! What changed since an earlier report: faults, keys, columns that leave, who hears and who may read what, and how long
//! things are kept.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use crate::error::ReviewError;
use crate::report::Report;

/// One thing that is there now and was not, is gone, or has become another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Change {
    pub(crate) section_zh: &'static str,
    pub(crate) section_en: &'static str,
    /// Fault and place, office, column or rule.
    pub(crate) what: String,
    /// `None`: it was not there.
    pub(crate) before: Option<String>,
    /// `None`: it is gone.
    pub(crate) now: Option<String>,
}

/// What was compared with which earlier report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Changes {
    /// The day of the publication that the earlier report is about; `None` if there was none.
    pub(crate) since: Option<String>,
    pub(crate) found: Vec<Change>,
}

/// Sections of a report that are compared: its name in JSON, in Chinese and in English, and how a line becomes a fact.
type Section = (&'static str, &'static str, &'static str, fn(&Value) -> (String, String));

const SECTIONS: [Section; 6] = [
    ("faults", "问题", "fault", |line| (text(line, &["code", "place"]), text(line, &["en"]))),
    ("deliveries", "密钥", "key", |line| {
        let file = text(line, &["file"]);
        (
            file.split('.').take(2).collect::<Vec<_>>().join(" "),
            text(line, &["algorithm", "check_value", "canonicaliser"]),
        )
    }),
    ("columns", "列", "column", |line| {
        (text(line, &["dataset", "column"]), text(line, &["class", "treatment", "leaves_as"]))
    }),
    ("told", "得知", "who hears", |line| (text(line, &["rule"]), text(line, &["act_by", "receivers"]))),
    ("readers", "查询权限", "who may read", |line| (text(line, &["role"]), text(line, &["schemas", "tables"]))),
    ("stores", "保存期限", "retention", |line| (text(line, &["store"]), text(line, &["months"]))),
];

/// Compares a report with an earlier one, as it was written; one more delivery of an office is no change.
///
/// # Errors
/// [`ReviewError::Earlier`] where `earlier` is no report.
pub(crate) fn since(earlier: &[u8], report: &Report) -> Result<Changes, ReviewError> {
    let earlier: Value = serde_json::from_slice(earlier).map_err(|source| ReviewError::Earlier { source })?;
    let now = serde_json::to_value(report).map_err(|source| ReviewError::Earlier { source })?;
    Ok(Changes {
        since: earlier.pointer("/subject/as_of").and_then(Value::as_str).map(str::to_owned),
        found: compared(&earlier, &now),
    })
}

fn compared(earlier: &Value, now: &Value) -> Vec<Change> {
    let mut found = Vec::new();
    // An earlier program may not have written a section; that is no change of the site.
    for section in SECTIONS.into_iter().filter(|(name, ..)| earlier.get(name).is_some()) {
        let (before, now) = (facts(earlier, section), facts(now, section));
        for what in before.keys().chain(now.keys()).collect::<BTreeSet<_>>() {
            let (before, now) = (before.get(what).map(listed), now.get(what).map(listed));
            if before != now {
                let (_, section_zh, section_en, _) = section;
                found.push(Change { section_zh, section_en, what: what.clone(), before, now });
            }
        }
    }
    found
}

fn facts(report: &Value, (name, _, _, fact): Section) -> BTreeMap<String, BTreeSet<String>> {
    let mut facts: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (what, says) in report.get(name).and_then(Value::as_array).into_iter().flatten().map(fact) {
        facts.entry(what).or_default().insert(says);
    }
    facts
}

fn listed(says: &BTreeSet<String>) -> String {
    says.iter().map(String::as_str).collect::<Vec<_>>().join("; ")
}

/// The named values of a line, one after another.
fn text(line: &Value, names: &[&str]) -> String {
    let one = |name: &&str| match line.get(*name) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "),
        None | Some(Value::Null) => "–".to_owned(),
        Some(other) => other.to_string(),
    };
    names.iter().map(one).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn found(before: &Value, now: &Value) -> Vec<String> {
        compared(before, now).into_iter().map(|change| format!("{} {}", change.section_en, change.what)).collect()
    }

    fn delivery(file: &str, check_value: &str) -> Value {
        json!({"file": file, "algorithm": "HS256", "check_value": check_value, "canonicaliser": 2})
    }

    #[test]
    fn a_new_key_is_a_change_and_one_more_delivery_is_none() {
        let before = json!({"deliveries": [delivery("1501.health.death_certificate.2024.1.tar.age", "aa")]});
        let more = json!({"deliveries": [delivery("1501.health.death_certificate.2024.1.tar.age", "aa"),
            delivery("1501.health.death_certificate.2025.1.tar.age", "aa")]});
        let other = json!({"deliveries": [delivery("1501.health.death_certificate.2025.1.tar.age", "bb")]});
        assert!(found(&before, &more).is_empty());
        assert_eq!(found(&before, &other), ["key 1501 health"]);
    }

    #[test]
    fn a_column_that_leaves_otherwise_and_a_rule_that_is_told_to_another_are_changes() {
        let column = |leaves_as: Option<&str>| json!({"dataset": "funeral", "column": "cause", "class": "sensitive", "treatment": "drop", "leaves_as": leaves_as});
        let told = |receivers: &[&str]| json!({"rule": "X08", "act_by": "发放部门", "receivers": receivers});
        let before = json!({"columns": [column(None)], "told": [told(&["卫健"])]});
        let now = json!({"columns": [column(Some("cause"))], "told": [told(&["卫健", "医保"])]});
        assert_eq!(found(&before, &now), ["column funeral cause", "who hears X08"]);
        assert!(found(&now, &now).is_empty());
    }
}
