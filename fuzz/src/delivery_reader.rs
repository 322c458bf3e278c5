//! The hub opens a delivery that is anything at all.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use bytes::Bytes;
use yilian_contract::Department;
use yilian_delivery::{
    AcceptedLinkKey, Datasets, Description, Draft, LinkKeyReference, Partition, PlainPolicy, RegisteredSender,
    SealedFile, SigningKey, Verification, seal,
};
use yilian_intake::{CANONICALISER_VERSION, canary_tokens};

use crate::edits::input;
use crate::office::{OFFICE, PLACE, folder, funerals};

static SOUND: LazyLock<Sound> = LazyLock::new(Sound::new);

/// A delivery that is as it should be.
struct Sound {
    name: String,
    id: String,
    samples: Vec<Vec<u8>>,
    sender: RegisteredSender,
}

/// Opens and verifies a delivery. Panics if anything but what the sender signed is accepted, or if a refusal has no
/// reason.
pub fn delivery_reader(bytes: &[u8]) {
    let sound = &*SOUND;
    let file = SealedFile::new(sound.name.clone(), Bytes::from(input(&sound.samples, bytes)));
    let expected = Verification {
        senders: std::slice::from_ref(&sound.sender),
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

impl Sound {
    fn new() -> Self {
        let folder = folder();
        let contract = OFFICE.contract("funeral");
        let prepared = OFFICE.prepare("funeral", folder.path(), funerals().as_bytes()).expect("the sample is sound");
        let signing_key = SigningKey::generate().expect("random numbers");
        let lists = OFFICE.schemas.lists_of(contract);
        let code_lists: BTreeMap<_, _> =
            lists.into_iter().map(|list| (list.name.clone(), list.digest.clone())).collect();
        let description = Description {
            partition: Partition {
                place: PLACE.to_owned(),
                department: Department::CivilAffairs,
                dataset: "funeral".to_owned(),
                period: OFFICE.period,
            },
            sequence: 1,
            code_lists,
            link_key: LinkKeyReference {
                kid: OFFICE.key.kid().to_owned(),
                algorithm: OFFICE.key.algorithm().to_string(),
                check_value: OFFICE.key.check_value(),
            },
            next_link_key: None,
            canonicaliser: CANONICALISER_VERSION,
            purpose: "fuzzing".to_owned(),
            legal_basis: "none".to_owned(),
            counts: prepared.counts.clone(),
            control_totals: prepared.control_totals.clone(),
            canaries: canary_tokens(&OFFICE.schemas.canaries, &OFFICE.key).expect("it is a link key"),
        };
        let draft = Draft { description, contract, data: &prepared.data, signing_key: &signing_key, recipient: None };
        let sealed = seal(draft, folder.path()).expect("the sample can be sealed");
        let bytes = std::fs::read(&sealed.path).expect("it was written");
        let name = sealed.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let link_keys = vec![AcceptedLinkKey { check_value: OFFICE.key.check_value(), from: None, to: None }];
        let sender = RegisteredSender {
            place: PLACE.to_owned(),
            department: Department::CivilAffairs,
            signature_key: signing_key.signature_key(),
            link_keys,
            datasets: Datasets::All,
        };
        Self { name, id: sealed.delivery_id, samples: vec![bytes], sender }
    }
}
