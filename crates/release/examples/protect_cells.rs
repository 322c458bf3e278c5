//! Decides what may leave of cells that a run has counted, and says how long it took.
//!
//! `protect_cells FOLDER PLACE YEAR`: a folder with one `<table>_cell.parquet` for each table; run it where `sql/`, `schemas/`
//! and `pipelines/` are. Every dataset counts as complete.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fs::File;
use std::path::Path;
use std::time::Instant;

use arrow::compute::concat_batches;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use yilian_contract::{RegionNames, Regions};
use yilian_disclosure::{Status, Threshold, Thresholds};
use yilian_release::{
    Annual, Areas, AreasInput, Constraints, Cube, CubeInput, ProtectionInput, PublicRates, RegionLevel, TableDefinitions,
    finest_cells, protect, release,
};

#[expect(clippy::print_stdout, reason = "what an example finds is for whoever runs it")]
fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, place, year] = arguments.as_slice() else { return Err("FOLDER PLACE YEAR".into()) };
    let year: i32 = year.parse()?;
    let schemas = Path::new("schemas");
    let definitions = TableDefinitions::load(Path::new("sql/80_release")).map_err(|faults| format!("{faults:?}"))?;
    let annual = Annual::load(Path::new("pipelines/annual.yaml"), &definitions)?;
    let thresholds = Thresholds::parse(&std::fs::read_to_string(schemas.join("disclosure_threshold.csv"))?)?;
    let regions = Regions::load(schemas).map_err(|errors| format!("{errors:?}"))?;
    let names = RegionNames::load(schemas).map_err(|errors| format!("{errors:?}"))?;
    let counties: BTreeSet<String> =
        regions.counties().into_iter().map(|(_, c)| c.to_owned()).filter(|c| c.starts_with(place.as_str())).collect();
    let mut finest = BTreeMap::new();
    let mut complete = BTreeSet::new();
    for definition in definitions.iter() {
        let file = Path::new(folder).join(format!("{}_cell.parquet", definition.name));
        let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(file)?)?;
        let schema = std::sync::Arc::clone(reader.schema());
        let rows = concat_batches(&schema, &reader.build()?.collect::<Result<Vec<_>, _>>()?)?;
        finest.insert(definition.name.clone(), finest_cells(definition, &rows)?);
        for dataset in &definition.datasets {
            complete.extend(counties.iter().map(|county| (dataset.clone(), county.clone())));
        }
    }
    let began = Instant::now();
    let areas = AreasInput { place, counties: &counties, finest: &finest, definitions: &definitions, small: &annual.small_areas };
    let areas = Areas::new(areas, &names);
    let input = CubeInput { definitions: &definitions, plan: &annual.plan, finest: &finest, complete: &complete };
    let cube = Cube::build(input, areas)?;
    let constraints = Constraints::new(&cube, &annual, (&PublicRates::load(schemas)?, year))?;
    println!("{} cells, {} equations in {:.1} s", cube.len(), constraints.len(), began.elapsed().as_secs_f64());
    let day = annual.reference_day.of_year(year);
    let mut of: BTreeMap<String, Threshold> = BTreeMap::new();
    for name in definitions.names() {
        of.insert(name.to_owned(), thresholds.of(name, &day)?);
    }
    let payers = BTreeMap::new();
    let protection = protect(&cube, &constraints, ProtectionInput { thresholds: &of, payers: &payers, posted_rolls: &[] })?;
    println!("{:?} cells, variables, equations; {:?} primary, secondary", protection.size, protection.withheld);
    println!("{:?} in {:.1} s", protection.audit.counts(), began.elapsed().as_secs_f64());
    let released = release(&cube, &protection.fates, (year, annual.coarser_above_percent))?;
    let mut tally: BTreeMap<(&str, RegionLevel), (usize, usize)> = BTreeMap::new();
    for table in &released.tables {
        for row in &table.rows {
            let (shown, all) = tally.entry((&table.definition.name, row.region.level)).or_default();
            *shown += usize::from(matches!(row.status, Status::Published | Status::Zero));
            *all += usize::from(!matches!(row.status, Status::Missing | Status::NotApplicable));
        }
    }
    for ((table, level), (shown, all)) in tally {
        println!("{table} {level:?}: {shown} of {all} published");
    }
    Ok(())
}
