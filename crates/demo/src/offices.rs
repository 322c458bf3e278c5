//! The six folders: five departments and the hub, each with its own keys.

use std::fs;
use std::path::{Path, PathBuf};

use crate::{
    DemoError, Programs,
    reports::{CheckValues, NewKey},
};

/// The five departments, in the order in which they are shown.
pub const DEPARTMENTS: [&str; 5] =
    ["civil_affairs", "health", "medical_insurance", "disabled_federation", "human_resources"];

const PURPOSE: &str = "查重与基本养老服务统计";
const LEGAL_BASIS: &str = "演示数据，无真实人员";

const VILLAGE_CLASSES: &str = "village_classes.csv";

/// How the six folders are set up.
#[derive(Debug, Clone)]
pub struct Setup {
    /// Region code of the delivering offices.
    pub place: String,
    /// `HS256` or `HSM3`.
    pub algorithm: String,
}

/// Five department folders and a hub folder below one folder, ready to work.
#[derive(Debug, Clone)]
pub struct Offices {
    pub(crate) programs: Programs,
    folder: PathBuf,
}

/// What the departments know of the hub's keys.
struct HubKeys {
    recipient: String,
    signature_key: String,
}

impl Offices {
    /// Makes the six folders, their keys, and registers the five senders at the hub.
    ///
    /// The link key is made in the first department and carried to the others as a file; the hub never holds it.
    ///
    /// # Errors
    /// Where a program fails or a file cannot be copied.
    pub fn set_up(programs: &Programs, folder: &Path, setup: &Setup) -> Result<Self, DemoError> {
        let offices = Self { programs: programs.clone(), folder: folder.to_path_buf() };
        fs::create_dir_all(folder).map_err(DemoError::file(folder))?;
        let hub = offices.set_up_hub(setup)?;
        for department in DEPARTMENTS {
            offices.set_up_department(department, setup, &hub)?;
        }
        offices.share_link_key(setup)?;
        for department in DEPARTMENTS {
            offices.register(department, setup)?;
        }
        Ok(offices)
    }

    /// Folders that [`Offices::set_up`] made before.
    pub fn open(programs: &Programs, folder: &Path) -> Self {
        Self { programs: programs.clone(), folder: folder.to_path_buf() }
    }

    /// Gives every department the list of village classes, by which it tells urban from rural.
    ///
    /// # Errors
    /// Where a file cannot be copied or written.
    pub fn supply_village_classes(&self, list: &Path) -> Result<(), DemoError> {
        for department in DEPARTMENTS {
            let site = self.department(department);
            let copy = site.join(VILLAGE_CLASSES);
            fs::copy(list, &copy).map_err(DemoError::file(&copy))?;
            let settings = site.join("dept.yaml");
            let text = fs::read_to_string(&settings).map_err(DemoError::file(&settings))?;
            fs::write(&settings, format!("{text}\nvillage_classes: {VILLAGE_CLASSES}\n"))
                .map_err(DemoError::file(&settings))?;
        }
        Ok(())
    }

    /// The folder with the six folders.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The programs that work in these folders.
    pub fn programs(&self) -> &Programs {
        &self.programs
    }

    /// The folder of one department.
    pub fn department(&self, department: &str) -> PathBuf {
        self.folder.join(department)
    }

    /// The folder of the hub.
    pub fn hub(&self) -> PathBuf {
        self.folder.join("hub")
    }

    /// The hub's inbox.
    pub fn inbox(&self) -> PathBuf {
        self.hub().join("inbox")
    }

    /// The hub's storage.
    pub fn store(&self) -> PathBuf {
        self.hub().join("store")
    }

    /// The parcels that wait for one department, the oldest first.
    ///
    /// # Errors
    /// Where its outbox cannot be read.
    pub fn parcels(&self, place: &str, department: &str) -> Result<Vec<PathBuf>, DemoError> {
        let outbox = self.store().join("outbox").join(format!("{place}.{department}"));
        let entries = fs::read_dir(&outbox).map_err(DemoError::file(&outbox))?;
        let mut parcels: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
        parcels.sort();
        Ok(parcels)
    }

    /// The key file that the departments share.
    pub fn link_key(&self, department: &str) -> PathBuf {
        self.department(department).join("keys").join("link.jwk")
    }

    /// The hub's own key file.
    pub fn hub_key(&self) -> PathBuf {
        self.hub().join("vault").join("hub.jwk")
    }

    fn set_up_hub(&self, setup: &Setup) -> Result<HubKeys, DemoError> {
        let hub = text(&self.hub());
        self.programs.run("yilian", ["init", &hub, "--place", &setup.place, "--name", "演示数据中心"])?;
        for key in ["hub", "noise"] {
            let arguments = ["keys", "new", "--use", key, "--algorithm", &setup.algorithm, "--site", &hub, "--json"];
            self.programs.run("yilian", arguments)?;
        }
        let new = |key_use| -> Result<String, DemoError> {
            let key: NewKey =
                self.programs.run("yilian", ["keys", "new", "--use", key_use, "--site", &hub, "--json"])?.json()?;
            Ok(key.public)
        };
        Ok(HubKeys { recipient: new("age")?, signature_key: new("sign")? })
    }

    fn set_up_department(&self, department: &str, setup: &Setup, hub: &HubKeys) -> Result<(), DemoError> {
        let site = text(&self.department(department));
        let place = setup.place.as_str();
        self.programs.run(
            "yilian-dept",
            [
                "init",
                &site,
                "--place",
                place,
                "--department",
                department,
                "--hub-recipient",
                &hub.recipient,
                "--hub-signature-key",
                &hub.signature_key,
                "--purpose",
                PURPOSE,
                "--legal-basis",
                LEGAL_BASIS,
            ],
        )?;
        for key in ["sign", "seal"] {
            self.programs.run("yilian-dept", ["keys", "new", "--use", key, "--site", &site, "--json"])?;
        }
        Ok(())
    }

    fn share_link_key(&self, setup: &Setup) -> Result<(), DemoError> {
        let [first, others @ ..] = DEPARTMENTS;
        let site = text(&self.department(first));
        let algorithm = setup.algorithm.as_str();
        self.programs.run(
            "yilian-dept",
            ["keys", "new", "--use", "link", "--algorithm", algorithm, "--site", &site, "--json"],
        )?;
        let key = self.link_key(first);
        for department in others {
            // Copying keeps the permission bits: the copy is readable by its owner alone, like the original.
            let copy = self.link_key(department);
            fs::copy(&key, &copy).map_err(DemoError::file(&copy))?;
        }
        Ok(())
    }

    fn register(&self, department: &str, setup: &Setup) -> Result<(), DemoError> {
        let site = text(&self.department(department));
        let keys: CheckValues =
            self.programs.run("yilian-dept", ["keys", "check", "--site", &site, "--json"])?.json()?;
        let hub = text(&self.hub());
        self.programs.run(
            "yilian",
            [
                "senders",
                "add",
                "--place",
                &setup.place,
                "--department",
                department,
                "--signature-key",
                &keys.sign,
                "--recipient",
                &keys.seal,
                "--link-key",
                &keys.link,
                "--site",
                &hub,
            ],
        )?;
        Ok(())
    }
}

pub(crate) fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
