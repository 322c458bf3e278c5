//! Why a file cannot be prepared.

use std::fmt::Write;
use std::path::PathBuf;

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
    /// The bytes are neither UTF-8 nor GB18030.
    #[error("{} is neither UTF-8 nor GB18030 text (first bad bytes in or after row {row})\n\nhint: open it in the program it came from and save it as \"CSV UTF-8\" or as .xlsx", path.display())]
    Encoding {
        /// The file.
        path: PathBuf,
        /// The first row of the part that cannot be decoded.
        row: u64,
    },
    /// A quotation mark is opened and never closed.
    #[error("{}: a quotation mark opened in or after row {row} is never closed\n\nhint: export the table again; do not edit the CSV by hand", path.display())]
    Quotes {
        /// The file.
        path: PathBuf,
        /// The first row of the part that does not end.
        row: u64,
    },
    /// The file begins like a workbook but cannot be read as one.
    #[error("{} cannot be read as an .xlsx workbook: {reason}\n\nhint: save it again as .xlsx (not .xls, not protected by a password) or as CSV UTF-8", path.display())]
    Workbook {
        /// The file.
        path: PathBuf,
        /// What the reader said.
        reason: String,
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
    /// This dataset needs two link keys and is not packed from an extract.
    #[error("{dataset} is made during a change of keys and cannot be packed with one key")]
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

/// One reason to refuse a whole file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// No data row.
    Empty,
    /// A required column is not there.
    MissingColumn {
        /// Its Chinese header.
        header: String,
        /// A header of the file that is probably meant.
        nearest: Option<String>,
    },
    /// Two columns of the file are the same column of the contract.
    DoubleColumn {
        /// Its Chinese header.
        header: String,
    },
    /// A required column has no value in any row.
    NullColumn {
        /// The header in the file.
        header: String,
    },
    /// A spreadsheet rounded the ID numbers.
    SpreadsheetDamage {
        /// The header in the file.
        header: String,
        /// Cells like `1.50104E+17`.
        scientific: u64,
        /// 18-digit numbers that end in 000.
        zeros: u64,
        /// 18-digit numbers in all.
        numbers: u64,
    },
}

fn listed(problems: &[Problem]) -> String {
    let mut text = String::new();
    for problem in problems {
        let _ = match problem {
            Problem::Empty => write!(text, "\n  - the file has no data row"),
            Problem::MissingColumn { header, nearest: None } => {
                write!(text, "\n  - the required column {header} is missing")
            }
            Problem::MissingColumn { header, nearest: Some(nearest) } => {
                write!(text, "\n  - the required column {header} is missing (is it {nearest}?)")
            }
            Problem::DoubleColumn { header } => write!(text, "\n  - the column {header} is there twice"),
            Problem::NullColumn { header } => {
                write!(text, "\n  - the required column {header} is empty in every row")
            }
            Problem::SpreadsheetDamage { header, scientific, zeros, numbers } => write!(
                text,
                "\n  - the column {header} was damaged by a spreadsheet: {scientific} numbers are in scientific notation, {zeros} of {numbers} 18-digit numbers end in 000"
            ),
        };
    }
    let damage = problems.iter().any(|problem| matches!(problem, Problem::SpreadsheetDamage { .. }));
    text.push_str(if damage {
        "\n\nhint: a spreadsheet keeps 15 digits of a number. Export again from the business system, or set the column to 文本 (text) before the numbers are pasted or imported; the lost digits cannot be restored"
    } else {
        "\n\nhint: export the table again with the headers of the contract in one row on top"
    });
    text
}
