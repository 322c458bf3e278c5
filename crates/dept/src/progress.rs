//! Says how far a long step is: a bar with the time left on a terminal, plain lines otherwise.

use std::io::IsTerminal;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use yilian_intake::{Progress, Stage};

use crate::printer::Printer;

/// Work that is done within this time needs no lines.
const QUIET: Duration = Duration::from_secs(5);

/// Shows the steps of preparing one file.
pub(crate) struct Steps {
    bar: ProgressBar,
    lines: Option<Lines>,
}

/// Plain lines for a log, one every few seconds.
struct Lines {
    printer: Printer,
    state: Mutex<LineState>,
}

struct LineState {
    stage: Stage,
    total: u64,
    done: u64,
    told: Instant,
}

impl Steps {
    /// A bar if standard error is a terminal, lines otherwise.
    pub(crate) fn new(printer: Printer) -> Self {
        if std::io::stderr().is_terminal() {
            return Self { bar: ProgressBar::new(0), lines: None };
        }
        let state = LineState { stage: Stage::Read, total: 0, done: 0, told: Instant::now() };
        Self {
            bar: ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden()),
            lines: Some(Lines { printer, state: Mutex::new(state) }),
        }
    }

    /// Takes the bar off the screen.
    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

impl Progress for Steps {
    fn start(&self, stage: Stage, total: u64) {
        if let Some(lines) = &self.lines {
            return lines.start(stage, total);
        }
        self.bar.reset();
        self.bar.set_length(total);
        self.bar.set_style(style(stage));
        self.bar.set_message(words(stage));
    }

    fn advance(&self, units: u64) {
        match &self.lines {
            Some(lines) => lines.advance(units),
            None => self.bar.inc(units),
        }
    }
}

impl Lines {
    fn start(&self, stage: Stage, total: u64) {
        if let Ok(mut state) = self.state.lock() {
            (state.stage, state.total, state.done) = (stage, total, 0);
        }
    }

    fn advance(&self, units: u64) {
        let Ok(mut state) = self.state.lock() else {
            return;
        };
        state.done = state.done.saturating_add(units);
        if state.told.elapsed() >= QUIET {
            state.told = Instant::now();
            let percent = state.done.saturating_mul(100).checked_div(state.total).unwrap_or(100).min(100);
            self.printer.note(&format!("{}: {percent} %", words(state.stage)));
        }
    }
}

fn words(stage: Stage) -> &'static str {
    match stage {
        Stage::Read => "reading 读取",
        Stage::Write => "writing 写出",
        Stage::Check => "checking 核对",
    }
}

fn style(stage: Stage) -> ProgressStyle {
    let template = match stage {
        Stage::Read => "{msg} {wide_bar} {bytes}/{total_bytes}  ETA {eta}",
        Stage::Write | Stage::Check => "{msg} {wide_bar} {human_pos}/{human_len}  ETA {eta}",
    };
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}
