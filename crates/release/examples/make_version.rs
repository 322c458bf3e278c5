//! Makes a version from cells that a run has counted, and says how long it took and what is left.
//!
//! `make_version CELLS PLACE YEAR OUT [THREADS]`: a folder with one `<table>_cell.parquet` for each table; run it where `sql/`,
//! `schemas/` and `pipelines/` are. Every dataset counts as complete.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use arrow::array::RecordBatch;
use arrow::compute::concat_batches;
use chrono::NaiveDate;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use yilian_contract::{RegionNames, Regions};
use yilian_disclosure::{Progress, Status, Thresholds};
use yilian_release::{
    Annual, Earlier, Made, Means, Origin, PublicRates, RegionLevel, TableDefinitions, YearInput, make_version,
};

#[expect(clippy::print_stdout, reason = "what an example finds is for whoever runs it")]
fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [cells, place, year, out, threads @ ..] = arguments.as_slice() else {
        return Err("CELLS PLACE YEAR OUT [THREADS]".into());
    };
    let threads = threads.first().map_or(Ok(1), |threads| threads.parse())?;
    let year: i32 = year.parse()?;
    let schemas = Path::new("schemas");
    let definitions = TableDefinitions::load(Path::new("sql/80_release")).map_err(|faults| format!("{faults:?}"))?;
    let regions = Regions::load(schemas).map_err(|errors| format!("{errors:?}"))?;
    let all = regions.counties_on(NaiveDate::from_ymd_opt(year, 12, 31).ok_or("no such year")?).into_iter();
    let counties: BTreeSet<String> =
        all.filter(|county| county.starts_with(place.as_str())).map(str::to_owned).collect();
    let datasets = definitions.iter().flat_map(|definition| definition.datasets.iter().cloned());
    let of_counties = |dataset: String| counties.iter().map(move |county| (dataset.clone(), county.clone()));
    let complete: BTreeSet<(String, String)> = datasets.flat_map(of_counties).collect();
    let mut rows = BTreeMap::new();
    for name in definitions.names() {
        for rows_of in [name.to_owned(), format!("{name}_operator")] {
            let file = Path::new(cells).join(format!("{rows_of}_cell.parquet"));
            if rows_of == name || file.exists() {
                rows.insert(rows_of, read(&file)?);
            }
        }
    }
    let input = YearInput {
        year,
        number: 1,
        note: "",
        place: (place, place),
        annual: &Annual::load(Path::new("pipelines/annual.yaml"), &definitions)?,
        definitions: &definitions,
        thresholds: &Thresholds::parse(&std::fs::read_to_string(schemas.join("disclosure_threshold.csv"))?)?,
        rates: &PublicRates::load(schemas)?,
        targets: &[],
        payers: &BTreeMap::new(),
        names: &RegionNames::load(schemas).map_err(|errors| format!("{errors:?}"))?,
        counties: &counties,
        rows: &rows,
        complete: &complete,
        as_of: NaiveDate::from_ymd_opt(year + 1, 3, 31).ok_or("no such year")?,
        origin: &Origin::default(),
        earlier: &Earlier::default(),
    };
    let began = Instant::now();
    std::fs::create_dir_all(out)?;
    let made = make_version(&input, Path::new(out), Means { threads, progress: &Told(began) })?;
    println!("{:.1} s", began.elapsed().as_secs_f64());
    println!(
        "cells, variables, equations {:?}; primary, secondary {:?}",
        made.protection.size, made.protection.withheld
    );
    println!("{:?}", made.protection.audit.counts());
    for (level, [numbers, totals]) in by_level(&made) {
        println!("{level:?}: {} of {} numbers published, of totals {} of {}", numbers.0, numbers.1, totals.0, totals.1);
    }
    Ok(())
}

/// Says how far it is, a thousand claims at a time.
struct Told(Instant);

impl Progress for Told {
    #[expect(clippy::print_stdout, reason = "what an example finds is for whoever runs it")]
    fn claims(&self, settled: usize, all: usize) {
        if settled.is_multiple_of(1_000) {
            println!("{:.1} s: {settled} of {all} claims", self.0.elapsed().as_secs_f64());
        }
    }
}

fn read(file: &Path) -> Result<RecordBatch, Box<dyn Error>> {
    let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(file)?)?;
    let schema = Arc::clone(reader.schema());
    Ok(concat_batches(&schema, &reader.build()?.collect::<Result<Vec<_>, _>>()?)?)
}

/// How many numbers are shown, of those that there are: of all, and of those without a dimension that adds up.
fn by_level(made: &Made) -> BTreeMap<RegionLevel, [(usize, usize); 2]> {
    let mut tally: BTreeMap<RegionLevel, [(usize, usize); 2]> = BTreeMap::new();
    for table in &made.release.tables {
        for row in &table.rows {
            if matches!(row.status, Status::Missing | Status::NotApplicable) {
                continue;
            }
            let mut dimensions = table.definition.dimensions.iter().zip(row.dimensions.iter());
            let is_total = dimensions.all(|(dimension, code)| !dimension.adds_up || code == "total");
            let is_shown = matches!(row.status, Status::Published | Status::Zero);
            for (shown, all) in tally.entry(row.region.level).or_default().iter_mut().take(1 + usize::from(is_total)) {
                *shown += usize::from(is_shown);
                *all += 1;
            }
        }
    }
    tally
}
