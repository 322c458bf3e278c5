//! The receiving side, first half: from a file that may come from anyone to a manifest that proves nothing yet.

use std::fmt;
use std::fs;
use std::io::{BufRead, Read};
use std::path::Path;

use age::stream::StreamReader;
use age::{DecryptError, Decryptor};
use bytes::Bytes;

use crate::archive;
use crate::error::DeliveryError;
use crate::keys::{Identity, Signature};
use crate::manifest::{Manifest, Sealing, sha256_hex};
use crate::refusal::Refusal;

const AGE_MAGIC: &[u8] = b"age-encryption.org/v1\n";
const TAR_MAGIC: &[u8] = b"ustar";
const TAR_MAGIC_AT: usize = 257;
pub(crate) const LONGEST_MANIFEST: usize = 16 << 20;

/// A file that was found in the inbox; nothing is known about it.
#[derive(Clone)]
pub struct SealedFile {
    name: String,
    bytes: Bytes,
}

impl fmt::Debug for SealedFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealedFile({} bytes)", self.bytes.len())
    }
}

impl SealedFile {
    /// Takes a file's name (without folder) and bytes.
    pub fn new(name: impl Into<String>, bytes: Bytes) -> Self {
        Self { name: name.into(), bytes }
    }

    /// Reads a file into memory.
    pub fn read(path: &Path) -> Result<Self, DeliveryError> {
        let bytes = fs::read(path).map_err(|source| DeliveryError::io("read", path, source))?;
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Ok(Self::new(name, Bytes::from(bytes)))
    }

    /// The file's name as it came; not to be shown unless [`crate::FileName::parse`] accepts it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The bytes as they came.
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// Whether the bytes begin as age does: whoever has no identity can read nothing behind that.
    pub fn is_sealed(&self) -> bool {
        is_sealed(&self.bytes)
    }

    /// SHA-256 of the bytes as they came, 64 hex digits.
    pub fn sha256(&self) -> String {
        sha256_hex(&self.bytes)
    }

    /// Decrypts with whichever identity fits and takes the tar apart, all in memory.
    ///
    /// Fails only where no manifest can be read; every other fault is kept and reported by [`Opened::verify`].
    pub fn open(&self, identities: &[Identity]) -> Result<Opened, Vec<Refusal>> {
        let (sealing, tar) = self.unseal(identities).map_err(|refusal| vec![refusal])?;
        let contents = archive::read(&tar, archive::DATA);
        let mut refusals = contents.refusals;
        let Some(manifest_bytes) = contents.manifest else {
            return Err(refusals);
        };
        let manifest = match read_manifest(&manifest_bytes) {
            Ok(manifest) => manifest,
            Err(refusal) => {
                refusals.push(refusal);
                return Err(refusals);
            }
        };
        let signature = contents.signature.as_deref().map(Signature::parse);
        if matches!(signature, Some(None)) {
            refusals.push(Refusal::SignatureMalformed);
        }
        Ok(Opened {
            file_name: self.name.clone(),
            sealing,
            manifest,
            manifest_bytes,
            signature: signature.flatten(),
            data: contents.data,
            refusals,
        })
    }

    fn unseal(&self, identities: &[Identity]) -> Result<(Sealing, Bytes), Refusal> {
        if self.bytes.is_empty() {
            return Err(Refusal::FileEmpty);
        }
        if self.is_sealed() {
            return Ok((Sealing::Age, decrypt(&self.bytes, identities)?));
        }
        let magic = self.bytes.get(TAR_MAGIC_AT..TAR_MAGIC_AT + TAR_MAGIC.len());
        if magic == Some(TAR_MAGIC) {
            return Ok((Sealing::Plain, self.bytes.clone()));
        }
        Err(Refusal::NotADelivery)
    }
}

/// Whether a file's bytes begin with the header of age, whatever its name says.
pub fn is_sealed(bytes: &[u8]) -> bool {
    bytes.starts_with(AGE_MAGIC)
}

/// A delivery that could be opened; whose it is and whether it is whole is not proven.
pub struct Opened {
    pub(crate) file_name: String,
    pub(crate) sealing: Sealing,
    pub(crate) manifest: Manifest,
    pub(crate) manifest_bytes: Bytes,
    pub(crate) signature: Option<Signature>,
    pub(crate) data: Option<Bytes>,
    pub(crate) refusals: Vec<Refusal>,
}

impl fmt::Debug for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Opened({} refusals so far)", self.refusals.len())
    }
}

impl Opened {
    /// What the file says about itself; anyone could have written it.
    pub fn unproven_manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// SHA-256 of the manifest's bytes, 64 hex digits.
    pub fn delivery_id(&self) -> String {
        sha256_hex(&self.manifest_bytes)
    }
}

fn read_manifest(bytes: &[u8]) -> Result<Manifest, Refusal> {
    if bytes.len() > LONGEST_MANIFEST {
        let bytes = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        return Err(Refusal::ManifestTooLarge { bytes });
    }
    Manifest::from_bytes(bytes)
}

fn decrypt(sealed: &[u8], identities: &[Identity]) -> Result<Bytes, Refusal> {
    let mut plain = Vec::with_capacity(sealed.len());
    decrypting(sealed, identities)?.read_to_end(&mut plain).map_err(|_| Refusal::SealDamaged)?;
    Ok(Bytes::from(plain))
}

/// Decrypts with whichever identity fits, as it is read.
pub(crate) fn decrypting<R: BufRead>(sealed: R, identities: &[Identity]) -> Result<StreamReader<R>, Refusal> {
    let decryptor = Decryptor::new_buffered(sealed).map_err(|_| Refusal::SealDamaged)?;
    decryptor.decrypt(identities.iter().map(Identity::as_age)).map_err(|error| match error {
        DecryptError::NoMatchingKeys => Refusal::SealedForAnother,
        _ => Refusal::SealDamaged,
    })
}
