use std::collections::{HashMap, HashSet};
use std::path::Path;

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::codes::CodeLists;
use crate::contract::{BenefitOf, Column, ColumnType, Contract, Kind, Permille, Subject, TotalsBy, Treatment};
use crate::department::Department;
use crate::error::ContractError;
use crate::yaml::{self, Examined, Place};
use crate::{delivery, generated, names, property};

/// Where a dataset stands that every department has.
const COMMON: &str = "common";

const KEYS: [&str; 10] =
    ["apiVersion", "kind", "id", "name", "version", "status", "domain", "description", "customProperties", "schema"];

/// Reads one contract; the parts of code lists that its columns allow are added to `codes`.
pub(crate) fn read(path: &Path, codes: &mut CodeLists) -> Result<Contract, Vec<ContractError>> {
    let (value, bytes) = yaml::read(path).map_err(|error| vec![error])?;
    let mut file = Examined::new(path);
    let contract = contract(&mut file, &value, path, codes);
    match contract {
        Some(mut contract) if file.errors.is_empty() => {
            contract.digest = hex::encode(Sha256::digest(&bytes));
            Ok(contract)
        }
        _ => Err(file.errors),
    }
}

/// Refuses a file whose object `delivery` is not the one that follows from its object `extract`.
pub(crate) fn check_generated(path: &Path, contract: &Contract) -> Option<ContractError> {
    let mut file = Examined::new(path);
    let bytes = match yaml::read_bytes(path) {
        Ok(bytes) => bytes,
        Err(error) => return Some(error),
    };
    let text = String::from_utf8_lossy(&bytes);
    if generated::rewritten(&text, contract) != text {
        file.contradiction("object `delivery`", "is stale; YILIAN_UPDATE=1 cargo test -p yilian-contract rewrites it");
    }
    file.errors.pop()
}

fn contract(file: &mut Examined, value: &Value, path: &Path, codes: &mut CodeLists) -> Option<Contract> {
    let at = file.mapping(value, "the contract", &KEYS)?;
    file.choice(&at, "apiVersion", "ODCS version", &[("v3.0.2", ())]);
    file.choice(&at, "kind", "kind", &[("DataContract", ())]);
    let statuses = ["proposed", "draft", "active", "deprecated", "retired"].map(|status| (status, ()));
    file.choice(&at, "status", "status", &statuses);
    let id = file.text(&at, "id");
    let (department, dataset) = identity(file, &at, &id, path);
    let description = at
        .get("description")
        .and_then(|value| file.mapping(value, "`description`", &["purpose", "limitations", "usage"]));
    let purpose = description.map_or_else(String::new, |description| file.text(&description, "purpose"));
    let custom = yaml::custom_properties(file, at.get("customProperties"), "the contract's customProperties");
    let custom = Value::Object(custom);
    let own = file.mapping(&custom, "the contract's customProperties", &CUSTOM)?;
    let subject = file.choice(&own, "subject", "subject", &SUBJECTS).unwrap_or(Subject::None);
    let columns = columns(file, &at, &dataset, codes);
    check_headers(file, &columns);
    check_person_block(file, subject, &columns);
    let contract = Contract {
        id,
        version: file.text(&at, "version"),
        digest: String::new(),
        department,
        dataset,
        title_zh: file.text(&at, "name"),
        title_en: file.text(&own, "titleEn"),
        kind: file.choice(&own, "datasetKind", "dataset kind", &KINDS).unwrap_or(Kind::Events),
        subject,
        purpose,
        legal_basis: file.text(&own, "legalBasis"),
        totals: totals(file, &own, &columns, codes),
        rejected_tolerance: tolerance(file, &own),
        columns,
    };
    check_delivered_names(file, &contract);
    Some(contract)
}

const CUSTOM: [&str; 6] = ["titleEn", "datasetKind", "subject", "legalBasis", "rejectedTolerancePermille", "totals"];
const KINDS: [(&str, Kind); 2] = [("snapshot", Kind::Snapshot), ("events", Kind::Events)];
const SUBJECTS: [(&str, Subject); 4] =
    [("person", Subject::Person), ("worker", Subject::Worker), ("bridge", Subject::Bridge), ("none", Subject::None)];

/// Department and dataset, which the id, the domain and the file's place must agree on.
fn identity(file: &mut Examined, at: &Place<'_>, id: &str, path: &Path) -> (Option<Department>, String) {
    let domain = file.text(at, "domain");
    let valid = Department::ALL.map(Department::as_str);
    let department = domain.parse().ok();
    if department.is_none() && domain != COMMON {
        file.unknown("`domain`", "department", &domain, valid.into_iter().chain([COMMON]));
    }
    let file_name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let dataset = file_name.trim_end_matches(".odcs.yaml").to_owned();
    let folder = path.parent().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
    if folder.as_deref() != Some(domain.as_str()) {
        file.contradiction("`domain`", format!("`{domain}` is not the folder that the file lies in"));
    }
    if id != format!("{domain}.{dataset}") {
        file.contradiction("`id`", format!("`{id}` is not `{domain}.{dataset}`, the domain and the file's name"));
    }
    (department, dataset)
}

