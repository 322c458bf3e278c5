use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;

use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::{FairSpillPool, TrackConsumersPool};
use datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use datafusion::prelude::{SessionConfig, SessionContext};

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
}

/// Merging more spilled runs than this at once needs more memory than a small limit has.
const SPILL_MERGE_FAN_IN: usize = 8;
const CONSUMERS_NAMED_IN_ERRORS: NonZeroUsize = NonZeroUsize::MIN;

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
        let pool = TrackConsumersPool::new(FairSpillPool::new(options.memory_bytes), CONSUMERS_NAMED_IN_ERRORS);
        let disk = DiskManagerBuilder::default()
            .with_mode(DiskManagerMode::Directories(vec![options.spill_folder.clone()]))
            .with_max_spill_merge_fan_in(SPILL_MERGE_FAN_IN);
        let runtime = RuntimeEnvBuilder::new()
            .with_memory_pool(Arc::new(pool))
            .with_disk_manager_builder(disk)
            .with_object_list_cache_limit(0)
            .build_arc()
            .map_err(start)?;
        Ok(Self { runtime, threads: options.threads.max(1) })
    }

    /// A fresh session on one partition, so that its results do not depend on the number of cores.
    pub fn session(&self) -> SessionContext {
        self.session_on(1)
    }

    /// A fresh session on all the engine's threads, for queries whose order of rows their own text decides.
    pub fn wide_session(&self) -> SessionContext {
        self.session_on(self.threads)
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
        SessionContext::new_with_config_rt(config, Arc::clone(&self.runtime))
    }
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
