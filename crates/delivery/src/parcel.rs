//! Parcels: what the hub sends back to one office, sealed for it alone and signed by the hub.
//!
//! A parcel holds clues — flags, gaps and candidates that the office is asked to check — and notes of the receipts of
//! its deliveries, or, where no more than these is new, the notes alone. It speaks of the office's own rows by their place
//! in its own deliveries, and of nobody else's.

mod filed;
mod opened;

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use yilian_contract::Department;

use crate::archive::{self, CLUES};
use crate::error::DeliveryError;
use crate::keys::{Recipient, SigningKey};
use crate::manifest::sha256_hex;

pub use opened::{OpenedParcel, ParcelFault, ParcelFile};

const FORMAT: &str = "yilian-parcel/v1";

/// One thing that an office is asked to check; every word of it is allowed by `schemas/disclosure.csv`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_field_names, reason = "an office knows the number as that of a clue, not of a flag or gap")]
pub struct Clue {
    /// Decimal digits; text, because a spreadsheet's numbers are not exact to so many digits.
    pub clue_id: String,
    /// What kind of question it is.
    pub kind: ClueKind,
    /// The rule or gap category, or `same_name`.
    pub rule_id: Arc<str>,
    /// What is to be checked, in Chinese.
    pub question_zh: Arc<str>,
    /// What is to be checked, in English.
    pub question_en: Arc<str>,
    /// Code of the office's own benefit; `None` where the clue is about none.
    pub own_benefit: Option<String>,
    /// What stands on the other side, in the words that this office may hear, in Chinese.
    pub counterpart_zh: Arc<str>,
    /// The same in English.
    pub counterpart_en: Arc<str>,
    /// First month, `YYYY-MM`; empty where the clue is about none.
    pub from_month: String,
    /// Last month, `YYYY-MM`; empty where the clue is about none.
    pub until_month: String,
    /// Number of months.
    pub months: u32,
    /// Yuan with two decimals; `None` if unknown.
    pub amount: Option<String>,
    /// Document, clause and quote of the rule.
    pub basis: Arc<str>,
    /// How sure it is that both sides are one person.
    pub reliability: Reliability,
    /// As-of date of the run that saw it first.
    pub first_seen_on: NaiveDate,
    /// Until when it should be answered; `None` where the office is only told, and another one is asked.
    pub due_on: Option<NaiveDate>,
    /// The office's own rows that it rests on.
    pub rows: Vec<ClueRow>,
}

/// What kind of question a clue is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClueKind {
    /// 疑似重复享受: benefits that exclude each other.
    Overlap,
    /// 疑似应享未享: entitled and not receiving.
    Gap,
    /// 疑似同一人: two records that may be one person's.
    SamePerson,
}

/// How sure it is that both sides of a clue are one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reliability {
    /// The same valid ID number on both sides, and a rule without doubt.
    Exact,
    /// Something about the link or the rule is weak; a human must look first.
    Review,
}

/// A row of one of the office's own deliveries.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClueRow {
    /// The delivery, by its id.
    pub delivery_id: Arc<str>,
    /// Its dataset.
    pub dataset: Arc<str>,
    /// Its period.
    pub period: Arc<str>,
    /// Its sequence.
    pub sequence: u32,
    /// The row's place in `data.parquet`, which is `row` of the office's `rows.parquet`.
    pub row: u64,
}

/// What became of one delivery of the office.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReceiptNote {
    /// The delivery's file name.
    pub file: String,
    /// `accepted` or `refused`.
    pub outcome: String,
    /// The receipt in Chinese.
    pub text_zh: String,
    /// The receipt in English.
    pub text_en: String,
}

/// What a parcel says about itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ParcelManifest {
    /// Always `yilian-parcel/v1`.
    pub format: String,
    /// Code of the office's place.
    pub place: String,
    /// The office's department.
    pub department: Department,
    /// Number of the publication that it was made from.
    pub publication: u64,
    /// The run of that publication.
    pub run_id: String,
    /// The day for which the run was made.
    pub as_of: NaiveDate,
    /// Number of clues.
    pub clues: u64,
    /// SHA-256 of `clues.json`, 64 hex digits.
    pub clues_sha256: String,
    /// Receipts of the office's deliveries.
    pub receipts: Vec<ReceiptNote>,
    /// Whether the clues of the publication are in it.
    #[serde(default, skip_serializing_if = "ParcelContent::is_whole")]
    pub content: ParcelContent,
}

