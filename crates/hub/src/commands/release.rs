//! `yilian release`.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::json;
use yilian_delivery::SigningKey;
use yilian_pipeline::publication;
use yilian_pipeline::site::Site;
use yilian_release::{Made, PUBLIC, SUMS, SUMS_SIGNATURE, SigningOffice, Stage, VersionState, versions};

use crate::arguments::{ReleaseArguments, SignAs};
use crate::clock;
use crate::commands::year::{self, Edition, Recounting};
use crate::error::HubError;
use crate::printer::Printer;

/// Makes the next version of a year, signs one, or publishes one.
pub(crate) fn run(
    arguments: &ReleaseArguments,
    site: &Path,
    schemas: Option<&Path>,
    printer: Printer,
) -> Result<ExitCode, HubError> {
    let site = Site::open(site)?;
    match arguments.sign_as {
        Some(office) => sign(arguments, office, &site, printer),
        None if arguments.publish => publish(arguments, &site, printer),
        None => make(arguments, &site, schemas, printer),
    }
}

fn make(
    arguments: &ReleaseArguments,
    site: &Site,
    schemas: Option<&Path>,
    printer: Printer,
) -> Result<ExitCode, HubError> {
    let folder = year::folder_of(site, arguments.year);
    let number = next_number(arguments, &folder)?;
    let publication = super::block_on(async {
        match &arguments.run {
            Some(run) => Ok(publication::find(site.store(), run).await?),
            None => publication::current(site.store()).await?.ok_or(HubError::NothingPublished),
        }
    })?;
    let failed = |source| HubError::Io { path: folder.clone(), source };
    fs::create_dir_all(&folder).map_err(failed)?;
    // Made beside its place and moved there whole: what fails leaves no version behind.
    let making = tempfile::Builder::new().prefix(".making").tempdir_in(&folder).map_err(failed)?;
    let note = arguments.note.as_deref().unwrap_or_default();
    // A version that failed before has left its rows, or a part of them.
    let micro = year::micro_of(site, arguments.year, number);
    remove(&micro)?;
    let edition = Edition { year: arguments.year, number, note, recount: Recounting::IfKept, micro: Some(&micro) };
    let made = year::make(site, schemas, (edition, &publication), &arguments.work, making.path())?;
    let version = folder.join(number.to_string());
    fs::rename(making.keep(), &version).map_err(failed)?;
    answer(printer, &made, &version);
    Ok(ExitCode::SUCCESS)
}

/// Removes a folder with all that is in it, if there is one.
fn remove(folder: &Path) -> Result<(), HubError> {
    match fs::remove_dir_all(folder) {
        Err(source) if source.kind() != ErrorKind::NotFound => Err(HubError::Io { path: folder.to_owned(), source }),
        _ => Ok(()),
    }
}

/// The number after the newest; where a version is published already, only with a note that says what is corrected.
fn next_number(arguments: &ReleaseArguments, folder: &Path) -> Result<u32, HubError> {
    let mut next = 1;
    for (number, folder) in versions(folder)? {
        if VersionState::read(&folder)?.stage == Stage::Published && arguments.note.is_none() {
            return Err(HubError::NoteMissing { year: arguments.year, number });
        }
        next = number + 1;
    }
    Ok(next)
}

fn sign(arguments: &ReleaseArguments, office: SignAs, site: &Site, printer: Printer) -> Result<ExitCode, HubError> {
    let (folder, state) = wanted(arguments, site)?;
    let name = arguments.name.as_deref().unwrap_or_default();
    let state = state.sign(signing_office(office), name, &clock::today().to_string())?;
    state.write(&folder)?;
    answer_state(printer, &state, &folder);
    Ok(ExitCode::SUCCESS)
}

fn publish(arguments: &ReleaseArguments, site: &Site, printer: Printer) -> Result<ExitCode, HubError> {
    let (folder, state) = wanted(arguments, site)?;
    let newest = versions(&year::folder_of(site, state.year))?.into_iter().next_back();
    let state = state.publish(newest.map_or(0, |(number, _)| number))?;
    let key = site.signing_key_file();
    if !key.exists() {
        return Err(HubError::NoSigningKey);
    }
    let public = folder.join(PUBLIC);
    let sums = read(&public.join(SUMS))?;
    let comment = format!("release {} version {}", state.year, state.version);
    let signature = SigningKey::read(&key)?.sign(&sums, &comment)?;
    let file = public.join(SUMS_SIGNATURE);
    fs::write(&file, signature).map_err(|source| HubError::Io { path: file, source })?;
    state.write(&folder)?;
    // Questions are answered from the newest published version alone.
    for number in 1..state.version {
        remove(&year::micro_of(site, state.year, number))?;
    }
    answer_state(printer, &state, &folder);
    Ok(ExitCode::SUCCESS)
}

/// The version that is asked for, as it was signed for: what has been changed since is refused.
fn wanted(arguments: &ReleaseArguments, site: &Site) -> Result<(PathBuf, VersionState), HubError> {
    let folder = year::version_folder(site, arguments.year, arguments.version)?;
    let state = VersionState::read(&folder)?;
    let differences = state.differences(&folder)?;
    if differences.is_empty() { Ok((folder, state)) } else { Err(HubError::NotWhatWasMade { folder, differences }) }
}

fn signing_office(office: SignAs) -> SigningOffice {
    match office {
        SignAs::Reviewer => SigningOffice::PrivacyReviewer,
        SignAs::Compiler => SigningOffice::Compiler,
        SignAs::Checker => SigningOffice::Checker,
        SignAs::Head => SigningOffice::Head,
    }
}

pub(crate) fn read(file: &Path) -> Result<Vec<u8>, HubError> {
    fs::read(file).map_err(|source| HubError::Io { path: file.to_owned(), source })
}

fn answer(printer: Printer, made: &Made, folder: &Path) {
    let (primary, secondary) = made.protection.withheld;
    let rows: usize = made.release.tables.iter().map(|table| table.rows.len()).sum();
    let tables = made.release.tables.len();
    printer.answer(
        || {
            format!(
                "release {} version {} ({}): {tables} tables, {rows} numbers in {}\n\
                 withheld for their own sake {primary} cells, for the sake of others {secondary}; the audit is clean\n\
                 the privacy reviewer reads public/DOSSIER.md, then: yilian release {} --sign-as reviewer --name NAME",
                made.state.year,
                made.state.version,
                made.state.stage,
                folder.display(),
                made.state.year,
            )
        },
        || {
            json!({
                "state": made.state, "folder": folder, "tables": tables, "numbers": rows,
                "primary": primary, "secondary": secondary,
            })
        },
    );
}

fn answer_state(printer: Printer, state: &VersionState, folder: &Path) {
    printer.answer(
        || format!("release {} version {} is {}: {}", state.year, state.version, state.stage, folder.display()),
        || json!({ "state": state, "folder": folder }),
    );
}
