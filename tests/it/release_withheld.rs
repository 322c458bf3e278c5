//! What a release withholds stands in none of its bytes: not in a page, a dictionary, a statistic, a sheet or a drawing.
//!
//! Every invented person counts as a prime of seven digits, and the threshold is raised to match, so that each cell is a
//! number that nothing else can be.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use arrow::array::{ArrayRef, Decimal128Array, Float64Array, Int32Array, Int64Array, RecordBatch, StringArray};
use chrono::NaiveDate;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use yilian_contract::RegionNames;
use yilian_disclosure::Thresholds;
use yilian_release::{
    Annual, Earlier, Means, Origin, PublicRates, TableDefinition, TableDefinitions, Unit, YearInput, make_version,
};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::fixture::{copy_folder, new_folder};
use crate::release_bytes::{Secret, search};

const PEOPLE: usize = 120;
/// Five people count as this at least, four never.
const THRESHOLD: u32 = 5_000_000;
const SMALLEST_PRIME: i64 = 1_000_003;
const TOWNSHIPS: [&str; 4] = ["150104001", "150104002", "150105001", "150105002"];
const BANDS: [&str; 9] = ["60-64", "65-69", "70-74", "75-79", "80-84", "85-89", "90-94", "95-99", "100+"];
const SITUATIONS: [&str; 5] = ["with_others", "empty_nest", "alone", "left_behind", "institution"];
const SCHEMES: [&str; 4] = ["RS02", "RS01", "none", "both"];
const TABLES: [&str; 4] = ["living_situation", "overlap_summary", "pension", "population"];

/// Links of `pipelines/annual.yaml` that are about these tables.
const ANNUAL: &str = "release_state: provisional
reference_day: 12-31
cut_off: 03-31
small_areas: { table: population, measure: persons, below: 200, units: ['4'] }
plan: { whole: { at_most: 2 }, province: { at_most: 2 }, city: { at_most: 2 }, county: { at_most: 1 }, township: groups }
coarser_above_percent: 100
earlier_releases: { suppressed: stay, small_changes: suppress }
links:
  - { left: population.persons, right: living_situation.persons }
  - { left: population.persons, right: pension.persons }
";

/// A finest cell: region, codes, and the counted measures as they are stored (yuan in fen).
struct Row {
    region: &'static str,
    codes: Vec<String>,
    measures: Vec<i64>,
}

struct World {
    definitions: TableDefinitions,
    rows: BTreeMap<&'static str, Vec<Row>>,
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Below 1,210,000, the square of 1,100, a number without a factor up to 1,100 is prime.
fn primes() -> impl Iterator<Item = i64> {
    (SMALLEST_PRIME..1_210_000).filter(|number| (2..=1_100).all(|factor| number % factor > 0))
}

/// Most are young, live with others and have the resident pension, so that there are large cells and small ones.
fn world() -> World {
    let folder = new_folder("withheld/definitions");
    for table in TABLES {
        let file = format!("{table}.yaml");
        fs::copy(repository().join("sql/80_release").join(&file), folder.join(file)).unwrap();
    }
    let mut rows: BTreeMap<&str, Vec<Row>> = TABLES.map(|table| (table, Vec::new())).into();
    for (at, prime) in primes().step_by(3).take(PEOPLE).enumerate() {
        let skewed = |modulus: usize, length: usize| ((at * at + at / 2) % modulus).min(at % modulus) % length;
        let region = TOWNSHIPS[at % 7 % 4];
        let [sex, band, class] = [["1", "2"][at / 3 % 2], BANDS[skewed(17, 9)], ["urban", "rural"][at % 5 / 3]];
        let (situation, scheme) = (SITUATIONS[skewed(13, 5)], SCHEMES[skewed(11, 4)]);
        let mut add = |table: &str, codes: &[&str], measures: &[i64]| {
            let codes = codes.iter().map(|code| (*code).to_owned()).collect();
            rows.get_mut(table).unwrap().push(Row { region, codes, measures: measures.to_vec() });
        };
        // Nobody without a pension is paid one; the fen are nobody else's.
        let pension = if scheme == "none" { 0 } else { prime * 137 + 31 };
        add("population", &[sex, band, class], &[prime]);
        add("living_situation", &[situation, sex, band, class], &[prime]);
        add("pension", &[scheme, sex], &[prime, pension]);
        if at % 20 == 0 {
            add("overlap_summary", &["X01", "review"], &[prime, prime + 2, prime * 41 + 7, 0, 0, prime + 2]);
        }
    }
    World { definitions: TableDefinitions::load(&folder).unwrap(), rows }
}

fn batch(definition: &TableDefinition, rows: &[Row]) -> RecordBatch {
    let texts = |text: &dyn Fn(&Row) -> &str| Arc::new(rows.iter().map(|row| Some(text(row))).collect::<StringArray>());
    let mut columns: Vec<(&str, ArrayRef)> = vec![("region", texts(&|row| row.region))];
    for (at, dimension) in definition.dimensions.iter().enumerate() {
        columns.push((&dimension.name, texts(&|row| &row.codes[at])));
    }
    for (at, measure) in definition.counted().enumerate() {
        let values = rows.iter().map(|row| row.measures[at]);
        columns.push((
            &measure.name,
            match measure.unit {
                Unit::Yuan => {
                    let fen = values.map(i128::from).collect::<Vec<_>>();
                    Arc::new(Decimal128Array::from(fen).with_precision_and_scale(18, 2).unwrap())
                }
                _ => Arc::new(values.collect::<Int64Array>()),
            },
        ));
    }
    RecordBatch::try_from_iter(columns).unwrap()
}

/// The version of the invented year, made once.
fn version() -> &'static (World, PathBuf) {
    static VERSION: OnceLock<(World, PathBuf)> = OnceLock::new();
    VERSION.get_or_init(|| {
        let world = world();
        let folder = new_folder("withheld/version");
        make(&world, &folder);
        (world, folder)
    })
}