/// What a parcel tells of its publication.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ParcelContent {
    /// All clues for the office, and the receipts so far.
    #[default]
    Whole,
    /// Receipts that came after the whole; the clues are as they were.
    Receipts,
}

impl ParcelContent {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
    fn is_whole(&self) -> bool {
        *self == Self::Whole
    }
}

impl ParcelManifest {
    /// The name that the parcel's file must have.
    pub fn file_name(&self) -> String {
        file_name((&self.place, self.department), self.publication, (self.content, &self.receipts))
    }
}

/// A digest of receipts: the same receipts in the same order have the same one.
pub fn digest_of_receipts(receipts: &[ReceiptNote]) -> String {
    let notes = receipts.iter().flat_map(|note| [&note.file, &note.outcome, &note.text_zh, &note.text_en]);
    // Each text with its length, so that no two lists run together into one text.
    let parts: Vec<String> = notes.map(|text| format!("{}:{text}", text.len())).collect();
    sha256_hex(parts.concat().as_bytes())
}

/// Receipts alone are named by what they say: the same are one file, and no other file is in their way.
fn file_name(
    (place, department): (&str, Department),
    publication: u64,
    (content, receipts): (ParcelContent, &[ReceiptNote]),
) -> String {
    match content {
        ParcelContent::Whole => format!("{place}.{department}.parcel.{publication:08}.tar.age"),
        ParcelContent::Receipts => {
            let digest: String = digest_of_receipts(receipts).chars().take(16).collect();
            format!("{place}.{department}.receipts.{publication:08}.{digest}.tar.age")
        }
    }
}

/// A parcel before it is sealed.
#[derive(Clone, Debug)]
pub struct Parcel {
    /// Code of the office's place.
    pub place: String,
    /// The office's department.
    pub department: Department,
    /// Number of the publication that it is made from.
    pub publication: u64,
    /// The run of that publication.
    pub run_id: String,
    /// The day for which the run was made.
    pub as_of: NaiveDate,
    /// What the office is asked to check.
    pub clues: Vec<Clue>,
    /// Receipts of its deliveries.
    pub receipts: Vec<ReceiptNote>,
    /// Whether `clues` are all clues of the publication, or left out.
    pub content: ParcelContent,
}

impl Parcel {
    /// The name that the parcel's file must have.
    pub fn file_name(&self) -> String {
        file_name((&self.place, self.department), self.publication, (self.content, &self.receipts))
    }

    /// The same parcel with its receipts and no clue.
    #[must_use]
    pub fn receipts_alone(self) -> Self {
        Self { clues: Vec::new(), content: ParcelContent::Receipts, ..self }
    }

    /// Signs and seals the parcel; the bytes differ each time it is sealed.
    pub fn seal(&self, signing_key: &SigningKey, recipient: &Recipient) -> Result<Vec<u8>, DeliveryError> {
        let clues = filed::write(&self.clues).map_err(DeliveryError::ManifestNotWritten)?;
        let manifest = ParcelManifest {
            format: FORMAT.to_owned(),
            place: self.place.clone(),
            department: self.department,
            publication: self.publication,
            run_id: self.run_id.clone(),
            as_of: self.as_of,
            clues: u64::try_from(self.clues.len()).unwrap_or(u64::MAX),
            clues_sha256: sha256_hex(&clues),
            receipts: self.receipts.clone(),
            content: self.content,
        };
        let bytes = document(&manifest)?;
        let signature = signing_key.sign(&bytes, &format!("parcel:{}", sha256_hex(&bytes)))?;
        let encryptor = age::Encryptor::with_recipients(std::iter::once(recipient.as_age()))
            .map_err(|_| DeliveryError::NotEncrypted)?;
        let length = u64::try_from(clues.len()).unwrap_or(u64::MAX);
        let write = || {
            // A buffer that doubles its size would need three times the largest part of a parcel while it grows.
            let mut sealed = encryptor.wrap_output(Vec::with_capacity(clues.len() + clues.len() / 64 + bytes.len()))?;
            archive::write(&mut sealed, &bytes, signature.as_bytes(), (CLUES, clues.as_slice(), length))?;
            sealed.flush()?;
            sealed.finish()
        };
        write().map_err(|source| DeliveryError::io("written", Path::new(&self.file_name()), source))
    }
}

