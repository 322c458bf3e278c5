//! An S3-compatible server over a folder, so that storage in buckets is tested without any other program.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use s3s_fs::FileSystem;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

const USER: &str = "hub";
const PASSWORD: &str = "correct horse battery staple";

/// The server; it ends with this value.
pub(crate) struct ObjectServer {
    address: SocketAddr,
    root: PathBuf,
    _runtime: Runtime,
}

impl ObjectServer {
    /// Serves `root`, in which each of `buckets` becomes a folder.
    pub(crate) fn start(root: &Path, buckets: &[&str]) -> Self {
        for bucket in buckets {
            fs::create_dir_all(root.join(bucket)).unwrap();
        }
        let runtime = Runtime::new().unwrap();
        let mut service = S3ServiceBuilder::new(FileSystem::new(root).unwrap());
        service.set_auth(SimpleAuth::from_single(USER, PASSWORD));
        let service = service.build();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        runtime.spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let service = service.clone();
                tokio::spawn(async move {
                    let connections = Builder::new(TokioExecutor::new());
                    // A client that is killed leaves its connection in the middle.
                    let _ = connections.serve_connection(TokioIo::new(stream), service).await;
                });
            }
        });
        Self { address, root: root.to_owned(), _runtime: runtime }
    }

    /// Tells a program where the server is and how to log in.
    pub(crate) fn known_to(&self, command: &mut Command) {
        command
            .env("AWS_ENDPOINT", format!("http://{}", self.address))
            .env("AWS_ALLOW_HTTP", "true")
            .env("AWS_REGION", "somewhere")
            .env("AWS_ACCESS_KEY_ID", USER)
            .env("AWS_SECRET_ACCESS_KEY", PASSWORD);
    }

    /// The folder behind a bucket.
    pub(crate) fn folder(&self, bucket: &str) -> PathBuf {
        self.root.join(bucket)
    }
}
