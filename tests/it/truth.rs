//! The generator's truth against the published flags.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use yilian_demo::{
    Flag, JudgedMonths, Pair, People, PlantedPair, Published, Reach, flags, gaps, link_scores, planted, planted_gaps,
    rules, score,
};

use crate::fixture::shared;

/// The rules of which pairs must have been planted and found.
const RULES: [&str; 12] = ["X01", "X02", "X05", "X06", "X07", "X08", "X14", "X16", "X24", "X27", "X28", "X35"];

/// The kinds of gap of which months must have been planted and found; a world of this size has none of WJ01.
const GAPS: [&str; 12] = ["E08", "MZ01", "MZ03", "MZ09", "MZ10", "MZ11", "MZ12", "MZ15", "MZ17", "N32", "RS", "YB"];

#[test]
fn every_flag_was_planted_and_every_reachable_pair_is_flagged() {
    let chain = shared();
    let people = People::open(&chain.offices).unwrap();
    let published = Published::newest(&chain.offices.store()).unwrap();
    let rules = rules(chain.offices.programs().repository()).unwrap();
    let planted = planted(&chain.invented, &rules).unwrap();
    let scores = score(&planted, &people, &flags(&published).unwrap());
    let imperfect: Vec<_> = scores.iter().filter(|score| !score.is_perfect()).collect();
    assert!(imperfect.is_empty(), "{imperfect:#?}");
    for rule in RULES {
        let found = scores.iter().find(|score| score.rule_id == rule).map_or(0, |score| score.found);
        assert!(found > 0, "no reachable pair of {rule} was planted, so nothing is proven about it");
    }
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
            "statistician",
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
