//! A table of truth, and how its cells are written.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use crate::calendar::Month;
use crate::citizen::Sex;
use crate::error::SynthError;
use crate::fact::Link;
use crate::oracle::Side;

/// A table of truth being written.
#[derive(Debug)]
pub(super) struct Table {
    path: PathBuf,
    file: BufWriter<File>,
}

impl Table {
    /// A file with its header.
    pub(super) fn create(folder: &Path, name: &str, header: &str) -> Result<Self, SynthError> {
        let path = folder.join(name);
        let file = File::create(&path).map_err(|source| SynthError::Write { path: path.clone(), source })?;
        let mut table = Self { path, file: BufWriter::new(file) };
        table.line(header)?;
        Ok(table)
    }

    /// Adds a line.
    pub(super) fn line(&mut self, line: &str) -> Result<(), SynthError> {
        writeln!(self.file, "{line}").map_err(|source| SynthError::Write { path: self.path.clone(), source })
    }

    /// Writes what is left.
    pub(super) fn finish(mut self) -> Result<(), SynthError> {
        self.file.flush().map_err(|source| SynthError::Write { path: self.path.clone(), source })
    }
}

pub(super) const fn sex_code(sex: Sex) -> &'static str {
    match sex {
        Sex::Male => "1",
        Sex::Female => "2",
    }
}

pub(super) const fn quality(link: Link) -> &'static str {
    match link {
        Link::Valid => "valid18",
        Link::Upgraded => "upgraded15",
        Link::Lost => "none",
    }
}

pub(super) fn push_side(line: &mut String, (benefit, county, category): Side) {
    if benefit.is_empty() {
        line.push_str(",,,");
    } else {
        let _ = write!(line, ",{benefit},{county},{category}");
    }
}

pub(super) fn iso_month(month: Month) -> String {
    format!("{:04}-{:02}", month.year(), month.number())
}

pub(super) fn period(year: i32, number: u32) -> String {
    if number == 0 { format!("{year:04}") } else { format!("{year:04}-{number:02}") }
}

pub(super) fn yuan(fen: i64) -> String {
    let sign = if fen < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", fen.abs() / 100, fen.abs() % 100)
}
