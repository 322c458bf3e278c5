//! Shares the work of sorting, encoding and appending among threads.
//!
//! Partitions are sorted and row groups encoded in any order; rows are taken from partitions and groups are
//! appended in theirs. Encoding goes before sorting, so that no more lies in memory than a few partitions
//! and groups.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::Output;
use super::order::{Group, Sorted, Waiting, sort};
use super::table::{Chunks, Encoder, Target};
use crate::IntakeError;
use crate::spill::{PARTITIONS, Partitions};

/// The work and who waits for it.
pub(super) struct Schedule<'o> {
    output: &'o Output<'o>,
    partitions: &'o Partitions,
    encoders: (Encoder, Encoder),
    state: Mutex<State>,
    changed: Condvar,
    appending: Mutex<Appending>,
}

#[derive(Default)]
struct State {
    /// The next partition that nobody sorts yet.
    next: usize,
    /// Sorted partitions whose turn has not come.
    sorted: BTreeMap<usize, Sorted>,
    /// The partition whose rows come next.
    turn: usize,
    waiting: Waiting,
    failed: Option<IntakeError>,
}

/// The files, and encoded groups whose turn has not come.
struct Appending {
    targets: (Target, Target),
    encoded: BTreeMap<usize, (Chunks, Chunks)>,
    turn: usize,
}

enum Job {
    Sort(usize),
    Encode(Group),
}

impl<'o> Schedule<'o> {
    pub(super) fn new(output: &'o Output<'o>, partitions: &'o Partitions, targets: (Target, Target)) -> Self {
        Self {
            output,
            partitions,
            encoders: (targets.0.encoder(), targets.1.encoder()),
            state: Mutex::new(State::default()),
            changed: Condvar::new(),
            appending: Mutex::new(Appending { targets, encoded: BTreeMap::new(), turn: 0 }),
        }
    }

    /// Works until nothing is left or something has failed.
    pub(super) fn work(&self) {
        while let Some(job) = self.next_job() {
            let result = match job {
                Job::Sort(partition) => self.sort(partition),
                Job::Encode(group) => self.encode(&group),
            };
            if let Err(error) = result {
                self.state().failed.get_or_insert(error);
                self.changed.notify_all();
            }
        }
    }

    /// The files, complete, or the first thing that failed.
    pub(super) fn finish(self) -> Result<(Target, Target), IntakeError> {
        let state = self.state.into_inner().unwrap_or_else(PoisonError::into_inner);
        let appending = self.appending.into_inner().unwrap_or_else(PoisonError::into_inner);
        match state.failed {
            Some(error) => Err(error),
            None if state.turn == PARTITIONS && appending.encoded.is_empty() => Ok(appending.targets),
            None => Err(IntakeError::Bug { step: "write all row groups" }),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next_job(&self) -> Option<Job> {
        let mut state = self.state();
        loop {
            if state.failed.is_some() {
                return None;
            }
            let all_sorted = state.turn == PARTITIONS;
            if let Some(group) = state.waiting.group(all_sorted) {
                return Some(Job::Encode(group));
            }
            // Nobody runs far ahead of the partition whose turn it is.
            if state.next < PARTITIONS && state.next < state.turn + 4 * self.output.threads {
                state.next += 1;
                return Some(Job::Sort(state.next - 1));
            }
            if all_sorted {
                return None;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn sort(&self, partition: usize) -> Result<(), IntakeError> {
        let sorted = sort(self.output, self.partitions.take(partition)?)?;
        let mut state = self.state();
        state.sorted.insert(partition, sorted);
        while let Some(sorted) = {
            let turn = state.turn;
            state.sorted.remove(&turn)
        } {
            state.waiting.push(sorted);
            state.turn += 1;
        }
        drop(state);
        self.changed.notify_all();
        Ok(())
    }

    fn encode(&self, group: &Group) -> Result<(), IntakeError> {
        let (data, rows) = &self.encoders;
        let encoded = (data.encode(self.output, group)?, rows.encode_rows(self.output, group)?);
        let mut appending = self.appending.lock().unwrap_or_else(PoisonError::into_inner);
        appending.encoded.insert(group.number, encoded);
        while let Some((data, rows)) = {
            let turn = appending.turn;
            appending.encoded.remove(&turn)
        } {
            appending.targets.0.append(data)?;
            appending.targets.1.append(rows)?;
            appending.turn += 1;
        }
        self.output.progress.advance(group.rows as u64);
        Ok(())
    }
}
