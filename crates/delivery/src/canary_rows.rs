//! Which rows of a delivery are about canaries: agreed people who do not exist (`schemas/canaries.csv`).

use std::collections::BTreeMap;

use arrow::array::AsArray;
use bytes::Bytes;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::errors::ParquetError;

use crate::manifest::Manifest;

type Token = [u8; 32];

const PERSON: &str = "person_token";

/// The rows of a delivery's canaries, found by the tokens that its manifest names.
///
/// A canary is found by its token alone: a row whose token was lost, cut or made with another key is not found, and
/// [`Self::differences`] says so. Where the manifest counts no rows of canaries they are looked for all the same: nobody of
/// their number may get a person id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CanaryRows {
    expected: Vec<Expected>,
    rows: Vec<u32>,
    planting: Planting,
}

/// Whether the manifest counts rows of canaries.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Planting {
    /// Each canary that it names has a row.
    Counted,
    /// No canary has one.
    #[default]
    None,
}

/// One number that some canaries share.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Expected {
    token: Token,
    /// The canaries that are written in different ways and mean this number; each has a row where rows are counted.
    names: Vec<String>,
    found: usize,
}

/// Canaries of one number with another number of rows than they have names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CanaryDifference {
    /// The canaries that share the number.
    pub names: Vec<String>,
    /// Rows that were found.
    pub found: usize,
    /// Rows that the manifest speaks of.
    pub expected: usize,
}

impl CanaryRows {
    /// Whom to look for in a delivery: everybody whose token its manifest names.
    pub fn of(manifest: &Manifest) -> Self {
        let mut expected: BTreeMap<Token, Vec<String>> = BTreeMap::new();
        for (name, token) in &manifest.canaries {
            // A token of another form is a fault of the manifest; no row has it.
            let token = hex::decode(token).ok().and_then(|token| Token::try_from(token).ok());
            if let Some(token) = token {
                expected.entry(token).or_default().push(name.clone());
            }
        }
        let expected = expected.into_iter().map(|(token, names)| Expected { token, names, found: 0 }).collect();
        let planting = if manifest.counts.canaries > 0 { Planting::Counted } else { Planting::None };
        Self { expected, rows: Vec::new(), planting }
    }

    /// Reads the person tokens of a delivery and finds the rows of its canaries.
    ///
    /// # Errors
    /// [`ParquetError`] where `data` cannot be read.
    pub fn find(manifest: &Manifest, data: &Bytes) -> Result<Self, ParquetError> {
        let mut found = Self::of(manifest);
        if found.expected.is_empty() {
            return Ok(found);
        }
        let builder = ParquetRecordBatchReaderBuilder::try_new(data.clone())?;
        let mask = ProjectionMask::columns(builder.parquet_schema(), [PERSON]);
        let mut next: u32 = 0;
        for batch in builder.with_projection(mask).build()? {
            let batch = batch?;
            let tokens = batch.column_by_name(PERSON).and_then(|column| column.as_fixed_size_binary_opt());
            for token in tokens.into_iter().flat_map(|tokens| tokens.iter()) {
                found.recognise(next, token);
                next = next.saturating_add(1);
            }
        }
        Ok(found)
    }

    /// Counts a row with this person token if it is a canary's, and says whether it is; rows are shown in order.
    pub fn recognise(&mut self, row: u32, token: Option<&[u8]>) -> bool {
        let Some(token) = token else { return false };
        let Some(expected) = self.expected.iter_mut().find(|expected| expected.token == *token) else { return false };
        expected.found += 1;
        self.rows.push(row);
        true
    }

    /// The rows that were found, in order.
    pub fn rows(&self) -> &[u32] {
        &self.rows
    }

    /// For each of so many rows, whether it is another than a canary's.
    pub fn others(&self, rows: usize) -> Vec<bool> {
        let mut others = vec![true; rows];
        for row in &self.rows {
            if let Some(other) = usize::try_from(*row).ok().and_then(|row| others.get_mut(row)) {
                *other = false;
            }
        }
        others
    }

    /// Every number that stands in more or in fewer rows than the manifest counts canaries of it.
    pub fn differences(&self) -> Vec<CanaryDifference> {
        let difference = |number: &Expected| {
            let expected = match self.planting {
                Planting::Counted => number.names.len(),
                Planting::None => 0,
            };
            let difference = CanaryDifference { names: number.names.clone(), found: number.found, expected };
            (number.found != expected).then_some(difference)
        };
        self.expected.iter().filter_map(difference).collect()
    }

    /// The person tokens of the canaries.
    pub fn tokens(&self) -> impl Iterator<Item = &[u8; 32]> {
        self.expected.iter().map(|expected| &expected.token)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    /// Canaries whose tokens are one byte repeated.
    fn looked_for(names: &[(&str, u8)]) -> CanaryRows {
        let mut expected: BTreeMap<Token, Vec<String>> = BTreeMap::new();
        for (name, byte) in names {
            expected.entry([*byte; 32]).or_default().push((*name).to_owned());
        }
        let expected = expected.into_iter().map(|(token, names)| Expected { token, names, found: 0 }).collect();
        CanaryRows { expected, rows: Vec::new(), planting: Planting::Counted }
    }

    proptest! {
        #[test]
        fn every_row_with_a_token_of_a_canary_is_found_and_no_other(
            tokens in prop::collection::vec(prop::option::of(0_u8..5), 0..40),
        ) {
            let names = [("one", 1), ("again", 1), ("two", 2)];
            let mut canaries = looked_for(&names);
            for (row, token) in (0..).zip(&tokens) {
                canaries.recognise(row, token.map(|byte| [byte; 32]).as_ref().map(<[u8; 32]>::as_slice));
            }
            let is_canary: Vec<bool> = tokens.iter().map(|token| matches!(token, Some(1 | 2))).collect();
            prop_assert_eq!(canaries.rows().len(), is_canary.iter().filter(|is| **is).count());
            let others: Vec<bool> = is_canary.iter().map(|is| !is).collect();
            prop_assert_eq!(canaries.others(tokens.len()), others);
            let count = |byte| tokens.iter().filter(|token| **token == Some(byte)).count();
            let wrong = [(1, 2), (2, 1)].into_iter().filter(|(byte, rows)| count(*byte) != *rows);
            let found: Vec<usize> = canaries.differences().iter().map(|difference| difference.found).collect();
            prop_assert_eq!(found, wrong.map(|(byte, _)| count(byte)).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_row_of_a_canary_that_the_manifest_does_not_count_is_a_difference() {
        let mut canaries = CanaryRows { planting: Planting::None, ..looked_for(&[("one", 1), ("two", 2)]) };
        assert_eq!(canaries.differences(), []);
        assert!(canaries.recognise(0, Some(&[1; 32])));
        let difference = CanaryDifference { names: vec!["one".to_owned()], found: 1, expected: 0 };
        assert_eq!(canaries.differences(), [difference]);
    }

    #[test]
    fn a_token_that_was_cut_is_no_canary() {
        let mut canaries = looked_for(&[("one", 1)]);
        assert!(!canaries.recognise(0, Some(&[1; 16])) && !canaries.recognise(1, None));
        assert!(canaries.recognise(2, Some(&[1; 32])));
        assert_eq!(canaries.rows(), [2]);
    }
}
