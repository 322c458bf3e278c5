//! `yilian verify`.

use std::path::Path;
use std::process::ExitCode;

use serde_json::json;
use yilian_delivery::SigningKey;
use yilian_pipeline::publication;
use yilian_pipeline::site::Site;
use yilian_release::{PUBLIC, RESTRICTED, SEALED, SUMS, SUMS_SIGNATURE, Stage, VersionState};

use crate::arguments::VerifyArguments;
use crate::commands::release::read;
use crate::commands::year::{self, Edition, Recounting};
use crate::error::HubError;
use crate::printer::Printer;

/// How far a version could be proved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Proof {
    /// It was made again, byte for byte, and the audit repeated.
    Rebuilt,
    /// Retention has removed what it was made from: its files are those that were signed for.
    DigestsOnly,
}

/// Recomputes every digest, checks the signature, makes the version again and compares; the audit is part of making it.
pub(crate) fn run(
    arguments: &VerifyArguments,
    site: &Path,
    schemas: Option<&Path>,
    printer: Printer,
) -> Result<ExitCode, HubError> {
    let site = Site::open(site)?;
    let folder = arguments.folder.as_path();
    let state = VersionState::read(folder)?;
    let mut differences = state.differences(folder)?;
    if state.stage == Stage::Published && !is_signed(&site, folder)? {
        differences.push(format!("{PUBLIC}/{SUMS_SIGNATURE}: not the signature of this hub"));
    }
    if !differences.is_empty() {
        return Err(HubError::NotWhatWasMade { folder: folder.to_owned(), differences });
    }
    let proof = rebuild(arguments, &site, schemas, &state)?;
    printer.answer(|| text(&state, proof), || json!({ "state": state, "proof": word(proof) }));
    Ok(ExitCode::SUCCESS)
}

fn is_signed(site: &Site, folder: &Path) -> Result<bool, HubError> {
    let key = site.signing_key_file();
    if !key.exists() {
        return Err(HubError::NoSigningKey);
    }
    let public = folder.join(PUBLIC);
    let signature = public.join(SUMS_SIGNATURE);
    if !signature.exists() {
        return Ok(false);
    }
    Ok(SigningKey::read(&key)?.signature_key().has_signed(&read(&public.join(SUMS))?, &read(&signature)?))
}

fn rebuild(
    arguments: &VerifyArguments,
    site: &Site,
    schemas: Option<&Path>,
    state: &VersionState,
) -> Result<Proof, HubError> {
    let found = super::block_on(async { Ok(publication::find(site.store(), &state.run).await?) });
    let publication = match found {
        Err(error) if year::is_gone(&error) => return Ok(Proof::DigestsOnly),
        found => found?,
    };
    // Beside the versions, where what is sealed may lie, and not in a folder of the system.
    let releases = year::folder_of(site, state.year);
    let again = tempfile::Builder::new().prefix(".verifying").tempdir_in(&releases);
    let again = again.map_err(|source| HubError::Io { path: releases, source })?;
    let recount = if state.recounted { Recounting::Again } else { Recounting::Not };
    let edition = Edition { year: state.year, number: state.version, note: &state.note, recount, micro: None };
    match year::make(site, schemas, (edition, &publication), &arguments.work, again.path()) {
        Err(error) if year::is_gone(&error) => return Ok(Proof::DigestsOnly),
        made => made?,
    };
    let mut differences = Vec::new();
    for folder in [PUBLIC, RESTRICTED, SEALED] {
        let [there, here] = [arguments.folder.as_path(), again.path()].map(|root| root.join(folder).join(SUMS));
        if there.exists() != here.exists() || (there.exists() && read(&there)? != read(&here)?) {
            differences.push(format!("{folder}/{SUMS}: another one when it is made again"));
        }
    }
    if differences.is_empty() {
        return Ok(Proof::Rebuilt);
    }
    Err(HubError::NotWhatWasMade { folder: arguments.folder.clone(), differences })
}

fn word(proof: Proof) -> &'static str {
    match proof {
        Proof::Rebuilt => "rebuilt",
        Proof::DigestsOnly => "digests only",
    }
}

fn text(state: &VersionState, proof: Proof) -> String {
    let head = format!("release {} version {} ({})", state.year, state.version, state.stage);
    match proof {
        Proof::Rebuilt => format!("{head}: made again from run {}, every byte agrees, the audit is clean", state.run),
        Proof::DigestsOnly => format!(
            "{head}: digests only; every file is the one that was signed for, but deliveries of run {} are no longer kept",
            state.run
        ),
    }
}
