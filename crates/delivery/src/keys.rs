//! Key pairs for signing (minisign) and sealing (age): text forms, and files that only their owner can read.

use std::fmt;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::str::FromStr;

use age::secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::error::DeliveryError;

const SIGNING_KEY: &str = "an unencrypted minisign secret key";
const SIGNATURE_KEY: &str = "a minisign public key (RW…)";
const IDENTITY: &str = "an age identity (AGE-SECRET-KEY-1…)";
const RECIPIENT: &str = "an age recipient (age1…)";

/// A department's secret key, with which it signs its deliveries.
pub struct SigningKey {
    secret: minisign::SecretKey,
    public: minisign::PublicKey,
}

impl SigningKey {
    /// Makes a new key pair from the system's random numbers.
    pub fn generate() -> Result<Self, DeliveryError> {
        let pair = minisign::KeyPair::generate_unencrypted_keypair().map_err(|_| DeliveryError::KeyNotMade)?;
        Ok(Self { secret: pair.sk, public: pair.pk })
    }

    /// Reads a secret key file; one that others than its owner can read is refused.
    pub fn read(path: &Path) -> Result<Self, DeliveryError> {
        let text = read_secret(path)?;
        let unreadable = |_| DeliveryError::KeyUnreadable { path: path.to_owned(), expected: SIGNING_KEY };
        let secret = minisign::SecretKeyBox::from_string(&text)
            .and_then(minisign::SecretKeyBox::into_unencrypted_secret_key)
            .map_err(unreadable)?;
        let public = minisign::PublicKey::from_secret_key(&secret).map_err(unreadable)?;
        Ok(Self { secret, public })
    }

    /// Writes the secret key (mode 0600) and the public key; existing files are not overwritten.
    pub fn write(&self, secret_path: &Path, public_path: &Path) -> Result<(), DeliveryError> {
        let secret = self.secret.to_box(Some("yilian signing key")).map_err(|_| DeliveryError::KeyNotMade)?;
        let public = self.public.to_box().map_err(|_| DeliveryError::KeyNotMade)?;
        if public_path.exists() {
            return Err(DeliveryError::Exists { path: public_path.to_owned() });
        }
        write_secret(secret_path, &Zeroizing::new(secret.into_string()))?;
        fs::write(public_path, public.into_string()).map_err(|source| DeliveryError::io("written", public_path, source))
    }

    /// The public key that the hub registers for this sender.
    pub fn signature_key(&self) -> SignatureKey {
        SignatureKey(self.public.clone())
    }

    /// Signs `message` as a minisign signature; the comment is signed too and must not hold anything secret.
    ///
    /// # Errors
    /// [`DeliveryError::NotSigned`].
    pub fn sign(&self, message: &[u8], comment: &str) -> Result<String, DeliveryError> {
        minisign::sign(Some(&self.public), &self.secret, message, Some(comment), Some("yilian delivery"))
            .map(minisign::SignatureBox::into_string)
            .map_err(|_| DeliveryError::NotSigned)
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(***)")
    }
}

/// The public key of a sender, as text `RW…`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SignatureKey(minisign::PublicKey);

impl SignatureKey {
    /// Whether the text of a `.minisig` file is this key's signature of `message`; it may come from anyone.
    pub fn has_signed(&self, message: &[u8], signature: &[u8]) -> bool {
        Signature::parse(signature).is_some_and(|signature| self.verifies(message, &signature))
    }

    /// Whether `signature` is this key's prehashed signature of `message`; the text may come from anyone.
    pub(crate) fn verifies(&self, message: &[u8], signature: &Signature) -> bool {
        minisign::verify(&self.0, &signature.0, io::Cursor::new(message), true, false, false).is_ok()
    }
}

impl FromStr for SignatureKey {
    type Err = DeliveryError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        minisign::PublicKey::from_base64(text)
            .map(Self)
            .map_err(|_| DeliveryError::KeyTextMalformed { expected: SIGNATURE_KEY })
    }
}

impl fmt::Display for SignatureKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_base64())
    }
}

impl TryFrom<String> for SignatureKey {
    type Error = DeliveryError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<SignatureKey> for String {
    fn from(key: SignatureKey) -> Self {
        key.to_string()
    }
}

impl fmt::Debug for SignatureKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SignatureKey({self})")
    }
}

