//! The departments change their link key: a bridge joins the same people before and after.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::Value;
use yilian_demo::{Extract, Offices, PackedExtract, Published};

use crate::determinism::unopened_hub;
use crate::fixture::{run_options, shared};

const DEPARTMENTS: [&str; 5] =
    ["civil_affairs", "health", "medical_insurance", "disabled_federation", "human_resources"];
/// What is booked from this month on, and every roll of the year, is delivered under the next key.
const CHANGED_FROM: &str = "2025-07";

#[test]
fn a_bridge_joins_the_same_people_under_both_keys() {
    let offices = unopened_hub("bridge");
    let (bridge, later) = changed(&offices);
    hand_over_and_run(&offices, &shared().packed);
    let first = ids(&offices);

    hand_over_and_run(&offices, &[bridge]);
    assert_eq!(ids(&offices), first, "the bridge alone changes nobody");
    hand_over_and_run(&offices, &later);

    assert_eq!(ids(&offices), first);
    assert_same_flags(&shared().offices, &offices);
}

#[test]
fn a_bridge_holds_whatever_the_order_of_deliveries_in_one_inbox() {
    let offices = unopened_hub("bridge_at_once");
    let (bridge, later) = changed(&offices);
    let all: Vec<PackedExtract> = later.into_iter().chain(shared().packed.iter().cloned()).chain([bridge]).collect();
    hand_over_and_run(&offices, &all);
    // The bridge names the whole population, of whom some stand in no other delivery.
    assert_eq!(rows(&offices, "hub.person"), rows(&shared().offices, "hub.person"));
    assert_same_flags(&shared().offices, &offices);
}

#[test]
fn without_a_bridge_the_same_people_are_others_under_the_next_key() {
    let offices = unopened_hub("no_bridge");
    let (_, later) = changed(&offices);
    hand_over_and_run(&offices, &shared().packed);
    let first = ids(&offices).len();
    hand_over_and_run(&offices, &later);
    assert!(ids(&offices).len() > first + first / 2, "{} people, {first} before", ids(&offices).len());
}

#[test]
fn a_bridge_whose_next_key_is_not_registered_is_refused() {
    let offices = unopened_hub("bridge_refused");
    let settings = fs::read(offices.hub().join("site.yaml")).unwrap();
    let (bridge, _) = changed(&offices);
    fs::write(offices.hub().join("site.yaml"), settings).unwrap();
    offices.hand_over(&[bridge]).unwrap();
    let refused = offices.receive().unwrap().refused;
    assert_eq!(refused.len(), 1);
}

/// Makes the next link key, packs the bridge with both, and what was booked later again with the next one alone.
fn changed(offices: &Offices) -> (PackedExtract, Vec<PackedExtract>) {
    let civil_affairs = text(&offices.department("civil_affairs"));
    let new = ["keys", "new", "--use", "link", "--next", "--site", &civil_affairs, "--json"];
    let made: Value = offices.programs().run("yilian-dept", new).unwrap().json().unwrap();
    accept(offices, made["public"].as_str().unwrap());
    let bridge = offices.pack(&population(offices)).unwrap();
    let next = offices.department("civil_affairs").join("keys/link.next.jwk");
    for department in DEPARTMENTS {
        fs::remove_file(offices.link_key(department)).unwrap();
        fs::copy(&next, offices.link_key(department)).unwrap();
    }
    let later = shared()
        .packed
        .iter()
        .filter(|packed| packed.extract.period.as_str() >= CHANGED_FROM || packed.extract.period.len() == 4);
    (bridge, later.map(|packed| offices.pack(&packed.extract).unwrap()).collect())
}

/// Registers a further link key for every office.
fn accept(offices: &Offices, check_value: &str) {
    let file = offices.hub().join("site.yaml");
    let settings = fs::read_to_string(&file).unwrap();
    let line = format!("    link_keys:\n      - check_value: \"{check_value}\"\n        from: 2025-01-01\n");
    fs::write(&file, settings.replace("    link_keys:\n", &line)).unwrap();
}

/// The extract that makes the bridge: everybody whom civil affairs knows.
fn population(offices: &Offices) -> Extract {
    let truth = fs::read_to_string(shared().invented.join("truth/person.csv")).unwrap();
    let mut lines = truth.lines();
    let header = lines.next().unwrap();
    assert!(header.starts_with("id_number,sex,birth_date,"), "{header}");
    let rows: Vec<String> = lines.map(|line| line.splitn(4, ',').take(3).collect::<Vec<_>>().join(",")).collect();
    let path = offices.folder().join("population.csv");
    fs::write(&path, format!("身份证号码,性别,出生日期\n{}\n", rows.join("\n"))).unwrap();
    let [department, dataset, period] = ["civil_affairs", "token_bridge", "2025"].map(str::to_owned);
    Extract { department, dataset, period, bytes: 0, path }
}

fn hand_over_and_run(offices: &Offices, packed: &[PackedExtract]) {
    offices.hand_over(packed).unwrap();
    offices.receive().unwrap().nothing_refused().unwrap();
    offices.run(&run_options(&[])).unwrap();
}

/// Person ids with sex and month of birth.
fn ids(offices: &Offices) -> BTreeMap<i64, String> {
    let people = offices.sql("operator", "select person_id, sex, birth_month from hub.person").unwrap();
    people.into_iter().map(|row| (row["person_id"].as_i64().unwrap(), row.to_string())).collect()
}

/// What rests on ID numbers alone is a violation, and none is lost or new; names are not carried by a bridge.
fn assert_same_flags(one: &Offices, other: &Offices) {
    for (one, other) in [(one, other), (other, one)] {
        let missing: Vec<_> = flags(one, "severity = 'violation'").difference(&flags(other, "true")).copied().collect();
        assert!(missing.is_empty(), "{} flags are not on both sides", missing.len());
    }
}

/// The ids of flags; they are made of rule, person, sides and first month.
fn flags(offices: &Offices, which: &str) -> BTreeSet<i64> {
    let query = format!("select flag_id from hub.overlap where {which}");
    let rows = offices.sql("operator", &query).unwrap();
    let flags: BTreeSet<i64> = rows.iter().map(|row| row["flag_id"].as_i64().unwrap()).collect();
    assert!(!flags.is_empty());
    flags
}

fn rows(offices: &Offices, table: &str) -> usize {
    let published = Published::newest(&offices.store()).unwrap();
    published.read(table).unwrap().iter().map(arrow::array::RecordBatch::num_rows).sum()
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
