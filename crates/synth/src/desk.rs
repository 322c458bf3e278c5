//! The desk at which the rows of one person are written and noted for the oracle.

use std::collections::BTreeMap;

use crate::calendar::Month;
use crate::clerk::{Care, Recorded};
use crate::dataset::Dataset;
use crate::dice::Dice;
use crate::draw::Draw;
use crate::error::SynthError;
use crate::fact::{Fact, Fate, Says};
use crate::files::{Files, RowRef};
use crate::person::Person;
use crate::place::Places;
use crate::spelling::Row;

/// Rows and fen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Sum {
    /// Rows.
    pub rows: u64,
    /// Fen.
    pub fen: i64,
}

/// What was written, by dataset, period, benefit (empty if none) and month of entitlement.
pub type Control = BTreeMap<(Dataset, u32, &'static str, Option<Month>), Sum>;

/// Shared by all people: the files and the sums.
#[derive(Debug)]
pub struct Desk<'a> {
    /// The open files.
    pub files: Files,
    /// The counties.
    pub places: &'a Places,
    /// The year.
    pub year: i32,
    /// How many facilities there are.
    pub facilities: u32,
    /// Rows and fen written.
    pub control: Control,
    row: Row,
}

/// One person's papers.
#[derive(Debug)]
pub struct Case<'a> {
    /// What is true.
    pub person: &'a Person,
    /// What is drawn.
    pub draws: &'a [Draw],
    /// What the offices wrote.
    pub facts: Vec<Fact>,
    /// Randomness of the household.
    pub dice: &'a mut Dice,
    numbers: u64,
}

impl<'a> Case<'a> {
    /// Opens the papers of a person.
    pub fn new(person: &'a Person, draws: &'a [Draw], dice: &'a mut Dice) -> Self {
        Self { person, draws, facts: Vec::new(), dice, numbers: 0 }
    }

    /// Records the person in a dataset.
    pub fn recorded(&mut self) -> Recorded {
        Recorded::new(self.person, Care::Usual, self.dice)
    }

    /// A number that no other payment or event has.
    pub fn next_number(&mut self) -> u64 {
        self.numbers += 1;
        self.person.number * 1_000 + self.numbers
    }

    /// Notes what a row says.
    pub fn note(&mut self, row: RowRef, recorded: &Recorded, fate: Fate, says: Says) {
        self.facts.push(Fact { row, link: recorded.link, fate, says });
    }

    /// True if the person draws this benefit in a month.
    pub fn draws(&self, benefit: &str, month: Month) -> bool {
        self.draws.iter().any(|draw| draw.benefit == benefit && draw.from <= month && month <= draw.until)
    }
}

impl<'a> Desk<'a> {
    /// A desk with no file open.
    pub fn new(files: Files, places: &'a Places, year: i32, facilities: u32) -> Self {
        let (control, row) = (Control::new(), Row::default());
        Self { files, places, year, facilities, control, row }
    }

    /// January of the year.
    pub const fn january(&self) -> Month {
        Month::new(self.year, 1)
    }

    /// December of the year.
    pub const fn december(&self) -> Month {
        Month::new(self.year, 12)
    }

    /// Writes a row about a person: the person block, then what `cells` adds.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write(
        &mut self,
        (dataset, month): (Dataset, u32),
        recorded: &Recorded,
        throw: u32,
        cells: impl FnOnce(&mut Row),
    ) -> Result<RowRef, SynthError> {
        self.row.begin(self.files.style(dataset, month), throw);
        recorded.write(&mut self.row);
        cells(&mut self.row);
        debug_assert_eq!(self.row.len(), dataset.layout().columns.len() + 4, "{dataset:?}");
        self.files.write(dataset, month, &self.row)
    }

    /// Writes a row that is about no person.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write_plain(
        &mut self,
        dataset: Dataset,
        month: u32,
        throw: u32,
        cells: impl FnOnce(&mut Row),
    ) -> Result<RowRef, SynthError> {
        self.row.begin(self.files.style(dataset, month), throw);
        cells(&mut self.row);
        debug_assert_eq!(self.row.len(), dataset.layout().columns.len(), "{dataset:?}");
        self.files.write(dataset, month, &self.row)
    }

    /// Adds a row to the sums.
    pub fn count(&mut self, row: RowRef, benefit: &'static str, month: Option<Month>, fen: i64) {
        let sum = self.control.entry((row.dataset, row.period, benefit, month)).or_default();
        sum.rows += 1;
        sum.fen += fen;
    }
}

/// Cuts the identifier of a row's fate out of a throw.
pub const fn fate(rejected: bool) -> Fate {
    if rejected { Fate::Rejected } else { Fate::Delivered }
}
