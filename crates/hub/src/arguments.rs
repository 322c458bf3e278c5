//! The command line.

#[cfg(feature = "cluster")]
mod cluster;
mod explain;
mod release;
mod serve;

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, Parser, Subcommand, ValueEnum};
use yilian_access::Role;
use yilian_contract::Department;
use yilian_delivery::{Recipient, SignatureKey};
use yilian_pipeline::site::LinkKey;
use yilian_token::Algorithm;

#[cfg(feature = "cluster")]
pub(crate) use cluster::{ClusterCommand, ExecutorArguments, SchedulerArguments};
pub(crate) use explain::{ExplainArguments, ExplainAs, Month};
pub(crate) use release::{ReleaseArguments, SignAs, VerifyArguments, WorkArguments};
pub(crate) use serve::{ServeArguments, UserArguments, UsersCommand};

/// The hub: receives departments' sealed deliveries, finds overlaps, publishes statistics.
#[derive(Debug, Parser)]
#[command(name = "yilian", version, max_term_width = 100)]
pub(crate) struct Arguments {
    /// The site folder.
    #[arg(long, global = true, default_value = ".", value_name = "DIR")]
    pub(crate) site: PathBuf,
    /// The folder of contracts and code lists [default: `$YILIAN_SCHEMAS`, else schemas/ here or above].
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) schemas: Option<PathBuf>,
    /// Answer in JSON.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a site folder.
    Init(InitArguments),
    /// Make keys.
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Say who may deliver.
    #[command(subcommand)]
    Senders(SendersCommand),
    /// Judge the deliveries of an inbox: accept, or quarantine with a receipt.
    Receive(ReceiveArguments),
    /// Make the night's run: receive, model, check, publish.
    Run(RunArguments),
    /// Several machines for one run.
    #[cfg(feature = "cluster")]
    #[command(subcommand)]
    Cluster(ClusterCommand),
    /// Show the runs that were published, or one of them.
    Status(StatusArguments),
    /// Ask the current publication in SQL.
    Sql(SqlArguments),
    /// Answer questions in SQL over the network, in the protocol of PostgreSQL.
    Serve(ServeArguments),
    /// Say who may ask over the network.
    #[command(subcommand)]
    Users(UsersCommand),
    /// Explain a flag, or why a person's month has none.
    Explain(ExplainArguments),
    /// Look after contracts, code lists and rules.
    #[command(subcommand)]
    Rules(RulesCommand),
    /// Remove what is older than pipelines/retention.yaml says.
    Prune(PruneArguments),
    /// Write the privacy reviewer's report: what can be recomputed, scanned and counted.
    Review(ReviewArguments),
    /// Write the monthly monitor as a workbook, for inside use.
    Report(ReportArguments),
    /// Make the next version of a year's statistics, sign one, or publish one.
    Release(ReleaseArguments),
    /// Make a version of a year's statistics again and compare every byte.
    Verify(VerifyArguments),
}

