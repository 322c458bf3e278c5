/// What protecting a system may use, and whom it tells how far it is. Nothing of it changes the result.
#[derive(Clone, Copy)]
pub struct Means<'a> {
    /// Threads to work on, at least 1.
    pub threads: usize,
    /// Who is told; `&()` is nobody.
    pub progress: &'a dyn Progress,
}

/// Somebody who wants to know how far it is.
pub trait Progress: Sync {
    /// So many claims of all are settled. A claim is one side of one value that must stay uncertain. It is called from any of
    /// the threads, each number once, and not always in order.
    fn claims(&self, settled: usize, all: usize);
}

impl Progress for () {
    fn claims(&self, _settled: usize, _all: usize) {}
}

impl Default for Means<'_> {
    fn default() -> Self {
        Self { threads: 1, progress: &() }
    }
}

impl std::fmt::Debug for Means<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Means").field("threads", &self.threads).finish_non_exhaustive()
    }
}