fn make(world: &World, folder: &Path) {
    let schemas = repository().join("schemas");
    let raised = TABLES.map(|table| format!("{table}: {THRESHOLD}")).join(", ");
    let file = folder.with_extension("yaml");
    fs::write(&file, format!("{ANNUAL}thresholds: {{ {raised} }}\n")).unwrap();
    let counties: BTreeSet<String> = ["150104", "150105"].map(str::to_owned).into();
    let datasets: Vec<String> = world.definitions.iter().flat_map(|definition| definition.datasets.clone()).collect();
    let complete = datasets.iter().flat_map(|dataset| counties.iter().map(|county| (dataset.clone(), county.clone())));
    let batches = world
        .rows
        .iter()
        .map(|(table, rows)| ((*table).to_owned(), batch(world.definitions.get(table).unwrap(), rows)));
    let input = YearInput {
        year: 2025,
        number: 1,
        note: "",
        place: ("1501", "呼和浩特市"),
        annual: &Annual::load(&file, &world.definitions).unwrap(),
        definitions: &world.definitions,
        thresholds: &Thresholds::parse("table,k,valid_from,valid_to,source\n*,5,2000-01-01,,test\n").unwrap(),
        rates: &PublicRates::default(),
        targets: &[],
        payers: &BTreeMap::new(),
        names: &RegionNames::load(&schemas).unwrap(),
        counties: &counties,
        rows: &batches.collect(),
        complete: &complete.collect(),
        as_of: NaiveDate::from_ymd_opt(2026, 3, 31).unwrap(),
        origin: &Origin::default(),
        earlier: &Earlier::default(),
    };
    make_version(&input, folder, Means::default()).unwrap();
}

/// What a released row counts, from the finest cells: everything within its region and its categories.
fn truth(world: &World, table: &str, region: &str, codes: &[&str], measure: usize) -> i64 {
    let definition = world.definitions.get(table).unwrap();
    let is_within = |row: &&Row| {
        (region == "total" || row.region.starts_with(region))
            && definition.dimensions.iter().zip(codes).zip(&row.codes).all(|((dimension, asked), code)| {
                let group = dimension.township.iter().find(|group| group.code == *asked);
                *asked == "total" || asked == code || group.is_some_and(|group| group.of.contains(code))
            })
    };
    world.rows[table].iter().filter(is_within).map(|row| row.measures[measure]).sum()
}

/// The true numbers of all rows by status, from the CSV files of a folder; ratios apart.
fn numbers(world: &World, folder: &Path) -> BTreeMap<String, BTreeSet<Secret>> {
    let mut numbers: BTreeMap<String, BTreeSet<Secret>> = BTreeMap::new();
    for file in fs::read_dir(folder.join("csv")).unwrap() {
        let file = file.unwrap().path();
        let table = file.file_stem().unwrap().to_str().unwrap().to_owned();
        let definition = world.definitions.get(&table).unwrap();
        let text = fs::read_to_string(&file).unwrap();
        for record in csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes()).records() {
            let record = record.unwrap();
            let fields: Vec<&str> = record.iter().collect();
            let [.., measure, _, value, status] = fields[..] else { panic!("{fields:?}") };
            let codes = &fields[5..fields.len() - 4];
            let Some(at) = definition.counted().position(|counted| counted.name == measure) else { continue };
            let number = truth(world, &table, fields[1], codes, at);
            let secret = match definition.measure(measure).unwrap().unit {
                Unit::Yuan => Secret::Amount(number),
                _ => Secret::Count(number),
            };
            if status == "published" {
                let written = value.replace('.', "");
                assert_eq!(written, number.to_string(), "the test adds up otherwise: {table} {fields:?}");
            }
            numbers.entry(status.to_owned()).or_default().insert(secret);
        }
    }
    numbers
}

