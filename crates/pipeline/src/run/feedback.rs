//! Feedback: the clues of a publication as one sealed parcel for each office (`design.md` 5.9, 6).
//!
//! A parcel is made from `evidence.clue`, which holds nothing but what `schemas/disclosure.csv` allows, from
//! `evidence.clue_row`, which names the office's own rows, and from the office's own receipts. It lies in the office's
//! outbox under the publication's number. Receipts that an office was not told with it, because nothing but them is new,
//! follow by themselves.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Date32Type, Decimal128Type, Field, Int64Type, Schema, SchemaRef};
use chrono::NaiveDate;
use yilian_contract::Department;
use yilian_delivery::{
    Clue, ClueKind, ClueRow, DeliveryError, Parcel, ParcelContent, ReceiptNote, Recipient, Reliability, SigningKey,
    digest_of_receipts,
};

use super::RunError;
use super::history::for_each_batch;
use super::overlap::date;
use crate::PipelineError;
use crate::publication::Publication;
use crate::receive::{Accepted, receipts_by_office};
use crate::site::Site;
use crate::store::{Store, Written};

/// How many parcels were put into outboxes, and why others were not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Feedback {
    /// Parcels sealed by this run.
    pub parcels: usize,
    /// Clues in them.
    pub clues: usize,
    /// Parcels of receipts alone, sealed by this run.
    pub receipts_alone: usize,
    /// Offices with clues or receipts that have no age recipient in `site.yaml`.
    pub without_recipient: Vec<String>,
    /// Whether there is no signing key, so that nothing was sealed.
    pub without_signing_key: bool,
}

type Office = (String, Department);

/// The outboxes of all offices, with the key that signs what is put into them.
pub(crate) struct Outboxes<'a> {
    site: &'a Site,
    /// `None` where there is no signing key.
    signing_key: Option<SigningKey>,
}

impl<'a> Outboxes<'a> {
    /// Reads the signing key; done before a run, so that a key that cannot be used stops it before it publishes.
    pub(crate) fn open(site: &'a Site) -> Result<Self, RunError> {
        let file = site.signing_key_file();
        let key = file.exists().then(|| SigningKey::read(&file)).transpose().map_err(unusable)?;
        Ok(Self { site, signing_key: key })
    }

    /// Puts a parcel into the outbox of every office that has clues or receipts, unless that was done before; and where the
    /// receipts are others than it was told, a parcel of receipts alone.
    pub(crate) async fn send(&self, publication: &Publication, current: &[Accepted]) -> Result<Feedback, RunError> {
        let mut feedback = Feedback::default();
        let Some(signing_key) = &self.signing_key else {
            feedback.without_signing_key = true;
            return Ok(feedback);
        };
        let store = self.site.store();
        let mut clues = clues(store, publication).await?;
        let mut receipts = receipts_by_office(store, current).await?;
        for sender in &self.site.config().senders {
            let office = (sender.place.clone(), sender.department);
            let parcel = Parcel {
                place: sender.place.clone(),
                department: sender.department,
                publication: publication.number,
                run_id: publication.run_id.clone(),
                as_of: publication.as_of.parse().map_err(|_| RunError::Unreadable { what: "the publication's day" })?,
                clues: clues.remove(&office).unwrap_or_default(),
                receipts: receipts.remove(&office).unwrap_or_default(),
                content: ParcelContent::Whole,
            };
            if parcel.clues.is_empty() && parcel.receipts.is_empty() {
                continue;
            }
            let Some(recipient) = &sender.recipient else {
                feedback.without_recipient.push(format!("{} {}", sender.place, sender.department));
                continue;
            };
            Outbox { store, recipient, signing_key }.send(parcel, &mut feedback).await?;
        }
        Ok(feedback)
    }
}

fn unusable(source: DeliveryError) -> RunError {
    RunError::Site(PipelineError::SigningKey { source })
}

/// The outbox of one office.
struct Outbox<'a> {
    store: &'a Store,
    recipient: &'a Recipient,
    signing_key: &'a SigningKey,
}

