use std::path::Path;

use chrono::NaiveDate;
use serde_json::Value;

use super::gap;
use super::{Care, Category, Condition, Entitlement, Exclusion, Group, Needs, Programme, Scale};
use crate::error::ContractError;
use crate::load::Schemas;
use crate::rules::{SEVERITIES, Severity, effective_day, source, title};
use crate::yaml::{self, Examined, Place};

const CARE: [(&str, Care); 4] =
    [("none", Care::None), ("mild", Care::Mild), ("moderate", Care::Moderate), ("severe", Care::Severe)];
const PROGRAMME: [&str; 11] = [
    "benefit",
    "title",
    "place",
    "from",
    "until",
    "source",
    "min_age",
    "resided_months",
    "needs",
    "categories",
    "exclusions",
];
/// The needs of a programme, a category and an exclusion each stand in columns of a table.
const MOST_NEEDS: usize = 2;

/// Reads the files of the folder `pipelines/entitlement`.
///
/// # Errors
/// Everything that is wrong with any of them, each with file, place and, for an unknown name, the nearest valid one.
pub fn load(folder: &Path, schemas: &Schemas) -> Result<Entitlement, Vec<ContractError>> {
    let mut read = Entitlement::default();
    let mut errors = Vec::new();
    let readers: [(&str, Reader); 4] = [
        ("assessment.yaml", assessment),
        ("eligibility.yaml", eligibility),
        ("gap.yaml", gap::gaps),
        ("hardship.yaml", hardship),
    ];
    for (name, reader) in readers {
        let path = folder.join(name);
        match yaml::read(&path) {
            Ok((value, _)) => {
                let mut file = Examined::new(&path);
                reader(&mut Names { file: &mut file, schemas }, &value, &mut read);
                errors.extend(file.errors);
            }
            Err(error) => errors.push(error),
        }
    }
    if errors.is_empty() { Ok(read) } else { Err(errors) }
}

type Reader = fn(&mut Names<'_>, &Value, &mut Entitlement);

/// A file under examination together with the names that it may use.
pub(super) struct Names<'a> {
    pub(super) file: &'a mut Examined,
    pub(super) schemas: &'a Schemas,
}

impl Names<'_> {
    /// Codes under a key, each of the list; others are errors with the nearest code.
    pub(super) fn codes(&mut self, at: &Place<'_>, key: &'static str, list: &'static str) -> Vec<String> {
        let names = self.file.texts(at, key);
        for name in &names {
            self.known(&format!("`{key}` of {}", at.place), list, name);
        }
        names
    }

    /// The code under a key.
    pub(super) fn code(&mut self, at: &Place<'_>, key: &str, list: &'static str) -> String {
        let name = self.file.text(at, key);
        self.known(&at.place, list, &name);
        name
    }

    fn known(&mut self, place: &str, list: &'static str, name: &str) {
        self.schemas.codes.check(self.file, place, (list, list, name));
    }

    /// Lists of circumstances; no key, no needs.
    pub(super) fn needs(&mut self, at: &Place<'_>, most: usize) -> Needs {
        let Some(value) = at.get("needs") else { return Vec::new() };
        let lists: Option<Needs> = serde_json::from_value(value.clone()).ok();
        let lists = lists.unwrap_or_default();
        if lists.is_empty() || lists.len() > most || lists.iter().any(Vec::is_empty) {
            self.file.missing(&at.place, "needs", "a list of at most three lists of circumstances, none of them empty");
        }
        for name in lists.iter().flatten() {
            self.known(&format!("`needs` of {}", at.place), "circumstance", name);
        }
        lists
    }

    /// A whole number under a key, or what stands for its absence.
    pub(super) fn number<T: TryFrom<u64>>(&mut self, at: &Place<'_>, key: &str, absent: Option<T>) -> T {
        let Some(value) = at.get(key) else {
            return absent.unwrap_or_else(|| self.no_number(at, key));
        };
        value.as_u64().and_then(|number| T::try_from(number).ok()).unwrap_or_else(|| self.no_number(at, key))
    }

    fn no_number<T: TryFrom<u64>>(&mut self, at: &Place<'_>, key: &str) -> T {
        self.file.missing(&at.place, key, "a whole number");
        T::try_from(0).unwrap_or_else(|_| unreachable!("zero fits every whole number"))
    }

    /// The code of a region; none is everywhere.
    pub(super) fn place(&mut self, at: &Place<'_>, code: &str) {
        if !code.is_empty() {
            self.file.region(&at.place, code);
        }
    }

    pub(super) fn is_on(&mut self, at: &Place<'_>) -> bool {
        at.get("default").is_none()
            || self.file.choice(at, "default", "switch", &[("on", true), ("off", false)]).unwrap_or(true)
    }

    fn from(&mut self, at: &Place<'_>) -> NaiveDate {
        let day = effective_day(self.file, at, "from");
        if day.is_none() {
            self.file.missing(&at.place, "from", "a date such as 2025-01-01");
        }
        day.unwrap_or_default()
    }
}

