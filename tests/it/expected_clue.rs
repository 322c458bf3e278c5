//! What a clue must say of money and of the other side: from the flags, the rows they rest on and the lists, without the
//! models that make clues.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use yilian_demo::Offices;

/// Rule or question, and the department that is asked.
type Asked = (String, String);

/// Everything that clues are held against.
pub(crate) struct Expected {
    flags: BTreeMap<String, Value>,
    /// By flag and side, the offices that have rows of it.
    offices: BTreeMap<(String, &'static str), BTreeSet<String>>,
    /// What is not received, by gap.
    gaps: BTreeMap<String, Value>,
    rules: BTreeMap<String, Rule>,
    disclosures: BTreeMap<Asked, BTreeMap<String, String>>,
    /// By code, in Chinese and English.
    labels: BTreeMap<String, [String; 2]>,
}

struct Rule {
    left: BTreeSet<String>,
    right: BTreeSet<String>,
    /// `None` where whichever is lower must not be held.
    barred: Option<&'static str>,
}

impl Expected {
    pub(crate) fn of(offices: &Offices) -> Self {
        let flags = "select cast(flag_id as varchar) as flag_id, rule_id, left_benefit, right_benefit, \
             cast(left_amount as varchar) as left_amount, cast(right_amount as varchar) as right_amount from hub.overlap";
        let flags = offices.sql("operator", flags).unwrap();
        let gaps = "select cast(gap_id as varchar) as gap_id, benefit from hub.gap";
        let gaps = offices.sql("operator", gaps).unwrap();
        let rows = "select distinct cast(own.flag_id as varchar) as flag_id, own.side, delivery.place, delivery.department \
             from evidence.overlap_row own join hub.delivery delivery on delivery.delivery_id = own.delivery_id";
        let mut of_sides: BTreeMap<_, BTreeSet<String>> = BTreeMap::new();
        for row in offices.sql("operator", rows).unwrap() {
            let side = if text(&row, "side") == "left" { "left" } else { "right" };
            let office = format!("{} {}", text(&row, "place"), text(&row, "department"));
            of_sides.entry((text(&row, "flag_id"), side)).or_default().insert(office);
        }
        let labels = list("codes/benefit.csv").into_iter();
        let disclosures = list("disclosure.csv").into_iter();
        Self {
            flags: flags.into_iter().map(|flag| (text(&flag, "flag_id"), flag)).collect(),
            offices: of_sides,
            gaps: gaps.into_iter().map(|gap| (text(&gap, "gap_id"), gap["benefit"].clone())).collect(),
            rules: rules(),
            disclosures: disclosures.map(|row| ((row["rule_id"].clone(), row["receiver"].clone()), row)).collect(),
            labels: labels
                .map(|row| (row["code"].clone(), ["label_zh", "label_en"].map(|of| row[of].clone())))
                .collect(),
        }
    }

    /// Fails unless a clue of this office says exactly what it may of the other side, and of money only the office's own.
    pub(crate) fn assert_is(&self, clue: &Value, place: &str, department: &str) {
        let asked = (text(clue, "rule_id"), department.to_owned());
        let allowed = self.disclosures.get(&asked).unwrap_or_else(|| panic!("{asked:?} is not listed"));
        let mut words = [allowed["words_zh"].clone(), allowed["words_en"].clone()];
        let (mut own_benefit, mut amount) = (Value::Null, Value::Null);
        if clue["kind"] == "overlap" {
            let flag = &self.flags[&text(clue, "clue_id")];
            assert_eq!(text(flag, "rule_id"), asked.0);
            let rule = &self.rules[&asked.0];
            for (side, benefits) in [("left", &rule.left), ("right", &rule.right)] {
                let benefit = flag[format!("{side}_benefit")].as_str();
                assert!(
                    benefit.is_none_or(|benefit| benefits.contains(benefit)),
                    "{asked:?}: {benefit:?} is no {side} side"
                );
            }
            let of_side = |side| &self.offices[&(text(clue, "clue_id"), side)];
            let barred = rule.barred.unwrap_or_else(|| lower(flag));
            let other = if barred == "left" { "right" } else { "left" };
            let has_barred = self
                .offices
                .get(&(text(clue, "clue_id"), barred))
                .is_some_and(|offices| offices.contains(&format!("{place} {department}")));
            let (own, other) = if has_barred { (barred, other) } else { (other, barred) };
            let known =
                |side: &str| flag[format!("{side}_benefit")].as_str().filter(|code| self.labels.contains_key(*code));
            if let Some(other) = known(other).filter(|_| allowed["counterpart"] == "benefit") {
                words.clone_from(&self.labels[other]);
            }
            own_benefit = known(own).map_or(Value::Null, Value::from);
            if of_side(own).len() == 1 {
                amount = flag[format!("{own}_amount")].clone();
            }
        }
        if clue["kind"] == "gap" {
            own_benefit = self.gaps[&text(clue, "clue_id")].clone();
        }
        assert_eq!(clue.get("own_benefit").unwrap_or(&Value::Null), &own_benefit, "{asked:?}");
        assert_eq!(
            ["counterpart_zh", "counterpart_en"].map(|name| text(clue, name)),
            words,
            "{asked:?} hears other words"
        );
        assert_eq!(clue.get("amount").unwrap_or(&Value::Null), &amount, "{asked:?} hears of other money");
    }
}

/// The side with the lower amount; the left one where neither is lower, or an amount is not known.
fn lower(flag: &Value) -> &'static str {
    let fen =
        |side: &str| flag[format!("{side}_amount")].as_str().and_then(|text| text.replace('.', "").parse::<i64>().ok());
    match (fen("left"), fen("right")) {
        (Some(left), Some(right)) if right < left => "right",
        _ => "left",
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn list(name: &str) -> Vec<BTreeMap<String, String>> {
    let mut list = csv::Reader::from_path(root().join("schemas").join(name)).unwrap();
    list.deserialize().map(Result::unwrap).collect()
}

/// The sides of every rule as its file has them; of a duplicate both sides are one list.
fn rules() -> BTreeMap<String, Rule> {
    let files = fs::read_dir(root().join("pipelines/rules")).unwrap().map(|entry| entry.unwrap().path());
    let files = files.filter(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    let rule = |path: PathBuf| {
        let file = format!("\n{}", fs::read_to_string(path).unwrap());
        let after = |key: &str| file.split_once(&format!("\n{key}:")).map(|(_, rest)| rest);
        let word = |key| after(key).and_then(|rest| rest.split_whitespace().next()).unwrap_or_default().to_owned();
        let names = |key| -> BTreeSet<String> {
            let inside = after(key).and_then(|rest| rest.split_once(']')).map(|(inside, _)| inside).unwrap_or_default();
            let names = inside.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|name| !name.is_empty());
            names.map(str::to_owned).collect()
        };
        let (left, right) = (names("left"), names("right"));
        let right = if right.is_empty() { left.clone() } else { right };
        let barred = match word("bars").as_str() {
            "right" => Some("right"),
            "lower" => None,
            _ => Some("left"),
        };
        (word("id"), Rule { left, right, barred })
    };
    files.map(rule).collect()
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_else(|| panic!("{name} is no text in {value}")).to_owned()
}
