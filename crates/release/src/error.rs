use std::fmt;
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
    /// A template of the bulletin that is not sound.
    #[error("the bulletin cannot be written; its templates are part of the program, please report this")]
    Page(#[from] minijinja::Error),
    /// A model gives a column in another form than its definition.
    #[error("table {table}: its model has no column `{column}` of {wanted}")]
    Column {
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// What it must hold.
        wanted: &'static str,
    },
    /// Nothing says whose the money or staff of a table is.
    #[error(
        "table {table}: annual.yaml says that operators make it up, and no model `{table}_operator_cell` says which"
    )]
    NoOperators {
        /// The table.
        table: String,
    },
    /// A file of the version cannot be made.
    #[error(transparent)]
    Files(#[from] crate::files::FilesError),
    /// What is to be released cannot be protected.
    #[error(transparent)]
    Disclosure(#[from] yilian_disclosure::DisclosureError),
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
    /// A file of the right form whose parts do not fit; everything that is wrong with it.
    #[error("{}:{}", file.display(), listed(faults))]
    Faults {
        /// The file.
        file: PathBuf,
        /// What is wrong with it, in the order of the file.
        faults: Vec<Fault>,
    },
    /// No definition describes this table.
    #[error("there is no table `{name}`{}", suggestion(nearest.as_deref()))]
    NoTable {
        /// The name as given.
        name: String,
        /// The closest table.
        nearest: Option<String>,
    },
    /// A name in a question about a number that nothing has.
    #[error("there is no {what} `{name}`{}", suggestion(nearest.as_deref()))]
    NoName {
        /// `region`, `measure`, `dimension` or `category`.
        what: &'static str,
        /// The name as given.
        name: String,
        /// The closest valid one.
        nearest: Option<String>,
    },
    /// All names are valid, and the version has no such number.
    #[error("table {table} is not divided so finely at region {region}; ask for `total` of a dimension")]
    NotPlanned {
        /// The table.
        table: String,
        /// The region.
        region: String,
    },
    /// A counted cell has another number of dimensions or measures than its table.
    #[error("table {table}: a counted cell has not as many dimensions and measures as the definition")]
    Shape {
        /// The table.
        table: String,
    },
    /// Counted cells have a code that their dimension does not list; they would be in no category and in every total.
    #[error(
        "table {table}: {count} counted cells have a code of `{dimension}` that is none of its categories; list it"
    )]
    UnlistedCategory {
        /// The table.
        table: String,
        /// The dimension.
        dimension: String,
        /// How many cells.
        count: usize,
    },
    /// A measure is null in some cells of a category and counted in others; its sums would be too low.
    #[error(
        "table {table}: `{measure}` is null in some counted cells and not in others of the same category; count it everywhere"
    )]
    HalfCounted {
        /// The table.
        table: String,
        /// The measure.
        measure: String,
    },
    /// A part is larger than the measure that it is part of.
    #[error(
        "table {table}: `{measure}` is larger than what it is part of in {count} cells; the model counts them apart"
    )]
    PartAboveWhole {
        /// The table.
        table: String,
        /// The part.
        measure: String,
        /// How many cells.
        count: usize,
    },
    /// Two numbers that `annual.yaml` says are the same are not, or a part of another is larger.
    #[error(
        "link of {left} and {right}: it does not hold for {count} pairs of sums; mend the models or take it out of annual.yaml"
    )]
    BrokenLink {
        /// One side.
        left: String,
        /// The other.
        right: String,
        /// How many pairs.
        count: usize,
    },
    /// A sum or a ratio is beyond 18 digits.
    #[error("table {table}: a number is too large to be kept exactly")]
    TooLarge {
        /// The table.
        table: String,
    },
    /// The fates were made for other cells.
    #[error("{found} cells have a fate, and the cube has {expected} cells; protect this cube again")]
    OtherCells {
        /// Cells of the cube.
        expected: usize,
        /// Fates.
        found: usize,
    },
    /// Measures of one cell have fates that do not go together.
    #[error("table {table}: in {count} cells one measure is withheld and another is not; they share one fate")]
    SplitFate {
        /// The table.
        table: String,
        /// How many cells.
        count: usize,
    },
    /// A fate says that a value is there which is not, or that it is zero and it is not.
    #[error("table {table}: {count} cells have a fate that their value contradicts; protect this cube again")]
    FalseFate {
        /// The table.
        table: String,
        /// How many cells.
        count: usize,
    },
}

/// One thing that is wrong in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// A name that nothing has.
    Unknown {
        /// Where in the file, as a reader would say it: "measure `visited`".
        place: String,
        /// What kind of name.
        what: &'static str,
        /// The name as written.
        name: String,
        /// The closest valid name.
        nearest: Option<String>,
    },
    /// A name that stands twice where it must stand once.
    Repeated {
        /// Where in the file.
        place: String,
        /// What kind of name.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// Parts that do not fit.
    Contradiction {
        /// Where in the file.
        place: String,
        /// What does not fit, and what would.
        reason: &'static str,
    },
}

impl ReleaseError {
    pub(crate) fn no_name<'a>(what: &'static str, name: &str, valid: impl Iterator<Item = &'a str>) -> Self {
        let nearest = yilian_contract::nearest(name, valid).map(str::to_owned);
        Self::NoName { what, name: name.to_owned(), nearest }
    }
}

impl Fault {
    /// A name that is none of the valid ones, with the nearest of them.
    pub(crate) fn unknown<'a>(
        place: &str,
        what: &'static str,
        name: &str,
        valid: impl Iterator<Item = &'a str>,
    ) -> Self {
        let nearest = yilian_contract::nearest(name, valid).map(str::to_owned);
        Self::Unknown { place: place.to_owned(), what, name: name.to_owned(), nearest }
    }

    pub(crate) fn repeated(place: &str, what: &'static str, name: &str) -> Self {
        Self::Repeated { place: place.to_owned(), what, name: name.to_owned() }
    }

    pub(crate) fn contradiction(place: &str, reason: &'static str) -> Self {
        Self::Contradiction { place: place.to_owned(), reason }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown { place, what, name, nearest } => {
                write!(f, "{place}: unknown {what} `{name}`{}", suggestion(nearest.as_deref()))
            }
            Self::Repeated { place, what, name } => write!(f, "{place}: {what} `{name}` stands twice"),
            Self::Contradiction { place, reason } => write!(f, "{place}: {reason}"),
        }
    }
}

fn suggestion(nearest: Option<&str>) -> String {
    nearest.map(|nearest| format!("; the nearest valid one is `{nearest}`")).unwrap_or_default()
}

fn listed(faults: &[Fault]) -> String {
    let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
    lines.iter().flat_map(|line| ["\n  ", line.as_str()]).collect()
}
