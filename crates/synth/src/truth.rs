//! The truth beside the extracts: which pairs a hub must find, and what it cannot find.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use crate::calendar::{Month, age_on};
use crate::citizen::Sex;
use crate::desk::{Case, Control, Desk};
use crate::error::SynthError;
use crate::fact::{Booking, Evidence, Fact, Fate, Link, RegisterStatus, Says};
use crate::gap::gaps;
use crate::oracle::{self, Ground, Pair, Side};

/// Whether a hub can find a pair, and how sure it can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// It rests on rows with valid numbers.
    Reachable,
    /// It rests on a number of 15 digits.
    Upgraded15,
    /// The department keeps people under 60.
    OutOfScope,
    /// It rests on a row without a valid number.
    NoValidId,
    /// It rests on a row that the department must reject.
    RejectedRow,
    /// The death is known by a number of 15 digits alone.
    DeathUpgraded15,
    /// Not true, but a hub must think so: the row that would say otherwise is out of its reach.
    EvidenceLost,
}

impl Reach {
    const fn columns(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Reachable => ("true", "", "id"),
            Self::Upgraded15 => ("true", "", "upgraded15"),
            Self::OutOfScope => ("false", "out_of_scope", ""),
            Self::NoValidId => ("false", "no_valid_id", ""),
            Self::RejectedRow => ("false", "rejected_row", ""),
            Self::DeathUpgraded15 => ("false", "death_upgraded15", ""),
            Self::EvidenceLost => ("true", "evidence_lost", "id"),
        }
    }
}

/// Every pair of a person, true or seen by a hub, with its reach.
pub fn pairs(facts: &[Fact], year: i32, in_scope: bool) -> Vec<(Pair, Ground, Reach)> {
    let all: Vec<&Fact> = facts.iter().collect();
    // The oracle does not ask how a death is known when it says what is true.
    let known = judge_true(facts, year);
    let good = |fact: &&&Fact| fact.link != Link::Lost && fact.fate == Fate::Delivered;
    let delivered: Vec<&Fact> = all.iter().filter(good).copied().collect();
    let flawless = delivered.len() == all.len() && facts.iter().all(|f| f.link == Link::Valid);
    if flawless && in_scope {
        let reach = |(pair, ground)| (pair, ground, Reach::Reachable);
        return known.into_iter().map(reach).collect();
    }
    let seen = if in_scope { oracle::judge(&delivered, year) } else { BTreeMap::new() };
    let valid: Vec<&Fact> = delivered.iter().filter(|fact| fact.link == Link::Valid).copied().collect();
    let sure = oracle::judge(&valid, year);
    let linked: Vec<&Fact> = all.iter().filter(|fact| fact.link != Link::Lost).copied().collect();
    let without_rejects = oracle::judge(&linked, year);
    let mut found = Vec::new();
    for (pair, ground) in &seen {
        let reach = match (known.contains_key(pair), sure.contains_key(pair)) {
            (false, _) => Reach::EvidenceLost,
            (true, true) => Reach::Reachable,
            (true, false) => Reach::Upgraded15,
        };
        found.push((*pair, ground.clone(), reach));
    }
    for (pair, ground) in known.into_iter().filter(|(pair, _)| !seen.contains_key(pair)) {
        let reach = if !in_scope {
            Reach::OutOfScope
        } else if without_rejects.contains_key(&pair) {
            Reach::RejectedRow
        } else if pair.rule == "X08" && death_is_upgraded(facts) {
            Reach::DeathUpgraded15
        } else {
            Reach::NoValidId
        };
        found.push((pair, ground, reach));
    }
    found
}

/// What is true, however the rows identify the person.
fn judge_true(facts: &[Fact], year: i32) -> BTreeMap<Pair, Ground> {
    let as_meant: Vec<Fact> = facts.iter().cloned().map(|fact| Fact { link: Link::Valid, ..fact }).collect();
    oracle::judge(&as_meant.iter().collect::<Vec<_>>(), year)
}

fn death_is_upgraded(facts: &[Fact]) -> bool {
    let deaths = || facts.iter().filter(|fact| matches!(fact.says, Says::Death { .. }));
    deaths().any(|fact| fact.link == Link::Upgraded) && deaths().all(|fact| fact.link != Link::Valid)
}

/// A table of truth being written.
#[derive(Debug)]
struct Table {
    path: PathBuf,
    file: BufWriter<File>,
}

impl Table {
    fn create(folder: &Path, name: &str, header: &str) -> Result<Self, SynthError> {
        let path = folder.join(name);
        let file = File::create(&path).map_err(|source| SynthError::Write { path: path.clone(), source })?;
        let mut table = Self { path, file: BufWriter::new(file) };
        table.line(header)?;
        Ok(table)
    }

