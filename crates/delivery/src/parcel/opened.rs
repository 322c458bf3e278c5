//! A parcel at its office: opened, and proved to be the hub's.

use std::fmt;
use std::fs;
use std::io::Read;
use std::path::Path;

use age::{DecryptError, Decryptor};
use bytes::Bytes;

use super::{Clue, FORMAT, ParcelManifest, filed};
use crate::archive::{self, CLUES};
use crate::error::DeliveryError;
use crate::keys::{Identity, Signature, SignatureKey};
use crate::manifest::sha256_hex;

/// A parcel as it came; nothing is known about it.
pub struct ParcelFile(Bytes);

impl ParcelFile {
    /// Reads a file into memory.
    pub fn read(path: &Path) -> Result<Self, DeliveryError> {
        let bytes = fs::read(path).map_err(|source| DeliveryError::io("read", path, source))?;
        Ok(Self::new(bytes.into()))
    }

    /// Takes a file's bytes.
    pub fn new(bytes: Bytes) -> Self {
        Self(bytes)
    }

    /// Opens the parcel with the office's own identity, and proves that the hub made it and nothing was changed.
    ///
    /// # Errors
    /// Every [`ParcelFault`] that was found.
    pub fn open(&self, office: &Identity, hub: &SignatureKey) -> Result<OpenedParcel, Vec<ParcelFault>> {
        let tar = decrypt(&self.0, office).map_err(|fault| vec![fault])?;
        let contents = archive::read(&tar, CLUES);
        let (Some(bytes), Some(signature), Some(data)) = (contents.manifest, contents.signature, contents.data) else {
            return Err(vec![ParcelFault::Damaged]);
        };
        let mut faults = Vec::new();
        if !contents.refusals.is_empty() {
            faults.push(ParcelFault::Damaged);
        }
        if !Signature::parse(&signature).is_some_and(|signature| hub.verifies(&bytes, &signature)) {
            faults.push(ParcelFault::NotSignedByHub);
        }
        let manifest = serde_json::from_slice::<ParcelManifest>(&bytes).ok().filter(|found| found.format == FORMAT);
        let Some(manifest) = manifest else {
            faults.push(ParcelFault::FormatUnknown);
            return Err(faults);
        };
        if manifest.clues_sha256 != sha256_hex(&data) {
            faults.push(ParcelFault::Changed);
        }
        match filed::read(&data) {
            Some(clues) if faults.is_empty() && u64::try_from(clues.len()) == Ok(manifest.clues) => {
                Ok(OpenedParcel { manifest, clues })
            }
            Some(_) if !faults.is_empty() => Err(faults),
            _ => {
                faults.push(ParcelFault::FormatUnknown);
                Err(faults)
            }
        }
    }
}

impl fmt::Debug for ParcelFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ParcelFile({} bytes)", self.0.len())
    }
}

/// A parcel that the hub made for this office, whole and unchanged.
#[derive(Clone, Debug)]
pub struct OpenedParcel {
    manifest: ParcelManifest,
    clues: Vec<Clue>,
}

impl OpenedParcel {
    /// What the parcel says about itself.
    pub fn manifest(&self) -> &ParcelManifest {
        &self.manifest
    }

    /// What the office is asked to check.
    pub fn clues(&self) -> &[Clue] {
        &self.clues
    }
}

/// Why a parcel is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParcelFault {
    /// Sealed for somebody else.
    #[error("the parcel is sealed for another office")]
    SealedForAnother,
    /// Cut off or changed, outside or inside the seal.
    #[error("the parcel was cut off or changed on the way")]
    Damaged,
    /// The signature is missing or another's.
    #[error("the parcel is not signed by the hub whose key stands in dept.yaml")]
    NotSignedByHub,
    /// The clues are not those that the signed manifest describes.
    #[error("the clues are not those that the signed manifest describes")]
    Changed,
    /// Made by a program of another version.
    #[error("the parcel is of a form that this program does not know")]
    FormatUnknown,
}

impl ParcelFault {
    /// The reason in Chinese.
    pub fn zh(self) -> &'static str {
        match self {
            Self::SealedForAnother => "线索包是加密给其他单位的，本单位无法打开",
            Self::Damaged => "线索包在传输中被截断或改动",
            Self::NotSignedByHub => "线索包不是由 dept.yaml 中登记的数据中心签名的",
            Self::Changed => "线索内容与已签名的清单不符",
            Self::FormatUnknown => "线索包的格式本程序不识别，请更新程序",
        }
    }
}

fn decrypt(sealed: &[u8], office: &Identity) -> Result<Bytes, ParcelFault> {
    let decryptor = Decryptor::new_buffered(sealed).map_err(|_| ParcelFault::Damaged)?;
    let mut reader = decryptor.decrypt(std::iter::once(office.as_age())).map_err(|error| match error {
        DecryptError::NoMatchingKeys => ParcelFault::SealedForAnother,
        _ => ParcelFault::Damaged,
    })?;
    let mut plain = Vec::with_capacity(sealed.len());
    reader.read_to_end(&mut plain).map_err(|_| ParcelFault::Damaged)?;
    Ok(Bytes::from(plain))
}
