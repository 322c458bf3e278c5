mod check;

use std::collections::BTreeMap;
use std::path::Path;

use chrono::NaiveDate;
use serde_json::Value;

use super::{
    ActBy, Bars, DiffersIn, EVIDENCE, Effective, FACTS, Instalments, Limit, Need, ONE_MINUTE, Rule, RulePlace,
    RuleType, STAFF_HOURS, Severity, Source, Standard, Switch, Title, allowed,
};
use crate::codes::{CodeList, CodeLists};
use crate::department::Department;
use crate::error::ContractError;
use crate::load::Schemas;
use crate::yaml::{self, Examined, Place};

const KEYS: [&str; 21] = [
    "id",
    "title",
    "type",
    "left",
    "right",
    "bars",
    "differs_in",
    "needs",
    "instalments",
    "standard",
    "within_months",
    "limits",
    "one_month_is_info",
    "places",
    "effective",
    "severity",
    "signed_on",
    "source",
    "act_by",
    "tells",
    "default",
];
const TYPES: [(&str, RuleType); 7] = [
    ("exclusive", RuleType::Exclusive),
    ("higher", RuleType::Higher),
    ("offset", RuleType::Offset),
    ("duplicate", RuleType::Duplicate),
    ("status", RuleType::Status),
    ("time", RuleType::Time),
    ("once", RuleType::Once),
];
const BARS: [(&str, Bars); 3] = [("left", Bars::Left), ("right", Bars::Right), ("lower", Bars::Lower)];
const DIFFERENCES: [(&str, DiffersIn); 4] = [
    ("county", DiffersIn::County),
    ("category", DiffersIn::Category),
    ("booking", DiffersIn::Booking),
    ("stay", DiffersIn::Stay),
];
pub(crate) const SEVERITIES: [(&str, Severity); 3] =
    [("violation", Severity::Violation), ("review", Severity::Review), ("info", Severity::Info)];
const SWITCHES: [(&str, Switch); 2] = [("on", Switch::On), ("off", Switch::Off)];

/// Reads every rule of the folder `pipelines/rules`, in the order of their ids.
///
/// # Errors
/// Everything that is wrong with any of the files, each with file, place and, for an unknown name, the nearest valid
/// one.
pub fn load(rules_folder: &Path, schemas: &Schemas) -> Result<Vec<Rule>, Vec<ContractError>> {
    let mut errors = Vec::new();
    let mut found = BTreeMap::new();
    for path in yaml::files(rules_folder, ".yaml").map_err(|error| vec![error])? {
        match read(&path, schemas) {
            Ok(rule) => drop(found.insert(rule.id.clone(), rule)),
            Err(more) => errors.extend(more),
        }
    }
    let rules: Vec<Rule> = found.into_values().collect();
    errors.extend(allowed::check(rules_folder, &rules));
    if errors.is_empty() { Ok(rules) } else { Err(errors) }
}

fn read(path: &Path, schemas: &Schemas) -> Result<Rule, Vec<ContractError>> {
    let (value, _) = yaml::read(path).map_err(|error| vec![error])?;
    let mut file = Examined::new(path);
    let rule = rule(&mut file, &value, schemas);
    if let Some(rule) = &rule {
        check::parts(&mut file, rule, path);
    }
    match rule {
        Some(rule) if file.errors.is_empty() => Ok(rule),
        _ => Err(file.errors),
    }
}

fn rule(file: &mut Examined, value: &Value, schemas: &Schemas) -> Option<Rule> {
    let at = file.mapping(value, "the rule", &KEYS)?;
    let benefits = schemas.codes.get("benefit");
    Some(Rule {
        id: file.text(&at, "id"),
        title: title(file, &at),
        kind: file.choice(&at, "type", "rule type", &TYPES)?,
        left: side(file, &at, "left", benefits),
        right: side(file, &at, "right", benefits),
        bars: file.choice(&at, "bars", "side", &BARS)?,
        differs_in: at.get("differs_in").and_then(|_| file.choice(&at, "differs_in", "difference", &DIFFERENCES)),
        needs: needs(file, &at),
        instalments: instalments(file, &at, &schemas.codes),
        standard: standard(file, &at, &schemas.codes),
        within_months: number(file, &at, "within_months"),
        limits: limits(file, &at),
        one_month_is_info: flag(file, &at, "one_month_is_info"),
        places: places(file, &at),
        effective: effective(file, &at)?,
        severity: file.choice(&at, "severity", "severity", &SEVERITIES)?,
        signed_on: effective_day(file, &at, "signed_on"),
        source: source(file, &at),
        act_by: act_by(file, &at)?,
        tells: tells(file, &at),
        default: switch(file, &at),
    })
}

/// YAML reads `on` and `off` as true and false where they stand without quotes.
fn switch(file: &mut Examined, at: &Place<'_>) -> Switch {
    match at.get("default") {
        None | Some(Value::Bool(true)) => Switch::On,
        Some(Value::Bool(false)) => Switch::Off,
        Some(_) => file.choice(at, "default", "switch", &SWITCHES).unwrap_or(Switch::On),
    }
}

pub(crate) fn title(file: &mut Examined, at: &Place<'_>) -> Title {
    let found = at.get("title").and_then(|value| file.mapping(value, "`title`", &["zh", "en"]));
    found.map_or_else(
        || Title { zh: String::new(), en: String::new() },
        |title| Title { zh: file.text(&title, "zh"), en: file.text(&title, "en") },
    )
}

