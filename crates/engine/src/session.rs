use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::execution::SessionState;
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::{FairSpillPool, MemoryPool, TrackConsumersPool};
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use datafusion::execution::session_state::SessionStateBuilder;
use datafusion::logical_expr::{AggregateUDF, ScalarUDF};
use datafusion::object_store::ObjectStore;
use datafusion::prelude::{SessionConfig, SessionContext};

use crate::repeated_values::RepeatedValues;
use crate::token_hash::TokenHash;
use crate::{EngineError, NamedRows};

/// How much one engine may use.
#[derive(Debug, Clone)]
pub struct EngineOptions {
    /// Bytes that all queries of the engine may hold together before they spill.
    pub memory_bytes: usize,
    /// Queries that run side by side; each of them runs on one partition.
    pub threads: usize,
    /// Folder for spilled rows, made if it is missing.
    pub spill_folder: PathBuf,
}

/// Makes sessions that share one memory limit.
#[derive(Debug)]
pub struct Engine {
    runtime: Arc<RuntimeEnv>,
    threads: usize,
    spill_folder: PathBuf,
}

/// The memory of one query, and how much of it is held.
#[derive(Debug, Clone)]
pub struct QueryMemory(Arc<RuntimeEnv>);

impl QueryMemory {
    /// Bytes that the query holds at this moment.
    pub fn held(&self) -> usize {
        self.0.memory_pool.reserved()
    }

    /// The session as one query sees it: the same tables, a memory of its own.
    pub fn state_of(&self, session: &SessionContext) -> SessionState {
        SessionStateBuilder::new_from_existing(session.state()).with_runtime_env(Arc::clone(&self.0)).build()
    }
}

/// Merging more spilled runs than this at once needs more memory than a small limit has.
const SPILL_MERGE_FAN_IN: usize = 8;
const CONSUMERS_NAMED_IN_ERRORS: NonZeroUsize = NonZeroUsize::MIN;
/// What one query may spill, as a multiple of its memory: enough for any sort that is not a mistake.
const SPILL_FACTOR: u64 = 8;
/// The name of the database that readers meet in catalogues.
pub const DATABASE: &str = "yilian";

impl Engine {
    /// Starts an engine with a memory limit that spills instead of failing.
    ///
    /// The pool is fair, not greedy: external sorts and sort-merge joins fail under a greedy pool.
    ///
    /// # Errors
    /// [`EngineError::Start`] if the spill folder cannot be made.
    pub fn new(options: &EngineOptions) -> Result<Self, EngineError> {
        let start = |source| EngineError::Start { folder: options.spill_folder.clone(), source };
        std::fs::create_dir_all(&options.spill_folder).map_err(|error| start(error.into()))?;
        let runtime = RuntimeEnvBuilder::new()
            .with_memory_pool(pool(options.memory_bytes))
            .with_disk_manager_builder(disk(&options.spill_folder))
            .with_object_list_cache_limit(0)
            .build_arc()
            .map_err(start)?;
        Ok(Self { runtime, threads: options.threads.max(1), spill_folder: options.spill_folder.clone() })
    }

    /// Lets all sessions read what lies below `url`, such as `s3://bucket`; files of this machine need no such word.
    ///
    /// # Errors
    /// [`EngineError::Path`] for text that is no URL.
    pub fn read_from(&self, url: &str, objects: Arc<dyn ObjectStore>) -> Result<(), EngineError> {
        let url = ObjectStoreUrl::parse(url).map_err(|_| EngineError::Path { path: PathBuf::from(url) })?;
        self.runtime.register_object_store(url.as_ref(), objects);
        Ok(())
    }

    /// Memory for one query alone, apart from the engine's own limit; caches are shared.
    ///
    /// # Errors
    /// [`EngineError::Start`] if the spill folder has gone.
    pub fn query_memory(&self, bytes: usize) -> Result<QueryMemory, EngineError> {
        let most = u64::try_from(bytes).unwrap_or(u64::MAX).saturating_mul(SPILL_FACTOR);
        let disk = disk(&self.spill_folder).with_max_temp_directory_size(most);
        let runtime = RuntimeEnvBuilder::from_runtime_env(&self.runtime)
            .with_memory_pool(pool(bytes))
            .with_disk_manager_builder(disk)
            .build_arc();
        let start = |source| EngineError::Start { folder: self.spill_folder.clone(), source };
        Ok(QueryMemory(runtime.map_err(start)?))
    }

    /// A fresh session on one partition, so that its results do not depend on the number of cores.
    pub fn session(&self) -> SessionContext {
        self.session_on(1)
    }

    /// A fresh session on all the engine's threads, for queries whose order of rows their own text decides.
    pub fn wide_session(&self) -> SessionContext {
        self.session_on(self.threads)
    }

    /// A fresh session for readers: the database has its name, and what would show them the machine is not there.
    pub fn reader_session(&self) -> SessionContext {
        // They describe their tables themselves: the engine's own description tells its settings, which name folders.
        let mut config =
            config(self.threads).with_default_catalog_and_schema(DATABASE, "public").with_information_schema(false);
        // The plan of how a query runs names files.
        config.options_mut().explain.logical_plan_only = true;
        let session = self.session_of(config);
        for function in REVEALING_FUNCTIONS {
            session.deregister_udf(function);
        }
        session
    }

    /// A fresh session on one partition, whose tables by name ([`crate::register_by_name`]) have these rows.
    pub fn session_over(&self, rows: Arc<NamedRows>) -> SessionContext {
        let mut config = config(1).with_extension(rows);
        // A filter that a join learns from its rows would stay in the plan for the rows of the next session.
        let optimizer = &mut config.options_mut().optimizer;
        optimizer.enable_dynamic_filter_pushdown = false;
        optimizer.enable_join_dynamic_filter_pushdown = false;
        optimizer.enable_topk_dynamic_filter_pushdown = false;
        optimizer.enable_aggregate_dynamic_filter_pushdown = false;
        self.session_of(config)
    }

    fn session_on(&self, partitions: usize) -> SessionContext {
        self.session_of(config(partitions))
    }

    #[expect(clippy::disallowed_methods, reason = "this is the one place that makes a session")]
    fn session_of(&self, config: SessionConfig) -> SessionContext {
        let session = SessionContext::new_with_config_rt(config, Arc::clone(&self.runtime));
        session.register_udf(ScalarUDF::from(TokenHash::new()));
        session.register_udaf(AggregateUDF::from(RepeatedValues::new()));
        session
    }
}

/// Functions that name the files of a table, or the rows of a file.
const REVEALING_FUNCTIONS: [&str; 2] = ["input_file_name", "file_row_index"];

fn pool(bytes: usize) -> Arc<dyn MemoryPool> {
    Arc::new(TrackConsumersPool::new(FairSpillPool::new(bytes), CONSUMERS_NAMED_IN_ERRORS))
}

fn disk(folder: &Path) -> DiskManagerBuilder {
    DiskManagerBuilder::default()
        .with_mode(DiskManagerMode::Directories(vec![folder.to_owned()]))
        .with_max_spill_merge_fan_in(SPILL_MERGE_FAN_IN)
}

fn config(partitions: usize) -> SessionConfig {
    let mut config = SessionConfig::new()
        .with_target_partitions(partitions)
        .with_information_schema(true)
        .with_collect_statistics(true);
    let options = config.options_mut();
    options.execution.sort_spill_reservation_bytes = 1 << 20;
    options.execution.parquet.pushdown_filters = true;
    options.sql_parser.enable_ident_normalization = true;
    config
}