fn assessment(names: &mut Names<'_>, value: &Value, read: &mut Entitlement) {
    let Some(at) = names.file.mapping(value, "the file", &["scales", "payable_levels", "basis_for"]) else { return };
    for value in names.file.list(&at, "scales") {
        let keys = ["standard", "levels", "valid_months", "verified"];
        let Some(entry) = names.file.mapping(value, "an entry of `scales`", &keys) else { continue };
        let standard = names.code(&entry, "standard", "assessment_standard");
        let levels = names.file.texts(&entry, "levels");
        let mut care = Vec::new();
        for level in &levels {
            match CARE.iter().find(|(name, _)| name == level) {
                Some((_, found)) => care.push(*found),
                None => names.file.unknown(&entry.place, "severity", level, CARE.iter().map(|(name, _)| *name)),
            }
        }
        let verified = entry.get("verified").and_then(Value::as_bool).unwrap_or(false);
        let valid_months = names.number(&entry, "valid_months", None);
        read.scales.push(Scale { standard, levels: care, valid_months, verified });
    }
    read.payable_levels = names.file.list(&at, "payable_levels").iter().filter_map(Value::as_i64).collect();
    read.basis_for = names.codes(&at, "basis_for", "benefit");
}

fn eligibility(names: &mut Names<'_>, value: &Value, read: &mut Entitlement) {
    let Some(at) = names.file.mapping(value, "the file", &["programmes"]) else { return };
    for value in names.file.list(&at, "programmes") {
        if let Some(at) = names.file.mapping(value, "an entry of `programmes`", &PROGRAMME) {
            let programme = programme(names, &at);
            read.programmes.push(programme);
        }
    }
}

fn programme(names: &mut Names<'_>, at: &Place<'_>) -> Programme {
    let min_age = names.number(at, "min_age", None);
    let place = names.file.text(at, "place");
    names.place(at, &place);
    let categories = names.file.list(at, "categories").iter().filter_map(|value| category(names, value, min_age));
    let categories = categories.collect();
    let listed = if at.get("exclusions").is_some() { names.file.list(at, "exclusions") } else { &[] };
    let exclusions = listed.iter().filter_map(|value| exclusion(names, value)).collect();
    Programme {
        benefit: names.code(at, "benefit", "benefit"),
        title: title(names.file, at),
        place,
        from: names.from(at),
        until: effective_day(names.file, at, "until"),
        source: source(names.file, at),
        min_age,
        resided_months: names.number(at, "resided_months", Some(0)),
        needs: names.needs(at, 1),
        categories,
        exclusions,
    }
}

fn category(names: &mut Names<'_>, value: &Value, least: u8) -> Option<Category> {
    let keys = ["category", "min_age", "needs", "standard"];
    let at = names.file.mapping(value, "an entry of `categories`", &keys)?;
    Some(Category {
        id: names.code(&at, "category", "category"),
        min_age: names.number(&at, "min_age", Some(least)).max(least),
        needs: names.needs(&at, MOST_NEEDS),
        standard: at.get("standard").map(|_| names.number::<u32>(&at, "standard", None)).map(i64::from),
    })
}

/// `None` for one that a place has not switched on.
fn exclusion(names: &mut Names<'_>, value: &Value) -> Option<Exclusion> {
    let keys = ["rule", "from", "severity", "needs", "held", "except", "default"];
    let at = names.file.mapping(value, "an entry of `exclusions`", &keys)?;
    let read = Exclusion {
        rule: names.file.text(&at, "rule"),
        from: names.from(&at),
        needs: names.needs(&at, MOST_NEEDS),
        held: names.codes(&at, "held", "benefit"),
        except: names.codes(&at, "except", "category"),
        severity: names.file.choice(&at, "severity", "severity", &SEVERITIES).unwrap_or(Severity::Info),
    };
    if read.needs.is_empty() && read.held.is_empty() {
        names.file.missing(&at.place, "needs or held", "what excludes; without either it would exclude everybody");
    }
    names.is_on(&at).then_some(read)
}

