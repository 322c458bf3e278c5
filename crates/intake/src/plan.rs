//! Finds the contract's columns in the header of a file.

use std::path::Path;

use yilian_contract::{Column, ColumnType, Contract, Schemas, TokenKind, Treatment, nearest};

use crate::IntakeError;
use crate::cell::{CodeTable, Unit, folded};
use crate::error::Problem;
use crate::layout::{Layout, code_table};

/// Titles and remarks may stand above the header.
pub(crate) const HEADER_WITHIN: usize = 10;

/// What is done with a column's cells.
#[derive(Debug, Clone)]
pub(crate) enum Work {
    /// Name, ID number, sex and birth date are treated together.
    Person,
    Code(CodeTable),
    Region,
    Month,
    Date,
    DateTime,
    Yuan(Unit),
    Integer,
    Decimal,
    Bool,
    Text,
    Record,
    Household,
    /// Read for category and grade, then dropped.
    Certificate,
    /// Dropped unread.
    Drop,
}

/// A column of the contract with its place in the file.
#[derive(Debug, Clone)]
pub(crate) struct Planned {
    /// Index in the contract.
    pub(crate) column: u16,
    pub(crate) name: String,
    /// Index in the file; `None` if the file does not have it.
    pub(crate) source: Option<usize>,
    pub(crate) required: bool,
    pub(crate) work: Work,
    /// Index of the delivered field in the layout.
    pub(crate) field: Option<usize>,
    /// Index of the urban-rural field of a region.
    pub(crate) urban_rural: Option<usize>,
    /// Coarsened to the month.
    pub(crate) coarsen: bool,
    /// Whether an end may lawfully lie after the period.
    pub(crate) may_lie_ahead: bool,
}

/// What is done with a file of one contract.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) columns: Vec<Planned>,
    /// Headers in the order of the contract: the file's where it has the column, else the contract's.
    pub(crate) headers: Vec<String>,
    /// Number of the header's row, counted from 1.
    pub(crate) header_row: u32,
    /// Cells of the header.
    pub(crate) width: usize,
    /// Headers that the contract does not have.
    pub(crate) unknown: Vec<String>,
}

impl Plan {
    /// Matches the first rows of a file with a contract.
    pub(crate) fn new(
        schemas: &Schemas,
        contract: &Contract,
        layout: &Layout,
        head: &[Vec<String>],
        path: &Path,
    ) -> Result<Self, IntakeError> {
        let matched = |row: &Vec<String>| places(contract, row).iter().flatten().count();
        // The first of the rows with the most known headers, so that a title above it does not matter.
        let best = (0..head.len().min(HEADER_WITHIN)).rev().max_by_key(|at| head.get(*at).map_or(0, matched));
        let header = best.and_then(|at| head.get(at)).cloned().unwrap_or_default();
        let places = places(contract, &header);
        let problems = problems(contract, &header, &places);
        if !problems.is_empty() {
            return Err(IntakeError::Refused { path: path.to_owned(), rows: 0, problems });
        }
        let mut columns = Vec::new();
        let mut headers = Vec::new();
        for (index, (column, place)) in contract.columns.iter().zip(&places).enumerate() {
            let written = place.and_then(|place| header.get(place)).map(|header| folded(header).into_owned());
            let unit = written.as_deref().map_or(Unit::Yuan, unit_of);
            headers.push(written.unwrap_or_else(|| column.header.clone()));
            let index = u16::try_from(index).map_err(|_| IntakeError::Bug { step: "number the columns" })?;
            columns.push(planned(schemas, contract, layout, (index, column, *place, unit))?);
        }
        let unknown = (0..header.len())
            .filter(|at| !places.contains(&Some(*at)))
            .filter_map(|at| header.get(at).map(|header| folded(header).into_owned()))
            .filter(|header| !header.is_empty())
            .collect();
        Ok(Self {
            columns,
            headers,
            header_row: u32::try_from(best.unwrap_or(0) + 1).unwrap_or(1),
            width: header.len(),
            unknown,
        })
    }

    /// The planned column with this English name, if the file has it.
    pub(crate) fn source(&self, name: &str) -> Option<usize> {
        self.columns.iter().find(|column| column.name == name).and_then(|column| column.source)
    }
}

