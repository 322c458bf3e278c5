//! The fixed-width record in which a tokenised row waits for the sort.
//!
//! Every field is written so that comparing bytes compares values, and a null is all ones: the order of
//! records is the order of rows in a delivery, nulls last. A record holds tokens and treated values
//! alone; behind the delivered fields stand the row's number in the source and its record number, which
//! `rows.parquet` needs.

use yilian_contract::{CodeList, Column, ColumnType, Contract, DeliveryType, Subject, TokenKind, Treatment};

use crate::IntakeError;
use crate::cell::CodeTable;

/// What a field holds.
#[derive(Debug, Clone)]
pub(crate) enum FieldKind {
    /// 32 bytes.
    Token,
    /// A number into these texts, which are sorted.
    Code(Vec<String>),
    /// A number of an interned text, replaced by its rank before the sort.
    Text,
    /// A region as a number of nine digits, see [`crate::cell::region`].
    Region,
    /// Days since 1970-01-01.
    Date,
    /// Seconds since 1970-01-01.
    Timestamp,
    /// A number times its scale.
    Scaled(DeliveryType),
    /// 0 or 1.
    Bool,
}

/// One delivered column in the record.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) kind: FieldKind,
    pub(crate) offset: usize,
    pub(crate) width: usize,
    signed: bool,
}

/// Where each delivered column stands in a record.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    pub(crate) fields: Vec<Field>,
    /// Where the row's number in the source stands: 4 bytes.
    pub(crate) source_row: usize,
    /// Where the own record number stands: one byte of length, then the text.
    pub(crate) record_number: usize,
    /// Bytes of a record.
    pub(crate) width: usize,
}

/// Bytes kept for the own record number of a dataset that has one.
pub(crate) const RECORD_NUMBER: usize = 40;

pub(crate) const SEXES: [&str; 4] = ["0", "1", "2", "9"];
pub(crate) const QUALITIES: [&str; 4] = ["none", "residence_permit", "upgraded15", "valid18"];
pub(crate) const URBAN_RURAL: [&str; 3] = ["rural", "unknown", "urban"];

impl Layout {
    /// The layout of a contract's delivery.
    pub(crate) fn new(contract: &Contract, list_of: &dyn Fn(&str) -> Option<CodeList>) -> Result<Self, IntakeError> {
        let mut fields = Vec::new();
        let mut offset = 0;
        for column in contract.delivery_columns() {
            let kind = kind_of(contract, &column.name, column.ty, list_of)?;
            let width = kind.width();
            let signed = kind.signed();
            fields.push(Field { name: column.name, kind, offset, width, signed });
            offset += width;
        }
        let numbered = contract.columns.iter().any(|column| column.treatment == Treatment::Tokenise(TokenKind::Record));
        let record_number = offset + 4;
        Ok(Self {
            fields,
            source_row: offset,
            record_number,
            width: record_number + if numbered { 1 + RECORD_NUMBER } else { 0 },
        })
    }

    pub(crate) fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The office's own number of a row; `None` where the dataset or the row has none.
    pub(crate) fn own_number<'r>(&self, record: &'r [u8]) -> Option<&'r [u8]> {
        let (length, text) = record.get(self.record_number..self.width)?.split_first()?;
        // A number that was never written is all ones, and so is longer than its place.
        text.get(..usize::from(*length))
    }
}

impl FieldKind {
    fn width(&self) -> usize {
        match self {
            Self::Token => 32,
            Self::Code(codes) if codes.len() < 255 => 1,
            Self::Code(_) => 2,
            Self::Bool => 1,
            Self::Text | Self::Region | Self::Date => 4,
            Self::Timestamp | Self::Scaled(_) => 8,
        }
    }

    /// Whether values may be negative, so that the sign must be turned for comparing bytes.
    fn signed(&self) -> bool {
        matches!(self, Self::Date | Self::Timestamp | Self::Scaled(_))
    }
}

impl Field {
    /// Writes a value into a record's field.
    #[inline]
    pub(crate) fn put(&self, record: &mut [u8], value: i64) {
        let sign = if self.signed { 1_u64 << (8 * self.width - 1) } else { 0 };
        let bytes = (value.cast_unsigned() ^ sign).to_be_bytes();
        let Some(place) = record.get_mut(self.offset..) else { return };
        match self.width {
            1 => put_last::<1>(place, bytes),
            2 => put_last::<2>(place, bytes),
            4 => put_last::<4>(place, bytes),
            _ => put_last::<8>(place, bytes),
        }
    }

