//! Prune: removes what is older than `pipelines/retention.yaml` says (`design.md` 5).
//!
//! Everything is found out first and removed after, documents before what they name, so that a site is whole at every
//! moment and a prune that was cut short is ended by the next one. A lock keeps it from working beside a run.

mod carriers;
mod holdings;
mod plan;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;
use yilian_contract::retention::Retention;

use crate::progress::Progress;
use crate::run::RunError;
use crate::site::{Site, Work};
pub use holdings::{Deletions, Holding, Holdings, holdings};
use plan::Plan;

/// Whether a file of the vault says who asked what.
fn is_log(name: &str) -> bool {
    name.starts_with("sql_history_") || name.starts_with("query_log_2")
}

/// What a prune is to do.
#[derive(Debug, Clone, Copy)]
pub struct PruneOptions {
    /// The day from which ages are counted back.
    pub as_of: NaiveDate,
    /// Whether anything is removed.
    pub mode: PruneMode,
}

/// Whether a prune removes what it finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PruneMode {
    /// It does.
    Remove,
    /// It only says what it would remove.
    DryRun,
}

/// What was removed, or would be, by store.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Pruned {
    /// By name of the store.
    pub stores: BTreeMap<&'static str, Removed>,
    /// Deliveries that no run reads any more and that are kept as the last that name somebody.
    pub kept_for_numbers: usize,
}

/// Files of one store.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Removed {
    /// How many.
    pub files: u64,
    /// Their size.
    pub bytes: u64,
}

/// Removes from a site what is older than retention allows.
///
/// Kept are, whatever their age: the current publication with its run, the tables that a kept publication names, and of
/// every person and household the last delivery that names them.
///
/// # Errors
/// [`RunError`], also where another command works on the site; what was removed before a failure stays removed, and the site stays whole.
pub async fn prune(
    site: &Site,
    retention: &Retention,
    options: &PruneOptions,
    progress: &dyn Progress,
) -> Result<Pruned, RunError> {
    // A dry run changes nothing and may look on.
    let _lock = (options.mode == PruneMode::Remove).then(|| site.lock(Work::Prune)).transpose()?;
    let plan = Plan::make(site, retention, options.as_of, progress).await?;
    if options.mode == PruneMode::Remove {
        plan.carry_out(site).await?;
    }
    Ok(plan.told())
}
