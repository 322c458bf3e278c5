//! The command line.

use std::convert::Infallible;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use yilian_contract::{Department, Period};
use yilian_delivery::{Recipient, SignatureKey};
use yilian_intake::Plain;
use yilian_token::Algorithm;

/// Pseudonymise a department's extract and pack it into a signed, sealed delivery.
/// 对本部门导出的数据进行去标识化，并打包成已签名、已加密的交付文件。
#[derive(Debug, Parser)]
#[command(name = "yilian-dept", version)]
pub(crate) struct Arguments {
    /// The department's folder, with dept.yaml and keys/
    #[arg(long, global = true, value_name = "DIR", default_value = ".")]
    pub(crate) site: PathBuf,
    /// Answer in JSON, for machines
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a department's folder
    Init(InitArguments),
    /// Make keys, or print their check values
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Read an extract and report every finding; writes nothing
    Inspect(InspectArguments),
    /// Turn an extract into a delivery in out/
    Pack(PackArguments),
    /// Open a parcel of the hub and make the officer's workbook of it
    Feedback(FeedbackArguments),
    /// Read the answers of a workbook and pack them into a delivery in out/
    Answer(AnswerArguments),
    /// Answer a person's request: this office's own rows about them, and what became of them
    Subject(SubjectArguments),
}

#[derive(Debug, Args)]
pub(crate) struct InitArguments {
    /// The folder to make
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
    /// Region code of the office, of 2, 4 or 6 digits
    #[arg(long, value_parser = place)]
    pub(crate) place: String,
    /// `civil_affairs`, `health`, `medical_insurance`, `disabled_federation` or `human_resources`
    #[arg(long)]
    pub(crate) department: Department,
    /// The hub's age recipient, as `yilian keys new --use age` printed it
    #[arg(long, value_name = "age1…")]
    pub(crate) hub_recipient: Recipient,
    /// The hub's signature key, as `yilian keys new --use sign` printed it; `feedback` needs it
    #[arg(long, value_name = "RW…")]
    pub(crate) hub_signature_key: Option<SignatureKey>,
    /// What the data is delivered for
    #[arg(long)]
    pub(crate) purpose: String,
    /// The legal basis of the deliveries
    #[arg(long)]
    pub(crate) legal_basis: String,
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// Make a key in keys/
    New(NewKeyArguments),
    /// Print the check value of the link key and the public keys
    Check,
}

#[derive(Debug, Args)]
pub(crate) struct NewKeyArguments {
    /// What the key is for
    #[arg(long = "use", value_enum, value_name = "USE")]
    pub(crate) key_use: NewKeyUse,
    /// `HS256` (HMAC-SHA-256) or `HSM3` (HMAC-SM3); for the link key
    #[arg(long, value_parser = algorithm, default_value = "HS256")]
    pub(crate) algorithm: Algorithm,
    /// The link key's own name, for example link-2026a
    #[arg(long)]
    pub(crate) kid: Option<String>,
    /// Make the link key that will take the place of the present one: `token_bridge` is packed with both
    #[arg(long)]
    pub(crate) next: bool,
}

/// The keys that a department holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum NewKeyUse {
    /// Shared by all departments, never at the hub: makes the tokens
    Link,
    /// This department's own: signs its deliveries
    Sign,
    /// This department's own: opens what the hub sends back
    Seal,
}

