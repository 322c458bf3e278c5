//! Finds the contract's columns in the header of a file.

use yilian_contract::{Column, ColumnType, Contract, Schemas, TokenKind, Treatment, nearest};

use crate::IntakeError;
use crate::cell::{CodeTable, Unit};
use crate::header::Header;
use crate::layout::{Layout, code_table};
use crate::problem::Problem;

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
    /// Number of the header's last row, counted on through the sheets.
    pub(crate) header_row: u32,
    /// Cells of the header.
    pub(crate) width: usize,
    /// Headers that the contract does not have.
    pub(crate) unknown: Vec<String>,
    /// All headers in the order of the file.
    pub(crate) written: Vec<String>,
}

/// A table whose header is not that of the contract.
pub(crate) struct Unplanned {
    /// Columns of the contract that it has all the same.
    pub(crate) known: usize,
    pub(crate) problems: Vec<Problem>,
}

impl Plan {
    /// Matches the first rows of a table, which stands behind `before` rows, with a contract.
    pub(crate) fn new(
        schemas: &Schemas,
        contract: &Contract,
        layout: &Layout,
        (head, before): (&[Vec<String>], u32),
    ) -> Result<Result<Self, Unplanned>, IntakeError> {
        let header = Header::find(contract, head);
        let places = header.places(contract);
        let problems = problems(contract, &header, &places);
        if !problems.is_empty() {
            return Ok(Err(Unplanned { known: places.iter().flatten().count(), problems }));
        }
        let mut columns = Vec::new();
        let mut headers = Vec::new();
        for (index, (column, place)) in contract.columns.iter().zip(&places).enumerate() {
            let written = place.and_then(|place| header.cells.get(place)).cloned();
            let unit = place.and_then(|place| header.unit(place)).unwrap_or(Unit::Yuan);
            headers.push(written.unwrap_or_else(|| column.header.clone()));
            let index = u16::try_from(index).map_err(|_| IntakeError::Bug { step: "number the columns" })?;
            columns.push(planned(schemas, contract, layout, (index, column, *place, unit))?);
        }
        let unknown = (0..header.cells.len())
            .filter(|at| !places.contains(&Some(*at)))
            .filter_map(|at| header.cells.get(at).filter(|header| !header.is_empty()).cloned())
            .collect();
        let header_row = before.saturating_add(u32::try_from(header.rows).unwrap_or(1));
        Ok(Ok(Self { columns, headers, header_row, width: header.cells.len(), unknown, written: header.cells }))
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

fn problems(contract: &Contract, header: &Header, places: &[Option<usize>]) -> Vec<Problem> {
    let mut problems = Vec::new();
    // Where no header is known, a person's row stands in its place, and nothing of it is repeated.
    let has_header = places.iter().any(Option::is_some);
    if has_header && header.people_above > 0 {
        problems.push(Problem::RowsAboveHeader { rows: header.people_above });
    }
    for (column, place) in contract.columns.iter().zip(places) {
        if place.is_none() && column.required {
            let free =
                header.cells.iter().enumerate().filter(|(at, text)| !places.contains(&Some(*at)) && !text.is_empty());
            let names = free.map(|(_, text)| text.as_str());
            problems.push(Problem::MissingColumn {
                header: column.header.clone(),
                nearest: nearest(&column.header, names).filter(|_| has_header).map(str::to_owned),
            });
        }
        if header.times(column) > 1 {
            problems.push(Problem::DoubleColumn { header: column.header.clone() });
        }
        if column.ty == ColumnType::Yuan && place.is_some_and(|place| header.unit(place).is_none()) {
            problems.push(Problem::UnknownUnit { header: column.header.clone() });
        }
    }
    problems
}
