//! SCRAM-SHA-256 as a server speaks it (RFC 5802, RFC 7677), with and without binding to the TLS channel (RFC 5929).
//!
//! Only what verifies a password is kept, never what would let somebody log in: from the stored key the client's key
//! does not follow.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

/// How often a password is hashed. Drivers refuse more: pgjdbc since 42.7.11 and node-postgres stop at 100,000, since a
/// server could otherwise keep them busy (CVE-2026-42198).
pub(crate) const ITERATIONS: u32 = 100_000;
const SALT_BYTES: usize = 16;
const NONCE_BYTES: usize = 18;

pub(crate) const PLAIN: &str = "SCRAM-SHA-256";
pub(crate) const BOUND: &str = "SCRAM-SHA-256-PLUS";
const BINDING: &str = "p=tls-server-end-point";

type Digest32 = [u8; 32];

/// What a password is verified with.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Verifier {
    #[serde(with = "in_base64")]
    salt: Vec<u8>,
    iterations: u32,
    #[serde(with = "in_base64")]
    stored_key: Vec<u8>,
    #[serde(with = "in_base64")]
    server_key: Vec<u8>,
}

impl Drop for Verifier {
    fn drop(&mut self) {
        self.stored_key.zeroize();
        self.server_key.zeroize();
    }
}

impl Verifier {
    /// Of a password, with a new salt.
    pub(crate) fn of_password(password: &str) -> Result<Self, getrandom::Error> {
        let mut salt = vec![0; SALT_BYTES];
        getrandom::fill(&mut salt)?;
        Ok(Self::with_salt(password, salt, ITERATIONS))
    }

    /// Of nobody, and the same for one name at all times, so that an unknown user looks like a wrong password.
    pub(crate) fn of_nobody(key: &Digest32, name: &str) -> Self {
        let mut salt = mac(key, &[b"salt", name.as_bytes()]).to_vec();
        salt.truncate(SALT_BYTES);
        let stored_key = mac(key, &[b"stored", name.as_bytes()]).to_vec();
        let server_key = mac(key, &[b"server", name.as_bytes()]).to_vec();
        Self { salt, iterations: ITERATIONS, stored_key, server_key }
    }

    fn with_salt(password: &str, salt: Vec<u8>, iterations: u32) -> Self {
        let salted = salted(password, &salt, iterations);
        let client_key = Zeroizing::new(mac(&salted[..], &[b"Client Key"]));
        let stored_key = Sha256::digest(&client_key[..]).to_vec();
        let server_key = mac(&salted[..], &[b"Server Key"]).to_vec();
        Self { salt, iterations, stored_key, server_key }
    }
}

/// `Hi` of RFC 5802 over the prepared password; one that cannot be prepared is taken as it is, as PostgreSQL does.
fn salted(password: &str, salt: &[u8], iterations: u32) -> Zeroizing<Digest32> {
    let prepared = Zeroizing::new(stringprep::saslprep(password).unwrap_or(Cow::Borrowed(password)).into_owned());
    let mut last = Zeroizing::new(mac(prepared.as_bytes(), &[salt, &1_u32.to_be_bytes()]));
    let mut all = last.clone();
    let keyed = keyed(prepared.as_bytes());
    for _ in 1..iterations {
        let mut next = keyed.clone();
        next.update(&last[..]);
        last.copy_from_slice(&next.finalize().into_bytes());
        all.iter_mut().zip(last.iter()).for_each(|(sum, byte)| *sum ^= byte);
    }
    all
}

/// The exchange of one login after its first message.
pub(crate) struct Exchange {
    verifier: Verifier,
    channel: Vec<u8>,
    nonce: String,
    client_first: String,
    server_first: String,
}

/// Why a login went no further.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// A message that the protocol does not have.
    Malformed,
    /// The channel is not the one that the client sees: somebody may stand in between.
    Channel,
    /// The password, or the user, is wrong.
    Password,
}

impl Exchange {
    /// Reads the client's first message; `binding` is the digest of the certificate, where the channel can be bound.
    pub(crate) fn begin(
        message: &[u8],
        mechanism: &str,
        binding: Option<&[u8]>,
        verifier: Verifier,
    ) -> Result<Self, Refusal> {
        let text = std::str::from_utf8(message).map_err(|_| Refusal::Malformed)?;
        let mut parts = text.splitn(3, ',');
        let (Some(flag), Some(""), Some(bare)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(Refusal::Malformed);
        };
        let mut channel = format!("{flag},,").into_bytes();
        match (flag, mechanism, binding) {
            ("n", PLAIN, _) | ("y", PLAIN, None) => {}
            (BINDING, BOUND, Some(digest)) => channel.extend_from_slice(digest),
            // The client could bind and thinks that we cannot: somebody took the offer out.
            ("y", PLAIN, Some(_)) => return Err(Refusal::Channel),
            _ => return Err(Refusal::Malformed),
        }
        let nonce = bare.split(',').find_map(|part| part.strip_prefix("r=")).ok_or(Refusal::Malformed)?;
        let mut own = [0; NONCE_BYTES];
        getrandom::fill(&mut own).map_err(|_| Refusal::Malformed)?;
        let nonce = format!("{nonce}{}", STANDARD.encode(own));
        let salt = STANDARD.encode(&verifier.salt);
        let server_first = format!("r={nonce},s={salt},i={}", verifier.iterations);
        Ok(Self { verifier, channel, nonce, client_first: bare.to_owned(), server_first })
    }

