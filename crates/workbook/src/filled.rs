//! Reads the answers of a workbook that an officer filled in.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::NaiveDate;
use yilian_delivery::{Clue, ClueKind};

use crate::answer::{Answer, Answers};
use crate::column::{Column, folded};
use crate::decision::Decisions;
use crate::error::WorkbookError;
use crate::fault::{Fault, Place, Wrong};
use crate::grid::{Grid, grids};
use crate::judge::{ClueCell, Row};
use crate::sheet_name::{KINDS, kind_of, short};

/// The header stands within so many rows, whatever was inserted above it.
const HEADER_WITHIN: u32 = 40;

/// The clues that an office has received, as far as it still knows them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    clues: BTreeMap<u64, ClueKind>,
}

/// What reading a workbook needs to know.
#[derive(Debug)]
pub struct Reading<'a> {
    /// The workbook, a CSV of one sheet, or a folder of CSV files.
    pub path: &'a Path,
    /// No decision is of a later day.
    pub today: NaiveDate,
    /// The decisions that may be taken.
    pub decisions: &'a Decisions,
    /// The clues that were received; if there are none, every number is believed.
    pub known: &'a Known,
}

/// Reads every answer of a workbook, or says everything that is wrong with it.
///
/// Sheets may be renamed as long as the clues are known, rows may be missing or in another order, columns too, and there
/// may be notes anywhere.
///
/// # Errors
/// [`WorkbookError::Faults`] with all faults.
pub fn read(reading: &Reading<'_>) -> Result<Answers, WorkbookError> {
    let mut found = Found { reading, answers: BTreeMap::new(), listed: Answers::default(), faults: Vec::new() };
    let mut clue_sheets = 0;
    for (number, grid) in (1..).zip(grids(reading.path)?) {
        clue_sheets += u32::from(found.sheet(number, &grid));
    }
    if clue_sheets == 0 && found.faults.is_empty() {
        return Err(WorkbookError::NoClueSheet { path: reading.path.to_owned() });
    }
    if !found.faults.is_empty() {
        return Err(WorkbookError::Faults { path: reading.path.to_owned(), faults: found.faults });
    }
    let answers = found.answers.into_values().map(|(answer, _)| answer).collect();
    Ok(Answers { answers, ..found.listed })
}

struct Found<'a> {
    reading: &'a Reading<'a>,
    answers: BTreeMap<(ClueKind, u64), (Answer, Place)>,
    listed: Answers,
    faults: Vec<Fault>,
}

