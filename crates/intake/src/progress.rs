//! How far a long step is.

/// A step of preparing a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Reading, checking and tokenising; units are bytes of the source.
    Read,
    /// Sorting and writing; units are rows.
    Write,
    /// Counting what was written; units are rows.
    Check,
}

/// Is told how far a step is; called from several threads.
pub trait Progress: Sync {
    /// A step begins that has `total` units.
    fn start(&self, stage: Stage, total: u64);
    /// `units` more are done.
    fn advance(&self, units: u64);
}

/// Says nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn start(&self, _stage: Stage, _total: u64) {}
    fn advance(&self, _units: u64) {}
}
