//! Targets of policy documents: what `pipelines/kpi.yaml` asks for is computed, and the list of indicators is the model's.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Texts in quotes that stand first in a branch of the model.
fn computed() -> BTreeSet<String> {
    let model = fs::read_to_string(repository().join("sql/39_target/indicator.sql")).unwrap();
    let branches = model.lines().filter_map(|line| {
        let rest = line.strip_prefix("union all ").unwrap_or(line);
        rest.strip_prefix("select '").and_then(|rest| rest.split('\'').next()).map(str::to_owned)
    });
    branches.collect()
}

#[test]
fn every_indicator_of_the_list_is_computed_and_every_computed_one_is_listed() {
    let list = fs::read_to_string(repository().join("schemas/codes/indicator.csv")).unwrap();
    let listed: BTreeSet<String> =
        list.lines().skip(1).filter_map(|line| line.split(',').next()).map(str::to_owned).collect();
    assert!(listed.len() > 20, "{listed:?}");
    assert_eq!(listed, computed());
}

#[test]
fn every_quantified_clause_has_a_target() {
    let targets = fs::read_to_string(repository().join("pipelines/kpi.yaml")).unwrap();
    let ids: BTreeSet<&str> = targets.lines().filter_map(|line| line.strip_prefix("  - id: ")).collect();
    for id in [
        "E-01a", "E-01b", "E-02", "E-03", "E-04a", "E-04b", "E-05", "E-08", "E-11", "E-16", "E-18", "E-22", "E-23",
        "N-29", "N-30", "N-31a", "N-32", "N-33", "N-36", "N-37", "N-39", "N-41", "N-46", "L-01", "L-02", "L-03",
        "L-04", "L-05", "L-06", "L-07", "L-08", "L-09", "L-10", "L-11", "L-12", "L-13", "L-14", "L-15", "L-18", "L-19",
        "L-20", "L-24", "L-25", "L-26", "Y-15a", "Y-15b",
    ] {
        assert!(ids.contains(id), "no target {id}");
    }
}
