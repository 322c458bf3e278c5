//! The way back: from a row of a delivery to the row of the extract, and from there to the person.
//!
//! The officer's workbook and the answer to a person's request need it, and only inside the department that made the
//! extract.

mod people;
mod plain;
mod row_map;
mod subject;
mod walk;

use std::path::{Path, PathBuf};

use crate::source::digest_of;
use crate::{Fault, IntakeError};

pub use people::{PeopleRequest, PersonCells, people};
pub use plain::Plain;
pub use row_map::{RowMap, SourcePlace, SourceRow};
pub use subject::{
    SubjectCell, SubjectHeader, SubjectRequest, SubjectRow, SubjectRows, SubjectTable, is_excluded, subject_rows,
};

/// Why a row cannot be followed back; never a value of it.
#[derive(Debug, thiserror::Error)]
pub enum TraceError {
    /// The extract cannot be read any more.
    #[error(transparent)]
    Intake(#[from] IntakeError),
    /// The row map cannot be read.
    #[error("cannot read the row map {}", path.display())]
    RowMap {
        /// The file.
        path: PathBuf,
        /// What the reader said.
        #[source]
        source: parquet::errors::ParquetError,
    },
    /// The file is not the one that was packed.
    #[error(
        "{} 不是打包时的那个文件，内容已有变动 is not the file that was packed: its content has changed",
        path.display()
    )]
    AnotherFile {
        /// The file.
        path: PathBuf,
    },
}

impl TraceError {
    /// Whose fault it is.
    pub fn fault(&self) -> Fault {
        match self {
            Self::Intake(error) => error.fault(),
            Self::RowMap { .. } | Self::AnotherFile { .. } => Fault::Input,
        }
    }
}

/// SHA-256 of an extract in hex, which a row map names as its source.
pub fn source_digest(extract: &Path) -> Result<String, IntakeError> {
    digest_of(extract)
}
