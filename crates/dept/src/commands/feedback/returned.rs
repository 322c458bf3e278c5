//! What came back to be corrected: rejected rows of what was packed last, and deliveries that the hub refused.

use std::fs;
use std::path::Path;

use yilian_delivery::{FileName, ParcelManifest};
use yilian_workbook::Returned;

use crate::error::DeptError;
use crate::records::{self, Latest};
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

/// The lines of a `rejects.csv`: row, column, code of the reason, what is wrong.
fn rejects(latest: &Latest, loaded: &Loaded) -> Result<Vec<Returned>, DeptError> {
    let path = latest.folder.join("rejects.csv");
    if !path.is_file() {
        return Ok(Vec::new());
    }
    let bytes = fs::read(&path).map_err(DeptError::io("read", &path))?;
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&bytes);
    let mut csv = csv::ReaderBuilder::new().flexible(true).from_reader(bytes);
    let line = |record: csv::StringRecord| {
        let cell = |at| record.get(at).unwrap_or_default().to_owned();
        Returned {
            dataset: loaded.title(&latest.dataset).to_owned(),
            period: latest.period.to_string(),
            row: cell(0).parse().ok(),
            // Where there are several sheets, the last cell names the row's.
            column: [cell(5), cell(1)].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join("："),
            reason: cell(2),
            what: cell(3),
        }
    };
    let unreadable = |_| DeptError::Configuration { file: path.clone(), reason: "it is not a list of rejects".into() };
    csv.records().map(|record| record.map(line).map_err(unreadable)).collect()
}
