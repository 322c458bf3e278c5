//! Listens, secures connections, and ends them all when it is told to.

use std::fs;
use std::io::Write;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use pgwire::api::RandomPidSecretKeyGenerator;
use pgwire::tokio::process_socket;
use socket2::{SockRef, TcpKeepalive};
use tokio::io::Interest;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use yilian_engine::Engine;

use crate::compute::Compute;
use crate::connection::{Connection, Place, Shared};
use crate::error::EndpointError;
use crate::limits::{CATALOGUE_QUERIES, Limits};
use crate::log::QueryLog;
use crate::metrics::Metrics;
use crate::protocol::Handlers;
use crate::readers::{Publications, Readers};
use crate::tls::{CertificateFiles, Tls};
use crate::users::private;
use crate::watch;

/// What an endpoint needs to start.
pub struct Configuration {
    /// Where it listens, such as `127.0.0.1:5432`.
    pub listen: String,
    /// Where it tells health and metrics; `None` tells nobody.
    pub watch: Option<String>,
    /// The certificate; `None` takes the site's own.
    pub certificate: Option<CertificateFiles>,
    /// The folder of secrets: users, key, query log.
    pub vault: std::path::PathBuf,
    /// How much readers may use.
    pub limits: Limits,
    /// The present time, for the query log.
    pub clock: fn() -> chrono::DateTime<chrono::FixedOffset>,
    /// Where the operator is told what readers must not be.
    pub console: fn(&str),
}

/// An endpoint that listens and answers nobody yet.
pub struct Endpoint {
    listener: TcpListener,
    watch: Option<TcpListener>,
    tls: Tls,
    shared: Arc<Shared>,
}

/// Connections above the limit that are told so, instead of nothing; those above these are closed at once.
const TURNED_AWAY_AT_ONCE: usize = 16;
/// A client that has gone without a word, as when its machine lost power, is noticed after this and three more tries.
const KEEPALIVE: Duration = Duration::from_mins(1);
const KEEPALIVE_AGAIN: Duration = Duration::from_secs(15);
/// When it stops, what does not end by itself is left behind after this.
const FAREWELL: Duration = Duration::from_secs(5);
/// What a connection may still say when its client has gone or the endpoint stops.
const LAST_WORDS: Duration = Duration::from_secs(1);

impl Endpoint {
    /// Reads certificate and log and takes the addresses.
    ///
    /// # Errors
    /// [`EndpointError`] for whatever keeps it from starting.
    pub async fn bind(
        configuration: Configuration,
        engine: Engine,
        publications: Box<dyn Publications>,
    ) -> Result<Self, EndpointError> {
        let Configuration { listen, watch, certificate, vault, limits, clock, console } = configuration;
        if limits.query_bytes > limits.memory_bytes {
            return Err(EndpointError::Limits { query: limits.query_bytes, all: limits.memory_bytes });
        }
        let listener = listener(&listen).await?;
        let watch = match &watch {
            Some(address) => Some(self::listener(address).await?),
            None => None,
        };
        let files = match certificate {
            Some(files) => files,
            None => CertificateFiles::of_site(
                &vault,
                &listener.local_addr().map(|own| own.ip()).into_iter().collect::<Vec<_>>(),
            )?,
        };
        let tls = files.load()?;
        let shared = Shared {
            readers: Readers::new(publications, engine, console),
            compute: Compute::start().map_err(|source| EndpointError::Threads { source })?,
            limits,
            users: vault.join("users.json"),
            nobody: nobody(&vault.join("users.key"))?,
            binding: tls.binding.clone(),
            log: QueryLog::open(&vault, clock)?,
            log_broke: AtomicBool::new(false),
            metrics: Metrics::new(),
            queries: Arc::new(Semaphore::new(limits.queries())),
            catalogue_queries: Arc::new(Semaphore::new(CATALOGUE_QUERIES)),
            places: Mutex::default(),
            keys: RandomPidSecretKeyGenerator::default(),
            cancels: Mutex::default(),
            stop: CancellationToken::new(),
            console,
        };
        Ok(Self { listener, watch, tls, shared: Arc::new(shared) })
    }

    /// Where clients connect.
    pub fn address(&self) -> Option<SocketAddr> {
        self.listener.local_addr().ok()
    }

    /// Where health and metrics are told.
    pub fn watch_address(&self) -> Option<SocketAddr> {
        self.watch.as_ref()?.local_addr().ok()
    }

