//! How a long step tells its caller how far it is.

/// Listens to the steps of a command; a terminal draws bars from it, a log prints lines.
///
/// Calls come from several threads. Texts name steps, datasets and counts, never a row value.
pub trait Progress: Send + Sync {
    /// A step begins; `total` is its size in the unit of [`Progress::advance`], when known.
    fn start(&self, step: &str, total: Option<u64>);
    /// `done` more units of the current step are finished.
    fn advance(&self, done: u64);
    /// The current step is over; `note` says what came out (`18,204,113 rows`).
    fn finish(&self, note: &str);
    /// Something the operator should know, which does not stop the run.
    fn warn(&self, text: &str);
}

/// A listener that says nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Quiet;

impl Progress for Quiet {
    fn start(&self, _step: &str, _total: Option<u64>) {}
    fn advance(&self, _done: u64) {}
    fn finish(&self, _note: &str) {}
    fn warn(&self, _text: &str) {}
}
