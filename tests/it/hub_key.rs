//! The hub key is changed: the same people, the same flags, the same bytes; and nothing is lost on the way.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::Int64Type;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use yilian_demo::{Finished, Offices, Published};
use yilian_token::{Key, KeyUse, Token};

use crate::determinism::digests;
use crate::fixture::{copy_of, files_below, run_options, shared};

/// Person id and record key by hub token.
pub(crate) type Spine = BTreeMap<Token, (i64, Token)>;

#[test]
fn a_change_of_the_hub_key_changes_every_token_and_no_published_byte() {
    let offices = copy_of(&shared().offices, "hub_key");
    let (before, spine, vault) = (digests(&offices), spine(&offices), data_files(&offices));
    let old = check_value(&offices.hub_key());
    let rotated = rotate(&offices, &["--algorithm", "HSM3"]);
    assert_eq!(rotated["present"], old.as_str());

    offices.run(&run_options(&[])).unwrap();

    let after = digests(&offices);
    let differing: Vec<_> = before.keys().filter(|table| before.get(*table) != after.get(*table)).collect();
    // Match rates are compared with those of the publications before, so every further run adds to them.
    assert!(differing.iter().all(|table| *table == "hub.match_rate") && before.len() == after.len(), "{differing:?}");
    let next = self::spine(&offices);
    assert_eq!(numbers(&spine), numbers(&next), "numbers or record keys were lost");
    assert!(spine.keys().all(|token| !next.contains_key(token)), "a token is still the old one");
    assert_eq!(rotated["public"], check_value(&offices.hub_key()).as_str());
    assert!(!next_key(&offices).exists());
    let left: BTreeSet<_> = vault.intersection(&data_files(&offices)).cloned().collect();
    assert!(left.is_empty(), "made with the old key and still there: {left:?}");
    assert_eq!(news(&offices.run(&run_options(&[])).unwrap()), "unchanged");
}

#[test]
fn a_change_that_was_published_and_interrupted_is_ended_by_the_next_run() {
    let offices = copy_of(&shared().offices, "hub_key_after");
    let old_key = fs::read(offices.hub_key()).unwrap();
    let segments = files_below(&offices.hub().join("vault/spine"));
    let old_segment = (segments[0].clone(), fs::read(&segments[0]).unwrap());
    let rotated = rotate(&offices, &[]);
    offices.run(&run_options(&[])).unwrap();
    let published = Published::newest(&offices.store()).unwrap().number;
    // As the vault is when the run ends between its publication and the removal of the old key.
    fs::rename(offices.hub_key(), next_key(&offices)).unwrap();
    write_private(&offices.hub_key(), &old_key);
    fs::write(&old_segment.0, &old_segment.1).unwrap();

    assert_eq!(news(&offices.run(&run_options(&[])).unwrap()), "unchanged");

    assert_eq!(Published::newest(&offices.store()).unwrap().number, published);
    assert_eq!(rotated["public"], check_value(&offices.hub_key()).as_str());
    assert!(!next_key(&offices).exists() && !old_segment.0.exists());
}

#[test]
fn a_person_who_stands_in_no_retained_delivery_stops_the_change_and_the_old_key_stays() {
    let offices = copy_of(&shared().offices, "hub_key_lost");
    let (old, vault) = (fs::read(offices.hub_key()).unwrap(), spine(&offices));
    let published = Published::newest(&offices.store()).unwrap().number;
    rotate(&offices, &[]);
    for delivery in files_below(&offices.inbox()) {
        fs::remove_file(delivery).unwrap();
    }
    let deliveries = files_below(&offices.store().join("deliveries"));
    // The largest deliveries together hold people whom no other one holds.
    for delivery in deliveries.iter().filter(|file| fs::metadata(file).unwrap().len() > 20_000) {
        fs::remove_file(delivery).unwrap();
        let document = delivery.with_extension("").with_extension("json");
        if document.exists() {
            fs::remove_file(document).unwrap();
        }
    }

    let run = offices.try_run(&run_options(&[])).unwrap();

    assert_eq!(run.code, 1, "a change that loses people was published");
    assert!(run.stderr.contains("stand in no retained delivery") && run.stderr.contains("hint:"), "{}", run.stderr);
    assert_eq!(fs::read(offices.hub_key()).unwrap(), old);
    assert_eq!(Published::newest(&offices.store()).unwrap().number, published);
    assert!(vault.keys().all(|token| spine(&offices).contains_key(token)));
}

