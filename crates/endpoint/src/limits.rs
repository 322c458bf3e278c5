use std::time::Duration;

/// How much readers may use.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes that all queries may hold together.
    pub memory_bytes: usize,
    /// Bytes that one query may hold; so many of them as fit run at once, the others wait in turn.
    pub query_bytes: usize,
    /// How long one query may take, waiting and sending its rows included.
    pub query_time: Duration,
    /// Rows that one answer may have.
    pub query_rows: u64,
    /// Queries of one user at once.
    pub user_queries: usize,
    /// Connections at once.
    pub connections: usize,
}

/// Bytes of one query that reads the catalogue alone; such queries do not wait for the others.
pub(crate) const CATALOGUE_BYTES: usize = 48 << 20;
/// Queries of the catalogue at once.
pub(crate) const CATALOGUE_QUERIES: usize = 4;

impl Limits {
    /// How many queries fit into the memory of all.
    pub(crate) fn queries(&self) -> usize {
        (self.memory_bytes / self.query_bytes.max(1)).max(1)
    }
}
