//! Threads whose stacks hold the plans of all models, and work that several threads share.

use std::sync::mpsc;
use std::{io, thread};

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
    thread::scope(|scope| {
        let thread = thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, drive);
        let thread = thread.map_err(|source| RunError::Threads { source })?;
        thread.join().map_err(|_| RunError::Interrupted)?
    })
}

/// Shows items in order, each while another thread makes the next one; ends with the first error.
pub(super) fn one_ahead<T: Send>(
    mut items: impl Iterator<Item = Result<T, RunError>> + Send,
    mut show: impl FnMut(T) -> Result<(), RunError>,
) -> Result<(), RunError> {
    let (made, waiting) = mpsc::sync_channel(1);
    thread::scope(|scope| {
        // Nobody waits any more after an error.
        scope.spawn(move || items.all(|item| made.send(item).is_ok()));
        waiting.into_iter().try_for_each(|item| show(item?))
    })
}

/// What `make` makes of each item, in order; so many threads take a stretch of the items each.
pub(super) fn made_of_each<T: Sync, Made: Clone + Default + Send>(
    items: &[T],
    threads: usize,
    make: impl Fn(&T) -> Made + Sync,
) -> Vec<Made> {
    let mut all = vec![Made::default(); items.len()];
    let stretch = items.len().div_ceil(threads.max(1)).max(1);
    thread::scope(|scope| {
        for (items, made) in items.chunks(stretch).zip(all.chunks_mut(stretch)) {
            scope.spawn(|| items.iter().zip(made).for_each(|(item, made)| *made = make(item)));
        }
    });
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_made_ahead_are_shown_in_order_until_the_first_error() {
        let shown = |wrong: Option<usize>, refused: usize| {
            let items = (0..10).map(|item| if wrong == Some(item) { Err(RunError::Interrupted) } else { Ok(item) });
            let mut shown = Vec::new();
            let ended = one_ahead(items, |item| {
                shown.push(item);
                if item == refused { Err(RunError::Interrupted) } else { Ok(()) }
            });
            (shown, ended.is_ok())
        };
        assert_eq!(shown(None, 10), ((0..10).collect(), true));
        assert_eq!(shown(Some(4), 10), ((0..4).collect(), false));
        assert_eq!(shown(None, 2), ((0..3).collect(), false));
    }

    #[test]
    fn what_several_threads_make_of_items_comes_in_their_order() {
        for length in [0, 1, 2, 3, 1000] {
            let items: Vec<u64> = (0..length).collect();
            let slowly: Vec<u64> = items.iter().map(|item| item * item).collect();
            for threads in [0, 1, 2, 7] {
                assert_eq!(made_of_each(&items, threads, |item| item * item), slowly);
            }
        }
    }
}
