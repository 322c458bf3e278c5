//! Starts the other programs as a person would.

use std::env;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::de::DeserializeOwned;

use crate::DemoError;

/// The folder with the built programs and the repository they work in.
#[derive(Debug, Clone)]
pub struct Programs {
    folder: PathBuf,
    repository: PathBuf,
}

/// What a program left behind when it ended, whatever its exit code.
#[derive(Debug, Clone)]
pub struct Finished {
    /// The command line as a person would type it.
    pub command: String,
    /// Exit code; -1 where a signal ended it.
    pub code: i32,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Programs {
    /// The programs that lie beside the running executable, or one folder above it (as for a test or an example).
    ///
    /// # Errors
    /// Where the executable or the repository cannot be found.
    pub fn beside_this_one() -> Result<Self, DemoError> {
        let executable = env::current_exe().map_err(DemoError::file("."))?;
        let mut folder = executable.parent().unwrap_or(Path::new(".")).to_path_buf();
        if ["deps", "examples"].map(OsStr::new).contains(&folder.file_name().unwrap_or_default()) {
            folder.pop();
        }
        let here = env::current_dir().map_err(DemoError::file("."))?;
        let repository = [&here, &folder]
            .into_iter()
            .flat_map(|start| start.ancestors())
            .find(|above| above.join("schemas").is_dir() && above.join("pipelines").is_dir())
            .ok_or(DemoError::NoRepository { from: here.clone() })?
            .to_path_buf();
        Ok(Self { folder, repository })
    }

    /// The folder with `schemas/`, `pipelines/` and `sql/`.
    pub fn repository(&self) -> &Path {
        &self.repository
    }

    /// Names every one of `programs` that is missing, before any work is done.
    ///
    /// # Errors
    /// [`DemoError::ProgramMissing`] for the first that is not there.
    pub fn require(&self, programs: &[&str]) -> Result<(), DemoError> {
        programs.iter().try_for_each(|program| self.path(program).map(drop))
    }

    /// Runs a program in the repository and returns what it left, also when it failed.
    ///
    /// # Errors
    /// Where the program is missing or cannot be started.
    pub fn try_run<I, S>(&self, program: &str, arguments: I) -> Result<Finished, DemoError>
    where
        I: IntoIterator<Item = S>,
        S: Into<OsString>,
    {
        let path = self.path(program)?;
        let arguments: Vec<OsString> = arguments.into_iter().map(Into::into).collect();
        let output = Command::new(&path)
            .args(&arguments)
            .current_dir(&self.repository)
            .output()
            .map_err(DemoError::file(&path))?;
        Ok(Finished {
            command: command_line(program, &arguments),
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        })
    }

    /// Runs a program that must succeed.
    ///
    /// # Errors
    /// As [`Programs::try_run`], and [`DemoError::ProgramFailed`] for any exit code but 0.
    pub fn run<I, S>(&self, program: &str, arguments: I) -> Result<Finished, DemoError>
    where
        I: IntoIterator<Item = S>,
        S: Into<OsString>,
    {
        self.try_run(program, arguments)?.success()
    }

    /// The file of a program, for whoever starts it otherwise.
    ///
    /// # Errors
    /// [`DemoError::ProgramMissing`].
    pub fn path(&self, program: &str) -> Result<PathBuf, DemoError> {
        let path = self.folder.join(format!("{program}{}", env::consts::EXE_SUFFIX));
        if path.is_file() {
            Ok(path)
        } else {
            Err(DemoError::ProgramMissing { program: program.to_owned(), folder: self.folder.clone() })
        }
    }
}

impl Finished {
    /// Itself where the exit code is 0.
    ///
    /// # Errors
    /// [`DemoError::ProgramFailed`] otherwise.
    pub fn success(self) -> Result<Self, DemoError> {
        if self.code == 0 {
            return Ok(self);
        }
        let Self { command, code, stderr, .. } = self;
        Err(DemoError::ProgramFailed { command, code, stderr })
    }

    /// What a program printed with `--json`.
    ///
    /// # Errors
    /// [`DemoError::UnknownAnswer`] where it is not of that form.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, DemoError> {
        serde_json::from_str(&self.stdout)
            .map_err(|source| DemoError::UnknownAnswer { command: self.command.clone(), source })
    }
}

fn command_line(program: &str, arguments: &[OsString]) -> String {
    let mut line = program.to_owned();
    for argument in arguments {
        let text = argument.to_string_lossy();
        line.push(' ');
        if text.is_empty() || text.contains([' ', '"', '(', '*']) {
            line.push('\'');
            line.push_str(&text);
            line.push('\'');
        } else {
            line.push_str(&text);
        }
    }
    line
}
