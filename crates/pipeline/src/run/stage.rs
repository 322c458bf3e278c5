//! Stage: an accepted delivery becomes rows with person and household ids, kept in the vault (`design.md` 5.2).
//!
//! The sealed file is read twice: a glance at its tokens finds who is in it, then, once the spine has a number
//! for everybody, [`stage`] writes its numbered rows in order of person, and apart from them those without a valid ID number, which
//! keep their hub name token. Every row with a record number keeps its hub record token; no other token is kept, and
//! none of a link key.

mod columns;
mod delivered;
mod erased;
mod rows;
mod shelves;
mod tokens;

use columns::unnumbered_schema;
pub(crate) use columns::{is_about_people, staged_schema};
pub(crate) use delivered::DeliveredRows;
pub(crate) use erased::erased_schema;
pub(crate) use rows::{days, months_of_file};
pub(crate) use tokens::{for_each_row, tokens_of};

use std::collections::HashSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use yilian_contract::Contract;
use yilian_token::{Key, Label};

use super::RunError;
use super::seen::{Numbered, SeenRows};
use erased::ErasedRows;
use rows::{Origin, Rewriter, Schemas};

/// One delivery's rows in the vault.
#[derive(Debug, Clone)]
pub(crate) struct StagedFiles {
    pub(crate) dataset: String,
    /// Its rows with a person; all of them where it is not about people.
    pub(crate) numbered: PathBuf,
    /// Its rows without a person; no such file where there are none.
    pub(crate) unnumbered: PathBuf,
    /// What its rows with a tombstone add up to; no such file where there are none.
    pub(crate) erased: PathBuf,
}

/// What staging one delivery needs besides its rows.
pub(crate) struct Staging<'a> {
    pub(crate) contract: &'a Contract,
    pub(crate) hub_key: &'a Key,
    /// Who its rows are about.
    pub(crate) whom: (SeenRows, &'a Numbered),
    /// People whose rows of this office are left out.
    pub(crate) erased: &'a HashSet<i64>,
    /// Where rows may wait for their order, where they are more than so many bytes.
    pub(crate) work: &'a Path,
    pub(crate) bytes_in_memory: usize,
}

/// Writes a delivery's rows: to `files.numbered` in order of person, those without a person to `files.unnumbered`.
///
/// `files.numbered` is there only once all is written and the delivery is proven to be what was accepted.
pub(crate) fn stage(staging: Staging<'_>, delivered: DeliveredRows, files: &StagedFiles) -> Result<(), RunError> {
    let Staging { contract, whom: (seen, numbered), .. } = staging;
    let unnumbered = seen.has_unnumbered().then(|| Unfinished::begin(&files.unnumbered)).transpose()?;
    let canaries = seen.canaries().rows().to_vec();
    let rewriter = Rewriter {
        schemas: Schemas { numbered: staged_schema(contract), unnumbered: unnumbered_schema(contract) },
        origin: Origin {
            delivery_id: delivered.delivery_id().to_owned(),
            place: delivered.manifest().place.clone(),
            period_end: delivered.manifest().period.end(),
        },
        numbers: seen.numbers(numbered)?,
        canaries: &canaries,
        erased: staging.erased,
        bytes_in_memory: staging.bytes_in_memory,
        record: staging.hub_key.tokeniser(Label::HubRecord)?,
        name: staging.hub_key.tokeniser(Label::HubName)?,
    };
    let numbered = Unfinished::begin(&files.numbered)?;
    let sinks = (&numbered.sink, unnumbered.as_ref().map(|file| &file.sink));
    let erased = rewriter.write(delivered, sinks, ErasedRows::none(contract), staging.work)?;
    erased.write(&files.erased)?;
    unnumbered.map(|file| file.finish(&files.unnumbered)).transpose()?;
    numbered.finish(&files.numbered)
}

/// A file that gets its name when it is whole.
struct Unfinished {
    path: PathBuf,
    sink: File,
}

impl Unfinished {
    fn begin(file: &Path) -> Result<Self, RunError> {
        let folder = file.parent().unwrap_or(file);
        fs::create_dir_all(folder).map_err(RunError::io("create", folder))?;
        let path = file.with_extension("unfinished");
        let sink = File::create(&path).map_err(RunError::io("create", &path))?;
        Ok(Self { path, sink })
    }

    /// The folder is made sure of once for all its files, by whoever stages them.
    fn finish(self, file: &Path) -> Result<(), RunError> {
        self.sink.sync_all().map_err(RunError::io("write", &self.path))?;
        fs::rename(&self.path, file).map_err(RunError::io("rename", file))
    }
}
