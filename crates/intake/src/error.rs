//! Why a file cannot be prepared.

use std::path::PathBuf;

use crate::problem::{Problem, listed};

/// Whose fault an error is; programs turn it into an exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The file or what stands beside it.
    Input,
    /// This program.
    Bug,
}

/// Why there is no delivery; never a value of a row.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// A file cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Input {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        source: std::io::Error,
    },
    /// A result cannot be written.
    #[error("cannot write {}: {source}\n\nhint: is the disk full, or the folder not yours?", path.display())]
    Output {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        source: std::io::Error,
    },
    /// The bytes are text of no known encoding.
    #[error("{} is neither UTF-8 nor UTF-16 nor GB18030 text (first bad bytes in or after row {row})\n\nhint: open it in the program it came from and save it as \"CSV UTF-8\" or as .xlsx", path.display())]
    Encoding {
        /// The file.
        path: PathBuf,
        /// The first row of the part that cannot be decoded.
        row: u64,
    },
    /// A quotation mark is not closed, or stands within a cell.
    #[error("{}: a quotation mark in or after row {row} is not closed, or stands within a cell, so that rows cannot be told apart\n\nhint: export the table again, as .xlsx or as CSV with every text in quotation marks; do not edit the CSV by hand", path.display())]
    Quotes {
        /// The file.
        path: PathBuf,
        /// The row, or the first row of a part that does not end.
        row: u64,
    },
    /// The file begins like a workbook but cannot be read as one.
    #[error("{} cannot be read as an .xlsx workbook: {reason}\n\nhint: save it again as .xlsx (not .xls, not protected by a password) or as CSV UTF-8", path.display())]
    Workbook {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The file as a whole is refused, for all of these reasons.
    #[error("{} is refused ({rows} data rows):{}", path.display(), listed(problems))]
    Refused {
        /// The file.
        path: PathBuf,
        /// Data rows seen.
        rows: u64,
        /// Everything that is wrong with it.
        problems: Vec<Problem>,
    },
    /// Too large a share of the rows is rejected.
    #[error("{}: {rejected} of {read} rows are rejected, more than the {}.{} % that the contract tolerates\n\nhint: correct the rows listed in {} and pack again", path.display(), permille / 10, permille % 10, rejects.display())]
    TooManyRejects {
        /// The file.
        path: PathBuf,
        /// Rejected rows.
        rejected: u64,
        /// Data rows.
        read: u64,
        /// The contract's tolerance in thousandths.
        permille: u16,
        /// The list of rejected rows.
        rejects: PathBuf,
    },
    /// The list of protected people has a line that is no ID number.
    #[error("{}: line {line} is not an ID number\n\nhint: one ID number a line; a line that begins with # is a comment", path.display())]
    Exclude {
        /// The list.
        path: PathBuf,
        /// The line, counted from 1.
        line: usize,
    },
    /// The list of village classes cannot be used.
    #[error("{}: {reason}\n\nhint: a CSV with the columns code (12 digits) and class (111 to 220)", path.display())]
    VillageClasses {
        /// The list.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// A canary cannot be planted: its row would stay, or leave without a token.
    #[error(
        "canary {canary} cannot be planted in {contract}: {column}: {why}\n\nhint: use the schemas of the release, a place that is in schemas/codes/region.csv and a period in which canaries are 60"
    )]
    Canary {
        /// Its name in `schemas/canaries.csv`.
        canary: String,
        /// The contract.
        contract: String,
        /// The column at fault.
        column: String,
        /// What is wrong.
        why: &'static str,
    },
    /// This dataset needs two link keys.
    #[error(
        "{dataset} is made with two link keys, the present one and the next one\n\nhint: `yilian-dept keys new --use link --next` makes the next one in the first department; the others get it as a file"
    )]
    Bridge {
        /// The dataset.
        dataset: String,
    },
    /// The key cannot make link tokens.
    #[error(transparent)]
    Key(#[from] yilian_token::KeyError),
    /// Parquet cannot be written.
    #[error("cannot write {}: {source}", path.display())]
    Parquet {
        /// The file.
        path: PathBuf,
        /// What the writer said.
        #[source]
        source: parquet::errors::ParquetError,
    },
    /// Rows or money were lost between reading and writing: a bug.
    #[error("{}: {benefits} control totals do not add up ({rows} rows, {fen} fen apart); nothing was packed\n\nhint: this is a fault of the program, please report it with the program's version", path.display())]
    Imbalance {
        /// The source file.
        path: PathBuf,
        /// Number of benefits and months that differ.
        benefits: usize,
        /// Rows apart.
        rows: i64,
        /// Money apart.
        fen: i64,
    },
    /// The contract names something that the schemas do not have: the loader should have refused it.
    #[error("contract {contract}: {what}")]
    Contract {
        /// The contract.
        contract: String,
        /// What is wrong with it.
        what: String,
    },
    /// Something that cannot happen: a bug.
    #[error(
        "a step that cannot fail has failed: {step}\n\nhint: this is a fault of the program, please report it with the program's version"
    )]
    Bug {
        /// The step.
        step: &'static str,
    },
}

impl IntakeError {
    /// Whose fault it is.
    pub fn fault(&self) -> Fault {
        match self {
            Self::Imbalance { .. } | Self::Bug { .. } | Self::Parquet { .. } => Fault::Bug,
            _ => Fault::Input,
        }
    }
}