impl Found<'_> {
    /// Takes the answers of a sheet; false if it is no clue sheet.
    fn sheet(&mut self, number: u32, grid: &Grid) -> bool {
        let Some(header) = header_row(grid) else {
            // A sheet that is named like ours and has lost its header would be lost in silence.
            if let Some(kind) = kind_of(&grid.name).filter(|_| !grid.rows.is_empty()) {
                let place = Place { sheet: number, kind: Some(kind), row: None };
                self.faults.push(Fault { place, wrong: Wrong::ColumnMissing { header: Column::Decision.header() } });
            }
            return false;
        };
        let kind = kind_of(&grid.name).or_else(|| kind_above(grid, header));
        let place = |row| Place { sheet: number, kind, row };
        let mut places = BTreeMap::new();
        for column in Column::NEEDED {
            match columns(grid, header, column).as_slice() {
                [] => self
                    .faults
                    .push(Fault { place: place(None), wrong: Wrong::ColumnMissing { header: column.header() } }),
                [only] => drop(places.insert(column, *only)),
                _ => self
                    .faults
                    .push(Fault { place: place(None), wrong: Wrong::ColumnTwice { header: column.header() } }),
            }
        }
        if places.len() < Column::NEEDED.len() {
            return true;
        }
        let months = columns(grid, header, Column::Months).first().copied();
        for row in grid.rows.range(header + 1..).map(|(row, _)| *row) {
            let cell = |column| places.get(&column).map_or("", |place| grid.cell(row, *place));
            let cells = Row {
                clue: cell(Column::Clue),
                decision: cell(Column::Decision),
                recovered: cell(Column::Recovered),
                heard: cell(Column::Heard),
                decided_on: cell(Column::DecidedOn),
                months: months.map_or("", |place| grid.cell(row, place)),
            };
            self.row(&cells, place(Some(row + 1)));
        }
        true
    }

    fn row(&mut self, row: &Row<'_>, place: Place) {
        let reading = self.reading;
        let clue_id = match row.clue() {
            ClueCell::Number(number) => number,
            ClueCell::Damaged if row.begun() => return self.fault(place, Wrong::ClueDamaged),
            // A note may stand in any column; a decision may not stand without its clue.
            ClueCell::Words if reading.decisions.knows(row.decision) => return self.fault(place, Wrong::ClueMissing),
            ClueCell::Damaged | ClueCell::Words => return,
        };
        let kind = match reading.known.kind(clue_id) {
            Ok(known) => known.or(place.kind),
            Err(()) if row.begun() => return self.fault(place, Wrong::ClueUnknown),
            Err(()) => return,
        };
        let Some(kind) = kind else {
            if row.begun() {
                self.fault(place, Wrong::KindUnknown);
            }
            return;
        };
        self.listed.listed.insert((kind, clue_id));
        if !row.begun() {
            return;
        }
        match row.answer((kind, clue_id), reading.decisions, reading.today) {
            Ok(answer) => self.answer(answer, place),
            Err(wrong) => self.faults.extend(wrong.into_iter().map(|wrong| Fault { place, wrong })),
        }
    }

    fn answer(&mut self, answer: Answer, place: Place) {
        match self.answers.get(&answer.clue()) {
            Some((same, _)) if *same == answer => {}
            Some((_, other)) => {
                let other = *other;
                self.fault(place, Wrong::AnsweredTwice { other });
            }
            None => drop(self.answers.insert(answer.clue(), (answer, place))),
        }
    }

    fn fault(&mut self, place: Place, wrong: Wrong) {
        self.faults.push(Fault { place, wrong });
    }
}

/// The row with the headers of clue number and decision.
fn header_row(grid: &Grid) -> Option<u32> {
    let has = |row, column| !columns(grid, row, column).is_empty();
    let rows = grid.rows.range(..HEADER_WITHIN).map(|(row, _)| *row);
    rows.into_iter().find(|row| has(*row, Column::Clue) && has(*row, Column::Decision))
}

/// Where a header stands in a row.
fn columns(grid: &Grid, row: u32, column: Column) -> Vec<u32> {
    let wanted = folded(column.header());
    let cells = grid.rows.get(&row).into_iter().flatten();
    cells.filter(|(_, text)| folded(text) == wanted).map(|(place, _)| *place).collect()
}

/// The kind that the title above a header names.
fn kind_above(grid: &Grid, header: u32) -> Option<ClueKind> {
    let cells = grid.rows.range(..header).flat_map(|(_, cells)| cells.values());
    cells.into_iter().find_map(|text| kind_of(text))
}

impl Known {
    /// The clues of a parcel.
    pub fn of(clues: &[Clue]) -> Self {
        let numbered = clues.iter().filter_map(|clue| Some((clue.clue_id.parse().ok()?, clue.kind)));
        Self { clues: numbered.collect() }
    }

    /// The kind of a clue, `None` if nothing is known of any clue; `Err` if others are known and this one is not.
    fn kind(&self, clue_id: u64) -> Result<Option<ClueKind>, ()> {
        match self.clues.get(&clue_id) {
            Some(kind) => Ok(Some(*kind)),
            None if self.clues.is_empty() => Ok(None),
            None => Err(()),
        }
    }

    /// Adds the clues of another parcel.
    pub fn add(&mut self, other: Self) {
        self.clues.extend(other.clues);
    }

    /// A line for each clue, which holds nothing about anybody.
    pub fn to_text(&self) -> String {
        let line = |(number, kind): (&u64, &ClueKind)| format!("{number} {}\n", short(*kind));
        self.clues.iter().map(line).collect()
    }

    /// Reads what [`Self::to_text`] wrote; other lines are left out.
    pub fn from_text(text: &str) -> Self {
        let clue = |line: &str| {
            let (number, kind) = line.split_once(' ')?;
            Some((number.parse().ok()?, KINDS.into_iter().find(|known| short(*known) == kind)?))
        };
        Self { clues: text.lines().filter_map(clue).collect() }
    }
}
