//! The truth beside the extracts, in the folder `truth`: what a hub must find, and what it cannot find.
//!
//! | file | a line is |
//! |---|---|
//! | `overlap.csv` | a rule broken in a month by a left and a right side (benefit, county, category); whether a hub can reach it, else why not; `upgraded15` if it rests on a number of 15 digits; how grave it is; the switch without which it is none, empty if the default says so |
//! | `rows.csv` | a row that such a pair rests on: dataset, period, line in the file (the header is line 1) |
//! | `gap.csv` | an entitlement without payment over months: categories that hold, reach as above |
//! | `gap_rows.csv` | a row from which a gap that can be reached follows |
//! | `allowed.csv` | a person with a combination that is allowed, or who nearly breaks a rule: nothing may be flagged |
//! | `provider.csv` | a day that a provider of services cannot have had (X39) |
//! | `link.csv` | a row whose number has 15 digits or identifies nobody, and whose it is: dataset, period, line in the file |
//! | `repeat.csv`, `paid_twice.csv` | one payment number exported again; one month paid under two numbers |
//! | `death.csv`, `move.csv` | a death and how it is known; a move |
//! | `person.csv`, `markers.csv` | a person; a value of a marked person |
//! | `population.csv` | people 60 or older whose register row a hub can link and whose death it does not know, on 31 December; among them those of 15 digits and those whom the register alone calls dead |
//! | `recipients.csv` | people who hold a benefit in December and in the year, by county of payment, residence and registration |
//! | `control.json` | rows and fen written, by dataset, period, benefit and month |
//!
//! `reachable` is false for the reason `reading` where the documents leave something open: a hub may find it and need
//! not. Which readings these are stands in [`crate::rulebook`].

mod count;
mod entitlement;
mod reach;
mod table;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::calendar::Month;
use crate::desk::{Case, Desk};
use crate::error::SynthError;
use crate::fact::{Booking, Evidence, Fact, Fate, Link, RegisterStatus, Says};
use crate::files::RowRef;
use crate::oracle::household;
use crate::oracle::known::Setting;
use crate::oracle::{Ground, Pair};
use crate::rulebook::Severity;

use count::{Counts, register};
pub use reach::{Reach, pairs};
use table::{Table, iso_month, period, push_side, quality, sex_code, yuan};

/// The truth files of a world.
#[derive(Debug)]
pub struct Truth {
    folder: PathBuf,
    overlap: Table,
    rows: Table,
    link: Table,
    repeat: Table,
    paid_twice: Table,
    death: Table,
    moves: Table,
    gap: Table,
    gap_rows: Table,
    allowed: Table,
    provider: Table,
    person: Table,
    markers: Table,
    counts: Counts,
    /// How many pairs each rule has, reachable and not.
    pub pairs: BTreeMap<&'static str, (u64, u64)>,
    /// How many runs of months each gap has, reachable and not.
    pub gaps: BTreeMap<&'static str, (u64, u64)>,
}

const OVERLAP: &str = "rule_id,id_number,month,left_benefit,left_county,left_category,right_benefit,right_county,right_category,at_risk,reachable,reason,grade,severity,switch";

const GAP: &str = "gap,benefit,categories,id_number,from_month,until_month,reachable,reason,grade";

/// A member of a household whose rows are all written.
#[derive(Debug)]
pub struct Member {
    /// The number.
    pub id: String,
    /// 60 or older at the end of the year.
    pub in_scope: bool,
    /// What was written.
    pub facts: Vec<Fact>,
    /// Birth.
    pub born: chrono::NaiveDate,
    /// The month of a move.
    pub moved: Option<Month>,
    /// Died in the year or before, whoever knows.
    pub died: bool,
}

