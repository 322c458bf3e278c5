//! A version of a year's statistics, made from a published run: what `release` and `verify` have in common.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Once;

use chrono::NaiveDate;
use yilian_contract::RegionNames;
use yilian_pipeline::publication::Publication;
use yilian_pipeline::run::{CountedYear, Definition, Layers, RunError, RunOptions, YearToCount, count_year};
use yilian_pipeline::site::Site;
use yilian_pipeline::{PipelineError, Progress as _, publication};
use yilian_release::{
    Annual, DeliveryLine, Earlier, EarlierVersion, Made, Means, Origin, PublicRates, Recount, Stage, TableDefinitions,
    VersionState, YearInput, make_version, versions,
};

use crate::arguments::WorkArguments;
use crate::commands::memory::memory_bytes;
use crate::error::HubError;
use crate::library;
use crate::progress::Steps;

/// Which version is made, and what it says about itself.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Edition<'a> {
    pub(crate) year: i32,
    pub(crate) number: u32,
    /// What it corrects.
    pub(crate) note: &'a str,
    /// Whether the newest version before it is counted again.
    pub(crate) recount: Recounting,
    /// Where the rows about people are kept that questions are answered from; `None` if nobody will ask.
    pub(crate) micro: Option<&'a Path>,
}

/// Whether the newest published version before one is counted again, so that both can be attacked together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Recounting {
    /// Where its deliveries are kept.
    IfKept,
    /// Yes, for it was when the version was made.
    Again,
    /// No, for it was not when the version was made.
    Not,
}

/// What decides how a release is made, besides the deliveries.
struct Rules {
    pipeline: PathBuf,
    definition: Definition,
    annual: Annual,
    tables: TableDefinitions,
    rates: PublicRates,
    names: RegionNames,
}

/// Counts the year from the run's deliveries and makes the version in an empty folder.
pub(crate) fn make(
    site: &Site,
    schemas: Option<&Path>,
    (edition, publication): (Edition<'_>, &Publication),
    work: &WorkArguments,
    folder: &Path,
) -> Result<Made, HubError> {
    let rules = Rules::load(schemas, work)?;
    let counting = Counting { site, rules: &rules, work, year: edition.year };
    // What readers have already is looked at first: a version that was changed stops everything.
    let versions = counting.earlier_versions(edition)?;
    let counted = counting.count(publication, edition.micro)?;
    let place = site.config().place.as_str();
    let counties = rules.counties(place, edition.year)?;
    let earlier = counting.earlier((versions, edition.recount), (publication, &counted), &counties)?;
    let name = Some(site.config().name.as_str()).filter(|name| !name.is_empty());
    let input = YearInput {
        year: edition.year,
        number: edition.number,
        note: edition.note,
        place: (place, name.or_else(|| rules.names.name(place)).unwrap_or(place)),
        annual: &rules.annual,
        definitions: &rules.tables,
        thresholds: &rules.definition.thresholds,
        rates: &rules.rates,
        targets: &rules.definition.targets,
        payers: &rules.payers()?,
        names: &rules.names,
        complete: &complete(&counted, &counties),
        counties: &counties,
        rows: &counted.cells,
        as_of: day(publication)?,
        origin: &origin(&counted, publication),
        earlier: &earlier,
    };
    let claims = Claims { steps: Steps::new(), begun: Once::new() };
    let threads = work.threads.unwrap_or_else(super::all_threads);
    let made = make_version(&input, folder, Means { threads, progress: &claims })?;
    let (own, others) = made.protection.withheld;
    claims.steps.finish(&format!("{own} cells withheld for their own sake, {others} for that of others"));
    Ok(made)
}

/// Shows the claims of a release as a step.
struct Claims {
    steps: Steps,
    begun: Once,
}

impl yilian_release::Progress for Claims {
    fn claims(&self, _settled: usize, all: usize) {
        self.begun.call_once(|| self.steps.start("protect the numbers", u64::try_from(all).ok()));
        self.steps.advance(1);
    }
}

/// The day a run was made for.
fn day(publication: &Publication) -> Result<NaiveDate, HubError> {
    let (number, text) = (publication.number, publication.as_of.clone());
    publication.as_of.parse().map_err(|_| HubError::AsOf { number, text })
}

/// `releases/<year>` of a site.
pub(crate) fn folder_of(site: &Site, year: i32) -> PathBuf {
    releases_of(site).join(year.to_string())
}

/// `releases` of a site.
pub(crate) fn releases_of(site: &Site) -> PathBuf {
    site.root().join("releases")
}

/// Where the rows about people of a version are, which questions are answered from: in the vault.
pub(crate) fn micro_of(site: &Site, year: i32, number: u32) -> PathBuf {
    site.vault().join("micro").join(year.to_string()).join(number.to_string())
}

/// The folder of a version of a year, of the newest where none is named.
pub(crate) fn version_folder(site: &Site, year: i32, number: Option<u32>) -> Result<PathBuf, HubError> {
    let mut found = versions(&folder_of(site, year))?.into_iter();
    let chosen = match number {
        Some(number) => found.find(|(other, _)| *other == number),
        None => found.next_back(),
    };
    chosen.map(|(_, folder)| folder).ok_or(HubError::NoVersion { year, number })
}

/// How the year's cells are counted from a run.
struct Counting<'a> {
    site: &'a Site,
    rules: &'a Rules,
    work: &'a WorkArguments,
    year: i32,
}

