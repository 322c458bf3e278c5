//! Canaries: each has its row in every delivery about older people, and none in a table. Or the run stops.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{Array, AsArray, FixedSizeBinaryArray, RecordBatch, UInt32Array};
use arrow::compute::{concat_batches, take_record_batch};
use arrow::datatypes::{DataType, Int64Type};
use bytes::Bytes;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use yilian_delivery::{CanaryRows, Verified};
use yilian_demo::{Offices, Published, RunOptions};
use yilian_token::{Key, KeyUse, Label, Token};

use crate::fixture::{copy_of, files_below, run_options, shared};
use crate::resealed::{Change, SCHEMAS, resealed, verified, write_changed};

/// Datasets of three offices, with control totals and without.
const CHANGED: [(&str, &str); 3] = [
    ("benefit_payment", "1501 civil_affairs"),
    ("enrolment", "1501 medical_insurance"),
    ("death_certificate", "1501 health"),
];

fn deliveries() -> impl Iterator<Item = (&'static str, PathBuf)> {
    let packed = shared().packed.iter();
    packed.map(|packed| (packed.extract.dataset.as_str(), packed.report.delivery.clone()))
}

fn batches(bytes: Bytes) -> Vec<RecordBatch> {
    ParquetRecordBatchReaderBuilder::try_new(bytes).unwrap().build().unwrap().map(Result::unwrap).collect()
}

/// The delivery's rows in one batch; a month in which nothing happened has none.
fn rows(delivery: &Verified) -> RecordBatch {
    let reader = ParquetRecordBatchReaderBuilder::try_new(delivery.data().clone()).unwrap();
    concat_batches(reader.schema(), &batches(delivery.data().clone())).unwrap()
}

fn taken(rows: &RecordBatch, wanted: impl IntoIterator<Item = u32>) -> RecordBatch {
    take_record_batch(rows, &UInt32Array::from_iter_values(wanted)).unwrap()
}

fn with_other_token(rows: &RecordBatch, row: u32) -> RecordBatch {
    let at = rows.schema().index_of("person_token").unwrap();
    let tokens = (0_u32..).zip(rows.column(at).as_fixed_size_binary().iter());
    let other =
        tokens.map(|(number, token)| if number == row { Some([0xab; 32].to_vec()) } else { token.map(<[u8]>::to_vec) });
    let other = FixedSizeBinaryArray::try_from_sparse_iter_with_size(other, 32).unwrap();
    let mut columns = rows.columns().to_vec();
    columns[at] = Arc::new(other);
    RecordBatch::try_new(rows.schema(), columns).unwrap()
}

/// Hands over deliveries of which the first row of a canary is changed, and asserts that nothing is published.
fn assert_stopped(name: &str, changed: impl Fn(&RecordBatch, u32) -> RecordBatch) {
    let offices = copy_of(&shared().offices, name);
    let before = Published::newest(&offices.store()).unwrap().number;
    let mut files = Vec::new();
    for (dataset, office) in CHANGED {
        let (_, delivery) = deliveries().find(|(of, _)| *of == dataset).unwrap();
        let opened = verified(&offices, &delivery);
        let row = CanaryRows::find(opened.manifest(), opened.data()).unwrap().rows()[0];
        let change =
            Change { name: &format!("{name}_{dataset}"), rows: &|rows| changed(rows, row), description: &|_| {} };
        let file = resealed(&offices, &delivery, &change);
        let file_name = file.file_name().unwrap().to_string_lossy().into_owned();
        fs::copy(&file, offices.inbox().join(&file_name)).unwrap();
        files.push((office, file_name));
    }
    offices.receive().unwrap().nothing_refused().unwrap();
    let run = offices.try_run(&run_options(&[])).unwrap();
    assert_eq!(run.code, 1, "the run went on: {}", run.stdout);
    for (office, file) in files {
        let line = run.stderr.lines().find(|line| line.contains(office) && line.contains(&file));
        let line = line.unwrap_or_else(|| panic!("{office} and {file} are not named together: {}", run.stderr));
        assert!(line.contains("canary ") && (line.contains("plain") || line.contains("upper_case_x")), "{line}");
    }
    assert_eq!(Published::newest(&offices.store()).unwrap().number, before, "something was published");
}

#[test]
fn a_canary_whose_row_is_missing_stops_the_run() {
    assert_stopped("canary_missing", |rows, canary| {
        taken(rows, (0..u32::try_from(rows.num_rows()).unwrap()).filter(|row| *row != canary))
    });
}

#[test]
fn a_canary_whose_row_has_another_token_stops_the_run() {
    assert_stopped("canary_altered", with_other_token);
}

#[test]
fn a_canary_that_has_its_row_twice_stops_the_run() {
    assert_stopped("canary_doubled", |rows, canary| {
        taken(rows, (0..u32::try_from(rows.num_rows()).unwrap()).chain([canary]))
    });
}

