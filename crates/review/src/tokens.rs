//! Tokens as they were delivered: their shape, and which departments know the same people.

use std::collections::{BTreeMap, HashSet};

use arrow::array::{Array, FixedSizeBinaryArray};
use arrow::datatypes::DataType;
use bytes::Bytes;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde::Serialize;
use yilian_contract::Department;
use yilian_delivery::Manifest;
use yilian_token::Token;

use crate::error::ReviewError;

const PERSON: &str = "person_token";
/// So many different tokens never share a byte by chance.
const ENOUGH_TO_JUDGE: usize = 32;
/// Fewer people say nothing about a department's key.
const ENOUGH_PEOPLE: usize = 200;
/// Below this share of people whom another department knows, too, tokens are probably made otherwise.
const FEWEST_SHARED_PERMILLE: usize = 50;

/// What one delivery says about its tokens.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct DeliveryLine {
    pub(crate) file: String,
    pub(crate) department: Department,
    pub(crate) dataset: String,
    pub(crate) period: String,
    pub(crate) algorithm: String,
    pub(crate) key_id: String,
    pub(crate) check_value: String,
    pub(crate) canonicaliser: u32,
    pub(crate) contract_version: String,
    pub(crate) read: u64,
    pub(crate) delivered: u64,
    pub(crate) rejected: u64,
    pub(crate) null_tokens: u64,
    pub(crate) upgraded: u64,
    pub(crate) columns: Vec<ColumnOfTokens>,
}

/// One column of tokens.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ColumnOfTokens {
    pub(crate) name: String,
    pub(crate) nulls: usize,
    pub(crate) distinct: usize,
    /// Byte places that are the same in all tokens; a whole HMAC has none.
    pub(crate) constant_bytes: usize,
}

/// How many people two departments both know.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct OverlapLine {
    pub(crate) department: String,
    pub(crate) department_zh: &'static str,
    pub(crate) persons: usize,
    /// Whether another department has delivered enough people to compare with.
    pub(crate) is_compared: bool,
    /// Of them, known to at least one other department.
    pub(crate) shared: usize,
}

/// Tokens of all deliveries.
#[derive(Default)]
pub(crate) struct Tokens {
    pub(crate) deliveries: Vec<DeliveryLine>,
    persons: BTreeMap<Department, HashSet<Token>>,
}

impl Tokens {
    /// Looks at one delivery.
    pub(crate) fn look(&mut self, manifest: &Manifest, data: &Bytes) -> Result<(), ReviewError> {
        let builder = ParquetRecordBatchReaderBuilder::try_new(data.clone())?;
        let fields = builder.schema().fields();
        let is_token = |data_type: &DataType| matches!(data_type, DataType::FixedSizeBinary(_));
        let names: Vec<String> =
            fields.iter().filter(|field| is_token(field.data_type())).map(|field| field.name().clone()).collect();
        let mut columns = Vec::new();
        for name in names {
            let (tokens, nulls) = tokens_of(data, &name)?;
            columns.push(ColumnOfTokens {
                nulls,
                distinct: tokens.len(),
                constant_bytes: constant_bytes(&tokens),
                name: name.clone(),
            });
            if name == PERSON {
                self.persons.entry(manifest.department).or_default().extend(tokens);
            }
        }
        self.deliveries.push(DeliveryLine {
            file: manifest.file_name().to_string(),
            department: manifest.department,
            dataset: manifest.dataset.clone(),
            period: manifest.period.to_string(),
            algorithm: manifest.link_key.algorithm.clone(),
            key_id: manifest.link_key.kid.clone(),
            check_value: manifest.link_key.check_value.clone(),
            canonicaliser: manifest.canonicaliser,
            contract_version: manifest.contract.version.clone(),
            read: manifest.counts.read,
            delivered: manifest.counts.delivered,
            rejected: manifest.counts.rejected_rows(),
            null_tokens: manifest.counts.null_tokens,
            upgraded: manifest.counts.upgraded,
            columns,
        });
        Ok(())
    }

    /// For each department, how many of its people another one knows.
    pub(crate) fn overlap(&self) -> Vec<OverlapLine> {
        let others = |department: &Department, token: &Token| {
            self.persons.iter().any(|(other, persons)| other != department && persons.contains(token))
        };
        // A department whose people nobody else can know says nothing.
        let compared = |department: &Department| {
            self.persons.iter().any(|(other, persons)| other != department && persons.len() >= ENOUGH_PEOPLE)
        };
        self.persons
            .iter()
            .map(|(department, persons)| OverlapLine {
                is_compared: compared(department),
                department: department.to_string(),
                department_zh: department.zh(),
                persons: persons.len(),
                shared: persons.iter().filter(|token| others(department, token)).count(),
            })
            .collect()
    }
}

impl OverlapLine {
    /// Whether so few people are shared that the department's tokens are probably made otherwise.
    pub(crate) fn is_suspicious(&self) -> bool {
        self.is_compared && self.persons >= ENOUGH_PEOPLE && self.shared * 1000 < self.persons * FEWEST_SHARED_PERMILLE
    }
}

impl ColumnOfTokens {
    /// Whether part of the tokens is cut off.
    pub(crate) fn is_truncated(&self) -> bool {
        self.distinct >= ENOUGH_TO_JUDGE && self.constant_bytes > 0
    }
}

fn tokens_of(data: &Bytes, column: &str) -> Result<(HashSet<Token>, usize), ReviewError> {
    let builder = ParquetRecordBatchReaderBuilder::try_new(data.clone())?;
    let mask = ProjectionMask::columns(builder.parquet_schema(), [column]);
    let (mut tokens, mut nulls) = (HashSet::new(), 0);
    for batch in builder.with_projection(mask).build()? {
        let batch = batch?;
        let Some(array) = batch.column(0).as_any().downcast_ref::<FixedSizeBinaryArray>() else { continue };
        nulls += array.null_count();
        tokens.extend(array.iter().flatten().filter_map(|bytes| Token::try_from(bytes).ok()));
    }
    Ok((tokens, nulls))
}

fn constant_bytes(tokens: &HashSet<Token>) -> usize {
    let Some(first) = tokens.iter().next() else { return 0 };
    let mut same = [true; 32];
    for token in tokens {
        for ((same, byte), other) in same.iter_mut().zip(token).zip(first) {
            *same &= byte == other;
        }
    }
    if tokens.len() < ENOUGH_TO_JUDGE { 0 } else { same.iter().filter(|same| **same).count() }
}
