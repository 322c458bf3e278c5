//! Prints the answer, or writes it for its owner alone.

use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use serde_json::json;

use super::Reply;
use crate::error::DeptError;
use crate::printer::{Format, Printer};

/// Where the answer goes.
pub(super) enum Target {
    Screen,
    /// A file that is not there yet.
    File(PathBuf),
}

impl Target {
    /// A file that is there already is refused before anybody is looked up.
    pub(super) fn new(out: Option<&Path>) -> Result<Self, DeptError> {
        match out {
            None => Ok(Self::Screen),
            Some(path) if path.exists() => Err(DeptError::AnswerExists { path: path.to_owned() }),
            Some(path) => Ok(Self::File(path.to_owned())),
        }
    }

    /// The whole answer, on the screen or in the file; of a file the screen hears counts alone.
    pub(super) fn write(&self, reply: &Reply<'_>, printer: Printer) -> Result<(), DeptError> {
        let Self::File(path) = self else {
            printer.answer(|| reply.for_people(), || reply.for_machines());
            return Ok(());
        };
        let text = if printer.format() == Format::Json { reply.for_machines().to_string() } else { reply.for_people() };
        private_file(path, &text)?;
        let (rows, delivered, clues) = (reply.rows(), reply.delivered(), reply.clues.len());
        printer.answer(
            || {
                format!(
                    "`{}` 已生成，交给本人前请核对本人身份 was written; check who asks before it is handed over\n\
                     本人数据行 rows: {rows}\n其中已交付 delivered: {delivered}\n线索 clues: {clues}",
                    path.display()
                )
            },
            || json!({ "written": path, "rows": rows, "delivered": delivered, "clues": clues }),
        );
        Ok(())
    }
}

fn private_file(path: &Path, text: &str) -> Result<(), DeptError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let failed = || DeptError::io("written", path);
    // A file of this kind is its owner's alone from the beginning.
    let mut file = tempfile::Builder::new().prefix(".subject-").tempfile_in(folder).map_err(failed())?;
    writeln!(file, "{text}").map_err(failed())?;
    file.as_file().sync_all().map_err(failed())?;
    match file.persist_noclobber(path) {
        Ok(_) => Ok(()),
        Err(error) if error.error.kind() == ErrorKind::AlreadyExists => {
            Err(DeptError::AnswerExists { path: path.to_owned() })
        }
        Err(error) => Err(failed()(error.error)),
    }
}
