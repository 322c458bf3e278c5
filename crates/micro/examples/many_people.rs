//! How long questions about many invented people take: `many_people PEOPLE FOLDER`.
//!
//! Makes `person_year` and `benefit_month` (18 months of benefits a person) in FOLDER where they are not there yet, and asks
//! each question once of a year that has answered nothing before.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use arrow::array::{ArrayRef, Decimal128Array, Int64Array, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use yilian_micro::{Catalogue, Measure, MicroYear, Shape, Surroundings, YearInput};
use yilian_release::{EarlierVersion, TableDefinitions};
use yilian_token::{Algorithm, Key, KeyUse};

const PEOPLE_OF_A_BUCKET: usize = 250_000;
const BANDS: [&str; 9] = ["60-64", "65-69", "70-74", "75-79", "80-84", "85-89", "90-94", "95-99", "100+"];
const BENEFITS: [&str; 6] = ["MZ01", "MZ03", "MZ09", "RS01", "RS02", "YB01"];

type Answer<T> = Result<T, Box<dyn Error>>;

fn main() -> Answer<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [people, folder] = arguments.as_slice() else { return Err("many_people PEOPLE FOLDER".into()) };
    let (people, folder): (usize, PathBuf) = (people.parse()?, folder.into());
    fs::create_dir_all(&folder)?;
    let counties: Vec<(String, String)> =
        (0..103).map(|at| format!("{}", 150_101 + at)).map(|code| (code.clone(), code)).collect();
    let mut files: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    for bucket in 0..people.div_ceil(PEOPLE_OF_A_BUCKET) {
        let range = bucket * PEOPLE_OF_A_BUCKET..people.min((bucket + 1) * PEOPLE_OF_A_BUCKET);
        for (table, write) in [("person_year", persons as fn(_, &_) -> _), ("benefit_month", benefits)] {
            let path = folder.join(format!("{table}-{bucket:05}.parquet"));
            if !path.exists() {
                put(&path, &write(range.clone(), &counties)?)?;
            }
            files.entry(table.to_owned()).or_default().push(path);
        }
    }
    ask(&files, &counties)
}

fn ask(files: &BTreeMap<String, Vec<PathBuf>>, counties: &[(String, String)]) -> Answer<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let definitions = TableDefinitions::load(&root.join("sql/80_release")).map_err(|_| "the tables of the release")?;
    let with = Surroundings { definitions: &definitions, place: "15", counties, floor: 10 };
    let catalogue = Arc::new(Catalogue::load(&root.join("pipelines/shapes.yaml"), with)?);
    let definitions = Arc::new(definitions);
    let questions: [(&[&str], &[&str]); 6] = [
        (&["person_year"], &["sex"]),
        (&["person_year"], &["county", "age_band", "sex"]),
        (&["person_year"], &["county", "age_band", "ability", "pension"]),
        (&["benefit_month"], &["benefit", "month"]),
        (&["benefit_month"], &["county", "benefit", "age_band"]),
        (&["person_year", "benefit_month"], &["benefit", "ability", "pension"]),
    ];
    for (tables, columns) in questions {
        let year = MicroYear::new(YearInput {
            year: 2025,
            catalogue: Arc::clone(&catalogue),
            files: files.clone(),
            version: Box::new(|| Ok(EarlierVersion::default())),
            definitions: Arc::clone(&definitions),
            key: Arc::new(Key::from_bytes(KeyUse::Noise, Algorithm::Hs256, "example", [7; 32])),
            threads: 2,
        });
        let tables: BTreeSet<usize> =
            tables.iter().filter_map(|name| catalogue.tables.iter().position(|table| table.name == **name)).collect();
        let dimensions: BTreeSet<_> = columns.iter().filter_map(|column| catalogue.level(column)).collect();
        let shape = Shape::new(&tables, &dimensions);
        let begun = Instant::now();
        let answers = year.answers(&shape, Measure::Rows, &AtomicBool::new(false))?;
        let answered = answers.iter().filter(|answer| answer.value.is_some()).count();
        let said = format!(
            "{} {} cells, {answered} answered: {:?}\n",
            shape.describe(&catalogue),
            answers.len(),
            begun.elapsed()
        );
        std::io::Write::write_all(&mut std::io::stdout(), said.as_bytes())?;
    }
    Ok(())
}

