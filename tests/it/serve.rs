//! `yilian serve` as its clients meet it: who sees what, what is refused, and that one who asks too much, goes away or
//! does not read takes nothing from the others.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream as PlainStream;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, SignatureScheme};
use serde_json::Value;
use sha2::{Digest, Sha256};
use tokio_postgres::{Client, Config, Error, NoTls, SimpleQueryMessage};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::fixture::{copy_folder, new_folder, programs, run_options, shared};

const PASSWORD: &str = "correct horse battery staple";
/// Runs for minutes where nothing ends it.
const LONG: &str =
    "select count(*) from generate_series(1, 400000) a, generate_series(1, 400000) b where a.value > b.value";

/// An endpoint over a hub of its own, which ends with it.
struct Endpoint {
    process: Child,
    hub: PathBuf,
    port: u16,
    metrics: u16,
    fingerprint: String,
}

impl Endpoint {
    fn start(name: &str, further: &[&str]) -> Self {
        programs();
        let hub = new_folder(name);
        copy_folder(&shared().offices.hub(), &hub);
        for role in ["statistician", "operator", "reviewer", "release"] {
            add_user(&hub, role, role);
        }
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut process = yilian(&hub)
            .args(["serve", "--listen", "127.0.0.1:0", "--metrics", "127.0.0.1:0", "--json", "--schemas"])
            .arg(root.join("schemas"))
            .args(further)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let told: Value = serde_json::from_str(&line).unwrap();
        let port = |key: &str| told[key].as_str().unwrap().rsplit(':').next().unwrap().parse().unwrap();
        let fingerprint = told["fingerprint"].as_str().unwrap().to_owned();
        Self { process, hub, port: port("address"), metrics: port("metrics"), fingerprint }
    }

    fn config(&self, user: &str, password: &str) -> Config {
        let mut config = Config::new();
        config.host("127.0.0.1").port(self.port).user(user).password(password).dbname("yilian");
        config.ssl_mode(tokio_postgres::config::SslMode::Require);
        config
    }

    /// The certificate is recognised by its fingerprint, as a person would.
    fn tls(&self) -> MakeRustlsConnect {
        let verifier =
            Recognised { fingerprint: self.fingerprint.clone(), provider: Arc::new(ring::default_provider()) };
        let config = ClientConfig::builder_with_provider(Arc::clone(&verifier.provider))
            .with_safe_default_protocol_versions()
            .unwrap()
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_no_client_auth();
        MakeRustlsConnect::new(config)
    }

    async fn connect(&self, user: &str) -> Result<Client, Error> {
        let (client, connection) = self.config(user, PASSWORD).connect(self.tls()).await?;
        tokio::spawn(connection);
        Ok(client)
    }

    fn told_at(&self, path: &str) -> String {
        let mut stream = PlainStream::connect(("127.0.0.1", self.metrics)).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        text
    }

    fn metric(&self, name: &str) -> i64 {
        let text = self.told_at("/metrics");
        let line = text
            .lines()
            .find(|line| line.starts_with(&format!("yilian_{name} ")) || line.starts_with(&format!("yilian_{name}{{")));
        line.unwrap_or_else(|| panic!("{name}: {text}")).rsplit(' ').next().unwrap().parse().unwrap()
    }

