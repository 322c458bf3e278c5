//! The chain: pack every extract, carry the deliveries to the hub, receive, run.

use std::fs;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use indicatif::ProgressBar;

use crate::offices::text;
use crate::{DemoError, Extract, Finished, Offices, PackReport, ReceiveReport, World};

/// How the extracts are packed.
#[derive(Debug, Clone)]
pub struct PackOptions {
    /// How many packs run at the same time.
    pub side_by_side: usize,
    /// Moves on by the bytes of every extract that is done.
    pub progress: ProgressBar,
}

impl Default for PackOptions {
    /// One after the other, without a bar.
    fn default() -> Self {
        Self { side_by_side: 1, progress: ProgressBar::hidden() }
    }
}

/// One extract with the delivery that came of it.
#[derive(Debug, Clone)]
pub struct PackedExtract {
    /// The extract.
    pub extract: Extract,
    /// What `yilian-dept pack` said.
    pub report: PackReport,
}

/// How the hub runs.
#[derive(Debug, Clone)]
pub struct RunOptions {
    /// The day for which the run is made, `YYYY-MM-DD`.
    pub as_of: String,
    /// Further arguments of `yilian run`, for example `--threads 8`.
    pub further: Vec<String>,
}

impl Offices {
    /// Packs every extract in its department, the largest first, and returns them in the order of the world.
    ///
    /// # Errors
    /// [`DemoError::NotPacked`] with every extract that failed, after all were tried.
    pub fn pack_all(&self, world: &World, options: &PackOptions) -> Result<Vec<PackedExtract>, DemoError> {
        let mut order: Vec<usize> = (0..world.extracts.len()).collect();
        order.sort_by_key(|index| std::cmp::Reverse(world.extracts.get(*index).map_or(0, |extract| extract.bytes)));
        let next = AtomicUsize::new(0);
        let done = Mutex::new(Vec::new());
        thread::scope(|scope| {
            for _ in 0..options.side_by_side.max(1) {
                scope.spawn(|| {
                    while let Some(index) = order.get(next.fetch_add(1, Ordering::Relaxed)) {
                        let Some(extract) = world.extracts.get(*index) else { break };
                        let packed = self.pack(extract);
                        options.progress.inc(extract.bytes);
                        if let Ok(mut done) = done.lock() {
                            done.push((*index, packed));
                        }
                    }
                });
            }
        });
        let mut done = done.into_inner().unwrap_or_default();
        done.sort_by_key(|(index, _)| *index);
        let (packed, failed): (Vec<_>, Vec<_>) = done.into_iter().map(|(_, packed)| packed).partition(Result::is_ok);
        if failed.is_empty() {
            return Ok(packed.into_iter().filter_map(Result::ok).collect());
        }
        let failures = failed.into_iter().filter_map(Result::err).map(|error| error.to_string()).collect();
        Err(DemoError::NotPacked { failures })
    }

    /// Packs one extract in its department.
    ///
    /// # Errors
    /// Where `yilian-dept pack` fails.
    pub fn pack(&self, extract: &Extract) -> Result<PackedExtract, DemoError> {
        let report = self.try_pack(extract)?.success()?.json()?;
        Ok(PackedExtract { extract: extract.clone(), report })
    }

    /// Runs `yilian-dept pack` on one extract and returns what it left, also when it failed.
    ///
    /// # Errors
    /// Where the program cannot be started.
    pub fn try_pack(&self, extract: &Extract) -> Result<Finished, DemoError> {
        let site = text(&self.department(&extract.department));
        let file = text(&extract.path);
        self.programs.try_run(
            "yilian-dept",
            ["pack", &file, "--dataset", &extract.dataset, "--period", &extract.period, "--site", &site, "--json"],
        )
    }

    /// Copies deliveries into the hub's inbox, as a courier would.
    ///
    /// # Errors
    /// Where a file cannot be copied.
    pub fn hand_over(&self, packed: &[PackedExtract]) -> Result<Vec<PathBuf>, DemoError> {
        let inbox = self.inbox();
        fs::create_dir_all(&inbox).map_err(DemoError::file(&inbox))?;
        packed
            .iter()
            .map(|packed| {
                let delivery = &packed.report.delivery;
                let copy = inbox.join(delivery.file_name().unwrap_or_default());
                fs::copy(delivery, &copy).map_err(DemoError::file(delivery))?;
                Ok(copy)
            })
            .collect()
    }

    /// Lets the hub receive its inbox.
    ///
    /// # Errors
    /// Where the program fails; a refused delivery is in the report and no error here.
    pub fn receive(&self) -> Result<ReceiveReport, DemoError> {
        let finished = self.try_receive()?;
        // A refused delivery makes the exit code 1, with the report all the same.
        finished.json().map_err(|unknown| finished.success().err().unwrap_or(unknown))
    }

    /// Runs `yilian receive` and returns what it left, also when it failed.
    ///
    /// # Errors
    /// Where the program cannot be started.
    pub fn try_receive(&self) -> Result<Finished, DemoError> {
        let (hub, inbox) = (text(&self.hub()), text(&self.inbox()));
        self.programs.try_run("yilian", ["receive", &inbox, "--site", &hub, "--json"])
    }

    /// Makes the nightly run.
    ///
    /// # Errors
    /// Where the run stops.
    pub fn run(&self, options: &RunOptions) -> Result<Finished, DemoError> {
        self.try_run(options)?.success()
    }

    /// Makes the nightly run and returns what it left, also when it stopped.
    ///
    /// # Errors
    /// Where the program cannot be started.
    pub fn try_run(&self, options: &RunOptions) -> Result<Finished, DemoError> {
        let (pipeline, hub) = (text(&self.pipeline()), text(&self.hub()));
        let mut arguments: Vec<String> =
            ["run", &pipeline, "--site", &hub, "--as-of", &options.as_of, "--json"].map(str::to_owned).to_vec();
        arguments.extend(options.further.iter().cloned());
        self.programs.try_run("yilian", arguments)
    }

    /// Asks the current publication and returns the rows as JSON objects.
    ///
    /// # Errors
    /// Where the query fails.
    pub fn sql(&self, role: &str, query: &str) -> Result<Vec<serde_json::Value>, DemoError> {
        let hub = text(&self.hub());
        self.programs.run("yilian", ["sql", "-c", query, "--as", role, "--site", &hub, "--json"])?.json()
    }
}
