//! Gaps against the generator's truth, and what a delivery that does not come does to them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use yilian_demo::{Offices, People};

use crate::fixture::{copy_of, files_below, run_options, shared};

/// Kind, person and category of every gap, whether still open or not.
type Gap = (String, i64, String);

#[test]
fn planted_gaps_are_found_and_nobody_who_draws_the_benefit_has_one() {
    let chain = shared();
    let people = People::open(&chain.offices).unwrap();
    let found = gaps(&chain.offices);
    assert!(found.len() > 20, "only {} gaps prove nothing", found.len());
    let planted = planted(&chain.invented, &people);
    for kind in ["MZ01", "MZ09", "MZ10", "RS"] {
        let wanted: BTreeSet<i64> = planted.get(kind).cloned().unwrap_or_default();
        let here: BTreeSet<i64> = found.iter().filter(|gap| gap.0 == kind).map(|gap| gap.1).collect();
        let met = wanted.intersection(&here).count();
        assert!(met > 0, "no planted gap of {kind} is found, of {}", wanted.len());
    }
    let drawn = chain
        .offices
        .sql(
            "operator",
            "select count(*) as rows from hub.gap g join hub.benefit_month m on m.person_id = g.person_id \
             and m.benefit = g.benefit and m.held and m.month = g.from_month where g.gap_kind in ('MZ01', 'MZ09', 'MZ10')",
        )
        .unwrap();
    assert_eq!(drawn[0]["rows"], 0);
    let dead = "select count(*) as rows from hub.gap g join hub.person p on p.person_id = g.person_id \
                where p.death_status = 'dead' or p.register_status = 'moved_out'";
    assert_eq!(chain.offices.sql("operator", dead).unwrap()[0]["rows"], 0);
}

#[test]
fn a_month_that_is_withheld_makes_no_gap_and_closes_no_flag() {
    let chain = shared();
    for (name, withheld) in [
        ("last", ".benefit_payment.2025-12."),
        ("middle", ".pension_payment.2025-06."),
        ("proof", ".ability_assessment.2025-03."),
    ] {
        let offices = copy_of(&chain.offices, &format!("withheld_{name}"));
        let (before, open) = (gaps(&offices), open_flags(&offices));
        withhold(&offices, withheld);
        let options = yilian_demo::RunOptions { as_of: "2026-03-01".to_owned(), ..run_options(&[]) };
        offices.run(&options).unwrap();
        let made: Vec<_> = gaps(&offices).difference(&before).cloned().collect();
        assert!(made.is_empty(), "{withheld}: {} gaps were made: {made:?}", made.len());
        let closed: Vec<_> = open.difference(&open_flags(&offices)).copied().collect();
        assert!(closed.is_empty(), "{withheld}: {} flags or gaps were closed", closed.len());
    }
}

fn gaps(offices: &Offices) -> BTreeSet<Gap> {
    let query =
        "select gap_kind, cast(person_id as varchar) as person, coalesce(category, '') as category from hub.gap";
    let rows = offices.sql("operator", query).unwrap();
    rows.iter()
        .map(|row| {
            let text = |column: &str| row[column].as_str().unwrap().to_owned();
            (text("gap_kind"), text("person").parse().unwrap(), text("category"))
        })
        .collect()
}

/// Ids of the flags and gaps that are recorded and not gone.
pub(crate) fn open_flags(offices: &Offices) -> BTreeSet<i64> {
    let query = "select cast(flag_id as varchar) as id from hub.flag_record where not is_gone \
                 union all select cast(flag_id as varchar) from hub.gap_record where not is_gone";
    let rows = offices.sql("operator", query).unwrap();
    rows.iter().map(|row| row["id"].as_str().unwrap().parse().unwrap()).collect()
}

/// Takes a delivery out of the store and the inbox, as if it had never come.
fn withhold(offices: &Offices, part_of_name: &str) {
    let mut gone = 0;
    for document in files_below(&offices.store().join("deliveries")) {
        let is_document = document.extension().is_some_and(|extension| extension == "json");
        if is_document && fs::read_to_string(&document).unwrap().contains(part_of_name) {
            fs::remove_file(document.with_extension("tar.age")).unwrap();
            fs::remove_file(document).unwrap();
            gone += 1;
        }
    }
    for file in files_below(&offices.inbox()) {
        if file.file_name().is_some_and(|name| name.to_string_lossy().contains(part_of_name)) {
            fs::remove_file(file).unwrap();
        }
    }
    assert_eq!(gone, 1, "{part_of_name} names no one delivery");
}

/// The people of each benefit of `truth/gap.csv`.
fn planted(invented: &Path, people: &People) -> BTreeMap<String, BTreeSet<i64>> {
    let mut planted: BTreeMap<String, BTreeSet<i64>> = BTreeMap::new();
    let mut reader = csv::Reader::from_path(invented.join("truth").join("gap.csv")).unwrap();
    for line in reader.deserialize() {
        let line: BTreeMap<String, String> = line.unwrap();
        if let Some(person) = people.person_id(&line["id_number"]) {
            planted.entry(line["benefit"].clone()).or_default().insert(person);
        }
    }
    planted
}