    /// Waits until so many queries run.
    async fn running(&self, expected: i64) {
        let begun = Instant::now();
        while self.metric("queries_running") != expected {
            assert!(begun.elapsed() < Duration::from_secs(20), "{expected} queries do not run");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    fn log(&self) -> Vec<Value> {
        let mut lines = Vec::new();
        for file in fs::read_dir(self.hub.join("vault")).unwrap() {
            let path = file.unwrap().path();
            if path.extension().is_some_and(|ending| ending == "jsonl") {
                let text = fs::read_to_string(path).unwrap();
                let mut before = String::new();
                for line in text.lines() {
                    let value: Value = serde_json::from_str(line).unwrap();
                    assert_eq!(value["before"], before, "the chain is broken");
                    before = hex::encode(Sha256::digest(line));
                    lines.push(value);
                }
            }
        }
        lines
    }
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        let _ = (self.process.kill(), self.process.wait());
    }
}

fn yilian(hub: &Path) -> Command {
    let program = std::env::current_exe().unwrap();
    let folder = program.parent().unwrap().parent().unwrap();
    let mut command = Command::new(folder.join("yilian"));
    command.arg("--site").arg(hub);
    command
}

fn add_user(hub: &Path, name: &str, role: &str) {
    let file = hub.with_extension("password");
    fs::write(&file, PASSWORD).unwrap();
    let added =
        yilian(hub).args(["users", "add", name, "--role", role, "--password-file"]).arg(&file).output().unwrap();
    assert!(added.status.success(), "{}", String::from_utf8_lossy(&added.stderr));
}

#[derive(Debug)]
struct Recognised {
    fingerprint: String,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Recognised {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        assert_eq!(hex::encode(Sha256::digest(certificate)), self.fingerprint);
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

fn code(error: &Error) -> String {
    error.code().map_or_else(|| panic!("{error:?}"), |code| code.code().to_owned())
}

async fn refused(client: &Client, statement: &str) -> String {
    match client.simple_query(statement).await {
        Err(error) => code(&error),
        Ok(_) => panic!("not refused: {statement}"),
    }
}

fn first(rows: &[SimpleQueryMessage]) -> Option<String> {
    rows.iter().find_map(|row| match row {
        SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
        _ => None,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_sees_its_schemas_and_nobody_writes_or_reads_a_file() {
    let endpoint = Endpoint::start("serve_roles", &[]);
    let statistician = endpoint.connect("statistician").await.unwrap();
    assert_eq!(refused(&statistician, "select * from hub.person").await, "42501");
    assert_eq!(refused(&statistician, "select * from evidence.overlap_row").await, "42501");
    assert_eq!(refused(&statistician, "select * from nowhere").await, "42P01");
    assert_eq!(refused(&statistician, "select * from statistics.population").await, "42501");
    for catalogue in [
        "select nspname from pg_namespace where nspname in ('hub', 'evidence', 'restricted')",
        "select table_name from information_schema.tables where table_schema in ('hub', 'evidence', 'restricted')",
        "select schema_name from information_schema.schemata where schema_name in ('hub', 'evidence', 'restricted')",
        "select relname from pg_class where relname = 'person'",
    ] {
        assert_eq!(first(&statistician.simple_query(catalogue).await.unwrap()), None, "{catalogue}");
    }
    let operator = endpoint.connect("operator").await.unwrap();
    let persons = operator.query_one("select count(*) from hub.person", &[]).await.unwrap();
    assert!(persons.get::<_, i64>(0) > 0);
    for statement in [
        "insert into hub.person values (1)",
        "create table t as select 1",
        "create external table t stored as csv location '/etc/passwd'",
        "copy (select 1) to '/tmp/x'",
        "copy hub.person to stdout",
        "drop table hub.person",
        "explain analyze select 1",
        "select * from '/etc/passwd'",
        "select * from read_parquet('/etc/passwd')",
        "select input_file_name() from hub.person",
        "select * from information_schema.df_settings",
        "select pg_read_file('/etc/passwd')",
        "select pg_ls_dir('/')",
        "set role statistician",
        "set datafusion.execution.batch_size = 1",
        "show datafusion.runtime.temp_directory",
    ] {
        let code = refused(&operator, statement).await;
        assert!(["42501", "0A000", "42P01", "42601", "42704"].contains(&code.as_str()), "{statement}: {code}");
    }
    let explained = operator.simple_query("explain verbose select * from hub.person").await.unwrap();
    let said = format!("{explained:?}");
    assert!(!said.contains(".parquet") && !said.contains("vault"), "{said}");
    let cast = operator.simple_query("select cast(sex || 'x' as bigint) from hub.person").await.unwrap_err();
    assert_eq!(code(&cast), "22000");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_a_wrong_name_and_an_open_connection_are_refused_alike() {
    let endpoint = Endpoint::start("serve_logins", &[]);
    for (user, password) in [("statistician", "wrong horse battery staple"), ("nobody", PASSWORD)] {
        let error = endpoint.config(user, password).connect(endpoint.tls()).await.err().unwrap();
        assert_eq!(code(&error), "28P01", "{user}");
    }
    let mut open = endpoint.config("statistician", PASSWORD);
    open.ssl_mode(tokio_postgres::config::SslMode::Disable);
    assert_eq!(code(&open.connect(NoTls).await.err().unwrap()), "28000");
    let mut bound = endpoint.config("statistician", PASSWORD);
    bound.channel_binding(tokio_postgres::config::ChannelBinding::Require);
    drop(bound.connect(endpoint.tls()).await.unwrap());
    assert!(endpoint.metric("logins_refused_total") >= 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_ends_when_it_is_cancelled_abandoned_or_too_long() {
    let endpoint = Endpoint::start("serve_ends", &["--query-seconds", "30"]);
    let client = Arc::new(endpoint.connect("reviewer").await.unwrap());
    let (cancel, same) = (client.cancel_token(), Arc::clone(&client));
    let asked = tokio::spawn(async move { same.simple_query(LONG).await });
    endpoint.running(1).await;
    cancel.cancel_query(endpoint.tls()).await.unwrap();
    assert_eq!(code(&asked.await.unwrap().unwrap_err()), "57014");
    endpoint.running(0).await;
    client.simple_query("select 1").await.unwrap();

    // A client that goes away in the middle.
    let (gone, connection) = endpoint.config("reviewer", PASSWORD).connect(endpoint.tls()).await.unwrap();
    let connection = tokio::spawn(connection);
    let asked = tokio::spawn(async move { gone.simple_query(LONG).await });
    endpoint.running(1).await;
    connection.abort();
    asked.abort();
    endpoint.running(0).await;

    client.simple_query("set statement_timeout = '1s'").await.unwrap();
    assert_eq!(refused(&client, LONG).await, "57014");
    let outcomes: Vec<_> = endpoint.log().iter().map(|line| line["outcome"].as_str().unwrap().to_owned()).collect();
    assert!(outcomes.contains(&"cancelled".to_owned()) && outcomes.contains(&"abandoned".to_owned()), "{outcomes:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_too_much_is_told_so_and_the_others_get_their_answers() {
    let endpoint = Endpoint::start(
        "serve_limits",
        &["--query-memory", "100MB", "--query-rows", "100000", "--user-queries", "2", "--query-seconds", "60"],
    );
    let greedy = endpoint.connect("reviewer").await.unwrap();
    let asked = tokio::spawn(async move {
        // Some 20 GB of numbers in one list.
        let error =
            greedy.simple_query("select array_agg(value) from generate_series(1, 2500000000)").await.unwrap_err();
        (code(&error), error.as_db_error().unwrap().message().to_owned())
    });
    let other = endpoint.connect("reviewer").await.unwrap();
    for _ in 0..20 {
        other.query_one("select count(*) from statistics.population", &[]).await.unwrap();
    }
    let (code_of_memory, message) = asked.await.unwrap();
    assert_eq!(code_of_memory, "53200", "{message}");
    assert!(message.contains("100 MB"), "{message}");
    assert_eq!(refused(&other, "select * from generate_series(1, 200000)").await, "54000");

    let clients = [endpoint.connect("release").await.unwrap(), endpoint.connect("release").await.unwrap()];
    let running: Vec<_> =
        clients.into_iter().map(|client| tokio::spawn(async move { client.simple_query(LONG).await })).collect();
    endpoint.running(2).await;
    let third = endpoint.connect("release").await.unwrap();
    assert_eq!(refused(&third, "select count(*) from statistics.population").await, "53400");
    running.iter().for_each(tokio::task::JoinHandle::abort);
    assert!(endpoint.told_at("/health").contains("ok"));
    let told = endpoint.told_at("/metrics");
    assert!(!told.contains("population\"") && !told.contains("select"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_clients_at_once_are_answered_and_the_next_is_told_why_not() {
    let endpoint = Endpoint::start("serve_fifty", &["--connections", "50", "--user-queries", "50"]);
    let mut clients = Vec::new();
    for _ in 0..50 {
        clients.push(Arc::new(endpoint.connect("reviewer").await.unwrap()));
    }
    let error = endpoint.connect("reviewer").await.err().unwrap();
    assert_eq!(code(&error), "53300");
    let asked: Vec<_> = clients
        .iter()
        .map(|client| {
            let client = Arc::clone(client);
            tokio::spawn(async move {
                for _ in 0..3 {
                    let row = client
                        .query_one("select count(*) from statistics.population where region = $1", &[&"150104"])
                        .await
                        .unwrap();
                    assert!(row.get::<_, i64>(0) > 0);
                }
            })
        })
        .collect();
    for asked in asked {
        asked.await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_statement_sees_what_was_published_since() {
    let endpoint = Endpoint::start("serve_publications", &[]);
    let client = endpoint.connect("reviewer").await.unwrap();
    let prepared = client.prepare("select count(*) from statistics.population").await.unwrap();
    let before: i64 = client.query_one(&prepared, &[]).await.unwrap().get(0);
    let number = endpoint.metric("publication");
    let ran = yilian(&endpoint.hub)
        .arg("run")
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("../pipelines/nightly.yaml"))
        .args(["--as-of", "2026-03-01"])
        .args(run_options(&[]).further)
        .output()
        .unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let after: i64 = client.query_one(&prepared, &[]).await.unwrap().get(0);
    assert!(before > 0 && after > 0);
    assert_eq!(endpoint.metric("publication"), number + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_that_is_told_to_stop_ends_its_queries_and_leaves() {
    let mut endpoint = Endpoint::start("serve_stops", &[]);
    let client = endpoint.connect("reviewer").await.unwrap();
    let asked = tokio::spawn(async move { client.simple_query(LONG).await });
    endpoint.running(1).await;
    let told = Command::new("kill").args(["-TERM", &endpoint.process.id().to_string()]).status().unwrap();
    assert!(told.success());
    let begun = Instant::now();
    assert!(endpoint.process.wait().unwrap().success());
    assert!(begun.elapsed() < Duration::from_secs(10));
    assert_eq!(code(&asked.await.unwrap().unwrap_err()), "57P01");
    // What it needs stands in the vault, for nobody else to read.
    for file in ["users.json", "users.key", "endpoint.key"] {
        let mode = fs::metadata(endpoint.hub.join("vault").join(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
}