fn columns(file: &mut Examined, at: &Place<'_>, dataset: &str, codes: &mut CodeLists) -> Vec<Column> {
    let mut columns = None;
    for object in file.list(at, "schema") {
        let keys = ["name", "logicalType", "physicalType", "description", "properties"];
        let Some(object) = file.mapping(object, "`schema`", &keys) else { continue };
        let extract = file.choice(&object, "name", "object", &[("extract", true), ("delivery", false)]);
        if extract == Some(true) {
            let properties = file.list(&object, "properties");
            columns = Some(properties.iter().filter_map(|value| property::read(file, value, dataset, codes)).collect());
        }
    }
    columns.unwrap_or_else(|| {
        file.missing("`schema`", "extract", "the object that describes the file as the office exports it");
        Vec::new()
    })
}

/// No header may mean two columns, in whatever spelling.
fn check_headers(file: &mut Examined, columns: &[Column]) {
    let mut owner: HashMap<String, &str> = HashMap::new();
    for column in columns {
        for header in column.headers() {
            let other = *owner.entry(names::folded(header)).or_insert(&column.name);
            if other != column.name {
                file.contradiction(
                    &format!("property `{}`", column.name),
                    format!("its header `{header}` is also a header of `{other}`"),
                );
            }
        }
    }
}

fn check_person_block(file: &mut Examined, subject: Subject, columns: &[Column]) {
    let block = if subject == Subject::None { &[][..] } else { &delivery::PERSON_BLOCK };
    let found: Vec<&str> = columns.iter().take(block.len()).map(|column| column.name.as_str()).collect();
    if found != block {
        file.contradiction("object `extract`", format!("must begin with the person block: {}", block.join(", ")));
    }
}

fn check_delivered_names(file: &mut Examined, contract: &Contract) {
    let mut seen = HashSet::new();
    for column in contract.delivery_columns() {
        if !seen.insert(column.name.clone()) {
            file.contradiction("object `extract`", format!("two columns would leave as `{}`", column.name));
        }
    }
}

fn tolerance(file: &mut Examined, own: &Place<'_>) -> Permille {
    let share = own.get("rejectedTolerancePermille").map_or(Some(50), Value::as_u64);
    let share = share.and_then(|share| u16::try_from(share).ok()).filter(|share| *share <= 1000);
    Permille(share.unwrap_or_else(|| {
        file.missing(&own.place, "rejectedTolerancePermille", "a whole number from 0 to 1000");
        50
    }))
}

fn totals(file: &mut Examined, own: &Place<'_>, columns: &[Column], codes: &CodeLists) -> TotalsBy {
    let none = Value::Object(Map::new());
    let value = own.get("totals").unwrap_or(&none);
    let absent = TotalsBy { benefit: BenefitOf::None, month: None, amount: None };
    let Some(at) = file.mapping(value, "`totals`", &["benefitColumn", "benefit", "month", "amount"]) else {
        return absent;
    };
    let mut named = |key: &str, fits: fn(&ColumnType) -> bool| {
        let name = file.optional_text(&at, key)?;
        match columns.iter().find(|column| column.name == name) {
            None => file.unknown("`totals`", "column", &name, columns.iter().map(|column| column.name.as_str())),
            Some(column) if !fits(&column.ty) || column.treatment != Treatment::Keep => {
                file.contradiction("`totals`", format!("column `{name}` cannot serve as `{key}`"));
            }
            Some(_) => {}
        }
        Some(name)
    };
    let column = named("benefitColumn", |ty| matches!(ty, ColumnType::Code(_)));
    let month = named("month", |ty| *ty == ColumnType::Month);
    let amount = named("amount", |ty| *ty == ColumnType::Yuan);
    let benefit = match (column, file.optional_text(&at, "benefit")) {
        (Some(column), None) => BenefitOf::Column(column),
        (None, Some(benefit)) => {
            codes.check(file, "`totals`", ("benefit", "benefit", &benefit));
            BenefitOf::Constant(benefit)
        }
        (None, None) => BenefitOf::None,
        (Some(_), Some(_)) => {
            file.contradiction("`totals`", "`benefitColumn` and `benefit` exclude each other");
            BenefitOf::None
        }
    };
    TotalsBy { benefit, month, amount }
}