impl Member {
    /// What holds for the person besides the rows.
    pub const fn setting<'a>(&self, year: i32, counties: &'a [u32]) -> Setting<'a> {
        Setting { year, born: self.born, counties, moved: self.moved }
    }
}

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
            link: table("link.csv", "dataset,period,row,id_number,quality")?,
            repeat: table("repeat.csv", "id_number,benefit,month,county,category,extra_rows,reachable")?,
            paid_twice: table(
                "paid_twice.csv",
                "id_number,benefit,month,county,category,bookings,extra_amount,reachable",
            )?,
            death: table("death.csv", "id_number,died_on,certificate,cremation,register")?,
            moves: table("move.csv", "id_number,month,from_county,to_county,shared_month")?,
            gap: table("gap.csv", GAP)?,
            gap_rows: table("gap_rows.csv", "gap,id_number,from_month,dataset,period,row")?,
            allowed: table("allowed.csv", "kind,id_number")?,
            provider: table("provider.csv", "rule_id,provider_code,day,minutes,orders_in_one_minute,overworked")?,
            person: table("person.csv", "id_number,sex,birth_date,hukou,residence,problem")?,
            markers: table("markers.csv", "kind,value")?,
            counts: Counts::default(),
            pairs: BTreeMap::new(),
            gaps: BTreeMap::new(),
        })
    }

    /// Writes the truth about one person.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn add(&mut self, case: &Case<'_>, year: i32) -> Result<(), SynthError> {
        let in_scope = case.person.is_in_scope(year);
        self.repeats(case, in_scope)?;
        if !case.marks.is_empty() {
            self.markers.line(&format!("id_number,{}", case.person.id))?;
            self.markers.line(&format!("name,{}", case.person.name))?;
        }
        for (kind, value) in &case.marks {
            self.markers.line(&format!("{kind},{value}"))?;
        }
        self.life(case)?;
        if in_scope {
            self.counts.add(case, year);
        }
        Ok(())
    }

    /// Writes what the members of a household break and miss, once the rows of all are written.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn household(&mut self, members: &[Member], year: i32, counties: &[u32]) -> Result<(), SynthError> {
        let rows: Vec<&[Fact]> = members.iter().map(|member| member.facts.as_slice()).collect();
        let renovated = rows.iter().any(|facts| household::renovations(0, facts).next().is_some());
        for member in members {
            let setting = member.setting(year, counties);
            for (pair, ground, reach) in pairs(&member.facts, &setting, member.in_scope) {
                self.pair(&member.id, pair, &ground, reach)?;
            }
            for run in entitlement::runs(member, &setting, renovated) {
                self.gap(&member.id, &run, year)?;
            }
        }
        for (at, pair, ground, reach) in household::judge(&rows, year) {
            if let Some(member) = members.get(at) {
                let reach = if member.in_scope { reach } else { Reach::OutOfScope };
                self.pair(&member.id, pair, &ground, reach)?;
            }
        }
        Ok(())
    }

    fn gap(&mut self, id: &str, run: &entitlement::Run, year: i32) -> Result<(), SynthError> {
        let (reachable, reason, grade) = run.reach.columns();
        let (name, benefit, categories) = (run.gap.name, run.gap.benefit, run.proof.categories.join("|"));
        let counts = self.gaps.entry(name).or_default();
        *(if reachable == "true" { &mut counts.0 } else { &mut counts.1 }) += 1;
        let (from, until) = (iso_month(run.gap.month), iso_month(run.until));
        let line = format!("{name},{benefit},{categories},{id},{from},{until},{reachable},{reason},{grade}");
        self.gap.line(&line)?;
        let rows: BTreeSet<_> = run.proof.rows.iter().filter(|_| reachable == "true").collect();
        for row in rows {
            let (dataset, period) = (row.dataset.layout().name, period(year, row.period));
            self.gap_rows.line(&format!("{name},{id},{from},{dataset},{period},{}", row.line))?;
        }
        Ok(())
    }

    /// Writes that nothing about a person may be flagged.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn allow(&mut self, id: &str, kind: &str) -> Result<(), SynthError> {
        self.allowed.line(&format!("{kind},{id}"))
    }

    /// Writes whose the rows are that a number alone does not lead to for sure.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn links(&mut self, id: &str, rows: &[(RowRef, Link)], year: i32) -> Result<(), SynthError> {
        rows.iter().try_for_each(|(row, link)| {
            let (dataset, period) = (row.dataset.layout().name, period(year, row.period));
            self.link.line(&format!("{dataset},{period},{},{id},{}", row.line, quality(*link)))
        })
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
        let severity = match reach {
            Reach::Upgraded15 => ground.severity(pair.rule).min(Severity::Review),
            _ => ground.severity(pair.rule),
        };
        let (severity, switch) = (severity.name(), ground.switch(pair.rule));
        let _ = write!(line, ",{reachable},{reason},{grade},{severity},{switch}");
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

    fn life(&mut self, case: &Case<'_>) -> Result<(), SynthError> {
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
        let sex = sex_code(person.sex);
        let problem = person.problem.map_or(String::new(), |problem| format!("{problem:?}"));
        let (hukou, residence) = (person.hukou.0, person.residence.0);
        self.person.line(&format!("{id},{sex},{},{hukou},{residence},{problem}", person.born))
    }

    /// Writes the counts and the sums, and closes all.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn finish(mut self, desk: &Desk<'_>) -> Result<(), SynthError> {
        for found in desk.providers.impossible(|provider| desk.staff.get(&provider).copied()) {
            let (provider, on, minutes, crowd) = (found.provider, found.on, found.minutes, found.crowd);
            self.provider.line(&format!("X39,FW{provider},{on},{minutes},{crowd},{}", found.overworked))?;
        }
        self.counts.write(&self.folder, desk.year)?;
        count::control(&self.folder, &desk.control, desk.year)?;
        let tables = [
            self.overlap,
            self.rows,
            self.link,
            self.repeat,
            self.paid_twice,
            self.death,
            self.moves,
            self.gap,
            self.gap_rows,
            self.allowed,
            self.provider,
            self.person,
            self.markers,
        ];
        tables.into_iter().try_for_each(Table::finish)
    }
}

#[cfg(test)]
mod tests;
