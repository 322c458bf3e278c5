use std::collections::BTreeMap;
use std::path::Path;

use chrono::NaiveDate;
use serde_json::Value;

use super::{ActBy, Bars, DiffersIn, EVIDENCE, Effective, Rule, RulePlace, RuleType, Severity, Source, Switch, Title};
use crate::codes::CodeList;
use crate::department::Department;
use crate::error::ContractError;
use crate::load::Schemas;
use crate::yaml::{self, Examined, Place};

const KEYS: [&str; 15] = [
    "id",
    "title",
    "type",
    "left",
    "right",
    "bars",
    "differs_in",
    "one_month_is_info",
    "places",
    "effective",
    "severity",
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
pub fn load(rules: &Path, schemas: &Schemas) -> Result<Vec<Rule>, Vec<ContractError>> {
    let mut errors = Vec::new();
    let mut found = BTreeMap::new();
    for path in yaml::files(rules, ".yaml").map_err(|error| vec![error])? {
        match read(&path, schemas) {
            Ok(rule) => drop(found.insert(rule.id.clone(), rule)),
            Err(more) => errors.extend(more),
        }
    }
    if errors.is_empty() { Ok(found.into_values().collect()) } else { Err(errors) }
}

fn read(path: &Path, schemas: &Schemas) -> Result<Rule, Vec<ContractError>> {
    let (value, _) = yaml::read(path).map_err(|error| vec![error])?;
    let mut file = Examined::new(path);
    let rule = rule(&mut file, &value, schemas);
    if let Some(rule) = &rule {
        check(&mut file, rule, path);
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
        one_month_is_info: flag(file, &at, "one_month_is_info"),
        places: places(file, &at),
        effective: effective(file, &at)?,
        severity: file.choice(&at, "severity", "severity", &SEVERITIES)?,
        source: source(file, &at),
        act_by: act_by(file, &at)?,
        tells: tells(file, &at),
        default: at.get("default").and_then(|_| file.choice(&at, "default", "switch", &SWITCHES)).unwrap_or(Switch::On),
    })
}

/// What no single key can say: the parts of a rule must fit its type, and without a source nobody is accused.
fn check(file: &mut Examined, rule: &Rule, path: &Path) {
    if path.file_stem().map(|stem| stem.to_string_lossy()) != Some(rule.id.as_str().into()) {
        file.contradiction("`id`", format!("`{}` is not the file's name", rule.id));
    }
    if rule.left.is_empty() {
        file.missing("the rule", "left", "a list of benefits");
    }
    let duplicate = rule.kind == RuleType::Duplicate;
    if duplicate != rule.differs_in.is_some() {
        file.contradiction("`differs_in`", "is for rules of type duplicate, and each of them needs it");
    }
    if duplicate != rule.right.is_empty() {
        file.contradiction("`right`", "is the same benefit for a duplicate, and needed for every other type");
    }
    if rule.source.is_none() && rule.severity != Severity::Info {
        file.contradiction("`severity`", "is info at most where the rule names no source");
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
        if ![2, 4, 6].contains(&place.len()) || !place.bytes().all(|byte| byte.is_ascii_digit()) {
            file.contradiction("`places`", format!("`{place}` is not a region code of 2, 4 or 6 digits"));
        }
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
mod tests {
    use super::*;
    use std::path::PathBuf;

    fn repository() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
    }

    fn schemas() -> Schemas {
        Schemas::load(&repository().join("schemas")).unwrap()
    }

    fn errors_of(yaml: &str) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("X99.yaml"), yaml).unwrap();
        let errors = load(folder.path(), &schemas()).unwrap_err();
        errors.iter().map(ToString::to_string).collect()
    }

    const RULE: &str = "id: X99\ntitle: { zh: 测试, en: Test }\ntype: exclusive\nleft: [MZ07]\nright: [MZ09]\nbars: right\n\
        effective: { from: 2016-01-01 }\nseverity: info\nact_by: civil_affairs\n";

    #[test]
    fn the_shipped_rules_load_in_the_order_of_their_ids() {
        let rules = load(&repository().join("pipelines/rules"), &schemas()).unwrap();
        let ids: Vec<_> = rules.iter().map(|rule| rule.id.as_str()).collect();
        let expected = ["X01", "X02", "X03", "X05", "X06", "X07", "X08", "X14", "X16", "X24", "X27", "X28", "X35"];
        assert_eq!(ids, expected);
    }

    #[test]
    fn a_duplicate_compares_each_benefit_with_itself() {
        let rules = load(&repository().join("pipelines/rules"), &schemas()).unwrap();
        let pairs_of = |id: &str| rules.iter().find(|rule| rule.id == id).unwrap().pairs();
        assert_eq!(pairs_of("X07"), [("RS01", "RS01"), ("RS02", "RS02")]);
        assert_eq!(pairs_of("X01"), [("MZ07", "MZ09"), ("MZ07", "MZ10")]);
    }

    #[test]
    fn an_unknown_benefit_is_refused_with_the_nearest() {
        let errors = errors_of(&RULE.replace("MZ09", "MZ9"));
        assert_eq!(errors.len(), 1);
        assert!(errors[0].contains("unknown benefit `MZ9`") && errors[0].contains("`MZ09`"), "{errors:?}");
    }

    #[test]
    fn an_unknown_type_and_an_unknown_key_are_both_named() {
        let errors = errors_of(&RULE.replace("exclusive", "exclusiv").replace("bars", "bar")).join("\n");
        assert!(errors.contains("unknown rule type `exclusiv`") && errors.contains("`exclusive`"), "{errors}");
        assert!(errors.contains("unknown key `bar`") && errors.contains("`bars`"), "{errors}");
    }

    #[test]
    fn an_unknown_department_is_refused_with_the_nearest() {
        let errors = errors_of(&RULE.replace("civil_affairs", "civil_affair"));
        assert!(errors[0].contains("`civil_affairs`"), "{errors:?}");
    }

    #[test]
    fn a_rule_without_a_source_is_information_at_most() {
        let errors = errors_of(&RULE.replace("severity: info", "severity: violation"));
        assert!(errors[0].contains("info at most"), "{errors:?}");
    }
}
