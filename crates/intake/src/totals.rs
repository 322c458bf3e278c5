//! Control totals: rows and money per benefit and month, added up from the text before any treatment.
//!
//! This module reads amounts in its own way, shared with nothing else, so that a mistake in the
//! treatment shows as totals that do not add up.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use arrow::array::{Array, AsArray};
use arrow::datatypes::{Date32Type, Decimal128Type};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use parquet::errors::ParquetError;
use unicode_normalization::UnicodeNormalization;
use yilian_contract::accounting::{ControlTotal, Sum};
use yilian_contract::{BenefitOf, Contract};

use crate::IntakeError;
use crate::cell::{CodeTable, TOO_MUCH, Unit};

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It is written.
    Delivered,
    /// It is in `rejects.csv`.
    Rejected,
    /// The person is not yet 60.
    OutOfScope,
    /// A protected person: not even counted as read.
    Excluded,
    /// A footer.
    Footer,
}

/// Benefit and month of a row; a number into the sorted codes, and days since 1970-01-01.
pub(crate) type Key = (Option<u16>, Option<i32>);

/// Benefit and month as the manifest names them.
pub(crate) type Named = (Option<String>, Option<String>);

/// Read, rejected and left out, per benefit and month.
#[derive(Debug)]
pub(crate) struct Totals {
    sums: Vec<(Key, [Sum; 3])>,
    /// Where a key was last found, by a few of its bits.
    guesses: [usize; GUESSES],
}

const GUESSES: usize = 256;

impl Default for Totals {
    fn default() -> Self {
        Self { sums: Vec::new(), guesses: [0; GUESSES] }
    }
}

impl Totals {
    /// Counts a row as read and, where it stays behind, why.
    pub(crate) fn add(&mut self, key: Key, fen: i64, fate: Fate) {
        if matches!(fate, Fate::Excluded | Fate::Footer) {
            return;
        }
        let Some((_, [read, rejected, left_out])) = self.place(key) else { return };
        let one = Sum { rows: 1, fen };
        match fate {
            Fate::Rejected => *rejected = plus(*rejected, one),
            Fate::OutOfScope => *left_out = plus(*left_out, one),
            Fate::Delivered | Fate::Excluded | Fate::Footer => {}
        }
        *read = plus(*read, one);
    }

    fn place(&mut self, key: Key) -> Option<&mut (Key, [Sum; 3])> {
        let mixed = key.0.map_or(0, usize::from).wrapping_mul(37) ^ usize::try_from(key.1.unwrap_or(0)).unwrap_or(0);
        let guess = self.guesses.get_mut(mixed % GUESSES)?;
        if self.sums.get(*guess).is_none_or(|(known, _)| *known != key) {
            *guess = self.sums.iter().position(|(known, _)| *known == key).unwrap_or(self.sums.len());
            if *guess == self.sums.len() {
                self.sums.push((key, [Sum::default(); 3]));
            }
        }
        self.sums.get_mut(*guess)
    }

    pub(crate) fn merge(&mut self, other: Self) {
        for (key, sums) in other.sums {
            let Some((_, mine)) = self.place(key) else { continue };
            for (mine, other) in mine.iter_mut().zip(sums) {
                *mine = plus(*mine, other);
            }
        }
    }

    /// Rows and money as they were read, by benefit and month of the manifest.
    pub(crate) fn named(&self, contract: &Contract, codes: &[String]) -> BTreeMap<Named, Sum> {
        self.sums.iter().map(|(key, [read, ..])| (name(*key, contract, codes), *read)).collect()
    }

    /// The totals of the manifest, with what was found written.
    pub(crate) fn into_list(
        self,
        contract: &Contract,
        codes: &[String],
        mut delivered: Delivered,
    ) -> Vec<ControlTotal> {
        let mut list = Vec::new();
        for (key, [read, rejected, left_out]) in self.sums {
            let (benefit, month) = name(key, contract, codes);
            let delivered = delivered.sums.remove(&(benefit.clone(), month.clone())).unwrap_or_default();
            list.push(ControlTotal { benefit, month, read, delivered, rejected, left_out });
        }
        // Written but never read: it must not be overlooked.
        for ((benefit, month), delivered) in delivered.sums {
            list.push(ControlTotal { benefit, month, delivered, ..ControlTotal::default() });
        }
        list.sort_unstable();
        list
    }
}

