//! The quantified targets of policy documents (`pipelines/kpi.yaml`): what is counted, how much of it, until when.
//!
//! An indicator is a name of the code list `indicator`, whose values a SQL model computes; a target that no dataset answers
//! names what is missing in the place of an indicator.

use std::path::Path;

use chrono::NaiveDate;
use serde_json::Value;

use crate::error::ContractError;
use crate::load::Schemas;
use crate::rules::{Source, Title};
use crate::yaml::{self, Examined, Place};

const KEYS: [&str; 12] = [
    "id",
    "title",
    "place",
    "in_each",
    "source",
    "indicator",
    "missing",
    "counted_from",
    "is",
    "target",
    "deadlines",
    "note",
];
const UNITS: [(&str, Unit); 3] = [("number", Unit::Number), ("percent", Unit::Percent), ("ratio", Unit::Ratio)];
const EACH: [(&str, Each); 1] = [("county", Each::County)];

/// One target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Its id in `domain.md`, with a letter where one clause holds several.
    pub id: String,
    /// What it is about.
    pub title: Title,
    /// Whose target it is: a region code.
    pub place: String,
    /// The regions below the place in each of which it must be reached; `None` = in the place as a whole.
    pub in_each: Option<Each>,
    /// Where it is written.
    pub source: Source,
    /// What answers it.
    pub answer: Answer,
    /// How the number is read.
    pub unit: Unit,
    /// What must be reached at least, in hundredths of the unit; `None` where the document gives no number.
    pub at_least: Option<i64>,
    /// The days by which it must be reached, each with the clause that says so.
    pub deadlines: Vec<Deadline>,
    /// What a reader must know of the number.
    pub note: Option<String>,
}

/// Where the value of a target comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// An indicator; the datasets that it rests on; the first month that counts where months add up.
    Indicator {
        /// A code of the list `indicator`.
        indicator: String,
        /// Months from this one on are added; `None` = the newest month stands for itself.
        counted_from: Option<NaiveDate>,
    },
    /// What a department would have to deliver.
    Missing(String),
}

/// How a value is made of numerator and denominator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// The numerator itself.
    Number,
    /// Hundredths of the denominator.
    Percent,
    /// The numerator for each of the denominator.
    Ratio,
}

/// Parts of a place in each of which a target must be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Each {
    /// Each county.
    County,
}

/// By when a target must be reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deadline {
    /// The last day.
    pub by: NaiveDate,
    /// The clause that sets it.
    pub clause: String,
}

impl Unit {
    /// Its name in the file.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Percent => "percent",
            Self::Ratio => "ratio",
        }
    }
}

/// Reads `pipelines/kpi.yaml`.
///
/// # Errors
/// Everything that is wrong with the file; an unknown key, indicator or unit with the nearest valid one.
pub fn load(path: &Path, schemas: &Schemas) -> Result<Vec<Target>, Vec<ContractError>> {
    let (value, _) = yaml::read(path).map_err(|error| vec![error])?;
    let mut file = Examined::new(path);
    let mut targets: Vec<Target> = Vec::new();
    if let Some(at) = file.mapping(&value, "the targets", &["targets"]) {
        for value in file.list(&at, "targets") {
            let Some(target) = target(&mut file, value, schemas) else { continue };
            if targets.iter().any(|other| other.id == target.id) {
                file.contradiction(&format!("target `{}`", target.id), "stands twice");
            }
            targets.push(target);
        }
    }
    if file.errors.is_empty() { Ok(targets) } else { Err(file.errors) }
}

fn target(file: &mut Examined, value: &Value, schemas: &Schemas) -> Option<Target> {
    let name = value.get("id").and_then(Value::as_str).map_or("a target".to_owned(), |id| format!("target `{id}`"));
    let at = file.mapping(value, &name, &KEYS)?;
    let id = file.text(&at, "id");
    let place = file.text(&at, "place");
    file.region(&at.place, &place);
    let title = title(file, &at);
    let source = source(file, &at);
    let answer = answer(file, &at, schemas);
    let deadlines = deadlines(file, &at);
    Some(Target {
        id,
        title: title?,
        place,
        in_each: at.get("in_each").and_then(|_| file.choice(&at, "in_each", "part of a place", &EACH)),
        source: source?,
        answer: answer?,
        unit: file.choice(&at, "is", "unit", &UNITS)?,
        at_least: hundredths(file, &at),
        deadlines,
        note: file.optional_text(&at, "note"),
    })
}