impl Outbox<'_> {
    async fn send(&self, parcel: Parcel, feedback: &mut Feedback) -> Result<(), RunError> {
        let (told, now) = (told(&parcel), digests(&parcel.receipts));
        if self.seal(&parcel).await? == Written::New {
            feedback.parcels += 1;
            feedback.clues += parcel.clues.len();
        } else if self.knows(&told, &now).await? {
            return Ok(());
        } else {
            let written = self.seal(&parcel.receipts_alone()).await?;
            feedback.receipts_alone += usize::from(written == Written::New);
        }
        // Last: a crash before this makes the office hear the same twice, and never not at all.
        Ok(self.store.put(&told, now.join("\n")).await?)
    }

    /// Whether the office was told every one of the receipts.
    async fn knows(&self, told: &str, receipts: &[String]) -> Result<bool, RunError> {
        let known = self.store.get_if_present(told).await?.unwrap_or_default();
        let known: BTreeSet<&[u8]> = known.split(|byte| *byte == b'\n').collect();
        Ok(receipts.iter().all(|receipt| known.contains(receipt.as_bytes())))
    }

    /// Seals a parcel and puts it into the outbox, if it is not there.
    async fn seal(&self, parcel: &Parcel) -> Result<Written, RunError> {
        let path = format!("outbox/{}.{}/{}", parcel.place, parcel.department, parcel.file_name());
        if self.store.get_if_present(&path).await?.is_some() {
            return Ok(Written::AlreadyThere);
        }
        let sealed = parcel.seal(self.signing_key, self.recipient).map_err(unusable)?;
        Ok(self.store.put_if_absent(&path, sealed).await?)
    }
}

/// One digest for each receipt.
fn digests(receipts: &[ReceiptNote]) -> Vec<String> {
    receipts.iter().map(|receipt| digest_of_receipts(std::slice::from_ref(receipt))).collect()
}

/// Where the digests of the receipts are that an office was told last; parcels are sealed, and cannot be asked.
fn told(parcel: &Parcel) -> String {
    format!("told/{}.{}", parcel.place, parcel.department)
}

/// Office, kind and number of a clue.
type ClueKey = (Office, Arc<str>, i64);

/// The clues of each office in the order of the table, each with the office's own rows.
async fn clues(store: &Store, publication: &Publication) -> Result<BTreeMap<Office, Vec<Clue>>, RunError> {
    let mut shared = Shared::default();
    let mut sources: BTreeMap<ClueKey, Vec<ClueRow>> = BTreeMap::new();
    for_each_batch(store, publication, "evidence.clue_row", &clue_row_schema(), |batch| {
        let rows = Rows(batch);
        for row in 0..rows.0.num_rows() {
            sources.entry(rows.key(row, &mut shared)?).or_default().push(rows.source(row, &mut shared));
        }
        Ok(())
    })
    .await?;
    let mut offices: BTreeMap<Office, Vec<Clue>> = BTreeMap::new();
    for_each_batch(store, publication, "evidence.clue", &clue_schema(), |batch| {
        let rows = Rows(batch);
        for row in 0..rows.0.num_rows() {
            let key = rows.key(row, &mut shared)?;
            let own_rows = sources.remove(&key).unwrap_or_default();
            offices.entry(key.0).or_default().push(rows.clue(row, own_rows, &mut shared));
        }
        Ok(())
    })
    .await?;
    Ok(offices)
}

/// Texts that stand in many rows, each held once.
#[derive(Default)]
struct Shared(BTreeSet<Arc<str>>);

impl Shared {
    fn text(&mut self, text: &str) -> Arc<str> {
        if let Some(held) = self.0.get(text) {
            return Arc::clone(held);
        }
        let held = Arc::from(text);
        self.0.insert(Arc::clone(&held));
        held
    }
}

fn clue_schema() -> SchemaRef {
    let texts =
        ["place", "department", "rule_id", "title_zh", "title_en", "basis", "own_benefit", "counterpart_zh", "kind"];
    let texts = texts.into_iter().chain(["counterpart_en"]);
    let numbers = ["clue_id", "months"];
    let days = ["from_month", "until_month", "first_seen_on", "due_on"];
    let mut fields: Vec<Field> = texts.map(|name| Field::new(name, DataType::Utf8, true)).collect();
    fields.extend(numbers.map(|name| Field::new(name, DataType::Int64, true)));
    fields.extend(days.map(|name| Field::new(name, DataType::Date32, true)));
    fields.push(Field::new("amount", DataType::Decimal128(18, 2), true));
    fields.push(Field::new("is_exact", DataType::Boolean, true));
    Arc::new(Schema::new(fields))
}

