//! What can stop the demonstration, whose fault it is, and what to do about it.

use std::io;
use std::path::PathBuf;

/// Why the demonstration stopped.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DemoError {
    /// A program that should lie beside this one is not there.
    #[error("the program `{program}` is not in {}", folder.display())]
    ProgramMissing {
        /// File name of the program.
        program: String,
        /// Where it was looked for.
        folder: PathBuf,
    },
    /// A program ended with another exit code than 0.
    #[error("`{command}` ended with exit code {code}\n{stderr}")]
    ProgramFailed {
        /// The command line as a person would type it.
        command: String,
        /// Its exit code; -1 where a signal ended it.
        code: i32,
        /// What it wrote on standard error.
        stderr: String,
    },
    /// A program answered something else than the JSON that was expected.
    #[error("`{command}` answered in an unknown form")]
    UnknownAnswer {
        /// The command line as a person would type it.
        command: String,
        /// What the JSON reader says.
        #[source]
        source: serde_json::Error,
    },
    /// The folder for the demonstration holds something that no demonstration wrote.
    #[error("{} holds something else than a former demonstration", folder.display())]
    NotADemo {
        /// The folder.
        folder: PathBuf,
    },
    /// No folder with `schemas/` and `pipelines/` above the current folder or the program.
    #[error("no folder with `schemas` and `pipelines` above {}", from.display())]
    NoRepository {
        /// Where the search began.
        from: PathBuf,
    },
    /// A file or folder could not be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// A file is not in the form in which it should be.
    #[error("{}: {problem}", path.display())]
    Form {
        /// The file.
        path: PathBuf,
        /// What is wrong with it; never a value of a row.
        problem: String,
    },
    /// The hub has published nothing yet.
    #[error("{} holds no publication", store.display())]
    NothingPublished {
        /// The hub's store.
        store: PathBuf,
    },
    /// A table that the publication should name is not in it.
    #[error("the publication names no table `{table}`")]
    NoTable {
        /// Name of the table with its schema.
        table: String,
    },
    /// A published table lacks a column or has it in another type.
    #[error("table `{table}` has no column `{column}` of type {expected}")]
    NoColumn {
        /// Name of the table with its schema.
        table: String,
        /// Name of the column.
        column: String,
        /// The Arrow type that was expected.
        expected: &'static str,
    },
    /// A key file could not be used.
    #[error("{}: {problem}", path.display())]
    Key {
        /// The key file.
        path: PathBuf,
        /// What the key reader says.
        problem: String,
    },
    /// Not every extract could be packed.
    #[error("{} of the extracts could not be packed:\n{}", failures.len(), failures.join("\n"))]
    NotPacked {
        /// One line for each, with the program's own message.
        failures: Vec<String>,
    },
    /// The hub refused deliveries.
    #[error("the hub refused {} deliveries:\n{}", refused.len(), refused.join("\n"))]
    Refused {
        /// One line for each, with the reasons of its receipt.
        refused: Vec<String>,
    },
}

impl DemoError {
    /// What to type next, if anything would help.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::ProgramMissing { .. } => Some("run `cargo build` in the repository; it builds all programs"),
            Self::NotADemo { .. } => Some("name an empty or new folder with `--out`"),
            Self::NoRepository { .. } => Some("start the demonstration inside the repository"),
            _ => None,
        }
    }

    /// 1 where files or the place are at fault, 2 where the command line is, 3 where a program of ours is.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::ProgramMissing { .. } | Self::NoRepository { .. } | Self::File { .. } => 1,
            Self::NotADemo { .. } => 2,
            _ => 3,
        }
    }

    pub(crate) fn file(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { path, source }
    }
}
