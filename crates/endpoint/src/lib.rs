//! The PostgreSQL wire protocol over the tables of a hub: psql, DBeaver, R, Python and Power BI ask in SQL.
//!
//! Every connection is secured by TLS and belongs to a user of one role, who has logged in with SCRAM-SHA-256. What may
//! be asked is decided by `yilian-access`, the same as for `yilian sql`; here are the protocol, the catalogue that clients
//! look into, limits, the query log, health and metrics.
//!
//! **Invariant:** nothing here reads a file of a table, makes a session or writes to the store; no secret, statement or
//! row value stands in a metric or an error.

mod catalogue;
mod compute;
mod connection;
mod error;
mod failure;
mod fragments;
mod limits;
mod log;
mod metrics;
mod protocol;
mod readers;
mod running;
mod scram;
mod server;
mod settings;
mod statement;
mod tls;
mod users;
mod watch;

pub use error::EndpointError;
pub use limits::Limits;
pub use readers::{Edition, Publications, SourceError};
pub use server::{Configuration, Endpoint};
pub use tls::CertificateFiles;
pub use users::{SHORTEST_PASSWORD, Users};
