//! Tombstones: people whose rows an office must not use any more, kept in the vault and only ever added to.
//!
//! A tombstone comes with a delivery of the dataset `erasure` and outlives it. It holds for the office that delivered it
//! and for nobody else.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Date32Array, FixedSizeBinaryArray, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Date32Type, Field, Schema, SchemaRef};
use bytes::Bytes;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use yilian_contract::Department;
use yilian_delivery::{Identity, sha256_hex};
use yilian_token::{Label, Token, Tokeniser};

use super::segment;
use super::spine::Spine;
use super::{Night, RunError};
use crate::receive::{Accepted, open_accepted};

/// The dataset by which offices deliver tombstones.
pub(crate) const DATASET: &str = "erasure";
const FOLDER: &str = "tombstones";
const PREFIX: &str = "tombstone-";

/// Place and department.
pub(crate) type Office = (String, Department);

/// The office of a delivery.
pub(crate) fn office_of(delivery: &Accepted) -> Office {
    (delivery.manifest.place.clone(), delivery.manifest.department)
}

/// One person of one office.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Tombstone {
    token: Token,
    office: Office,
    reason: String,
    /// Days since 1970-01-01; `None` where the office did not say.
    decided_on: Option<i32>,
}

/// All tombstones so far.
#[derive(Debug, Default)]
pub(crate) struct Tombstones {
    stones: BTreeSet<Tombstone>,
    segments: Vec<String>,
}

impl Tombstones {
    /// Reads the segments that a publication names; those of a spine are passed over.
    pub(crate) fn load(vault: &Path, segments: &[String]) -> Result<Self, RunError> {
        let mut all = Self::default();
        for segment in segments.iter().filter(|name| name.starts_with(PREFIX)) {
            let file = segment::path(&folder(vault), segment);
            let content = fs::read(&file).map_err(RunError::io("read", &file))?;
            for batch in batches(content.into())? {
                all.stones.extend(stones_of_segment(&batch?)?);
            }
            all.segments.push(segment.clone());
        }
        Ok(all)
    }

    /// Adds what the run's deliveries say that is new, as one more segment of the vault.
    pub(crate) async fn extend(&mut self, night: &Night<'_>, identity: &Arc<Identity>) -> Result<(), RunError> {
        let tokeniser = night.keys.hub.tokeniser(Label::HubPerson)?;
        let mut new = BTreeSet::new();
        for delivery in night.deliveries.iter().filter(|delivery| delivery.manifest.dataset == DATASET) {
            let opened = open_accepted(night.site, delivery, identity).await?;
            for batch in batches(opened.data().clone())? {
                new.extend(stones_of_delivery(&batch?, &office_of(delivery), &tokeniser)?);
            }
        }
        new.retain(|stone| !self.stones.contains(stone));
        if !new.is_empty() {
            self.segments.push(keep(&night.site.vault(), &new)?);
            self.stones.extend(new);
        }
        Ok(())
    }

    /// The segments, oldest first.
    pub(crate) fn segments(&self) -> &[String] {
        &self.segments
    }

    /// Every token that has a tombstone, of whatever office.
    pub(crate) fn tokens(&self) -> impl Iterator<Item = Token> {
        self.stones.iter().map(|stone| stone.token)
    }

    /// Which people's rows of an office are left out.
    pub(crate) fn people(&self, office: &Office, persons: &Spine) -> HashSet<i64> {
        let of_office = self.stones.iter().filter(|stone| stone.office == *office);
        of_office.filter_map(|stone| persons.id(&stone.token)).collect()
    }

    /// How many people of each office have one.
    pub(crate) fn counts(&self) -> BTreeMap<Office, usize> {
        let mut people: BTreeMap<&Office, HashSet<&Token>> = BTreeMap::new();
        for stone in &self.stones {
            people.entry(&stone.office).or_default().insert(&stone.token);
        }
        people.into_iter().map(|(office, tokens)| (office.clone(), tokens.len())).collect()
    }

    /// A digest of the tombstones of each office that has any.
    pub(crate) fn digests(&self) -> BTreeMap<Office, String> {
        let mut parts: BTreeMap<Office, String> = BTreeMap::new();
        for stone in &self.stones {
            parts.entry(stone.office.clone()).or_default().push_str(&hex::encode(stone.token));
        }
        parts.into_iter().map(|(office, tokens)| (office, sha256_hex(tokens.as_bytes()))).collect()
    }