    /// What the client is told in answer.
    pub(crate) fn server_first(&self) -> &str {
        &self.server_first
    }

    /// Judges the client's last message; the answer proves to the client that we know its password's verifier.
    pub(crate) fn finish(&self, message: &[u8]) -> Result<String, Refusal> {
        let text = std::str::from_utf8(message).map_err(|_| Refusal::Malformed)?;
        let (without_proof, proof) = text.rsplit_once(",p=").ok_or(Refusal::Malformed)?;
        let mut parts = without_proof.split(',');
        let part = |part: Option<&str>, name: &str| part.and_then(|part| part.strip_prefix(name)).map(str::to_owned);
        let channel = part(parts.next(), "c=").ok_or(Refusal::Malformed)?;
        let nonce = part(parts.next(), "r=").ok_or(Refusal::Malformed)?;
        if channel != STANDARD.encode(&self.channel) {
            return Err(Refusal::Channel);
        }
        if nonce != self.nonce {
            return Err(Refusal::Malformed);
        }
        let proof = STANDARD.decode(proof).ok().filter(|proof| proof.len() == 32).ok_or(Refusal::Malformed)?;
        let said = format!("{},{},{without_proof}", self.client_first, self.server_first);
        let signature = mac(&self.verifier.stored_key, &[said.as_bytes()]);
        let client_key: Zeroizing<Vec<u8>> =
            Zeroizing::new(proof.iter().zip(signature).map(|(proof, signature)| proof ^ signature).collect());
        if !bool::from(Sha256::digest(&client_key[..]).ct_eq(&self.verifier.stored_key)) {
            return Err(Refusal::Password);
        }
        Ok(format!("v={}", STANDARD.encode(mac(&self.verifier.server_key, &[said.as_bytes()]))))
    }
}

fn keyed(key: &[u8]) -> Hmac<Sha256> {
    match Hmac::<Sha256>::new_from_slice(key) {
        Ok(keyed) => keyed,
        Err(_) => unreachable!("HMAC takes a key of any length"),
    }
}

fn mac(key: &[u8], parts: &[&[u8]]) -> Digest32 {
    let mut mac = keyed(key);
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

mod in_base64 {
    use super::{Engine, STANDARD};
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        STANDARD.decode(String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verifier() -> Verifier {
        Verifier::with_salt("pencil", STANDARD.decode("W22ZaJ0SNY7soEsUEjb6gQ==").unwrap(), 4096)
    }

    /// The example of RFC 7677, section 3.
    #[test]
    fn the_example_of_the_standard_is_accepted() {
        let nonce = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
        let exchange = Exchange {
            verifier: verifier(),
            channel: b"n,,".to_vec(),
            nonce: nonce.to_owned(),
            client_first: "n=user,r=rOprNGfwEbeRWgbNEkqO".to_owned(),
            server_first: format!("r={nonce},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"),
        };
        let last = |proof: &str| format!("c=biws,r={nonce},p={proof}").into_bytes();
        let answer = exchange.finish(&last("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="));
        assert_eq!(answer.as_deref(), Ok("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="));
        let wrong = exchange.finish(&last("eHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="));
        assert_eq!(wrong, Err(Refusal::Password));
    }

    #[test]
    fn an_offer_that_somebody_took_out_is_noticed() {
        let begin = |first: &str, mechanism| {
            Exchange::begin(first.as_bytes(), mechanism, Some(&[1; 32]), verifier()).map(|_| ()).err()
        };
        assert_eq!(begin("y,,n=,r=abc", PLAIN), Some(Refusal::Channel));
        assert_eq!(begin("n,,n=,r=abc", PLAIN), None);
        assert_eq!(begin("p=tls-server-end-point,,n=,r=abc", BOUND), None);
        assert_eq!(begin("n,,n=,r=abc", BOUND), Some(Refusal::Malformed));
        assert_eq!(begin("n,a=other,n=,r=abc", PLAIN), Some(Refusal::Malformed));
    }

    #[test]
    fn an_unknown_user_has_the_same_salt_every_time() {
        let [first, again, other] = [("a", [1; 32]), ("a", [1; 32]), ("b", [1; 32])]
            .map(|(name, key)| Verifier::of_nobody(&key, name).salt.clone());
        assert_eq!(first, again);
        assert_ne!(first, other);
        assert_eq!(first.len(), SALT_BYTES);
    }
}