    /// Writes a token into a record's field.
    #[inline]
    pub(crate) fn put_token(&self, record: &mut [u8], token: &[u8; 32]) {
        if let Some(place) = record.get_mut(self.offset..).and_then(<[u8]>::first_chunk_mut) {
            *place = *token;
        }
    }

    /// The token of a record's field; `None` for a null.
    #[inline]
    pub(crate) fn token<'r>(&self, record: &'r [u8]) -> Option<&'r [u8; 32]> {
        record.get(self.offset..)?.first_chunk().filter(|token| **token != [0xff; 32])
    }

    /// The value of a record's field; `None` for a null.
    #[inline]
    pub(crate) fn get(&self, record: &[u8]) -> Option<i64> {
        let place = record.get(self.offset..)?;
        match self.width {
            1 => place.first_chunk::<1>().filter(|bytes| **bytes != [0xff]).map(|[byte]| i64::from(*byte)),
            2 => {
                place.first_chunk().filter(|bytes| **bytes != [0xff; 2]).map(|bytes| u16::from_be_bytes(*bytes).into())
            }
            4 => place.first_chunk().filter(|bytes| **bytes != [0xff; 4]).map(|bytes| {
                let number = u32::from_be_bytes(*bytes);
                if self.signed { i64::from((number ^ 1 << 31).cast_signed()) } else { i64::from(number) }
            }),
            _ => place.first_chunk().filter(|bytes| **bytes != [0xff; 8]).map(|bytes| {
                let number = u64::from_be_bytes(*bytes);
                if self.signed { (number ^ 1 << 63).cast_signed() } else { number.cast_signed() }
            }),
        }
    }
}

#[inline]
fn put_last<const N: usize>(place: &mut [u8], bytes: [u8; 8]) {
    if let (Some(place), Some(bytes)) = (place.first_chunk_mut::<N>(), bytes.last_chunk::<N>()) {
        *place = *bytes;
    }
}

fn kind_of(
    contract: &Contract,
    name: &str,
    ty: DeliveryType,
    list_of: &dyn Fn(&str) -> Option<CodeList>,
) -> Result<FieldKind, IntakeError> {
    let texts = |texts: &[&str]| FieldKind::Code(texts.iter().map(|text| (*text).to_owned()).collect());
    Ok(match ty {
        DeliveryType::Token => FieldKind::Token,
        DeliveryType::Date => FieldKind::Date,
        DeliveryType::Timestamp => FieldKind::Timestamp,
        DeliveryType::Yuan | DeliveryType::Decimal | DeliveryType::Integer => FieldKind::Scaled(ty),
        DeliveryType::Bool => FieldKind::Bool,
        DeliveryType::Text if contract.subject != Subject::None && name == "sex" => texts(&SEXES),
        DeliveryType::Text if contract.subject != Subject::None && name == "id_quality" => texts(&QUALITIES),
        DeliveryType::Text => match column_of(contract, name).map(|column| &column.ty) {
            Some(ColumnType::Code(list)) => FieldKind::Code(code_table(contract, list, list_of)?.codes().to_vec()),
            Some(ColumnType::Region) => FieldKind::Region,
            Some(_) => FieldKind::Text,
            None => texts(&URBAN_RURAL),
        },
    })
}

fn column_of<'c>(contract: &'c Contract, delivered: &str) -> Option<&'c Column> {
    contract.columns.iter().find(|column| column.delivered_as.as_deref().unwrap_or(&column.name) == delivered)
}

/// The table of a code list that a contract names.
pub(crate) fn code_table(
    contract: &Contract,
    list: &str,
    list_of: &dyn Fn(&str) -> Option<CodeList>,
) -> Result<CodeTable, IntakeError> {
    let found = list_of(list).ok_or_else(|| IntakeError::Contract {
        contract: contract.id.clone(),
        what: format!("there is no code list {list}"),
    })?;
    Ok(CodeTable::new(&found))
}