fn clue_row_schema() -> SchemaRef {
    let texts = ["place", "department", "kind", "delivery_id", "dataset", "period"].map(|name| (name, DataType::Utf8));
    let numbers = ["clue_id", "sequence", "row"].map(|name| (name, DataType::Int64));
    let fields = texts.into_iter().chain(numbers).map(|(name, data_type)| Field::new(name, data_type, true));
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

/// Rows of a table with the columns of [`clue_schema`] or [`clue_row_schema`].
struct Rows(RecordBatch);

impl Rows {
    fn column(&self, name: &str) -> Option<&dyn Array> {
        self.0.column_by_name(name).map(AsRef::as_ref)
    }

    fn borrowed(&self, name: &str, row: usize) -> Option<&str> {
        let column = self.column(name)?.as_string_opt::<i32>()?;
        column.is_valid(row).then(|| column.value(row))
    }

    fn optional_text(&self, name: &str, row: usize) -> Option<String> {
        self.borrowed(name, row).map(str::to_owned)
    }

    fn text(&self, name: &str, row: usize) -> String {
        self.optional_text(name, row).unwrap_or_default()
    }

    fn key(&self, row: usize, shared: &mut Shared) -> Result<ClueKey, RunError> {
        let department = self.text("department", row).parse();
        let department = department.map_err(|_| RunError::Unreadable { what: "a clue's department" })?;
        Ok((
            (self.text("place", row), department),
            shared.text(self.borrowed("kind", row).unwrap_or_default()),
            self.number("clue_id", row),
        ))
    }

    /// Zero where there is none.
    fn number(&self, name: &str, row: usize) -> i64 {
        let column = self.column(name).and_then(|column| column.as_primitive_opt::<Int64Type>());
        column.filter(|column| column.is_valid(row)).map_or(0, |column| column.value(row))
    }

    fn day(&self, name: &str, row: usize) -> NaiveDate {
        self.optional_day(name, row).unwrap_or_default()
    }

    fn optional_day(&self, name: &str, row: usize) -> Option<NaiveDate> {
        let column = self.column(name)?.as_primitive_opt::<Date32Type>()?;
        column.is_valid(row).then(|| date(column.value(row)))
    }

    fn amount(&self, row: usize) -> Option<String> {
        let column = self.column("amount")?.as_primitive_opt::<Decimal128Type>()?;
        column.is_valid(row).then(|| column.value_as_string(row))
    }

    fn is_exact(&self, row: usize) -> bool {
        self.column("is_exact").and_then(|column| column.as_boolean_opt()).is_some_and(|column| column.value(row))
    }

    fn clue(&self, row: usize, rows: Vec<ClueRow>, shared: &mut Shared) -> Clue {
        let mut words = |name| shared.text(self.borrowed(name, row).unwrap_or_default());
        // The question whether two people are one is about no month.
        let month = |name| self.optional_day(name, row).map_or_else(String::new, |day| day.format("%Y-%m").to_string());
        Clue {
            clue_id: self.number("clue_id", row).to_string(),
            kind: match self.text("kind", row).as_str() {
                "same_person" => ClueKind::SamePerson,
                "gap" => ClueKind::Gap,
                _ => ClueKind::Overlap,
            },
            rule_id: words("rule_id"),
            question_zh: words("title_zh"),
            question_en: words("title_en"),
            own_benefit: self.optional_text("own_benefit", row),
            counterpart_zh: words("counterpart_zh"),
            counterpart_en: words("counterpart_en"),
            from_month: month("from_month"),
            until_month: month("until_month"),
            months: u32::try_from(self.number("months", row)).unwrap_or(0),
            amount: self.amount(row),
            basis: words("basis"),
            reliability: if self.is_exact(row) { Reliability::Exact } else { Reliability::Review },
            first_seen_on: self.day("first_seen_on", row),
            due_on: self.optional_day("due_on", row),
            rows,
        }
    }

    fn source(&self, row: usize, shared: &mut Shared) -> ClueRow {
        let mut words = |name| shared.text(self.borrowed(name, row).unwrap_or_default());
        ClueRow {
            delivery_id: words("delivery_id"),
            dataset: words("dataset"),
            period: words("period"),
            sequence: u32::try_from(self.number("sequence", row)).unwrap_or(0),
            row: u64::try_from(self.number("row", row)).unwrap_or(0),
        }
    }
}
