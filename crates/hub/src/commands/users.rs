//! `yilian users add`, `list` and `remove`: who may log in to `yilian serve`.

use std::fs;
use std::io::{self, BufRead, IsTerminal};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::json;
use yilian_endpoint::Users;
use yilian_pipeline::site::{Site, Work};
use zeroize::Zeroizing;

use crate::arguments::UserArguments;
use crate::error::HubError;
use crate::printer::Printer;

/// Lets somebody log in; a password is never an argument, which others could see in the list of processes.
pub(crate) fn add(user: &UserArguments, site: &Path, printer: Printer) -> Result<ExitCode, HubError> {
    let site = Site::open(site)?;
    let password = password(user.password_file.as_deref())?;
    let _lock = site.lock(Work::ChangeOfUsers)?;
    Users::load(&file(&site))?.add(&user.name, user.role, &password)?;
    let (name, role) = (&user.name, user.role.as_str());
    printer.answer(|| format!("{name} may log in as {role}"), || json!({ "user": name, "role": role }));
    Ok(ExitCode::SUCCESS)
}

/// Shows names and roles.
pub(crate) fn list(site: &Path, printer: Printer) -> Result<ExitCode, HubError> {
    let users = Users::load(&file(&Site::open(site)?))?;
    printer.answer(
        || {
            let mut table = super::new_table(&["user", "role"]);
            for (name, role) in users.list() {
                table.add_row([name, role]);
            }
            table.to_string()
        },
        || users.list().map(|(name, role)| json!({ "user": name, "role": role })).collect(),
    );
    Ok(ExitCode::SUCCESS)
}

/// Lets somebody log in no more; who is connected stays so until the connection ends.
pub(crate) fn remove(name: &str, site: &Path, printer: Printer) -> Result<ExitCode, HubError> {
    let site = Site::open(site)?;
    let _lock = site.lock(Work::ChangeOfUsers)?;
    if !Users::load(&file(&site))?.remove(name)? {
        return Err(HubError::UnknownUser { name: name.to_owned() });
    }
    printer.answer(|| format!("{name} may log in no more"), || json!({ "user": name }));
    Ok(ExitCode::SUCCESS)
}

fn file(site: &Site) -> PathBuf {
    site.vault().join("users.json")
}

fn password(file: Option<&Path>) -> Result<Zeroizing<String>, HubError> {
    let first_line = |mut reader: Box<dyn BufRead>, path: &Path| {
        let mut line = Zeroizing::new(String::new());
        reader.read_line(&mut line).map_err(|source| HubError::Io { path: path.to_owned(), source })?;
        Ok(Zeroizing::new(line.trim_end_matches(['\r', '\n']).to_owned()))
    };
    match file {
        Some(path) if path == Path::new("-") => first_line(Box::new(io::stdin().lock()), path),
        Some(path) => {
            let opened = fs::File::open(path).map_err(|source| HubError::Io { path: path.to_owned(), source })?;
            first_line(Box::new(io::BufReader::new(opened)), path)
        }
        None if !io::stdin().is_terminal() => first_line(Box::new(io::stdin().lock()), Path::new("-")),
        None => {
            let failed = |source| HubError::Io { path: PathBuf::from("the terminal"), source };
            let first = Zeroizing::new(rpassword::prompt_password("password: ").map_err(failed)?);
            let second = Zeroizing::new(rpassword::prompt_password("again: ").map_err(failed)?);
            if first == second { Ok(first) } else { Err(HubError::PasswordsDiffer) }
        }
    }
}