impl Counting<'_> {
    fn count(&self, publication: &Publication, micro: Option<&Path>) -> Result<CountedYear, HubError> {
        let memory = self.work.memory_limit.as_deref().unwrap_or(&self.site.config().memory_limit);
        let options = RunOptions {
            as_of: day(publication)?,
            memory_bytes: memory_bytes(memory)?,
            threads: self.work.threads.unwrap_or_else(super::all_threads),
            buckets: None,
            cluster: None,
        };
        let steps = Steps::new();
        super::block_on(async {
            let wanted = YearToCount { publication, year: self.year, micro };
            let counting = count_year(self.site, &self.rules.pipeline, wanted, &options, &steps);
            Ok(Box::pin(counting).await?)
        })
    }

    /// The published versions before one with the run of each, the oldest first.
    fn earlier_versions(&self, edition: Edition<'_>) -> Result<Vec<(EarlierVersion, String)>, HubError> {
        let mut earlier = Vec::new();
        for (number, folder) in versions(&folder_of(self.site, self.year))? {
            let state = VersionState::read(&folder)?;
            if number >= edition.number || state.stage != Stage::Published {
                continue;
            }
            let differences = state.differences(&folder)?;
            if !differences.is_empty() {
                return Err(HubError::NotWhatWasMade { folder, differences });
            }
            let version = EarlierVersion::read(&folder, (number, &state.sums), &self.rules.tables)?;
            earlier.push((version, state.run));
        }
        Ok(earlier)
    }

    /// Those versions, and what the newest of them was counted from.
    fn earlier(
        &self,
        (versions, recounting): (Vec<(EarlierVersion, String)>, Recounting),
        (publication, counted): (&Publication, &CountedYear),
        counties: &BTreeSet<String>,
    ) -> Result<Earlier, HubError> {
        let newest = versions.last().map(|(_, run)| run.clone());
        let versions = versions.into_iter().map(|(version, _)| version).collect();
        let mut earlier = Earlier { versions, recount: None };
        let Some(run) = newest.filter(|_| recounting != Recounting::Not) else { return Ok(earlier) };
        let recount =
            |counted: &CountedYear| Recount { rows: counted.cells.clone(), complete: complete(counted, counties) };
        if run == publication.run_id {
            earlier.recount = Some(recount(counted));
            return Ok(earlier);
        }
        earlier.recount = match self.count_run(&run) {
            Ok(counted) => Some(recount(&counted)),
            Err(error) if recounting == Recounting::IfKept && is_gone(&error) => None,
            Err(error) => return Err(error),
        };
        Ok(earlier)
    }

    fn count_run(&self, run: &str) -> Result<CountedYear, HubError> {
        let publication = super::block_on(async { Ok(publication::find(self.site.store(), run).await?) })?;
        self.count(&publication, None)
    }
}

/// Whether a run can no longer be made again: it or its deliveries are no longer kept.
pub(crate) fn is_gone(error: &HubError) -> bool {
    matches!(
        error,
        HubError::Run(RunError::DeliveriesGone { .. }) | HubError::Pipeline(PipelineError::UnknownRun { .. })
    )
}

impl Rules {
    fn load(schemas: Option<&Path>, work: &WorkArguments) -> Result<Self, HubError> {
        let schemas = library::folder(schemas)?;
        let pipelines = library::pipelines(&schemas);
        let pipeline = work.pipeline.clone().unwrap_or_else(|| pipelines.join("nightly.yaml"));
        let definition = Definition::load_with(&pipeline, Layers::Release)?;
        let tables = TableDefinitions::load(&definition.release_folder());
        let tables = tables.map_err(|faults| HubError::Definitions { faults })?;
        Ok(Self {
            annual: Annual::load(&pipelines.join("annual.yaml"), &tables)?,
            rates: PublicRates::load(&definition.schemas_folder)?,
            names: RegionNames::load(&definition.schemas_folder).map_err(|mistakes| HubError::Mistakes { mistakes })?,
            tables,
            definition,
            pipeline,
        })
    }

    /// Every county of a place that existed on the reference day, whether its offices deliver or not.
    fn counties(&self, place: &str, year: i32) -> Result<BTreeSet<String>, HubError> {
        let text = self.annual.reference_day.of_year(year);
        let day = text.parse().map_err(|_| HubError::ReferenceDay { text })?;
        let counties = self.definition.regions.counties_on(day).into_iter();
        Ok(counties.filter(|county| county.starts_with(place)).map(str::to_owned).collect())
    }

    /// Code of the department that has the roll of each benefit.
    fn payers(&self) -> Result<BTreeMap<String, String>, HubError> {
        let payers = self.definition.payers()?.into_iter();
        Ok(payers.map(|(benefit, department)| (benefit, department.as_str().to_owned())).collect())
    }
}

/// Which dataset speaks for the whole year of which county: the office of a city speaks for all of its counties.
fn complete(counted: &CountedYear, counties: &BTreeSet<String>) -> BTreeSet<(String, String)> {
    let of = |(dataset, place): &(String, String)| {
        let counties = counties.iter().filter(|county| county.starts_with(place.as_str()));
        counties.map(|county| (dataset.clone(), county.clone())).collect::<Vec<_>>()
    };
    counted.complete.iter().flat_map(of).collect()
}

fn origin(counted: &CountedYear, publication: &Publication) -> Origin {
    let line = |delivery: &yilian_pipeline::receive::Accepted| DeliveryLine {
        id: delivery.delivery_id.clone(),
        place: delivery.manifest.place.clone(),
        department: delivery.manifest.department.as_str().to_owned(),
        dataset: delivery.manifest.dataset.clone(),
        period: delivery.manifest.period.to_string(),
        sequence: u64::from(delivery.manifest.sequence),
    };
    Origin {
        run_id: publication.run_id.clone(),
        program: format!("yilian {}", env!("CARGO_PKG_VERSION")),
        models: counted.sql_digest.clone(),
        schemas: counted.schemas_digest.clone(),
        hub_key: publication.inputs.hub_key.clone(),
        deliveries: counted.deliveries.iter().map(line).collect(),
    }
}
