//! Keys and their files.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::path::Path;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::KeyError;
use crate::tokeniser::{Keyed, Label, Tokeniser};

const KEY_BYTES: usize = 32;
const CHECK_TEXT: &[u8] = b"yilian/key-check/v1";

/// The keyed hash of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// HMAC-SHA-256, the default.
    Hs256,
    /// HMAC-SM3 (GB/T 32905).
    Hsm3,
}

impl Algorithm {
    /// The `alg` of the key file.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hs256 => "HS256",
            Self::Hsm3 => "HSM3",
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Algorithm {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "HS256" => Ok(Self::Hs256),
            "HSM3" => Ok(Self::Hsm3),
            _ => Err(()),
        }
    }
}

/// Who holds a key and what for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyUse {
    /// Shared by the departments, never at the hub: identifiers to link tokens.
    Link,
    /// At the hub alone: link tokens to hub tokens.
    Hub,
    /// At the hub alone: hub tokens to record keys for perturbation.
    Noise,
}

impl KeyUse {
    /// The `use` of the key file.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Link => "link",
            Self::Hub => "hub",
            Self::Noise => "noise",
        }
    }
}

impl fmt::Display for KeyUse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for KeyUse {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "link" => Ok(Self::Link),
            "hub" => Ok(Self::Hub),
            "noise" => Ok(Self::Noise),
            _ => Err(()),
        }
    }
}

/// A secret key of one use and one algorithm; wiped on drop, never printed.
pub struct Key {
    secret: Zeroizing<[u8; KEY_BYTES]>,
    purpose: KeyUse,
    algorithm: Algorithm,
    kid: String,
    created: String,
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl Key {
    /// A new random key. `created` is the date written into its file (`YYYY-MM-DD`).
    pub fn generate(key_use: KeyUse, algorithm: Algorithm, kid: &str, created: &str) -> Result<Self, KeyError> {
        let mut secret = Zeroizing::new([0_u8; KEY_BYTES]);
        getrandom::fill(secret.as_mut_slice()).map_err(|source| KeyError::NoRandomness { source })?;
        Ok(Self { secret, purpose: key_use, algorithm, kid: kid.to_owned(), created: created.to_owned() })
    }

    /// A key with a given secret, for known answers and for demonstrations that must repeat.
    pub fn from_bytes(key_use: KeyUse, algorithm: Algorithm, kid: &str, secret: [u8; 32]) -> Self {
        Self {
            secret: Zeroizing::new(secret),
            purpose: key_use,
            algorithm,
            kid: kid.to_owned(),
            created: "2026-01-01".to_owned(),
        }
    }

    /// Reads a key file; refuses another use, another length, an unknown algorithm and a file that
    /// others than its owner can read.
    pub fn read(path: &Path, expected: KeyUse) -> Result<Self, KeyError> {
        let text = read_private(path)?;
        let file: JsonWebKey = serde_json::from_str(&text).map_err(|_| KeyError::NotAKey { path: path.to_owned() })?;
        let key = file.into_key(path)?;
        if key.purpose == expected {
            Ok(key)
        } else {
            Err(KeyError::WrongUse { path: path.to_owned(), expected, found: key.purpose })
        }
    }

    /// The use a key file names, without keeping its secret: for programs that must refuse some uses.
    pub fn use_of(path: &Path) -> Result<KeyUse, KeyError> {
        let text = read_private(path)?;
        let file: JsonWebKey = serde_json::from_str(&text).map_err(|_| KeyError::NotAKey { path: path.to_owned() })?;
        file.key_use.parse().map_err(|()| KeyError::UnknownUse { path: path.to_owned() })
    }

    /// Writes the key file, readable by its owner alone; never overwrites one.
    pub fn write(&self, path: &Path) -> Result<(), KeyError> {
        let file = JsonWebKey {
            kty: "oct".to_owned(),
            kid: self.kid.clone(),
            alg: self.algorithm.as_str().to_owned(),
            key_use: self.purpose.as_str().to_owned(),
            k: URL_SAFE_NO_PAD.encode(self.secret.as_slice()),
            created: self.created.clone(),
        };
        let mut text =
            Zeroizing::new(serde_json::to_string(&file).map_err(|_| KeyError::NotAKey { path: path.to_owned() })?);
        text.push('\n');
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let write = |mut file: File| {
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            sync_folder_of(path)
        };
        options.open(path).and_then(write).map_err(|source| {
            if source.kind() == std::io::ErrorKind::AlreadyExists {
                KeyError::Exists { path: path.to_owned() }
            } else {
                KeyError::File { path: path.to_owned(), source }
            }
        })
    }

    /// The public fingerprint of the key: 16 hex digits of a keyed hash, the same in every office
    /// that holds the same key.
    pub fn check_value(&self) -> String {
        let digest = Keyed::new(self.algorithm, &self.secret).finish(&[CHECK_TEXT]);
        hex::encode(digest.get(..8).unwrap_or_default())
    }

    /// The key's id, for example `link-2026a`.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The keyed hash this key is for.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// What the key is for.
    pub fn key_use(&self) -> KeyUse {
        self.purpose
    }

    /// A tokeniser of one kind of token; refuses a label that belongs to another use of keys.
    pub fn tokeniser(&self, label: Label) -> Result<Tokeniser<'_>, KeyError> {
        if label.key_use() == self.purpose {
            Ok(Tokeniser::new(self.algorithm, &self.secret, label))
        } else {
            Err(KeyError::WrongLabel { label, expected: label.key_use(), found: self.purpose })
        }
    }
}

