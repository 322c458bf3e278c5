//! The threads that queries run on, apart from those that read and write messages.

use std::thread::available_parallelism;

use tokio::runtime::{Builder, Handle, Runtime};

/// Deep plans need deep stacks.
const STACK_BYTES: usize = 8 << 20;

/// For each core so many threads: an operator may compute for seconds before it lets another go on, and the system divides the
/// cores among threads more fairly than that. With one thread a core, a greedy query left others a twentieth of their answers.
const THREADS_OF_A_CORE: usize = 4;

/// The threads; they end with it, whatever they do.
pub(crate) struct Compute(Option<Runtime>, Handle);

impl Compute {
    pub(crate) fn start() -> std::io::Result<Self> {
        let threads = available_parallelism().map_or(1, std::num::NonZero::get);
        let mut builder = Builder::new_multi_thread();
        let threads = threads * THREADS_OF_A_CORE;
        let runtime = builder.worker_threads(threads).thread_name("query").thread_stack_size(STACK_BYTES).enable_all();
        let runtime = runtime.build()?;
        let handle = runtime.handle().clone();
        Ok(Self(Some(runtime), handle))
    }

    pub(crate) fn handle(&self) -> &Handle {
        &self.1
    }
}

impl Drop for Compute {
    fn drop(&mut self) {
        // Waiting for them is not allowed where messages are read and written.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}