#[derive(Debug, Args)]
pub(crate) struct ReportArguments {
    /// The month, such as 2025-03.
    pub(crate) month: String,
    /// Where the workbook is written [default: monitor-MONTH.xlsx in the site folder].
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ReviewArguments {
    /// Where the report is written [default: review/ in the site folder].
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,

    /// An earlier review.json to compare with [default: the one that the new report replaces].
    #[arg(long, value_name = "FILE")]
    pub(crate) since: Option<PathBuf>,

    /// The day from which ages of what is kept are counted back [default: today].
    #[arg(long, value_name = "DATE")]
    pub(crate) as_of: Option<NaiveDate>,
}

#[derive(Debug, Args)]
pub(crate) struct PruneArguments {
    /// The day from which ages are counted back [default: today].
    #[arg(long, value_name = "DATE")]
    pub(crate) as_of: Option<NaiveDate>,
    /// Say what would be removed, and remove nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
}

#[derive(Debug, Args)]
pub(crate) struct InitArguments {
    /// The folder to make.
    pub(crate) folder: PathBuf,
    /// Code of the place the hub works for, 2, 4 or 6 digits.
    #[arg(long)]
    pub(crate) place: String,
    /// Its name, for people.
    #[arg(long, default_value = "")]
    pub(crate) name: String,
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// Make one key in the vault; an existing key is never overwritten.
    New(NewKeyArguments),
    /// Make the next hub key; the next run recomputes every hub token with it and keeps all numbers.
    Rotate(RotateArguments),
}

#[derive(Debug, Args)]
pub(crate) struct NewKeyArguments {
    /// What the key is for.
    #[arg(long = "use", value_enum, value_name = "USE")]
    pub(crate) key_use: NewKeyUse,
    /// HS256 (HMAC-SHA-256) or HSM3 (HMAC-SM3); for hub and noise.
    #[arg(long, value_parser = algorithm, default_value = "HS256")]
    pub(crate) algorithm: Algorithm,
    /// Name of the key [default: use, year and `a`].
    #[arg(long)]
    pub(crate) kid: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct RotateArguments {
    /// HS256 (HMAC-SHA-256) or HSM3 (HMAC-SM3) [default: that of the present key].
    #[arg(long, value_parser = algorithm)]
    pub(crate) algorithm: Option<Algorithm>,
    /// Name of the next key [default: hub and today's date].
    #[arg(long)]
    pub(crate) kid: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum NewKeyUse {
    /// The second HMAC over the departments' tokens.
    Hub,
    /// Opens the departments' deliveries.
    Age,
    /// Signs what goes back to the departments.
    Sign,
    /// Perturbation of answers.
    Noise,
}

#[derive(Debug, Subcommand)]
pub(crate) enum SendersCommand {
    /// Register a department's office in site.yaml.
    Add(SenderArguments),
    /// Show who is registered.
    List,
}

#[derive(Debug, Args)]
pub(crate) struct SenderArguments {
    /// Code of the office's place, 2, 4 or 6 digits.
    #[arg(long)]
    pub(crate) place: String,
    /// `civil_affairs`, `health`, `medical_insurance`, `disabled_federation` or `human_resources`.
    #[arg(long)]
    pub(crate) department: Department,
    /// The office's minisign public key, RW….
    #[arg(long)]
    pub(crate) signature_key: SignatureKey,
    /// The office's age recipient, age1….
    #[arg(long)]
    pub(crate) recipient: Option<Recipient>,
    /// Datasets it may deliver [default: all of its department].
    #[arg(long, value_delimiter = ',')]
    pub(crate) datasets: Vec<String>,
    /// Check value of a link key it may use; CHECK@FROM..TO limits it to periods that end between two days.
    #[arg(long = "link-key", value_parser = link_key, value_name = "CHECK[@FROM..TO]")]
    pub(crate) link_keys: Vec<LinkKey>,
}

#[derive(Debug, Args)]
pub(crate) struct ReceiveArguments {
    /// The folder with deliveries [default: the site's inbox].
    pub(crate) inbox: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct RunArguments {
    /// The pipeline, pipelines/nightly.yaml.
    pub(crate) pipeline: PathBuf,
    /// The day the run is made for [default: today].
    #[arg(long, value_name = "DATE")]
    pub(crate) as_of: Option<NaiveDate>,
    /// Memory that queries may hold before they spill, 1GB [default: as in site.yaml].
    #[arg(long, value_name = "SIZE")]
    pub(crate) memory_limit: Option<String>,
    /// Buckets and deliveries worked on side by side [default: all cores].
    #[arg(long)]
    pub(crate) threads: Option<usize>,
    /// Number of buckets [default: by the memory limit]; no result depends on it.
    #[arg(long)]
    pub(crate) buckets: Option<u32>,
    /// The scheduler of a cluster that computes the buckets [default: this machine].
    #[arg(long, value_name = "df://HOST:PORT", requires = "cluster_storage")]
    pub(crate) cluster: Option<String>,
    /// The storage that the hub shares with the executors: a folder or an S3 URL, with the AWS_… variables.
    #[arg(long, value_name = "URL", requires = "cluster")]
    pub(crate) cluster_storage: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct StatusArguments {
    /// A run id (or its beginning) or a publication number [default: all].
    pub(crate) run: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct SqlArguments {
    /// One question; without it a prompt asks for many.
    #[arg(short = 'c', long = "command", value_name = "SQL", group = "question")]
    pub(crate) command: Option<String>,
    /// A file of questions, each ending with a semicolon.
    #[arg(short = 'f', long = "file", value_name = "FILE", group = "question")]
    pub(crate) file: Option<PathBuf>,
    /// statistician sees release.* and statistics.*; reviewer and release also restricted.*; operator also hub.* and evidence.*.
    #[arg(long = "as", default_value = "statistician", value_name = "ROLE")]
    pub(crate) role: Role,
    /// How answers are written [default: table, with --json json].
    #[arg(long, value_enum)]
    pub(crate) format: Option<SqlFormat>,
    /// Where the answers are written [default: standard output]; a file that is there already is kept.
    #[arg(long, value_name = "FILE", requires = "question", required_if_eq("format", "parquet"))]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SqlFormat {
    /// For eyes.
    Table,
    /// One array of objects.
    Json,
    /// One object a line.
    Jsonl,
    /// With a header.
    Csv,
    /// A Parquet file; one question, and --out says where.
    Parquet,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RulesCommand {
    /// Read contracts, code lists, rules and calendar, and name every mistake.
    Check,
}

fn algorithm(text: &str) -> Result<Algorithm, String> {
    text.parse().map_err(|()| "write HS256 or HSM3".to_owned())
}

fn link_key(text: &str) -> Result<LinkKey, String> {
    let (check_value, days) = text.split_once('@').unwrap_or((text, ".."));
    let (from, to) = days.split_once("..").ok_or("the days of a link key are written FROM..TO")?;
    let day = |text: &str| -> Result<Option<NaiveDate>, String> {
        let wrong = |_| format!("{text} is not a day; write 2026-01-31");
        if text.is_empty() { Ok(None) } else { text.parse().map(Some).map_err(wrong) }
    };
    Ok(LinkKey { check_value: check_value.to_owned(), from: day(from)?, to: day(to)? })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn a_link_key_may_be_limited_to_days() {
        let key = link_key("23d246cdbcb030aa@2025-01-01..").unwrap();
        assert_eq!((key.from, key.to), ("2025-01-01".parse().ok(), None));
        assert_eq!(link_key("23d246cdbcb030aa").unwrap().from, None);
        assert!(link_key("23d246cdbcb030aa@2025").is_err());
    }
}