fn name((benefit, month): Key, contract: &Contract, codes: &[String]) -> Named {
    let benefit = match &contract.totals.benefit {
        BenefitOf::Column(_) => benefit.and_then(|at| codes.get(usize::from(at)).cloned()),
        BenefitOf::Constant(benefit) => Some(benefit.clone()),
        BenefitOf::None => None,
    };
    (benefit, month.and_then(month_text))
}

/// Saturates: a sum out of range never equals another one, so it is an imbalance.
fn plus(left: Sum, right: Sum) -> Sum {
    Sum { rows: left.rows.saturating_add(right.rows), fen: left.fen.saturating_add(right.fen) }
}

fn month_text(days: i32) -> Option<String> {
    let date = chrono::NaiveDate::from_num_days_from_ce_opt(days.checked_add(719_163)?)?;
    Some(date.format("%Y-%m").to_string())
}

/// The amount of a cell in fen, 0 where there is none or it cannot be read.
pub(crate) fn fen_of_text(text: &str, column: Unit) -> i64 {
    let text: String = text.nfkc().filter(|c| !c.is_whitespace()).collect();
    let places = if text.contains("万元") {
        6
    } else if text.contains('元') {
        2
    } else if text.contains('分') {
        0
    } else {
        match column {
            Unit::Fen => 0,
            Unit::Yuan => 2,
            Unit::TenThousandYuan => 6,
        }
    };
    let negative = text.contains(['-', '\u{2212}', '\u{2013}', '(']);
    let mut fen: i64 = 0;
    let mut decimals: Option<u32> = None;
    for c in text.chars() {
        if c == '.' {
            decimals = Some(0);
        }
        let Some(digit) = c.to_digit(10) else { continue };
        if decimals.is_some_and(|seen| seen >= places) {
            continue;
        }
        fen = fen.saturating_mul(10).saturating_add(digit.into());
        decimals = decimals.map(|seen| seen + 1);
    }
    let missing = places - decimals.unwrap_or(0).min(places);
    fen = fen.saturating_mul(10_i64.saturating_pow(missing));
    // Not money: its row is rejected, and its digits would push the sum out of range.
    if fen >= TOO_MUCH {
        return 0;
    }
    if negative { -fen } else { fen }
}

/// Rows and money that stand in a written `data.parquet`.
#[derive(Debug, Default)]
pub(crate) struct Delivered {
    sums: BTreeMap<Named, Sum>,
    /// All rows.
    pub(crate) rows: u64,
}

impl Delivered {
    /// Counts the file again, by nothing but what it holds.
    pub(crate) fn count(path: &Path, contract: &Contract, threads: usize) -> Result<Self, IntakeError> {
        let failed = |source| IntakeError::Parquet { path: path.to_owned(), source };
        let open = || File::open(path).map_err(|source| IntakeError::Input { path: path.to_owned(), source });
        let metadata = ArrowReaderMetadata::load(&open()?, ArrowReaderOptions::default()).map_err(failed)?;
        let groups = metadata.metadata().num_row_groups();
        let next = AtomicUsize::new(0);
        let count = || {
            let mut tally = Tally::default();
            loop {
                let group = next.fetch_add(1, Ordering::Relaxed);
                if group >= groups {
                    return Ok(tally);
                }
                let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(open()?, metadata.clone());
                tally.count(builder.with_row_groups(vec![group]), contract).map_err(failed)?;
            }
        };
        let tallies = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..threads.min(groups)).map(|_| scope.spawn(count)).collect();
            let joined = threads.into_iter().map(std::thread::ScopedJoinHandle::join);
            joined.map(|tally| tally.unwrap_or(Err(IntakeError::Bug { step: "count a row group" }))).collect::<Vec<_>>()
        });
        let mut delivered = Self::default();
        for tally in tallies {
            delivered.add(tally?, contract);
        }
        Ok(delivered)
    }

    /// Takes the rows of canaries out, as their own text adds up.
    pub(crate) fn without(mut self, canaries: &BTreeMap<Named, Sum>) -> Self {
        for (key, Sum { rows, fen }) in canaries {
            let sum = self.sums.entry(key.clone()).or_default();
            *sum = plus(*sum, Sum { rows: -rows, fen: -fen });
            self.rows = self.rows.saturating_sub(u64::try_from(*rows).unwrap_or(0));
        }
        self.sums.retain(|_, sum| *sum != Sum::default());
        self
    }

    fn add(&mut self, tally: Tally, contract: &Contract) {
        let constant = match &contract.totals.benefit {
            BenefitOf::Constant(benefit) => Some(benefit.as_str()),
            _ => None,
        };
        self.rows += tally.rows;
        for ((benefit, month), [sum, ..]) in tally.totals.sums {
            let name = benefit.and_then(|at| tally.benefits.get(usize::from(at))?.as_deref());
            let key = (name.or(constant).map(str::to_owned), month.and_then(month_text));
            let total = self.sums.entry(key).or_default();
            *total = plus(*total, sum);
        }
    }
}