fn planned(
    schemas: &Schemas,
    contract: &Contract,
    layout: &Layout,
    (index, column, source, unit): (u16, &Column, Option<usize>, Unit),
) -> Result<Planned, IntakeError> {
    let delivered = column.delivered_as.as_deref().unwrap_or(&column.name);
    let at = |name: &str| layout.fields.iter().position(|field| field.name == name);
    let work = match (&column.treatment, &column.ty) {
        _ if is_person_block(contract, column) => Work::Person,
        (Treatment::Drop, _) if column.name == "certificate_no" => Work::Certificate,
        (Treatment::Drop, _) => Work::Drop,
        (Treatment::Tokenise(TokenKind::Household), _) => Work::Household,
        (Treatment::Tokenise(_), _) => Work::Record,
        (_, ColumnType::Code(list)) => {
            Work::Code(code_table(contract, list, &|name| schemas.codes.get(name).cloned())?)
        }
        (_, ColumnType::Text) => Work::Text,
        (_, ColumnType::Region) => Work::Region,
        (_, ColumnType::Month) => Work::Month,
        (_, ColumnType::Date) => Work::Date,
        (_, ColumnType::DateTime) => Work::DateTime,
        (_, ColumnType::Yuan) => Work::Yuan(unit),
        (_, ColumnType::Integer) => Work::Integer,
        (_, ColumnType::Decimal) => Work::Decimal,
        (_, ColumnType::Bool) => Work::Bool,
    };
    let leaves = !matches!(work, Work::Person | Work::Drop | Work::Certificate);
    Ok(Planned {
        column: index,
        name: column.name.clone(),
        source,
        required: column.required,
        field: if leaves { at(delivered) } else { None },
        urban_rural: if leaves { at(&format!("{delivered}_urban_rural")) } else { None },
        coarsen: column.treatment == Treatment::Coarsen,
        may_lie_ahead: matches!(
            column.name.as_str(),
            "valid_to" | "to_month" | "to_on" | "discharged_on" | "closed_on" | "stopped_on"
        ),
        work,
    })
}

/// Whether a column is treated with the person block.
fn is_person_block(contract: &Contract, column: &Column) -> bool {
    contract.subject != yilian_contract::Subject::None
        && matches!(column.name.as_str(), "name" | "id_number" | "sex" | "birth_date")
}

/// For each column of the contract its place in the header; the first of several is taken.
fn places(contract: &Contract, header: &[String]) -> Vec<Option<usize>> {
    let written: Vec<String> = header.iter().map(|cell| without_unit(&folded(cell)).to_lowercase()).collect();
    contract.columns.iter().map(|column| written.iter().position(|written| is_header(column, written))).collect()
}

fn is_header(column: &Column, written: &str) -> bool {
    [&column.name, &column.header].into_iter().chain(&column.aliases).any(|name| folded(name).to_lowercase() == written)
}

fn problems(contract: &Contract, header: &[String], places: &[Option<usize>]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let written: Vec<String> = header.iter().map(|cell| folded(cell).into_owned()).collect();
    // Where no header is known, a person's row stands in its place, and nothing of it is repeated.
    let has_header = places.iter().any(Option::is_some);
    for (column, place) in contract.columns.iter().zip(places) {
        if place.is_none() && column.required {
            let free = written.iter().enumerate().filter(|(at, text)| !places.contains(&Some(*at)) && !text.is_empty());
            let names = free.map(|(_, text)| text.as_str());
            problems.push(Problem::MissingColumn {
                header: column.header.clone(),
                nearest: nearest(&column.header, names).filter(|_| has_header).map(str::to_owned),
            });
        }
        let same = written.iter().filter(|text| is_header(column, &without_unit(text).to_lowercase())).count();
        if same > 1 {
            problems.push(Problem::DoubleColumn { header: column.header.clone() });
        }
    }
    problems
}

/// `金额(万元)` without its unit.
fn without_unit(header: &str) -> &str {
    let bare = header.split_once(['(', '（', '[']).map_or(header, |(bare, _)| bare).trim();
    if bare.is_empty() { header } else { bare }
}

fn unit_of(header: &str) -> Unit {
    let unit = header.split_once(['(', '（', '[']).map_or("", |(_, unit)| unit);
    match unit.trim_end_matches([')', '）', ']']).trim().trim_start_matches("单位:").trim() {
        "万元" => Unit::TenThousandYuan,
        "分" => Unit::Fen,
        _ => Unit::Yuan,
    }
}
