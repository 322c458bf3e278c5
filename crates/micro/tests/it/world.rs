//! Invented people as files of micro tables. Nothing here is shared with the code that counts them.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{ArrayRef, Decimal128Array, Int64Array, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;
use yilian_micro::{Catalogue, MicroYear, Surroundings, YearInput};
use yilian_release::{EarlierVersion, TableDefinitions};
use yilian_token::{Algorithm, Key, KeyUse};

/// A person with a code by column of `person_year`.
pub(crate) type Person = BTreeMap<&'static str, String>;

/// A row of `benefit_month`.
#[derive(Debug, Clone)]
pub(crate) struct Benefit {
    pub(crate) person: usize,
    pub(crate) code: &'static str,
    pub(crate) month: u32,
    /// In fen; `None` for a benefit without money of a person's own.
    pub(crate) amount: Option<i64>,
}

pub(crate) const COUNTIES: [&str; 4] = ["150102", "150103", "150104", "150105"];
pub(crate) const BANDS: [&str; 9] = ["60-64", "65-69", "70-74", "75-79", "80-84", "85-89", "90-94", "95-99", "100+"];
const SITUATIONS: [&str; 5] = ["with_others", "alone", "empty_nest", "institution", "left_behind"];
const ABILITIES: [&str; 4] = ["none", "mild", "moderate", "severe"];

/// A cheap sequence of numbers that look random.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    /// A number below `sides`.
    pub(crate) fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    fn of<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[usize::try_from(self.roll(from.len() as u64)).unwrap()]
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.roll(100) < percent
    }
}

/// People whose columns hang together as they do in life: ability falls with age, benefits follow ability and place.
pub(crate) fn people(count: usize, dice: &mut Dice) -> Vec<Person> {
    (0..count)
        .map(|_| {
            let band = (0..8).find(|_| dice.chance(30)).unwrap_or(8);
            let frail = dice.chance(5 + 8 * band);
            let urban = dice.chance(60);
            let ability = if frail { dice.of(&ABILITIES) } else { "not_assessed" };
            // What nearly always goes together: such groups tell an attacker more than others.
            let rarely = dice.chance(2);
            let pension = match (urban, rarely) {
                (true, false) => dice.of(&["RS01", "both"]),
                (false, false) => dice.of(&["RS02", "RS02", "none"]),
                _ => dice.of(&["RS01", "RS02"]),
            };
            let benefits = match pension {
                "none" if !rarely => "0",
                "both" if !rarely => dice.of(&["2", "3"]),
                _ => dice.of(&["1", "1", "2", "3"]),
            };
            let disabled = ability == "severe" && !rarely || dice.chance(1);
            let situation = if disabled && !rarely { "institution" } else { dice.of(&SITUATIONS) };
            let text = str::to_owned;
            Person::from([
                ("region", text(if dice.chance(90) { dice.of(&COUNTIES) } else { "150104" })),
                ("sex", text(dice.of(&["1", "2"]))),
                ("age_band", text(BANDS[usize::try_from(band).unwrap()])),
                ("urban_rural", text(if urban { "urban" } else { "rural" })),
                ("situation", text(situation)),
                ("ability", text(ability)),
                ("disability_grade", text(if disabled { dice.of(&["1", "2", "3", "4"]) } else { "none" })),
                ("pension", text(pension)),
                ("benefits_held", text(benefits)),
            ])
        })
        .collect()
}

/// Writes people, and what they receive, as the files of a year in several buckets; person numbers have gaps.
pub(crate) fn write(
    folder: &Path,
    people: &[Person],
    benefits: &[Benefit],
    buckets: usize,
) -> BTreeMap<String, Vec<PathBuf>> {
    let mut files: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    let size = people.len().div_ceil(buckets).max(1);
    for bucket in 0..buckets {
        let range = (bucket * size).min(people.len())..((bucket + 1) * size).min(people.len());
        let ids = |persons: Vec<usize>| -> ArrayRef {
            Arc::new(persons.into_iter().map(|person| 3 * i64::try_from(person).unwrap() + 1).collect::<Int64Array>())
        };
        let code = |persons: &[usize], column: &str| -> ArrayRef {
            Arc::new(persons.iter().map(|person| people[*person].get(column).cloned()).collect::<StringArray>())
        };
        let own: Vec<usize> = range.clone().collect();
        let mut columns = vec![("person_id", ids(own.clone()))];
        for name in people.first().map(|person| person.keys().copied().collect::<Vec<_>>()).unwrap_or_default() {
            columns.push((name, code(&own, name)));
        }
        let path = folder.join(format!("person_year-{bucket}.parquet"));
        put(&path, columns);
        files.entry("person_year".to_owned()).or_default().push(path);
        let mut rows: Vec<&Benefit> = benefits.iter().filter(|row| range.contains(&row.person)).collect();
        rows.sort_by_key(|row| (row.person, row.code, row.month));
        let persons: Vec<usize> = rows.iter().map(|row| row.person).collect();
        let amounts: Decimal128Array = rows.iter().map(|row| row.amount.map(i128::from)).collect();
        let mut columns: Vec<(&str, ArrayRef)> = vec![
            ("person_id", ids(persons.clone())),
            ("benefit", Arc::new(rows.iter().map(|row| Some(row.code)).collect::<StringArray>())),
            ("month", Arc::new(rows.iter().map(|row| Some(row.month.to_string())).collect::<StringArray>())),
            ("amount", Arc::new(amounts.with_precision_and_scale(18, 2).unwrap())),
        ];
        for name in ["region", "sex", "age_band", "urban_rural"] {
            columns.push((name, code(&persons, name)));
        }
        let path = folder.join(format!("benefit_month-{bucket}.parquet"));
        put(&path, columns);
        files.entry("benefit_month".to_owned()).or_default().push(path);
    }
    files
}

fn put(path: &Path, columns: Vec<(&str, ArrayRef)>) {
    let batch = RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, array)| (name, array, true)));
    let batch = batch.unwrap();
    let mut writer = ArrowWriter::try_new(File::create(path).unwrap(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

/// The shipped catalogue for a city of four counties, with the tables of the release.
pub(crate) fn catalogue() -> (Catalogue, TableDefinitions) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let definitions = TableDefinitions::load(&root.join("sql/80_release")).unwrap();
    let counties = COUNTIES.map(|county| (county.to_owned(), county.to_owned()));
    let with = Surroundings { definitions: &definitions, place: "1501", counties: &counties, floor: 10 };
    let catalogue = Catalogue::load(&root.join("pipelines/shapes.yaml"), with).unwrap();
    (catalogue, definitions)
}

/// The year behind questions.
pub(crate) fn year(files: BTreeMap<String, Vec<PathBuf>>, version: EarlierVersion) -> MicroYear {
    let (catalogue, definitions) = catalogue();
    MicroYear::new(YearInput {
        year: 2025,
        catalogue: Arc::new(catalogue),
        files,
        version: Box::new(move || Ok(version.clone())),
        definitions: Arc::new(definitions),
        key: Arc::new(Key::from_bytes(KeyUse::Noise, Algorithm::Hs256, "test", [7; 32])),
        threads: 2,
    })
}