/// A number below `sides` that looks random.
fn roll(person: usize, of: usize, sides: usize) -> usize {
    let mixed = (person as u64).wrapping_add((of as u64) << 40).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    usize::try_from((mixed ^ (mixed >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 33).unwrap_or(0) % sides.max(1)
}

fn pick<'a>(from: &[&'a str], person: usize, of: usize) -> &'a str {
    from.get(roll(person, of, from.len())).copied().unwrap_or_default()
}

fn code<'a>(column: &str, person: usize, counties: &'a [(String, String)]) -> &'a str {
    match column {
        "region" => counties.get(roll(person, 0, counties.len())).map_or("", |(code, _)| code),
        "sex" => pick(&["1", "2"], person, 1),
        "age_band" => pick(&BANDS, person, 2),
        "urban_rural" => pick(&["urban", "rural"], person, 3),
        "situation" => pick(&["alone", "empty_nest", "with_others", "institution"], person, 4),
        "ability" => pick(&["none", "mild", "moderate", "severe", "not_assessed", "not_assessed"], person, 5),
        "disability_grade" => pick(&["none", "none", "none", "1", "2", "3", "4"], person, 6),
        "pension" => pick(&["RS01", "RS02", "both", "none"], person, 7),
        _ => pick(&["0", "1", "2", "3", "4", "5+"], person, 8),
    }
}

fn texts(persons: &[usize], column: &str, counties: &[(String, String)]) -> ArrayRef {
    Arc::new(persons.iter().map(|person| Some(code(column, *person, counties))).collect::<StringArray>())
}

fn ids(persons: &[usize]) -> ArrayRef {
    Arc::new(persons.iter().map(|person| i64::try_from(*person).ok()).collect::<Int64Array>())
}

fn persons(range: std::ops::Range<usize>, counties: &[(String, String)]) -> Answer<RecordBatch> {
    let persons: Vec<usize> = range.collect();
    let names = [
        "region",
        "sex",
        "age_band",
        "urban_rural",
        "situation",
        "ability",
        "disability_grade",
        "pension",
        "benefits_held",
    ];
    let columns = names.map(|name| (name, texts(&persons, name, counties)));
    Ok(RecordBatch::try_from_iter([("person_id", ids(&persons))].into_iter().chain(columns))?)
}

fn benefits(range: std::ops::Range<usize>, counties: &[(String, String)]) -> Answer<RecordBatch> {
    let (mut persons, mut kinds, mut months, mut amounts) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for person in range {
        let first = roll(person, 9, BENEFITS.len());
        for (at, until) in [(first, 12), ((first + 1) % BENEFITS.len(), 6)] {
            for month in 1..=until {
                persons.push(person);
                kinds.push(BENEFITS.get(at).copied());
                months.push(Some(month.to_string()));
                amounts.push(i128::try_from(roll(person, 10 + at, 300_000)).ok());
            }
        }
    }
    let amounts = amounts.into_iter().collect::<Decimal128Array>().with_precision_and_scale(18, 2)?;
    let columns: [(&str, ArrayRef); 4] = [
        ("person_id", ids(&persons)),
        ("benefit", Arc::new(kinds.into_iter().collect::<StringArray>())),
        ("month", Arc::new(months.into_iter().collect::<StringArray>())),
        ("amount", Arc::new(amounts)),
    ];
    let own = ["region", "sex", "age_band", "urban_rural"].map(|name| (name, texts(&persons, name, counties)));
    Ok(RecordBatch::try_from_iter(columns.into_iter().chain(own))?)
}

fn put(path: &Path, batch: &RecordBatch) -> Answer<()> {
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(3)?))
        .set_max_row_group_row_count(Some(131_072))
        .build();
    let mut writer = ArrowWriter::try_new(File::create(path)?, batch.schema(), Some(properties))?;
    writer.write(batch)?;
    writer.close()?;
    Ok(())
}
