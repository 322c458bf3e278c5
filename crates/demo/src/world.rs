//! An invented district: the extracts of five departments in one folder.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::{DemoError, Offices};

/// The extracts of one invented district and where it lies.
#[derive(Debug, Clone)]
pub struct World {
    /// Region code of the delivering offices, 2, 4 or 6 digits.
    pub place: String,
    /// One entry for each extract, in a fixed order.
    pub extracts: Vec<Extract>,
}

/// One file that one department exported.
#[derive(Debug, Clone)]
pub struct Extract {
    /// Name of the department, for example `civil_affairs`.
    pub department: String,
    /// Name of the dataset within the department, for example `benefit_payment`.
    pub dataset: String,
    /// `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
    pub period: String,
    /// The file.
    pub path: PathBuf,
    /// Size in bytes: the measure of progress.
    pub bytes: u64,
}

#[derive(Deserialize)]
struct WorldFile {
    place: String,
    files: Vec<WorldExtract>,
}

#[derive(Deserialize)]
struct WorldExtract {
    department: String,
    dataset: String,
    period: String,
    path: PathBuf,
}

impl World {
    /// Reads what the generator wrote into `folder`, from its `world.json`.
    ///
    /// # Errors
    /// Where `world.json` or a file that it names is missing or of another form.
    pub fn generated(folder: &Path) -> Result<Self, DemoError> {
        let path = folder.join("world.json");
        let text = fs::read_to_string(&path).map_err(DemoError::file(&path))?;
        let world: WorldFile = serde_json::from_str(&text)
            .map_err(|error| DemoError::Form { path: path.clone(), problem: error.to_string() })?;
        let extracts = world
            .files
            .into_iter()
            .map(|file| Extract::new(file.department, file.dataset, file.period, folder.join(file.path)))
            .collect::<Result<_, _>>()?;
        Ok(Self { place: world.place, extracts })
    }

    /// Moves every extract into the folder of its department, as `extracts/<file>`.
    ///
    /// # Errors
    /// Where a file cannot be moved.
    pub fn hand_out(mut self, offices: &Offices) -> Result<Self, DemoError> {
        for extract in &mut self.extracts {
            let folder = offices.department(&extract.department).join("extracts");
            fs::create_dir_all(&folder).map_err(DemoError::file(&folder))?;
            let moved = folder.join(file_name(&extract.path));
            fs::rename(&extract.path, &moved).map_err(DemoError::file(&extract.path))?;
            extract.path = moved;
        }
        Ok(self)
    }

    /// Reads `folder/<department>/<dataset>.<period>.csv|xlsx`, in order of the names.
    ///
    /// # Errors
    /// Where a folder cannot be read or a file is named otherwise.
    pub fn in_folders(folder: &Path, place: &str) -> Result<Self, DemoError> {
        let mut extracts = Vec::new();
        for department in sorted(folder)? {
            let name = file_name(&department);
            for path in sorted(&department)? {
                let file = file_name(&path);
                let mut parts = file.splitn(3, '.');
                let (Some(dataset), Some(period), Some(_)) = (parts.next(), parts.next(), parts.next()) else {
                    let problem = "not named <dataset>.<period>.csv or .xlsx".to_owned();
                    return Err(DemoError::Form { path, problem });
                };
                extracts.push(Extract::new(name.clone(), dataset.to_owned(), period.to_owned(), path)?);
            }
        }
        Ok(Self { place: place.to_owned(), extracts })
    }
}

impl Extract {
    fn new(department: String, dataset: String, period: String, path: PathBuf) -> Result<Self, DemoError> {
        let bytes = fs::metadata(&path).map_err(DemoError::file(&path))?.len();
        Ok(Self { department, dataset, period, path, bytes })
    }
}

fn sorted(folder: &Path) -> Result<Vec<PathBuf>, DemoError> {
    let mut paths = fs::read_dir(folder)
        .and_then(|entries| entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>())
        .map_err(DemoError::file(folder))?;
    paths.sort();
    Ok(paths)
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
