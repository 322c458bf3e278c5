//! The one place that prints.

use std::collections::BTreeMap;
use std::io::{IsTerminal, Write};

use indicatif::{ProgressBar, ProgressStyle};

use crate::error::SynthError;
use crate::world::World;

/// What can be reached and what cannot, by rule or gap.
pub type Counts = BTreeMap<&'static str, (u64, u64)>;

/// Hears how far the work is.
pub trait Progress {
    /// So many people are done.
    fn reached(&mut self, people: u64);
    /// How many pairs each rule has, and how many runs of months each gap: reachable, and out of reach.
    fn pairs(&mut self, pairs: &Counts, gaps: &Counts);
    /// The world is made.
    fn done(&mut self, world: &World);
}

/// Says nothing.
#[derive(Debug)]
pub struct Quiet;

impl Progress for Quiet {
    fn reached(&mut self, _: u64) {}
    fn pairs(&mut self, _: &Counts, _: &Counts) {}
    fn done(&mut self, _: &World) {}
}

/// Prints a bar with the time that is left on a terminal, plain lines elsewhere.
#[derive(Debug)]
pub struct Printer {
    bar: Option<ProgressBar>,
    total: u64,
    tenths: u64,
}

impl Printer {
    /// A printer for so many people.
    pub fn new(total: u64) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(total);
            let template = "{bar:30} {pos}/{len} people, {eta} left";
            if let Ok(style) = ProgressStyle::with_template(template) {
                bar.set_style(style);
            }
            bar
        });
        Self { bar, total, tenths: 0 }
    }

    /// Prints an error with its hint.
    pub fn error(error: &SynthError) {
        let _ = writeln!(std::io::stderr(), "error: {error}");
    }

    fn say(line: &str) {
        let _ = writeln!(std::io::stdout(), "{line}");
    }
}

impl Progress for Printer {
    fn reached(&mut self, people: u64) {
        match &self.bar {
            Some(bar) => bar.set_position(people),
            None if people * 10 / self.total.max(1) > self.tenths => {
                self.tenths = people * 10 / self.total.max(1);
                let _ = writeln!(std::io::stderr(), "{people} of {} people", self.total);
            }
            None => {}
        }
    }

    fn pairs(&mut self, pairs: &Counts, gaps: &Counts) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        for (rule, (reachable, unreachable)) in pairs {
            Self::say(&format!("{rule}  {reachable:>8} pairs, {unreachable} more out of reach"));
        }
        for (gap, (reachable, unreachable)) in gaps {
            Self::say(&format!("gap {gap:<5}  {reachable:>8} runs of months, {unreachable} more out of reach"));
        }
    }

    fn done(&mut self, world: &World) {
        let rows: u64 = world.files.iter().map(|file| file.rows).sum();
        Self::say(&format!(
            "{} people, {} files, {rows} rows, place {}",
            world.persons,
            world.files.len(),
            world.place
        ));
    }
}
