//! One row of a clue sheet: a note, a clue without an answer, an answer, or what is wrong with it.

use chrono::NaiveDate;
use yilian_delivery::ClueKind;
use yilian_intake::{day, fen, truth};

use crate::answer::{Answer, Heard};
use crate::column::folded;
use crate::decision::{Decisions, Said, needs_amount, recovers};
use crate::fault::Wrong;

/// The cells of a row that matter, as text.
pub(crate) struct Row<'a> {
    pub(crate) clue: &'a str,
    pub(crate) decision: &'a str,
    pub(crate) recovered: &'a str,
    pub(crate) heard: &'a str,
    pub(crate) decided_on: &'a str,
    /// Empty where the column is gone.
    pub(crate) months: &'a str,
}

/// What a cell under 线索编号 holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ClueCell {
    /// A number that a clue may have.
    Number(u64),
    /// A number that lost digits.
    Damaged,
    /// Nothing, or words that somebody wrote below the table.
    Words,
}

impl Row<'_> {
    pub(crate) fn clue(&self) -> ClueCell {
        let text = folded(self.clue);
        if text.is_empty() {
            return ClueCell::Words;
        }
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        if digits {
            // The greatest number stands for a null in a row under way.
            let number = text.parse().ok().filter(|number| (1..i64::MAX.unsigned_abs()).contains(number));
            return number.map_or(ClueCell::Damaged, ClueCell::Number);
        }
        let numeric = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '+' | '-' | 'e' | 'E' | '#');
        if text.chars().all(numeric) { ClueCell::Damaged } else { ClueCell::Words }
    }

    /// Whether an answer has been begun.
    pub(crate) fn begun(&self) -> bool {
        [self.decision, self.recovered, self.heard, self.decided_on].iter().any(|cell| !is_blank(cell))
    }

    /// The answer of a row that has been begun, or everything that is wrong with it.
    pub(crate) fn answer(
        &self,
        (kind, clue_id): (ClueKind, u64),
        decisions: &Decisions,
        today: NaiveDate,
    ) -> Result<Answer, Vec<Wrong>> {
        if is_blank(self.decision) {
            return Err(vec![Wrong::DecisionMissing]);
        }
        let decision = self.decision(kind, decisions);
        let heard = self.heard();
        let decided_on = self.decided_on(today);
        let recovered_fen = self.recovered(decision.as_deref().ok());
        match (decision, heard, decided_on, recovered_fen) {
            (Ok(decision), Ok(heard), Ok(decided_on), Ok(recovered_fen)) => {
                Ok(Answer { kind, clue_id, decision, heard, decided_on, recovered_fen, months: self.months() })
            }
            (decision, heard, decided_on, recovered) => {
                let wrong = [decision.err(), heard.err(), decided_on.err(), recovered.err()];
                Err(wrong.into_iter().flatten().collect())
            }
        }
    }

    fn decision(&self, kind: ClueKind, decisions: &Decisions) -> Result<String, Wrong> {
        let fitting = || decisions.labels(kind).into_iter().map(str::to_owned).collect();
        match decisions.read(self.decision, kind) {
            Said::Decision(code) => Ok(code),
            Said::Unfit => Err(Wrong::DecisionUnfit { fitting: fitting() }),
            Said::Unknown(nearest) => Err(Wrong::DecisionUnknown { nearest, fitting: fitting() }),
        }
    }

    /// The months that the officer saw, as `feedback` wrote them; `None` for anything else.
    fn months(&self) -> Option<(String, String)> {
        let text = folded(self.months);
        let (from, until) = text.split_once('至').unwrap_or((&text, &text));
        let month = |text: &str| {
            let text = text.trim();
            let is_month = text.len() == 7 && NaiveDate::parse_from_str(&format!("{text}-01"), "%Y-%m-%d").is_ok();
            is_month.then(|| text.to_owned())
        };
        month(from).zip(month(until)).filter(|(from, until)| from <= until)
    }

    fn heard(&self) -> Result<Heard, Wrong> {
        match truth(self.heard) {
            Ok(Some(true)) => Ok(Heard::Yes),
            Ok(Some(false)) => Ok(Heard::No),
            Ok(None) => Err(Wrong::HeardMissing),
            Err(_) => Err(Wrong::HeardUnreadable),
        }
    }

    fn decided_on(&self, today: NaiveDate) -> Result<NaiveDate, Wrong> {
        match day(self.decided_on) {
            Ok(Some(day)) if day > today => Err(Wrong::DateAhead),
            Ok(Some(day)) => Ok(day),
            Ok(None) => Err(Wrong::DateMissing),
            Err(_) => Err(Wrong::DateUnreadable),
        }
    }

    /// `decision` is `None` where it could not be read: then only the amount itself is judged.
    fn recovered(&self, decision: Option<&str>) -> Result<Option<i64>, Wrong> {
        let amount = fen(self.recovered).map_err(|_| Wrong::AmountUnreadable)?;
        match (amount, decision) {
            (Some(amount), _) if amount < 0 => Err(Wrong::AmountNegative),
            (None, Some(decision)) if needs_amount(decision) => Err(Wrong::AmountMissing),
            (Some(amount), Some(decision)) if amount > 0 && !recovers(decision) => Err(Wrong::AmountUnfit),
            // A zero behind a decision that recovers nothing says nothing.
            (Some(_), Some(decision)) if !recovers(decision) => Ok(None),
            (amount, _) => Ok(amount),
        }
    }
}

