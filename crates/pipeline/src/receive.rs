//! Receiving: from files in an inbox to accepted deliveries, or receipts that say why not (`design.md` 4).
//!
//! Files are judged one by one in the order of partition and sequence; a bad one never keeps a good one out. The
//! inbox is only read. Whatever the order of arrival or the moment of a crash, receiving again ends in the same store:
//! every write is by content and put-if-absent, and the delivery counts from the moment its JSON document is there.

mod known_files;
mod receipt;
mod retired;
mod shelf;
#[cfg(test)]
mod tests;
mod totals;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures::StreamExt;
use yilian_contract::{Regions, Schemas};
use yilian_delivery::{FileName, Identity, Opened, PlainPolicy, Refusal, SealedFile, Verification, Verified};

pub use receipt::{Outcome, Receipt};
pub(crate) use receipt::{receipt_path, receipts_by_office, tells_of_refused};
pub(crate) use retired::retire;
pub use shelf::{Accepted, all_deliveries, current_deliveries, open_accepted};
pub(crate) use shelf::{damaged, open_in_pieces, retired_deliveries};
pub(crate) use totals::Sums;

use crate::error::PipelineError;
use crate::progress::Progress;
use crate::site::{Site, Work, wall};
use crate::store::{Store, Written};
use known_files::{KnownFiles, Stamp};
use shelf::Shelf;

/// Files that are read, digested and decrypted side by side; each is held in memory whole.
const FILES_AT_ONCE: usize = 2;

/// What became of the files of one inbox.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Received {
    /// Accepted now.
    pub accepted: Vec<Accepted>,
    /// File names of deliveries that had been accepted before; nothing was done.
    pub repeated: Vec<String>,
    /// Refused now.
    pub refused: Vec<Receipt>,
    /// Refused before for the same reasons, and still in the inbox.
    pub refused_before: Vec<Receipt>,
    /// Files that are no deliveries by their name; they were not opened.
    pub ignored: usize,
}

/// Judges every delivery of `inbox` and writes what follows into the site's store.
///
/// Fails only where the machine does (storage, keys), or where another command works on the site: what is wrong with a
/// delivery is a receipt.
pub async fn receive(
    site: &Site,
    inbox: &Path,
    schemas: &Schemas,
    regions: &Regions,
    progress: &dyn Progress,
) -> Result<Received, PipelineError> {
    let _lock = site.lock(Work::Receive)?;
    judge_inbox(site, inbox, schemas, regions, progress).await
}

/// [`receive`], for a run, which has the site already.
pub(crate) async fn judge_inbox(
    site: &Site,
    inbox: &Path,
    schemas: &Schemas,
    regions: &Regions,
    progress: &dyn Progress,
) -> Result<Received, PipelineError> {
    wall::refuse_in_inbox(inbox)?;
    let identity = Identity::read(&site.age_key_file()).map_err(|source| PipelineError::Identity { source })?;
    let (files, ignored) = files_of(inbox)?;
    let mut desk = Desk {
        store: site.store(),
        shelf: Shelf::load(site.store()).await?,
        senders: site.config().registered(),
        schemas,
        regions,
        plain: if site.config().allow_plain { PlainPolicy::Allow } else { PlainPolicy::Refuse },
    };
    let mut received = Received { ignored, ..Received::default() };
    let total = files.iter().filter_map(|file| std::fs::metadata(file).ok()).map(|found| found.len()).sum();
    progress.start("receive", Some(total));
    let known = Arc::new(Known { files: KnownFiles::load(&site.vault()), content: desk.shelf.files() });
    let identity = Arc::new(identity);
    let mut arriving = futures::stream::iter(files)
        .map(|file| {
            let (known, identity) = (Arc::clone(&known), Arc::clone(&identity));
            tokio::task::spawn_blocking(move || Arrival::read(file, &known, &identity))
        })
        .buffered(FILES_AT_ONCE);
    let mut met = Vec::new();
    while let Some(arrival) = arriving.next().await {
        let arrival = arrival.map_err(|_| PipelineError::Interrupted)??;
        let stamp = arrival.stamp;
        met.push((arrival.file.clone(), stamp, arrival.sha256.clone()));
        desk.take(arrival, &mut received).await?;
        progress.advance(stamp.bytes());
    }
    drop(arriving);
    known.files.keep(&site.vault(), met, &desk.shelf.files())?;
    progress.finish(&received.note());
    Ok(received)
}

/// What has been accepted before.
struct Known {
    files: KnownFiles,
    /// SHA-256 of every file that was ever accepted.
    content: BTreeSet<String>,
}

/// A file of the inbox, opened as far as that needs nothing but the hub's identity.
struct Arrival {
    file: PathBuf,
    /// As it stood before it was read.
    stamp: Stamp,
    sha256: String,
    /// `None` for a file that was accepted before: it is not opened again.
    opened: Option<(SealedFile, Result<Opened, Vec<Refusal>>)>,
}

