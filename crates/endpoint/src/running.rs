//! A query that runs: in a task of its own, which hands over one batch of rows at a time and ends, with its memory and
//! its place, when the answer is complete, the asker cancels or goes away, or a limit is reached.

use std::pin::pin;
use std::sync::atomic::Ordering;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use datafusion::arrow::array::RecordBatch;
use datafusion::common::ScalarValue;
use futures::StreamExt;
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use yilian_access::{AccessError, Prepared, Reads};

use crate::connection::Connection;
use crate::failure::Failure;
use crate::limits::CATALOGUE_BYTES;
use crate::log::Entry;
use crate::metrics::Outcome;
use crate::readers::Reader;

/// A question with the view it was planned over.
#[derive(Clone)]
pub(crate) struct Planned {
    pub(crate) reader: Arc<Reader>,
    pub(crate) prepared: Arc<Prepared>,
}

/// The rows of a running query, as its task hands them over.
pub(crate) struct Running {
    batches: mpsc::Receiver<RecordBatch>,
    end: Arc<OnceLock<Result<(), Failure>>>,
}

impl Running {
    /// The next rows; `None` after the last. An end by cancelling or by a limit comes before rows that still wait.
    pub(crate) async fn next(&mut self) -> Result<Option<RecordBatch>, Failure> {
        if let Some(Err(failure)) = self.end.get() {
            return Err(failure.clone());
        }
        match self.batches.recv().await {
            Some(batch) => Ok(Some(batch)),
            None => match self.end.get() {
                Some(Ok(())) => Ok(None),
                Some(Err(failure)) => Err(failure.clone()),
                // The task ended without a word, which a panic alone does.
                None => Err(Failure::ours()),
            },
        }
    }
}

/// How a query ended that has no answer to the end.
enum Unfinished {
    Failed(Failure),
    /// Nobody waits for its rows any more.
    Abandoned,
}

struct Places {
    _of_user: OwnedSemaphorePermit,
    _of_all: OwnedSemaphorePermit,
}

/// Starts a query; it waits in turn for its memory.
pub(crate) fn start(
    connection: &Arc<Connection>,
    planned: Planned,
    values: Vec<ScalarValue>,
    text: Arc<str>,
) -> Result<Running, Failure> {
    let asker = connection.asker()?;
    if connection.shared.log_broke.load(Ordering::Relaxed) {
        return Err(Failure::new("58030", "no question is answered: the query log cannot be written")
            .hint("the reason stands on the console of the endpoint; tell its operator"));
    }
    let of_user = Arc::clone(&asker.places).try_acquire_owned().map_err(|_| {
        let most = connection.shared.limits.user_queries;
        Failure::new("53400", format!("{} runs {most} queries already", asker.name))
            .hint("wait for one to end, or close a cursor that is still open")
    })?;
    let (sender, batches) = mpsc::channel(1);
    let end = Arc::new(OnceLock::new());
    let query = Query { connection: Arc::clone(connection), planned, values, of_user, sender };
    let (told, begun) = (Arc::clone(&end), Instant::now());
    // Made before the task runs, so that no request to cancel is missed in between.
    let cancelled = Arc::clone(&connection.cancel).notified_owned();
    tokio::spawn(async move {
        let connection = Arc::clone(&query.connection);
        let limit = connection.time_limit();
        let closed = connection.closed.clone();
        let sender = query.sender.clone();
        let mut rows = 0;
        let ended = tokio::select! {
            biased;
            () = cancelled => Err(Unfinished::Failed(Failure::cancelled())),
            () = connection.shared.stop.cancelled() => Err(Unfinished::Failed(Failure::shut_down())),
            () = closed.cancelled() => Err(Unfinished::Abandoned),
            () = sender.closed() => Err(Unfinished::Abandoned),
            () = tokio::time::sleep(limit) => Err(Unfinished::Failed(Failure::too_long(limit.as_secs()))),
            ended = query.run(&mut rows) => ended,
        };
        connection.ended(&text, &ended_as(&ended), rows, begun);
        let _ = told.set(match ended {
            Ok(()) => Ok(()),
            Err(Unfinished::Failed(failure)) => Err(failure),
            Err(Unfinished::Abandoned) => Err(Failure::cancelled()),
        });
        drop(sender);
    });
    Ok(Running { batches, end })
}

/// The outcome and the code of an error.
pub(crate) type Ended = (Outcome, Option<&'static str>);

fn ended_as(ended: &Result<(), Unfinished>) -> Ended {
    match ended {
        Ok(()) => (Outcome::Answered, None),
        Err(Unfinished::Abandoned) => (Outcome::Abandoned, None),
        Err(Unfinished::Failed(failure)) => (Outcome::of(failure), Some(failure.code)),
    }
}

struct Query {
    connection: Arc<Connection>,
    planned: Planned,
    values: Vec<ScalarValue>,
    of_user: OwnedSemaphorePermit,
    sender: mpsc::Sender<RecordBatch>,
}

impl Query {
    async fn run(self, rows: &mut u64) -> Result<(), Unfinished> {
        let Self { connection, planned, values, of_user, sender } = self;
        let shared = &connection.shared;
        let (places, bytes) = match planned.prepared.reads() {
            Reads::Tables => (&shared.queries, shared.limits.query_bytes),
            Reads::CatalogueAlone => (&shared.catalogue_queries, CATALOGUE_BYTES),
        };
        let waiting = shared.metrics.waits();
        let Ok(of_all) = Arc::clone(places).acquire_owned().await else { return Err(Unfinished::Abandoned) };
        drop(waiting);
        let _places = Places { _of_user: of_user, _of_all: of_all };
        let failed = |error: AccessError| match error {
            AccessError::Memory => Unfinished::Failed(Failure::too_much_memory(bytes)),
            other => Unfinished::Failed(Failure::of(&other)),
        };
        let memory =
            shared.readers.engine.query_memory(bytes).map_err(|source| failed(AccessError::Tables { source }))?;
        let _held = shared.metrics.runs(memory.clone());
        let answer = planned.reader.access.answer(&planned.prepared, &values, Some(&memory)).await.map_err(failed)?;
        let mut batches = pin!(answer.into_batches());
        while let Some(batch) = batches.next().await {
            let batch = batch.map_err(failed)?;
            *rows += u64::try_from(batch.num_rows()).unwrap_or(u64::MAX);
            if *rows > shared.limits.query_rows {
                return Err(Unfinished::Failed(Failure::too_many_rows(shared.limits.query_rows)));
            }
            sender.send(batch).await.map_err(|_| Unfinished::Abandoned)?;
        }
        Ok(())
    }
}

impl Connection {
    /// Writes a statement into the log and counts it.
    pub(crate) fn ended(&self, text: &str, (outcome, code): &Ended, rows: u64, begun: Instant) {
        let took = begun.elapsed();
        self.shared.metrics.ended(*outcome, took);
        let (user, role) = self.asker().map_or(("", ""), |asker| (asker.name.as_str(), asker.role.as_str()));
        let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        let entry = Entry { user, role, statement: text, outcome: outcome.as_str(), code: *code, rows, milliseconds };
        if let Err(error) = self.shared.log.write(&entry) {
            self.shared.log_is_broken(&error);
        }
    }
}
