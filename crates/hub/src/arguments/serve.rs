use std::path::PathBuf;

use clap::{Args, Subcommand};
use yilian_access::Role;

#[derive(Debug, Args)]
pub(crate) struct ServeArguments {
    /// Where clients connect.
    #[arg(long, default_value = "127.0.0.1:5432", value_name = "ADDRESS:PORT")]
    pub(crate) listen: String,
    /// Where health (/health) and metrics (/metrics) are told; `off` tells nobody.
    #[arg(long, default_value = "127.0.0.1:9187", value_name = "ADDRESS:PORT")]
    pub(crate) metrics: String,
    /// A certificate in PEM, with those above it [default: one that the site makes for itself].
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub(crate) tls_certificate: Option<PathBuf>,
    /// Its key in PEM.
    #[arg(long, value_name = "FILE", requires = "tls_certificate")]
    pub(crate) tls_key: Option<PathBuf>,
    /// Memory that one query may hold [default: a quarter of the site's limit]; all together stay within that limit.
    #[arg(long, value_name = "SIZE")]
    pub(crate) query_memory: Option<String>,
    /// Seconds that one query may take, waiting and sending included.
    #[arg(long, default_value_t = 120, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub(crate) query_seconds: u64,
    /// Rows that one answer may have.
    #[arg(long, default_value_t = 5_000_000, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) query_rows: u64,
    /// Queries of one user at once.
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub(crate) user_queries: u32,
    /// Connections at once.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) connections: u32,
}

#[derive(Debug, Subcommand)]
pub(crate) enum UsersCommand {
    /// Let somebody log in to `yilian serve`, or give another password or role; the password is asked for.
    Add(UserArguments),
    /// Show who may log in.
    List,
    /// Let somebody log in no more.
    Remove {
        /// The name.
        name: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct UserArguments {
    /// The name.
    pub(crate) name: String,
    /// statistician, reviewer, release or operator: what the user sees.
    #[arg(long)]
    pub(crate) role: Role,
    /// A file whose first line is the password, or `-` for standard input [default: it is asked for twice].
    #[arg(long, value_name = "FILE")]
    pub(crate) password_file: Option<PathBuf>,
}
