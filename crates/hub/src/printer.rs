//! The one door to standard output and standard error.

use std::io::{self, Write};

use crate::error::HubError;

/// For whom a command answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// A person.
    Text,
    /// A machine.
    Json,
}

/// Writes answers to standard output and everything else to standard error.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Printer {
    format: Format,
}

impl Printer {
    pub(crate) fn new(format: Format) -> Self {
        Self { format }
    }

    pub(crate) fn format(self) -> Format {
        self.format
    }

    /// The answer of a command: `text` for a person, `machine` for a machine.
    pub(crate) fn answer(self, text: impl FnOnce() -> String, machine: impl FnOnce() -> serde_json::Value) {
        match self.format {
            Format::Text => to_stdout(text().trim_end()),
            Format::Json => to_stdout(&machine().to_string()),
        }
    }

    /// A failed command: what went wrong, why, a blank line, and what can be done about it.
    pub(crate) fn error(self, error: &HubError) {
        let what = error.to_string();
        let mut text = format!("error: {what}");
        let mut cause = std::error::Error::source(error);
        while let Some(source) = cause {
            let why = source.to_string();
            if !text.contains(&why) {
                text.push_str("\n  because: ");
                text.push_str(&why);
            }
            cause = source.source();
        }
        let hint = error.hint();
        if let Some(hint) = &hint {
            text.push_str("\n\nhint: ");
            text.push_str(hint);
        }
        to_stderr(&text);
        if self.format == Format::Json {
            to_stdout(&serde_json::json!({ "error": what, "hint": hint }).to_string());
        }
    }
}

/// Something to know while a command works.
pub(crate) fn note(text: &str) {
    to_stderr(text);
}

/// Standard output for an answer that is written as it comes.
pub(crate) fn stream() -> impl Write {
    io::stdout().lock()
}

// Nobody is left to tell when the reader of a pipe has gone.
fn to_stdout(text: &str) {
    let _ = writeln!(io::stdout().lock(), "{text}");
}

fn to_stderr(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}
