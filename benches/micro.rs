//! How fast the parts of a night are, each alone: `cargo bench --workspace --bench micro`.
//!
//! Tokens stand beside the bare HMAC that they are made of, in one run on one core; models run over one bucket of invented
//! bookings in memory, as a night runs them; an invented hub's deliveries are staged, for which the programs must have been built
//! (`cargo build --release`).
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot begin has nothing to say")]

use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Date32Array, Decimal128Array, Int64Array, RecordBatch, StringViewArray};
use chrono::NaiveDate;
use divan::Bencher;
use divan::counter::ItemsCount;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use yilian_benches::invent;
use yilian_demo::Programs;
use yilian_disclosure::{Cell, Measure, Observed, Threshold, Unit, protect};
use yilian_engine::{Engine, EngineOptions, NamedRows, PlannedQuery, TableName, register_by_name};
use yilian_pipeline::Quiet;
use yilian_pipeline::run::{Definition, RunOptions, runtime, stage_alone, tables_before_models, to_parquet};
use yilian_pipeline::site::Site;
use yilian_token::{Algorithm, Key, KeyUse, Label};

const PEOPLE: i64 = 20_000;
const BOOKINGS_OF_A_PERSON: i64 = 20;
const IDS: usize = 100_000;

fn main() {
    divan::main();
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn ids() -> Vec<[u8; 18]> {
    (0..IDS).map(|id| format!("{id:018}").into_bytes().try_into().unwrap()).collect()
}

/// What a person token is made of, and nothing else.
#[divan::bench]
fn bare_hmac(bencher: Bencher<'_, '_>) {
    let (ids, bare) = (ids(), Hmac::<Sha256>::new_from_slice(&[7; 32]).unwrap());
    bencher.counter(ItemsCount::new(IDS)).bench_local(|| {
        for id in &ids {
            let mut mac = bare.clone();
            mac.update(id);
            black_box(mac.finalize().into_bytes());
        }
    });
}

#[divan::bench]
fn person_tokens(bencher: Bencher<'_, '_>) {
    let (ids, key) = (ids(), Key::from_bytes(KeyUse::Link, Algorithm::Hs256, "bench", [7; 32]));
    let person = key.tokeniser(Label::Person).unwrap();
    bencher.counter(ItemsCount::new(IDS)).bench_local(|| {
        for id in &ids {
            black_box(person.token(&[id]));
        }
    });
}

/// A year's deliveries on the way into the vault: opened and looked through, everybody numbered, tokens hashed again, rows put in
/// order of person and written.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn stage(bencher: Bencher<'_, '_>) {
    let (folder, runtime) = (tempfile::tempdir().unwrap(), runtime(1).unwrap());
    let programs = Programs::beside_this_one().unwrap();
    let people = u32::try_from(PEOPLE).unwrap();
    let hub = invent(&programs, people, folder.path()).unwrap().hub();
    let site = Site::open(&hub).unwrap();
    let options = RunOptions {
        as_of: NaiveDate::from_ymd_opt(2026, 2, 28).unwrap(),
        memory_bytes: 1 << 30,
        threads: 1,
        buckets: None,
        cluster: None,
    };
    let pipeline = root().join("pipelines/nightly.yaml");
    let stage = || runtime.block_on(stage_alone(&site, &pipeline, &options, &Quiet)).unwrap();
    let rows = ItemsCount::new(stage());
    let forget = || {
        for left in ["staged", "unnumbered", "erased", "spine", "household_spine", "name_spine"] {
            let _ = fs::remove_dir_all(hub.join("vault").join(left));
        }
    };
    bencher.counter(rows).with_inputs(forget).bench_local_values(|()| stage());
}

#[divan::bench]
fn deduplicate(bencher: Bencher<'_, '_>) {
    bench_model(bencher, "20_benefit/number_alike", ("work", "booking_number", booking_numbers()));
}

#[divan::bench]
fn overlaps(bencher: Bencher<'_, '_>) {
    bench_model(bencher, "30_overlap/person_month", ("hub", "benefit_month", benefit_months()));
}

