//! Several machines: buckets of a run as tasks of Apache DataFusion Ballista, with a scheduler and executors of our own.
//!
//! A job is a plan of one stage: the numbers of the buckets, one to a partition, and above them one operator that computes
//! the bucket of each number ([`yilian_pipeline::run::Workshop`]). What buckets are made from, and their tables, lie in a
//! storage that hub and executors share; over the network go numbers of buckets and the name of the job.
//!
//! **Invariant:** an executor runs no plan but that one, opens no site, and holds no key.
//!
//! Without the feature `ballista` this crate is empty.
#![cfg(feature = "ballista")]

mod codec;
mod error;
mod executor;
mod hub;
mod only_buckets;
mod plan;
mod scheduler;

pub use error::ClusterError;
pub use executor::{ExecutorOptions, run_executor};
pub use hub::BallistaRunner;
pub use scheduler::Scheduler;
