//! One file per command; each command is one function that reads like its sentence in the documentation.

pub(crate) mod cluster;
pub(crate) mod explain;
pub(crate) mod init;
pub(crate) mod keys;
mod memory;
mod micro;
pub(crate) mod prune;
pub(crate) mod receive;
pub(crate) mod release;
mod released;
pub(crate) mod report;
pub(crate) mod review;
pub(crate) mod rules;
pub(crate) mod run;
pub(crate) mod senders;
pub(crate) mod serve;
pub(crate) mod sql;
pub(crate) mod status;
mod titles;
pub(crate) mod users;
pub(crate) mod verify;
mod year;

use std::future::Future;

use comfy_table::{Table, presets};
use tokio::signal::unix::{SignalKind, signal};

use crate::error::HubError;

/// Drives one command's future on a runtime of its own.
fn block_on<T>(work: impl Future<Output = Result<T, HubError>>) -> Result<T, HubError> {
    runtime()?.block_on(work)
}

fn runtime() -> Result<tokio::runtime::Runtime, HubError> {
    yilian_pipeline::run::runtime(all_threads()).map_err(|source| HubError::Runtime { source })
}

/// As many threads as the machine has.
fn all_threads() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// Ends at Ctrl-C or when the process is told to end.
fn told_to_stop() -> Result<impl Future<Output = ()>, HubError> {
    let heard = |kind| signal(kind).map_err(|source| HubError::Runtime { source });
    let (mut interrupt, mut terminate) = (heard(SignalKind::interrupt())?, heard(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// An empty table for eyes.
fn new_table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED);
    table.set_header(header);
    table
}
