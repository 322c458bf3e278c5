//! The sending side: manifest, signature, tar and encryption into one file.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;
use yilian_contract::Contract;

use crate::archive;
use crate::error::DeliveryError;
use crate::keys::{Recipient, SigningKey, sync_folder_of};
use crate::manifest::{DataFile, Description, Manifest, Sealing, sha256_hex};

/// Everything that one delivery is made of.
#[derive(Debug)]
pub struct Draft<'a> {
    /// What `pack` knows about the delivery.
    pub description: Description,
    /// The contract that the data follows.
    pub contract: &'a Contract,
    /// The data: Parquet, tokens and contract columns only.
    pub data: &'a Path,
    /// The key of the department.
    pub signing_key: &'a SigningKey,
    /// To whom it is encrypted; `None` leaves it plain, and the manifest says so.
    pub recipient: Option<&'a Recipient>,
}

/// A delivery that was written.
#[derive(Clone, Debug)]
pub struct Sealed {
    /// The file.
    pub path: PathBuf,
    /// SHA-256 of the manifest, 64 hex digits.
    pub delivery_id: String,
    /// Length of the file.
    pub bytes: u64,
    /// The manifest inside it.
    pub manifest: Manifest,
    /// The manifest's bytes, as they were signed.
    pub manifest_bytes: Vec<u8>,
}

/// Signs and seals `draft` into `folder` under its prescribed name.
///
/// The file appears whole or not at all. A delivery of that name that is there already is not overwritten.
pub fn seal(draft: Draft<'_>, folder: &Path) -> Result<Sealed, DeliveryError> {
    let sealing = if draft.recipient.is_some() { Sealing::Age } else { Sealing::Plain };
    let data = measure(draft.data)?;
    let manifest = Manifest::new(draft.description, draft.contract, sealing, &data);
    let manifest_bytes = manifest.to_bytes().map_err(DeliveryError::ManifestNotWritten)?;
    let delivery_id = sha256_hex(&manifest_bytes);
    let signature = draft.signing_key.sign(&manifest_bytes, &format!("delivery:{delivery_id}"))?;

    let path = folder.join(manifest.file_name().to_string());
    let failed = |source| DeliveryError::io("written", &path, source);
    let mut part = NamedTempFile::new_in(folder).map_err(failed)?;
    let content = Content {
        manifest: &manifest_bytes,
        signature: signature.as_bytes(),
        data: draft.data,
        data_bytes: data.bytes,
    };
    match draft.recipient {
        Some(recipient) => content.write_encrypted(part.as_file_mut(), recipient, &path)?,
        None => content.write(&mut BufWriter::new(part.as_file_mut())).map_err(failed)?,
    }
    part.as_file().sync_all().map_err(failed)?;
    let bytes = part.as_file().metadata().map_err(failed)?.len();
    part.persist_noclobber(&path).map_err(|error| failed(error.error))?;
    sync_folder_of(&path).map_err(failed)?;
    Ok(Sealed { path, delivery_id, bytes, manifest, manifest_bytes })
}

struct Content<'a> {
    manifest: &'a [u8],
    signature: &'a [u8],
    data: &'a Path,
    data_bytes: u64,
}

impl Content<'_> {
    fn write_encrypted(&self, file: &mut File, recipient: &Recipient, path: &Path) -> Result<(), DeliveryError> {
        let encryptor = age::Encryptor::with_recipients(std::iter::once(recipient.as_age()))
            .map_err(|_| DeliveryError::NotEncrypted)?;
        let write = || -> io::Result<()> {
            let mut sealed = encryptor.wrap_output(BufWriter::new(file))?;
            self.write(&mut sealed)?;
            sealed.finish()?.flush()
        };
        write().map_err(|source| DeliveryError::io("written", path, source))
    }

    fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let data = BufReader::new(File::open(self.data)?);
        archive::write(out, self.manifest, self.signature, (archive::DATA, data, self.data_bytes))?;
        out.flush()
    }
}

/// Length and SHA-256 of a file, without holding it in memory.
fn measure(path: &Path) -> Result<DataFile, DeliveryError> {
    let read = || -> io::Result<DataFile> {
        let mut file = File::open(path)?;
        let mut digest = Sha256::new();
        let mut buffer = vec![0; 1 << 16];
        let mut bytes = 0;
        loop {
            let length = file.read(&mut buffer)?;
            if length == 0 {
                break;
            }
            digest.update(buffer.get(..length).unwrap_or_default());
            bytes += u64::try_from(length).unwrap_or(u64::MAX);
        }
        Ok(DataFile { bytes, sha256: hex::encode(digest.finalize()) })
    };
    read().map_err(|source| DeliveryError::io("read", path, source))
}
