//! The folder of a department: dept.yaml, keys/, records/ and out/.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use yilian_contract::Department;
use yilian_delivery::{Identity, Recipient, SignatureKey, SigningKey};
use yilian_token::{Key, KeyUse};

use crate::arguments::InitArguments;
use crate::error::DeptError;
use crate::wall;

const SETTINGS: &str = "dept.yaml";

/// dept.yaml as read; unknown settings are refused.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settings {
    /// Region code of the office.
    pub(crate) place: String,
    /// Whose folder it is.
    pub(crate) department: Department,
    /// To whom deliveries are encrypted.
    pub(crate) hub_recipient: Recipient,
    /// Whose parcels are believed; `feedback` needs it.
    #[serde(default)]
    pub(crate) hub_signature_key: Option<SignatureKey>,
    /// What the data is delivered for.
    pub(crate) purpose: String,
    /// The legal basis of the deliveries.
    pub(crate) legal_basis: String,
    /// Where the keys are.
    #[serde(default)]
    pub(crate) keys: KeyFiles,
    /// People who are not packed, one ID number a line; used if the file is there.
    #[serde(default = "default_exclude")]
    pub(crate) exclude: PathBuf,
    /// Urban and rural class of each village; without it the class is `unknown`.
    #[serde(default)]
    pub(crate) village_classes: Option<PathBuf>,
}

/// Paths of key files, below the folder unless absolute.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct KeyFiles {
    pub(crate) link: PathBuf,
    /// The link key that takes the place of `link`, while keys are changed.
    pub(crate) next_link: PathBuf,
    pub(crate) sign: PathBuf,
    pub(crate) seal: PathBuf,
}

impl Default for KeyFiles {
    fn default() -> Self {
        Self {
            link: "keys/link.jwk".into(),
            next_link: "keys/link.next.jwk".into(),
            sign: "keys/sign.key".into(),
            seal: "keys/seal.key".into(),
        }
    }
}

fn default_exclude() -> PathBuf {
    "exclude.txt".into()
}

/// A department's folder that holds no key of the hub.
#[derive(Debug)]
pub(crate) struct Site {
    root: PathBuf,
    pub(crate) settings: Settings,
}

impl Site {
    /// Makes the folder with dept.yaml; nothing is overwritten.
    pub(crate) fn create(new: &InitArguments) -> Result<Self, DeptError> {
        let file = new.folder.join(SETTINGS);
        if file.exists() {
            return Err(DeptError::SiteExists { folder: new.folder.clone() });
        }
        let text = first_settings(new);
        parse(&text, &new.folder, &file)?;
        for folder in [new.folder.clone(), new.folder.join("out")] {
            fs::create_dir_all(&folder).map_err(DeptError::io("made", &folder))?;
        }
        for folder in ["keys", "records"] {
            private_folder(&new.folder.join(folder))?;
        }
        fs::write(&file, text).map_err(DeptError::io("written", &file))?;
        Self::open(&new.folder)
    }

    /// Reads dept.yaml; a key of the hub in it, or among the keys, is refused.
    pub(crate) fn open(root: &Path) -> Result<Self, DeptError> {
        let file = root.join(SETTINGS);
        if !file.is_file() {
            return Err(DeptError::NotASite { folder: root.to_owned() });
        }
        let text = fs::read_to_string(&file).map_err(DeptError::io("read", &file))?;
        let settings = parse(&text, root, &file)?;
        wall::refuse_in_folder(root)?;
        wall::refuse_in_folder(&root.join("keys"))?;
        Ok(Self { root: root.to_owned(), settings })
    }

    pub(crate) fn link_key_file(&self) -> PathBuf {
        self.root.join(&self.settings.keys.link)
    }

    pub(crate) fn next_link_key_file(&self) -> PathBuf {
        self.root.join(&self.settings.keys.next_link)
    }

    pub(crate) fn signing_key_file(&self) -> PathBuf {
        self.root.join(&self.settings.keys.sign)
    }

