//! Numbers for whoever watches the endpoint; none says what was asked, by whom, or what the answer was.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue, LabelValueEncoder};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};
use yilian_engine::QueryMemory;

use crate::failure::{CANCELLED, Failure};

const SECONDS: [f64; 12] = [0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0];

/// What became of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Outcome {
    Answered,
    /// The question was at fault, or not allowed.
    Refused,
    /// It failed while it ran, or reached a limit.
    Failed,
    /// The asker, or the limit of time, ended it.
    Cancelled,
    /// The asker went away.
    Abandoned,
}

impl Outcome {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Abandoned => "abandoned",
        }
    }

    pub(crate) fn of(failure: &Failure) -> Self {
        match failure.code {
            CANCELLED => Self::Cancelled,
            code if ["42", "0A", "25", "08", "26", "22P", "53400"].iter().any(|class| code.starts_with(class)) => {
                Self::Refused
            }
            _ => Self::Failed,
        }
    }
}

impl EncodeLabelValue for Outcome {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> Result<(), std::fmt::Error> {
        EncodeLabelValue::encode(&self.as_str(), encoder)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByOutcome {
    outcome: Outcome,
}

/// Counts what happens.
pub(crate) struct Metrics {
    registry: Registry,
    connections: Gauge,
    accepted: Counter,
    refused_logins: Counter,
    statements: Family<ByOutcome, Counter>,
    seconds: Histogram,
    waiting: Gauge,
    running: Gauge,
    bytes: Gauge,
    publication: Gauge,
    memories: Arc<Mutex<BTreeMap<u64, QueryMemory>>>,
    next: AtomicU64,
}

/// Counts something for as long as it lives.
pub(crate) struct Counted(Gauge);

impl Counted {
    fn new(gauge: &Gauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// A running query.
pub(crate) struct Held {
    memories: Arc<Mutex<BTreeMap<u64, QueryMemory>>>,
    number: u64,
    _running: Counted,
}

impl Drop for Held {
    fn drop(&mut self) {
        self.memories.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.number);
    }
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let metrics = Self {
            registry: Registry::with_prefix("yilian"),
            connections: Gauge::default(),
            accepted: Counter::default(),
            refused_logins: Counter::default(),
            statements: Family::default(),
            seconds: Histogram::new(SECONDS),
            waiting: Gauge::default(),
            running: Gauge::default(),
            bytes: Gauge::default(),
            publication: Gauge::default(),
            memories: Arc::default(),
            next: AtomicU64::new(0),
        };
        metrics.registered()
    }

    fn registered(mut self) -> Self {
        let registry = &mut self.registry;
        registry.register("connections_open", "Connections that are open", self.connections.clone());
        registry.register("connections", "Connections since the start", self.accepted.clone());
        registry.register("logins_refused", "Logins with a wrong name or password", self.refused_logins.clone());
        registry.register("statements", "Statements by what became of them", self.statements.clone());
        registry.register_with_unit("statement", "Time that statements took", Unit::Seconds, self.seconds.clone());
        registry.register("queries_waiting", "Queries that wait for memory", self.waiting.clone());
        registry.register("queries_running", "Queries that run", self.running.clone());
        registry.register_with_unit(
            "query_memory",
            "Memory that running queries hold",
            Unit::Bytes,
            self.bytes.clone(),
        );
        registry.register("publication", "Number of the publication that readers see", self.publication.clone());
        self
    }

    pub(crate) fn connected(&self) -> Counted {
        self.accepted.inc();
        Counted::new(&self.connections)
    }

    pub(crate) fn login_refused(&self) {
        self.refused_logins.inc();
    }

    pub(crate) fn waits(&self) -> Counted {
        Counted::new(&self.waiting)
    }

    pub(crate) fn runs(&self, memory: QueryMemory) -> Held {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        self.memories.lock().unwrap_or_else(PoisonError::into_inner).insert(number, memory);
        Held { memories: Arc::clone(&self.memories), number, _running: Counted::new(&self.running) }
    }

    pub(crate) fn ended(&self, outcome: Outcome, took: Duration) {
        self.statements.get_or_create(&ByOutcome { outcome }).inc();
        self.seconds.observe(took.as_secs_f64());
    }

    /// All of it in the text that Prometheus reads.
    pub(crate) fn text(&self, publication: Option<u64>) -> String {
        let held: usize = {
            let memories = self.memories.lock().unwrap_or_else(PoisonError::into_inner);
            memories.values().map(QueryMemory::held).sum()
        };
        self.bytes.set(i64::try_from(held).unwrap_or(i64::MAX));
        self.publication.set(publication.and_then(|number| i64::try_from(number).ok()).unwrap_or_default());
        let mut text = String::new();
        // Writing to a text does not fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}
