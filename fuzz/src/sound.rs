//! A delivery that is as it should be, plain and sealed.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use bytes::Bytes;
use yilian_contract::Department;
use yilian_delivery::{
    AcceptedLinkKey, Datasets, Description, Draft, Identity, LinkKeyReference, Partition, Recipient, RegisteredSender,
    Sealed, SigningKey, seal,
};
use yilian_intake::{CANONICALISER_VERSION, canary_tokens};

use crate::office::{OFFICE, PLACE, folder, funerals};

pub(crate) static SOUND: LazyLock<Sound> = LazyLock::new(Sound::new);

pub(crate) struct Sound {
    pub(crate) data: Bytes,
    pub(crate) plain: SoundFile,
    /// For the hub that has `identity`.
    pub(crate) sealed: SoundFile,
    pub(crate) identity: Identity,
    pub(crate) sender: RegisteredSender,
}

pub(crate) struct SoundFile {
    pub(crate) name: String,
    pub(crate) id: String,
    pub(crate) bytes: Vec<u8>,
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
        let (data, key) = (&prepared.data, &signing_key);
        let sealed_for = |recipient: Option<&Recipient>| {
            let draft = Draft { description: description.clone(), contract, data, signing_key: key, recipient };
            SoundFile::of(&seal(draft, folder.path()).expect("the sample can be sealed"))
        };
        let identity = Identity::generate();
        let (plain, sealed) = (sealed_for(None), sealed_for(Some(&identity.recipient())));
        let link_keys = vec![AcceptedLinkKey { check_value: OFFICE.key.check_value(), from: None, to: None }];
        let sender = RegisteredSender {
            place: PLACE.to_owned(),
            department: Department::CivilAffairs,
            signature_key: signing_key.signature_key(),
            link_keys,
            datasets: Datasets::All,
        };
        let data = std::fs::read(&prepared.data).expect("it was written").into();
        Self { data, plain, sealed, identity, sender }
    }
}

impl SoundFile {
    fn of(sealed: &Sealed) -> Self {
        let name = sealed.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let bytes = std::fs::read(&sealed.path).expect("it was written");
        Self { name, id: sealed.delivery_id.clone(), bytes }
    }
}
