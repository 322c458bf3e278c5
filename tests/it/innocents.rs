//! People who look guilty and are not, written by another hand (`tests/worlds/innocents`).

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use serde::Deserialize;
use yilian_demo::{Offices, People, World};

use crate::fixture::{chain, new_folder, set_up};

#[derive(Deserialize)]
struct Expected {
    stories: Vec<Story>,
}

/// What may and must be said of the people of a story.
#[derive(Deserialize)]
struct Story {
    id: String,
    people: Vec<String>,
    violations: Vec<Finding>,
    required_violations: Vec<Finding>,
    info: Vec<Finding>,
    may_review: BTreeSet<String>,
    no_gap: BTreeSet<String>,
}

/// A rule that speaks of a person in a month, `YYYYMM`.
#[derive(Deserialize)]
struct Finding {
    rule: String,
    person: String,
    month: String,
}

/// Rule, person and month as `YYYYMM`.
type Pair = (String, i64, String);

#[test]
fn nobody_who_only_looks_guilty_is_accused_or_said_to_lack_what_they_have() {
    let world = World::in_folders(&folder().join("raw"), "150104").unwrap();
    let offices = set_up(&new_folder("innocents"), &world);
    offices.keep_rule_book(&[("term", &folder().join("settings/term.csv"))]).unwrap();
    chain(&offices, &world);
    let people = People::open(&offices).unwrap();
    let flagged = by_severity(&offices);
    let stories =
        serde_json::from_slice::<Expected>(&fs::read(folder().join("expected.json")).unwrap()).unwrap().stories;
    let lacking: BTreeSet<(i64, String)> = offices
        .sql("operator", "select cast(person_id as varchar) as person, benefit from hub.gap where benefit is not null")
        .unwrap()
        .iter()
        .map(|gap| (gap["person"].as_str().unwrap().parse().unwrap(), gap["benefit"].as_str().unwrap().to_owned()))
        .collect();
    assert!(stories.len() > 50 && !lacking.is_empty(), "{} stories and {} gaps", stories.len(), lacking.len());

    let mut faults = Vec::new();
    for story in &stories {
        let ids: BTreeMap<i64, &String> =
            story.people.iter().map(|number| (people.person_id(number).unwrap(), number)).collect();
        let [accused, required, told] = [&story.violations, &story.required_violations, &story.info]
            .map(|findings| findings.iter().map(|finding| pair(finding, &people)).collect::<BTreeSet<Pair>>());
        for (pair, severity) in flagged.iter().filter(|(pair, _)| ids.contains_key(&pair.1)) {
            let is_expected = match severity.as_str() {
                "violation" => accused.contains(pair),
                "info" => told.contains(pair) || story.may_review.contains(&pair.0),
                _ => story.may_review.contains(&pair.0),
            };
            if !is_expected {
                faults.push(format!("{}: {} {} {} is {severity}", story.id, pair.0, ids[&pair.1], pair.2));
            }
        }
        let severity_of = |pair: &Pair| flagged.get(pair).map(String::as_str);
        let missed = required.iter().filter(|pair| severity_of(pair) != Some("violation"));
        let untold = told.iter().filter(|pair| severity_of(pair) != Some("info"));
        for pair in missed.chain(untold) {
            faults.push(format!("{}: {} {} {} is {:?}", story.id, pair.0, ids[&pair.1], pair.2, severity_of(pair)));
        }
        for benefit in &story.no_gap {
            for (person, _) in lacking.iter().filter(|gap| ids.contains_key(&gap.0) && gap.1 == *benefit) {
                faults.push(format!("{}: {} is said to lack {benefit}", story.id, ids[person]));
            }
        }
    }
    let told_of: BTreeSet<i64> =
        stories.iter().flat_map(|story| &story.people).map(|number| people.person_id(number).unwrap()).collect();
    let others = flagged.keys().filter(|pair| !told_of.contains(&pair.1));
    faults.extend(others.map(|pair| format!("a person of no story: {} {}", pair.0, pair.2)));
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("worlds").join("innocents")
}

fn pair(finding: &Finding, people: &People) -> Pair {
    (finding.rule.clone(), people.person_id(&finding.person).unwrap(), finding.month.clone())
}

/// The gravest severity of each flagged month.
fn by_severity(offices: &Offices) -> BTreeMap<Pair, String> {
    let rows = offices.sql(
        "operator",
        "select rule_id, cast(person_id as varchar) as person, cast(from_month as varchar) as from_month, months, severity \
         from hub.overlap",
    );
    let rank = |severity: &str| ["info", "review", "violation"].iter().position(|known| *known == severity);
    let mut found: BTreeMap<Pair, String> = BTreeMap::new();
    for row in rows.unwrap() {
        let text = |column: &str| row[column].as_str().unwrap().to_owned();
        let from: NaiveDate = text("from_month").parse().unwrap();
        for later in 0..u32::try_from(row["months"].as_u64().unwrap()).unwrap() {
            let month = from.checked_add_months(chrono::Months::new(later)).unwrap().format("%Y%m").to_string();
            let severity = found.entry((text("rule_id"), text("person").parse().unwrap(), month)).or_default();
            if severity.is_empty() || rank(severity) < rank(&text("severity")) {
                *severity = text("severity");
            }
        }
    }
    found
}
