/// Why a table cannot be protected, or its thresholds cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DisclosureError {
    /// Two rows claim to be the same cell; their sum would be published twice.
    #[error("table {table} has {count} cells that stand in it twice")]
    RepeatedCells {
        /// The table.
        table: String,
        /// How many cells.
        count: usize,
    },
    /// A cell has no measure that counts people, so nothing says whether it is too small.
    #[error("table {table} has {count} cells without a measure that counts people")]
    NoPeople {
        /// The table.
        table: String,
        /// How many cells.
        count: usize,
    },
    /// A count of people is below zero.
    #[error("table {table} has {count} cells with fewer than no people")]
    NegativePeople {
        /// The table.
        table: String,
        /// How many cells.
        count: usize,
    },
    /// `part_of` names a measure that its cell does not have.
    #[error("table {table}: measure {measure} is part of {whole}, which a cell does not have")]
    UnknownWhole {
        /// The table.
        table: String,
        /// The part.
        measure: String,
        /// The measure that is missing.
        whole: String,
    },
    /// A threshold that protects nobody.
    #[error("a threshold of {k} people protects nobody; the least is 2")]
    ThresholdTooLow {
        /// As given.
        k: u32,
    },
    /// A line of `disclosure_threshold.csv` cannot be read.
    #[error("disclosure_threshold.csv line {line}: {reason}")]
    Line {
        /// 1 is the header.
        line: usize,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// No line of `disclosure_threshold.csv` holds for a table on a day.
    #[error("no threshold holds for table {table} on {day}")]
    NoThreshold {
        /// The table.
        table: String,
        /// `YYYY-MM-DD`.
        day: String,
    },
    /// A value of a system is below zero, or so large that sums would overflow.
    #[error("cell {cell} has a value below zero or beyond every count")]
    ImpossibleValue {
        /// Name of the cell.
        cell: String,
    },
    /// What the operators of a cell contributed does not add up to its value.
    #[error("the contributions to cell {cell} are not its value")]
    Contributions {
        /// Name of the cell.
        cell: String,
    },
    /// The true values do not satisfy an equation that everybody is to know.
    #[error("the values of these cells do not satisfy their equation: {}", cells.join(", "))]
    UntrueEquation {
        /// Names of the cells in it.
        cells: Vec<String>,
    },
    /// A primary value stands in a cell that must stay published.
    #[error("these cells must stay published and must not: {}", cells.join(", "))]
    FixedPrimary {
        /// Names of the cells.
        cells: Vec<String>,
    },
    /// More positions than the audit can tell apart.
    #[error("a system has at most {most} positions")]
    TooManyPositions {
        /// The most.
        most: usize,
    },
    /// Whatever may be suppressed is not enough to protect these cells.
    #[error("position {position}: no permitted suppression protects {}", cells.join(", "))]
    Unprotectable {
        /// From where they can be computed.
        position: String,
        /// Names of the cells.
        cells: Vec<String>,
    },
}
