//! The generator's truth against the published flags.

use yilian_demo::{People, Published, flags, planted, rules, score};

use crate::fixture::shared;

/// The rules of which pairs must have been planted and found.
const RULES: [&str; 12] = ["X01", "X02", "X05", "X06", "X07", "X08", "X14", "X16", "X24", "X27", "X28", "X35"];

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
