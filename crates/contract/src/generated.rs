use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use crate::contract::Contract;
use crate::delivery::{DeliveryColumn, DeliveryType};

const MARK: &str = "  # Generated from `extract`; YILIAN_UPDATE=1 cargo test -p yilian-contract rewrites it.\n";

/// The contract's text with the object `delivery` that follows from its object `extract`.
pub(crate) fn rewritten(text: &str, contract: &Contract) -> String {
    let by_hand = text.find(MARK).and_then(|start| text.get(..start)).unwrap_or(text);
    format!("{by_hand}{}", delivery_object(contract))
}

fn delivery_object(contract: &Contract) -> String {
    let mut yaml =
        format!("{MARK}  - name: delivery\n    logicalType: object\n    physicalType: parquet\n    properties:\n");
    for column in contract.delivery_columns() {
        let (logical, physical) = odcs_types(column.ty);
        let required = if column.nullable { "" } else { ", required: true" };
        // Writing to a String cannot fail.
        let _ = writeln!(
            yaml,
            "      - {{ name: {}, logicalType: {logical}, physicalType: {physical}{required} }}",
            column.name
        );
    }
    yaml
}

const fn odcs_types(ty: DeliveryType) -> (&'static str, &'static str) {
    match ty {
        DeliveryType::Token => ("string", "fixed_size_binary(32)"),
        DeliveryType::Text => ("string", "utf8"),
        DeliveryType::Date => ("date", "date32"),
        DeliveryType::Timestamp => ("date", "timestamp(s)"),
        DeliveryType::Yuan => ("number", "'decimal(18,2)'"),
        DeliveryType::Decimal => ("number", "'decimal(18,4)'"),
        DeliveryType::Integer => ("integer", "int64"),
        DeliveryType::Bool => ("boolean", "boolean"),
    }
}

impl Contract {
    /// The Data Package v2 table schema of `data.parquet`, for the manifest of a delivery.
    pub fn table_schema(&self) -> Value {
        json!({
            "$schema": "https://datapackage.org/profiles/2.0/tableschema.json",
            "fields": self.delivery_columns().iter().map(|column| self.field(column)).collect::<Vec<_>>(),
        })
    }

    fn field(&self, column: &DeliveryColumn) -> Value {
        let (ty, format) = match column.ty {
            // Data Package calls base64 text `binary`; in Parquet it is the 32 bytes themselves.
            DeliveryType::Token => ("string", Some("binary")),
            DeliveryType::Text => ("string", None),
            DeliveryType::Date => ("date", None),
            DeliveryType::Timestamp => ("datetime", None),
            DeliveryType::Yuan | DeliveryType::Decimal => ("number", None),
            DeliveryType::Integer => ("integer", None),
            DeliveryType::Bool => ("boolean", None),
        };
        let mut field = Map::new();
        field.insert("name".to_owned(), json!(column.name));
        field.insert("type".to_owned(), json!(ty));
        if let Some(format) = format {
            field.insert("format".to_owned(), json!(format));
        }
        if let Some(source) = self.column(&column.name) {
            field.insert("title".to_owned(), json!(source.header));
        }
        if !column.nullable {
            field.insert("constraints".to_owned(), json!({ "required": true }));
        }
        Value::Object(field)
    }
}