#[test]
fn a_row_of_somebody_who_was_not_delivered_stops_the_run() {
    let offices = copy_of(&shared().offices, "too_many_rows");
    // A month without a funeral has a file, too, and no row.
    let staged = files_below(&offices.hub().join("vault/staged/funeral"));
    let staged = staged.into_iter().max_by_key(|file| fs::metadata(file).unwrap().len()).unwrap();
    write_changed(&staged, fs::read(&staged).unwrap().into(), &|rows| {
        taken(rows, (0..u32::try_from(rows.num_rows()).unwrap()).chain([0]))
    });
    let run = offices.try_run(&RunOptions { as_of: "2026-03-01".to_owned(), ..run_options(&[]) }).unwrap();
    assert_eq!(run.code, 1, "the run went on: {}", run.stdout);
    assert!(run.stderr.contains("every_row: saw"), "{}", run.stderr);
}

/// The tokens that rows of canaries carry, as delivered and as the hub key makes them.
struct Tokens {
    all: HashSet<Token>,
    /// Rows of canaries, by delivery.
    rows: BTreeMap<String, Vec<i64>>,
    /// Rows that must stand in the vault, by delivery.
    others: BTreeMap<String, u64>,
}

fn tokens(offices: &Offices) -> Tokens {
    let hub_key = Key::read(&offices.hub().join("vault/hub.jwk"), KeyUse::Hub).unwrap();
    let mut tokens = Tokens { all: HashSet::new(), rows: BTreeMap::new(), others: BTreeMap::new() };
    for (dataset, delivery) in deliveries() {
        let opened = verified(offices, &delivery);
        let canaries = CanaryRows::find(opened.manifest(), opened.data()).unwrap();
        let planted = if SCHEMAS.dataset(dataset).unwrap().carries_canaries() { SCHEMAS.canaries.len() } else { 0 };
        assert_eq!(canaries.rows().len(), planted, "{dataset}");
        assert!(canaries.differences().is_empty(), "{dataset}");
        let rows = taken(&rows(&opened), canaries.rows().iter().copied());
        for (column, label) in [
            ("person_token", Label::HubPerson),
            ("name_token", Label::HubName),
            ("household_token", Label::HubHousehold),
            ("record_token", Label::HubRecord),
        ] {
            let Some(column) = rows.column_by_name(column) else { continue };
            for token in column.as_fixed_size_binary().iter().flatten() {
                let token = Token::try_from(token).unwrap();
                tokens.all.extend([token, hub_key.tokeniser(label).unwrap().of_token(&token)]);
            }
        }
        let id = opened.delivery_id().to_owned();
        tokens.rows.insert(id.clone(), canaries.rows().iter().map(|row| i64::from(*row)).collect());
        tokens.others.insert(id, opened.manifest().counts.delivered);
    }
    tokens
}

fn assert_no_token(tokens: &Tokens, batch: &RecordBatch, file: &Path) {
    for column in batch.columns().iter().filter(|column| *column.data_type() == DataType::FixedSizeBinary(32)) {
        let found = column.as_fixed_size_binary().iter().flatten().filter(|token| tokens.all.contains(*token)).count();
        assert_eq!(found, 0, "tokens of canaries stand in {}", file.display());
    }
}

#[test]
fn every_canary_has_a_row_in_every_delivery_about_older_people_and_none_in_a_file_of_the_hub() {
    let offices = &shared().offices;
    let tokens = tokens(offices);
    assert!(tokens.all.len() > 20 && tokens.rows.values().any(|rows| !rows.is_empty()));
    let mut looked_at = 0;
    let mut staged: BTreeMap<String, u64> = BTreeMap::new();
    for file in files_below(&offices.hub()) {
        if file.extension().is_none_or(|extension| extension != "parquet") {
            continue;
        }
        let in_vault =
            ["vault/staged", "vault/unnumbered"].iter().any(|folder| file.starts_with(offices.hub().join(folder)));
        for batch in batches(fs::read(&file).unwrap().into()) {
            looked_at += 1;
            assert_no_token(&tokens, &batch, &file);
            if in_vault {
                let ids = arrow::compute::cast(batch.column_by_name("delivery_id").unwrap(), &DataType::Utf8).unwrap();
                let numbers = batch.column_by_name("row").unwrap().as_primitive::<Int64Type>();
                for (id, row) in ids.as_string::<i32>().iter().flatten().zip(numbers.values()) {
                    assert!(!tokens.rows[id].contains(row), "row {row} of {}", file.display());
                    *staged.entry(id.to_owned()).or_default() += 1;
                }
            }
        }
    }
    assert!(looked_at > 50, "only {looked_at} parts of files were looked at");
    for (id, rows) in staged {
        assert_eq!(rows, tokens.others[&id], "{id}");
    }
}
