//! The site folder of a hub: `site.yaml`, the vault with its keys, the store, the inbox.
//!
//! Opening a site refuses every key of use `link` in the folder, in its configuration and in the
//! environment: whoever holds the link key and the sealed deliveries could name people.

mod accepted_rate;
mod config;
mod lock;
pub(crate) mod wall;

use std::fs;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

pub use accepted_rate::AcceptedRate;
pub use config::{Datasets, LinkKey, Sender, SiteConfig};
pub use lock::{SiteLock, Work};

use crate::error::PipelineError;
use crate::files;
use crate::store::Store;

const CONFIG_FILE: &str = "site.yaml";

/// Refuses an environment that holds or names a link key, for a process of the hub that opens no site.
///
/// # Errors
/// [`PipelineError::LinkKeyAtHub`].
pub fn refuse_link_keys_in_environment() -> Result<(), PipelineError> {
    wall::refuse_in_environment(std::env::vars_os())
}

/// An opened site folder, free of link keys.
#[derive(Debug)]
pub struct Site {
    root: PathBuf,
    config: SiteConfig,
    store: Store,
}

impl Site {
    /// Makes a site folder with an empty vault and no senders; refuses a folder that is one already.
    pub fn create(root: &Path, place: &str, name: &str) -> Result<Self, PipelineError> {
        let file = root.join(CONFIG_FILE);
        if file.exists() {
            return Err(PipelineError::SiteExists { folder: root.to_owned() });
        }
        let text = config::first_text(place, name);
        SiteConfig::parse(&text, &file)?;
        fs::create_dir_all(root).map_err(PipelineError::io("create", root))?;
        let vault = root.join("vault");
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&vault)
            .map_err(PipelineError::io("create", &vault))?;
        fs::write(&file, text).map_err(PipelineError::io("write", &file))?;
        let site = Self::open(root)?;
        let inbox = site.inbox();
        fs::create_dir_all(&inbox).map_err(PipelineError::io("create", &inbox))?;
        Ok(site)
    }

    /// Opens a site folder; every mistake of `site.yaml` is named at once.
    ///
    /// Fails if a link key is in the folder, in the configuration or in the environment, and if
    /// others can read the vault.
    pub fn open(root: &Path) -> Result<Self, PipelineError> {
        Self::open_with_environment(root, std::env::vars_os())
    }

    fn open_with_environment(
        root: &Path,
        environment: impl Iterator<Item = (std::ffi::OsString, std::ffi::OsString)>,
    ) -> Result<Self, PipelineError> {
        let file = root.join(CONFIG_FILE);
        if !file.is_file() {
            return Err(PipelineError::NotASite { folder: root.to_owned() });
        }
        let text = fs::read_to_string(&file).map_err(PipelineError::io("read", &file))?;
        let config = SiteConfig::parse(&text, &file)?;
        wall::refuse_in_environment(environment)?;
        wall::refuse_in_text(&text, root, &file)?;
        wall::refuse_in_site(root, &config.storage)?;
        wall::refuse_in_inbox(&root.join(&config.inbox))?;
        check_vault(&root.join("vault"))?;
        let root = fs::canonicalize(root).map_err(PipelineError::io("open", root))?;
        let store = Store::open(&config.storage, &root)?;
        Ok(Self { root, config, store })
    }

    /// Adds a sender to `site.yaml`, keeping its comments; refuses a second one of the same place and department.
    ///
    /// The settings are read again under the lock, so that of two that are added at once neither is lost.
    pub fn add_sender(&mut self, sender: Sender) -> Result<(), PipelineError> {
        let _lock = self.lock(Work::AddSender)?;
        let file = self.root.join(CONFIG_FILE);
        let text = fs::read_to_string(&file).map_err(PipelineError::io("read", &file))?;
        let (text, config) = config::with_sender(&text, &file, sender)?;
        let beside = file.with_extension("yaml.new");
        fs::write(&beside, text).map_err(PipelineError::io("write", &beside))?;
        files::sync(&beside).map_err(PipelineError::io("write", &beside))?;
        fs::rename(&beside, &file).map_err(PipelineError::io("write", &file))?;
        files::sync(&self.root).map_err(PipelineError::io("write", &self.root))?;
        self.config = config;
        Ok(())
    }

    /// Keeps every other command that changes the site away until the lock is dropped.
    ///
    /// # Errors
    /// [`PipelineError::InUse`], at once, where another one has the site.
    pub fn lock(&self, work: Work) -> Result<SiteLock, PipelineError> {
        SiteLock::take(&self.vault(), work)
    }

    /// The folder itself, absolute.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// `site.yaml` as read.
    pub fn config(&self) -> &SiteConfig {
        &self.config
    }

    /// Where deliveries, runs and publications are.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The folder with keys, spine and staged rows; 0700, never in the store.
    pub fn vault(&self) -> PathBuf {
        self.root.join("vault")
    }

    /// The key of the second HMAC.
    pub fn hub_key_file(&self) -> PathBuf {
        self.vault().join("hub.jwk")
    }

    /// The key that the next run puts in the place of [`Self::hub_key_file`]; there only while the key is changed.
    pub fn next_hub_key_file(&self) -> PathBuf {
        self.vault().join("hub.next.jwk")
    }

    /// The key that signs what goes back to the offices.
    pub fn signing_key_file(&self) -> PathBuf {
        self.vault().join("sign.key")
    }

    /// The identity that opens deliveries.
    pub fn age_key_file(&self) -> PathBuf {
        self.vault().join("age.key")
    }

    /// The key of the record keys, by which answers are perturbed.
    pub fn noise_key_file(&self) -> PathBuf {
        self.vault().join("noise.jwk")
    }

    /// The folder deliveries arrive in, unless a command names another.
    pub fn inbox(&self) -> PathBuf {
        self.root.join(&self.config.inbox)
    }
}

