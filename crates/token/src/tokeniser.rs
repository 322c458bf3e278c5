//! The keyed hash itself.

use std::fmt;
use std::marker::PhantomData;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use sm3::Sm3;

use crate::{Algorithm, KeyUse};

/// A whole HMAC, never truncated.
pub type Token = [u8; 32];

/// What a token stands for; each kind has a text of its own in the hash, so that tokens of two
/// kinds never meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Label {
    /// Link key: canonical ID number of an older person.
    Person,
    /// Link key: name, birth date `YYYYMMDD`, sex `1` or `2`.
    Name,
    /// Link key: canonical ID number of the household's head.
    Household,
    /// Link key: canonical ID number of a care worker or trained carer.
    Worker,
    /// Link key: place, department, dataset, payment or event number.
    Record,
    /// Hub key: a person token.
    HubPerson,
    /// Hub key: a name token.
    HubName,
    /// Hub key: a household token.
    HubHousehold,
    /// Hub key: a record token.
    HubRecord,
    /// Noise key: the hub person token at first sight.
    Noise,
    /// Noise key: what an effect of additive noise is about.
    Effect,
}

impl Label {
    /// The text that goes into the hash before the parts.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Person => "yilian/link/id/v1",
            Self::Name => "yilian/link/name-birth-sex/v1",
            Self::Household => "yilian/link/household/v1",
            Self::Worker => "yilian/link/worker/v1",
            Self::Record => "yilian/link/record/v1",
            Self::HubPerson => "yilian/hub/v1",
            Self::HubName => "yilian/hub/name/v1",
            Self::HubHousehold => "yilian/hub/household/v1",
            Self::HubRecord => "yilian/hub/record/v1",
            Self::Noise => "yilian/noise/v1",
            Self::Effect => "yilian/effect/v1",
        }
    }

    /// The use a key must have to make tokens of this kind.
    pub fn key_use(self) -> KeyUse {
        match self {
            Self::Person | Self::Name | Self::Household | Self::Worker | Self::Record => KeyUse::Link,
            Self::HubPerson | Self::HubName | Self::HubHousehold | Self::HubRecord => KeyUse::Hub,
            Self::Noise | Self::Effect => KeyUse::Noise,
        }
    }
}

/// Makes tokens of one kind with one key; cheap to clone into threads, lives no longer than the key.
#[derive(Clone)]
pub struct Tokeniser<'k> {
    keyed: Keyed,
    key: PhantomData<&'k ()>,
}

impl fmt::Debug for Tokeniser<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl Tokeniser<'_> {
    pub(crate) fn new(algorithm: Algorithm, secret: &[u8; 32], label: Label) -> Self {
        let mut keyed = Keyed::new(algorithm, secret);
        keyed.update(label.as_str().as_bytes());
        keyed.update(&[0]);
        Self { keyed, key: PhantomData }
    }

    /// The token of the parts, in this order. A part must not contain `0x00`.
    pub fn token(&self, parts: &[&[u8]]) -> Token {
        self.keyed.finish(parts)
    }

    /// The hub token of a link token, or the record key of a hub token: the 32 raw bytes are the
    /// one part.
    pub fn of_token(&self, token: &Token) -> Token {
        self.keyed.finish(&[token])
    }
}

/// An HMAC state into which the key is already mixed; a message works on a clone.
#[derive(Clone)]
pub(crate) enum Keyed {
    Hs256(Hmac<Sha256>),
    Hsm3(Hmac<Sm3>),
}

impl Keyed {
    pub(crate) fn new(algorithm: Algorithm, secret: &[u8; 32]) -> Self {
        // A key block is the secret followed by zeros, so this is HMAC with the 32-byte key and
        // needs no fallible constructor.
        let mut block = zeroize::Zeroizing::new([0_u8; 64]);
        for (place, byte) in block.iter_mut().zip(secret) {
            *place = *byte;
        }
        match algorithm {
            Algorithm::Hs256 => Self::Hs256(Hmac::new((&*block).into())),
            Algorithm::Hsm3 => Self::Hsm3(Hmac::new((&*block).into())),
        }
    }

    fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Hs256(mac) => mac.update(bytes),
            Self::Hsm3(mac) => mac.update(bytes),
        }
    }

    pub(crate) fn finish(&self, parts: &[&[u8]]) -> Token {
        match self {
            Self::Hs256(mac) => finish(mac.clone(), parts),
            Self::Hsm3(mac) => finish(mac.clone(), parts),
        }
    }
}

fn finish<M: Mac>(mut mac: M, parts: &[&[u8]]) -> Token
where
    Token: From<hmac::digest::Output<M>>,
{
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            mac.update(&[0]);
        }
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}
