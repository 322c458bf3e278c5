//! An office with a folder, a key and the repository's contracts, and a sound extract.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use tempfile::TempDir;
use yilian_contract::{Contract, Period, Regions, Schemas};
use yilian_intake::{IntakeError, Prepared, Request, Silent, prepare};
use yilian_token::{Algorithm, Key, KeyUse};

pub(crate) static OFFICE: LazyLock<Office> = LazyLock::new(Office::new);

pub(crate) const PLACE: &str = "150104";

pub(crate) struct Office {
    pub(crate) schemas: Schemas,
    pub(crate) regions: Regions,
    pub(crate) key: Key,
    pub(crate) period: Period,
}

impl Office {
    fn new() -> Self {
        let schemas = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas");
        Self {
            schemas: Schemas::load(&schemas).expect("the contracts are sound"),
            regions: Regions::load(&schemas).expect("the regions are sound"),
            key: Key::from_bytes(KeyUse::Link, Algorithm::Hs256, "fuzz", [7; 32]),
            period: "2025".parse().expect("a year"),
        }
    }

    pub(crate) fn contract(&self, dataset: &str) -> &Contract {
        self.schemas.dataset(dataset).expect("the dataset has a contract")
    }

    /// Writes an extract into a folder and prepares it there.
    pub(crate) fn prepare(&self, dataset: &str, folder: &Path, bytes: &[u8]) -> Result<Prepared, IntakeError> {
        prepare(&Request {
            schemas: &self.schemas,
            contract: self.contract(dataset),
            regions: &self.regions,
            input: &file(folder, bytes),
            place: PLACE,
            period: &self.period,
            link_key: &self.key,
            next_link_key: None,
            exclude: None,
            village_classes: None,
            out_dir: folder,
            progress: &Silent,
        })
    }
}

/// A folder for one run, in memory where the system has such a place.
pub(crate) fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.expect("a folder")
}

pub(crate) fn file(folder: &Path, bytes: &[u8]) -> PathBuf {
    let path = folder.join("extract");
    std::fs::write(&path, bytes).expect("the folder can be written");
    path
}

/// A sound extract of deaths.
pub(crate) fn funerals() -> String {
    let people = ["159901193911041250", "11010519491231002X", "159901391104125", ""];
    let row = |person: &&str| format!("王伟,{person},男,1939-11-04,2025-03-01,150104008\n");
    "姓名,身份证号码,性别,出生日期,死亡日期,发放区划\n".to_owned()
        + &people.iter().map(row).collect::<String>().repeat(8)
}
