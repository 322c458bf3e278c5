use std::fmt;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use crate::error::PipelineError;

const FILE: &str = "lock";
/// More was not written by us.
const LONGEST: u64 = 200;

/// Work that changes a site and bears no other beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// Judging an inbox.
    Receive,
    /// A run with everything that belongs to it.
    Run,
    /// Counting a year for its release.
    Release,
    /// Removing what is old.
    Prune,
    /// Making the next hub key.
    ChangeOfKey,
    /// Registering an office.
    AddSender,
    /// Saying who may log in.
    ChangeOfUsers,
}

/// The right to change a site, as long as it lives; the system takes it back from a process that ends in whatever way.
#[derive(Debug)]
#[must_use = "the site is free again when this is dropped"]
pub struct SiteLock {
    _file: File,
}

impl SiteLock {
    pub(super) fn take(vault: &Path, work: Work) -> Result<Self, PipelineError> {
        let path = vault.join(FILE);
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)
            .map_err(PipelineError::io("open", &path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(PipelineError::InUse { holder: holder(&mut file) }),
            Err(TryLockError::Error(source)) => return Err(PipelineError::io("lock", &path)(source)),
        }
        let text = format!("`{work}`, process {}", std::process::id());
        let written = file.set_len(0).and_then(|()| file.rewind()).and_then(|()| file.write_all(text.as_bytes()));
        written.map_err(PipelineError::io("write", &path))?;
        Ok(Self { _file: file })
    }
}

/// What the holder wrote about itself; it may not have come to that yet.
fn holder(file: &mut File) -> String {
    let mut text = String::new();
    let read = file.take(LONGEST).read_to_string(&mut text);
    if read.is_ok() && !text.is_empty() { text } else { "another command".to_owned() }
}

impl fmt::Display for Work {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Receive => "yilian receive",
            Self::Run => "yilian run",
            Self::Release => "yilian release",
            Self::Prune => "yilian prune",
            Self::ChangeOfKey => "yilian keys rotate",
            Self::AddSender => "yilian senders add",
            Self::ChangeOfUsers => "yilian users",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_one_is_told_who_works_and_gets_the_site_when_the_first_has_ended() {
        let vault = tempfile::tempdir().unwrap();
        let first = SiteLock::take(vault.path(), Work::Run).unwrap();
        let refused = SiteLock::take(vault.path(), Work::Prune).unwrap_err();
        let said = refused.to_string();
        assert!(said.contains("`yilian run`, process ") && said.contains(&std::process::id().to_string()), "{said}");
        assert!(refused.hint().is_some());
        drop(first);
        let second = SiteLock::take(vault.path(), Work::ChangeOfKey).unwrap();
        let refused = SiteLock::take(vault.path(), Work::Receive).unwrap_err().to_string();
        assert!(refused.contains("`yilian keys rotate`") && !refused.contains("yilian run"), "{refused}");
        drop(second);
    }
}
