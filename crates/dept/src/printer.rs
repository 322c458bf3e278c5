//! The one door to standard output and standard error.

use std::io::{self, Write};
use std::panic::PanicHookInfo;

use serde::Serialize;
use serde_json::json;

use crate::error::DeptError;

/// For whom a command answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// A person.
    Text,
    /// A machine.
    Json,
    /// Nobody.
    #[cfg(test)]
    Silent,
}

/// Writes answers to standard output and everything else to standard error.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Printer {
    format: Format,
}

impl Printer {
    pub(crate) const fn new(format: Format) -> Self {
        Self { format }
    }

    /// For whom it answers.
    pub(crate) const fn format(self) -> Format {
        self.format
    }

    /// The answer of a command: `text` for a person, `machine` for a machine.
    pub(crate) fn answer(self, text: impl FnOnce() -> String, machine: impl FnOnce() -> serde_json::Value) {
        match self.format {
            Format::Text => to_stdout(&text()),
            Format::Json => to_stdout(&machine().to_string()),
            #[cfg(test)]
            Format::Silent => drop((text(), machine())),
        }
    }

    /// A failed command: what went wrong, why, a blank line, and what can be done about it.
    pub(crate) fn error(self, error: &DeptError) {
        let said = error.to_string();
        // Errors of the lower crates bring their hint along.
        let (what, hint) = match said.split_once("\n\nhint: ") {
            Some((what, hint)) => (what, Some(hint.to_owned())),
            None => (said.as_str(), error.hint()),
        };
        let mut text = format!("error: {what}");
        let mut cause = std::error::Error::source(error);
        while let Some(source) = cause {
            let why = source.to_string();
            if !text.contains(&why) {
                text.push_str("\n  ");
                text.push_str(&why);
            }
            cause = source.source();
        }
        if let Some(hint) = &hint {
            text.push_str("\n\nhint: ");
            text.push_str(hint);
        }
        to_stderr(&text);
        if self.format == Format::Json {
            to_stdout(&json!({ "error": what, "hint": hint, "parts": error.parts() }).to_string());
        }
    }

    /// Something for a person to know while a command works.
    pub(crate) fn note(self, text: &str) {
        if self.format == Format::Text {
            to_stderr(text);
        }
    }
}

/// A value as JSON, null where it cannot be written as such.
pub(crate) fn value(of: &impl Serialize) -> serde_json::Value {
    serde_json::to_value(of).unwrap_or_default()
}

/// Says where the program failed, and nothing of what it was working on: a panic's message may hold a row's value.
pub(crate) fn internal_error(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map(|place| format!(" at {}:{}", place.file(), place.line())).unwrap_or_default();
    let version = env!("CARGO_PKG_VERSION");
    to_stderr(&format!(
        "error: a fault of yilian-dept {version}{place}\n\nhint: please report this line; no delivery was made"
    ));
}

// Nobody is left to tell when the reader of a pipe has gone.
fn to_stdout(text: &str) {
    let _ = writeln!(io::stdout().lock(), "{text}");
}

fn to_stderr(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}
