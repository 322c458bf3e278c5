//! A delivery that was verified before, read piece by piece: what is asked for is decrypted, and nothing else is held.

use std::fmt;
use std::io::{BufRead, Read, Seek, SeekFrom};
use std::ops::Range;

use bytes::Bytes;
use sha2::{Digest, Sha256};

use crate::archive;
use crate::keys::Identity;
use crate::manifest::{Manifest, sha256_hex};
use crate::open::{LONGEST_MANIFEST, decrypting, is_sealed};
use crate::refusal::Refusal;

const PIECE: u64 = 1 << 20;

/// Where a stored delivery is read from: a file, or bytes in memory.
pub trait Stored: BufRead + Seek + Send {}

impl<T: BufRead + Seek + Send> Stored for T {}

trait Plain: Read + Seek + Send {}

impl<T: Read + Seek + Send> Plain for T {}

/// A delivery known by the id under which it was accepted; its manifest is that of the id, its data is proven by
/// [`Self::finish`].
pub struct AcceptedFile {
    plain: Box<dyn Plain>,
    manifest: Manifest,
    /// Where the data lies in the tar.
    data: Range<u64>,
    digest: Sha256,
    /// So many of the data's bytes are in the digest.
    digested: u64,
}

impl fmt::Debug for AcceptedFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AcceptedFile({} bytes)", self.bytes())
    }
}

impl AcceptedFile {
    /// Decrypts with `identity` as far as the manifest, which must be that of `delivery_id`.
    ///
    /// # Errors
    /// [`Refusal`] where the file is not what was accepted.
    pub fn open(mut stored: impl Stored + 'static, identity: &Identity, delivery_id: &str) -> Result<Self, Refusal> {
        let begins = stored.fill_buf().map_err(|_| Refusal::SealDamaged)?;
        let mut plain: Box<dyn Plain> = if is_sealed(begins) {
            Box::new(decrypting(stored, std::slice::from_ref(identity))?)
        } else {
            Box::new(stored)
        };
        let (manifest, data) = entries(&mut plain)?;
        if sha256_hex(&manifest) != delivery_id {
            return Err(Refusal::NotAsAccepted);
        }
        let manifest = Manifest::from_bytes(&manifest)?;
        let (described, found) = (manifest.data().bytes, data.end - data.start);
        if described != found {
            return Err(Refusal::BytesMismatch { manifest: described, found });
        }
        Ok(Self { plain, manifest, data, digest: Sha256::new(), digested: 0 })
    }

    /// What the sender signed.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Length of `data.parquet`.
    pub fn bytes(&self) -> u64 {
        self.data.end - self.data.start
    }

    /// A part of `data.parquet`; proven by [`Self::finish`] only.
    ///
    /// # Errors
    /// [`Refusal::SealDamaged`] where it cannot be decrypted, also where it lies behind the end.
    pub fn read(&mut self, range: Range<u64>) -> Result<Bytes, Refusal> {
        let length = range.end.checked_sub(range.start).filter(|_| range.end <= self.bytes());
        let length = length.and_then(|length| usize::try_from(length).ok()).ok_or(Refusal::SealDamaged)?;
        let mut read = vec![0; length];
        self.plain
            .seek(SeekFrom::Start(self.data.start + range.start))
            .and_then(|_| self.plain.read_exact(&mut read))
            .map_err(|_| Refusal::SealDamaged)?;
        // What is read in order is in the digest already when all is asked for.
        let new = self.digested.checked_sub(range.start).and_then(|known| usize::try_from(known).ok());
        if let Some(new) = new.and_then(|known| read.get(known..)) {
            self.digest.update(new);
            self.digested = self.digested.max(range.end);
        }
        Ok(Bytes::from(read))
    }

    /// Proves that the data is, to the bit, what the manifest says, and so what was read of it; reads what is left.
    ///
    /// # Errors
    /// [`Refusal`] where it is not.
    pub fn finish(mut self) -> Result<(), Refusal> {
        while self.digested < self.bytes() {
            self.read(self.digested..self.bytes().min(self.digested + PIECE))?;
        }
        let found = hex::encode(self.digest.finalize());
        if self.manifest.data().sha256() == Some(found.as_str()) { Ok(()) } else { Err(Refusal::DigestMismatch) }
    }
}

/// The manifest, and where the data lies.
fn entries(plain: &mut impl Read) -> Result<(Vec<u8>, Range<u64>), Refusal> {
    let damaged = |_| Refusal::ArchiveDamaged;
    let mut tar = tar::Archive::new(plain);
    let mut manifest = None;
    for entry in tar.entries().map_err(damaged)? {
        let mut entry = entry.map_err(damaged)?;
        let name = entry.path_bytes().into_owned();
        if name == archive::MANIFEST.as_bytes() {
            let mut bytes = Vec::new();
            entry.by_ref().take(LONGEST_MANIFEST as u64).read_to_end(&mut bytes).map_err(damaged)?;
            manifest = Some(bytes);
        } else if name == archive::DATA.as_bytes() {
            let start = entry.raw_file_position();
            let end = start.checked_add(entry.size()).ok_or(Refusal::ArchiveDamaged)?;
            let manifest = manifest.ok_or(Refusal::ArchiveEntryMissing { entry: archive::MANIFEST })?;
            return Ok((manifest, start..end));
        }
    }
    Err(Refusal::ArchiveEntryMissing { entry: archive::DATA })
}