pub(super) fn condition(names: &mut Names<'_>, value: &Value) -> Option<Condition> {
    let at = names.file.mapping(value, "an entry of `conditions`", &["min_age", "needs"])?;
    Some(Condition { min_age: names.number(&at, "min_age", None), needs: names.needs(&at, MOST_NEEDS + 1) })
}

fn hardship(names: &mut Names<'_>, value: &Value, read: &mut Entitlement) {
    let Some(at) = names.file.mapping(value, "the file", &["groups", "not_visited_unless"]) else { return };
    for value in names.file.list(&at, "groups") {
        let keys = ["id", "title", "any_of", "places"];
        let Some(entry) = names.file.mapping(value, "an entry of `groups`", &keys) else { continue };
        let places = names.file.texts(&entry, "places");
        for place in &places {
            names.place(&entry, place);
        }
        let any_of = names.codes(&entry, "any_of", "circumstance");
        if any_of.is_empty() {
            names.file.missing(&entry.place, "any_of", "a list of circumstances");
        }
        let id = names.file.text(&entry, "id");
        read.groups.push(Group { id, title: title(names.file, &entry), any_of, places });
    }
    read.not_visited_unless = names.codes(&at, "not_visited_unless", "circumstance");
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

    /// What `load` says of what is shipped with one text changed.
    fn errors_after(file: &str, from: &str, to: &str) -> String {
        let folder = tempfile::tempdir().unwrap();
        for path in yaml::files(&repository().join("pipelines/entitlement"), ".yaml").unwrap() {
            let name = path.file_name().unwrap();
            let text = std::fs::read_to_string(&path).unwrap();
            let changed = if name == file { text.replacen(from, to, 1) } else { text.clone() };
            assert!(name != file || changed != text, "{file} has no {from}");
            std::fs::write(folder.path().join(name), changed).unwrap();
        }
        let errors = load(folder.path(), &schemas()).unwrap_err();
        errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn what_is_shipped_loads() {
        let read = load(&repository().join("pipelines/entitlement"), &schemas()).unwrap();
        let categories: Vec<usize> = read.programmes.iter().map(|programme| programme.categories.len()).collect();
        assert_eq!(categories, [6, 6]);
        // Reading (ii) of the exclusion is off.
        assert!(read.programmes[0].exclusions.iter().all(|exclusion| exclusion.rule != "X15-ii"));
        assert!(read.scales.iter().all(|scale| !scale.verified), "no crosswalk has been signed");
    }

    #[test]
    fn an_insurance_starts_on_the_day_that_its_overlap_rule_says() {
        let read = load(&repository().join("pipelines/entitlement"), &schemas()).unwrap();
        let rules = crate::rules::load(&repository().join("pipelines/rules"), &schemas()).unwrap();
        let rule = rules.iter().find(|rule| rule.id == "X14").unwrap();
        let programme = &read.programmes[0];
        let place = rule.places.iter().find(|place| place.place == programme.place).unwrap();
        let mirror = programme.exclusions.iter().find(|exclusion| exclusion.rule == "X14").unwrap();
        assert_eq!((Some(mirror.from), mirror.severity), (place.from, rule.severity));
    }

    #[test]
    fn an_unknown_name_is_refused_with_the_nearest() {
        let cases = [
            ("eligibility.yaml", "destitute_dispersed", "destitute_disperse", "`destitute_dispersed`"),
            ("eligibility.yaml", "category: H1", "category: H9", "`H1`"),
            ("eligibility.yaml", "min_age", "min_agee", "`min_age`"),
            ("assessment.yaml", "[none, mild", "[none, milt", "`mild`"),
            ("assessment.yaml", "MZT039", "MZT03", "`MZT039`"),
            ("gap.yaml", "received_in: [benefit_payment", "received_in: [benefit_payments", "`benefit_payment`"),
            ("gap.yaml", "act_by: health", "act_by: helth", "`health`"),
            ("gap.yaml", "eligible_for: MZ12", "eligible_for: MZ122", "`MZ12`"),
            ("hardship.yaml", "any_of: [alone]", "any_of: [allone]", "`alone`"),
        ];
        for (file, from, to, nearest) in cases {
            let errors = errors_after(file, from, to);
            assert!(errors.contains(nearest), "{to}: {errors}");
        }
    }

    #[test]
    fn an_exclusion_of_everybody_and_a_gap_without_conditions_are_refused() {
        assert!(errors_after("eligibility.yaml", ", held: [YB01]", "").contains("would exclude everybody"));
        assert!(errors_after("gap.yaml", "conditions: [{ min_age: 80 }]", "unless: []").contains("conditions"));
        assert!(errors_after("gap.yaml", "counties: [hukou]", "counties: []").contains("counties"));
    }
}
