use std::path::PathBuf;

use arrow::error::ArrowError;
use parquet::errors::ParquetError;
use yilian_contract::ContractError;
use yilian_delivery::Refusal;
use yilian_engine::{DataFusionError, EngineError, QueryFailure, TableName};

use crate::canary::CanaryFault;
use crate::error::{Fault, PipelineError};

/// Why a run was not published; nothing that a reader sees has changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// The site or its storage.
    #[error(transparent)]
    Site(#[from] PipelineError),
    /// Contracts, code lists, rules or the calendar have mistakes; all of them.
    #[error("{} mistake(s) in contracts, rules or calendar:\n  {}", mistakes.len(), list(mistakes))]
    Contracts {
        /// The mistakes.
        mistakes: Vec<ContractError>,
    },
    /// The pipeline file does not read as it should.
    #[error("{} is not a pipeline: {reason}", file.display())]
    Pipeline {
        /// The file.
        file: PathBuf,
        /// Why.
        reason: String,
    },
    /// A model of `sql/` cannot be used.
    #[error("model {}: {reason}", file.display())]
    Model {
        /// The file.
        file: PathBuf,
        /// Why.
        reason: String,
    },
    /// A model reads a table that nobody makes.
    #[error("model {model} reads {missing}, which is no model, dataset or reference table{}", nearest_text(nearest.as_ref()))]
    UnknownTable {
        /// The model.
        model: TableName,
        /// What it reads.
        missing: TableName,
        /// The nearest table there is.
        nearest: Option<String>,
    },
    /// Models that read each other in a circle.
    #[error("these models read each other in a circle: {}", models.join(", "))]
    Circle {
        /// Their names.
        models: Vec<String>,
    },
    /// Canaries of accepted deliveries are wrong: people's rows would not meet, or would not be safe.
    #[error("canaries are not as they must be:\n  {}", faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n  "))]
    Canaries {
        /// All that is wrong.
        faults: Vec<CanaryFault>,
    },
    /// An accepted delivery is no longer what was accepted.
    #[error("delivery {delivery_id} cannot be read again: {}", refusals.iter().map(Refusal::en).collect::<Vec<_>>().join("; "))]
    Delivery {
        /// Which.
        delivery_id: String,
        /// Every reason.
        refusals: Vec<Refusal>,
    },
    /// The hub key cannot be used.
    #[error("the hub key cannot be used")]
    HubKey(#[from] yilian_token::KeyError),
    /// The noise key cannot be used.
    #[error("the noise key, which makes record keys, cannot be used")]
    NoiseKey(#[source] yilian_token::KeyError),
    /// `hub.jwk` is not the key by which people are known.
    #[error("the hub key in the vault has the check value {found}, the spine was made with {wanted}")]
    AnotherHubKey {
        /// Check value that the last publication names.
        wanted: String,
        /// Check value of the key file.
        found: String,
    },
    /// The hub key is being changed.
    #[error("the hub key is being changed: vault/hub.next.jwk is there")]
    HubKeyChanging,
    /// A change of the hub key would lose people.
    #[error(
        "the hub key cannot be changed: {persons} people and {households} households of the spine stand in no retained delivery"
    )]
    TokensLost {
        /// People without a link token.
        persons: usize,
        /// Households without a link token.
        households: usize,
    },
    /// Checks did not hold; all of them.
    #[error("{} check(s) did not hold, nothing was published:\n  {}", failures.len(), failures.join("\n  "))]
    Checks {
        /// Name, rows seen and rows at fault of each.
        failures: Vec<String>,
    },
    /// Offices whose people other departments hardly know; all of them. Nothing was published.
    #[error("{} office(s) meet too few people of the other departments, nothing was published:\n  {}", offices.len(), offices.join("\n  "))]
    MatchRate {
        /// Place, department, both rates of each.
        offices: Vec<String>,
    },
    /// Retention has removed deliveries that a run was made from; it can be read and not made again.
    #[error("run {run_id} rests on {count} deliveries that are no longer kept")]
    DeliveriesGone {
        /// The run.
        run_id: String,
        /// How many are gone.
        count: usize,
    },
    /// A run speaks of one year at a time: the newest of its deliveries that was over on its day.
    #[error("run {run_id} cannot be released as {year}: the newest year that was over is {}", newest.map_or("none".to_owned(), |year| year.to_string()))]
    AnotherYear {
        /// The run.
        run_id: String,
        /// The year asked for.
        year: i32,
        /// The year that it is about.
        newest: Option<i32>,
    },
    /// Two rows of a table share its key.
    #[error("table {table} has more than one row for one key ({grain})")]
    NotUnique {
        /// The table.
        table: TableName,
        /// Its key columns.
        grain: String,
    },
    /// A file of the vault or the work folder.
    #[error("cannot {action} {}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// A query failed.
    #[error("the query of {table} failed")]
    Query {
        /// The table it makes.
        table: TableName,
        /// The engine's reason.
        #[source]
        source: QueryFailure,
    },
    /// The engine could not be set up.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// Columns that do not fit together.
    #[error("columns of {what} do not fit")]
    Arrow {
        /// Which table.
        what: String,
        /// Why.
        #[source]
        source: ArrowError,
    },
    /// A Parquet file could not be read or written.
    #[error("Parquet of {what} cannot be read or written")]
    Parquet {
        /// Which table.
        what: String,
        /// Why.
        #[source]
        source: ParquetError,
    },
    /// Something that this program wrote cannot be read again.
    #[error("{what} cannot be read")]
    Unreadable {
        /// What.
        what: &'static str,
    },
    /// A worker thread ended before its work.
    #[error("a part of the run ended early")]
    Interrupted,
    /// The threads of the run could not be started.
    #[error("the threads of the run could not be started")]
    Threads {
        /// What the system says.
        source: std::io::Error,
    },
    /// The machines of a cluster did not do what they were asked to.
    #[error("the cluster did not compute the buckets")]
    Cluster {
        /// Its words.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A job ended without an error and without all its buckets.
    #[error("the cluster left out {missing} buckets")]
    BucketsMissing {
        /// How many.
        missing: u32,
    },
    /// A table of a bucket is not what the machine that made it says.
    #[error("{table} of bucket {bucket} is not what a machine of the cluster wrote")]
    BucketDiffers {
        /// The table.
        table: TableName,
        /// The bucket.
        bucket: u32,
    },
    /// A machine of a cluster has another version of the program than the hub.
    #[error("the hub runs {hub}, this machine {here}")]
    AnotherProgram {
        /// The hub's.
        hub: String,
        /// The machine's.
        here: String,
    },
    /// A table with a token that no other machine may see.
    #[error("{table} has a column {column}, which stays at the hub")]
    TokenLeaves {
        /// The table.
        table: TableName,
        /// The column.
        column: String,
    },
    /// The statistics could not be protected.
    #[error(transparent)]
    Disclosure(#[from] yilian_disclosure::DisclosureError),
}

impl RunError {
    /// Whose fault it is.
    pub fn fault(&self) -> Fault {
        match self {
            Self::Site(error) => error.fault(),
            Self::HubKey(_)
            | Self::NoiseKey(_)
            | Self::AnotherHubKey { .. }
            | Self::TokensLost { .. }
            | Self::HubKeyChanging
            | Self::Contracts { .. }
            | Self::Pipeline { .. }
            | Self::Delivery { .. }
            | Self::Checks { .. }
            | Self::MatchRate { .. }
            | Self::Canaries { .. }
            | Self::DeliveriesGone { .. }
            | Self::AnotherYear { .. }
            | Self::Cluster { .. }
            | Self::BucketsMissing { .. }
            | Self::BucketDiffers { .. }
            | Self::AnotherProgram { .. }
            | Self::Io { .. } => Fault::Input,
            Self::Query { source, .. } if source.is_lack_of_memory() => Fault::Input,
            _ => Fault::Bug,
        }
    }

    /// What to do about it, for the line after `hint:`.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Site(error) => error.hint(),
            Self::HubKey(_) => Some("make one with `yilian keys new --use hub`".to_owned()),
            Self::NoiseKey(_) => Some("make one with `yilian keys new --use noise`".to_owned()),
            Self::AnotherHubKey { wanted, .. } => Some(format!(
                "put the key with check value {wanted} back as vault/hub.jwk; a hub key is changed with `yilian keys rotate`"
            )),
            Self::HubKeyChanging => {
                Some("end the change with `yilian run`, or give it up by removing that file; then prune".to_owned())
            }
            Self::TokensLost { .. } => Some(
                "put the removed deliveries back into deliveries/ of the store and run again, or give the change up: \
                 remove vault/hub.next.jwk"
                    .to_owned(),
            ),
            Self::AnotherYear { .. } => Some("name another run with --run; `yilian status` lists them".to_owned()),
            Self::DeliveriesGone { .. } => {
                Some("name a later run with --run, or ask the offices to deliver those periods again".to_owned())
            }
            Self::Canaries { .. } => Some(
                "let the offices named compare program and key (`yilian-dept keys check`) with the others and pack again; \
                 `yilian review` shows more"
                    .to_owned(),
            ),
            Self::MatchRate { .. } => Some(
                "ask the office for its link key (`yilian-dept keys check`), its program version (the canonicaliser) and \
                 whether it packed the right extract as the right dataset; the last publication stays in force. Where the \
                 fall is right, say so in site.yaml below `accepted_rates:` with place, department, date, until and reason \
                 (docs/keys-and-retention.md)"
                    .to_owned(),
            ),
            Self::Cluster { .. } | Self::BucketsMissing { .. } => Some(
                "see that `yilian cluster scheduler` and executors run and reach the same storage, and run again; without \
                 --cluster this machine computes the buckets itself"
                    .to_owned(),
            ),
            Self::Checks { .. } => Some(
                "compare the delivery named with its sender's control totals; the last publication stays in force"
                    .to_owned(),
            ),
            Self::Query { source, .. } if source.is_lack_of_memory() => {
                Some("give the run more room with --memory-limit, or more buckets with --buckets".to_owned())
            }
            _ => None,
        }
    }

    pub(crate) fn io(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { action, path, source }
    }

    pub(crate) fn arrow(what: impl Into<String>) -> impl FnOnce(ArrowError) -> Self {
        let what = what.into();
        move |source| Self::Arrow { what, source }
    }

    pub(crate) fn parquet(what: impl Into<String>) -> impl FnOnce(ParquetError) -> Self {
        let what = what.into();
        move |source| Self::Parquet { what, source }
    }

    pub(crate) fn query(table: &TableName) -> impl FnOnce(DataFusionError) -> Self {
        let table = table.clone();
        move |source| Self::Query { table, source: source.into() }
    }
}

fn list(mistakes: &[ContractError]) -> String {
    mistakes.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n  ")
}

fn nearest_text(nearest: Option<&String>) -> String {
    nearest.map(|name| format!("; did you mean {name}?")).unwrap_or_default()
}
