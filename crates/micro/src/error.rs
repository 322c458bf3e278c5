use std::path::PathBuf;

/// Why micro data cannot be asked.
#[derive(Debug, thiserror::Error)]
pub enum MicroError {
    /// `shapes.yaml` or a file of rows cannot be read.
    #[error("cannot read {}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
    /// `shapes.yaml` is no YAML of this form.
    #[error("{}: {reason}", file.display())]
    Shapes {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// `shapes.yaml` does not fit with the tables of the release.
    #[error("{}: {}", file.display(), faults.join("; "))]
    Faults {
        /// The file.
        file: PathBuf,
        /// Everything that does not.
        faults: Vec<String>,
    },
    /// A file of rows is no table of its model.
    #[error("{}: {reason}; make the release again", path.display())]
    Rows {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A table has not the files that the others have.
    #[error("the rows of micro.{table} are not whole; make the release again")]
    Buckets {
        /// The table.
        table: String,
    },
    /// A question of more cells than are counted at once.
    #[error("the question has {cells} cells, more than the {most} that are answered at once")]
    TooManyCells {
        /// Cells of the shape.
        cells: usize,
        /// The limit.
        most: usize,
    },
    /// A sum that does not fit into 64 bits of its last decimal.
    #[error("a sum is too large to be counted")]
    TooLarge,
    /// The asker has gone, or has cancelled.
    #[error("the question was cancelled")]
    Cancelled,
    /// The noise key cannot be used.
    #[error("the noise key cannot be used")]
    NoiseKey(#[from] yilian_token::KeyError),
    /// What is published of the year cannot be read.
    #[error(transparent)]
    Release(#[from] yilian_release::ReleaseError),
}

impl MicroError {
    /// Whether the hub's files are at fault, which the words name, and not the question.
    pub fn is_the_hubs(&self) -> bool {
        matches!(self, Self::File { .. } | Self::Rows { .. } | Self::Buckets { .. } | Self::Release(_))
    }

    /// What to do next.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::TooManyCells { .. } => {
                Some("ask with fewer dimensions, or filter them to fewer categories".to_owned())
            }
            _ => None,
        }
    }
}
