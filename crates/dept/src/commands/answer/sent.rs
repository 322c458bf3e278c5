//! The answers that were packed before, so that none is lost and none is given twice.
//!
//! The highest sequence of a period replaces the lower ones whole, so a second delivery of one day must hold the first
//! one's answers too. An answer that another period delivered is not delivered again: an answer holds for the months
//! that its clue had when it was given.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use yilian_contract::Period;
use yilian_delivery::ClueKind;
use yilian_workbook::{Answer, Answers};

use super::DATASET;
use crate::commands::pack::ANSWERS;
use crate::error::DeptError;
use crate::records;

/// The newest answers of each period.
pub(crate) struct Sent {
    by_period: BTreeMap<Period, Option<Vec<Answer>>>,
}

/// What the next delivery of a period must hold.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Due {
    /// All answers of the period.
    pub(super) answers: Vec<Answer>,
    /// How many of them come from an earlier delivery of the period alone.
    pub(super) carried: usize,
    /// Answers of the workbook that another period has delivered.
    pub(super) sent_before: usize,
    /// Whether the period has not delivered exactly these already.
    pub(super) changed: bool,
    /// Whether the period has a delivery whose answers are not known.
    pub(super) unreadable: bool,
}

impl Sent {
    /// Reads the answers kept with the records.
    pub(crate) fn load(folder: &Path) -> Result<Self, DeptError> {
        let mut by_period = BTreeMap::new();
        for latest in records::latest_packed(folder)?.into_iter().filter(|latest| latest.dataset == DATASET) {
            let answers = fs::read(latest.folder.join(ANSWERS)).ok().and_then(|bytes| Answer::from_csv(&bytes));
            by_period.insert(latest.period, answers);
        }
        Ok(Self { by_period })
    }

    /// The decision that was delivered last on a clue.
    pub(crate) fn decision(&self, clue: (ClueKind, u64)) -> Option<&str> {
        let mut answers = self.by_period.values().rev().flat_map(|answers| answers.iter().flatten());
        answers.find(|answer| answer.clue() == clue).map(|answer| answer.decision.as_str())
    }

    /// The answers of a workbook together with those that the period has delivered before.
    pub(super) fn due(&self, answers: &Answers, period: &Period) -> Due {
        let elsewhere: BTreeMap<(ClueKind, u64), &Answer> = self
            .by_period
            .iter()
            .filter(|(other, _)| *other != period)
            .flat_map(|(_, answers)| answers.iter().flatten())
            .map(|answer| (answer.clue(), answer))
            .collect();
        let earlier = self.by_period.get(period);
        let delivered: Vec<Answer> = earlier.cloned().flatten().unwrap_or_default();
        let mut due: BTreeMap<(ClueKind, u64), Answer> =
            delivered.iter().map(|answer| (answer.clue(), answer.clone())).collect();
        let mut sent_before = 0;
        let mut given = 0;
        for answer in &answers.answers {
            if elsewhere.get(&answer.clue()) == Some(&answer) && !due.contains_key(&answer.clue()) {
                sent_before += 1;
            } else {
                given += 1;
                due.insert(answer.clue(), answer.clone());
            }
        }
        let answers: Vec<Answer> = due.into_values().collect();
        Due {
            carried: answers.len() - given,
            sent_before,
            changed: answers != delivered,
            unreadable: earlier.is_some_and(Option::is_none),
            answers,
        }
    }
}

#[cfg(test)]
mod tests {
    use yilian_workbook::Heard;

    use super::*;

    fn answer(clue_id: u64, decision: &str) -> Answer {
        Answer {
            kind: ClueKind::Overlap,
            clue_id,
            decision: decision.to_owned(),
            heard: Heard::Yes,
            decided_on: "2026-11-20".parse().unwrap(),
            recovered_fen: None,
            months: None,
        }
    }

    fn due(sent: &[(&str, &[Answer])], workbook: &[Answer], period: &str) -> Due {
        let by_period = sent.iter().map(|(period, answers)| (period.parse().unwrap(), Some(answers.to_vec())));
        let answers = Answers { answers: workbook.to_vec(), ..Answers::default() };
        Sent { by_period: by_period.collect() }.due(&answers, &period.parse().unwrap())
    }

    #[test]
    fn a_second_delivery_of_a_day_holds_the_first_ones_answers_too() {
        let morning: &[Answer] = &[answer(1, "corrected"), answer(2, "allowed")];
        let due = due(&[("2026-11-22", morning)], &[answer(2, "data_error"), answer(3, "allowed")], "2026-11-22");
        assert_eq!(due.answers, [answer(1, "corrected"), answer(2, "data_error"), answer(3, "allowed")]);
        assert_eq!((due.carried, due.sent_before, due.changed), (1, 0, true));
    }

    #[test]
    fn an_answer_of_another_day_is_not_given_again_unless_it_has_changed() {
        let before: &[Answer] = &[answer(1, "corrected"), answer(2, "allowed")];
        let due = due(&[("2026-11-20", before)], &[answer(1, "corrected"), answer(2, "data_error")], "2026-11-22");
        assert_eq!(due.answers, [answer(2, "data_error")]);
        assert_eq!((due.sent_before, due.changed), (1, true));
    }

    #[test]
    fn the_same_workbook_again_changes_nothing() {
        let before: &[Answer] = &[answer(1, "corrected")];
        for period in ["2026-11-20", "2026-11-22"] {
            assert!(!due(&[("2026-11-20", before)], before, period).changed, "{period}");
        }
    }

    #[test]
    fn an_answer_that_was_changed_and_changed_back_is_given_again() {
        let (first, second): (&[Answer], &[Answer]) = (&[answer(1, "corrected")], &[answer(1, "allowed")]);
        let due = due(&[("2026-11-20", first), ("2026-11-21", second)], first, "2026-11-22");
        assert_eq!(due.answers, first);
    }
}
