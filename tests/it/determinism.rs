//! The same inputs give the same bytes, however they are worked on.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use arrow::util::display::{ArrayFormatter, FormatOptions};
use yilian_demo::{Offices, Published};

use crate::fixture::{copy_of, run_options, shared};

/// Columns with numbers that are made from person ids.
const IDS: [&str; 2] = ["flag_id", "gap_id"];

/// SHA-256 of every file of every table, by name of the table.
pub(crate) fn digests(offices: &Offices) -> BTreeMap<String, Vec<String>> {
    digests_of(&Published::newest(&offices.store()).unwrap())
}

pub(crate) fn digests_of(published: &Published) -> BTreeMap<String, Vec<String>> {
    published
        .tables()
        .map(|table| {
            let files = published.files(table).unwrap();
            (table.to_owned(), files.iter().map(|file| file.sha256.clone()).collect())
        })
        .collect()
}

/// The shared hub's deliveries in an inbox of a hub that has never received anything.
pub(crate) fn unopened_hub(name: &str) -> Offices {
    let offices = copy_of(&shared().offices, name);
    let hub = offices.hub();
    fs::remove_dir_all(offices.store()).unwrap();
    for folder in ["spine", "name_spine", "staged", "unnumbered", "kept"] {
        let folder = hub.join("vault").join(folder);
        if folder.exists() {
            fs::remove_dir_all(folder).unwrap();
        }
    }
    if offices.inbox().exists() {
        fs::remove_dir_all(offices.inbox()).unwrap();
    }
    fs::create_dir_all(offices.inbox()).unwrap();
    offices
}

fn differing(one: &BTreeMap<String, Vec<String>>, other: &BTreeMap<String, Vec<String>>) -> Vec<String> {
    one.keys()
        .chain(other.keys())
        .filter(|table| one.get(*table) != other.get(*table))
        .cloned()
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect()
}

#[test]
fn threads_and_buckets_change_no_byte_of_what_is_published() {
    let wanted = digests(&shared().offices);
    assert!(wanted.contains_key("hub.overlap") && wanted.contains_key("statistics.population"), "{:?}", wanted.keys());
    for arguments in [
        ["--threads", "1", "--buckets", "1"],
        ["--threads", "2", "--buckets", "7"],
        ["--threads", "8", "--buckets", "64"],
    ] {
        let offices = unopened_hub("threads");
        offices.hand_over(&shared().packed).unwrap();
        offices.receive().unwrap().nothing_refused().unwrap();
        offices.run(&run_options(&arguments)).unwrap();
        let differing = differing(&wanted, &digests(&offices));
        assert!(differing.is_empty(), "{arguments:?} change {differing:?}");
    }
}

#[test]
fn a_second_run_and_another_order_of_the_inbox_change_no_byte() {
    let wanted = digests(&shared().offices);
    let offices = unopened_hub("order");
    let mut reversed = shared().packed.clone();
    reversed.reverse();
    offices.hand_over(&reversed).unwrap();
    offices.receive().unwrap().nothing_refused().unwrap();
    for _ in 0..2 {
        offices.run(&run_options(&[])).unwrap();
        let differing = differing(&wanted, &digests(&offices));
        assert!(differing.is_empty(), "{differing:?} changed");
        // With its publication still there, a second run of the same inputs would have nothing to do.
        for folder in ["publications", "runs"] {
            fs::remove_dir_all(offices.store().join(folder)).unwrap();
        }
    }
}

#[test]
fn deliveries_spread_over_several_runs_give_the_same_rows_about_the_same_people() {
    let offices = unopened_hub("spread");
    let (early, late) = shared().packed.split_at(shared().packed.len() / 2);
    for part in [early, late] {
        offices.hand_over(part).unwrap();
        offices.receive().unwrap().nothing_refused().unwrap();
        offices.run(&run_options(&[])).unwrap();
    }
    let (one, other) = (&shared().offices, &offices);
    for table in ["hub.person", "hub.benefit_month", "hub.duplicate_payment", "hub.overlap", "evidence.name_link"] {
        assert!(rows_by_token(one, table) == rows_by_token(other, table), "{table} differs once ids are replaced");
    }
    let statistics = |offices| -> BTreeMap<_, _> {
        digests(offices).into_iter().filter(|(table, _)| table.starts_with("statistics.")).collect()
    };
    assert_eq!(statistics(one), statistics(other));
}

/// All rows of a table as text in order, by the person's hub token and without ids that are made from person ids; under
/// no token where the table has no person.
pub(crate) fn rows_by_token(offices: &Offices, table: &str) -> BTreeMap<String, Vec<String>> {
    let tokens = yilian_demo::tokens_by_person(&offices.hub()).unwrap();
    let published = Published::newest(&offices.store()).unwrap();
    let format = FormatOptions::default().with_null("NULL");
    let mut rows: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for batch in published.read(table).unwrap() {
        let schema = batch.schema();
        let columns: Vec<_> = schema
            .fields()
            .iter()
            .zip(batch.columns())
            .filter(|(field, _)| !IDS.contains(&field.name().as_str()))
            .map(|(field, column)| (field.name(), ArrayFormatter::try_new(column.as_ref(), &format).unwrap()))
            .collect();
        for row in 0..batch.num_rows() {
            let (mut token, mut cells) = (String::new(), Vec::new());
            for (name, formatter) in &columns {
                let text = formatter.value(row).to_string();
                if *name == "person_id" {
                    token = hex::encode(tokens[&text.parse::<i64>().unwrap()]);
                } else {
                    cells.push(text);
                }
            }
            rows.entry(token).or_default().push(cells.join("|"));
        }
    }
    assert!(!rows.is_empty(), "{table} is empty");
    for rows in rows.values_mut() {
        rows.sort_unstable();
    }
    rows
}