fn check_vault(vault: &Path) -> Result<(), PipelineError> {
    let metadata = fs::metadata(vault).map_err(PipelineError::io("open", vault))?;
    if metadata.permissions().mode() & 0o777 == 0o700 {
        Ok(())
    } else {
        Err(PipelineError::VaultOpen { folder: vault.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINK_KEY: &str = r#"{"kty":"oct","kid":"k","alg":"HS256","use":"link","k":"AAAA"}"#;

    fn new_site(folder: &Path) -> PathBuf {
        let root = folder.join("site");
        Site::create(&root, "1501", "呼和浩特市").unwrap();
        root
    }

    fn open(root: &Path, environment: &[(&str, &str)]) -> Result<Site, PipelineError> {
        Site::open_with_environment(root, environment.iter().map(|(k, v)| ((*k).into(), (*v).into())))
    }

    #[test]
    fn a_new_site_has_a_vault_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let root = new_site(folder.path());
        let mode = fs::metadata(root.join("vault")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
        assert!(matches!(Site::create(&root, "1501", "x").unwrap_err(), PipelineError::SiteExists { .. }));
    }

    #[test]
    fn a_vault_open_to_others_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let root = new_site(folder.path());
        fs::set_permissions(root.join("vault"), fs::Permissions::from_mode(0o750)).unwrap();
        assert!(matches!(open(&root, &[]).unwrap_err(), PipelineError::VaultOpen { .. }));
    }

    #[test]
    fn a_link_key_in_the_folder_is_refused_whatever_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let root = new_site(folder.path());
        fs::write(root.join("vault/notes.txt"), LINK_KEY).unwrap();
        let error = open(&root, &[]).unwrap_err();
        assert!(error.to_string().contains("notes.txt"), "{error}");
        assert!(!error.to_string().contains("AAAA"), "{error}");
    }

    #[test]
    fn a_link_key_in_the_inbox_or_in_a_folder_that_is_named_like_one_of_ours_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let root = new_site(folder.path());
        for place in ["inbox", "inbox/store", "vault/inbox", "kept/staged", "vault/old/spine"] {
            let file = root.join(place).join("link.jwk");
            fs::create_dir_all(root.join(place)).unwrap();
            fs::write(&file, LINK_KEY).unwrap();
            let error = open(&root, &[]).unwrap_err();
            assert!(error.to_string().contains("link.jwk"), "{place}: {error}");
            fs::remove_file(&file).unwrap();
        }
        assert!(open(&root, &[]).is_ok());
    }

    #[test]
    fn a_link_key_in_an_inbox_outside_of_the_site_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let root = new_site(folder.path());
        let inbox = folder.path().join("arrived");
        fs::create_dir(&inbox).unwrap();
        let file = root.join(CONFIG_FILE);
        let text = fs::read_to_string(&file).unwrap();
        fs::write(&file, text.replace("inbox: inbox", "inbox: ../arrived")).unwrap();
        assert!(open(&root, &[]).is_ok());
        fs::write(inbox.join("link.jwk"), LINK_KEY).unwrap();
        assert!(matches!(open(&root, &[]).unwrap_err(), PipelineError::LinkKeyAtHub { .. }));
    }

    #[test]
    fn a_link_key_in_the_environment_is_refused_as_text_and_as_a_path() {
        let folder = tempfile::tempdir().unwrap();
        let root = new_site(folder.path());
        let key = folder.path().join("link.jwk");
        fs::write(&key, LINK_KEY).unwrap();
        for value in [LINK_KEY, key.to_str().unwrap()] {
            let error = open(&root, &[("YILIAN_KEY", value)]).unwrap_err();
            assert!(error.to_string().contains("YILIAN_KEY"), "{error}");
        }
        assert!(open(&root, &[("YILIAN_SCHEMAS", "schemas")]).is_ok());
    }

    #[test]
    fn a_configuration_that_names_a_link_key_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let root = new_site(folder.path());
        let key = folder.path().join("link.jwk");
        fs::write(&key, LINK_KEY).unwrap();
        let file = root.join(CONFIG_FILE);
        let text = fs::read_to_string(&file).unwrap();
        fs::write(&file, text.replace("inbox: inbox", "inbox: ../link.jwk")).unwrap();
        assert!(matches!(open(&root, &[]).unwrap_err(), PipelineError::LinkKeyAtHub { .. }));
    }
}
