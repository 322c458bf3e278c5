//! The generator's truth against the published flags.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use yilian_demo::{
    Flag, JudgedMonths, Offices, Pair, People, PlantedPair, Published, Reach, RuleScore, SECOND_READING, flags, gaps,
    link_scores, planted, planted_gaps, planted_with_every_switch, rules, score, with_readings_as_one,
};

use crate::fixture::{copy_of, run_options, shared};

/// The rules of which pairs must have been planted and found without any switch.
const RULES: [&str; 28] = [
    "X01", "X02", "X03", "X05", "X06", "X07", "X08", "X09", "X12", "X14", "X15", "X16", "X17", "X18", "X19", "X21",
    "X24", "X25", "X27", "X28", "X29", "X32", "X35", "X36", "X37", "X38", "X40", "X41",
];
/// The rules of which pairs must have been planted and found where a place switches them on.
const SWITCHED: [&str; 11] = ["X04", "X10", "X11", "X13", "X20", "X22", "X23", "X26", "X30", "X31", "X33"];

/// The kinds of gap of which months must have been planted and found; a world of this size has none of WJ01.
const GAPS: [&str; 12] = ["E08", "MZ01", "MZ03", "MZ09", "MZ10", "MZ11", "MZ12", "MZ15", "MZ17", "N32", "RS", "YB"];

#[test]
fn every_flag_was_planted_and_every_reachable_pair_is_flagged() {
    let chain = shared();
    let rules = rules(&chain.offices.rule_book()).unwrap();
    let planted = planted(&chain.invented, &rules).unwrap();
    let people = People::open(&chain.offices).unwrap();
    let flags = published_flags(&chain.offices);
    assert_perfect(&score(&planted, &people, &flags), &RULES);
    nobody_innocent_is_flagged(&chain.invented, &people, &flags);
}

#[test]
fn with_every_switch_on_every_flag_was_planted_and_every_reachable_pair_is_flagged() {
    let chain = shared();
    let offices = copy_of(&chain.offices, "every_switch");
    let switched = offices.switch_every_rule_on().unwrap();
    assert!(switched.len() > SWITCHED.len(), "{switched:?}");
    offices.run(&run_options(&[])).unwrap();
    let rules = rules(&offices.rule_book()).unwrap();
    let planted = planted_with_every_switch(&chain.invented, &rules).unwrap();
    let people = People::open(&offices).unwrap();
    let flags = published_flags(&offices);
    for reading in SECOND_READING {
        assert!(flags.iter().any(|flag| flag.rule_id == reading), "nothing is proven about {reading}");
    }
    let flags = with_readings_as_one(flags);
    let proven: Vec<&str> = RULES.into_iter().chain(SWITCHED).collect();
    assert_perfect(&score(&planted, &people, &flags), &proven);
    nobody_innocent_is_flagged(&chain.invented, &people, &flags);
}

fn published_flags(offices: &Offices) -> Vec<Flag> {
    flags(&Published::newest(&offices.store()).unwrap()).unwrap()
}

fn assert_perfect(scores: &[RuleScore], proven: &[&str]) {
    let imperfect: Vec<_> = scores.iter().filter(|score| !score.is_perfect()).collect();
    assert!(imperfect.is_empty(), "{imperfect:#?}");
    let found = |rule: &str| scores.iter().find(|score| score.rule_id == rule).map_or(0, |score| score.found);
    let unproven: Vec<_> = proven.iter().filter(|rule| found(rule) == 0).collect();
    assert!(unproven.is_empty(), "no reachable pair was planted, so nothing is proven about {unproven:?}");
}

/// Of who has an allowed combination and nothing else no flag says anything; of who nearly breaks a rule, not that rule's.
fn nobody_innocent_is_flagged(invented: &Path, people: &People, flags: &[Flag]) {
    let mut reader = csv::Reader::from_path(invented.join("truth").join("allowed.csv")).unwrap();
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    for line in reader.deserialize() {
        let (kind, id_number): (String, String) = line.unwrap();
        let Some(person_id) = people.person_id(&id_number) else { continue };
        let near = kind.strip_prefix("near_");
        let against: Vec<_> = flags
            .iter()
            .filter(|flag| flag.person_id == person_id && near.is_none_or(|rule| flag.rule_id == rule))
            .collect();
        assert!(against.is_empty(), "{kind}: {against:?}");
        *seen.entry(kind).or_default() += 1;
    }
    assert!(seen.len() > 10, "{seen:?} proves nothing");
}

