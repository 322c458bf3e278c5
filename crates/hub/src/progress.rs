//! Says how far a step is: a bar with the time left on a terminal, plain lines otherwise.

use std::io::IsTerminal;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use yilian_pipeline::Progress;

use crate::printer;

/// A step tells how far it is no more often than this.
const PAUSE: Duration = Duration::from_secs(5);

/// Shows the steps of a command on standard error.
pub(crate) struct Steps {
    bar: ProgressBar,
    is_terminal: bool,
    step: Mutex<Step>,
}

struct Step {
    name: String,
    began: Instant,
    told: Instant,
}

impl Steps {
    /// A bar if standard error is a terminal, lines otherwise.
    pub(crate) fn new() -> Self {
        let is_terminal = std::io::stderr().is_terminal();
        let target = if is_terminal { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let now = Instant::now();
        Self {
            bar: ProgressBar::with_draw_target(None, target),
            is_terminal,
            step: Mutex::new(Step { name: String::new(), began: now, told: now }),
        }
    }

    fn say(&self, text: &str) {
        self.bar.suspend(|| printer::note(text));
    }
}

impl Progress for Steps {
    fn start(&self, step: &str, total: Option<u64>) {
        if let Ok(mut current) = self.step.lock() {
            let now = Instant::now();
            *current = Step { name: step.to_owned(), began: now, told: now };
        }
        self.bar.reset();
        self.bar.set_position(0);
        match total {
            Some(total) => self.bar.set_length(total),
            None => self.bar.unset_length(),
        }
        self.bar.set_style(style(total.is_some()));
        self.bar.set_message(step.to_owned());
    }

    fn advance(&self, done: u64) {
        self.bar.inc(done);
        if self.is_terminal {
            return;
        }
        let Ok(mut step) = self.step.lock() else {
            return;
        };
        if step.told.elapsed() >= PAUSE {
            step.told = Instant::now();
            let percent =
                self.bar.length().and_then(|total| self.bar.position().saturating_mul(100).checked_div(total));
            let how_far = percent.map_or_else(|| self.bar.position().to_string(), |percent| format!("{percent} %"));
            printer::note(&format!("{}: {how_far}", step.name));
        }
    }

    fn finish(&self, note: &str) {
        self.bar.finish_and_clear();
        if let Ok(step) = self.step.lock() {
            let took = step.began.elapsed();
            self.say(&format!("{}: {note} ({}.{} s)", step.name, took.as_secs(), took.subsec_millis() / 100));
        }
    }

    fn warn(&self, text: &str) {
        self.say(&format!("warning: {text}"));
    }
}

fn style(has_total: bool) -> ProgressStyle {
    let template = if has_total {
        "{msg} {wide_bar} {human_pos}/{human_len}  ETA {eta}"
    } else {
        "{msg} {spinner} {human_pos}  {elapsed}"
    };
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}
