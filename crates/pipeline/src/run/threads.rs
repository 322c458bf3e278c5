//! Threads whose stacks hold the plans of all models.

use std::io;

use tokio::runtime::{Builder, Runtime};

use super::RunError;

/// Plans are walked by recursion, and the union of all datasets is a deep one.
const STACK_BYTES: usize = 16 << 20;

/// A runtime of so many threads, at least one, for whoever plans or runs the models.
///
/// # Errors
/// What the system says of threads that it does not start.
pub fn runtime(threads: usize) -> io::Result<Runtime> {
    Builder::new_multi_thread().worker_threads(threads.max(1)).thread_stack_size(STACK_BYTES).enable_all().build()
}

/// Drives `work` to its end on threads that end with it.
///
/// An allocator keeps what a thread has freed for that thread. Parcels of hundreds of thousands of clues need that memory,
/// and get it back when the threads of the night are gone.
pub(super) fn on_threads_of_its_own<T: Send, F: Future<Output = Result<T, RunError>>>(
    threads: usize,
    work: impl FnOnce() -> F + Send,
) -> Result<T, RunError> {
    let drive = || {
        let runtime = runtime(threads).map_err(|source| RunError::Threads { source })?;
        runtime.block_on(work())
    };
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, drive);
        let thread = thread.map_err(|source| RunError::Threads { source })?;
        thread.join().map_err(|_| RunError::Interrupted)?
    })
}