impl Arrival {
    fn read(file: PathBuf, known: &Known, identity: &Identity) -> Result<Self, PipelineError> {
        let stamp = Stamp::of(&file).map_err(PipelineError::io("read", &file))?;
        let sha256 = known.files.sha256(&file, stamp).filter(|sha256| known.content.contains(*sha256));
        if let Some(sha256) = sha256.map(str::to_owned) {
            return Ok(Self { file, stamp, sha256, opened: None });
        }
        let sealed = SealedFile::read(&file).map_err(|source| PipelineError::Inbox { source })?;
        let sha256 = sealed.sha256();
        let is_new = !known.content.contains(&sha256);
        let opened = is_new.then(|| {
            let opened = sealed.open(std::slice::from_ref(identity));
            (sealed, opened)
        });
        Ok(Self { file, stamp, sha256, opened })
    }

    fn name(&self) -> String {
        self.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    }
}

/// Everything a delivery is judged by.
struct Desk<'a> {
    store: &'a Store,
    shelf: Shelf,
    senders: Vec<yilian_delivery::RegisteredSender>,
    schemas: &'a Schemas,
    regions: &'a Regions,
    plain: PlainPolicy,
}

impl Desk<'_> {
    async fn take(&mut self, arrival: Arrival, received: &mut Received) -> Result<(), PipelineError> {
        let shown = receipt::shown_name(&arrival.name(), &arrival.sha256);
        let Arrival { sha256, opened, .. } = arrival;
        if let Some(accepted) = self.shelf.by_file(&sha256) {
            // A crash may have come between the delivery and its receipt.
            receipt::write_if_absent(self.store, &Receipt::accepted(accepted)).await?;
            received.repeated.push(shown);
            return Ok(());
        }
        // Retired since: known, and no longer a matter of a receipt.
        let Some((sealed, opened)) = opened else {
            received.repeated.push(shown);
            return Ok(());
        };
        match self.judge(opened) {
            Judgement::Known => received.repeated.push(shown),
            Judgement::Sound(verified) => {
                let accepted = Accepted::new(&verified, shown, sha256, &sealed);
                self.shelf.keep(self.store, &accepted, sealed.bytes().clone()).await?;
                receipt::write(self.store, &Receipt::accepted(&accepted)).await?;
                received.accepted.push(accepted);
            }
            Judgement::Unsound(reasons) => {
                let partition = FileName::parse(sealed.name()).map(|name| name.partition);
                let accepted_before = partition.and_then(|partition| self.shelf.highest(&partition));
                let mut receipt = Receipt { accepted_before, ..Receipt::refused(shown, sha256, reasons) };
                match receipt::quarantine(self.store, &mut receipt, &sealed).await? {
                    Written::New => received.refused.push(receipt),
                    Written::AlreadyThere => received.refused_before.push(receipt),
                }
            }
        }
        Ok(())
    }

    fn judge(&self, opened: Result<Opened, Vec<Refusal>>) -> Judgement {
        let opened = match opened {
            Ok(opened) => opened,
            Err(reasons) => return Judgement::Unsound(reasons),
        };
        if self.shelf.knows(&opened.delivery_id()) {
            return Judgement::Known;
        }
        let manifest = opened.unproven_manifest();
        let mut reasons = self.shelf.sequence_faults(manifest);
        let expected = Verification {
            senders: &self.senders,
            schemas: self.schemas,
            regions: self.regions,
            plain: self.plain,
            canonicaliser: self.shelf.canonicaliser(),
        };
        match opened.verify(&expected) {
            Ok(verified) => {
                reasons.extend(totals::check(&verified, self.schemas));
                if reasons.is_empty() { Judgement::Sound(Box::new(verified)) } else { Judgement::Unsound(reasons) }
            }
            Err(found) => Judgement::Unsound(found.into_iter().chain(reasons).collect()),
        }
    }
}

enum Judgement {
    Sound(Box<Verified>),
    Unsound(Vec<Refusal>),
    /// The same manifest was accepted before.
    Known,
}

impl Received {
    /// Whether anything was refused that had not been refused before.
    pub fn has_new_refusals(&self) -> bool {
        !self.refused.is_empty()
    }

    fn note(&self) -> String {
        let before = match self.refused_before.len() {
            0 => String::new(),
            count => format!(", {count} refused before"),
        };
        format!(
            "{} accepted, {} known already, {} refused{before}",
            self.accepted.len(),
            self.repeated.len(),
            self.refused.len()
        )
    }
}

/// The deliveries of a folder in the order of partition and sequence, and how many other files there are.
fn files_of(inbox: &Path) -> Result<(Vec<PathBuf>, usize), PipelineError> {
    let mut files = Vec::new();
    let mut ignored = 0;
    for entry in std::fs::read_dir(inbox).map_err(PipelineError::io("read", inbox))? {
        let path = entry.map_err(PipelineError::io("read", inbox))?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if name.starts_with('.') || !path.is_file() {
            continue;
        }
        if name.strip_suffix(".tar.age").or_else(|| name.strip_suffix(".tar")).is_some() {
            let order = FileName::parse(&name).map(|name| (name.partition, name.sequence));
            files.push((order, name, path));
        } else {
            ignored += 1;
        }
    }
    files.sort();
    Ok((files.into_iter().map(|(_, _, path)| path).collect(), ignored))
}
