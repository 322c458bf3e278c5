//! `pipelines/nightly.yaml`: where a run's models, contracts, rules and calendar lie, and their digests.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use sha2::{Digest, Sha256};
use yilian_contract::calendar::Calendar;
use yilian_contract::entitlement::{self as entitlements, Entitlement};
use yilian_contract::retention::Retention;
use yilian_contract::rules::disclosure::{self, Disclosure};
use yilian_contract::rules::{self, Rule};
use yilian_contract::targets::{self, Target};
use yilian_contract::{Department, Regions, Schemas};
use yilian_disclosure::Thresholds;
use yilian_engine::TableName;

use super::RunError;
use super::model::{ModelGraph, children};
use super::stage::is_about_people;
use super::{entitlement, local, namesakes, reference};

/// Tables that the program itself makes: flags between the bucket models and the whole ones, rates of former runs.
const MADE_BY_PROGRAM: [(&str, &str); 7] = [
    ("work", "flag"),
    ("work", "gap_flag"),
    ("hub", "flag_record"),
    ("hub", "gap_record"),
    ("reference", "match_history"),
    ("reference", "rule_history"),
    ("reference", "tombstoned"),
];

/// The file as written; paths are relative to it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    sql: PathBuf,
    /// The layer of the annual release, which a night leaves out.
    release: String,
    schemas: PathBuf,
    rules: PathBuf,
    entitlement: PathBuf,
    targets: PathBuf,
    calendar: PathBuf,
    retention: PathBuf,
}

/// Which layers of models are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layers {
    /// Those of a night.
    Night,
    /// Those of the annual release too.
    Release,
}

/// Everything of a run that is not data: read, checked, and named by digest.
pub struct Definition {
    /// The folder of models.
    pub sql: PathBuf,
    /// The layer of the annual release, by name.
    release: String,
    /// The folder of contracts and code lists.
    pub schemas_folder: PathBuf,
    /// Contracts and code lists.
    pub schemas: Schemas,
    /// Region codes.
    pub regions: Regions,
    /// Overlap rules.
    pub rules: Vec<Rule>,
    /// Which department may be sent which clue.
    pub disclosures: Vec<Disclosure>,
    /// Who is entitled to what.
    pub entitlement: Entitlement,
    /// Targets of policy documents.
    pub targets: Vec<Target>,
    /// Which deliveries are due.
    pub calendar: Calendar,
    /// How long flags are remembered, and the rest is kept.
    pub retention: Retention,
    /// Thresholds of the statistics.
    pub thresholds: Thresholds,
    /// The models in order.
    pub graph: ModelGraph,
    /// SHA-256 over rules and entitlements.
    pub rules_digest: String,
    /// SHA-256 over pipeline, calendar, retention and targets.
    pub parameters_digest: String,
    /// SHA-256 over contracts and code lists.
    pub schemas_digest: String,
    /// SHA-256 over the models.
    pub sql_digest: String,
}

impl Definition {
    /// Reads the pipeline file and all it names, for a night.
    ///
    /// # Errors
    /// Every mistake in contracts, rules and calendar at once ([`RunError::Contracts`]), or what is wrong with a model.
    pub fn load(file: &Path) -> Result<Self, RunError> {
        Self::load_with(file, Layers::Night)
    }

