//! Prune: what is older than retention says goes, nobody's number is lost, and the site works on.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use serde_json::Value;
use yilian_demo::{Offices, PackedExtract, Published, RunOptions};

use crate::fixture::{copy_of, files_below, new_folder, run_options, shared};
use crate::hub_key::{numbers, rotate, spine};
use crate::resealed::{Change, resealed};

#[test]
fn nothing_of_a_young_site_is_removed() {
    let offices = copy_of(&shared().offices, "prune_young");
    let before = files(&offices);
    let pruned = prune(&offices, &["--as-of", "2026-02-28"]);
    assert_eq!(pruned["stores"], serde_json::json!({}));
    assert_eq!(files(&offices), before);
}

#[test]
fn superseded_deliveries_and_old_runs_are_removed_and_the_site_works_on() {
    let offices = copy_of(&shared().offices, "prune_superseded");
    let first = Published::newest(&offices.store()).unwrap().number;
    let superseded = supersede(&offices);
    offices.run(&later("2026-03-01")).unwrap();
    let before = files(&offices);

    let foreseen = prune(&offices, &["--as-of", "2027-06-01", "--dry-run"]);
    assert_eq!(files(&offices), before, "a dry run removed something");
    let pruned = prune(&offices, &["--as-of", "2027-06-01"]);
    assert_eq!(pruned, foreseen);
    for store in ["deliveries", "publications", "runs", "parcels", "staged"] {
        assert!(pruned["stores"][store]["files"].as_u64().unwrap() > 0, "{store}: {pruned}");
    }
    assert!(!superseded.exists() && !offices.store().join(format!("publications/{first:08}.json")).exists());
    let again = prune(&offices, &["--as-of", "2027-06-01"]);
    assert_eq!(again["stores"], serde_json::json!({}), "a second prune found more");

    // The superseded delivery still lies in the inbox, and stays out.
    let received = offices.receive().unwrap().nothing_refused().unwrap();
    assert!(received.accepted.is_empty(), "{:?}", received.accepted);
    offices.run(&later("2026-03-02")).unwrap();
    assert!(!offices.sql("operator", "select person_id from hub.person limit 1").unwrap().is_empty());
    let (hub, out) = (text(&offices.hub()), text(&new_folder("prune_review")));
    offices
        .programs()
        .run("yilian", ["review", "--out", &out, "--as-of", "2026-03-02", "--site", &hub, "--json"])
        .unwrap();
}

#[test]
fn of_old_deliveries_the_last_that_names_somebody_stays_and_the_hub_key_can_still_be_changed() {
    let offices = copy_of(&shared().offices, "prune_old");
    let people = numbers(&spine(&offices));
    let sealed = || files_below(&offices.store().join("deliveries")).into_iter().filter(|file| is_sealed(file)).count();
    let before = sealed();

    let pruned = prune(&offices, &["--as-of", "2028-06-01"]);

    let kept = usize::try_from(pruned["kept_for_numbers"].as_u64().unwrap()).unwrap();
    assert!(0 < kept && kept < before, "{kept} of {before} deliveries are kept");
    assert_eq!(sealed(), kept);
    assert!(offices.receive().unwrap().accepted.is_empty(), "an old delivery was accepted again");
    rotate(&offices, &[]);
    offices.run(&later("2028-06-01")).unwrap();
    assert_eq!(numbers(&spine(&offices)), people);
    let rows = offices.sql("operator", "select person_id from hub.benefit_month limit 1").unwrap();
    assert!(rows.is_empty(), "the run read a delivery that is kept for its tokens alone");
}

#[test]
fn a_prune_that_was_cut_short_is_ended_by_the_next() {
    let offices = copy_of(&shared().offices, "prune_cut");
    let superseded = supersede(&offices);
    offices.run(&later("2026-03-01")).unwrap();
    // As it is left after the document of the delivery and the old publication, and before what they name.
    fs::remove_file(superseded.with_extension("").with_extension("json")).unwrap();
    fs::remove_file(offices.store().join("publications/00000001.json")).unwrap();
    prune(&offices, &["--as-of", "2026-03-01"]);
    assert!(!superseded.exists());
    let named: BTreeSet<PathBuf> = named(&offices);
    let left: BTreeSet<PathBuf> = files_below(&offices.store().join("runs")).into_iter().collect();
    assert_eq!(left, named, "tables that no publication names are left");
}

#[test]
fn a_prune_waits_for_the_end_of_a_change_of_the_hub_key() {
    let offices = copy_of(&shared().offices, "prune_changing");
    rotate(&offices, &[]);
    let hub = text(&offices.hub());
    let refused = offices.programs().try_run("yilian", ["prune", "--site", &hub]).unwrap();
    assert_eq!(refused.code, 1);
    assert!(refused.stderr.contains("hint:"), "{}", refused.stderr);
}

fn prune(offices: &Offices, arguments: &[&str]) -> Value {
    let hub = text(&offices.hub());
    let arguments = ["prune", "--site", &hub, "--json"].into_iter().chain(arguments.iter().copied());
    let said: Value = offices.programs().run("yilian", arguments).unwrap().json().unwrap();
    said["pruned"].clone()
}

/// Delivers one delivery again with the next sequence; gives the stored file of the first.
fn supersede(offices: &Offices) -> PathBuf {
    supersede_one_of(offices, &shared().packed)
}

/// Delivers the rows of a delivery once more; where the first one is stored.
pub(crate) fn supersede_one_of(offices: &Offices, packed: &[PackedExtract]) -> PathBuf {
    let packed = packed.iter().find(|packed| packed.extract.dataset == "benefit_payment").unwrap();
    let change = Change { name: "prune_delivery", rows: &RecordBatch::clone, description: &|_| {} };
    let delivery = resealed(offices, &packed.report.delivery, &change);
    fs::copy(&delivery, offices.inbox().join(delivery.file_name().unwrap())).unwrap();
    let stored = offices.store().join(format!("deliveries/{}.tar.age", packed.report.delivery_id));
    assert!(stored.exists());
    stored
}

pub(crate) fn later(day: &str) -> RunOptions {
    RunOptions { as_of: day.to_owned(), ..run_options(&[]) }
}

fn files(offices: &Offices) -> BTreeSet<PathBuf> {
    files_below(&offices.hub()).into_iter().collect()
}

fn named(offices: &Offices) -> BTreeSet<PathBuf> {
    let published = Published::newest(&offices.store()).unwrap();
    let files = published.tables().flat_map(|table| published.files(table).unwrap());
    files.map(|file| published.path(file)).collect()
}

fn is_sealed(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "age")
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