    /// Keeps every tombstone under the token that the next hub key makes of it; `Err` with their number if some have
    /// none.
    pub(crate) fn rename(
        &self,
        vault: &Path,
        next: impl Fn(&Token) -> Option<Token>,
    ) -> Result<Result<Option<String>, usize>, RunError> {
        let renamed: BTreeSet<Tombstone> = self
            .stones
            .iter()
            .filter_map(|stone| Some(Tombstone { token: next(&stone.token)?, ..stone.clone() }))
            .collect();
        let lost = self.stones.len() - renamed.len();
        if lost > 0 {
            return Ok(Err(lost));
        }
        Ok(Ok(if renamed.is_empty() { None } else { Some(keep(vault, &renamed)?) }))
    }
}

/// Where the segments lie.
pub(crate) fn folder(vault: &Path) -> PathBuf {
    vault.join(FOLDER)
}

fn keep(vault: &Path, stones: &BTreeSet<Tombstone>) -> Result<String, RunError> {
    segment::keep(&folder(vault), PREFIX, &schema(), std::iter::once(table(stones)), "tombstones")
}

fn schema() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new("hub_token", DataType::FixedSizeBinary(32), false),
        Field::new("place", DataType::Utf8, false),
        Field::new("department", DataType::Utf8, false),
        Field::new("reason", DataType::Utf8, false),
        Field::new("decided_on", DataType::Date32, true),
    ]))
}

fn table(stones: &BTreeSet<Tombstone>) -> Result<RecordBatch, RunError> {
    let tokens = FixedSizeBinaryArray::try_from_iter(stones.iter().map(|stone| stone.token));
    let text = |value: fn(&Tombstone) -> &str| StringArray::from_iter_values(stones.iter().map(value));
    let columns: Vec<ArrayRef> = vec![
        Arc::new(tokens.map_err(RunError::arrow("tombstones"))?),
        Arc::new(text(|stone| &stone.office.0)),
        Arc::new(text(|stone| stone.office.1.as_str())),
        Arc::new(text(|stone| &stone.reason)),
        Arc::new(stones.iter().map(|stone| stone.decided_on).collect::<Date32Array>()),
    ];
    RecordBatch::try_new(schema(), columns).map_err(RunError::arrow("tombstones"))
}

fn batches(content: Bytes) -> Result<impl Iterator<Item = Result<RecordBatch, RunError>>, RunError> {
    let reader = ParquetRecordBatchReaderBuilder::try_new(content)
        .and_then(ParquetRecordBatchReaderBuilder::build)
        .map_err(RunError::parquet("tombstones"))?;
    Ok(reader.map(|batch| batch.map_err(RunError::arrow("tombstones"))))
}

fn stones_of_segment(batch: &RecordBatch) -> Result<Vec<Tombstone>, RunError> {
    let (place, department) = (column(batch, "place", &DataType::Utf8)?, column(batch, "department", &DataType::Utf8)?);
    let (place, department) = (place.as_string::<i32>(), department.as_string::<i32>());
    read(batch, "hub_token", |row, token| {
        let department = department.value(row).parse().ok()?;
        Some((token, (place.value(row).to_owned(), department)))
    })
}

fn stones_of_delivery(
    batch: &RecordBatch,
    office: &Office,
    tokeniser: &Tokeniser<'_>,
) -> Result<Vec<Tombstone>, RunError> {
    read(batch, "person_token", |_, token| Some((tokeniser.of_token(&token), office.clone())))
}

fn read(
    batch: &RecordBatch,
    tokens: &str,
    of: impl Fn(usize, Token) -> Option<(Token, Office)>,
) -> Result<Vec<Tombstone>, RunError> {
    let tokens = column(batch, tokens, &DataType::FixedSizeBinary(32))?;
    let tokens = tokens.as_fixed_size_binary();
    let reasons = column(batch, "reason", &DataType::Utf8)?;
    let days = column(batch, "decided_on", &DataType::Date32)?;
    let (reasons, days) = (reasons.as_string::<i32>(), days.as_primitive::<Date32Type>());
    let stone = |row: usize| {
        let token = tokens.is_valid(row).then(|| Token::try_from(tokens.value(row)).ok()).flatten()?;
        let (token, office) = of(row, token)?;
        let decided_on = days.is_valid(row).then(|| days.value(row));
        Some(Tombstone { token, office, reason: reasons.value(row).to_owned(), decided_on })
    };
    Ok((0..batch.num_rows()).filter_map(stone).collect())
}

fn column(batch: &RecordBatch, name: &str, data_type: &DataType) -> Result<ArrayRef, RunError> {
    let index = batch.schema_ref().index_of(name).map_err(RunError::arrow("tombstones"))?;
    cast(batch.column(index), data_type).map_err(RunError::arrow("tombstones"))
}
