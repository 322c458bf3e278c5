use serde_json::Value;

use super::load::{Names, condition};
use super::{Entitlement, Gap};
use crate::department::Department;
use crate::rules::{source, title};
use crate::yaml::Place;

const KEYS: [&str; 16] = [
    "id",
    "benefit",
    "title",
    "source",
    "place",
    "default",
    "eligible_for",
    "conditions",
    "unless",
    "unless_held",
    "once_in_household",
    "counties",
    "proved_in",
    "received_in",
    "act_by",
    "proved_by",
];
const DECISIONS: [&str; 4] = ["approved", "refused", "waived", "waiting"];

/// Reads `gap.yaml`; those that are switched off are checked and left out.
pub(super) fn gaps(names: &mut Names<'_>, value: &Value, read: &mut Entitlement) {
    let keys = ["missing_months", "silence_months", "gaps"];
    let Some(at) = names.file.mapping(value, "the file", &keys) else { return };
    read.missing_months = missing_months(names, &at);
    read.silence_months = silence_months(names, &at);
    let programmes: Vec<String> = read.programmes.iter().map(|programme| programme.benefit.clone()).collect();
    for value in names.file.list(&at, "gaps") {
        let Some(at) = names.file.mapping(value, "an entry of `gaps`", &KEYS) else { continue };
        let found = gap(names, &at, &programmes);
        if read.gaps.iter().any(|other| Some(&other.id) == found.as_ref().map(|gap| &gap.id)) {
            names.file.contradiction(&at.place, "an id stands once");
        }
        if let Some(gap) = found.filter(|_| names.is_on(&at)) {
            read.gaps.push(gap);
        }
    }
}

fn missing_months(names: &mut Names<'_>, at: &Place<'_>) -> (u32, u32) {
    let entry =
        at.get("missing_months").and_then(|value| names.file.mapping(value, "`missing_months`", &["before", "after"]));
    let Some(entry) = entry else {
        names.file.missing(&at.place, "missing_months", "`before` and `after`");
        return (0, 0);
    };
    (names.number(&entry, "before", None), names.number(&entry, "after", None))
}

fn silence_months(names: &mut Names<'_>, at: &Place<'_>) -> Vec<(String, u32)> {
    let entry = at.get("silence_months").and_then(|value| names.file.mapping(value, "`silence_months`", &DECISIONS));
    let Some(entry) = entry else { return Vec::new() };
    DECISIONS
        .iter()
        .filter(|decision| entry.get(decision).is_some())
        .map(|decision| ((*decision).to_owned(), names.number(&entry, decision, None)))
        .collect()
}

fn gap(names: &mut Names<'_>, at: &Place<'_>, programmes: &[String]) -> Option<Gap> {
    let eligible_for = names.file.optional_text(at, "eligible_for");
    if let Some(benefit) = eligible_for.as_ref().filter(|benefit| !programmes.contains(benefit)) {
        names.file.unknown(&at.place, "programme", benefit, programmes.iter().map(String::as_str));
    }
    let listed = if at.get("conditions").is_some() { names.file.list(at, "conditions") } else { &[] };
    let conditions: Vec<_> = listed.iter().filter_map(|value| condition(names, value)).collect();
    if eligible_for.is_some() != conditions.is_empty() {
        names.file.missing(&at.place, "conditions", "who is entitled, or in their place `eligible_for` a programme");
    }
    let counties = names.file.texts(at, "counties");
    for county in &counties {
        if !["hukou", "residence"].contains(&county.as_str()) {
            names.file.unknown(&at.place, "county", county, ["hukou", "residence"].into_iter());
        }
    }
    if counties.is_empty() {
        names.file.missing(&at.place, "counties", "hukou, residence or both");
    }
    let place = names.file.optional_text(at, "place").unwrap_or_default();
    names.place(at, &place);
    let departments = Department::ALL.map(|department| (department.as_str(), department));
    Some(Gap {
        id: names.file.text(at, "id"),
        benefit: at.get("benefit").map(|_| names.code(at, "benefit", "benefit")),
        title: title(names.file, at),
        source: source(names.file, at),
        place,
        eligible_for,
        conditions,
        unless: names.codes(at, "unless", "circumstance"),
        unless_held: names.codes(at, "unless_held", "benefit"),
        once_in_household: at.get("once_in_household").and_then(Value::as_bool).unwrap_or(false),
        by_hukou: counties.iter().any(|county| county == "hukou"),
        by_residence: counties.iter().any(|county| county == "residence"),
        proved_in: datasets(names, at, "proved_in"),
        received_in: datasets(names, at, "received_in"),
        act_by: names.file.choice(at, "act_by", "department", &departments)?,
        proved_by: names.file.choice(at, "proved_by", "department", &departments)?,
    })
}

/// Without a dataset nothing would say whether a month may be judged.
fn datasets(names: &mut Names<'_>, at: &Place<'_>, key: &str) -> Vec<String> {
    let found = names.file.texts(at, key);
    for name in &found {
        if names.schemas.dataset(name).is_err() {
            let valid = names.schemas.contracts.iter().map(|contract| contract.dataset.as_str());
            names.file.unknown(&at.place, "dataset", name, valid);
        }
    }
    if found.is_empty() {
        names.file.missing(&at.place, key, "a list of datasets");
    }
    found
}