#[derive(Debug, Args)]
pub(crate) struct InspectArguments {
    /// The extract: CSV or XLSX
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Which dataset the extract is
    #[arg(long)]
    pub(crate) dataset: String,
    /// What the extract covers: 2025, 2025-01 or 2025-01-31; without it, dates are not held against an end
    #[arg(long)]
    pub(crate) period: Option<Period>,
    /// The folder with the contracts [default: the nearest schemas/ upward]
    #[arg(long, value_name = "DIR", env = "YILIAN_SCHEMAS")]
    pub(crate) schemas: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct PackArguments {
    /// The extract: CSV or XLSX
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Which dataset the extract is
    #[arg(long)]
    pub(crate) dataset: String,
    /// What the extract covers: 2025, 2025-01 or 2025-01-31
    #[arg(long)]
    pub(crate) period: Period,
    /// Version of this dataset and period [default: one more than the last]
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) sequence: Option<u32>,
    /// Do not encrypt: for tests; a hub refuses it unless its site allows it
    #[arg(long)]
    pub(crate) plain: bool,
    /// The folder with the contracts [default: the nearest schemas/ upward]
    #[arg(long, value_name = "DIR", env = "YILIAN_SCHEMAS")]
    pub(crate) schemas: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct FeedbackArguments {
    /// The parcel, as the hub sent it
    #[arg(value_name = "PARCEL")]
    pub(crate) parcel: PathBuf,
    /// An extract that was packed, to fill in names, ID numbers and townships; may be given several times
    #[arg(long, value_name = "FILE")]
    pub(crate) extract: Vec<PathBuf>,
    /// Where to write the workbook [default: below records/feedback/]
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Write a folder of CSV files, one a sheet, instead of a workbook
    #[arg(long)]
    pub(crate) csv: bool,
    /// The folder with the contracts [default: the nearest schemas/ upward]
    #[arg(long, value_name = "DIR", env = "YILIAN_SCHEMAS")]
    pub(crate) schemas: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct AnswerArguments {
    /// The workbook that `feedback` made, filled in
    #[arg(value_name = "WORKBOOK")]
    pub(crate) workbook: PathBuf,
    /// The day for which the answers are packed [default: today]
    #[arg(long)]
    pub(crate) period: Option<Period>,
    /// The folder with the contracts [default: the nearest schemas/ upward]
    #[arg(long, value_name = "DIR", env = "YILIAN_SCHEMAS")]
    pub(crate) schemas: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct SubjectArguments {
    /// The person's ID number; `-`, or nothing, reads it from standard input, so that no shell keeps it
    // A list, and of anything: what clap itself refuses, it repeats.
    #[arg(value_name = "ID", value_parser = given_number, num_args = 0.., allow_negative_numbers = true)]
    pub(crate) id: Vec<GivenNumber>,
    /// An extract to look into; may be given several times
    #[arg(long, value_name = "FILE", required = true)]
    pub(crate) extract: Vec<PathBuf>,
    /// Which dataset the extracts are that were never packed
    #[arg(long)]
    pub(crate) dataset: Option<String>,
    /// A parcel of the hub, to name the clues about the person; may be given several times
    #[arg(long, value_name = "PARCEL")]
    pub(crate) parcel: Vec<PathBuf>,
    /// Write the answer to a new file that its owner alone can read
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// The folder with the contracts [default: the nearest schemas/ upward]
    #[arg(long, value_name = "DIR", env = "YILIAN_SCHEMAS")]
    pub(crate) schemas: Option<PathBuf>,
}

/// A person's number as typed; `None` for nothing but white space. It prints as `***`.
#[derive(Clone, Debug)]
pub(crate) struct GivenNumber(pub(crate) Option<Plain>);

/// Takes anything, for an error of the command line would repeat it.
#[expect(clippy::unnecessary_wraps, reason = "a value parser returns a result")]
fn given_number(text: &str) -> Result<GivenNumber, Infallible> {
    Ok(GivenNumber(Plain::new(text)))
}

fn place(text: &str) -> Result<String, String> {
    let code = matches!(text.len(), 2 | 4 | 6) && text.bytes().all(|byte| byte.is_ascii_digit());
    code.then(|| text.to_owned()).ok_or_else(|| "a region code has 2, 4 or 6 digits".to_owned())
}

fn algorithm(text: &str) -> Result<Algorithm, String> {
    text.parse().map_err(|()| "write HS256 or HSM3".to_owned())
}
