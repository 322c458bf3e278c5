//! A hub with a published release, and its tables in this process as a statistician asks them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use arrow::array::RecordBatch;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use futures::TryStreamExt;
use tokio::runtime::Runtime;
use yilian_access::{Access, AccessError, Micro, Readable, Role, TableSource};
use yilian_contract::{RegionNames, Regions};
use yilian_disclosure::Thresholds;
use yilian_engine::{Engine, EngineOptions};
use yilian_micro::{Catalogue, MicroYear, Surroundings, YearInput};
use yilian_pipeline::publication;
use yilian_pipeline::site::Site;
use yilian_release::{EarlierVersion, TableDefinitions, VersionState};
use yilian_token::{Key, KeyUse};

use crate::fixture::{copy_of, files_below, new_folder};
use crate::release::{library, released, yilian};

const THREADS: usize = 2;

/// A published hub and a statistician before it.
pub(crate) struct Guarded {
    /// The hub's folder.
    pub(crate) hub: PathBuf,
    runtime: Runtime,
    access: Access,
}

/// The release of [`released`], signed and published in a copy; made once for all tests.
pub(crate) fn guarded() -> &'static Guarded {
    static GUARDED: OnceLock<Guarded> = OnceLock::new();
    GUARDED.get_or_init(|| {
        let offices = copy_of(released(), "guard");
        for office in ["reviewer", "compiler", "checker", "head"] {
            yilian(&offices, ["release", "2025", "--sign-as", office, "--name", "王芳"]);
        }
        yilian(&offices, ["release", "2025", "--publish"]);
        let (hub, runtime) = (offices.hub(), yilian_pipeline::run::runtime(THREADS).unwrap());
        let access = runtime.block_on(open(&hub));
        Guarded { hub, runtime, access }
    })
}

impl Guarded {
    /// The batches of an answer as they would leave.
    pub(crate) fn ask(&self, question: &str) -> Result<Vec<RecordBatch>, AccessError> {
        self.runtime.block_on(async { self.access.ask(question).await?.into_batches().try_collect().await })
    }

    /// The rows of a question that has an answer; what is null is empty.
    pub(crate) fn rows(&self, question: &str) -> Vec<Vec<String>> {
        let batches = self.ask(question).unwrap_or_else(|error| panic!("{question}\n{error}"));
        let format = FormatOptions::default();
        let row = |batch: &RecordBatch, row: usize| -> Vec<String> {
            let value = |column| ArrayFormatter::try_new(column, &format).unwrap().value(row).to_string();
            batch.columns().iter().map(|column| value(column.as_ref())).collect()
        };
        batches.iter().flat_map(|batch| (0..batch.num_rows()).map(|at| row(batch, at)).collect::<Vec<_>>()).collect()
    }
}

async fn open(hub: &Path) -> Access {
    let site = Site::open(hub).unwrap();
    let options = EngineOptions { memory_bytes: 256 << 20, threads: THREADS, spill_folder: new_folder("guard_spill") };
    let current = publication::current(site.store()).await.unwrap().unwrap();
    let of_run = current.tables.iter().filter_map(|(name, files)| {
        let files = files.files.iter().map(|file| site.store().local_path(&file.path).unwrap()).collect();
        name.split_once('.').map(|(schema, table)| table_source(schema, table, files))
    });
    let of_release = [("public", "release"), ("restricted", "restricted")].into_iter().flat_map(|(part, schema)| {
        let files = files_below(&version(hub).join(part).join("data"));
        files.into_iter().map(move |file| {
            let table = file.file_stem().unwrap().to_string_lossy().into_owned();
            table_source(schema, &table, vec![file])
        })
    });
    let tables = of_run.chain(of_release).collect();
    let micro = Micro::new(vec![Arc::new(micro(&site))]);
    Access::open(&Engine::new(&options).unwrap(), Role::Statistician, Readable { tables, micro }).await.unwrap()
}

fn version(hub: &Path) -> PathBuf {
    hub.join("releases/2025/1")
}

fn table_source(schema: &str, table: &str, files: Vec<PathBuf>) -> TableSource {
    TableSource {
        schema: schema.to_owned(),
        table: table.to_owned(),
        files,
        rows: 0,
        title_zh: String::new(),
        title_en: String::new(),
        columns: Vec::new(),
    }
}

fn micro(site: &Site) -> MicroYear {
    let version = version(site.root());
    let definitions = Arc::new(TableDefinitions::load(&library().join("sql/80_release")).unwrap());
    let state = VersionState::read(&version).unwrap();
    MicroYear::new(YearInput {
        year: 2025,
        catalogue: Arc::new(catalogue(site, &definitions)),
        files: rows_of_people(site.root()),
        version: {
            let definitions = Arc::clone(&definitions);
            Box::new(move || EarlierVersion::read(&version, (1, &state.sums), &definitions))
        },
        definitions,
        key: Arc::new(Key::read(&site.noise_key_file(), KeyUse::Noise).unwrap()),
        threads: THREADS,
    })
}

/// The files of the rows about people behind the guard, by table.
pub(crate) fn rows_of_people(hub: &Path) -> BTreeMap<String, Vec<PathBuf>> {
    let mut tables: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    for file in files_below(&hub.join("vault/micro/2025/1")) {
        let table = file.parent().unwrap().file_name().unwrap().to_string_lossy().into_owned();
        tables.entry(table).or_default().push(file);
    }
    tables
}

fn catalogue(site: &Site, definitions: &TableDefinitions) -> Catalogue {
    let schemas = library().join("schemas");
    let (regions, names) = (Regions::load(&schemas).unwrap(), RegionNames::load(&schemas).unwrap());
    let place = site.config().place.as_str();
    let counties = regions.counties_on("2025-12-31".parse().unwrap()).into_iter();
    let counties = counties.filter(|county| county.starts_with(place));
    let counties: Vec<(String, String)> =
        counties.map(|county| (county.to_owned(), names.name(county).unwrap_or(county).to_owned())).collect();
    let thresholds = fs::read_to_string(schemas.join("disclosure_threshold.csv")).unwrap();
    let thresholds = Thresholds::parse(&thresholds).unwrap();
    let floors = definitions.names().map(|table| thresholds.of(table, "2025-12-31").unwrap().k().unwrap_or_default());
    let floor = floors.max().unwrap();
    let with = Surroundings { definitions, place, counties: &counties, floor };
    Catalogue::load(&library().join("pipelines/shapes.yaml"), with).unwrap()
}
