use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use yilian_contract::Department;
use yilian_delivery::{FileName, ReceiptNote, Refusal, SealedFile};

use super::shelf::Accepted;
use crate::error::PipelineError;
use crate::store::{Store, Written};

const FOLDER: &str = "receipts";

/// What the hub answers for one file: accepted, or refused with every reason in Chinese and English.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Receipt {
    /// The file's name if it is one of ours, else `unnamed-` and the beginning of its digest.
    pub file: String,
    /// SHA-256 of the file as it came, hex.
    pub file_sha256: String,
    /// What was decided.
    pub outcome: Outcome,
    /// SHA-256 of the manifest; `None` for a refused file, whose manifest is not believed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivery_id: Option<String>,
    /// Rows delivered; `None` for a refused file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<u64>,
    /// For a refused file: the highest sequence that was accepted of its partition when it was first judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepted_before: Option<u32>,
    /// Every reason of a refusal.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<Refusal>,
    /// The same in Chinese, for the office.
    pub text_zh: String,
    /// The same in English.
    pub text_en: String,
}

/// What was decided about a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It is in `deliveries/`.
    Accepted,
    /// It is in `quarantine/` if it is sealed; of any other file nothing is kept but its digest.
    Refused,
}

impl Receipt {
    pub(super) fn accepted(accepted: &Accepted) -> Self {
        let rows = accepted.manifest.counts.delivered;
        let file = accepted.file_name.clone();
        Self {
            text_zh: format!("已接收：{file}，{rows} 行。"),
            text_en: format!("accepted: {file}, {rows} rows"),
            file,
            file_sha256: accepted.file_sha256.clone(),
            outcome: Outcome::Accepted,
            delivery_id: Some(accepted.delivery_id.clone()),
            rows: Some(rows),
            accepted_before: None,
            reasons: Vec::new(),
        }
    }

    pub(super) fn refused(file: String, file_sha256: String, reasons: Vec<Refusal>) -> Self {
        let zh: Vec<String> = reasons.iter().map(Refusal::zh).collect();
        let en: Vec<String> = reasons.iter().map(Refusal::en).collect();
        Self {
            text_zh: format!("未接收：{file}。原因：{}。其他交付不受影响。", zh.join("；")),
            text_en: format!("refused: {file}: {}; other deliveries are not affected", en.join("; ")),
            file,
            file_sha256,
            outcome: Outcome::Refused,
            delivery_id: None,
            rows: None,
            accepted_before: None,
            reasons,
        }
    }

    fn path(&self) -> String {
        receipt_path(&self.file, &self.file_sha256)
    }
}

/// Where the receipt of a file of this name and digest is: anybody can give a file an office's name, and the office hears
/// of each.
pub(crate) fn receipt_path(file_name: &str, sha256: &str) -> String {
    format!("{FOLDER}/{file_name}.{}.json", beginning(sha256))
}

/// Whether a receipt tells of the refused file with this digest; the name is looked at first, and the content last.
pub(crate) async fn tells_of_refused(store: &Store, path: &str, sha256: &str) -> Result<bool, PipelineError> {
    if !path.ends_with(&format!(".{}.json", beginning(sha256))) {
        return Ok(false);
    }
    // A file that was refused can be accepted later as it is.
    let told = read(store, path).await?;
    Ok(told.is_some_and(|told| told.outcome == Outcome::Refused && told.file_sha256 == sha256))
}

async fn read(store: &Store, path: &str) -> Result<Option<Told>, PipelineError> {
    let Some(content) = store.get_if_present(path).await? else { return Ok(None) };
    let failed = |source| PipelineError::Document { path: path.to_owned(), what: "receipt", source };
    serde_json::from_slice(&content).map(Some).map_err(failed)
}

