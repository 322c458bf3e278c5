//! The one place of the demonstration that writes to the terminal: steps and progress to standard
//! error, the summary to standard output.

use std::io::{self, Write};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use yilian_demo::DemoError;
use yilian_demo::summary::Summary;

/// The form of the summary.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Form {
    Page,
    Json,
}

pub(crate) fn step(text: &str) {
    say(&format!("· {text}"));
}

pub(crate) fn error(error: &DemoError) {
    say(&format!("error: {error}"));
    if let Some(hint) = error.hint() {
        say(&format!("\nhint: {hint}"));
    }
}

/// A bar over bytes with the time that remains; hidden where standard error is no terminal.
pub(crate) fn bar(bytes: u64) -> ProgressBar {
    ticking(ProgressBar::new(bytes), "  {bar:40} {bytes}/{total_bytes}, {eta} left")
}

/// Shows that work goes on whose length is not known; hidden where standard error is no terminal.
pub(crate) fn spinner() -> ProgressBar {
    ticking(ProgressBar::new_spinner(), "  {spinner} {elapsed}")
}

pub(crate) fn summary(summary: &Summary, form: Form, elapsed: Duration) {
    let mut out = io::stdout().lock();
    // A closed pipe (`yilian-demo | head`) is no failure of the demonstration.
    let _ = match form {
        Form::Json => writeln!(out, "{}", serde_json::to_string_pretty(summary).unwrap_or_default()),
        Form::Page => writeln!(out, "\n{}\nDone in {} s.", summary.page(), elapsed.as_secs()),
    };
}

fn ticking(bar: ProgressBar, template: &str) -> ProgressBar {
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

fn say(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}
