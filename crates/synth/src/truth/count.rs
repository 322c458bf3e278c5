//! Counts for the statistics, from what a hub can link; memory grows with places and bands alone.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::table::{Table, iso_month, period, sex_code};
use crate::calendar::{Month, age_on};
use crate::desk::{Case, Control};
use crate::error::SynthError;
use crate::fact::{Fact, Fate, Link, RegisterStatus, Says};
use crate::oracle;

/// People in the register and recipients of benefits.
#[derive(Debug, Default)]
pub(super) struct Counts {
    population: BTreeMap<(u32, &'static str, &'static str), Heads>,
    recipients: BTreeMap<(&'static str, &'static str, u32), Recipients>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Heads {
    persons: u64,
    upgraded: u64,
    unconfirmed: u64,
}

#[derive(Debug, Clone, Copy, Default)]
struct Recipients {
    december: u64,
    year: u64,
}

impl Counts {
    /// Counts a person.
    pub(super) fn add(&mut self, case: &Case<'_>, year: i32) {
        let good = |fact: &&Fact| fact.link != Link::Lost && fact.fate == Fate::Delivered;
        let facts: Vec<&Fact> = case.facts.iter().filter(good).collect();
        let registered = register(&facts);
        let december = Month::new(year, 12);
        let dead = oracle::month_of_death(&facts).is_some_and(|(_, month, _)| month <= december);
        if let Some((residence, _, status, link)) = registered
            && !dead
        {
            let key = (residence, sex_code(case.person.sex), band(case, year));
            let heads = self.population.entry(key).or_default();
            heads.persons += 1;
            heads.upgraded += u64::from(link == Link::Upgraded);
            heads.unconfirmed += u64::from(status == RegisterStatus::Dead);
        }
        let mut seen: BTreeSet<(&str, &str, u32, bool)> = BTreeSet::new();
        for (month, (benefit, county, _)) in oracle::held(&facts, year) {
            let home = registered.map_or((0, 0), |(residence, hukou, ..)| (residence, hukou));
            for (base, place) in [("payment", county), ("residence", home.0), ("hukou", home.1)] {
                seen.insert((benefit, base, place, false));
                if month == december {
                    seen.insert((benefit, base, place, true));
                }
            }
        }
        for (benefit, base, place, in_december) in seen {
            let recipients = self.recipients.entry((benefit, base, place)).or_default();
            *(if in_december { &mut recipients.december } else { &mut recipients.year }) += 1;
        }
    }

    /// Writes `population.csv` and `recipients.csv`.
    pub(super) fn write(&self, folder: &Path, year: i32) -> Result<(), SynthError> {
        let header = "year,county,sex,band,persons,upgraded15,register_dead_unconfirmed";
        let mut table = Table::create(folder, "population.csv", header)?;
        for ((county, sex, band), heads) in &self.population {
            let Heads { persons, upgraded, unconfirmed } = heads;
            let line = format!("{year},{county},{sex},{band},{persons},{upgraded},{unconfirmed}");
            table.line(&line)?;
        }
        table.finish()?;
        let header = "year,benefit,base,county,persons_december,persons_year";
        let mut table = Table::create(folder, "recipients.csv", header)?;
        for ((benefit, base, county), counts) in &self.recipients {
            let county = if *county == 0 { String::new() } else { county.to_string() };
            let Recipients { december, year: in_year } = counts;
            table.line(&format!("{year},{benefit},{base},{county},{december},{in_year}"))?;
        }
        table.finish()
    }
}

/// The register's row: residence, registration, status, link.
pub(super) fn register(facts: &[&Fact]) -> Option<(u32, u32, RegisterStatus, Link)> {
    facts.iter().find_map(|fact| match fact.says {
        Says::Registered { residence, hukou, status } => Some((residence, hukou, status, fact.link)),
        _ => None,
    })
}

/// Writes `control.json`.
pub(super) fn control(folder: &Path, control: &Control, year: i32) -> Result<(), SynthError> {
    #[derive(serde::Serialize)]
    struct Line {
        department: &'static str,
        dataset: &'static str,
        period: String,
        benefit: Option<&'static str>,
        month: Option<String>,
        rows: u64,
        fen: i64,
    }
    let lines: Vec<Line> = control
        .iter()
        .map(|((dataset, number, benefit, month), sum)| Line {
            department: dataset.layout().department,
            dataset: dataset.layout().name,
            period: period(year, *number),
            benefit: (!benefit.is_empty()).then_some(*benefit),
            month: month.map(iso_month),
            rows: sum.rows,
            fen: sum.fen,
        })
        .collect();
    let text = serde_json::to_string_pretty(&lines).map_err(|source| SynthError::Json { source })?;
    let path = folder.join("control.json");
    std::fs::write(&path, text + "\n").map_err(|source| SynthError::Write { path, source })
}

fn band(case: &Case<'_>, year: i32) -> &'static str {
    match age_on(case.person.born, Month::new(year, 12).last_day()) {
        ..65 => "60-64",
        65..70 => "65-69",
        70..75 => "70-74",
        75..80 => "75-79",
        80..85 => "80-84",
        85..90 => "85-89",
        90..95 => "90-94",
        95..100 => "95-99",
        _ => "100+",
    }
}
