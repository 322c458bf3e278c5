//! An office says that two ID numbers are one person's, and later takes it back.

use std::fs;

use serde_json::Value;
use yilian_demo::Offices;

use crate::feedback::{clues_in, delivery_of, field, opened, text};
use crate::fixture::{copy_of, run_options, shared};

const PLACE: &str = "1501";
const OFFICE: &str = "civil_affairs";
const TABLES: [&str; 4] = ["hub.person", "hub.benefit_month", "hub.duplicate_payment", "hub.flag_record"];

#[test]
fn two_numbers_of_one_person_are_one_person_until_the_answer_is_withdrawn() {
    let offices = copy_of(&shared().offices, "same_person");
    let apart = TABLES.map(|table| rows_of(&offices, table));
    let (candidate, [lower, higher]) = candidate(&offices);
    let (before, others) = (bookings(&offices, &[lower, higher]), bookings(&offices, &[]));
    assert!(bookings(&offices, &[lower]) != before && bookings(&offices, &[higher]) != before);

    answer(&offices, &candidate, "same_person", "2026-02-26");
    assert_eq!(bookings(&offices, &[lower]), before, "all bookings of both stand under the lower number");
    assert_eq!(bookings(&offices, &[higher]), [0, 0]);
    assert_eq!(bookings(&offices, &[]), others, "nothing is lost and nothing counted twice");
    let people = rows_of(&offices, "hub.person");
    assert_eq!(people.len() + 1, apart[0].len());
    assert!(!people.iter().any(|person| person["person_id"] == higher));

    answer(&offices, &candidate, "different_person", "2026-02-27");
    for (table, before) in TABLES.into_iter().zip(&apart) {
        // What is new since is a flag of the time in between, and gone.
        let now = rows_of(&offices, table);
        let missing: Vec<_> = before.iter().filter(|row| !now.contains(row)).collect();
        assert_eq!(missing, Vec::<&Value>::new(), "{table} lost rows");
        let gone = |row: &&Value| table == "hub.flag_record" && row["is_gone"] == true;
        assert_eq!(now.iter().filter(|row| !gone(row)).count(), before.iter().filter(|row| !gone(row)).count());
    }
}

/// A candidate that the office was asked about, both of whose numbers have benefits; with the lower and the higher one.
fn candidate(offices: &Offices) -> (String, [i64; 2]) {
    let parcel = offices.parcels(PLACE, OFFICE).unwrap().pop().unwrap();
    let clues = clues_in(&opened(offices, OFFICE, &parcel));
    let asked: Vec<String> =
        clues.iter().filter(|clue| clue["kind"] == "same_person").map(|clue| field(clue, "clue_id")).collect();
    let query = "select cast(candidate_id as varchar) as candidate_id, lower_person_id as lower, higher_person_id as higher from hub.link_candidate \
        where lower_person_id in (select person_id from hub.benefit_month) \
        and higher_person_id in (select person_id from hub.benefit_month) order by 1";
    let candidates = offices.sql("operator", query).unwrap();
    let found = candidates.iter().find(|row| asked.contains(&field(row, "candidate_id")));
    let found = found.expect("nobody who was asked about has benefits under both numbers");
    (field(found, "candidate_id"), ["lower", "higher"].map(|name| found[name].as_i64().unwrap()))
}

/// The office's answer, delivered, and a run with it.
fn answer(offices: &Offices, candidate: &str, decision: &str, decided_on: &str) {
    let extract = offices.folder().join(format!("{decision}.csv"));
    let header = "candidate_id,核实结论,已听取本人意见,核实日期";
    fs::write(&extract, format!("{header}\n{candidate},{decision},是,{decided_on}\n")).unwrap();
    let (extract, site) = (text(&extract), text(&offices.department(OFFICE)));
    let arguments = ["pack", &extract, "--dataset", "disposition", "--period", decided_on, "--site", &site, "--json"];
    let packed: Value = offices.programs().run("yilian-dept", arguments).unwrap().json().unwrap();
    let delivery = delivery_of(&packed);
    fs::copy(&delivery, offices.inbox().join(delivery.file_name().unwrap())).unwrap();
    offices.run(&run_options(&[])).unwrap();
}

fn rows_of(offices: &Offices, table: &str) -> Vec<Value> {
    offices.sql("operator", &format!("select * from {table}")).unwrap()
}

/// How many bookings some people have, and their fen; of everybody where no number is given.
fn bookings(offices: &Offices, people: &[i64]) -> [i64; 2] {
    let people: Vec<String> = people.iter().map(ToString::to_string).collect();
    let of_people =
        if people.is_empty() { String::new() } else { format!("where person_id in ({})", people.join(",")) };
    let query = format!(
        "select coalesce(sum(bookings), 0) as bookings, cast(coalesce(sum(amount), 0) * 100 as bigint) as fen \
         from (select * from hub.benefit_month where form = 'booking') as booking {of_people}"
    );
    let found = offices.sql("operator", &query).unwrap();
    ["bookings", "fen"].map(|name| found[0][name].as_i64().unwrap())
}