#[test]
fn no_byte_of_a_version_holds_a_value_that_it_withholds() {
    let (world, folder) = version();
    let mut secrets = BTreeSet::new();
    let mut published = BTreeSet::new();
    for part in ["public", "restricted"] {
        let mut numbers = numbers(world, &folder.join(part));
        secrets.extend(numbers.remove("suppressed").unwrap_or_default());
        published.extend(numbers.remove("published").unwrap_or_default());
    }
    // A zero shares the fate of its cell, and is no marker.
    secrets.remove(&Secret::Count(0));
    secrets.remove(&Secret::Amount(0));
    let (all, primary) = (secrets.len(), secrets.iter().filter(|secret| is_small(secret)).count());
    secrets.retain(|secret| !published.contains(secret));
    assert!(primary > 30 && all > primary && published.len() > 30, "{primary} of {all}, {} published", published.len());
    // Other people can never add up to the same number; the same people in another table may be published there.
    assert!(secrets.len() * 10 > all * 9, "{} of {all} withheld values are published elsewhere", all - secrets.len());

    let secrets: Vec<Secret> = secrets.into_iter().collect();
    let found = search(folder, &secrets);
    assert!(found.is_empty(), "withheld values stand in {found:#?}");

    // The same search finds what is published in every file of numbers.
    let published: Vec<Secret> = published.into_iter().collect();
    let found = search(folder, &published);
    for file in [
        "csv/population.csv",
        "data/population.parquet value",
        "sdmx/population.csv",
        "xl/worksheets",
        "bulletin.zh.html",
    ] {
        assert!(found.keys().any(|place| place.contains(file)), "nothing published in {file}: {:?}", found.keys());
    }
}

fn is_small(secret: &Secret) -> bool {
    matches!(secret, Secret::Count(count) if *count < i64::from(THRESHOLD))
}

/// Puts a marker into one file of a copy of the version and says what is found there.
fn planted(name: &str, content: &[u8]) -> bool {
    let folder = new_folder("withheld/control");
    copy_folder(&version().1.join("public/sdmx"), &folder);
    let marker = [Secret::Count(MARKER), Secret::Amount(MARKER * 100 + 7)];
    assert!(search(&folder, &marker).is_empty());
    fs::write(folder.join(name), content).unwrap();
    search(&folder, &marker).keys().any(|place| place.starts_with(name))
}

/// A prime that nobody counts as.
const MARKER: i64 = 7_368_787;

fn parquet_of(column: ArrayRef, dictionary: bool) -> Vec<u8> {
    let batch = RecordBatch::try_from_iter([("value", column)]).unwrap();
    // Compressed and without bounds: whoever does not open the pages sees nothing.
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(3).unwrap()))
        .set_statistics_enabled(EnabledStatistics::None)
        .set_dictionary_enabled(dictionary)
        .build();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    bytes
}

#[test]
fn a_marker_is_found_in_every_form_that_a_file_may_give_it() {
    let texts = [
        ("a.csv", format!("1501,persons,{MARKER},published")),
        ("a.json", format!("{{\"value\": {MARKER}.07}}")),
        ("DOSSIER.md", "7,368,787 people".to_owned()),
        ("a.xml", format!("<o v='{MARKER}07'/>")),
        ("b.html", format!("<svg><path d=\"M0 12.5L{MARKER}.25 3\"/></svg>")),
        ("c.html", format!("<svg><rect x=\"-{MARKER}\"/></svg>")),
    ];
    for (name, text) in &texts {
        assert!(planted(name, text.as_bytes()), "{text}");
    }
    let padded = |secret: i64| (0..400).map(|at| if at == 200 { secret } else { at % 7 }).collect::<Vec<i64>>();
    for dictionary in [false, true] {
        let whole = padded(MARKER);
        let fen = padded(MARKER * 100).into_iter().map(i128::from).collect::<Vec<_>>();
        let columns: [ArrayRef; 5] = [
            Arc::new(Int32Array::from_iter_values(whole.iter().map(|value| i32::try_from(*value).unwrap()))),
            Arc::new(Int64Array::from(whole.clone())),
            Arc::new(Float64Array::from_iter_values(
                whole.iter().map(|value| value.to_string().parse::<f64>().unwrap()),
            )),
            Arc::new(Decimal128Array::from(fen).with_precision_and_scale(18, 2).unwrap()),
            Arc::new(StringArray::from_iter_values(whole.iter().map(i64::to_string))),
        ];
        for column in columns {
            let kind = column.data_type().clone();
            let bytes = parquet_of(column, dictionary);
            assert!(planted("a.parquet", &bytes), "{kind}, dictionary: {dictionary}");
        }
    }
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file("xl/worksheets/sheet1.xml", SimpleFileOptions::default()).unwrap();
    archive.write_all(format!("<v>{MARKER}</v>").repeat(20).as_bytes()).unwrap();
    assert!(planted("a.xlsx", &archive.finish().unwrap().into_inner()), "xlsx");
}
