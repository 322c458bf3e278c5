//! Looks at an extract without making a single token.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use yilian_contract::{Contract, Period, Regions, Schemas};

use crate::IntakeError;
use crate::cell::VillageClasses;
use crate::finding::{Finding, ROWS_NAMED};
use crate::problem::Problem;
use crate::progress::Progress;
use crate::reading::Reading;
use crate::reject::{Reason, Reject};
use crate::source::Encoding;
use crate::tables::Tables;

/// Which file to look at, and by which contract.
pub struct InspectRequest<'a> {
    /// Contracts and code lists.
    pub schemas: &'a Schemas,
    /// The contract of the dataset.
    pub contract: &'a Contract,
    /// Region codes.
    pub regions: &'a Regions,
    /// The extract.
    pub input: &'a Path,
    /// With a period scope and dates are judged too.
    pub period: Option<&'a Period>,
    /// Is told how far the work is.
    pub progress: &'a dyn Progress,
}

/// What stands in a file, by counts, columns and row numbers.
#[derive(Debug)]
pub struct Inspection {
    /// How the file is encoded.
    pub encoding: Encoding,
    /// Names of the sheets that were read; none for a text file.
    pub sheets: Vec<String>,
    /// Data rows.
    pub rows: u64,
    /// Rows that `pack` would deliver.
    pub deliverable: u64,
    /// Rows of people who are not yet 60; 0 without a period.
    pub out_of_scope: u64,
    /// Why `pack` would refuse the file as a whole, if it would.
    pub problems: Vec<Problem>,
    /// What `pack` would reject.
    pub rejected: Vec<RejectedCells>,
    /// What an officer should look at.
    pub findings: Vec<Finding>,
}

/// Cells of one column that `pack` would reject for one reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RejectedCells {
    /// Why.
    pub reason: Reason,
    /// The sheet; `None` for a text file, and where the workbook has a single sheet with rows.
    pub sheet: Option<String>,
    /// The header in the file; `None` where the row as a whole is meant.
    pub column: Option<String>,
    /// How many.
    pub count: u64,
    /// The first rows, as a spreadsheet counts them (the header is 1).
    pub rows: Vec<u64>,
}

/// Reads a file as `prepare` does and says everything that is noteworthy; writes nothing.
///
/// # Errors
/// [`IntakeError`] if no row of the file can be read; what else would refuse it is among the problems.
pub fn inspect(request: &InspectRequest<'_>) -> Result<Inspection, IntakeError> {
    let reading = Reading {
        schemas: request.schemas,
        contract: request.contract,
        regions: request.regions,
        input: request.input,
        place: "",
        period_end: request.period.map(Period::end),
        tokens: None,
        excluded: &HashSet::new(),
        villages: &VillageClasses::default(),
        folder: Path::new(""),
        progress: request.progress,
        threads: 2,
    };
    let read = reading.read()?;
    let counts = read.counts();
    Ok(Inspection {
        encoding: read.encoding,
        sheets: read.tables.sheets(),
        rows: counts.read,
        deliverable: counts.delivered,
        out_of_scope: counts.out_of_scope,
        rejected: grouped(&read.rejects, &read.tables),
        problems: read.problems,
        findings: read.findings,
    })
}

/// The rejected cells by sheet, column and reason, in the order of the first row of each.
fn grouped(rejects: &[Reject], tables: &Tables) -> Vec<RejectedCells> {
    let mut places: HashMap<(u32, u16, Reason), usize> = HashMap::new();
    let mut groups: Vec<RejectedCells> = Vec::new();
    for reject in rejects {
        let (table, row) = tables.at(reject.row);
        let place = *places.entry((table.before, reject.column, reject.reason)).or_insert(groups.len());
        if place == groups.len() {
            groups.push(RejectedCells {
                reason: reject.reason,
                sheet: table.sheet.clone().filter(|_| tables.are_several()),
                column: table.headers.get(usize::from(reject.column)).cloned(),
                count: 0,
                rows: Vec::new(),
            });
        }
        let Some(group) = groups.get_mut(place) else { continue };
        group.count += 1;
        if group.rows.len() < ROWS_NAMED {
            group.rows.push(row.into());
        }
    }
    groups
}
