use chrono::{Months, NaiveDate};
use serde::{Deserialize, Serialize};
use yilian_contract::Department;

/// Longer than this nothing is taken for granted.
const LONGEST: Months = Months::new(12);

/// A fall of an office's match rate that people have looked at and found right, for example because another department
/// delivers no more. Without it a run whose rate is low publishes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AcceptedRate {
    /// Code of the office's place.
    pub place: String,
    /// The department that the office belongs to.
    pub department: Department,
    /// The day on which it was decided; runs for an earlier day are stopped.
    pub date: NaiveDate,
    /// The last day for which a run may be made with it.
    pub until: NaiveDate,
    /// Why the fall is right, in words for the reviewer.
    pub reason: String,
}

impl AcceptedRate {
    /// Whether it holds for an office in a run for this day.
    pub fn covers(&self, (place, department): (&str, &str), day: NaiveDate) -> bool {
        self.place == place && self.department.as_str() == department && (self.date..=self.until).contains(&day)
    }

    pub(super) fn mistakes(&self, found: &mut Vec<String>) {
        let who = format!("accepted rate {} {}", self.place, self.department);
        if self.reason.trim().is_empty() {
            found.push(format!("{who}: the reason is empty"));
        }
        let latest = self.date.checked_add_months(LONGEST);
        if self.until < self.date || latest.is_none_or(|latest| self.until > latest) {
            found.push(format!("{who}: until is before date, or more than a year after it"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepted(until: &str, reason: &str) -> AcceptedRate {
        AcceptedRate {
            place: "1501".to_owned(),
            department: Department::Health,
            date: "2026-03-01".parse().unwrap(),
            until: until.parse().unwrap(),
            reason: reason.to_owned(),
        }
    }

    #[test]
    fn an_accepted_rate_holds_for_its_office_and_days_alone() {
        let accepted = accepted("2026-05-31", "x");
        let covers = |office, day: &str| accepted.covers(office, day.parse().unwrap());
        assert!(covers(("1501", "health"), "2026-03-01") && covers(("1501", "health"), "2026-05-31"));
        assert!(!covers(("1501", "health"), "2026-02-28") && !covers(("1501", "health"), "2026-06-01"));
        assert!(!covers(("1502", "health"), "2026-03-01") && !covers(("1501", "civil_affairs"), "2026-03-01"));
    }

    #[test]
    fn an_accepted_rate_needs_a_reason_and_an_end_within_a_year() {
        let mistakes = |until, reason| {
            let mut found = Vec::new();
            accepted(until, reason).mistakes(&mut found);
            found.len()
        };
        assert_eq!(mistakes("2027-03-01", "the clinics were closed"), 0);
        assert_eq!([mistakes("2027-03-02", "x"), mistakes("2026-02-28", "x"), mistakes("2026-03-02", " ")], [1, 1, 1]);
    }
}
