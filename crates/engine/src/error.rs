use std::path::PathBuf;

use datafusion::error::DataFusionError;
use datafusion::parquet::errors::ParquetError;

/// What went wrong at the door to DataFusion.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The memory pool or the spill folder could not be set up.
    #[error("the query engine could not be started with spill folder `{}`", folder.display())]
    Start {
        /// Where spilled rows were to go.
        folder: PathBuf,
        /// The cause.
        #[source]
        source: DataFusionError,
    },
    /// A Parquet file could not be made a table.
    #[error("table `{schema}.{table}` could not be opened from its {files} files")]
    Register {
        /// Schema of the table.
        schema: String,
        /// Name of the table.
        table: String,
        /// How many files it has.
        files: usize,
        /// The cause.
        #[source]
        source: DataFusionError,
    },
    /// A file that is missing or is not Parquet.
    #[error("`{}` cannot be read as Parquet", path.display())]
    Parquet {
        /// The file.
        path: PathBuf,
        /// The cause.
        #[source]
        source: ParquetError,
    },
    /// A path that cannot be written as a file URL.
    #[error("`{}` is not a path that a table can be read from", path.display())]
    Path {
        /// The path.
        path: PathBuf,
    },
    /// Text that is not one SQL query.
    #[error("this is not one SQL query")]
    NotOneQuery {
        /// The parser's words.
        #[source]
        source: DataFusionError,
    },
}
