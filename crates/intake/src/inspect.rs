//! Looks at an extract without making a single token.

use std::collections::HashSet;
use std::path::Path;

use yilian_contract::{Contract, Period, Regions, Schemas};

use crate::IntakeError;
use crate::cell::VillageClasses;
use crate::finding::Finding;
use crate::progress::Progress;
use crate::reading::Reading;
use crate::reject::Reason;
use crate::source::Encoding;

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
    /// Name of the sheet; empty for a CSV.
    pub sheet: String,
    /// Data rows.
    pub rows: u64,
    /// Rows that `pack` would deliver.
    pub deliverable: u64,
    /// Rows of people who are not yet 60; 0 without a period.
    pub out_of_scope: u64,
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
/// [`IntakeError`] if the file as a whole would be refused.
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
    let mut rejected: Vec<RejectedCells> = Vec::new();
    for reject in &read.rejects {
        let column = read.headers.get(usize::from(reject.column)).cloned();
        let known = rejected.iter_mut().find(|known| known.reason == reject.reason && known.column == column);
        match known {
            Some(known) => {
                known.count += 1;
                if known.rows.len() < 10 {
                    known.rows.push(reject.row.into());
                }
            }
            None => {
                rejected.push(RejectedCells { reason: reject.reason, column, count: 1, rows: vec![reject.row.into()] });
            }
        }
    }
    Ok(Inspection {
        encoding: read.encoding,
        sheet: read.facts.sheet,
        rows: counts.read,
        deliverable: counts.delivered,
        out_of_scope: counts.out_of_scope,
        rejected,
        findings: read.findings,
    })
}
