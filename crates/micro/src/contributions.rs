/// The largest contributions of single people to something.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Largest {
    /// In descending order.
    values: Vec<i64>,
}

impl Largest {
    /// Nothing is no contribution, and money paid back is as large as money paid.
    pub(crate) fn add(&mut self, value: i64, keep: usize) {
        let value = value.saturating_abs();
        if value == 0 {
            return;
        }
        let at = self.values.partition_point(|other| *other >= value);
        if at < keep {
            self.values.insert(at, value);
            self.values.truncate(keep);
        }
    }

    pub(crate) fn merge(&mut self, other: &Self, keep: usize) {
        other.values.iter().for_each(|value| self.add(*value, keep));
    }

    /// Their mean, rounded up; `None` where fewer than `enough` people contribute.
    pub(crate) fn mean(&self, enough: usize) -> Option<i64> {
        if self.values.len() < enough {
            return None;
        }
        let sum: i128 = self.values.iter().map(|value| i128::from(*value)).sum();
        let count = i128::try_from(self.values.len()).unwrap_or(1).max(1);
        Some(i64::try_from((sum + count - 1) / count).unwrap_or(i64::MAX))
    }
}

/// What a person has contributed so far to each of several groups, and the largest contributions of the people before.
#[derive(Debug, Clone)]
pub(crate) struct Contributions {
    keep: usize,
    /// By group: number of the person, and what they have contributed.
    current: Vec<(u32, i64)>,
    largest: Vec<Largest>,
}

impl Contributions {
    pub(crate) fn new(groups: usize, keep: usize) -> Self {
        Self { keep, current: vec![(0, 0); groups], largest: vec![Largest::default(); groups] }
    }

    /// Adds to what the person has contributed; people come one after another, numbered from 1.
    pub(crate) fn add(&mut self, group: usize, person: u32, value: i64) {
        let (Some(current), Some(largest)) = (self.current.get_mut(group), self.largest.get_mut(group)) else { return };
        if current.0 != person {
            if current.0 != 0 {
                largest.add(current.1, self.keep);
            }
            *current = (person, 0);
        }
        current.1 = current.1.saturating_add(value);
    }

    /// The largest of everybody by group.
    pub(crate) fn finish(mut self) -> Vec<Largest> {
        for ((person, value), largest) in self.current.iter().zip(&mut self.largest) {
            if *person != 0 {
                largest.add(*value, self.keep);
            }
        }
        self.largest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_sums_of_people_are_kept_and_their_mean_is_rounded_up() {
        let mut contributions = Contributions::new(2, 2);
        for (group, person, value) in [(0, 1, 5), (0, 1, 5), (1, 1, 1), (0, 2, 3), (0, 3, 8)] {
            contributions.add(group, person, value);
        }
        let largest = contributions.finish();
        assert_eq!(largest[0].mean(2), Some(9));
        assert_eq!(largest[1].mean(1), Some(1));
        assert_eq!(largest[1].mean(2), None);
        assert_eq!(Largest::default().mean(1), None);
    }
}