/// A model over one bucket in memory, planned before.
fn bench_model(bencher: Bencher<'_, '_>, model: &str, (schema, table, batch): (&str, &str, RecordBatch)) {
    let runtime = runtime(1).unwrap();
    let spill_folder = std::env::temp_dir().join("yilian-benches");
    let rows = Arc::new(NamedRows::default());
    let engine = Engine::new(&EngineOptions { memory_bytes: 1 << 30, threads: 1, spill_folder }).unwrap();
    let session = engine.session_over(Arc::clone(&rows));
    let definition = Definition::load(&root().join("pipelines/nightly.yaml")).unwrap();
    let made = (TableName { schema: schema.to_owned(), table: table.to_owned() }, batch);
    for (name, batch) in tables_before_models(&definition).unwrap().into_iter().chain([made]) {
        register_by_name(&session, &name, batch.schema()).unwrap();
        rows.put(&name, vec![batch]);
    }
    let text = fs::read_to_string(root().join("sql").join(format!("{model}.sql"))).unwrap();
    let query = runtime.block_on(PlannedQuery::new(&session, &text)).unwrap();
    let mut prepared = runtime.block_on(query.prepare(&session)).unwrap();
    let rows = ItemsCount::new(usize::try_from(PEOPLE * BOOKINGS_OF_A_PERSON).unwrap());
    bencher.counter(rows).bench_local(move || runtime.block_on(prepared.rows(&session)).unwrap());
}

/// Benefit months as readers find them: encoded, and compressed.
#[divan::bench]
fn publish(bencher: Bencher<'_, '_>) {
    let months = benefit_months();
    bencher
        .counter(ItemsCount::new(months.num_rows()))
        .bench_local(|| to_parquet(black_box(&months), "hub.benefit_month").unwrap());
}

/// The small cells of a draft.
#[divan::bench]
fn suppress(bencher: Bencher<'_, '_>) {
    let cell = |number: i64| Cell {
        dimensions: vec![format!("{:06}", number / 20), format!("{}", number % 20)],
        measures: vec![Measure {
            name: "persons".to_owned(),
            unit: Unit::People,
            observed: Observed::Known(number * number % 97),
        }],
    };
    let cells: Vec<Cell> = (0..100_000).map(cell).collect();
    let threshold = Threshold::of_people(10).unwrap();
    bencher.counter(ItemsCount::new(cells.len())).bench_local(|| protect(black_box(&cells), threshold));
}

fn numbers() -> impl Iterator<Item = i64> {
    0..PEOPLE * BOOKINGS_OF_A_PERSON
}

fn person(number: i64) -> i64 {
    number % PEOPLE
}

fn texts(text: impl Fn(i64) -> &'static str) -> ArrayRef {
    Arc::new(StringViewArray::from_iter_values(numbers().map(text)))
}

fn benefit(number: i64) -> &'static str {
    let benefits = ["MZ01", "RS02", "MZ09", "MZ10"];
    benefits.get(usize::try_from(number / PEOPLE % 4).unwrap()).unwrap()
}

fn months() -> ArrayRef {
    Arc::new(Date32Array::from_iter_values(
        numbers().map(|number| 20_089 + 31 * i32::try_from(number / PEOPLE / 4).unwrap()),
    ))
}

fn amounts() -> ArrayRef {
    let fen = Decimal128Array::from_iter_values(numbers().map(|_| 10_000));
    Arc::new(fen.with_precision_and_scale(18, 2).unwrap())
}

/// The payment numbers of twenty bookings a person, of which one in a thousand is that of another.
fn booking_numbers() -> RecordBatch {
    let spread = |number: i64| number.wrapping_mul(0x9E37_79B9_7F4A_7C15_u64.cast_signed());
    let hashes = numbers().map(|number| spread(number - i64::from(number % 1000 == 1)));
    RecordBatch::try_from_iter_with_nullable(
        [
            ("month", months()),
            ("person_id", Arc::new(numbers().map(person).collect::<Int64Array>())),
            ("hash", Arc::new(hashes.collect::<Int64Array>())),
        ]
        .map(|(name, column): (&str, ArrayRef)| (name, column, true)),
    )
    .unwrap()
}

fn benefit_months() -> RecordBatch {
    RecordBatch::try_from_iter_with_nullable([
        ("person_id", Arc::new(numbers().map(person).collect::<Int64Array>()) as ArrayRef, true),
        ("benefit", texts(benefit), true),
        ("month", months(), true),
        ("county", texts(|_| "150104"), true),
        ("category", texts(|_| "H1"), true),
        ("amount", amounts(), true),
        ("link_grade", texts(|_| "id"), true),
        ("held", Arc::new(numbers().map(|_| Some(true)).collect::<BooleanArray>()), true),
    ])
    .unwrap()
}
