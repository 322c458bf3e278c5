//! Why a review could not be made.

use std::path::{Path, PathBuf};

use arrow::error::ArrowError;
use parquet::errors::ParquetError;
use yilian_delivery::DeliveryError;
use yilian_pipeline::PipelineError;
use yilian_pipeline::run::RunError;
use yilian_token::KeyError;

/// Why a review could not be made; never what is wrong with the data.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReviewError {
    /// The site or its storage.
    #[error(transparent)]
    Site(#[from] PipelineError),
    /// What was published cannot be read.
    #[error(transparent)]
    Published(#[from] RunError),
    /// The hub's age identity cannot be read.
    #[error("the hub's age identity cannot be read")]
    Identity {
        /// Why.
        #[source]
        source: DeliveryError,
    },
    /// The query log cannot be read.
    #[error("cannot read {}", path.display())]
    File {
        /// The file or its folder.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
    /// The earlier report to compare with is none.
    #[error("the earlier report is no report of `yilian review`")]
    Earlier {
        /// Why.
        #[source]
        source: serde_json::Error,
    },
    /// A known answer could not be recomputed.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A Parquet file of a delivery or publication cannot be read.
    #[error("a Parquet file cannot be read")]
    Parquet(#[from] ParquetError),
    /// Its rows cannot be read.
    #[error("rows of a Parquet file cannot be read")]
    Arrow(#[from] ArrowError),
    /// The page could not be made of its template.
    #[error("the report's page could not be made")]
    Page(#[from] minijinja::Error),
}

impl ReviewError {
    pub(crate) fn file(path: &Path) -> impl Fn(std::io::Error) -> Self {
        move |source| Self::File { path: path.to_owned(), source }
    }
}