    fn line(&mut self, line: &str) -> Result<(), SynthError> {
        writeln!(self.file, "{line}").map_err(|source| SynthError::Write { path: self.path.clone(), source })
    }

    fn finish(mut self) -> Result<(), SynthError> {
        self.file.flush().map_err(|source| SynthError::Write { path: self.path.clone(), source })
    }
}

/// The truth files of a world.
#[derive(Debug)]
pub struct Truth {
    folder: PathBuf,
    overlap: Table,
    rows: Table,
    repeat: Table,
    paid_twice: Table,
    death: Table,
    moves: Table,
    gap: Table,
    person: Table,
    markers: Table,
    population: BTreeMap<(u32, &'static str, &'static str), Heads>,
    recipients: BTreeMap<(&'static str, &'static str, u32), Recipients>,
    /// How many pairs each rule has, reachable and not.
    pub pairs: BTreeMap<&'static str, (u64, u64)>,
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

const OVERLAP: &str = "rule_id,id_number,month,left_benefit,left_county,left_category,right_benefit,right_county,right_category,at_risk,reachable,reason,grade";

impl Truth {
    /// Empty truth files in a folder.
    ///
    /// # Errors
    /// If a file cannot be made.
    pub fn create(folder: &Path) -> Result<Self, SynthError> {
        let table = |name: &str, header: &str| Table::create(folder, name, header);
        Ok(Self {
            folder: folder.to_owned(),
            overlap: table("overlap.csv", OVERLAP)?,
            rows: table("rows.csv", "rule_id,id_number,month,dataset,period,row")?,
            repeat: table("repeat.csv", "id_number,benefit,month,county,category,extra_rows,reachable")?,
            paid_twice: table(
                "paid_twice.csv",
                "id_number,benefit,month,county,category,bookings,extra_amount,reachable",
            )?,
            death: table("death.csv", "id_number,died_on,certificate,cremation,register")?,
            moves: table("move.csv", "id_number,month,from_county,to_county,shared_month")?,
            gap: table("gap.csv", "id_number,benefit,from_month,until_month")?,
            person: table("person.csv", "id_number,sex,birth_date,hukou,residence,problem")?,
            markers: table("markers.csv", "kind,value")?,
            population: BTreeMap::new(),
            recipients: BTreeMap::new(),
            pairs: BTreeMap::new(),
        })
    }

    /// Writes the truth about one person.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn add(&mut self, case: &Case<'_>, year: i32) -> Result<(), SynthError> {
        let in_scope = case.person.is_in_scope(year);
        for (pair, ground, reach) in pairs(&case.facts, year, in_scope) {
            self.pair(&case.person.id, pair, &ground, reach)?;
        }
        self.repeats(case, in_scope)?;
        if !case.marks.is_empty() {
            self.markers.line(&format!("id_number,{}", case.person.id))?;
            self.markers.line(&format!("name,{}", case.person.name))?;
        }
        for (kind, value) in &case.marks {
            self.markers.line(&format!("{kind},{value}"))?;
        }
        self.life(case, year)?;
        if in_scope {
            self.count(case, year);
        }
        Ok(())
    }

    fn pair(&mut self, id: &str, pair: Pair, ground: &Ground, reach: Reach) -> Result<(), SynthError> {
        let (reachable, reason, grade) = reach.columns();
        let counts = self.pairs.entry(pair.rule).or_default();
        *(if reachable == "true" { &mut counts.0 } else { &mut counts.1 }) += 1;
        let month = iso_month(pair.month);
        let mut line = format!("{},{id},{month}", pair.rule);
        for side in [pair.left, pair.right] {
            push_side(&mut line, side);
        }
        line.push(',');
        if let Some(fen) = ground.fen {
            let _ = write!(line, "{}", yuan(fen));
        }
        let _ = write!(line, ",{reachable},{reason},{grade}");
        self.overlap.line(&line)?;
        if pair.rule == "X35" {
            let (benefit, place, category) = pair.left;
            let (bookings, extra) = (ground.rows.len(), yuan(ground.fen.unwrap_or(0)));
            let line = format!("{id},{benefit},{month},{place},{category},{bookings},{extra},{reachable}");
            self.paid_twice.line(&line)?;
        }
        let rows: BTreeSet<_> = ground.rows.iter().collect();
        for row in rows {
            let name = row.dataset.layout().name;
            let period = period(pair.month.year(), row.period);
            let line = format!("{},{id},{month},{name},{period},{}", pair.rule, row.line);
            self.rows.line(&line)?;
        }
        Ok(())
    }

