//! `yilian explain`: a flag in words, and why a month has none.

use std::fs;
use std::path::Path;

use serde_json::Value;
use yilian_demo::Finished;

use crate::feedback::{field, text};
use crate::fixture::shared;

#[test]
fn a_flag_of_every_rule_is_explained_by_its_document_its_rows_and_what_ends_it() {
    let first = "select rule_id, cast(min(flag_id) as varchar) as flag_id \
        from hub.overlap group by rule_id order by rule_id";
    let flags = shared().offices.sql("operator", first).unwrap();
    assert!(flags.len() > 10, "flags of {} rules prove little", flags.len());
    for flag in &flags {
        let (rule, flag) = (field(flag, "rule_id"), field(flag, "flag_id"));
        let machine: Value = explained(&[&flag, "--json"]).json().unwrap();
        assert_eq!(machine["rule"]["id"], rule.as_str());
        let rows = machine["rows"].as_array().unwrap();
        assert!(rows.iter().any(|row| row["side"] == "left"), "{rule}: no row of the left side");
        let page = explained(&[&flag]).stdout;
        assert!(page.contains(&rule) && page.contains("what ends it"), "{page}");
        assert!(page.contains(&format!("{} in all", machine["flag"]["months"])), "{page}");
        if let Some(at_risk) = machine["flag"]["at_risk"].as_str() {
            let fen = at_risk.split_once('.').map(|(_, fen)| fen.len());
            assert!(fen == Some(2) && page.contains(at_risk), "{rule}: {at_risk} is no amount in yuan and fen: {page}");
        }
        if let Some(quote) = quote_of(&rule) {
            assert!(page.contains(&format!("「{quote}」")), "{rule}: {page}");
        }
    }
}

#[test]
fn a_month_without_a_flag_says_why_of_every_two_benefits() {
    let held = "select person_id, substr(cast(month as varchar), 1, 7) as month, count(*) as benefits \
        from hub.benefit_month b where held and link_grade = 'id' and not exists ( \
          select 1 from hub.overlap o where o.person_id = b.person_id) \
        group by person_id, month having count(*) > 1 order by count(*) desc, person_id, month limit 20";
    let months = shared().offices.sql("operator", held).unwrap();
    assert!(!months.is_empty(), "nobody has two benefits and no flag");
    for month in months {
        let benefits = month["benefits"].as_u64().unwrap();
        let person = month["person_id"].to_string();
        let machine: Value =
            explained(&["--person", &person, "--month", &field(&month, "month"), "--json"]).json().unwrap();
        let reasons = machine["reasons"].as_array().unwrap();
        let pairs = reasons.iter().filter(|reason| reason["benefits"][1] != "death").count() as u64;
        assert!(pairs >= benefits * (benefits - 1) / 2, "{machine}");
        assert!(reasons.iter().all(|reason| reason["why"] != "flagged"), "{machine}");
    }
}

#[test]
fn a_flag_that_nobody_gave_and_a_person_whom_nobody_knows_are_faults_of_the_command_line() {
    let site = text(&shared().offices.hub());
    for asked in [vec!["explain", "1"], vec!["explain", "--person", "9223372036854775807", "--month", "2025-03"]] {
        let arguments = asked.into_iter().chain(["--site", &site]);
        let refused = shared().offices.programs().try_run("yilian", arguments).unwrap();
        assert_eq!(refused.code, 2, "{}", refused.stderr);
        assert!(refused.stderr.contains("hint:"), "{}", refused.stderr);
    }
}

fn explained(arguments: &[&str]) -> Finished {
    let site = text(&shared().offices.hub());
    let arguments = ["explain"].into_iter().chain(arguments.iter().copied()).chain(["--site", &site]);
    shared().offices.programs().run("yilian", arguments).unwrap()
}

/// The quoted words of a rule's file.
fn quote_of(rule: &str) -> Option<String> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../pipelines/rules").join(format!("{rule}.yaml"));
    let text = fs::read_to_string(file).unwrap();
    text.lines().find_map(|line| line.trim().strip_prefix("quote: ")).map(|quote| quote.trim_matches('\'').to_owned())
}