fn side(file: &mut Examined, at: &Place<'_>, key: &str, benefits: Option<&CodeList>) -> Vec<String> {
    let names = file.texts(at, key);
    let valid = || benefits.into_iter().flat_map(|list| &list.entries).map(|entry| entry.code.as_str()).chain(EVIDENCE);
    for name in &names {
        if !valid().any(|code| code == name) {
            file.unknown(&format!("`{key}`"), "benefit", name, valid());
        }
    }
    names
}

fn needs(file: &mut Examined, at: &Place<'_>) -> Vec<Need> {
    if at.get("needs").is_none() {
        return Vec::new();
    }
    let mut needs = Vec::new();
    for value in file.list(at, "needs") {
        let Some(entry) = file.mapping(value, "`needs`", &["fact", "left"]) else { continue };
        let fact = file.text(&entry, "fact");
        if !FACTS.contains(&fact.as_str()) {
            file.unknown("`needs`", "fact", &fact, FACTS.into_iter());
        }
        needs.push(Need { fact, left: file.texts(&entry, "left") });
    }
    needs
}

fn instalments(file: &mut Examined, at: &Place<'_>, codes: &CodeLists) -> Vec<Instalments> {
    if at.get("instalments").is_none() {
        return Vec::new();
    }
    let mut paid = Vec::new();
    for value in file.list(at, "instalments") {
        let Some(entry) = file.mapping(value, "`instalments`", &["rate", "left"]) else { continue };
        let rate = file.text(&entry, "rate");
        codes.check(file, "`instalments`", ("rate", "standard", &rate));
        paid.push(Instalments { rate, left: file.texts(&entry, "left") });
    }
    paid
}

fn standard(file: &mut Examined, at: &Place<'_>, codes: &CodeLists) -> Option<Standard> {
    let entry = file.mapping(at.get("standard")?, "`standard`", &["plus", "less"])?;
    let standard = Standard { plus: file.texts(&entry, "plus"), less: file.texts(&entry, "less") };
    if standard.plus.is_empty() {
        file.missing("`standard`", "plus", "a list of rates");
    }
    for name in standard.plus.iter().chain(&standard.less) {
        codes.check(file, "`standard`", ("rate", "standard", name));
    }
    Some(standard)
}

fn limits(file: &mut Examined, at: &Place<'_>) -> Vec<Limit> {
    let kinds = [STAFF_HOURS, ONE_MINUTE];
    let Some(entry) = at.get("limits").and_then(|value| file.mapping(value, "`limits`", &kinds)) else {
        return Vec::new();
    };
    let limit = |evidence: &str| Some(Limit { evidence: evidence.to_owned(), number: number(file, &entry, evidence)? });
    kinds.into_iter().filter_map(limit).collect()
}

fn number(file: &mut Examined, at: &Place<'_>, key: &str) -> Option<u32> {
    let value = at.get(key)?;
    let number = value.as_u64().and_then(|number| u32::try_from(number).ok()).filter(|number| *number > 0);
    if number.is_none() {
        file.missing(&at.place, key, "a number above zero");
    }
    number
}

fn flag(file: &mut Examined, at: &Place<'_>, key: &str) -> bool {
    let Some(value) = at.get(key) else { return false };
    value.as_bool().unwrap_or_else(|| {
        file.missing(&at.place, key, "true or false");
        false
    })
}

fn places(file: &mut Examined, at: &Place<'_>) -> Vec<RulePlace> {
    if at.get("places").is_none() {
        return Vec::new();
    }
    let mut places = Vec::new();
    for value in file.list(at, "places") {
        let Some(entry) = file.mapping(value, "`places`", &["place", "from", "until"]) else { continue };
        let place = file.text(&entry, "place");
        file.region("`places`", &place);
        places.push(RulePlace {
            place,
            from: effective_day(file, &entry, "from"),
            until: effective_day(file, &entry, "until"),
        });
    }
    places
}

fn effective(file: &mut Examined, at: &Place<'_>) -> Option<Effective> {
    let Some(value) = at.get("effective") else {
        file.missing(&at.place, "effective", "from, and until where it has ended");
        return None;
    };
    let entry = file.mapping(value, "`effective`", &["from", "until"])?;
    let Some(from) = effective_day(file, &entry, "from") else {
        file.missing("`effective`", "from", "a date such as 2025-01-01");
        return None;
    };
    Some(Effective { from, until: effective_day(file, &entry, "until") })
}

pub(crate) fn effective_day(file: &mut Examined, at: &Place<'_>, key: &str) -> Option<NaiveDate> {
    let text = file.optional_text(at, key)?;
    crate::codes::date(file, &at.place, &text)
}

pub(crate) fn source(file: &mut Examined, at: &Place<'_>) -> Option<Source> {
    let entry = file.mapping(at.get("source")?, "`source`", &["document", "clause", "quote", "checked"])?;
    Some(Source {
        document: file.text(&entry, "document"),
        clause: file.text(&entry, "clause"),
        quote: file.optional_text(&entry, "quote"),
        checked: flag(file, &entry, "checked"),
    })
}

fn act_by(file: &mut Examined, at: &Place<'_>) -> Option<ActBy> {
    let departments = Department::ALL.map(|department| (department.as_str(), ActBy::Department(department)));
    let choices: Vec<_> = departments.into_iter().chain([("payer", ActBy::Payer)]).collect();
    file.choice(at, "act_by", "department", &choices)
}

fn tells(file: &mut Examined, at: &Place<'_>) -> Vec<Department> {
    let names = file.texts(at, "tells");
    let mut told = Vec::new();
    for name in names {
        match name.parse() {
            Ok(department) => told.push(department),
            Err(_) => file.unknown("`tells`", "department", &name, Department::ALL.map(Department::as_str).into_iter()),
        }
    }
    told
}

#[cfg(test)]
mod tests;
