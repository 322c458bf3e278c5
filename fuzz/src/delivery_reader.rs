//! The hub opens a delivery that is anything at all.

use bytes::Bytes;
use yilian_delivery::{PlainPolicy, SealedFile, Verification};
use yilian_intake::CANONICALISER_VERSION;

use crate::edits::input;
use crate::office::OFFICE;
use crate::sound::SOUND;

/// Opens and verifies a delivery. Panics if anything but what the sender signed is accepted, or if a refusal has no
/// reason.
pub fn delivery_reader(bytes: &[u8]) {
    let sound = &SOUND.plain;
    let file = SealedFile::new(sound.name.clone(), Bytes::from(input(&[&sound.bytes], bytes)));
    let expected = Verification {
        senders: std::slice::from_ref(&SOUND.sender),
        schemas: &OFFICE.schemas,
        regions: &OFFICE.regions,
        plain: PlainPolicy::Allow,
        canonicaliser: Some(CANONICALISER_VERSION),
    };
    match file.open(&[]).and_then(|opened| opened.verify(&expected)) {
        Ok(verified) => assert_eq!(verified.delivery_id(), sound.id, "nobody signed this"),
        Err(refusals) => {
            assert!(!refusals.is_empty(), "refused without a reason");
            assert!(refusals.iter().all(|refusal| !refusal.zh().is_empty()));
        }
    }
}
