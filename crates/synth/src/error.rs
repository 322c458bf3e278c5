//! What can go wrong.

use std::path::PathBuf;

/// Why a world could not be made.
#[derive(Debug, thiserror::Error)]
pub enum SynthError {
    /// A file or folder could not be written.
    #[error("cannot write `{}`: {source}", path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A workbook could not be written.
    #[error("cannot write the workbook `{}`: {source}", path.display())]
    Workbook {
        /// The file.
        path: PathBuf,
        /// Why.
        source: rust_xlsxwriter::XlsxError,
    },
    /// The folder already has something in it.
    #[error("`{}` is not empty\n\nhint: name a folder that does not exist yet, or remove it first", path.display())]
    NotEmpty {
        /// The folder.
        path: PathBuf,
    },
    /// A county code is not six digits.
    #[error(
        "`{place}` is not a county code\n\nhint: give six digits, several joined by commas: --places 150104,150105"
    )]
    NotACounty {
        /// As typed.
        place: String,
    },
    /// Counties of several provinces have no office in common.
    #[error(
        "the counties lie in {provinces} provinces, so no office delivers for all of them\n\nhint: make one world for each province"
    )]
    NoCommonOffice {
        /// How many provinces.
        provinces: usize,
    },
    /// A text could not be made.
    #[error("cannot write the list of files as JSON: {source}")]
    Json {
        /// Why.
        source: serde_json::Error,
    },
}

impl SynthError {
    /// The exit code of the program: 1 the output is at fault, 2 the command line, 3 our bug.
    pub const fn exit_code(&self) -> u8 {
        match self {
            Self::Write { .. } | Self::Workbook { .. } => 1,
            Self::NotEmpty { .. } | Self::NotACounty { .. } | Self::NoCommonOffice { .. } => 2,
            Self::Json { .. } => 3,
        }
    }
}
