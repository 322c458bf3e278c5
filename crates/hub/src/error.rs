//! What can stop a command, whose fault it is, and what to do about it.

use std::io;
use std::path::PathBuf;

use yilian_access::AccessError;
use yilian_contract::ContractError;
use yilian_delivery::DeliveryError;
use yilian_disclosure::DisclosureError;
use yilian_endpoint::EndpointError;
use yilian_engine::EngineError;
use yilian_micro::MicroError;
use yilian_pipeline::run::RunError;
use yilian_pipeline::{Fault, PipelineError};
use yilian_release::ReleaseError;
use yilian_review::ReviewError;
use yilian_token::KeyError;

/// Why a command stopped; never holds a row's value.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HubError {
    #[error(transparent)]
    Pipeline(#[from] PipelineError),
    #[error(transparent)]
    Run(#[from] RunError),
    #[cfg(feature = "cluster")]
    #[error(transparent)]
    Cluster(#[from] yilian_cluster::ClusterError),
    #[cfg(not(feature = "cluster"))]
    #[error("this program was built without the feature `cluster`")]
    NoCluster,
    #[error(transparent)]
    Access(#[from] AccessError),
    #[error(transparent)]
    Endpoint(#[from] EndpointError),
    #[error("the two passwords are not the same")]
    PasswordsDiffer,
    #[error("there is no user {name}")]
    UnknownUser { name: String },
    #[error(transparent)]
    Engine(#[from] EngineError),
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error(transparent)]
    Delivery(#[from] DeliveryError),
    #[error(transparent)]
    Review(#[from] ReviewError),
    #[error(transparent)]
    Release(#[from] ReleaseError),
    #[error(transparent)]
    Micro(#[from] MicroError),
    #[error(transparent)]
    Disclosure(#[from] DisclosureError),
    #[error("{} definitions of tables do not fit:{}", faults.len(), lines(faults))]
    Definitions { faults: Vec<ReleaseError> },
    #[error("{year} has no version{}", number.map(|number| format!(" {number}")).unwrap_or_default())]
    NoVersion { year: i32, number: Option<u32> },
    #[error("version {number} of {year} is published already, and --note does not say what a new one corrects")]
    NoteMissing { year: i32, number: u32 },
    #[error("{} is not what was made: {}", folder.display(), differences.join(", "))]
    NotWhatWasMade { folder: PathBuf, differences: Vec<String> },
    #[error("the hub has no key to sign with")]
    NoSigningKey,
    #[error("the report could not be written to {}", folder.display())]
    ReviewNotWritten { folder: PathBuf, source: io::Error },
    #[error("no folder schemas/ with contracts was found")]
    SchemasNotFound,
    #[error("{} mistake(s) in contracts, code lists, rules or calendar:\n  {}", mistakes.len(), listed(mistakes))]
    Mistakes { mistakes: Vec<ContractError> },
    #[error("{text:?} is no amount of memory")]
    Memory { text: String },
    #[error("{text:?} is no month")]
    Month { text: String },
    #[error("publication {number} was made for {text:?}, which is no day")]
    AsOf { number: u64, text: String },
    #[error("{text} is no day of the calendar; `yilian release` takes a year such as 2025")]
    ReferenceDay { text: String },
    #[error("the current publication says nothing of {month}")]
    NoSuchMonth { month: String },
    #[error("the monitor could not be written to {}", file.display())]
    ReportNotWritten { file: PathBuf },
    #[error("nothing has been published yet")]
    NothingPublished,
    #[error("nothing to explain: neither a flag, nor a person and a month, nor a number of a release")]
    NothingToExplain,
    #[error("there is no flag {flag_id}")]
    UnknownFlag { flag_id: i64 },
    #[error("flag {flag_id} is gone since {gone_on}{}", merged(*merged_into))]
    FlagGone { flag_id: i64, gone_on: String, merged_into: Option<i64> },
    #[error("there is no person {person_id} in the current publication")]
    UnknownPerson { person_id: i64 },
    #[error("the answer of a query could not be read")]
    Answer { source: serde_json::Error },
    #[error("the store is not a folder of this machine; questions are answered from folders alone")]
    RemoteStore,
    #[error("the program could not be started")]
    Runtime { source: io::Error },
    #[error("cannot read {}", path.display())]
    Io { path: PathBuf, source: io::Error },
}

impl HubError {
    /// 1: the input is at fault, 2: the command line is, 3: we are.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Pipeline(error) => code(error.fault()),
            Self::Run(error) => code(error.fault()),
            Self::Access(error) if error.is_the_askers() => 2,
            #[cfg(feature = "cluster")]
            Self::Cluster(yilian_cluster::ClusterError::Address { .. }) => 2,
            #[cfg(not(feature = "cluster"))]
            Self::NoCluster => 2,
            Self::Release(
                ReleaseError::NoTable { .. } | ReleaseError::NoName { .. } | ReleaseError::NotPlanned { .. },
            )
            | Self::SchemasNotFound
            | Self::NoVersion { .. }
            | Self::NoteMissing { .. }
            | Self::Memory { .. }
            | Self::Month { .. }
            | Self::ReferenceDay { .. }
            | Self::NothingToExplain
            | Self::UnknownFlag { .. }
            | Self::FlagGone { .. }
            | Self::UnknownPerson { .. }
            | Self::PasswordsDiffer
            | Self::UnknownUser { .. }
            | Self::Endpoint(EndpointError::Name | EndpointError::Password | EndpointError::Limits { .. }) => 2,
            _ => 1,
        }
    }

    /// What the user can do, `None` if the message says it all.
    pub(crate) fn hint(&self) -> Option<String> {
        match self {
            Self::Pipeline(error) => error.hint(),
            Self::Run(error) => error.hint(),
            #[cfg(feature = "cluster")]
            Self::Cluster(error) => error.hint(),
            #[cfg(not(feature = "cluster"))]
            Self::NoCluster => {
                Some("build it with `cargo build --release -p yilian-hub --features cluster`".to_owned())
            }
            Self::Access(error) => error.hint(),
            Self::Micro(error) => error.hint(),
            Self::Delivery(error) => error.hint(),
            Self::Endpoint(error) => error.hint(),
            Self::UnknownUser { .. } => Some("`yilian users list` shows all".to_owned()),
            Self::SchemasNotFound => {
                Some("name the folder with `--schemas DIR` or in the environment variable YILIAN_SCHEMAS".to_owned())
            }
            Self::Release(ReleaseError::NoName { what: "dimension" | "category", .. }) => Some(
                "name every dimension as --code DIMENSION=CODE; datapackage.json of the version lists their codes"
                    .to_owned(),
            ),
            Self::NoVersion { year, .. } => Some(format!("`yilian release {year}` makes one")),
            Self::NoSigningKey => Some("make one with `yilian keys new --use sign`".to_owned()),
            Self::Month { .. } => Some("write 2025-03".to_owned()),
            Self::AsOf { .. } => {
                Some("its file was changed by hand; take another run with --run, `yilian status` lists them".to_owned())
            }
            Self::Memory { .. } => Some("write 512MB, 1GB or 2GiB".to_owned()),
            Self::Review(ReviewError::Earlier { .. }) => {
                Some("name another one with `--since`, or move it out of the report's folder".to_owned())
            }
            Self::UnknownFlag { .. } | Self::UnknownPerson { .. } => Some(
                "yilian sql --as operator -c 'select flag_id, person_id, rule_id from hub.overlap' lists them"
                    .to_owned(),
            ),
            Self::FlagGone { merged_into: Some(flag_id), .. } => Some(format!("yilian explain {flag_id}")),
            Self::NothingPublished => Some("yilian run pipelines/nightly.yaml --site DIR".to_owned()),
            _ => None,
        }
    }
}

fn lines(faults: &[ReleaseError]) -> String {
    faults.iter().flat_map(|fault| ["\n  ".to_owned(), fault.to_string()]).collect()
}

fn merged(into: Option<i64>) -> String {
    into.map(|flag_id| format!(", and is part of flag {flag_id}")).unwrap_or_default()
}

fn code(fault: Fault) -> u8 {
    match fault {
        Fault::Input => 1,
        Fault::Usage => 2,
        Fault::Bug => 3,
    }
}

fn listed(mistakes: &[ContractError]) -> String {
    let lines: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
    lines.join("\n  ")
}