    /// [`Self::load`] with the layers of models that are wanted.
    ///
    /// # Errors
    /// Those of [`Self::load`].
    pub fn load_with(file: &Path, layers: Layers) -> Result<Self, RunError> {
        let refuse = |reason: String| RunError::Pipeline { file: file.to_owned(), reason };
        let text = fs::read_to_string(file).map_err(RunError::io("read", file))?;
        let written: Written = serde_saphyr::from_str(&text).map_err(|error| refuse(error.to_string()))?;
        let folder = file.parent().unwrap_or(Path::new("."));
        let [sql, schemas_folder, rules_folder] =
            [written.sql, written.schemas, written.rules].map(|path| folder.join(path));
        let [entitlement_folder, targets_file, calendar_file, retention_file] =
            [written.entitlement, written.targets, written.calendar, written.retention].map(|path| folder.join(path));
        let contracts = |mistakes| RunError::Contracts { mistakes };
        let schemas = Schemas::load(&schemas_folder).map_err(contracts)?;
        let regions = Regions::load(&schemas_folder).map_err(contracts)?;
        let rules = rules::load(&rules_folder, &schemas).map_err(contracts)?;
        let entitlement = entitlements::load(&entitlement_folder, &schemas).map_err(contracts)?;
        let disclosures = disclosure::load(&schemas_folder, &rules, &entitlement.gaps).map_err(contracts)?;
        let targets = targets::load(&targets_file, &schemas).map_err(contracts)?;
        let calendar = Calendar::load(&calendar_file, &schemas).map_err(contracts)?;
        let retention = Retention::load(&retention_file).map_err(contracts)?;
        let threshold_file = schemas_folder.join("disclosure_threshold.csv");
        let thresholds =
            Thresholds::parse(&fs::read_to_string(&threshold_file).map_err(RunError::io("read", &threshold_file))?)?;
        let left_out = (layers == Layers::Night).then_some(written.release.as_str());
        Ok(Self {
            graph: ModelGraph::load_without(&sql, &sources(&schemas), left_out)?,
            rules_digest: digest_of(&[&rules_folder, &entitlement_folder])?,
            parameters_digest: digest_of(&[file, &calendar_file, &retention_file, &targets_file])?,
            schemas_digest: digest_of(&[&schemas_folder])?,
            sql_digest: digest_of(&[&sql])?,
            sql,
            release: written.release,
            schemas_folder,
            schemas,
            regions,
            rules,
            disclosures,
            entitlement,
            targets,
            calendar,
            retention,
            thresholds,
        })
    }
}

impl Definition {
    /// The folder with the definitions of the release's tables, beside the models that count their cells.
    pub fn release_folder(&self) -> PathBuf {
        self.sql.join(&self.release)
    }

    /// Which department has the roll of each benefit.
    ///
    /// # Errors
    /// A `benefit_source.csv` that cannot be read.
    pub fn payers(&self) -> Result<BTreeMap<String, Department>, RunError> {
        let sources = reference::benefit_sources(&self.schemas_folder)?;
        let payer = |(benefit, dataset): (String, String)| {
            let contract = self.schemas.dataset(&dataset).ok()?;
            contract.department.map(|department| (benefit, department))
        };
        Ok(sources.into_iter().filter_map(payer).collect())
    }
}

/// The tables that models may read without making them.
pub fn sources(schemas: &Schemas) -> BTreeSet<TableName> {
    let name = |schema: &str, table: &str| TableName { schema: schema.to_owned(), table: table.to_owned() };
    let staged = schemas.contracts.iter().map(|contract| name("staged", &contract.dataset));
    let people = schemas.contracts.iter().filter(|contract| is_about_people(contract));
    let unnumbered = people.map(|contract| name("unnumbered", &contract.dataset));
    let reference = reference::names().chain(entitlement::NAMES).chain(local::NAMES);
    let reference = reference.map(|table| name("reference", table));
    let spine = namesakes::NAMES.into_iter().map(|table| name("spine", table));
    let made = MADE_BY_PROGRAM.into_iter().map(|(schema, table)| name(schema, table));
    staged.chain(unnumbered).chain(spine).chain(reference).chain(made).collect()
}

/// SHA-256 over names and contents of files, and of all files below folders, in order of path.
fn digest_of(paths: &[&Path]) -> Result<String, RunError> {
    let mut hash = Sha256::new();
    for path in paths {
        add(&mut hash, path, path)?;
    }
    Ok(hex::encode(hash.finalize()))
}

fn add(hash: &mut Sha256, root: &Path, path: &Path) -> Result<(), RunError> {
    if path.is_dir() {
        return children(path)?.iter().try_for_each(|child| add(hash, root, child));
    }
    let content = fs::read(path).map_err(RunError::io("read", path))?;
    let name = path.strip_prefix(root).unwrap_or(path).to_string_lossy().replace('\\', "/");
    hash.update(Sha256::digest(name.as_bytes()));
    hash.update(Sha256::digest(&content));
    Ok(())
}
