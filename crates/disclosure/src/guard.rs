//! Primary rules: which values may not be published for their own sake, and how uncertain each must stay.

use std::collections::BTreeMap;

use crate::threshold::Threshold;

/// Stands for "no upper bound": far above every count and amount, far below an overflow.
pub(crate) const UNBOUNDED: i64 = i64::MAX / 8;

/// What a variable counts, and so what makes it primary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Guard {
    /// Nobody is protected by it alone: facilities, beds, orders, person-months.
    None,
    /// Different people; 1…k−1 are too few.
    People(Threshold),
    /// Different people outside of a sensitive class; 0…k−1 are too few, since nobody outside means that
    /// everybody is in the class. The attacker does not see whether it is 0.
    Outside(Threshold),
    /// A quantity that the people of the cell share. Where one of the cell's counts is primary, this many
    /// percent on both sides must stay possible.
    Companion {
        /// At least 1.
        percent: u32,
    },
    /// Money, occupancy or staff of operators.
    Operators {
        /// Who made up how much of the value; the sum is the value.
        contributions: Vec<Contribution>,
        /// The rules for it.
        dominance: Dominance,
    },
}

/// What one operator adds to a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Contribution {
    /// A number that stands for the operator in the whole system.
    pub operator: u32,
    /// At least 0.
    pub amount: i64,
}

/// When an amount says too much about one operator (Hundepool et al., "Statistical Disclosure Control", 4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dominance {
    /// The least number of operators.
    pub operators: usize,
    /// The n of (n, k): this many largest operators together …
    pub largest: usize,
    /// … may have at most this many percent.
    pub percent_of_total: u32,
    /// The p of p%: the second largest operator must not come closer to the largest.
    pub percent_of_largest: u32,
}

/// Why a value is primary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// 1…k−1 people.
    FewPeople,
    /// Fewer than k people outside of a sensitive class, perhaps none.
    AllInOneClass,
    /// Too few operators.
    FewOperators,
    /// The largest operators have too much of it.
    Dominated,
    /// The second largest operator can estimate the largest too well.
    CloseEstimate,
    /// The quantity of a cell with a primary count.
    Companion,
}

/// What an attacker must be left with: values at or above `up`, and at or below `down`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Goal {
    pub(crate) up: i64,
    pub(crate) down: i64,
    /// The least value that the variable itself can have in the attacker's eyes.
    pub(crate) floor: i64,
    pub(crate) reason: Reason,
}

impl Dominance {
    /// The first rule that amounts of these operators break, with the uncertainty that it asks for.
    pub(crate) fn broken(&self, contributions: &[Contribution]) -> Option<(Reason, i64)> {
        let sorted = merged(contributions);
        let total: i64 = sorted.iter().sum();
        if total == 0 {
            return None;
        }
        let first = sorted.first().copied().unwrap_or(0);
        let second = sorted.get(1).copied().unwrap_or(0);
        let top: i64 = sorted.iter().take(self.largest).sum();
        let close = share(first, self.percent_of_largest) - (total - first - second);
        let dominated = (top * 100).div_euclid(i64::from(self.percent_of_total.max(1))) + 1 - total;
        let need = share(first, self.percent_of_largest).min(close.max(dominated).max(1)).max(1);
        if sorted.len() < self.operators {
            return Some((Reason::FewOperators, share(first, self.percent_of_largest).max(need)));
        }
        if i128::from(top) * 100 > i128::from(total) * i128::from(self.percent_of_total) {
            return Some((Reason::Dominated, need));
        }
        (close > 0).then_some((Reason::CloseEstimate, need))
    }
}

impl Guard {
    /// What the attacker takes for granted of a value that is not published: its class.
    pub(crate) fn class(&self, value: i64) -> (i64, i64) {
        match (self, self.k()) {
            (Self::People(_), Some(k)) if value < k => (1, k - 1),
            (Self::Outside(_), Some(k)) if value < k => (0, k - 1),
            (_, Some(k)) => (k, UNBOUNDED),
            (_, None) => (0, UNBOUNDED),
        }
    }

    /// Whether a zero is as secret as a small count.
    pub(crate) fn hides_zero(&self) -> bool {
        matches!(self, Self::Outside(threshold) if threshold.k().is_some())
    }