#[test]
fn every_impossible_day_of_a_provider_is_found_and_no_other() {
    let chain = shared();
    let rows = chain
        .offices
        .sql(
            "operator",
            "select provider_code, cast(day as varchar) as day, evidence, found from hub.provider_finding \
             where rule_id = 'X39'",
        )
        .unwrap();
    let found: BTreeSet<String> = rows
        .iter()
        .map(|row| [&row["provider_code"], &row["day"], &row["evidence"], &row["found"]].map(word).join(" "))
        .collect();
    let mut planted = BTreeSet::new();
    let mut reader = csv::Reader::from_path(chain.invented.join("truth").join("provider.csv")).unwrap();
    for line in reader.deserialize() {
        let line: BTreeMap<String, String> = line.unwrap();
        let (provider, day) = (&line["provider_code"], &line["day"]);
        if line["overworked"] == "true" {
            planted.insert(format!("{provider} {day} staff_hours {}", line["minutes"]));
        }
        if line["orders_in_one_minute"].parse::<u64>().unwrap() >= 12 {
            planted.insert(format!("{provider} {day} one_minute {}", line["orders_in_one_minute"]));
        }
    }
    assert!(!planted.is_empty(), "no impossible day was planted, so nothing is proven");
    assert_eq!(found, planted);
}

fn word(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A month is compared if every monthly dataset was delivered for it and for the three months after it, in which a late
/// booking or a late record of a death may stand.
#[test]
fn every_gap_was_planted_and_every_reachable_one_is_found() {
    let chain = shared();
    let people = People::open(&chain.offices).unwrap();
    let published = Published::newest(&chain.offices.store()).unwrap();
    let planted = planted_gaps(&chain.invented, &JudgedMonths::of(&chain.packed)).unwrap();
    let gaps = gaps(&published).unwrap();
    let scores = score(&planted, &people, &gaps);
    let imperfect: Vec<_> = scores.iter().filter(|score| !score.is_perfect()).collect();
    assert!(imperfect.is_empty(), "{imperfect:#?}\n{:#?}", differences(&planted, &people, &gaps));
    for kind in GAPS {
        let found = scores.iter().find(|score| score.rule_id == kind).map_or(0, |score| score.found);
        assert!(found > 0, "no reachable gap of {kind} was planted, so nothing is proven about it");
    }
}

/// Months that only one side has, each with the invented number where there is one.
fn differences(planted: &[PlantedPair], people: &People, flags: &[Flag]) -> Vec<(Pair, String)> {
    let flagged: BTreeSet<Pair> = flags.iter().flat_map(Flag::pairs).collect();
    let mut differences = Vec::new();
    let mut truth = BTreeSet::new();
    for planted in planted {
        let person_id = people.person_id(&planted.id_number).unwrap_or_default();
        let pair = Pair { rule_id: planted.rule_id.clone(), person_id, month: planted.month };
        if planted.reach == Reach::Reachable && !flagged.contains(&pair) {
            differences.push((pair.clone(), format!("missed: {}", planted.id_number)));
        }
        truth.insert(pair);
    }
    let surplus = flagged.difference(&truth).map(|pair| (pair.clone(), "not planted".to_owned()));
    differences.extend(surplus);
    differences
}

#[test]
fn no_row_is_linked_to_somebody_else_and_most_rows_that_a_name_leads_home_are_linked() {
    let chain = shared();
    let people = People::open(&chain.offices).unwrap();
    for score in link_scores(&chain.invented, &chain.packed, &chain.offices, &people).unwrap() {
        assert!(score.linked > 50, "{score:?} proves nothing");
        assert_eq!(score.right, score.linked, "rows are linked to somebody else: {score:?}");
        assert!(score.right * 10 >= score.delivered * 9, "recall is {}: {score:?}", score.recall());
    }
    let candidates = chain.offices.sql("operator", "select count(*) as pairs from hub.link_candidate").unwrap();
    assert!(
        candidates[0]["pairs"].as_u64().unwrap() > 0,
        "no two people of this world share a name, so nothing is proven"
    );
}

#[test]
fn published_population_agrees_with_the_invented_people() {
    let chain = shared();
    let rows = chain
        .offices
        .sql(
            "reviewer",
            "select region, sex, age_band, cast(cast(value as bigint) as varchar) as value from statistics.population \
             where base = 'residence' and year = 2025 and status in ('published', 'zero') \
             and region <> 'total' and sex <> 'total' and age_band <> 'total'",
        )
        .unwrap();
    let truth = population(&chain.invented);
    assert!(rows.len() > 20, "only {} cells are published", rows.len());
    for row in rows {
        let key = ["region", "sex", "age_band"].map(|column| row[column].as_str().unwrap().to_owned());
        let value: u64 = row["value"].as_str().unwrap().parse().unwrap();
        let (people, uncertain) = truth.get(&key).copied().unwrap_or_default();
        assert!((people - uncertain..=people).contains(&value), "{key:?}: {value} is published, {people} live there");
    }
}

/// People by county, sex and band, and how many of them only a register calls dead or only 15 digits name.
fn population(invented: &Path) -> BTreeMap<[String; 3], (u64, u64)> {
    let mut reader = csv::Reader::from_path(invented.join("truth").join("population.csv")).unwrap();
    let lines = reader.deserialize().map(|line| {
        let line: BTreeMap<String, String> = line.unwrap();
        let number = |column: &str| line[column].parse::<u64>().unwrap();
        let key = ["county", "sex", "band"].map(|column| line[column].clone());
        (key, (number("persons"), number("upgraded15") + number("register_dead_unconfirmed")))
    });
    lines.collect()
}
