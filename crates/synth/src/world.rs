//! Makes a world: the whole flow, household by household.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::desk::{Case, Desk, Marked};
use crate::dice::Dice;
use crate::error::SynthError;
use crate::files::{Files, Format, Written};
use crate::innocent;
use crate::lawful;
use crate::names;
use crate::offices::{self, tables};
use crate::place::Places;
use crate::plant;
use crate::population::Population;
use crate::printer::Progress;
use crate::rulebook::STANDARDS;
use crate::truth::{Member, Truth};

/// Workbooks are for worlds that fit into them.
const PEOPLE_IN_WORKBOOKS: u64 = 30_000;

/// What to make.
#[derive(Debug, Clone)]
pub struct Options {
    /// How many people.
    pub persons: u64,
    /// Same seed, same bytes.
    pub seed: u64,
    /// Where to.
    pub out: PathBuf,
    /// The year of the extracts.
    pub year: i32,
    /// The counties, six digits each.
    pub places: Vec<u32>,
    /// Text files alone, or also workbooks.
    pub format: Format,
    /// Whether some people are marked, to be searched for where they must not be.
    pub markers: Marked,
}

impl Options {
    /// The four districts of Hohhot in 2025.
    pub fn new(persons: u64, seed: u64, out: PathBuf) -> Self {
        let places = vec![150_102, 150_103, 150_104, 150_105];
        Self { persons, seed, out, year: 2025, places, format: Format::Mixed, markers: Marked::No }
    }
}

/// What was made.
#[derive(Debug, Clone, Serialize)]
pub struct World {
    /// The code of the delivering offices.
    pub place: String,
    /// The year.
    pub year: i32,
    /// The seed.
    pub seed: u64,
    /// How many people.
    pub persons: u64,
    /// The extracts. A row's number in the truth files is its line in the file, the header being line 1.
    pub files: Vec<Written>,
}

/// Makes a world.
///
/// # Errors
/// If the folder is not empty or cannot be written.
pub fn generate(options: &Options, progress: &mut dyn Progress) -> Result<World, SynthError> {
    let places = Places::new(&options.places);
    let place = places.office()?;
    let truth_folder = prepare(&options.out)?;
    let format = if options.persons > PEOPLE_IN_WORKBOOKS { Format::Csv } else { options.format };
    let files = Files::new(&options.out, options.year, options.seed, format);
    let facilities = u32::try_from(options.persons / 400).unwrap_or(u32::MAX).clamp(12, 5_000);
    let mut desk = Desk::new(files, &places, options.year, facilities);
    let mut truth = Truth::create(&truth_folder)?;
    let mut population = Population::new(&places, options.year);
    while population.people() < options.persons {
        let mut dice = Dice::new(options.seed, population.households());
        let left = options.persons - population.people();
        let mut members = Vec::new();
        for mut person in population.household(left, &mut dice) {
            let marked = options.markers == Marked::Yes && person.number % 97 == 3;
            let marked = if marked { Marked::Yes } else { Marked::No };
            if marked == Marked::Yes {
                person.name = names::marked(person.number);
            }
            let mut draws = lawful::draws(&person, options.year, &places, &mut dice);
            plant::plant(&mut draws, &places, &mut dice);
            let list = draws.list;
            let mut case = Case::new(&person, &list, &mut dice, marked);
            offices::write_all(&mut case, &mut desk)?;
            truth.add(&case, options.year)?;
            truth.links(&case.person.id, &desk.take_weak(), options.year)?;
            for kind in innocent::kinds(&person) {
                truth.allow(&person.id, kind)?;
            }
            members.push(Member {
                id: person.id.clone(),
                in_scope: person.is_in_scope(options.year),
                facts: case.facts,
                born: person.born,
                moved: person.moved.map(|moved| moved.month),
                died: person.died.is_some(),
            });
        }
        truth.household(&members, options.year, places.counties())?;
        progress.reached(population.people());
    }
    let mut dice = Dice::new(options.seed, u64::MAX);
    let persons = population.people();
    tables::write_all(&mut desk, population.registry(), &mut dice, persons)?;
    progress.pairs(&truth.pairs, &truth.gaps);
    truth.finish(&desk)?;
    desk.files.empty_months()?;
    let world = World {
        place,
        year: options.year,
        seed: options.seed,
        persons: population.people(),
        files: desk.files.finish()?,
    };
    write_villages(&options.out, &places)?;
    write_standards(&options.out, &places, options.year)?;
    write_world(&options.out, &world)?;
    progress.done(&world);
    Ok(world)
}

/// Makes the folder, which must not have anything in it, and the folder of the truth.
fn prepare(out: &Path) -> Result<PathBuf, SynthError> {
    let failed = |source| SynthError::Write { path: out.to_owned(), source };
    std::fs::create_dir_all(out).map_err(failed)?;
    if std::fs::read_dir(out).map_err(failed)?.next().is_some() {
        return Err(SynthError::NotEmpty { path: out.to_owned() });
    }
    let truth = out.join("truth");
    std::fs::create_dir_all(&truth).map_err(failed)?;
    Ok(truth)
}

/// The urban-rural class of every village of the counties: `code,class`.
fn write_villages(out: &Path, places: &Places) -> Result<(), SynthError> {
    let mut text = String::from("code,class\n");
    for village in places.villages() {
        let _ = writeln!(text, "{},{}", village.0, village.village_class());
    }
    let path = out.join("village_classes.csv");
    std::fs::write(&path, text).map_err(|source| SynthError::Write { path, source })
}

/// The rates of the counties, which no document gives and rules need: lines for a place's own `standard_amount.csv`.
fn write_standards(out: &Path, places: &Places, year: i32) -> Result<(), SynthError> {
    let mut text = String::from("standard,place,valid_from,valid_until,amount,document\n");
    for county in places.counties() {
        for (standard, fen) in STANDARDS {
            let yuan = format!("{}.{:02}", fen / 100, fen % 100);
            let _ = writeln!(text, "{standard},{county},{year}-01-01,,{yuan},演示标准，并无文件");
        }
    }
    let path = out.join("standards.csv");
    std::fs::write(&path, text).map_err(|source| SynthError::Write { path, source })
}

fn write_world(out: &Path, world: &World) -> Result<(), SynthError> {
    let text = serde_json::to_string_pretty(world).map_err(|source| SynthError::Json { source })?;
    let path = out.join("world.json");
    std::fs::write(&path, text + "\n").map_err(|source| SynthError::Write { path, source })
}

#[cfg(test)]
mod tests;
