//! A query that runs: in a task of its own, which hands over one batch of rows at a time and ends, with its memory and
//! its place, when the answer is complete, the asker cancels or goes away, or a limit is reached.

use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use datafusion::arrow::array::RecordBatch;
use datafusion::common::ScalarValue;
use futures::StreamExt;
use tokio::sync::{OwnedSemaphorePermit, mpsc, watch};
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
    end: watch::Receiver<Option<Result<(), Failure>>>,
}

impl Running {
    /// The next rows; `None` after the last. An end by cancelling or by a limit comes before rows that still wait, and
    /// does not wait for the engine to notice.
    pub(crate) async fn next(&mut self) -> Result<Option<RecordBatch>, Failure> {
        let Self { batches, end } = self;
        let mut early = end.clone();
        let failed = async {
            let end = early.wait_for(|end| matches!(end, Some(Err(_)))).await.map(|end| end.clone());
            match end {
                Ok(end) => end,
                Err(_) => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            Some(Err(failure)) = failed => return Err(failure),
            batch = batches.recv() => if batch.is_some() { return Ok(batch) },
        }
        let end = end.wait_for(Option::is_some).await.map(|end| end.clone());
        match end {
            Ok(Some(Err(failure))) => Err(failure),
            Ok(_) => Ok(None),
            Err(_) => Err(Failure::ours()),
        }
    }
}

/// How a query ended that has no answer to the end.
enum Unfinished {
    Failed(Failure),
    /// Nobody waits for its rows any more.
    Abandoned,
}

/// What a query has told so far.
#[derive(Default)]
pub(crate) struct SoFar {
    rows: AtomicU64,
    /// What it asks of micro data, once that is understood.
    shapes: OnceLock<Vec<String>>,
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
    let (told, end) = watch::channel(None);
    let told_so_far = Arc::new(SoFar::default());
    let (connection, begun) = (Arc::clone(connection), Instant::now());
    let query = Query { connection: Arc::clone(&connection), planned, values, of_user, sender: sender.clone() };
    // Made before the task runs, so that no request to cancel is missed in between.
    let cancelled = Arc::clone(&connection.cancel).notified_owned();
    // On threads of its own: an operator may compute for seconds before it looks up, and messages are read meanwhile.
    let mut work = connection.shared.compute.handle().spawn(query.run(Arc::clone(&told_so_far)));
    tokio::spawn(async move {
        let limit = connection.time_limit();
        let ended = tokio::select! {
            biased;
            () = cancelled => Err(Unfinished::Failed(Failure::cancelled())),
            () = connection.shared.stop.cancelled() => Err(Unfinished::Failed(Failure::shut_down())),
            () = connection.closed.cancelled() => Err(Unfinished::Abandoned),
            ended = &mut work => ended.unwrap_or_else(|_| Err(Unfinished::Failed(Failure::ours()))),
            () = sender.closed() => Err(Unfinished::Abandoned),
            () = tokio::time::sleep(limit) => Err(Unfinished::Failed(Failure::too_long(limit.as_secs()))),
        };
        work.abort();
        connection.ended(&text, &ended_as(&ended), &told_so_far, begun);
        let _ = told.send(Some(match ended {
            Ok(()) => Ok(()),
            Err(Unfinished::Failed(failure)) => Err(failure),
            Err(Unfinished::Abandoned) => Err(Failure::cancelled()),
        }));
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
    async fn run(self, so_far: Arc<SoFar>) -> Result<(), Unfinished> {
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
        let _ = so_far.shapes.set(answer.shapes().to_vec());
        let mut batches = pin!(answer.into_batches());
        while let Some(batch) = batches.next().await {
            let batch = batch.map_err(failed)?;
            let more = u64::try_from(batch.num_rows()).unwrap_or(u64::MAX);
            if so_far.rows.fetch_add(more, Ordering::Relaxed) + more > shared.limits.query_rows {
                return Err(Unfinished::Failed(Failure::too_many_rows(shared.limits.query_rows)));
            }
            sender.send(batch).await.map_err(|_| Unfinished::Abandoned)?;
        }
        Ok(())
    }
}

impl Connection {
    /// Writes a statement into the log and counts it.
    pub(crate) fn ended(&self, text: &str, (outcome, code): &Ended, so_far: &SoFar, begun: Instant) {
        let took = begun.elapsed();
        self.shared.metrics.ended(*outcome, took);
        let (user, role) = self.asker().map_or(("", ""), |asker| (asker.name.as_str(), asker.role.as_str()));
        let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        let shapes = so_far.shapes.get().map(Vec::as_slice).unwrap_or_default();
        let rows = so_far.rows.load(Ordering::Relaxed);
        let outcome = outcome.as_str();
        let entry = Entry { user, role, statement: text, outcome, code: *code, shapes, rows, milliseconds };
        if let Err(error) = self.shared.log.write(&entry) {
            self.shared.log_is_broken(&error);
        }
    }
}
