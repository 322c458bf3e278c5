//! The pairs that the generator planted, from its `truth/overlap.csv`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use chrono::NaiveDate;
use serde::Deserialize;

use crate::DemoError;

/// One planted overlap: one rule, one person, one month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlantedPair {
    /// Rule, for example `X01`.
    pub rule_id: String,
    /// The person's true ID number.
    pub id_number: String,
    /// First day of the month.
    pub month: NaiveDate,
    /// Whether a hub could find it at all.
    pub reach: Reach,
}

/// Whether a planted pair can be found from what the departments deliver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// It rests on rows with valid ID numbers that the department may deliver.
    Reachable,
    /// It rests on a row without a valid ID number, or on one that is rejected.
    Unreachable,
}

#[derive(Deserialize)]
struct Line {
    rule_id: String,
    id_number: String,
    month: String,
    reachable: bool,
    /// The switch without which it is no finding; empty if the default says so.
    #[serde(default)]
    switch: String,
}

/// The rules that a hub runs: names of the files `<rule>.yaml` in `pipelines/rules` of a rule book.
///
/// # Errors
/// Where the folder cannot be read.
pub fn rules(rule_book: &Path) -> Result<BTreeSet<String>, DemoError> {
    let folder = rule_book.join("pipelines").join("rules");
    let entries = fs::read_dir(&folder).map_err(DemoError::file(&folder))?;
    let paths = entries.filter_map(|entry| entry.ok().map(|entry| entry.path()));
    let yaml = paths.filter(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    Ok(yaml.filter_map(|path| path.file_stem().map(|stem| stem.to_string_lossy().into_owned())).collect())
}

/// Reads `truth/overlap.csv` below the generator's folder, without the rules that a hub does not run and without what
/// is a finding only where a place switches it on.
///
/// # Errors
/// Where the file is missing or of another form.
pub fn planted(folder: &Path, rules: &BTreeSet<String>) -> Result<Vec<PlantedPair>, DemoError> {
    pairs(folder, |line| rules.contains(&line.rule_id) && line.switch.is_empty())
}

/// Reads `truth/overlap.csv` as [`planted`] does, with what is a finding only where a place switches it on.
///
/// # Errors
/// Where the file is missing or of another form.
pub fn planted_with_every_switch(folder: &Path, rules: &BTreeSet<String>) -> Result<Vec<PlantedPair>, DemoError> {
    pairs(folder, |line| rules.contains(&line.rule_id))
}

fn pairs(folder: &Path, wanted: impl Fn(&Line) -> bool) -> Result<Vec<PlantedPair>, DemoError> {
    let path = folder.join("truth").join("overlap.csv");
    let form = |problem: String| DemoError::Form { path: path.clone(), problem };
    lines(&path)?
        .into_iter()
        .enumerate()
        .filter(|(_, line)| wanted(line))
        .map(|(index, line)| {
            let month = NaiveDate::parse_from_str(&format!("{}-01", line.month), "%Y-%m-%d")
                .map_err(|_| form(format!("line {}: `month` is not YYYY-MM", index + 2)))?;
            let reach = if line.reachable { Reach::Reachable } else { Reach::Unreachable };
            Ok(PlantedPair { rule_id: line.rule_id, id_number: line.id_number, month, reach })
        })
        .collect()
}

/// How many pairs were planted of each rule that a hub does not run.
///
/// # Errors
/// Where `truth/overlap.csv` is missing or of another form.
pub fn not_judged(folder: &Path, rules: &BTreeSet<String>) -> Result<BTreeMap<String, u64>, DemoError> {
    let mut counts = BTreeMap::new();
    for line in lines(&folder.join("truth").join("overlap.csv"))? {
        if !rules.contains(&line.rule_id) {
            *counts.entry(line.rule_id).or_default() += 1;
        }
    }
    Ok(counts)
}

fn lines(path: &Path) -> Result<Vec<Line>, DemoError> {
    let form = |error: csv::Error| DemoError::Form { path: path.to_owned(), problem: error.to_string() };
    let mut reader = csv::Reader::from_path(path).map_err(form)?;
    reader.deserialize().map(|line| line.map_err(form)).collect()
}
