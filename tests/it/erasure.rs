//! A person's rows of one office are erased: gone from every later run, while other offices' rows and all money stay.

use std::fs;

use arrow::array::AsArray;
use arrow::datatypes::Int64Type;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::{Value, json};
use yilian_demo::{Extract, Offices, People, Published};

use crate::fixture::{AS_OF, copy_of, files_below, new_folder, run_options, shared};
use crate::hub_key::rotate;

/// Whose rows civil affairs and human resources both deliver.
struct Person {
    id_number: String,
    person_id: i64,
}

#[test]
fn the_rows_of_the_office_are_gone_and_those_of_others_stay() {
    let offices = copy_of(&shared().offices, "erasure");
    let person = somebody(&offices);
    let (own, others) = (months(&offices, &person, "MZ"), months(&offices, &person, "RS"));
    let everybody_else = others_than(&offices, &person);
    assert!(own > 0 && others > 0);

    erase(&offices, "civil_affairs", &person);
    offices.run(&run_options(&[])).unwrap();

    assert_eq!((months(&offices, &person, "MZ"), months(&offices, &person, "RS")), (0, others));
    assert_eq!(others_than(&offices, &person), everybody_else);
    assert_eq!(staged_rows(&offices, "benefit_payment", &person), 0, "the vault still holds a row");
    assert!(staged_rows(&offices, "pension_payment", &person) > 0);
    let conservation = "select rows_bad from hub.check_result where \"check\" = 'conservation'";
    assert_eq!(offices.sql("operator", conservation).unwrap()[0]["rows_bad"], 0);
    let (out, hub) = (new_folder("review_of_erasure"), offices.hub().display().to_string());
    let arguments = ["review", "--out", &out.display().to_string(), "--as-of", AS_OF, "--site", &hub];
    offices.programs().run("yilian", arguments).unwrap();
    let report: Value = serde_json::from_slice(&fs::read(out.join("review.json")).unwrap()).unwrap();
    assert_eq!(report["deletions"]["tombstones"], json!({ "1501 civil_affairs": 1 }));
}

#[test]
fn a_tombstone_outlives_its_delivery_and_a_change_of_the_hub_key() {
    let offices = copy_of(&shared().offices, "erasure_later");
    let person = somebody(&offices);
    erase(&offices, "civil_affairs", &person);
    offices.run(&run_options(&[])).unwrap();
    rotate(&offices, &[]);
    offices.run(&run_options(&[])).unwrap();
    assert_eq!(months(&offices, &person, "MZ"), 0);
    // Without the delivery the tombstone stands in the vault alone.
    for file in files_below(&offices.inbox()).into_iter().filter(|file| file.to_string_lossy().contains(".erasure.")) {
        fs::remove_file(file).unwrap();
    }
    for file in files_below(&offices.store().join("deliveries"))
        .iter()
        .filter(|file| file.extension().is_some_and(|ending| ending == "json"))
    {
        if fs::read_to_string(file).unwrap().contains("common.erasure") {
            fs::remove_file(file).unwrap();
        }
    }
    offices.run(&run_options(&[])).unwrap();
    assert_eq!(months(&offices, &person, "MZ"), 0);
    assert!(months(&offices, &person, "RS") > 0);
}

fn somebody(offices: &Offices) -> Person {
    let people = People::open(offices).unwrap();
    let truth = fs::read_to_string(shared().invented.join("truth/person.csv")).unwrap();
    let candidates = truth.lines().skip(1).filter_map(|line| line.split(',').next());
    let query = "select person_id from hub.benefit_month group by person_id \
                 having count(*) filter (where benefit like 'MZ%') > 0 and count(*) filter (where benefit like 'RS%') > 0";
    let both: Vec<i64> =
        offices.sql("operator", query).unwrap().iter().map(|row| row["person_id"].as_i64().unwrap()).collect();
    candidates
        .filter_map(|id| Some(Person { id_number: id.to_owned(), person_id: people.person_id(id)? }))
        .find(|person| both.contains(&person.person_id))
        .expect("somebody stands in both offices' deliveries")
}

fn erase(offices: &Offices, department: &str, person: &Person) {
    let path = offices.folder().join("erasure.csv");
    fs::write(&path, format!("身份证号码,删除原因,决定日期\n{},撤回同意,2026-02-01\n", person.id_number)).unwrap();
    let [department, dataset, period] = [department, "erasure", "2026-02-01"].map(str::to_owned);
    let packed = offices.pack(&Extract { department, dataset, period, bytes: 0, path }).unwrap();
    offices.hand_over(&[packed]).unwrap();
    offices.receive().unwrap().nothing_refused().unwrap();
}

fn months(offices: &Offices, person: &Person, payer: &str) -> usize {
    let id = person.person_id;
    let query = format!("select month from hub.benefit_month where person_id = {id} and benefit like '{payer}%'");
    offices.sql("operator", &query).unwrap().len()
}

fn others_than(offices: &Offices, person: &Person) -> String {
    let id = person.person_id;
    let query = format!("select count(*) as n, sum(amount) as amount from hub.benefit_month where person_id <> {id}");
    assert!(Published::newest(&offices.store()).unwrap().number > 0);
    offices.sql("operator", &query).unwrap()[0].to_string()
}

fn staged_rows(offices: &Offices, dataset: &str, person: &Person) -> usize {
    let mut rows = 0;
    for file in files_below(&offices.hub().join("vault/staged").join(dataset)) {
        let reader = ParquetRecordBatchReaderBuilder::try_new(fs::File::open(file).unwrap()).unwrap();
        for batch in reader.build().unwrap() {
            let batch = batch.unwrap();
            let ids = batch.column_by_name("person_id").unwrap().as_primitive::<Int64Type>();
            rows += ids.iter().filter(|id| *id == Some(person.person_id)).count();
        }
    }
    rows
}
