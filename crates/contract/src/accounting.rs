//! What a delivery's manifest says about rows and money, so that the hub can prove that nothing was lost.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A number of rows and the money on them, in fen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Sum {
    /// Rows.
    pub rows: i64,
    /// Money in fen; rows without an amount count as 0.
    pub fen: i64,
}

impl Sum {
    /// Adds one row with its amount; `None` if the total leaves the range of an `i64`.
    #[must_use]
    pub fn plus(self, other: Self) -> Option<Self> {
        Some(Self { rows: self.rows.checked_add(other.rows)?, fen: self.fen.checked_add(other.fen)? })
    }
}

/// The control totals of one benefit and month, added up from the text before any treatment.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ControlTotal {
    /// Benefit code; `None` where the dataset has no benefit or its cell could not be read.
    pub benefit: Option<String>,
    /// Month as `YYYY-MM`; `None` where the dataset has no month or its cell could not be read.
    pub month: Option<String>,
    /// All rows of the extract.
    pub read: Sum,
    /// Rows that are in the delivery.
    pub delivered: Sum,
    /// Rows in `rejects.csv`.
    pub rejected: Sum,
    /// Rows that stay because the person is out of scope.
    pub left_out: Sum,
}

/// Row counts of one delivery.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counts {
    /// Data rows of the extract, without footers, empty rows and rows of protected people.
    pub read: u64,
    /// Rows of the extract in `data.parquet`.
    pub delivered: u64,
    /// Rows of canaries in `data.parquet`, which no other number counts; 0 where the dataset carries none.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub canaries: u64,
    /// Rows of people who are not yet 60 on 31 December of the period's year.
    pub out_of_scope: u64,
    /// Rows of protected people (`exclude.txt`); `None` in every delivery of less than a whole year.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub excluded: Option<u64>,
    /// Rejected rows by reason.
    pub rejected: BTreeMap<String, u64>,
    /// Delivered rows whose token comes from a 15-digit number.
    pub upgraded: u64,
    /// Delivered rows without a person (or worker) token.
    pub null_tokens: u64,
    /// Findings that reject nothing, by kind: `sex_differs_from_id`, `date_after_period` …
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub findings: BTreeMap<String, u64>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks by reference")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

impl Counts {
    /// All rows of `data.parquet`.
    pub fn written(&self) -> u64 {
        self.delivered.saturating_add(self.canaries)
    }

    /// All rejected rows.
    pub fn rejected_rows(&self) -> u64 {
        self.rejected.values().sum()
    }

    /// Whether every row that was read is delivered, out of scope or rejected.
    pub fn balance(&self) -> bool {
        self.read == self.delivered + self.out_of_scope + self.rejected_rows()
    }
}

/// A benefit and month whose rows or money do not add up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imbalance {
    /// As in [`ControlTotal::benefit`].
    pub benefit: Option<String>,
    /// As in [`ControlTotal::month`].
    pub month: Option<String>,
    /// What was read.
    pub read: Sum,
    /// What was delivered, rejected and left out, together; `None` if it leaves the range of an `i64`.
    pub accounted: Option<Sum>,
}

/// Every benefit and month for which read differs from delivered + rejected + left out.
pub fn imbalance(totals: &[ControlTotal]) -> Vec<Imbalance> {
    totals
        .iter()
        .filter_map(|total| {
            let accounted = total.delivered.plus(total.rejected).and_then(|together| together.plus(total.left_out));
            (accounted != Some(total.read)).then(|| Imbalance {
                benefit: total.benefit.clone(),
                month: total.month.clone(),
                read: total.read,
                accounted,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn total(read: (i64, i64), delivered: (i64, i64), rejected: (i64, i64)) -> ControlTotal {
        let sum = |(rows, fen)| Sum { rows, fen };
        ControlTotal {
            benefit: Some("MZ01".to_owned()),
            month: Some("2025-01".to_owned()),
            read: sum(read),
            delivered: sum(delivered),
            rejected: sum(rejected),
            left_out: Sum::default(),
        }
    }

    #[test]
    fn totals_that_add_up_are_balanced() {
        assert_eq!(imbalance(&[total((3, 300), (2, 250), (1, 50))]), []);
    }

    #[test]
    fn a_lost_row_is_named_with_its_benefit_and_month() {
        let found = imbalance(&[total((3, 300), (2, 300), (0, 0))]);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].benefit.as_deref(), Some("MZ01"));
        assert_eq!(found[0].accounted, Some(Sum { rows: 2, fen: 300 }));
    }

    #[test]
    fn money_out_of_range_is_an_imbalance_and_no_wrapped_number() {
        let found = imbalance(&[total((2, 0), (1, i64::MAX), (1, i64::MAX))]);
        assert_eq!(found[0].accounted, None);
    }
}