    /// Payment numbers that were exported more than once.
    fn repeats(&mut self, case: &Case<'_>, in_scope: bool) -> Result<(), SynthError> {
        let mut seen: BTreeMap<u64, (u64, bool, &Booking)> = BTreeMap::new();
        for fact in &case.facts {
            if let Says::Booking(booking) = &fact.says
                && let Some(number) = booking.number
            {
                let reachable = fact.link != Link::Lost && fact.fate == Fate::Delivered;
                let entry = seen.entry(number).or_insert((0, true, booking));
                entry.0 += 1;
                entry.1 &= reachable && in_scope;
            }
        }
        for (rows, reachable, booking) in seen.into_values().filter(|(rows, ..)| *rows > 1) {
            let mut line = format!("{},{},{}", case.person.id, booking.benefit, iso_month(booking.month));
            let _ = write!(line, ",{},{},{},{reachable}", booking.county, booking.category, rows - 1);
            self.repeat.line(&line)?;
        }
        Ok(())
    }

    fn life(&mut self, case: &Case<'_>, year: i32) -> Result<(), SynthError> {
        let person = case.person;
        let id = &person.id;
        if let Some(died) = person.died {
            let by = |wanted: Evidence| {
                let fact = case
                    .facts
                    .iter()
                    .find(|fact| matches!(fact.says, Says::Death { evidence, .. } if evidence == wanted));
                fact.map_or("absent", |fact| quality(fact.link))
            };
            let (certificate, cremation) = (by(Evidence::Certificate), by(Evidence::Cremation));
            let register = match register(&case.facts.iter().collect::<Vec<_>>()) {
                Some((_, _, RegisterStatus::Dead, _)) => "dead",
                _ => "active",
            };
            self.death.line(&format!("{id},{died},{certificate},{cremation},{register}"))?;
        }
        if let Some(moved) = person.moved {
            let (from, to) = (person.hukou.county(), moved.to.county());
            let shared = moved.handover == crate::person::Handover::OneSharedMonth;
            self.moves.line(&format!("{id},{},{from},{to},{shared}", iso_month(moved.month)))?;
        }
        for (benefit, from, until) in gaps(case.person, case.draws, year) {
            let line = format!("{id},{benefit},{},{}", iso_month(from), iso_month(until));
            self.gap.line(&line)?;
        }
        let sex = sex_code(person.sex);
        let problem = person.problem.map_or(String::new(), |problem| format!("{problem:?}"));
        let (hukou, residence) = (person.hukou.0, person.residence.0);
        self.person.line(&format!("{id},{sex},{},{hukou},{residence},{problem}", person.born))
    }

    /// Counts the person for the statistics, from what a hub can link.
    fn count(&mut self, case: &Case<'_>, year: i32) {
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

    /// Writes the tables that count, and closes all.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn finish(self, desk: &Desk<'_>) -> Result<(), SynthError> {
        let folder = &self.folder;
        let year = desk.year;
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
        table.finish()?;
        control(folder, &desk.control, year)?;
        for table in [self.overlap, self.rows, self.repeat, self.death, self.moves, self.gap] {
            table.finish()?;
        }
        self.paid_twice.finish()?;
        self.markers.finish()?;
        self.person.finish()
    }
}

/// The register's row: residence, registration, status, link.
fn register(facts: &[&Fact]) -> Option<(u32, u32, RegisterStatus, Link)> {
    facts.iter().find_map(|fact| match fact.says {
        Says::Registered { residence, hukou, status } => Some((residence, hukou, status, fact.link)),
        _ => None,
    })
}

fn control(folder: &Path, control: &Control, year: i32) -> Result<(), SynthError> {
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

const fn sex_code(sex: Sex) -> &'static str {
    match sex {
        Sex::Male => "1",
        Sex::Female => "2",
    }
}

const fn quality(link: Link) -> &'static str {
    match link {
        Link::Valid => "valid18",
        Link::Upgraded => "upgraded15",
        Link::Lost => "none",
    }
}

fn push_side(line: &mut String, (benefit, county, category): Side) {
    if benefit.is_empty() {
        line.push_str(",,,");
    } else {
        let _ = write!(line, ",{benefit},{county},{category}");
    }
}

fn iso_month(month: Month) -> String {
    format!("{:04}-{:02}", month.year(), month.number())
}

fn period(year: i32, number: u32) -> String {
    if number == 0 { format!("{year:04}") } else { format!("{year:04}-{number:02}") }
}

fn yuan(fen: i64) -> String {
    let sign = if fen < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", fen.abs() / 100, fen.abs() % 100)
}

#[cfg(test)]
mod tests;
