//! Writes the workbook whole or not at all, and keeps which clues were received.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;
use yilian_delivery::{Clue, ParcelManifest};
use yilian_workbook::{Book, Decisions, Known};

use crate::error::DeptError;
use crate::site::{Site, private_folder};

/// The list of clues of a parcel, beside its workbook.
const CLUES: &str = "clues.txt";

/// What is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// An .xlsx file.
    Workbook,
    /// A folder of CSV files.
    Csv,
}

/// Where the workbook of a parcel is written.
pub(super) struct Target {
    path: PathBuf,
    form: Form,
    clues: PathBuf,
}

impl Target {
    /// A file or folder that is not there yet: an older workbook may hold answers.
    pub(super) fn new(
        site: &Site,
        manifest: &ParcelManifest,
        out: Option<&Path>,
        form: Form,
    ) -> Result<Self, DeptError> {
        let folder = folder(site)?;
        let name = manifest.file_name();
        let stem = name.strip_suffix(".tar.age").unwrap_or(&name);
        let path = match (out, form) {
            (Some(out), _) => out.to_owned(),
            (None, Form::Workbook) => folder.join(format!("{stem}.xlsx")),
            (None, Form::Csv) => folder.join(format!("{stem}.csv")),
        };
        if path.exists() {
            return Err(DeptError::WorkbookExists { path });
        }
        Ok(Self { path, form, clues: folder.join(format!("{stem}.{CLUES}")) })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes list and workbook, for their owner alone.
    pub(super) fn write(&self, book: &Book, decisions: &Decisions, clues: &[Clue]) -> Result<(), DeptError> {
        let list = new_file(&self.clues, Known::of(clues).to_text().as_bytes())?;
        list.persist(&self.clues).map_err(|error| DeptError::io("written", &self.clues)(error.error))?;
        match self.form {
            Form::Workbook => {
                let file = new_file(&self.path, &book.to_xlsx(decisions)?)?;
                file.persist_noclobber(&self.path).map_err(|error| self.not_placed(error.error))?;
            }
            Form::Csv => self.write_folder(&book.to_csv()?)?,
        }
        Ok(())
    }

    fn write_folder(&self, files: &[(String, Vec<u8>)]) -> Result<(), DeptError> {
        let failed = DeptError::io("written", &self.path);
        let write = || -> io::Result<()> {
            let folder = tempfile::Builder::new().prefix(".feedback-").tempdir_in(parent(&self.path))?;
            for (name, bytes) in files {
                let mut file = private_file(&folder.path().join(name))?;
                file.write_all(bytes)?;
                file.sync_all()?;
            }
            fs::rename(folder.path(), &self.path)?;
            // The folder has its name: there is nothing left to remove.
            let _ = folder.keep();
            Ok(())
        };
        write().map_err(failed)
    }

    fn not_placed(&self, error: io::Error) -> DeptError {
        if error.kind() == io::ErrorKind::AlreadyExists {
            return DeptError::WorkbookExists { path: self.path.clone() };
        }
        DeptError::io("written", &self.path)(error)
    }
}

/// The clues that this office has received, from all parcels that it opened.
pub(crate) fn known(site: &Site) -> Result<Known, DeptError> {
    let folder = folder(site)?;
    let mut known = Known::default();
    for entry in fs::read_dir(&folder).map_err(DeptError::io("read", &folder))? {
        let path = entry.map_err(DeptError::io("read", &folder))?.path();
        if path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.ends_with(CLUES)) {
            known.add(Known::from_text(&fs::read_to_string(&path).map_err(DeptError::io("read", &path))?));
        }
    }
    Ok(known)
}

fn folder(site: &Site) -> Result<PathBuf, DeptError> {
    let folder = site.records()?.join("feedback");
    private_folder(&folder)?;
    Ok(folder)
}

fn parent(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A nameless file beside `path`, which only its owner can read.
fn new_file(path: &Path, bytes: &[u8]) -> Result<NamedTempFile, DeptError> {
    let write = || -> io::Result<NamedTempFile> {
        let mut file = tempfile::Builder::new().prefix(".feedback-").tempfile_in(parent(path))?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        Ok(file)
    };
    write().map_err(DeptError::io("written", path))
}

fn private_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
