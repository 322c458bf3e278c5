//! The desk at which the rows of one person are written and noted for the oracle.

use std::collections::BTreeMap;

use crate::calendar::Month;
use crate::clerk::{Care, Recorded};
use crate::dataset::Dataset;
use crate::dice::Dice;
use crate::draw::Draw;
use crate::error::SynthError;
use crate::fact::{Fact, Fate, Link, Says};
use crate::files::{Files, RowRef};
use crate::oracle::provider::Providers;
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
    /// Units and fen of service orders, by provider, service and month.
    pub services: BTreeMap<(u32, &'static str, Month), (i64, i64)>,
    /// People insured, and insured in long-term care, by county and scheme.
    pub insured_people: BTreeMap<(u32, &'static str), (u64, u64)>,
    /// The days of providers.
    pub providers: Providers,
    /// How many carers each provider of services has on record.
    pub staff: BTreeMap<u32, u64>,
    /// The last household that had its home renovated.
    pub renovated: Option<u64>,
    row: Row,
    /// Rows of which the number identifies nobody for sure, since the last look.
    weak: Vec<(RowRef, Link)>,
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
    /// Values of a marked person that must be found nowhere but here.
    pub marks: Vec<(&'static str, String)>,
    marked: Marked,
    numbers: u64,
}

/// Whether a person is one of those whose data are searched for afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Marked {
    /// Yes.
    Yes,
    /// No.
    No,
}

impl<'a> Case<'a> {
    /// Opens the papers of a person.
    pub fn new(person: &'a Person, draws: &'a [Draw], dice: &'a mut Dice, marked: Marked) -> Self {
        let (facts, marks) = (Vec::new(), Vec::new());
        Self { person, draws, facts, dice, marks, marked, numbers: 0 }
    }

    /// Notes a value of a marked person.
    pub fn mark(&mut self, kind: &'static str, value: &str) {
        if self.marked == Marked::Yes {
            self.marks.push((kind, value.to_owned()));
        }
    }

    /// Records the person in a dataset.
    pub fn recorded(&mut self) -> Recorded {
        Recorded::new(self.person, Care::Usual, self.dice)
    }

    /// Records the person with a number of 15 digits.
    pub fn recorded_in_old_form(&mut self) -> Recorded {
        Recorded::new(self.person, Care::OldForm, self.dice)
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
}

impl<'a> Desk<'a> {
    /// A desk with no file open.
    pub fn new(files: Files, places: &'a Places, year: i32, facilities: u32) -> Self {
        let (services, insured_people) = (BTreeMap::new(), BTreeMap::new());
        let (control, row) = (Control::new(), Row::default());
        let (providers, staff) = (Providers::default(), BTreeMap::new());
        Self {
            files,
            places,
            year,
            facilities,
            control,
            services,
            insured_people,
            providers,
            staff,
            renovated: None,
            row,
            weak: Vec::new(),
        }
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
        let row = self.files.write(dataset, month, &self.row)?;
        if recorded.link != Link::Valid {
            self.weak.push((row, recorded.link));
        }
        Ok(row)
    }

    /// The rows written since the last call whose number has 15 digits or identifies nobody.
    pub fn take_weak(&mut self) -> Vec<(RowRef, Link)> {
        std::mem::take(&mut self.weak)
    }

    /// How many institutions there are; they are numbered from 1.
    pub const fn institutions(&self) -> u32 {
        self.facilities
    }

    /// Adds a service order to the sums of its provider.
    pub fn served(&mut self, key: (u32, &'static str, Month), units: i64, fen: i64) {
        let sum = self.services.entry(key).or_default();
        sum.0 += units;
        sum.1 += fen;
    }

    /// Adds an insured person to the sums of a county and scheme.
    pub fn insured(&mut self, key: (u32, &'static str), in_long_term_care: bool) {
        let sum = self.insured_people.entry(key).or_default();
        sum.0 += 1;
        sum.1 += u64::from(in_long_term_care);
    }

    /// Writes a row that is about no person.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write_plain(
        &mut self,
        (dataset, month): (Dataset, u32),
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

/// The fate of a row that must, or must not, be rejected.
pub const fn fate(rejected: bool) -> Fate {
    if rejected { Fate::Rejected } else { Fate::Delivered }
}