    /// SHA-256 of the certificate, in hex.
    pub fn fingerprint(&self) -> &str {
        &self.tls.fingerprint
    }

    /// Answers until `stop` comes, then ends every query and connection.
    pub async fn serve(self, stop: impl Future<Output = ()>) {
        let Self { listener, watch, tls, shared } = self;
        let tasks = TaskTracker::new();
        if let Some(watch) = watch {
            tasks.spawn(watch::serve(watch, Arc::clone(&shared)));
        }
        let places = Arc::new(Semaphore::new(shared.limits.connections));
        let turned_away = Arc::new(Semaphore::new(TURNED_AWAY_AT_ONCE));
        let mut stop = std::pin::pin!(stop);
        loop {
            let accepted = tokio::select! {
                () = &mut stop => break,
                accepted = listener.accept() => accepted,
            };
            let Ok((stream, _)) = accepted else {
                // Out of descriptors, most likely: some become free when connections end.
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            };
            let (place, held) = match Arc::clone(&places).try_acquire_owned() {
                Ok(held) => (Place::Taken, held),
                Err(_) => match Arc::clone(&turned_away).try_acquire_owned() {
                    Ok(held) => (Place::None, held),
                    Err(_) => continue,
                },
            };
            let connection = Connection::new(Arc::clone(&shared), place);
            tasks.spawn(connected(stream, tls.acceptor.clone(), connection, held));
        }
        shared.stop.cancel();
        tasks.close();
        let _ = tokio::time::timeout(FAREWELL, tasks.wait()).await;
    }
}

async fn listener(address: &str) -> Result<TcpListener, EndpointError> {
    let failed = |source| EndpointError::Listen { address: address.to_owned(), source };
    TcpListener::bind(address).await.map_err(failed)
}

/// One connection from its first byte to its last.
async fn connected(
    stream: TcpStream,
    acceptor: pgwire::tokio::TlsAcceptor,
    connection: Arc<Connection>,
    _held: OwnedSemaphorePermit,
) {
    let keepalive = TcpKeepalive::new().with_time(KEEPALIVE).with_interval(KEEPALIVE_AGAIN).with_retries(3);
    let _ = SockRef::from(&stream).set_tcp_keepalive(&keepalive);
    let _counted = connection.shared.metrics.connected();
    let (stop, closed) = (connection.shared.stop.clone(), connection.closed.clone());
    let _closes = closed.clone().drop_guard();
    let Ok((stream, seen)) = twice(stream) else { return };
    let mut served = std::pin::pin!(process_socket(stream, Some(acceptor), Handlers(connection)));
    tokio::select! {
        // Nobody is left to tell that the client went away in the middle of a message.
        _ = &mut served => return,
        // While a query runs nobody reads from the connection, and a client that goes away would not be noticed.
        () = gone(seen) => closed.cancel(),
        () = stop.cancelled() => {}
    }
    // What was sent before, as a request to cancel, is still read; and a running query tells its asker why it ends.
    let _ = tokio::time::timeout(LAST_WORDS, served).await;
}

/// The same connection twice: one to serve, one to see whether the client is still there.
fn twice(stream: TcpStream) -> std::io::Result<(TcpStream, TcpStream)> {
    let stream = stream.into_std()?;
    let seen = stream.try_clone()?;
    Ok((TcpStream::from_std(stream)?, TcpStream::from_std(seen)?))
}

/// Returns when the client has closed its side.
async fn gone(stream: TcpStream) {
    loop {
        match stream.ready(Interest::READABLE).await {
            Ok(ready) if ready.is_read_closed() => return,
            Ok(_) => {
                // Bytes that the other half will read; the next sign is waited for.
                let _ = stream.try_io(Interest::READABLE, || -> std::io::Result<()> {
                    Err(std::io::ErrorKind::WouldBlock.into())
                });
            }
            Err(_) => return,
        }
    }
}

/// What verifiers of unknown users are made with: the same after a restart, so that a name that is asked for twice looks
/// the same.
fn nobody(file: &Path) -> Result<[u8; 32], EndpointError> {
    let failed = EndpointError::file(file);
    if let Ok(bytes) = fs::read(file)
        && let Ok(key) = bytes.try_into()
    {
        return Ok(key);
    }
    let mut key = [0; 32];
    getrandom::fill(&mut key).map_err(|_| EndpointError::Randomness)?;
    private(file).and_then(|mut new| new.write_all(&key).and_then(|()| new.sync_all())).map_err(failed)?;
    Ok(key)
}