fn document(value: &impl Serialize) -> Result<Vec<u8>, DeliveryError> {
    let mut bytes = serde_json::to_vec_pretty(value).map_err(DeliveryError::ManifestNotWritten)?;
    bytes.push(b'\n');
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::Identity;

    fn parcel() -> Parcel {
        let clue = Clue {
            clue_id: "9223372036854775806".to_owned(),
            kind: ClueKind::Overlap,
            rule_id: "X01".into(),
            question_zh: "特困供养与残疾人两项补贴".into(),
            question_en: "Destitute support and the two disability allowances".into(),
            own_benefit: Some("MZ09".to_owned()),
            counterpart_zh: "其他部门待遇".into(),
            counterpart_en: "a benefit of another department".into(),
            from_month: "2025-01".to_owned(),
            until_month: "2025-03".to_owned(),
            months: 3,
            amount: Some("300.00".to_owned()),
            basis: "国发〔2015〕52号".into(),
            reliability: Reliability::Exact,
            first_seen_on: "2026-02-28".parse().unwrap(),
            due_on: "2026-03-30".parse().ok(),
            rows: vec![ClueRow {
                delivery_id: "ab".repeat(32).into(),
                dataset: "benefit_payment".into(),
                period: "2025".into(),
                sequence: 1,
                row: 7,
            }],
        };
        Parcel {
            place: "150104".to_owned(),
            department: Department::CivilAffairs,
            publication: 3,
            run_id: "0123456789abcdef".to_owned(),
            as_of: "2026-02-28".parse().unwrap(),
            clues: vec![clue],
            receipts: Vec::new(),
            content: ParcelContent::Whole,
        }
    }

    #[test]
    fn the_office_reads_what_the_hub_wrote() {
        let (hub, office) = (SigningKey::generate().unwrap(), Identity::generate());
        let sealed = parcel().seal(&hub, &office.recipient()).unwrap();
        let name = parcel().file_name();
        assert_eq!(name, "150104.civil_affairs.parcel.00000003.tar.age");
        let opened = ParcelFile::new(sealed.into()).open(&office, &hub.signature_key()).unwrap();
        assert_eq!(opened.clues(), parcel().clues);
        assert_eq!(opened.manifest().file_name(), name);
    }

    #[test]
    fn receipts_alone_are_named_by_what_they_say() {
        let (hub, office) = (SigningKey::generate().unwrap(), Identity::generate());
        let note = |file: &str| ReceiptNote {
            file: file.to_owned(),
            outcome: "refused".to_owned(),
            text_zh: "未接收".to_owned(),
            text_en: "refused".to_owned(),
        };
        let alone = |files: &[&str]| {
            Parcel { receipts: files.iter().map(|file| note(file)).collect(), ..parcel() }.receipts_alone()
        };
        let (one, both) = (alone(&["a"]), alone(&["a", "b"]));
        let sealed = one.seal(&hub, &office.recipient()).unwrap();
        let opened = ParcelFile::new(sealed.into()).open(&office, &hub.signature_key()).unwrap();
        assert_eq!((opened.clues().len(), opened.manifest().content), (0, ParcelContent::Receipts));
        assert_eq!(opened.manifest().file_name(), one.file_name());
        assert_eq!(one.file_name(), alone(&["a"]).file_name());
        assert_ne!(one.file_name(), both.file_name());
        assert_ne!(one.file_name(), parcel().file_name());
        assert!(one.file_name().starts_with("150104.civil_affairs.receipts.00000003."), "{}", one.file_name());
    }

    #[test]
    fn another_office_cannot_open_it_and_another_hub_cannot_have_made_it() {
        let (hub, office) = (SigningKey::generate().unwrap(), Identity::generate());
        let sealed = parcel().seal(&hub, &office.recipient()).unwrap();
        let file = ParcelFile::new(sealed.into());
        let faults = file.open(&Identity::generate(), &hub.signature_key()).unwrap_err();
        assert_eq!(faults, [ParcelFault::SealedForAnother]);
        let stranger = SigningKey::generate().unwrap().signature_key();
        assert_eq!(file.open(&office, &stranger).unwrap_err(), [ParcelFault::NotSignedByHub]);
    }

    #[test]
    fn a_parcel_cut_or_changed_anywhere_is_not_believed() {
        let (hub, office) = (SigningKey::generate().unwrap(), Identity::generate());
        let sealed = parcel().seal(&hub, &office.recipient()).unwrap();
        for at in (0..sealed.len()).step_by(97) {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(ParcelFile::new(changed.into()).open(&office, &hub.signature_key()).is_err(), "bit at {at}");
            let cut = sealed[..at].to_vec();
            assert!(ParcelFile::new(cut.into()).open(&office, &hub.signature_key()).is_err(), "cut at {at}");
        }
    }
}