fn title(file: &mut Examined, at: &Place<'_>) -> Option<Title> {
    let Some(value) = at.get("title") else {
        file.missing(&at.place, "title", "zh and en");
        return None;
    };
    let title = file.mapping(value, &at.place, &["zh", "en"])?;
    Some(Title { zh: file.text(&title, "zh"), en: file.text(&title, "en") })
}

fn source(file: &mut Examined, at: &Place<'_>) -> Option<Source> {
    let Some(value) = at.get("source") else {
        file.missing(&at.place, "source", "document, clause and quote");
        return None;
    };
    let source = file.mapping(value, &at.place, &["document", "clause", "quote"])?;
    let (document, clause) = (file.text(&source, "document"), file.text(&source, "clause"));
    Some(Source { document, clause, quote: Some(file.text(&source, "quote")), checked: true })
}

/// An indicator or what is missing, never both and never neither.
fn answer(file: &mut Examined, at: &Place<'_>, schemas: &Schemas) -> Option<Answer> {
    match (file.optional_text(at, "indicator"), file.optional_text(at, "missing")) {
        (Some(indicator), None) => {
            schemas.codes.check(file, &at.place, ("indicator", "indicator", &indicator));
            Some(Answer::Indicator { indicator, counted_from: day(file, at, "counted_from") })
        }
        (None, Some(missing)) => Some(Answer::Missing(missing)),
        _ => {
            file.missing(&at.place, "indicator", "an indicator, or `missing`: what nobody delivers; one of the two");
            None
        }
    }
}

fn deadlines(file: &mut Examined, at: &Place<'_>) -> Vec<Deadline> {
    let mut deadlines = Vec::new();
    for value in file.list(at, "deadlines") {
        let Some(entry) = file.mapping(value, &at.place, &["by", "clause"]) else { continue };
        let Some(by) = day(file, &entry, "by") else {
            file.missing(&at.place, "by", "a date such as 2026-12-31");
            continue;
        };
        deadlines.push(Deadline { by, clause: file.text(&entry, "clause") });
    }
    deadlines
}

fn day(file: &mut Examined, at: &Place<'_>, key: &str) -> Option<NaiveDate> {
    let text = file.optional_text(at, key)?;
    crate::codes::date(file, &at.place, &text)
}

/// A number with at most two decimals, written as YAML writes numbers.
fn hundredths(file: &mut Examined, at: &Place<'_>) -> Option<i64> {
    let value = at.get("target")?;
    let found = value.as_number().and_then(|number| crate::tables::fen(&number.to_string()));
    if found.is_none() {
        file.missing(&at.place, "target", "a number with at most two decimals");
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "targets:
  - id: L-05
    title: { zh: 护理型床位占比, en: Share of nursing beds }
    place: '3715'
    source: { document: d, clause: c, quote: q }
    indicator: nursing_beds
    is: percent
    target: 78
    deadlines: [{ by: 2026-12-31, clause: 二（一） }, { by: 2025-12-31, clause: 三（四） }]
";

    fn repository() -> std::path::PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
    }

    fn load_text(text: &str) -> Result<Vec<Target>, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kpi.yaml");
        std::fs::write(&path, text).unwrap();
        let schemas = Schemas::load(&repository().join("schemas")).unwrap();
        load(&path, &schemas).map_err(|errors| errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    }

    #[test]
    fn the_shipped_targets_load() {
        let schemas = Schemas::load(&repository().join("schemas")).unwrap();
        let targets = load(&repository().join("pipelines/kpi.yaml"), &schemas).unwrap();
        assert!(targets.iter().any(|target| target.deadlines.len() == 2), "one target has two deadlines");
    }

    #[test]
    fn a_target_is_read_in_hundredths() {
        assert_eq!(load_text(GOOD).unwrap()[0].at_least, Some(7800));
        assert_eq!(load_text(&GOOD.replace("78", "0.2")).unwrap()[0].at_least, Some(20));
    }

    #[test]
    fn what_is_wrong_is_named_with_the_nearest() {
        for (from, to, said) in [
            ("nursing_beds", "nursing_bed", "the nearest valid one is `nursing_beds`"),
            ("is: percent", "is: per_cent", "the nearest valid one is `percent`"),
            ("deadlines:", "deadline:", "the nearest valid one is `deadlines`"),
            ("indicator: nursing_beds", "note: x", "one of the two"),
            ("target: 78", "target: many", "a number with at most two decimals"),
            ("'3715'", "'371'", "is not a region code"),
        ] {
            let errors = load_text(&GOOD.replace(from, to)).unwrap_err();
            assert!(errors.contains(said) && errors.contains("L-05"), "{to}: {errors}");
        }
    }
}
