//! What was asked, by whom, and what became of it: one line of JSON for each statement, each holding the digest of the
//! line before, so that none can be taken out or changed unseen.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::EndpointError;

const PREFIX: &str = "query_log_";
/// What the first line of all has in the place of a digest.
const NOTHING_BEFORE: &str = "";

/// A statement, or a login.
#[derive(Debug, Serialize)]
pub(crate) struct Entry<'a> {
    pub(crate) user: &'a str,
    pub(crate) role: &'a str,
    /// As it came; it may hold what somebody typed into it.
    pub(crate) statement: &'a str,
    pub(crate) outcome: &'static str,
    /// Of the error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) code: Option<&'a str>,
    /// What was asked of micro data.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    pub(crate) shapes: &'a [String],
    pub(crate) rows: u64,
    pub(crate) milliseconds: u64,
}

#[derive(Serialize)]
struct Line<'a> {
    number: u64,
    at: String,
    #[serde(flatten)]
    entry: &'a Entry<'a>,
    before: &'a str,
}

/// What the next line builds on.
#[derive(Deserialize)]
struct Last {
    number: u64,
}

/// Writes the log of a site; there is one at a time.
pub(crate) struct QueryLog {
    folder: PathBuf,
    clock: fn() -> DateTime<FixedOffset>,
    chain: Mutex<Chain>,
}

struct Chain {
    month: String,
    file: Option<File>,
    number: u64,
    before: String,
    /// Held as long as the log is written.
    _lock: File,
}

impl QueryLog {
    pub(crate) fn open(vault: &Path, clock: fn() -> DateTime<FixedOffset>) -> Result<Self, EndpointError> {
        let lock = vault.join("query_log.lock");
        let held = open(&lock).map_err(EndpointError::file(&lock))?;
        held.try_lock().map_err(|_| EndpointError::Served { file: lock.clone() })?;
        let (number, before) = match newest(vault)? {
            Some(file) => last_line(&file)?,
            None => (0, NOTHING_BEFORE.to_owned()),
        };
        let chain = Chain { month: String::new(), file: None, number, before, _lock: held };
        Ok(Self { folder: vault.to_owned(), clock, chain: Mutex::new(chain) })
    }

    /// Adds a line; what cannot be logged must not be answered.
    pub(crate) fn write(&self, entry: &Entry<'_>) -> std::io::Result<()> {
        let now = (self.clock)();
        // A panic inside of the lock would be a line cut short, which the next start finds.
        let mut chain = self.chain.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let month = now.format("%Y-%m").to_string();
        if chain.file.is_none() || chain.month != month {
            chain.file = Some(open(&self.folder.join(format!("{PREFIX}{month}.jsonl")))?);
            chain.month = month;
        }
        let number = chain.number + 1;
        let line = Line { number, at: now.to_rfc3339(), entry, before: &chain.before };
        let mut text = serde_json::to_string(&line)?;
        let digest = hex::encode(Sha256::digest(&text));
        text.push('\n');
        if let Some(file) = &mut chain.file {
            file.write_all(text.as_bytes())?;
        }
        (chain.number, chain.before) = (number, digest);
        Ok(())
    }
}

fn open(path: &Path) -> std::io::Result<File> {
    OpenOptions::new().append(true).create(true).mode(0o600).open(path)
}

fn newest(vault: &Path) -> Result<Option<PathBuf>, EndpointError> {
    let failed = EndpointError::file(vault);
    let mut newest: Option<String> = None;
    for entry in fs::read_dir(vault).map_err(&failed)? {
        let name = entry.map_err(&failed)?.file_name().to_string_lossy().into_owned();
        if name.starts_with(PREFIX) && newest.as_ref().is_none_or(|other| *other < name) {
            newest = Some(name);
        }
    }
    Ok(newest.map(|name| vault.join(name)))
}

/// Number and digest of the last line; a file without a line begins the chain.
fn last_line(file: &Path) -> Result<(u64, String), EndpointError> {
    let text = fs::read_to_string(file).map_err(EndpointError::file(file))?;
    let Some(whole) = text.strip_suffix('\n') else {
        return if text.is_empty() { Ok((0, NOTHING_BEFORE.to_owned())) } else { Err(unwhole(file)) };
    };
    let line = whole.rsplit('\n').next().unwrap_or_default();
    let last: Last = serde_json::from_str(line).map_err(|_| unwhole(file))?;
    Ok((last.number, hex::encode(Sha256::digest(line))))
}

fn unwhole(file: &Path) -> EndpointError {
    EndpointError::Log { file: file.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock() -> DateTime<FixedOffset> {
        DateTime::parse_from_rfc3339("2026-03-01T08:00:00+08:00").unwrap()
    }

    fn entry(statement: &str) -> Entry<'_> {
        Entry {
            user: "w",
            role: "release",
            statement,
            outcome: "answered",
            code: None,
            shapes: &[],
            rows: 1,
            milliseconds: 2,
        }
    }

    #[test]
    fn each_line_holds_the_digest_of_the_one_before() {
        let vault = tempfile::tempdir().unwrap();
        QueryLog::open(vault.path(), clock).unwrap().write(&entry("select 1")).unwrap();
        let log = QueryLog::open(vault.path(), clock).unwrap();
        log.write(&entry("select 2")).unwrap();
        let text = fs::read_to_string(vault.path().join("query_log_2026-03.jsonl")).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        let second: serde_json::Value = serde_json::from_str(lines[1]).unwrap();
        assert_eq!(second["before"], hex::encode(Sha256::digest(lines[0])));
        assert_eq!(second["number"], 2);
        assert!(matches!(QueryLog::open(vault.path(), clock), Err(EndpointError::Served { .. })));
    }

    #[test]
    fn a_line_that_was_cut_short_stops_the_start() {
        let vault = tempfile::tempdir().unwrap();
        fs::write(vault.path().join("query_log_2026-02.jsonl"), "{\"number\":1").unwrap();
        assert!(matches!(QueryLog::open(vault.path(), clock), Err(EndpointError::Log { .. })));
    }
}