/// Makes sure that a new name outlives a loss of power: what is hashed with a key that is lost can never be joined again.
#[cfg(unix)]
fn sync_folder_of(path: &Path) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder_of(_path: &Path) -> std::io::Result<()> {
    Ok(())
}

#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(deny_unknown_fields)]
struct JsonWebKey {
    kty: String,
    kid: String,
    alg: String,
    #[serde(rename = "use")]
    key_use: String,
    k: String,
    created: String,
}

impl JsonWebKey {
    fn into_key(self, path: &Path) -> Result<Key, KeyError> {
        let path = path.to_owned();
        if self.kty != "oct" {
            return Err(KeyError::NotAKey { path });
        }
        let Ok(algorithm) = self.alg.parse() else {
            return Err(KeyError::UnknownAlgorithm { path });
        };
        let Ok(key_use) = self.key_use.parse() else {
            return Err(KeyError::UnknownUse { path });
        };
        let Ok(bytes) = URL_SAFE_NO_PAD.decode(&self.k).map(Zeroizing::new) else {
            return Err(KeyError::NotAKey { path });
        };
        let mut secret = Zeroizing::new([0_u8; KEY_BYTES]);
        if bytes.len() != KEY_BYTES {
            return Err(KeyError::WrongLength { path, bytes: bytes.len() });
        }
        secret.copy_from_slice(&bytes);
        Ok(Key { secret, purpose: key_use, algorithm, kid: self.kid.clone(), created: self.created.clone() })
    }
}

