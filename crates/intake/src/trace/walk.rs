//! Reads an extract from its first row to its last, whatever its encoding.

use std::path::Path;

use yilian_contract::{Contract, Schemas};

use crate::IntakeError;
use crate::header::HEADER_WITHIN;
use crate::layout::Layout;
use crate::plan::{Plan, Unplanned};
use crate::source::{BadPart, Cells, Encoding, Source};

/// Which extract is read, and by which contract.
#[derive(Clone, Copy)]
pub(super) struct Extract<'a> {
    pub(super) schemas: &'a Schemas,
    pub(super) contract: &'a Contract,
    pub(super) path: &'a Path,
}

/// Where a table stands in its file.
#[derive(Clone, Copy)]
pub(super) struct TablePlace<'a> {
    /// The sheet; `None` for a text file.
    pub(super) sheet: Option<&'a str>,
    /// How many rows stand before it.
    pub(super) before: u32,
}

/// What was taken from an extract.
pub(super) struct Walked<T> {
    /// From each table whose header is that of the contract.
    pub(super) tables: Vec<T>,
    /// The other tables that hold anything, by sheet.
    pub(super) unplanned: Vec<(Option<String>, Unplanned)>,
    /// SHA-256 of the file, in hex.
    pub(super) digest: String,
}

/// Why an attempt to read the file ended early.
enum Stop {
    Failed(IntakeError),
    Bad(u32, BadPart),
}

impl From<IntakeError> for Stop {
    fn from(error: IntakeError) -> Self {
        Self::Failed(error)
    }
}

/// Hands the plan of each table to `begin`, and every part of the rows below to `part`.
pub(super) fn walk<T>(
    extract: Extract<'_>,
    begin: impl Fn(&Plan, TablePlace<'_>) -> T,
    part: impl Fn(&mut T, &Cells),
) -> Result<Walked<T>, IntakeError> {
    let first = Source::open(extract.path, None)?;
    let guessed = first.encoding();
    let mut attempt = read(extract, first, &begin, &part);
    if matches!(attempt, Err(Stop::Bad(..))) && guessed == Encoding::Utf8 {
        attempt = read(extract, Source::open(extract.path, Some(Encoding::Gb18030))?, &begin, &part);
    }
    attempt.map_err(|stop| match stop {
        Stop::Failed(error) => error,
        Stop::Bad(row, BadPart::NotText) => IntakeError::Encoding { path: extract.path.to_owned(), row: row.into() },
        Stop::Bad(row, BadPart::Quotes) => IntakeError::Quotes { path: extract.path.to_owned(), row: row.into() },
    })
}

fn read<T>(
    extract: Extract<'_>,
    mut source: Source,
    begin: impl Fn(&Plan, TablePlace<'_>) -> T,
    part: impl Fn(&mut T, &Cells),
) -> Result<Walked<T>, Stop> {
    let Extract { schemas, contract, .. } = extract;
    let encoding = source.encoding();
    let bad = |(row, bad)| Stop::Bad(row, bad);
    let layout = Layout::new(contract, &|list| schemas.codes.get(list).cloned())?;
    let (mut tables, mut unplanned) = (Vec::new(), Vec::new());
    let mut cells = Cells::default();
    while let Some(table) = source.table()? {
        let mut next = source.next()?;
        let Some(first) = &next else { continue };
        let (grid, before) = (source.grid(first), first.first_row.saturating_sub(1));
        let head = Cells::head(first, grid, encoding, HEADER_WITHIN).map_err(bad)?;
        let plan = match Plan::new(schemas, contract, &layout, (&head, before))? {
            Ok(plan) => plan,
            Err(wrong) => {
                unplanned.push((table.sheet, wrong));
                continue;
            }
        };
        let mut taken = begin(&plan, TablePlace { sheet: table.sheet.as_deref(), before });
        while let Some(piece) = next {
            cells.split(piece, grid, encoding, plan.width).map_err(bad)?;
            cells.skip_to_after(plan.header_row);
            part(&mut taken, &cells);
            next = source.next()?;
        }
        tables.push(taken);
    }
    Ok(Walked { tables, unplanned, digest: source.facts()?.digest })
}