/// Sums by benefit and month, the benefits numbered as they come.
#[derive(Default)]
struct Tally {
    benefits: Vec<Option<String>>,
    totals: Totals,
    rows: u64,
}

impl Tally {
    fn count(
        &mut self,
        builder: ParquetRecordBatchReaderBuilder<File>,
        contract: &Contract,
    ) -> Result<(), ParquetError> {
        let benefit = match &contract.totals.benefit {
            BenefitOf::Column(name) => Some(name.as_str()),
            _ => None,
        };
        let names = [benefit, contract.totals.month.as_deref(), contract.totals.amount.as_deref()];
        let mask = ProjectionMask::columns(builder.parquet_schema(), names.iter().flatten().copied());
        for batch in builder.with_projection(mask).with_batch_size(8192).build()? {
            let batch = batch?;
            let [benefits, months, amounts] = names.map(|name| name.and_then(|name| batch.column_by_name(name)));
            let benefits = benefits.map(AsArray::as_string::<i32>);
            let months = months.map(AsArray::as_primitive::<Date32Type>);
            let amounts = amounts.map(AsArray::as_primitive::<Decimal128Type>);
            for row in 0..batch.num_rows() {
                let benefit = benefits.filter(|array| array.is_valid(row)).map(|array| array.value(row));
                let month = months.filter(|array| array.is_valid(row)).map(|array| array.value(row));
                let fen = amounts.filter(|array| array.is_valid(row)).map_or(0, |array| array.value(row));
                self.add(benefit, month, i64::try_from(fen).unwrap_or(i64::MAX));
            }
        }
        Ok(())
    }

    fn add(&mut self, benefit: Option<&str>, month: Option<i32>, fen: i64) {
        let known = self.benefits.iter().position(|known| known.as_deref() == benefit);
        let number = known.unwrap_or_else(|| {
            self.benefits.push(benefit.map(str::to_owned));
            self.benefits.len() - 1
        });
        self.rows += 1;
        self.totals.add((u16::try_from(number).ok(), month), fen, Fate::Delivered);
    }
}

/// The codes of the benefit column, in the order of their numbers in a [`Key`].
pub(crate) fn benefit_codes(table: Option<&CodeTable>) -> Vec<String> {
    table.map(|table| table.codes().to_vec()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::cell::fen;

    proptest! {
        #[test]
        fn every_amount_that_is_accepted_is_added_up_as_the_same_number(
            text in "[-－(]?[0-9０-９]{1,3}(,[0-9]{3}){0,2}([.．][0-9]{0,2}0{0,2})?\\)?(元|分|万元|)",
        ) {
            for unit in [Unit::Yuan, Unit::Fen, Unit::TenThousandYuan] {
                if let Ok(Some(value)) = fen(&text, unit) {
                    prop_assert_eq!(fen_of_text(&text, unit), value, "{}", text);
                }
            }
        }
    }
}
