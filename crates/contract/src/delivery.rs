use std::sync::Arc;

use arrow_schema::{DataType, Field, Schema, SchemaRef, TimeUnit};

use crate::contract::{Column, ColumnType, Contract, Subject, TokenKind, Treatment};

/// A column of `data.parquet`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryColumn {
    /// The name in the file.
    pub name: String,
    /// Its type.
    pub ty: DeliveryType,
    /// Whether a null is lawful.
    pub nullable: bool,
}

/// The types that a delivery may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryType {
    /// 32 bytes of HMAC.
    Token,
    /// UTF-8 text, code or region.
    Text,
    /// A day; a month is its first day.
    Date,
    /// A time to the second, without a time zone.
    Timestamp,
    /// Money in yuan, 18 digits of which 2 decimals.
    Yuan,
    /// A number of 18 digits, 4 of them decimals.
    Decimal,
    /// A whole number.
    Integer,
    /// True or false.
    Bool,
}

impl DeliveryType {
    /// The Arrow type in the Parquet file.
    pub fn arrow(self) -> DataType {
        match self {
            Self::Token => DataType::FixedSizeBinary(32),
            Self::Text => DataType::Utf8,
            Self::Date => DataType::Date32,
            Self::Timestamp => DataType::Timestamp(TimeUnit::Second, None),
            Self::Yuan => DataType::Decimal128(18, 2),
            Self::Decimal => DataType::Decimal128(18, 4),
            Self::Integer => DataType::Int64,
            Self::Bool => DataType::Boolean,
        }
    }
}

impl Contract {
    /// The columns of `data.parquet` in order: the person block, then what leaves of the extract's other columns.
    pub fn delivery_columns(&self) -> Vec<DeliveryColumn> {
        let mut columns = self.person_block();
        let rest = self.columns.iter().filter(|column| !self.in_person_block(column));
        columns.extend(rest.flat_map(delivered));
        columns
    }

    /// [`Self::delivery_columns`] as an Arrow schema without metadata.
    pub fn delivery_schema(&self) -> SchemaRef {
        let field = |column: DeliveryColumn| Field::new(column.name, column.ty.arrow(), column.nullable);
        Arc::new(Schema::new(self.delivery_columns().into_iter().map(field).collect::<Vec<_>>()))
    }

    /// Whether the column is one of the four that leave as the person block.
    fn in_person_block(&self, column: &Column) -> bool {
        self.subject != Subject::None && PERSON_BLOCK.contains(&column.name.as_str())
    }

    fn person_block(&self) -> Vec<DeliveryColumn> {
        use DeliveryType::{Date, Text, Token};
        let names: &[(&str, DeliveryType, bool)] = match self.subject {
            Subject::Person => &[
                ("person_token", Token, true),
                ("name_token", Token, true),
                ("sex", Text, true),
                ("birth_month", Date, true),
                ("id_quality", Text, false),
            ],
            Subject::Worker => &[("worker_token", Token, true), ("sex", Text, true), ("id_quality", Text, false)],
            Subject::Bridge => &[("old_token", Token, false), ("new_token", Token, false)],
            Subject::None => &[],
        };
        names.iter().map(|&(name, ty, nullable)| DeliveryColumn { name: name.to_owned(), ty, nullable }).collect()
    }
}

/// The four columns that every extract about people begins with; they leave as the person block.
pub(crate) const PERSON_BLOCK: [&str; 4] = ["name", "id_number", "sex", "birth_date"];

fn delivered(column: &Column) -> Vec<DeliveryColumn> {
    let name = column.delivered_as.clone().unwrap_or_else(|| column.name.clone());
    let one = |ty, nullable| vec![DeliveryColumn { name: name.clone(), ty, nullable }];
    let nullable = !column.required;
    match (&column.treatment, &column.ty) {
        (Treatment::Drop, _) => Vec::new(),
        // A head's number that gives no token is a null token, like the person's own.
        (Treatment::Tokenise(TokenKind::Household), _) => one(DeliveryType::Token, true),
        (Treatment::Tokenise(_), _) => one(DeliveryType::Token, nullable),
        (_, ColumnType::Region) => vec![
            DeliveryColumn { name: name.clone(), ty: DeliveryType::Text, nullable },
            DeliveryColumn { name: format!("{name}_urban_rural"), ty: DeliveryType::Text, nullable },
        ],
        (_, ColumnType::Text | ColumnType::Code(_)) => one(DeliveryType::Text, nullable),
        (_, ColumnType::Month | ColumnType::Date) => one(DeliveryType::Date, nullable),
        (_, ColumnType::DateTime) => one(DeliveryType::Timestamp, nullable),
        (_, ColumnType::Yuan) => one(DeliveryType::Yuan, nullable),
        (_, ColumnType::Integer) => one(DeliveryType::Integer, nullable),
        (_, ColumnType::Decimal) => one(DeliveryType::Decimal, nullable),
        (_, ColumnType::Bool) => one(DeliveryType::Bool, nullable),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::Classification;

    fn column(ty: ColumnType, treatment: Treatment) -> Column {
        Column {
            name: "died_on".to_owned(),
            header: "死亡日期".to_owned(),
            aliases: Vec::new(),
            ty,
            required: true,
            classification: Classification::Plain,
            treatment,
            delivered_as: (treatment == Treatment::Coarsen).then(|| "death_month".to_owned()),
        }
    }

    #[test]
    fn a_coarsened_date_leaves_under_its_new_name() {
        let left = delivered(&column(ColumnType::Date, Treatment::Coarsen));
        let expected = DeliveryColumn { name: "death_month".to_owned(), ty: DeliveryType::Date, nullable: false };
        assert_eq!(left, [expected]);
    }

    #[test]
    fn a_dropped_column_does_not_leave() {
        assert_eq!(delivered(&column(ColumnType::Text, Treatment::Drop)), []);
    }

    #[test]
    fn a_region_leaves_with_its_urban_or_rural_class() {
        let left = delivered(&column(ColumnType::Region, Treatment::Keep));
        let names: Vec<_> = left.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names, ["died_on", "died_on_urban_rural"]);
    }

    #[test]
    fn a_household_token_may_be_null_even_where_the_column_is_required() {
        assert!(delivered(&column(ColumnType::Text, Treatment::Tokenise(TokenKind::Household)))[0].nullable);
        assert!(!delivered(&column(ColumnType::Text, Treatment::Tokenise(TokenKind::Record)))[0].nullable);
    }
}
