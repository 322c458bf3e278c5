//! One client: who it is, what it has set, and how its queries are ended.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::time::Duration;

use bytes::Bytes;
use pgwire::api::RandomPidSecretKeyGenerator;
use tokio::sync::{Notify, Semaphore};
use tokio_util::sync::CancellationToken;
use yilian_access::Role;

use crate::compute::Compute;
use crate::failure::Failure;
use crate::limits::Limits;
use crate::log::QueryLog;
use crate::metrics::Metrics;
use crate::protocol::Login;
use crate::readers::Readers;
use crate::settings::Settings;

/// What all connections have in common.
pub(crate) struct Shared {
    pub(crate) readers: Readers,
    pub(crate) compute: Compute,
    pub(crate) limits: Limits,
    pub(crate) users: PathBuf,
    /// What the verifiers of unknown users are made with.
    pub(crate) nobody: [u8; 32],
    /// What a login is bound to.
    pub(crate) binding: Option<Vec<u8>>,
    pub(crate) log: QueryLog,
    pub(crate) log_broke: AtomicBool,
    pub(crate) metrics: Metrics,
    /// Places of queries that read tables; one for each that fits into the memory of all.
    pub(crate) queries: Arc<Semaphore>,
    pub(crate) catalogue_queries: Arc<Semaphore>,
    pub(crate) places: Mutex<HashMap<String, Weak<Semaphore>>>,
    pub(crate) keys: RandomPidSecretKeyGenerator,
    /// Connections by what a request to cancel names.
    pub(crate) cancels: Mutex<HashMap<(i32, Bytes), Arc<Notify>>>,
    pub(crate) stop: CancellationToken,
    pub(crate) console: fn(&str),
}

impl Shared {
    /// The places of one user's queries, shared by all connections of that user.
    pub(crate) fn places_of(&self, user: &str) -> Arc<Semaphore> {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        places.retain(|_, places| places.strong_count() > 0);
        let known = places.get(user).and_then(Weak::upgrade);
        known.unwrap_or_else(|| {
            let new = Arc::new(Semaphore::new(self.limits.user_queries));
            places.insert(user.to_owned(), Arc::downgrade(&new));
            new
        })
    }

    /// What cannot be logged is not answered: from now on nothing is.
    pub(crate) fn log_is_broken(&self, error: &std::io::Error) {
        if !self.log_broke.swap(true, Ordering::Relaxed) {
            (self.console)(&format!(
                "the query log cannot be written ({error}); no question is answered until a restart"
            ));
        }
    }
}

/// One client's connection.
pub(crate) struct Connection {
    pub(crate) shared: Arc<Shared>,
    /// Ends when the connection does.
    pub(crate) closed: CancellationToken,
    /// Ends the queries that run now.
    pub(crate) cancel: Arc<Notify>,
    pub(crate) place: Place,
    pub(crate) login: tokio::sync::Mutex<Login>,
    settings: Mutex<Settings>,
    asker: OnceLock<Asker>,
    key: OnceLock<(i32, Bytes)>,
}

/// Whether there is a place for a connection among all; one without is told so when it has said who it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Taken,
    None,
}

/// Who asks.
pub(crate) struct Asker {
    pub(crate) name: String,
    pub(crate) role: Role,
    pub(crate) places: Arc<Semaphore>,
}

impl Connection {
    pub(crate) fn new(shared: Arc<Shared>, place: Place) -> Arc<Self> {
        Arc::new(Self {
            shared,
            closed: CancellationToken::new(),
            cancel: Arc::default(),
            place,
            login: tokio::sync::Mutex::default(),
            settings: Mutex::default(),
            asker: OnceLock::new(),
            key: OnceLock::new(),
        })
    }

    /// Who asks; before the login nobody does.
    pub(crate) fn asker(&self) -> Result<&Asker, Failure> {
        self.asker.get().ok_or_else(|| Failure::fatal("28000", "nobody has logged in"))
    }

    /// Makes the connection somebody's, whose queries can be cancelled with its key.
    pub(crate) fn is_of(&self, asker: Asker, key: (i32, Bytes)) {
        let mut cancels = self.shared.cancels.lock().unwrap_or_else(PoisonError::into_inner);
        cancels.insert(key.clone(), Arc::clone(&self.cancel));
        let _ = (self.asker.set(asker), self.key.set(key));
    }

    pub(crate) fn settings(&self) -> MutexGuard<'_, Settings> {
        self.settings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How long a query may take: what the client asks for, and no longer than all may.
    pub(crate) fn time_limit(&self) -> Duration {
        let most = self.shared.limits.query_time;
        self.settings().timeout().map_or(most, |own| own.min(most))
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if let Some(key) = self.key.get() {
            self.shared.cancels.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
        }
    }
}