    /// Whether the value is primary, and what must stay possible.
    ///
    /// A [`Guard::Companion`] depends on its cell and is none here.
    pub(crate) fn goal(&self, value: i64) -> Option<Goal> {
        match self {
            Self::People(_) => self.k().filter(|k| (1..*k).contains(&value)).map(|k| few(Reason::FewPeople, k, 1)),
            Self::Outside(_) => self.k().filter(|k| value < *k).map(|k| few(Reason::AllInOneClass, k, 0)),
            Self::Operators { contributions, dominance } => {
                dominance.broken(contributions).map(|(reason, need)| around(value, need, reason))
            }
            Self::None | Self::Companion { .. } => None,
        }
    }

    /// What must stay possible of a companion of a primary count.
    pub(crate) fn companion_goal(&self, value: i64) -> Option<Goal> {
        match self {
            Self::Companion { percent } if value > 0 => {
                Some(around(value, share(value, *percent).max(1), Reason::Companion))
            }
            _ => None,
        }
    }

    fn k(&self) -> Option<i64> {
        match self {
            Self::People(threshold) | Self::Outside(threshold) => threshold.k().map(i64::from),
            Self::None | Self::Companion { .. } | Self::Operators { .. } => None,
        }
    }
}

fn few(reason: Reason, k: i64, floor: i64) -> Goal {
    Goal { up: k, down: 1, floor, reason }
}

fn around(value: i64, need: i64, reason: Reason) -> Goal {
    Goal { up: value.saturating_add(need), down: (value - need).max(0), floor: 0, reason }
}

/// Percent of an amount, rounded up.
fn share(amount: i64, percent: u32) -> i64 {
    let exact = i128::from(amount) * i128::from(percent);
    i64::try_from((exact + 99).div_euclid(100)).unwrap_or(UNBOUNDED)
}

/// What each operator has in all, the largest first.
fn merged(contributions: &[Contribution]) -> Vec<i64> {
    let mut sums: BTreeMap<u32, i64> = BTreeMap::new();
    for contribution in contributions.iter().filter(|contribution| contribution.amount > 0) {
        let sum = sums.entry(contribution.operator).or_default();
        *sum = sum.saturating_add(contribution.amount);
    }
    let mut sorted: Vec<i64> = sums.into_values().collect();
    sorted.sort_unstable_by(|one, other| other.cmp(one));
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: Dominance = Dominance { operators: 3, largest: 1, percent_of_total: 80, percent_of_largest: 10 };

    fn of(amounts: &[i64]) -> Option<(Reason, i64)> {
        let numbered = (1u32..).zip(amounts);
        let contributions: Vec<Contribution> =
            numbered.map(|(operator, amount)| Contribution { operator, amount: *amount }).collect();
        RULES.broken(&contributions)
    }

    #[test]
    fn each_rule_for_operators_has_its_reason() {
        assert_eq!(of(&[50, 30]).map(|found| found.0), Some(Reason::FewOperators));
        assert_eq!(of(&[900, 50, 50]).map(|found| found.0), Some(Reason::Dominated));
        // The second knows that at most 1,000 − 600 − 390 = 10 are missing to the first: within 10% of 600.
        assert_eq!(of(&[600, 390, 10]), Some((Reason::CloseEstimate, 50)));
        assert_eq!(of(&[400, 300, 300]), None);
    }

    #[test]
    fn one_operator_under_two_entries_is_one_operator() {
        let twice = [1, 1, 2].map(|operator| Contribution { operator, amount: 100 });
        assert_eq!(RULES.broken(&twice).map(|found| found.0), Some(Reason::FewOperators));
    }

    #[test]
    fn a_zero_outside_of_a_sensitive_class_is_primary_and_another_zero_is_not() {
        let five = Threshold::of_people(5).unwrap();
        assert!(Guard::People(five).goal(0).is_none());
        assert!(Guard::Outside(five).goal(0).is_some());
        assert!(Guard::People(five).goal(4).is_some());
        assert!(Guard::People(five).goal(5).is_none());
        assert!(Guard::People(Threshold::none()).goal(1).is_none());
    }
}
