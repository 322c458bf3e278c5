use serde_json::Value;

use crate::codes::CodeLists;
use crate::contract::{Classification, Column, ColumnType, TokenKind, Treatment};
use crate::yaml::{self, Examined, Place};

const KEYS: [&str; 8] = [
    "name",
    "businessName",
    "description",
    "logicalType",
    "physicalType",
    "required",
    "classification",
    "customProperties",
];
const CUSTOM: [&str; 7] = ["aliases", "codeList", "codes", "unit", "treatment", "token", "deliveredAs"];

/// The types of an extract's columns; a code's list is filled in afterwards.
const TYPES: [&str; 10] = ["text", "code", "region", "month", "date", "datetime", "yuan", "integer", "decimal", "bool"];
const CLASSIFICATIONS: [(&str, Classification); 4] = [
    ("direct", Classification::Direct),
    ("quasi", Classification::Quasi),
    ("sensitive", Classification::Sensitive),
    ("plain", Classification::Plain),
];
const TOKENS: [(&str, TokenKind); 5] = [
    ("person", TokenKind::Person),
    ("name", TokenKind::Name),
    ("household", TokenKind::Household),
    ("worker", TokenKind::Worker),
    ("record", TokenKind::Record),
];

/// Reads one property of the object `extract`.
pub(crate) fn read(file: &mut Examined, value: &Value, dataset: &str, codes: &mut CodeLists) -> Option<Column> {
    let place = format!("property `{}` of `extract`", value.get("name").and_then(Value::as_str).unwrap_or_default());
    let at = file.mapping(value, &place, &KEYS)?;
    let name = file.text(&at, "name");
    let custom = Value::Object(yaml::custom_properties(file, at.get("customProperties"), &at.place));
    let own = file.mapping(&custom, &at.place, &CUSTOM)?;
    let ty = column_type(file, &at, &own, (dataset, &name), codes);
    let treatment = treatment(file, &own, &ty);
    let classification =
        file.choice(&at, "classification", "classification", &CLASSIFICATIONS).unwrap_or(Classification::Direct);
    if classification == Classification::Direct && matches!(treatment, Treatment::Keep | Treatment::Coarsen) {
        file.contradiction(&at.place, "a direct identifier is tokenised or dropped, never kept");
    }
    check_unit(file, &own, &ty);
    Some(Column {
        header: file.text(&at, "businessName"),
        aliases: file.texts(&own, "aliases"),
        required: required(file, &at),
        delivered_as: delivered_as(file, &own, treatment),
        name,
        ty,
        classification,
        treatment,
    })
}

fn required(file: &mut Examined, at: &Place<'_>) -> bool {
    let Some(value) = at.get("required") else { return false };
    value.as_bool().unwrap_or_else(|| {
        file.missing(&at.place, "required", "true or false");
        false
    })
}

/// The type, with the code list behind it; its ODCS `logicalType` must say the same.
fn column_type(
    file: &mut Examined,
    at: &Place<'_>,
    own: &Place<'_>,
    (dataset, column): (&str, &str),
    codes: &mut CodeLists,
) -> ColumnType {
    let name = file.choice(at, "physicalType", "type", &TYPES.map(|name| (name, name))).unwrap_or("text");
    let list = file.optional_text(own, "codeList");
    let ty = match name {
        "code" => ColumnType::Code(code_list(file, own, list.clone(), (dataset, column), codes)),
        "region" => ColumnType::Region,
        "month" => ColumnType::Month,
        "date" => ColumnType::Date,
        "datetime" => ColumnType::DateTime,
        "yuan" => ColumnType::Yuan,
        "integer" => ColumnType::Integer,
        "decimal" => ColumnType::Decimal,
        "bool" => ColumnType::Bool,
        _ => ColumnType::Text,
    };
    if list.is_some() && name != "code" {
        file.contradiction(&at.place, format!("has a code list, but its type is `{name}`"));
    }
    let logical = ty.logical();
    let said = file.choice(at, "logicalType", "ODCS type", &LOGICAL.map(|name| (name, name)));
    if said.is_some_and(|said| said != logical) {
        file.contradiction(&at.place, format!("the logicalType of `{name}` is `{logical}`"));
    }
    ty
}

const LOGICAL: [&str; 5] = ["string", "date", "number", "integer", "boolean"];

/// The name of the list that the column's cells are read with; a column that allows some codes alone has its own.
fn code_list(
    file: &mut Examined,
    own: &Place<'_>,
    list: Option<String>,
    (dataset, column): (&str, &str),
    codes: &mut CodeLists,
) -> String {
    let Some(list) = list else {
        file.missing(&own.place, "codeList", "the name of a list in codes/");
        return String::new();
    };
    if codes.get(&list).is_none() {
        file.unknown(&own.place, "code list", &list, codes.iter().map(|list| list.name.as_str()));
        return list;
    }
    let part = file.texts(own, "codes");
    if part.is_empty() {
        return list;
    }
    let name = format!("{dataset}.{column}");
    for code in codes.restrict(&list, &name, &part) {
        let valid = codes.get(&list).into_iter().flat_map(|list| &list.entries).map(|entry| entry.code.as_str());
        file.unknown(&own.place, "code", &code, valid);
    }
    name
}

fn treatment(file: &mut Examined, own: &Place<'_>, ty: &ColumnType) -> Treatment {
    let choices = [("tokenise", 0), ("drop", 1), ("coarsen", 2), ("keep", 3)];
    let treatment = match file.choice(own, "treatment", "treatment", &choices) {
        Some(0) => file.choice(own, "token", "token", &TOKENS).map_or(Treatment::Drop, Treatment::Tokenise),
        Some(2) => Treatment::Coarsen,
        Some(3) => Treatment::Keep,
        _ => Treatment::Drop,
    };
    if own.get("token").is_some() && !matches!(treatment, Treatment::Tokenise(_)) {
        file.contradiction(&own.place, "names a token, but is not tokenised");
    }
    if treatment == Treatment::Coarsen && *ty != ColumnType::Date {
        file.contradiction(&own.place, "only a date can be coarsened");
    }
    if matches!(treatment, Treatment::Tokenise(_)) && *ty != ColumnType::Text {
        file.contradiction(&own.place, "only a text can be tokenised");
    }
    treatment
}

fn delivered_as(file: &mut Examined, own: &Place<'_>, treatment: Treatment) -> Option<String> {
    let name = file.optional_text(own, "deliveredAs");
    match treatment {
        Treatment::Tokenise(token) => Some(token.column().to_owned()),
        Treatment::Coarsen if name.is_none() => {
            file.missing(&own.place, "deliveredAs", "the name of the month column that leaves");
            None
        }
        Treatment::Coarsen => name,
        Treatment::Keep | Treatment::Drop => {
            if name.is_some() {
                file.contradiction(&own.place, "`deliveredAs` is for coarsened columns");
            }
            None
        }
    }
}

fn check_unit(file: &mut Examined, own: &Place<'_>, ty: &ColumnType) {
    let unit = file.optional_text(own, "unit");
    if *ty == ColumnType::Yuan && unit.as_deref() != Some("元") {
        file.contradiction(&own.place, "money is in yuan: `unit` must be 元");
    }
}
