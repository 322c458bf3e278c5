//! The counted cells of a year's release: the models of a night and those of the release, over the deliveries of a published run.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use arrow::array::RecordBatch;
use chrono::{Datelike, NaiveDate};

use super::bucket::BucketTable;
use super::compute::read_all;
use super::definition::{Definition, Layers};
use super::keys::Keys;
use super::whole::FinishedTable;
use super::{Night, RunError, RunOptions, inputs};
use crate::coverage::Coverage;
use crate::progress::Progress;
use crate::publication::{self, Publication};
use crate::receive::{Accepted, all_deliveries};
use crate::site::{Site, Work};

/// The schema of the release's models, and how the name of one that counts a table's cells ends.
const RELEASE: &str = "release";
const CELL: &str = "_cell";
/// The schema of the models that keep rows about people for questions, and how their names end.
const MICRO: &str = "micro";
const ROW: &str = "_row";

/// Which year is counted.
#[derive(Debug, Clone, Copy)]
pub struct YearToCount<'a> {
    /// From whose deliveries.
    pub publication: &'a Publication,
    /// The year.
    pub year: i32,
    /// The folder for the rows about people that questions are answered from, one of its own for each table; `None` if nobody
    /// will ask.
    pub micro: Option<&'a Path>,
}

/// What a year's release is made from: true counts, which leave the hub through disclosure control alone.
#[derive(Debug)]
pub struct CountedYear {
    /// The finest cells of each table, by its name.
    pub cells: BTreeMap<String, RecordBatch>,
    /// Dataset and code of each place whose deliveries cover every month of the year.
    pub complete: BTreeSet<(String, String)>,
    /// The deliveries that were read, in the order of their ids.
    pub deliveries: Vec<Accepted>,
    /// SHA-256 over the models.
    pub sql_digest: String,
    /// SHA-256 over contracts and code lists.
    pub schemas_digest: String,
}

/// Counts the cells of a year from exactly the deliveries of a published run, as of the day of that run; changes nothing
/// that a reader can see.
///
/// # Errors
/// [`RunError::DeliveriesGone`] where retention has removed what the run read, and whatever stops a run.
pub async fn count_year(
    site: &Site,
    pipeline: &Path,
    wanted: YearToCount<'_>,
    options: &RunOptions,
    progress: &dyn Progress,
) -> Result<CountedYear, RunError> {
    let YearToCount { publication, year, micro } = wanted;
    let definition = Definition::load_with(pipeline, Layers::Release)?;
    let _lock = site.lock(Work::Release)?;
    let deliveries = deliveries_of(site, publication).await?;
    check_year(&deliveries, (publication, year), options)?;
    let keys = Keys::settle(site, publication::current(site.store()).await?.as_ref())?;
    let inputs = inputs((site, &keys), &definition, &deliveries, Some(publication), options);
    let night = Night::begin((site, &keys), &definition, &deliveries, (&inputs, false), options)?;
    let (_, whole) = night.compute(Some(publication), progress)?;
    let mut cells = BTreeMap::new();
    for table in whole.tables.iter().filter(|table| table.name.schema == RELEASE) {
        let name = table.name.table.strip_suffix(CELL).unwrap_or(&table.name.table);
        for file in &table.files {
            cells.insert(name.to_owned(), read_all(&file.file, &table.name)?);
        }
    }
    if let Some(folder) = micro {
        keep_rows(&whole.tables, folder)?;
    }
    Ok(CountedYear {
        cells,
        complete: complete(&night, year),
        sql_digest: definition.sql_digest.clone(),
        schemas_digest: definition.schemas_digest.clone(),
        deliveries,
    })
}

/// Moves the rows about people to where questions find them.
fn keep_rows(tables: &[FinishedTable], folder: &Path) -> Result<(), RunError> {
    for table in tables.iter().filter(|table| table.name.schema == MICRO) {
        let name = table.name.table.strip_suffix(ROW).unwrap_or(&table.name.table);
        let folder = folder.join(name);
        fs::create_dir_all(&folder).map_err(RunError::io("create", &folder))?;
        for (number, BucketTable { file, .. }) in table.files.iter().enumerate() {
            let kept = folder.join(format!("{number:05}.parquet"));
            fs::rename(file, &kept).map_err(RunError::io("move", file))?;
        }
    }
    Ok(())
}

/// The deliveries that a publication names, kept or superseded since.
async fn deliveries_of(site: &Site, publication: &Publication) -> Result<Vec<Accepted>, RunError> {
    let wanted: BTreeSet<&str> = publication.inputs.deliveries.iter().map(String::as_str).collect();
    let mut kept = all_deliveries(site.store()).await?;
    kept.retain(|delivery| wanted.contains(delivery.delivery_id.as_str()));
    match wanted.len() - kept.len() {
        0 => Ok(kept),
        count => Err(RunError::DeliveriesGone { run_id: publication.run_id.clone(), count }),
    }
}

/// The release's models are about the newest year of the deliveries that is over.
fn check_year(
    deliveries: &[Accepted],
    (publication, year): (&Publication, i32),
    options: &RunOptions,
) -> Result<(), RunError> {
    let years = deliveries.iter().map(|delivery| delivery.manifest.period.year());
    let is_over = |year: &i32| NaiveDate::from_ymd_opt(*year, 12, 31).is_some_and(|end| end <= options.as_of);
    match years.filter(is_over).max() {
        Some(newest) if newest == year => Ok(()),
        newest => Err(RunError::AnotherYear { run_id: publication.run_id.clone(), year, newest }),
    }
}

/// Which places speak for which dataset in every month of the year that was due.
fn complete(night: &Night<'_>, year: i32) -> BTreeSet<(String, String)> {
    let mut months: BTreeMap<(&str, &str), (usize, bool)> = BTreeMap::new();
    for row in night.coverage.iter().filter(|row| row.month.year() == year) {
        let state = months.entry((&row.dataset, &row.place)).or_insert((0, true));
        state.0 += 1;
        state.1 &= row.coverage == Coverage::Complete;
    }
    let whole = months.into_iter().filter(|(_, (count, all))| *all && *count >= 12);
    whole.map(|((dataset, place), _)| (dataset.to_owned(), place.to_owned())).collect()
}
