use std::io;
use std::path::PathBuf;

use parquet::errors::ParquetError;
use rust_xlsxwriter::XlsxError;

/// Why the files of a version cannot be written, checked or searched.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    /// A file or folder that cannot be read or written; one that exists is not overwritten.
    #[error("cannot {action} {}", path.display())]
    File {
        /// `read`, `write`, `create`, `list`.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// Restricted tables would lie among what is published.
    #[error(
        "{} lies within {}, which is published\n\nhint: name a folder beside it",
        restricted.display(),
        public.display()
    )]
    RestrictedWithinPublic {
        /// Where the restricted tables would go.
        restricted: PathBuf,
        /// What is published.
        public: PathBuf,
    },
    /// The id of a version that cannot stand in every format.
    #[error(
        "id of the version: `{id}` is empty or holds something else than small letters, digits, `-` and `_`\n\n\
         hint: such as `elders-1501-2025-1`"
    )]
    VersionId {
        /// What was given.
        id: String,
    },
    /// Rows that contradict their definition.
    #[error(
        "table `{table}`: {rows} rows with {defect}\n\nhint: this is a mistake of the program, not of a department"
    )]
    Rows {
        /// The table.
        table: String,
        /// What is wrong with them.
        defect: RowDefect,
        /// How many.
        rows: usize,
    },
    /// A dimension whose name another column has.
    #[error("table `{table}`: a dimension cannot be called `{name}`, which names another column\n\nhint: rename it")]
    ColumnName {
        /// The table.
        table: String,
        /// The dimension.
        name: String,
    },
    /// Two codes that SDMX cannot tell apart.
    #[error("code list `{list}`: `{code}` would stand for two codes\n\nhint: rename one of them")]
    SdmxCode {
        /// The list of the structure.
        list: String,
        /// The code in it.
        code: String,
    },
    /// A table that a reader needs the public threshold of.
    #[error("table `{table}` has no threshold in this version\n\nhint: give k, or none for what is a public register")]
    NoThreshold {
        /// The table.
        table: String,
    },
    /// Parquet that cannot be written.
    #[error("cannot write `{table}` as Parquet")]
    Parquet {
        /// The table.
        table: String,
        /// What the writer says.
        #[source]
        source: ParquetError,
    },
    /// A workbook that cannot be written.
    #[error("cannot write the workbook")]
    Workbook {
        /// What the writer says.
        #[source]
        source: XlsxError,
    },
    /// A text file that cannot be put together.
    #[error("cannot write {file}")]
    Text {
        /// Path in the folder.
        file: String,
        /// What the writer says.
        #[source]
        source: io::Error,
    },
    /// A path that a list of checksums cannot hold.
    #[error("{} has a name that a list of checksums cannot hold\n\nhint: rename or remove it", path.display())]
    Unlistable {
        /// The file.
        path: PathBuf,
    },
    /// A line of a list of checksums that is none.
    #[error("{}, line {line}: expected 64 hexadecimal digits, two spaces and a path", path.display())]
    SumsLine {
        /// The list.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
    },
    /// A marker that would be found everywhere.
    #[error("marker {index} has fewer than 6 digits\n\nhint: a short number stands in every file by chance")]
    ShortMarker {
        /// Its place among the markers, from 0.
        index: usize,
    },
    /// Markers that cannot be searched for.
    #[error("cannot search for so many markers")]
    Markers {
        /// What the searcher says.
        #[source]
        source: Box<aho_corasick::BuildError>,
    },
}

/// How a row contradicts its definition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RowDefect {
    /// A measure that the definition does not have.
    UnknownMeasure,
    /// Another number of dimensions than the definition has.
    Dimensions,
    /// A code that its dimension does not have.
    UnknownCode,
    /// A region whose code stands for another region elsewhere.
    Region,
    /// A value without the status `published` or `zero`, one of those without a value, or a `zero` that is none.
    ValueAgainstStatus,
    /// A value of more than 16 digits before the decimal point.
    TooLarge,
    /// The cell and measure of another row.
    Repeated,
}

impl std::fmt::Display for RowDefect {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::UnknownMeasure => "a measure that the definition does not have",
            Self::Dimensions => "another number of dimensions than the definition",
            Self::UnknownCode => "a code that its dimension does not have",
            Self::Region => "a region whose code has another name or level elsewhere",
            Self::ValueAgainstStatus => "a value that contradicts their status",
            Self::TooLarge => "a value that is too large",
            Self::Repeated => "the cell and measure of another row",
        })
    }
}
