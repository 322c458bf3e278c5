//! The one door to DataFusion: sessions with a memory limit, tables over Parquet files, and what a query reads.
//!
//! **Invariant:** no other crate makes a `SessionContext`; clippy's `disallowed-methods` keeps it so. Nothing here knows
//! a token, a person or a rule.
//!
//! ```no_run
//! # async fn example() -> Result<(), yilian_engine::EngineError> {
//! use yilian_engine::{Engine, EngineOptions};
//! let engine = Engine::new(&EngineOptions { memory_bytes: 1 << 30, threads: 2, spill_folder: "/tmp".into() })?;
//! let session = engine.session();
//! yilian_engine::register_parquet(&session, "hub", "person", &["person.parquet".into()]).await?;
//! # Ok(()) }
//! ```

mod error;
mod failure;
mod named_rows;
mod planned;
mod query;
mod repeated_values;
mod session;
mod tables;
mod token_hash;

pub use datafusion::error::DataFusionError;
pub use error::EngineError;
pub use failure::QueryFailure;
pub use named_rows::{NamedRows, register_by_name};
pub use planned::{PlannedQuery, PreparedQuery};
pub use query::{TableName, tables_of, tables_read_by};
pub use session::{DATABASE, Engine, EngineOptions, QueryMemory};
pub use tables::{
    parquet_files, register_parquet, register_provider, register_stored_parquet, register_view, rows_in_memory,
    rows_of_parquet, view_types,
};
