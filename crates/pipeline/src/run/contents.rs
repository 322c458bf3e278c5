//! What the rows of a table are, or follow from, in short: of all of them or month by month.

use std::collections::{BTreeMap, BTreeSet};

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::Date32Type;
use datafusion::common::hash_utils::{RandomState, create_hashes};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::RunError;

/// The column by which rows belong to a month.
pub(crate) const MONTH: &str = "month";

/// A month as Arrow counts its first day.
pub(crate) type Month = i32;

/// Digests of which equal ones mean equal rows; other ones may.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Contents {
    /// Of all rows.
    Whole(String),
    /// Of the rows of each month; a month without rows has none.
    ByMonth(BTreeMap<Month, String>),
}

impl Contents {
    /// Those of a table whose rows follow from `parts` alone.
    pub(crate) fn following_from<'p>(parts: impl IntoIterator<Item = &'p str>) -> String {
        let mut digest = Sha256::new();
        for part in parts {
            digest.update((part.len() as u64).to_le_bytes());
            digest.update(part);
        }
        hex::encode(digest.finalize())
    }

    /// Those of rows at hand, in whatever order; month by month where each has its month. Each row counts with two seeded hashes of
    /// 64 bits, which are summed.
    ///
    /// # Errors
    /// A column that cannot be hashed.
    pub(crate) fn of_rows(batches: &[RecordBatch], has_months: bool) -> Result<Self, RunError> {
        let has_months = has_months && batches.iter().all(|batch| months_of(batch).is_ok());
        let mut sums: BTreeMap<Month, [u64; 3]> = BTreeMap::new();
        for batch in batches {
            let months = if has_months { months_of(batch)? } else { vec![0; batch.num_rows()] };
            let hashes = |seed| -> Result<Vec<u64>, RunError> {
                let mut hashes = vec![0; batch.num_rows()];
                create_hashes(batch.columns(), &RandomState::with_seed(seed), &mut hashes)
                    .map_err(|error| RunError::arrow("the rows of a bucket")(error.into()))?;
                Ok(hashes)
            };
            for ((month, first), second) in months.into_iter().zip(hashes(1)?).zip(hashes(2)?) {
                let [rows, firsts, seconds] = sums.entry(month).or_default();
                *rows += 1;
                *firsts = firsts.wrapping_add(first);
                *seconds = seconds.wrapping_add(second);
            }
        }
        let digest = |[rows, firsts, seconds]: [u64; 3]| format!("{rows} {firsts:016x}{seconds:016x}");
        let mut digests = sums.into_iter().map(|(month, sums)| (month, digest(sums)));
        Ok(if has_months {
            Self::ByMonth(digests.collect())
        } else {
            Self::Whole(digests.next().map(|(_, digest)| digest).unwrap_or_default())
        })
    }

    /// The same of rows that follow from something else besides.
    pub(crate) fn beside(&self, other: &str) -> Self {
        let beside = |digest: &String| Self::following_from([digest.as_str(), other]);
        match self {
            Self::Whole(digest) => Self::Whole(beside(digest)),
            Self::ByMonth(digests) => {
                Self::ByMonth(digests.iter().map(|(month, digest)| (*month, beside(digest))).collect())
            }
        }
    }

    /// That of one month; empty where it has no rows. Rows without months count for every month.
    pub(crate) fn of_month(&self, month: Month) -> &str {
        match self {
            Self::Whole(digest) => digest,
            Self::ByMonth(digests) => digests.get(&month).map_or("", String::as_str),
        }
    }

    /// The months that have rows.
    pub(crate) fn months(&self) -> BTreeSet<Month> {
        match self {
            Self::Whole(_) => BTreeSet::new(),
            Self::ByMonth(digests) => digests.keys().copied().collect(),
        }
    }

    /// That of the rows that are meant. Rows without months are always meant.
    pub(crate) fn of_extent(&self, extent: &Extent) -> String {
        match self {
            Self::Whole(digest) => digest.clone(),
            Self::ByMonth(digests) => {
                let meant = digests.iter().filter(|(month, _)| extent.contains(**month));
                let months: Vec<String> = meant.map(|(month, digest)| format!("{month} {digest}")).collect();
                Self::following_from(months.iter().map(String::as_str))
            }
        }
    }

    /// The same with some months as `other` has them.
    pub(crate) fn with_months(mut self, months: &BTreeSet<Month>, other: &Self) -> Self {
        if let Self::ByMonth(digests) = &mut self {
            for month in months {
                match other.of_month(*month) {
                    "" => digests.remove(month),
                    digest => digests.insert(*month, digest.to_owned()),
                };
            }
        }
        self
    }

    /// The months in which these differ from `before`.
    pub(crate) fn differing(&self, before: &Self) -> BTreeSet<Month> {
        let months: BTreeSet<Month> = self.months().union(&before.months()).copied().collect();
        months.into_iter().filter(|month| self.of_month(*month) != before.of_month(*month)).collect()
    }
}

/// Which rows of a table are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Extent {
    All,
    Months(BTreeSet<Month>),
    /// The months before this one.
    Before(Month),
    /// This month and those after it.
    From(Month),
}

impl Extent {
    pub(crate) fn is_empty(&self) -> bool {
        matches!(self, Self::Months(months) if months.is_empty())
    }

    pub(crate) fn contains(&self, month: Month) -> bool {
        match self {
            Self::All => true,
            Self::Months(months) => months.contains(&month),
            Self::Before(end) => month < *end,
            Self::From(start) => month >= *start,
        }
    }