fn read_private(path: &Path) -> Result<Zeroizing<String>, KeyError> {
    let failed = |source| KeyError::File { path: path.to_owned(), source };
    let mut file = File::open(path).map_err(failed)?;
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::MetadataExt::mode(&file.metadata().map_err(failed)?) & 0o777;
        if mode & 0o077 != 0 {
            return Err(KeyError::ReadableByOthers { path: path.to_owned(), mode });
        }
    }
    // A key file is some 150 bytes; a roomy buffer keeps the text from being copied while it grows.
    let mut text = Zeroizing::new(String::with_capacity(4096));
    file.read_to_string(&mut text).map_err(failed)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("yilian-token-{name}-{}", std::process::id()));
            let _ = std::fs::remove_dir_all(&path);
            std::fs::create_dir_all(&path).unwrap();
            Self(path)
        }

        fn write(&self, text: &str, mode: u32) -> PathBuf {
            use std::os::unix::fs::PermissionsExt;
            let path = self.0.join("key.jwk");
            std::fs::write(&path, text).unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            path
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    const GOOD: &str = r#"{"kty":"oct","kid":"link-2026a","alg":"HS256","use":"link","k":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8","created":"2026-01-01"}"#;

    #[test]
    fn a_key_file_is_read_back_as_it_was_written() {
        let folder = Folder::new("roundtrip");
        let path = folder.0.join("link.jwk");
        let key = Key::generate(KeyUse::Link, Algorithm::Hsm3, "link-2026a", "2026-01-01").unwrap();
        key.write(&path).unwrap();
        let again = Key::read(&path, KeyUse::Link).unwrap();
        assert_eq!(again.check_value(), key.check_value());
        assert_eq!(again.kid(), "link-2026a");
        assert_eq!(again.algorithm(), Algorithm::Hsm3);
        assert!(matches!(key.write(&path), Err(KeyError::Exists { .. })));
    }

    #[test]
    fn a_new_key_file_is_readable_by_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = Folder::new("mode");
        let path = folder.0.join("link.jwk");
        let key = Key::generate(KeyUse::Link, Algorithm::Hs256, "a", "2026-01-01").unwrap();
        key.write(&path).unwrap();
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn the_key_file_of_the_design_has_the_check_value_of_the_design() {
        let folder = Folder::new("good");
        let key = Key::read(&folder.write(GOOD, 0o600), KeyUse::Link).unwrap();
        assert_eq!(key.check_value(), "23d246cdbcb030aa");
    }

    #[test]
    fn a_key_file_that_others_can_read_is_refused() {
        let folder = Folder::new("readable");
        for mode in [0o640, 0o604, 0o644, 0o660] {
            let found = Key::read(&folder.write(GOOD, mode), KeyUse::Link);
            assert!(matches!(found, Err(KeyError::ReadableByOthers { .. })));
        }
    }

    #[test]
    fn a_key_of_another_use_is_refused() {
        let folder = Folder::new("use");
        let path = folder.write(GOOD, 0o600);
        assert!(matches!(Key::read(&path, KeyUse::Hub), Err(KeyError::WrongUse { .. })));
        assert_eq!(Key::use_of(&path).unwrap(), KeyUse::Link);
    }

    #[test]
    fn a_key_of_the_wrong_length_algorithm_or_type_is_refused() {
        let folder = Folder::new("wrong");
        let read = |from: &str, to: &str| {
            let path = folder.write(&GOOD.replace(from, to), 0o600);
            Key::read(&path, KeyUse::Link).unwrap_err()
        };
        assert!(matches!(read("Hh8\"", "\""), KeyError::WrongLength { .. } | KeyError::NotAKey { .. }));
        assert!(matches!(read("AAECAwQF", ""), KeyError::WrongLength { bytes: 26, .. }));
        assert!(matches!(read("HS256", "HS512"), KeyError::UnknownAlgorithm { .. }));
        assert!(matches!(read("\"link\"", "\"sign\""), KeyError::UnknownUse { .. }));
        assert!(matches!(read("oct", "RSA"), KeyError::NotAKey { .. }));
        assert!(matches!(read("AAEC", "A!EC"), KeyError::NotAKey { .. }));
        assert!(matches!(read("{", "["), KeyError::NotAKey { .. }));
    }

    #[test]
    fn neither_debug_nor_an_error_shows_key_text() {
        let folder = Folder::new("secret");
        let path = folder.write(&GOOD.replace("HS256", "HS512"), 0o600);
        let error = Key::read(&path, KeyUse::Link).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("AAECAwQF"));
        let key = Key::read(&folder.write(GOOD, 0o600), KeyUse::Link).unwrap();
        assert_eq!(format!("{key:?}"), "***");
    }

    #[test]
    fn a_link_key_makes_no_hub_tokens_and_a_hub_key_no_link_tokens() {
        let link = Key::from_bytes(KeyUse::Link, Algorithm::Hs256, "a", [1; 32]);
        let hub = Key::from_bytes(KeyUse::Hub, Algorithm::Hs256, "b", [2; 32]);
        assert!(link.tokeniser(Label::HubPerson).is_err());
        assert!(link.tokeniser(Label::Noise).is_err());
        assert!(hub.tokeniser(Label::Person).is_err());
    }
}