/// A prehashed minisign signature whose parts have their right lengths.
pub(crate) struct Signature(minisign::SignatureBox);

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signature")
    }
}

impl Signature {
    const LONGEST: usize = 4096;

    /// Reads a `.minisig` text; `None` if it is anything else.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        if bytes.len() > Self::LONGEST {
            return None;
        }
        let text = std::str::from_utf8(bytes).ok()?;
        // `minisign::verify` slices the signature over the comment without asking for its length.
        let global = text.lines().nth(3)?.trim();
        let global = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, global).ok()?;
        if global.len() != 64 {
            return None;
        }
        let parsed = minisign::SignatureBox::from_string(text).ok()?;
        parsed.is_prehashed().then_some(Self(parsed))
    }
}

/// The secret key of the hub or of an office, which opens what is sealed to it.
#[derive(Clone)]
pub struct Identity(age::x25519::Identity);

impl Identity {
    /// Makes a new identity from the system's random numbers.
    pub fn generate() -> Self {
        Self(age::x25519::Identity::generate())
    }

    /// Reads an identity file as `age-keygen` writes it; one that others than its owner can read is refused.
    pub fn read(path: &Path) -> Result<Self, DeliveryError> {
        let text = read_secret(path)?;
        let unreadable = || DeliveryError::KeyUnreadable { path: path.to_owned(), expected: IDENTITY };
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let line = lines.next().ok_or_else(unreadable)?;
        if lines.next().is_some() {
            return Err(unreadable());
        }
        line.parse().map(Self).map_err(|_| unreadable())
    }

    /// Writes the identity (mode 0600); an existing file is not overwritten.
    pub fn write(&self, path: &Path) -> Result<(), DeliveryError> {
        let text =
            Zeroizing::new(format!("# public key: {}\n{}\n", self.recipient(), self.0.to_string().expose_secret()));
        write_secret(path, &text)
    }

    /// What others seal to, so that this identity alone opens it.
    pub fn recipient(&self) -> Recipient {
        Recipient(self.0.to_public())
    }

    pub(crate) fn as_age(&self) -> &dyn age::Identity {
        &self.0
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity(***)")
    }
}

/// The public half of an [`Identity`], as text `age1…`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Recipient(age::x25519::Recipient);

impl Recipient {
    pub(crate) fn as_age(&self) -> &dyn age::Recipient {
        &self.0
    }
}

impl FromStr for Recipient {
    type Err = DeliveryError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self).map_err(|_| DeliveryError::KeyTextMalformed { expected: RECIPIENT })
    }
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl TryFrom<String> for Recipient {
    type Error = DeliveryError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Recipient> for String {
    fn from(key: Recipient) -> Self {
        key.to_string()
    }
}

impl fmt::Debug for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Recipient({self})")
    }
}

fn read_secret(path: &Path) -> Result<Zeroizing<String>, DeliveryError> {
    refuse_if_open_to_others(path)?;
    fs::read_to_string(path).map(Zeroizing::new).map_err(|source| DeliveryError::io("read", path, source))
}

#[cfg(unix)]
fn refuse_if_open_to_others(path: &Path) -> Result<(), DeliveryError> {
    use std::os::unix::fs::PermissionsExt;
    const OTHERS: u32 = 0o077;
    let mode = fs::metadata(path).map_err(|source| DeliveryError::io("read", path, source))?.permissions().mode();
    if mode & OTHERS == 0 { Ok(()) } else { Err(DeliveryError::KeyOpenToOthers { path: path.to_owned() }) }
}

#[cfg(not(unix))]
fn refuse_if_open_to_others(_path: &Path) -> Result<(), DeliveryError> {
    Ok(())
}

fn write_secret(path: &Path, text: &str) -> Result<(), DeliveryError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options
        .open(path)
        .and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()
        })
        .and_then(|()| sync_folder_of(path))
        .map_err(|source| DeliveryError::io("written", path, source))
}

/// Makes sure that the name of a new file outlives a loss of power.
#[cfg(unix)]
pub(crate) fn sync_folder_of(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
pub(crate) fn sync_folder_of(_path: &Path) -> io::Result<()> {
    Ok(())
}
