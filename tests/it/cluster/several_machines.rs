//! A scheduler and two executors on one computer, against an S3-compatible server.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::Value;
use yilian_demo::{Offices, Published};

use crate::determinism::{digests_of, unopened_hub};
use crate::fixture::{AS_OF, files_below, new_folder, programs, shared};
use crate::object_server::ObjectServer;

/// What readers see, and what hub and executors share.
const BUCKETS: [&str; 2] = ["published", "cluster"];
const BUCKETS_OF_PEOPLE: &str = "24";
const PATIENCE: Duration = Duration::from_mins(2);

/// A process that ends with its value.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        // One that was killed before is gone already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A hub whose tables lie in a bucket, a scheduler, two executors.
struct Cluster {
    server: ObjectServer,
    offices: Offices,
    folder: PathBuf,
    scheduler: String,
    executors: Vec<Process>,
    _scheduler: Process,
}

impl Cluster {
    fn start(name: &str) -> Self {
        let folder = new_folder(name);
        let server = ObjectServer::start(&folder.join("objects"), &BUCKETS);
        let offices = unopened_hub(&format!("{name}_offices"));
        let settings = offices.hub().join("site.yaml");
        let text = fs::read_to_string(&settings).unwrap();
        fs::write(&settings, text.replace("storage: store", "storage: s3://published/hub")).unwrap();
        offices.hand_over(&shared().packed).unwrap();
        let mut scheduler = yilian(&server, &["cluster", "scheduler", "--json"]);
        scheduler.args(["--bind", "127.0.0.1:0", "--executor-timeout", "10"]).stdout(Stdio::piped());
        let mut process = Process(scheduler.spawn().unwrap());
        let mut line = String::new();
        BufReader::new(process.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let told: Value = serde_json::from_str(&line).unwrap();
        let scheduler = told["address"].as_str().unwrap().to_owned();
        let executors = ["one", "two"].map(|executor| {
            let mut command = yilian(&server, &["cluster", "executor", "--threads", "1", "--scheduler", &scheduler]);
            command.args(["--cluster-storage", "s3://cluster/hub", "--scratch"]).arg(folder.join(executor));
            Process(command.stdout(Stdio::null()).spawn().unwrap())
        });
        Self { server, offices, folder, scheduler, executors: executors.into(), _scheduler: process }
    }

    fn begin_run(&self) -> Process {
        let (pipeline, hub) = (self.offices.pipeline(), self.offices.hub());
        let [pipeline, hub] = [pipeline, hub].map(|path| path.display().to_string());
        let cluster = format!("df://{}", self.scheduler);
        let mut run = yilian(&self.server, &["run", &pipeline, "--as-of", AS_OF, "--site", &hub]);
        run.args(["--buckets", BUCKETS_OF_PEOPLE, "--cluster", &cluster, "--cluster-storage", "s3://cluster/hub"]);
        Process(run.stdout(Stdio::null()).spawn().unwrap())
    }

    /// Objects of the job under way, by what stands in their path.
    fn objects(&self, part: &str) -> Vec<PathBuf> {
        let below = self.server.folder("cluster").join("hub");
        let found = if below.exists() { files_below(&below) } else { Vec::new() };
        found.into_iter().filter(|file| file.components().any(|at| at.as_os_str() == part)).collect()
    }

    /// The buckets that an executor has begun and not ended.
    fn under_way(&self, executor: &str) -> usize {
        fs::read_dir(self.folder.join(executor).join("buckets")).map_or(0, Iterator::count)
    }

    fn published(&self) -> Published {
        Published::newest(&self.server.folder("published").join("hub")).unwrap()
    }
}

fn yilian(server: &ObjectServer, arguments: &[&str]) -> Command {
    let programs = programs();
    let mut command = Command::new(programs.path("yilian").unwrap());
    command.current_dir(programs.repository()).args(arguments);
    server.known_to(&mut command);
    command
}

/// Waits for something that happens while a run is at work.
fn wait_until(what: &str, run: &mut Process, is_so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(run.0.try_wait().unwrap().is_none(), "the run ended before {what}");
        assert!(begun.elapsed() < PATIENCE, "{what} did not happen");
        thread::sleep(Duration::from_millis(20));
    }
}

fn columns(file: &Path) -> Vec<String> {
    let open = ParquetRecordBatchReaderBuilder::try_new(File::open(file).unwrap()).unwrap();
    open.schema().fields().iter().map(|field| field.name().clone()).collect()
}

#[test]
fn a_cluster_publishes_the_bytes_of_a_local_run_and_keeps_nothing() {
    let cluster = Cluster::start("cluster");
    let mut run = cluster.begin_run();
    wait_until("the first bucket", &mut run, || !cluster.objects("done").is_empty());
    let laid_out = cluster.objects("sources");
    assert!(laid_out.len() > 20, "{laid_out:?}");
    let tokens = laid_out.iter().flat_map(|file| columns(file)).filter(|column| column.ends_with("_token"));
    let mut tokens: Vec<String> = tokens.collect();
    tokens.dedup();
    assert_eq!(tokens, ["record_token"]);
    assert!(run.0.wait().unwrap().success());
    assert!(digests_of(&cluster.published()) == digests_of(&Published::newest(&shared().offices.store()).unwrap()));
    for part in ["sources", "tables", "done"] {
        assert_eq!(cluster.objects(part), Vec::<PathBuf>::new());
    }
}

#[test]
fn an_executor_that_is_killed_at_a_bucket_changes_no_byte() {
    let mut cluster = Cluster::start("cluster_killed");
    let mut run = cluster.begin_run();
    wait_until("a bucket of the first executor", &mut run, || {
        !cluster.objects("done").is_empty() && cluster.under_way("one") > 0
    });
    let killed = cluster.executors.remove(0);
    drop(killed);
    assert_eq!(cluster.under_way("one"), 1, "it was killed between two buckets");
    let done = cluster.objects("done").len();
    assert!(done < BUCKETS_OF_PEOPLE.parse().unwrap(), "all {done} buckets were done");
    assert!(run.0.wait().unwrap().success());
    assert!(digests_of(&cluster.published()) == digests_of(&Published::newest(&shared().offices.store()).unwrap()));
}
