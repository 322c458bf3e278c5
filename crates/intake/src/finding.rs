//! What an officer should look at although it rejects nothing.

use std::collections::BTreeMap;

pub use crate::finding_kind::FindingKind;

/// How many row numbers a finding names.
pub(crate) const ROWS_NAMED: usize = 10;

/// A kind of oddity in a column, with how often and where; never a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What it is.
    pub kind: FindingKind,
    /// The sheet; `None` for a text file, and where the workbook has a single sheet with rows.
    pub sheet: Option<String>,
    /// The header in the file; `None` where the file or the row as a whole is meant.
    pub column: Option<String>,
    /// How often.
    pub count: u64,
    /// The first rows, as a spreadsheet counts them (the header is 1).
    pub rows: Vec<u64>,
}

/// Findings of a table while they are being counted, by kind and column of the contract.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    tallies: BTreeMap<(FindingKind, u16), Tally>,
}

#[derive(Debug, Default)]
struct Tally {
    count: u64,
    rows: Vec<u64>,
}

impl Findings {
    pub(crate) fn add(&mut self, kind: FindingKind, column: u16, row: u32) {
        let tally = self.tallies.entry((kind, column)).or_default();
        tally.count += 1;
        if tally.rows.len() < ROWS_NAMED {
            tally.rows.push(row.into());
        }
    }

    /// Adds another thread's; which rows are named does not depend on who saw them.
    ///
    /// Each thread sees its chunks in the order of the file, so its first rows are its smallest.
    pub(crate) fn merge(&mut self, other: Self) {
        for (key, tally) in other.tallies {
            let mine = self.tallies.entry(key).or_default();
            mine.count += tally.count;
            mine.rows.extend(tally.rows);
            mine.rows.sort_unstable();
            mine.rows.truncate(ROWS_NAMED);
        }
    }

    /// The findings of a table whose rows are counted from after `before`.
    pub(crate) fn into_list(self, sheet: Option<&str>, headers: &[String], before: u32) -> Vec<Finding> {
        self.tallies
            .into_iter()
            .map(|((kind, column), tally)| Finding {
                kind,
                sheet: sheet.map(str::to_owned),
                column: headers.get(usize::from(column)).cloned(),
                count: tally.count,
                rows: tally.rows.into_iter().map(|row| row.saturating_sub(before.into())).collect(),
            })
            .collect()
    }
}