    pub(crate) fn identity_file(&self) -> PathBuf {
        self.root.join(&self.settings.keys.seal)
    }

    pub(crate) fn link_key(&self) -> Result<Key, DeptError> {
        Ok(Key::read(&self.link_key_file(), KeyUse::Link)?)
    }

    /// The link key that takes the place of the present one; another key than that, or refused.
    pub(crate) fn next_link_key(&self, present: &Key) -> Result<Key, DeptError> {
        let file = self.next_link_key_file();
        let next = Key::read(&file, KeyUse::Link)?;
        if next.check_value() == present.check_value() { Err(DeptError::SameLinkKey { file }) } else { Ok(next) }
    }

    pub(crate) fn signing_key(&self) -> Result<SigningKey, DeptError> {
        Ok(SigningKey::read(&self.signing_key_file())?)
    }

    pub(crate) fn identity(&self) -> Result<Identity, DeptError> {
        Ok(Identity::read(&self.identity_file())?)
    }

    /// The hub's signature key, without which no parcel is opened.
    pub(crate) fn hub_signature_key(&self) -> Result<&SignatureKey, DeptError> {
        let missing = || DeptError::HubKeyMissing { file: self.root.join(SETTINGS) };
        self.settings.hub_signature_key.as_ref().ok_or_else(missing)
    }

    /// The list of people who are not packed, if there is one.
    pub(crate) fn exclude(&self) -> Option<PathBuf> {
        Some(self.root.join(&self.settings.exclude)).filter(|file| file.is_file())
    }

    /// The village class list, if the settings name one.
    pub(crate) fn village_classes(&self) -> Option<PathBuf> {
        self.settings.village_classes.as_ref().map(|file| self.root.join(file))
    }

    /// Where finished deliveries are put.
    pub(crate) fn out(&self) -> Result<PathBuf, DeptError> {
        let folder = self.root.join("out");
        fs::create_dir_all(&folder).map_err(DeptError::io("made", &folder))?;
        Ok(folder)
    }

    /// Where row maps and rejects are kept: plain row numbers, so for the owner alone.
    pub(crate) fn records(&self) -> Result<PathBuf, DeptError> {
        let folder = self.root.join("records");
        private_folder(&folder)?;
        Ok(folder)
    }
}

/// Makes a folder that its owner alone can enter.
pub(crate) fn private_folder(folder: &Path) -> Result<(), DeptError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(DeptError::io("made", folder))
}

fn parse(text: &str, root: &Path, file: &Path) -> Result<Settings, DeptError> {
    wall::refuse_in_settings(text, root, file)?;
    serde_saphyr::from_str(text)
        .map_err(|error| DeptError::Configuration { file: file.to_owned(), reason: error.to_string() })
}

fn first_settings(new: &InitArguments) -> String {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let hub_signature_key = match &new.hub_signature_key {
        Some(key) => format!("hub_signature_key: {}", quoted(&key.to_string())),
        None => "# hub_signature_key: RW…".to_owned(),
    };
    format!(
        "# Settings of this department's folder.\n\
         place: {}\n\
         department: {}\n\
         # The hub's public key: deliveries are encrypted to it.\n\
         hub_recipient: {}\n\
         # The hub's signature key: its parcels are believed by it; `yilian-dept feedback` needs it.\n\
         {hub_signature_key}\n\
         purpose: {}\n\
         legal_basis: {}\n\
         # Readable by their owner alone. link is shared by the departments and never goes to the hub.\n\
         keys:\n  link: keys/link.jwk\n  sign: keys/sign.key\n  seal: keys/seal.key\n\
         # ID numbers of protected people, one a line, who are not packed; used if the file is there.\n\
         exclude: exclude.txt\n\
         # Urban and rural class of each village (code,class); without it the class is unknown.\n\
         # village_classes: village_classes.csv\n",
        quoted(&new.place),
        new.department,
        quoted(&new.hub_recipient.to_string()),
        quoted(&new.purpose),
        quoted(&new.legal_basis),
    )
}