#[test]
fn another_hub_key_without_a_change_is_refused() {
    let offices = copy_of(&shared().offices, "hub_key_other");
    fs::remove_file(offices.hub_key()).unwrap();
    let hub = offices.hub().display().to_string();
    offices.programs().run("yilian", ["keys", "new", "--use", "hub", "--site", &hub]).unwrap();
    let run = offices.try_run(&run_options(&[])).unwrap();
    assert_eq!(run.code, 1, "{}", run.stdout);
    assert!(run.stderr.contains("the spine was made with"), "{}", run.stderr);
}

#[test]
fn a_run_without_a_noise_key_is_refused() {
    let offices = copy_of(&shared().offices, "no_noise");
    fs::remove_file(offices.hub().join("vault/noise.jwk")).unwrap();
    let run = offices.try_run(&run_options(&[])).unwrap();
    assert_eq!(run.code, 1, "{}", run.stdout);
    assert!(run.stderr.contains("keys new --use noise"), "{}", run.stderr);
}

pub(crate) fn rotate(offices: &Offices, further: &[&str]) -> serde_json::Value {
    let hub = offices.hub().display().to_string();
    let arguments = ["keys", "rotate", "--site", &hub, "--json"].into_iter().chain(further.iter().copied());
    offices.programs().run("yilian", arguments).unwrap().json().unwrap()
}

fn next_key(offices: &Offices) -> PathBuf {
    offices.hub().join("vault/hub.next.jwk")
}

fn check_value(file: &Path) -> String {
    Key::read(file, KeyUse::Hub).unwrap().check_value()
}

fn write_private(file: &Path, content: &[u8]) {
    use std::os::unix::fs::PermissionsExt;
    fs::write(file, content).unwrap();
    fs::set_permissions(file, fs::Permissions::from_mode(0o600)).unwrap();
}

fn news(run: &Finished) -> String {
    run.json::<serde_json::Value>().unwrap()["news"].as_str().unwrap().to_owned()
}

/// Spine and staged files.
fn data_files(offices: &Offices) -> BTreeSet<PathBuf> {
    let files = files_below(&offices.hub().join("vault")).into_iter();
    files.filter(|file| file.extension().is_some_and(|extension| extension == "parquet")).collect()
}

pub(crate) fn spine(offices: &Offices) -> Spine {
    let mut spine = Spine::new();
    for file in files_below(&offices.hub().join("vault/spine")) {
        let reader = ParquetRecordBatchReaderBuilder::try_new(fs::File::open(file).unwrap()).unwrap();
        for batch in reader.build().unwrap() {
            add(&batch.unwrap(), &mut spine);
        }
    }
    assert!(!spine.is_empty());
    spine
}

fn add(batch: &RecordBatch, spine: &mut Spine) {
    let token = |column: &str, row| -> Token {
        batch.column_by_name(column).unwrap().as_fixed_size_binary().value(row).try_into().unwrap()
    };
    let ids = batch.column_by_name("person_id").unwrap().as_primitive::<Int64Type>();
    for row in 0..batch.num_rows() {
        spine.insert(token("hub_token", row), (ids.value(row), token("record_key", row)));
    }
}

pub(crate) fn numbers(spine: &Spine) -> BTreeSet<(i64, Token)> {
    spine.values().copied().collect()
}