/// The receipts that each office should know: those of the deliveries in force, and of what was refused and not
/// replaced since. Files of nobody's name go to nobody.
pub(crate) async fn receipts_by_office(
    store: &Store,
    current: &[Accepted],
) -> Result<BTreeMap<(String, Department), Vec<ReceiptNote>>, PipelineError> {
    let mut offices: BTreeMap<_, Vec<ReceiptNote>> = BTreeMap::new();
    for object in store.list(FOLDER).await? {
        let Some(told) = read(store, &object.path).await? else { continue };
        if let Some(name) = FileName::parse(&told.file).filter(|name| told.still_matters(name, current)) {
            offices.entry((name.partition.place, name.partition.department)).or_default().push(told.note());
        }
    }
    Ok(offices)
}

/// What of a stored receipt goes back to the office.
#[derive(Deserialize)]
struct Told {
    file: String,
    file_sha256: String,
    outcome: Outcome,
    #[serde(default)]
    accepted_before: Option<u32>,
    text_zh: String,
    text_en: String,
}

impl Told {
    /// Whether nothing has come since that makes the receipt old.
    fn still_matters(&self, name: &FileName, current: &[Accepted]) -> bool {
        let newest = current.iter().find(|accepted| accepted.manifest.partition() == name.partition);
        newest.map(|newest| newest.manifest.sequence).is_none_or(|newest| match self.outcome {
            Outcome::Accepted => newest == name.sequence,
            Outcome::Refused => newest < name.sequence || self.accepted_before == Some(newest),
        })
    }

    fn note(self) -> ReceiptNote {
        let outcome = match self.outcome {
            Outcome::Accepted => "accepted",
            Outcome::Refused => "refused",
        };
        ReceiptNote { file: self.file, outcome: outcome.to_owned(), text_zh: self.text_zh, text_en: self.text_en }
    }
}

/// A name that may be shown: a file name of ours, or a description of the file.
pub(super) fn shown_name(name: &str, sha256: &str) -> String {
    FileName::parse(name).map_or_else(|| format!("unnamed-{}", beginning(sha256)), |name| name.to_string())
}

/// So much of a digest that no two files share it.
fn beginning(sha256: &str) -> &str {
    sha256.get(..16).unwrap_or(sha256)
}

pub(super) async fn write(store: &Store, receipt: &Receipt) -> Result<(), PipelineError> {
    store.put(&receipt.path(), document(&receipt.path(), receipt)?).await
}

pub(super) async fn write_if_absent(store: &Store, receipt: &Receipt) -> Result<(), PipelineError> {
    let content = document(&receipt.path(), receipt)?;
    store.put_if_absent(&receipt.path(), content).await.map(drop)
}

/// Puts a refused file away with its receipt; says whether the same file had been refused for the same reasons before.
///
/// What is not sealed may be an extract that was copied under a delivery's name, and is not kept: whoever administers the
/// storage would read names and numbers in it.
pub(super) async fn quarantine(
    store: &Store,
    receipt: &mut Receipt,
    file: &SealedFile,
) -> Result<Written, PipelineError> {
    let before = read(store, &receipt.path()).await?;
    if let Some(before) = &before {
        // The inbox is not emptied: what was accepted after the file came first does not make it come anew.
        receipt.accepted_before = before.accepted_before;
    }
    if before.is_some_and(|before| before.text_en == receipt.text_en) {
        return Ok(Written::AlreadyThere);
    }
    let path = format!("quarantine/{}", receipt.file_sha256);
    if file.is_sealed() {
        store.put_if_absent(&format!("{path}.tar.age"), file.bytes().clone()).await?;
    }
    let document_path = format!("{path}.json");
    store.put(&document_path, document(&document_path, receipt)?).await?;
    // Last: what has a receipt was put away.
    write(store, receipt).await?;
    Ok(Written::New)
}

pub(super) fn document<T: Serialize>(path: &str, value: &T) -> Result<Vec<u8>, PipelineError> {
    let mut content = serde_json::to_vec_pretty(value).map_err(|source| PipelineError::Document {
        path: path.to_owned(),
        what: "document",
        source,
    })?;
    content.push(b'\n');
    Ok(content)
}
