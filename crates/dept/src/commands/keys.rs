//! `yilian-dept keys new` and `yilian-dept keys check`.

use std::path::{Path, PathBuf};

use chrono::Datelike;
use serde_json::json;
use yilian_delivery::{Identity, SigningKey};
use yilian_token::{Key, KeyUse};

use crate::arguments::{NewKeyArguments, NewKeyUse};
use crate::clock;
use crate::error::DeptError;
use crate::printer::Printer;
use crate::site::{Site, private_folder};

/// Makes one key and prints what others may know of it.
pub(crate) fn new(new: &NewKeyArguments, site: &Path, printer: Printer) -> Result<(), DeptError> {
    if new.next && new.key_use != NewKeyUse::Link {
        return Err(DeptError::NextOfAnotherUse);
    }
    let site = Site::open(site)?;
    let (file, public) = match new.key_use {
        NewKeyUse::Link => new_link_key(new, &site)?,
        NewKeyUse::Sign => new_signing_key(&site)?,
        NewKeyUse::Seal => new_identity(&site)?,
    };
    let (key_use, what) = match new.key_use {
        NewKeyUse::Link => ("link", "check value"),
        NewKeyUse::Sign => ("sign", "signature key, for the hub's site.yaml"),
        NewKeyUse::Seal => ("seal", "recipient, for the hub's site.yaml"),
    };
    printer.answer(
        || format!("`{}` was made\n{what}: {public}", file.display()),
        || json!({ "use": key_use, "file": file, "public": public }),
    );
    Ok(())
}

/// Prints the link key's check value and the public keys, so that two offices can compare them; says which are not made.
pub(crate) fn check(site: &Path, printer: Printer) -> Result<(), DeptError> {
    let site = Site::open(site)?;
    let made = |file: PathBuf| file.exists().then_some(());
    let link = made(site.link_key_file()).map(|()| site.link_key()).transpose()?;
    let next =
        made(site.next_link_key_file()).map(|()| Key::read(&site.next_link_key_file(), KeyUse::Link)).transpose()?;
    let sign = made(site.signing_key_file()).map(|()| site.signing_key()).transpose()?;
    let seal = made(site.identity_file()).map(|()| site.identity()).transpose()?;
    let sign = sign.map(|key| key.signature_key().to_string());
    let seal = seal.map(|identity| identity.recipient().to_string());
    printer.answer(
        || {
            let link = link.as_ref();
            let link = link.map(|key| format!("{}  ({}, {})", key.check_value(), key.kid(), key.algorithm()));
            let shown = [("link", &link), ("sign", &sign), ("seal", &seal)];
            let described = |(key_use, public): (&str, &Option<String>)| match public {
                Some(public) => format!("{key_use} {public}"),
                None => format!("{key_use} not made yet: `yilian-dept keys new --use {key_use}`"),
            };
            let mut text = shown.map(described).join("\n");
            if let Some(next) = &next {
                let added = format!("\nnext link {}  ({}, {})", next.check_value(), next.kid(), next.algorithm());
                text.push_str(&added);
            }
            text
        },
        || {
            json!({
                "link": link.as_ref().map(Key::check_value),
                "next_link": next.as_ref().map(Key::check_value),
                "kid": link.as_ref().map(Key::kid),
                "algorithm": link.as_ref().map(|key| key.algorithm().as_str()),
                "sign": &sign,
                "seal": &seal,
            })
        },
    );
    Ok(())
}

fn new_link_key(new: &NewKeyArguments, site: &Site) -> Result<(PathBuf, String), DeptError> {
    let file = if new.next { site.next_link_key_file() } else { site.link_key_file() };
    let file = in_private_folder(file)?;
    let today = clock::today();
    let name = if new.next { format!("link-{today}") } else { format!("link-{}a", today.year()) };
    let kid = new.kid.clone().unwrap_or(name);
    let key = Key::generate(KeyUse::Link, new.algorithm, &kid, &today.to_string())?;
    key.write(&file)?;
    Ok((file, key.check_value()))
}

fn new_signing_key(site: &Site) -> Result<(PathBuf, String), DeptError> {
    let file = in_private_folder(site.signing_key_file())?;
    let key = SigningKey::generate()?;
    key.write(&file, &file.with_extension("pub"))?;
    Ok((file, key.signature_key().to_string()))
}

fn new_identity(site: &Site) -> Result<(PathBuf, String), DeptError> {
    let file = in_private_folder(site.identity_file())?;
    let identity = Identity::generate();
    identity.write(&file)?;
    Ok((file, identity.recipient().to_string()))
}

fn in_private_folder(file: PathBuf) -> Result<PathBuf, DeptError> {
    if let Some(folder) = file.parent() {
        private_folder(folder)?;
    }
    Ok(file)
}
