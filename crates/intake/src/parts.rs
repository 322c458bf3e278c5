//! Shares the parts of a table among threads.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use crate::IntakeError;
use crate::progress::Progress;
use crate::source::{BadPart, Cells, Encoding, Grid, Part, Source};
use crate::treat::{Outcome, Shared, Worker};

/// Parts that wait for a thread.
const AHEAD: usize = 8;

/// Why a table could not be read.
pub(crate) enum Unread {
    Failed(IntakeError),
    /// A part that begins with this row cannot be taken apart.
    Bad(u32, BadPart),
}

/// The first part that cannot be taken apart; one that is no text counts more than anything.
type FirstBad = Mutex<Option<(BadPart, u32)>>;

/// Reads part after part on this thread and treats them on others.
pub(crate) fn treat_all(
    shared: &Shared<'_>,
    source: &mut Source,
    first: Part,
    (grid, encoding): (Grid, Encoding),
    (threads, progress): (usize, &dyn Progress),
) -> Result<Vec<Outcome>, Unread> {
    let (sender, receiver) = sync_channel::<Part>(AHEAD);
    // The threads alone own the receiving end: were they all to fail, sending would fail too and not wait for ever.
    let receiver = Arc::new(Mutex::new(receiver));
    let bad = FirstBad::default();
    let results = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads.max(1))
            .map(|_| {
                let (receiver, bad) = (Arc::clone(&receiver), &bad);
                scope.spawn(move || treat_parts(shared, &receiver, (grid, encoding), bad, progress))
            })
            .collect();
        drop(receiver);
        let fed = feed(source, first, sender, &bad);
        let mut outcomes = Vec::new();
        for thread in threads {
            outcomes.push(thread.join().unwrap_or(Err(IntakeError::Bug { step: "treat a part of the file" })));
        }
        fed.and_then(|()| outcomes.into_iter().collect::<Result<Vec<_>, _>>())
    });
    match bad.into_inner().unwrap_or_else(PoisonError::into_inner) {
        Some((bad, row)) => Err(Unread::Bad(row, bad)),
        None => results.map_err(Unread::Failed),
    }
}

fn feed(source: &mut Source, first: Part, sender: SyncSender<Part>, bad: &FirstBad) -> Result<(), IntakeError> {
    let mut next = Some(first);
    while let Some(part) = next {
        // Nobody listens any more if all threads have failed; they say why.
        if sender.send(part).is_err() || bad.lock().unwrap_or_else(PoisonError::into_inner).is_some() {
            return Ok(());
        }
        next = source.next()?;
    }
    // The threads end when nobody can send any more.
    drop(sender);
    Ok(())
}

fn treat_parts(
    shared: &Shared<'_>,
    receiver: &Mutex<Receiver<Part>>,
    (grid, encoding): (Grid, Encoding),
    bad: &FirstBad,
    progress: &dyn Progress,
) -> Result<Outcome, IntakeError> {
    let mut worker = Worker::new(shared);
    let mut cells = Cells::default();
    let mut failed = None;
    loop {
        let part = receiver.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(part) = part else { break };
        // After a failure the parts are still taken, so that the reader does not wait for ever.
        if failed.is_some() {
            continue;
        }
        let bytes = part.bytes.len();
        if let Err((row, kind)) = cells.split(part, grid, encoding, shared.plan.width) {
            let mut first = bad.lock().unwrap_or_else(PoisonError::into_inner);
            *first = Some(first.map_or((kind, row), |first| first.min((kind, row))));
            continue;
        }
        worker.out.mixture.merge(cells.mixture());
        cells.skip_to_after(shared.plan.header_row);
        failed = worker.treat(&cells).err();
        progress.advance(bytes as u64);
    }
    failed.map_or(Ok(worker.out), Err)
}
