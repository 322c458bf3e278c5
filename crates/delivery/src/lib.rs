//! Deliveries: one signed, sealed file per sender, dataset and period, and the proof that it is what it says.
//!
//! A department describes its data in a [`Manifest`] (Data Package v2), signs it with minisign, and encrypts the tar
//! of manifest, signature and data to the hub's age recipient: [`seal`]. At the hub a [`SealedFile`] becomes
//! [`Opened`], and only [`Opened::verify`] makes a [`Verified`] of it, or names every [`Refusal`] at once. A reviewer
//! does the same with `age`, `tar`, `sha256sum`, `minisign` and any Parquet reader.
//!
//! ```no_run
//! # use yilian_delivery::{Identity, SealedFile, Verification};
//! # fn receive(path: &std::path::Path, hub: &[Identity], expected: &Verification<'_>) {
//! let Ok(file) = SealedFile::read(path) else { return };
//! match file.open(hub).and_then(|opened| opened.verify(expected)) {
//!     Ok(verified) => println!("{} rows", verified.manifest().counts.delivered),
//!     Err(refusals) => refusals.iter().for_each(|refusal| println!("{}", refusal.zh())),
//! }
//! # }
//! ```
//!
//! **Invariant:** data is never written to disk decrypted, and no error holds a row's value or a name from outside
//! that does not look like one of ours. There is no clock and no network here.

mod accepted;
mod archive;
mod canary_rows;
mod error;
mod keys;
mod manifest;
mod name;
mod open;
mod parcel;
mod refusal;
mod seal;
mod sender;
mod verify;

pub use accepted::{AcceptedFile, Stored};
pub use canary_rows::{CanaryDifference, CanaryRows};
pub use error::DeliveryError;
pub use keys::{Identity, Recipient, SignatureKey, SigningKey};
pub use manifest::{
    ContractReference, DataFile, Description, FORMAT, LinkKeyReference, Manifest, Resource, Sealing, sha256_hex,
};
pub use name::{FileName, Partition};
pub use open::{Opened, SealedFile, is_sealed};
pub use parcel::{
    Clue, ClueKind, ClueRow, OpenedParcel, Parcel, ParcelContent, ParcelFault, ParcelFile, ParcelManifest, ReceiptNote,
    Reliability, digest_of_receipts,
};
pub use refusal::{Refusal, ShownName};
pub use seal::{Draft, Sealed, seal};
pub use sender::{AcceptedLinkKey, Datasets, RegisteredSender};
pub use verify::{PlainPolicy, Verification, Verified};
