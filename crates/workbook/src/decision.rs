//! Which decisions an officer can take about a clue.

use chrono::NaiveDate;
use yilian_contract::{CodeList, nearest};
use yilian_delivery::ClueKind;

use crate::column::folded;

/// The decisions of `schemas/codes/decision.csv` that are valid on a day.
#[derive(Debug, Clone)]
pub struct Decisions {
    list: CodeList,
    on: NaiveDate,
}

/// What a cell under 核实结论 says.
pub(crate) enum Said {
    /// This decision, by its code.
    Decision(String),
    /// A decision that is none about this kind of clue.
    Unfit,
    /// No decision; the label that is probably meant.
    Unknown(Option<String>),
}

impl Decisions {
    /// Takes the list as it is on a day.
    pub fn new(list: &CodeList, on: NaiveDate) -> Self {
        Self { list: list.clone(), on }
    }

    /// The Chinese names of the decisions that fit a kind of clue, in the order in which they are offered.
    pub(crate) fn labels(&self, kind: ClueKind) -> Vec<&str> {
        let valid = |code: &&&str| {
            self.list.entry(code).is_some_and(|entry| {
                entry.valid_from.is_none_or(|from| from <= self.on) && entry.valid_to.is_none_or(|to| self.on <= to)
            })
        };
        let codes = fitting(kind).iter().filter(valid);
        codes.filter_map(|code| self.list.entry(code)).map(|entry| entry.label_zh.as_str()).collect()
    }

    pub(crate) fn read(&self, text: &str, kind: ClueKind) -> Said {
        let labels = self.labels(kind);
        match self.resolve(text) {
            Some(code) if fitting(kind).contains(&code) => Said::Decision(code.to_owned()),
            Some(_) => Said::Unfit,
            None => Said::Unknown(nearest(&folded(text), labels.into_iter()).map(str::to_owned)),
        }
    }

    /// Whether any decision has this name, about whatever kind of clue.
    pub(crate) fn knows(&self, text: &str) -> bool {
        self.resolve(text).is_some()
    }

    fn resolve(&self, text: &str) -> Option<&str> {
        // An English name keeps its spaces.
        self.list.resolve(text).or_else(|| self.list.resolve(&folded(text)))
    }
}

/// Codes in the order in which they are offered; `waived` dismisses no flag, so it is offered for gaps alone.
const fn fitting(kind: ClueKind) -> &'static [&'static str] {
    match kind {
        ClueKind::Overlap => {
            &["corrected", "to_recover", "recovered", "data_error", "allowed", "not_dead", "passed_on"]
        }
        ClueKind::Gap => &["corrected", "waived", "data_error", "allowed", "passed_on"],
        ClueKind::SamePerson => &["same_person", "different_person"],
    }
}

/// Whether money may have been recovered with this decision.
pub(crate) fn recovers(code: &str) -> bool {
    matches!(code, "corrected" | "to_recover" | "recovered")
}

/// Whether the decision says that money was recovered, so that an amount is needed.
pub(crate) fn needs_amount(code: &str) -> bool {
    code == "recovered"
}

#[cfg(test)]
pub(crate) mod tests {
    use std::path::Path;

    use yilian_contract::Schemas;

    use super::*;

    pub(crate) fn shipped() -> Decisions {
        let schemas = Schemas::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas")).unwrap();
        Decisions::new(schemas.codes.get("decision").unwrap(), "2026-11-22".parse().unwrap())
    }

    #[test]
    fn every_decision_of_the_list_is_offered_for_some_kind_and_every_offer_is_in_the_list() {
        let decisions = shipped();
        let kinds = [ClueKind::Overlap, ClueKind::Gap, ClueKind::SamePerson];
        let offered: Vec<&str> = kinds.iter().flat_map(|kind| decisions.labels(*kind)).collect();
        assert_eq!(offered.len(), kinds.iter().map(|kind| fitting(*kind).len()).sum::<usize>());
        for entry in &decisions.list.entries {
            assert!(offered.contains(&entry.label_zh.as_str()), "{}", entry.code);
        }
    }

    #[test]
    fn a_decision_that_ended_is_not_offered() {
        let mut decisions = shipped();
        decisions.list.entries[0].valid_to = Some("2020-12-31".parse().unwrap());
        assert!(!decisions.labels(ClueKind::Gap).contains(&"属实已纠正"));
    }

    #[test]
    fn a_name_an_alias_and_a_code_mean_the_same_and_a_slip_names_the_nearest() {
        let decisions = shipped();
        for text in ["已追回", " 属实已追回", "recovered", "已 追 回"] {
            assert!(matches!(decisions.read(text, ClueKind::Overlap), Said::Decision(code) if code == "recovered"));
        }
        let Said::Unknown(Some(nearest)) = decisions.read("属实己纠正", ClueKind::Gap) else {
            panic!("it is unknown")
        };
        assert_eq!(nearest, "属实已纠正");
        assert!(matches!(decisions.read("同一人", ClueKind::Overlap), Said::Unfit));
    }
}