/// Whether a cell is empty or has one of the marks for it.
fn is_blank(cell: &str) -> bool {
    matches!(folded(cell).as_str(), "" | "-" | "--" | "/" | "\\" | "\u{2014}" | "\u{2014}\u{2014}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decision::tests::shipped;

    fn row() -> Row<'static> {
        Row {
            clue: "12", decision: "属实待追回", recovered: "", heard: "是", decided_on: "2026-11-20", months: ""
        }
    }

    fn judged(row: &Row<'_>) -> Result<Answer, Vec<Wrong>> {
        row.answer((ClueKind::Overlap, 12), &shipped(), "2026-11-22".parse().unwrap())
    }

    #[test]
    fn the_months_that_the_officer_saw_go_with_the_answer() {
        let months = |months| judged(&Row { months, ..row() }).unwrap().months;
        let both = |from: &str, until: &str| Some((from.to_owned(), until.to_owned()));
        assert_eq!(months("2025-01至\n2025-03"), both("2025-01", "2025-03"));
        assert_eq!(months("2025-02"), both("2025-02", "2025-02"));
        for gone in ["", "2025", "2025-13", "2025-03至2025-01", "一月"] {
            assert_eq!(months(gone), None, "{gone}");
        }
    }

    #[test]
    fn a_clue_number_is_whole_damaged_or_a_note() {
        let clue = |clue| Row { clue, ..row() }.clue();
        assert_eq!(clue("9223372036854775806"), ClueCell::Number(9_223_372_036_854_775_806));
        assert_eq!(clue("'9223372036854775806"), ClueCell::Number(9_223_372_036_854_775_806));
        assert_eq!(clue("１２"), ClueCell::Number(12));
        for damaged in ["9.22E+18", "9.223372036854776E18", "9223372036854775807", "0", "1.5", "####"] {
            assert_eq!(clue(damaged), ClueCell::Damaged, "{damaged}");
        }
        for words in ["", " ", "合计", "制表人：", "以上 3 条"] {
            assert_eq!(clue(words), ClueCell::Words, "{words}");
        }
    }

    #[test]
    fn dates_in_several_spellings_are_one_day() {
        for decided_on in
            ["2026-11-20", "2026/11/20", "2026年11月20日", "20261120", "2026.11.20", "46346", "2026-11-20 00:00:00"]
        {
            let answer = judged(&Row { decided_on, ..row() }).unwrap();
            assert_eq!(answer.decided_on, "2026-11-20".parse().unwrap(), "{decided_on}");
        }
    }

    #[test]
    fn everything_that_is_missing_is_said_at_once() {
        let wrong =
            judged(&Row { decision: "属实代追回", heard: "", decided_on: "", recovered: "many", ..row() }).unwrap_err();
        let codes: Vec<_> = wrong.iter().map(Wrong::code).collect();
        assert_eq!(codes, ["decision_unknown", "heard_missing", "date_missing", "amount_unreadable"]);
        assert!(matches!(&wrong[0], Wrong::DecisionUnknown { nearest: Some(nearest), .. } if nearest == "属实待追回"));
    }

    #[test]
    fn a_day_that_has_not_come_is_refused_and_today_is_not() {
        assert_eq!(judged(&Row { decided_on: "2026-11-23", ..row() }), Err(vec![Wrong::DateAhead]));
        assert!(judged(&Row { decided_on: "2026-11-22", ..row() }).is_ok());
    }

    #[test]
    fn recovered_money_and_the_decision_must_agree() {
        let recovered = |decision, recovered| judged(&Row { decision, recovered, ..row() });
        assert_eq!(recovered("已追回", "").unwrap_err(), [Wrong::AmountMissing]);
        assert_eq!(recovered("已追回", "1,234.5").unwrap().recovered_fen, Some(123_450));
        assert_eq!(recovered("已追回", "0").unwrap().recovered_fen, Some(0));
        assert_eq!(recovered("已追回", "-1").unwrap_err(), [Wrong::AmountNegative]);
        assert_eq!(recovered("政策允许", "5").unwrap_err(), [Wrong::AmountUnfit]);
        assert_eq!(recovered("政策允许", "0").unwrap().recovered_fen, None);
    }

    #[test]
    fn marks_for_nothing_begin_no_answer() {
        assert!(!Row { decision: "", recovered: "-", heard: " ", decided_on: "/", clue: "12", months: "" }.begun());
        let begun = Row { decision: "", heard: "是", ..row() };
        assert!(begun.begun());
        assert_eq!(judged(&begun).unwrap_err(), [Wrong::DecisionMissing]);
    }
}
