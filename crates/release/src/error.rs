use std::path::PathBuf;

/// Why a release cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum ReleaseError {
    /// A file that cannot be read or written.
    #[error("cannot {action} {}", path.display())]
    File {
        /// `read`, `write`, `create`.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
    /// A definition that is no YAML of this form, or contradicts itself.
    #[error("{}: {reason}", file.display())]
    Definition {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A step that the state of a version does not allow.
    #[error("release {year} version {version}: {reason}")]
    NotNow {
        /// The year.
        year: i32,
        /// The version.
        version: u32,
        /// Why not.
        reason: String,
    },
}
