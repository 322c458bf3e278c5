//! Arguments of `yilian explain`.

use clap::{Args, ValueEnum};

use super::Month;

#[derive(Debug, Args)]
pub(crate) struct ExplainArguments {
    /// The flag, as `hub.overlap` numbers it.
    #[arg(required_unless_present_any = ["person", "table"], conflicts_with_all = ["person", "month", "table"])]
    pub(crate) flag: Option<i64>,
    /// A person, as `hub.person` numbers them; with `--month`.
    #[arg(long, requires = "month", value_name = "ID")]
    pub(crate) person: Option<i64>,
    /// The month that is to be explained, 2025-03.
    #[arg(long, requires = "person", value_name = "YYYY-MM")]
    pub(crate) month: Option<Month>,
    /// A number of a release: its table, with `--year` and `--measure`.
    #[arg(long, requires_all = ["year", "measure"], conflicts_with = "person", help_heading = "A number of a release")]
    pub(crate) table: Option<String>,
    /// The year of the release.
    #[arg(long, requires = "table", help_heading = "A number of a release")]
    pub(crate) year: Option<i32>,
    /// Which version of the year [default: the newest].
    #[arg(long = "release-version", requires = "table", value_name = "NUMBER", help_heading = "A number of a release")]
    pub(crate) version: Option<u32>,
    /// Code of the region.
    #[arg(long, requires = "table", default_value = "total", help_heading = "A number of a release")]
    pub(crate) region: String,
    /// A code of a dimension, sex=1; more than once [default: total].
    #[arg(long = "code", requires = "table", value_parser = code, value_name = "DIMENSION=CODE",
        help_heading = "A number of a release")]
    pub(crate) codes: Vec<(String, String)>,
    /// The measure.
    #[arg(long, requires = "table", help_heading = "A number of a release")]
    pub(crate) measure: Option<String>,
    /// Who asks: release sees counts of withheld numbers too.
    #[arg(
        long = "as",
        value_enum,
        default_value = "operator",
        value_name = "ROLE",
        help_heading = "A number of a release"
    )]
    pub(crate) role: ExplainAs,
}

/// Who asks about a number of a release.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExplainAs {
    /// Runs the hub: of a withheld number rule and method, and no count.
    Operator,
    /// Answers for the release: counts too.
    Release,
}

fn code(text: &str) -> Result<(String, String), String> {
    let (dimension, code) = text.split_once('=').ok_or("a code is written DIMENSION=CODE, sex=1")?;
    Ok((dimension.to_owned(), code.to_owned()))
}