    /// Whether all rows of `other` are meant too.
    pub(crate) fn covers(&self, other: &Self) -> bool {
        match other {
            Self::Months(months) => months.iter().all(|month| self.contains(*month)),
            _ => *self == Self::All || self == other,
        }
    }
}

/// The month of each row.
///
/// # Errors
/// No such column, or a row whose month nobody knows.
pub(crate) fn months_of(batch: &RecordBatch) -> Result<Vec<Month>, RunError> {
    let months = batch.column_by_name(MONTH).and_then(|column| column.as_primitive_opt::<Date32Type>());
    match months {
        Some(months) if months.null_count() == 0 => Ok(months.values().to_vec()),
        _ => Err(RunError::Unreadable { what: "the month of a row" }),
    }
}

/// The rows of each month, in order of month and then as they stand.
///
/// # Errors
/// Those of [`months_of`].
pub(crate) fn rows_by_month(batch: &RecordBatch) -> Result<BTreeMap<Month, Vec<u32>>, RunError> {
    let mut found: BTreeMap<Month, Vec<u32>> = BTreeMap::new();
    for (row, month) in (0..).zip(months_of(batch)?) {
        found.entry(month).or_default().push(row);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, Date32Array, StringViewArray};

    use super::*;

    fn rows(rows: &[(Option<Month>, &str)]) -> RecordBatch {
        let months: ArrayRef = Arc::new(rows.iter().map(|(month, _)| *month).collect::<Date32Array>());
        let benefits: ArrayRef = Arc::new(rows.iter().map(|(_, benefit)| Some(*benefit)).collect::<StringViewArray>());
        RecordBatch::try_from_iter_with_nullable([(MONTH, months, true), ("benefit", benefits, true)]).unwrap()
    }

    fn contents(batches: &[RecordBatch]) -> Contents {
        Contents::of_rows(batches, true).unwrap()
    }

    #[test]
    fn rows_in_another_order_and_other_batches_have_the_same_contents() {
        let one = contents(&[rows(&[(Some(0), "MZ01"), (Some(31), "MZ02"), (Some(0), "MZ03")])]);
        let other = contents(&[rows(&[(Some(0), "MZ03")]), rows(&[]), rows(&[(Some(31), "MZ02"), (Some(0), "MZ01")])]);
        assert_eq!(one, other);
        assert_eq!(one.of_extent(&Extent::All), other.of_extent(&Extent::All));
    }

    #[test]
    fn a_row_that_changes_moves_or_stands_twice_changes_its_months_and_no_others() {
        let before = contents(&[rows(&[(Some(0), "MZ01"), (Some(31), "MZ02"), (Some(59), "MZ01")])]);
        let differing = |later: &[(Option<Month>, &str)]| contents(&[rows(later)]).differing(&before);
        assert_eq!(differing(&[(Some(0), "MZ09"), (Some(31), "MZ02"), (Some(59), "MZ01")]), [0].into());
        assert_eq!(differing(&[(Some(0), "MZ01"), (Some(90), "MZ02"), (Some(59), "MZ01")]), [31, 90].into());
        let twice = [(Some(0), "MZ01"), (Some(31), "MZ02"), (Some(31), "MZ02"), (Some(59), "MZ01")];
        assert_eq!(differing(&twice), [31].into());
        assert!(differing(&twice[1..]).contains(&0), "a month without rows differs from one with rows");
    }

    #[test]
    fn what_is_closed_is_told_apart_from_what_is_open() {
        let before = contents(&[rows(&[(Some(0), "MZ01"), (Some(31), "MZ02")])]);
        let now = contents(&[rows(&[(Some(0), "MZ01"), (Some(31), "MZ03"), (Some(59), "MZ02")])]);
        let of = |extent: &Extent| (before.of_extent(extent), now.of_extent(extent));
        let (one, other) = of(&Extent::Before(31));
        assert_eq!(one, other);
        let (one, other) = of(&Extent::From(31));
        assert_ne!(one, other);
        assert!(Extent::From(31).covers(&Extent::Months([31, 59].into())));
        assert!(!Extent::From(31).covers(&Extent::Months([0, 31].into())) && !Extent::From(31).covers(&Extent::All));
    }

    #[test]
    fn rows_without_a_month_count_for_every_month() {
        let found = contents(&[rows(&[(None, "MZ01")])]);
        assert!(matches!(found, Contents::Whole(_)) && found.of_month(7) == found.of_extent(&Extent::From(7)));
        assert_ne!(found, contents(&[rows(&[(None, "MZ02")])]));
    }

    #[test]
    fn what_follows_from_parts_tells_where_one_ends() {
        let following = |parts: &[&str]| Contents::following_from(parts.iter().copied());
        assert_ne!(following(&["ab", "c"]), following(&["a", "bc"]));
        assert_ne!(following(&["ab"]), following(&["ab", ""]));
    }

    #[test]
    fn months_are_taken_from_another_night_or_go() {
        let [before, now] = [[(Some(0), "MZ01"), (Some(31), "MZ02")], [(Some(0), "MZ09"), (Some(59), "MZ09")]]
            .map(|months| contents(&[rows(&months)]));
        let mixed = before.clone().with_months(&[31, 59].into(), &now);
        assert_eq!(mixed.months(), [0, 59].into());
        assert_eq!((mixed.of_month(0), mixed.of_month(59)), (before.of_month(0), now.of_month(59)));
    }
}
