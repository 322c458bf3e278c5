//! A version of a year's statistics, made from a published run: what `release` and `verify` have in common.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use yilian_contract::RegionNames;
use yilian_pipeline::publication::Publication;
use yilian_pipeline::run::{CountedYear, Definition, Layers, RunOptions, count_year};
use yilian_pipeline::site::Site;
use yilian_release::{Annual, DeliveryLine, Made, Origin, PublicRates, TableDefinitions, YearInput, make_version};

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
    let as_of = publication.as_of.parse().map_err(|_| HubError::Month { text: publication.as_of.clone() })?;
    let memory = work.memory_limit.as_deref().unwrap_or(&site.config().memory_limit);
    let options = RunOptions {
        as_of,
        memory_bytes: memory_bytes(memory)?,
        threads: work.threads.unwrap_or_else(super::all_threads),
        buckets: None,
    };
    let steps = Steps::new();
    let counted = super::block_on(async {
        let counting = count_year(site, &rules.pipeline, (publication, edition.year), &options, &steps);
        Ok(Box::pin(counting).await?)
    })?;
    let place = site.config().place.as_str();
    let counties = rules.counties(place);
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
        as_of,
        origin: &origin(&counted, publication),
    };
    Ok(make_version(&input, folder)?)
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

    /// Every county of a place, whether its offices deliver or not.
    fn counties(&self, place: &str) -> BTreeSet<String> {
        let counties = self.definition.regions.counties().into_iter().map(|(_, county)| county);
        counties.filter(|county| county.starts_with(place)).map(str::to_owned).collect()
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
