//! Finds the rows of an extract that are about one person, as they stand there.

use std::fmt;
use std::path::Path;

use chrono::NaiveDate;
use yilian_contract::{Contract, Schemas, TokenKind, Treatment};

use super::walk::{Extract, TablePlace, walk};
use super::{Plain, SourcePlace};
use crate::IntakeError;
use crate::canonical::{CanonicalId, canonical_id};
use crate::plan::Plan;
use crate::prepare::excluded;
use crate::source::Cells;

/// Whose rows of which extract are asked for.
pub struct SubjectRequest<'a> {
    /// Contracts and code lists.
    pub schemas: &'a Schemas,
    /// The contract of the dataset.
    pub contract: &'a Contract,
    /// The extract.
    pub extract: &'a Path,
    /// The person's number; one that gives no token finds nothing.
    pub id: &'a CanonicalId,
}

/// What an extract holds about one person.
#[derive(Debug)]
pub struct SubjectRows {
    /// SHA-256 of the extract, in hex.
    pub digest: String,
    /// What each sheet holds; a text file is one.
    pub tables: Vec<SubjectTable>,
    /// Sheets whose header is not that of the contract, which were not looked into.
    pub other_sheets: Vec<String>,
}

/// What a sheet, or a text file, holds about one person.
#[derive(Debug)]
pub struct SubjectTable {
    /// The headers, in the order of the file.
    pub headers: Vec<SubjectHeader>,
    /// The person's rows, in the order of the file.
    pub rows: Vec<SubjectRow>,
    /// Rows about somebody else that name the person as head of the household.
    pub as_head: Vec<SourcePlace>,
    /// Rows without a valid number, among which the person cannot be looked for; lines below the table are counted too.
    pub without_number: u64,
}

/// A header of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubjectHeader {
    /// As written, but for white space and full-width letters; may be empty.
    pub text: String,
    /// English name of the contract's column; `None` for a column that the contract does not have.
    pub column: Option<String>,
}

/// A row about the person.
#[derive(Clone, PartialEq, Eq)]
pub struct SubjectRow {
    /// Where it stands.
    pub place: SourcePlace,
    /// One cell for each header.
    pub cells: Vec<SubjectCell>,
}

/// A cell of a person's row.
#[derive(Clone, PartialEq, Eq)]
pub enum SubjectCell {
    /// Nothing but white space.
    Empty,
    /// As it stands in the file.
    Text(Plain),
    /// The ID number of the head of the household, who is somebody else.
    OfAnother,
}

impl fmt::Debug for SubjectRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SubjectRow({}, ***)", self.place.row)
    }
}

/// Reads the rows of an extract that carry a person's number, in any of its spellings.
///
/// # Errors
/// [`IntakeError`]; [`IntakeError::Refused`] if no sheet has the header of the contract.
pub fn subject_rows(request: &SubjectRequest<'_>) -> Result<SubjectRows, IntakeError> {
    let extract = Extract { schemas: request.schemas, contract: request.contract, path: request.extract };
    let walked = walk(extract, |plan, table| Search::new(request, plan, table), Search::collect)?;
    if walked.tables.is_empty() {
        let problems = walked.unplanned.into_iter().flat_map(|(_, wrong)| wrong.problems).collect();
        return Err(IntakeError::Refused { path: request.extract.to_owned(), rows: 0, problems });
    }
    Ok(SubjectRows {
        digest: walked.digest,
        tables: walked.tables.into_iter().map(|search| search.found).collect(),
        other_sheets: walked.unplanned.into_iter().filter_map(|(sheet, _)| sheet).collect(),
    })
}

/// Whether the list of people who are not packed names this number.
///
/// # Errors
/// [`IntakeError::Exclude`] if a line of the list is no ID number.
pub fn is_excluded(list: &Path, id: &CanonicalId) -> Result<bool, IntakeError> {
    let listed = excluded(Some(list), NaiveDate::MAX)?;
    Ok(id.bytes().is_some_and(|id| listed.contains(id)))
}

/// The number that is looked for, where numbers stand, and what was found.
struct Search<'a> {
    id: &'a CanonicalId,
    sheet: Option<String>,
    before: u32,
    own: Option<usize>,
    head: Option<usize>,
    found: SubjectTable,
}

impl<'a> Search<'a> {
    fn new(request: &SubjectRequest<'a>, plan: &Plan, table: TablePlace<'_>) -> Self {
        let place = |kinds: &[TokenKind]| {
            let of_kind = |treatment| matches!(treatment, Treatment::Tokenise(kind) if kinds.contains(&kind));
            let planned = plan.columns.iter().zip(&request.contract.columns);
            planned.filter(|(_, column)| of_kind(column.treatment)).find_map(|(planned, _)| planned.source)
        };
        let named = |at: usize| plan.columns.iter().find(|column| column.source == Some(at));
        let headers = plan.written.iter().enumerate().map(|(at, text)| SubjectHeader {
            text: text.clone(),
            column: named(at).map(|column| column.name.clone()),
        });
        Self {
            id: request.id,
            sheet: table.sheet.map(str::to_owned),
            before: table.before,
            own: place(&[TokenKind::Person, TokenKind::Worker]),
            head: place(&[TokenKind::Household]),
            found: SubjectTable {
                headers: headers.collect(),
                rows: Vec::new(),
                as_head: Vec::new(),
                without_number: 0,
            },
        }
    }

    fn collect(&mut self, cells: &Cells) {
        for (record, row) in cells.rows().iter().enumerate() {
            let number = |column: usize| canonical_id(cells.get(record, column), NaiveDate::MAX);
            let Some(own) = self.own.map(number) else { continue };
            let heads = self.head.map(number).is_some_and(|head| self.is_asked(&head));
            let place = || SourcePlace { sheet: self.sheet.clone(), row: u64::from(row.saturating_sub(self.before)) };
            if self.is_asked(&own) {
                let row = self.row(place(), |column| cells.get(record, column));
                self.found.rows.push(row);
            } else if heads {
                let place = place();
                self.found.as_head.push(place);
            }
            if own.bytes().is_none() {
                self.found.without_number += 1;
            }
        }
    }

    fn is_asked(&self, id: &CanonicalId) -> bool {
        id.bytes().is_some_and(|bytes| Some(bytes) == self.id.bytes())
    }

    fn row<'c>(&self, place: SourcePlace, cell: impl Fn(usize) -> &'c str) -> SubjectRow {
        let cells = (0..self.found.headers.len()).map(|column| {
            let text = cell(column);
            let of_another = || self.head == Some(column) && !self.is_asked(&canonical_id(text, NaiveDate::MAX));
            match Plain::new(text) {
                None => SubjectCell::Empty,
                Some(_) if of_another() => SubjectCell::OfAnother,
                Some(text) => SubjectCell::Text(text),
            }
        });
        SubjectRow { place, cells: cells.collect() }
    }
}
