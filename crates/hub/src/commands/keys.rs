//! `yilian keys new` and `yilian keys rotate`.

use std::path::Path;
use std::process::ExitCode;

use chrono::Datelike;
use serde_json::json;
use yilian_delivery::{Identity, SigningKey};
use yilian_pipeline::site::{Site, Work};
use yilian_token::{Key, KeyUse};

use crate::arguments::{NewKeyArguments, NewKeyUse, RotateArguments};
use crate::clock;
use crate::error::HubError;
use crate::printer::Printer;

/// Makes one key in the vault and prints what others may know of it.
pub(crate) fn new(new: &NewKeyArguments, site: &Path, printer: Printer) -> Result<ExitCode, HubError> {
    let site = Site::open(site)?;
    let (key_use, what, file, public) = match new.key_use {
        NewKeyUse::Hub => {
            let public = new_key(new, KeyUse::Hub, &site.hub_key_file())?;
            ("hub", "check value", site.hub_key_file(), public)
        }
        NewKeyUse::Noise => {
            let public = new_key(new, KeyUse::Noise, &site.noise_key_file())?;
            ("noise", "check value", site.noise_key_file(), public)
        }
        NewKeyUse::Age => {
            let identity = Identity::generate();
            identity.write(&site.age_key_file())?;
            let what = "recipient, for the departments' dept.yaml";
            ("age", what, site.age_key_file(), identity.recipient().to_string())
        }
        NewKeyUse::Sign => {
            let key = SigningKey::generate()?;
            let file = site.signing_key_file();
            key.write(&file, &file.with_extension("pub"))?;
            ("sign", "signature key, for the departments' dept.yaml", file, key.signature_key().to_string())
        }
    };
    printer.answer(
        || format!("{} was made\n{what}: {public}", file.display()),
        || json!({ "use": key_use, "file": file, "public": public }),
    );
    Ok(ExitCode::SUCCESS)
}

/// Makes the next hub key; the present one stays in force until a run has published with the next.
pub(crate) fn rotate(rotate: &RotateArguments, site: &Path, printer: Printer) -> Result<ExitCode, HubError> {
    let site = Site::open(site)?;
    let _lock = site.lock(Work::ChangeOfKey)?;
    let present = Key::read(&site.hub_key_file(), KeyUse::Hub)?;
    let today = clock::today();
    let kid = rotate.kid.clone().unwrap_or_else(|| format!("hub-{today}"));
    let algorithm = rotate.algorithm.unwrap_or(present.algorithm());
    let next = Key::generate(KeyUse::Hub, algorithm, &kid, &today.to_string())?;
    let file = site.next_hub_key_file();
    next.write(&file)?;
    let (before, after) = (present.check_value(), next.check_value());
    printer.answer(
        || {
            format!(
                "{} was made\npresent check value: {before}\nnext check value: {after}\n\n\
                 `yilian run` now hashes everybody again from the retained deliveries, keeps all numbers, publishes, and \
                 then removes the present key.\nUntil it has published, the present key stays in force; to give the \
                 change up, remove the new file.",
                file.display()
            )
        },
        || json!({ "use": "hub", "file": file, "public": after, "present": before }),
    );
    Ok(ExitCode::SUCCESS)
}

/// The check value of the new key.
fn new_key(new: &NewKeyArguments, key_use: KeyUse, file: &Path) -> Result<String, HubError> {
    let today = clock::today();
    let kid = new.kid.clone().unwrap_or_else(|| format!("{}-{}a", key_use.as_str(), today.year()));
    let key = Key::generate(key_use, new.algorithm, &kid, &today.to_string())?;
    key.write(file)?;
    Ok(key.check_value())
}
