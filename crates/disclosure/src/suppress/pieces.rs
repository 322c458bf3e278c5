use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::Work;
use crate::audit::Audit;
use crate::means::Means;
use crate::pattern::Pattern;
use crate::system::Piece;

/// The pattern and audit of every piece, in their order.
///
/// Pieces have nothing to do with each other, so it does not matter on which thread one is worked on, and when.
pub(super) fn work_on(pieces: &[Piece], means: Means<'_>) -> Vec<(Pattern, Audit)> {
    let meter = Meter::new(pieces, means);
    // The largest first, so that no thread is left with it at the end.
    let mut order: Vec<usize> = (0..pieces.len()).collect();
    order.sort_by_key(|index| std::cmp::Reverse(pieces.get(*index).map_or(0, weight)));
    let next = AtomicUsize::new(0);
    let work = || {
        let mut found = Vec::new();
        while let Some(index) = order.get(next.fetch_add(1, Ordering::Relaxed)) {
            found.extend(pieces.get(*index).map(|piece| (*index, work_on_one(piece, &meter))));
        }
        found
    };
    let mut found = thread::scope(|scope| {
        let others: Vec<_> = (1..means.threads.max(1)).map(|_| scope.spawn(work)).collect();
        let mut found = work();
        for other in others {
            match other.join() {
                Ok(more) => found.extend(more),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        found
    });
    found.sort_unstable_by_key(|(index, _)| *index);
    found.into_iter().map(|(_, result)| result).collect()
}

fn work_on_one(piece: &Piece, meter: &Meter<'_>) -> (Pattern, Audit) {
    let mut work = Work::new(&piece.system);
    work.break_up_groups();
    for index in 0..work.ledger.claims.len() {
        work.protect(index);
        meter.advance();
    }
    work.prune();
    work.finish()
}

/// About how long a piece takes.
fn weight(piece: &Piece) -> usize {
    piece.system.goals.len().saturating_mul(piece.system.equations.len())
}

/// How many claims are settled, over all threads.
struct Meter<'a> {
    means: Means<'a>,
    settled: AtomicUsize,
    all: usize,
}

impl<'a> Meter<'a> {
    fn new(pieces: &[Piece], means: Means<'a>) -> Self {
        let all = pieces.iter().map(|piece| crate::ledger::Ledger::new(&piece.system).claims.len()).sum();
        Self { means, settled: AtomicUsize::new(0), all }
    }

    fn advance(&self) {
        let settled = self.settled.fetch_add(1, Ordering::Relaxed) + 1;
        self.means.progress.claims(settled, self.all);
    }
}
