//! What came back to be corrected: rejected rows of what was packed last, and deliveries that the hub refused.

use std::path::Path;

use yilian_delivery::{FileName, ParcelManifest};
use yilian_workbook::Returned;

use crate::error::DeptError;
use crate::records::{self, Latest, RejectLine};
use crate::schemas::Loaded;

/// The outcome of a receipt that asks for another delivery.
pub(super) const REFUSED: &str = "refused";

/// Everything that came back, refused deliveries first.
pub(super) fn returned(folder: &Path, manifest: &ParcelManifest, loaded: &Loaded) -> Result<Vec<Returned>, DeptError> {
    let refused = manifest.receipts.iter().filter(|receipt| receipt.outcome == REFUSED);
    let mut returned: Vec<Returned> = refused
        .map(|receipt| {
            let partition = FileName::parse(&receipt.file).map(|name| name.partition);
            Returned {
                dataset: partition.as_ref().map_or("", |of| loaded.title(&of.dataset)).to_owned(),
                period: partition.map_or(String::new(), |of| of.period.to_string()),
                row: None,
                column: String::new(),
                reason: REFUSED.to_owned(),
                what: receipt.text_zh.clone(),
            }
        })
        .collect();
    for latest in records::latest(folder)? {
        returned.extend(rejects(&latest, loaded)?);
    }
    Ok(returned)
}

fn rejects(latest: &Latest, loaded: &Loaded) -> Result<Vec<Returned>, DeptError> {
    let returned = |line: RejectLine| Returned {
        dataset: loaded.title(&latest.dataset).to_owned(),
        period: latest.period.to_string(),
        row: line.row,
        column: line.place(),
        reason: line.reason,
        what: line.what,
    };
    Ok(records::rejects(&latest.folder)?.into_iter().map(returned).collect())
}
