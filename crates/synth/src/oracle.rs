//! Which rules a person's delivered rows break, month by month: slow, obvious loops.

use std::collections::BTreeMap;

use crate::calendar::Month;
use crate::fact::{Booking, Evidence, Fact, Link, RowType, Says};
use crate::files::RowRef;
use crate::rulebook::{self, Severity};

pub mod amounts;
pub mod days;
pub mod entitled;
pub mod gaps;
pub mod home_service;
pub mod household;
pub mod known;
pub mod orders;
pub mod provider;
pub mod stays;

use known::Setting;

/// One side of a pair: benefit, county, category (empty if none).
pub type Side = (&'static str, u32, &'static str);
/// The side of a pair that is not a benefit.
pub const NO_SIDE: Side = ("", 0, "");

/// A rule broken in a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pair {
    /// The rule.
    pub rule: &'static str,
    /// The month.
    pub month: Month,
    /// The left side.
    pub left: Side,
    /// The right side; [`NO_SIDE`] for a rule of one benefit.
    pub right: Side,
}

/// What a pair costs and rests on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ground {
    /// Fen at risk; none where the barred side has no amount.
    pub fen: Option<i64>,
    /// The rows.
    pub rows: Vec<RowRef>,
    /// The documents leave open whether it is one.
    pub open: bool,
    /// Less grave than its rule.
    pub at_most: Option<Severity>,
    /// The switch, other than the rule's own, without which it is none.
    pub switch: Option<&'static str>,
}

impl Ground {
    /// Fen at risk and rows.
    pub fn new(fen: Option<i64>, rows: Vec<RowRef>) -> Self {
        Self { fen, rows, ..Self::default() }
    }

    /// How grave it is under a rule.
    pub fn severity(&self, rule: &str) -> Severity {
        let severity = rulebook::rule(rule).0;
        self.at_most.map_or(severity, |most| most.min(severity))
    }

    /// The switch that must be on; empty if none must.
    pub fn switch(&self, rule: &'static str) -> &'static str {
        self.switch.unwrap_or(if rulebook::rule(rule).1 { rule } else { "" })
    }
}

/// The pairs of one person.
pub type Pairs = BTreeMap<Pair, Ground>;

/// What a person holds in a month.
#[derive(Debug, Clone, Default)]
pub(crate) struct Holding {
    fen: Option<i64>,
    spell: bool,
    rows: Vec<RowRef>,
}

/// What a person holds, by month, benefit, county and category.
pub(crate) type Holdings = BTreeMap<(Month, Side), Holding>;

/// Which of a pair of benefits is at risk.
#[derive(Debug, Clone, Copy)]
enum AtRisk {
    Left,
    Right,
    Lower,
}

/// Two benefits that a rule sets against each other: rule, left, right, what is at risk.
const BARRED: [(&str, &str, &str, AtRisk); 30] = [
    ("X01", "MZ07", "MZ09", AtRisk::Right),
    ("X01", "MZ07", "MZ10", AtRisk::Right),
    ("X02", "RS03", "MZ09", AtRisk::Right),
    ("X02", "RS03", "MZ10", AtRisk::Right),
    ("X03", "MZ10", "MZ03", AtRisk::Lower),
    ("X04", "MZ09", "MZ02", AtRisk::Lower),
    ("X05", "MZ05", "MZ07", AtRisk::Left),
    ("X06", "RS01", "RS02", AtRisk::Right),
    ("X09", "YB01", "RS03", AtRisk::Left),
    ("X11", "YB01", "MZ03", AtRisk::Right),
    ("X12", "YB01", "MZ10", AtRisk::Right),
    ("X13", "YB01", "MZ07", AtRisk::Left),
    ("X13", "YB01", "MZ08", AtRisk::Left),
    ("X14", "YB01", "MZ11", AtRisk::Right),
    ("X17", "YB01", "MZ17", AtRisk::Right),
    ("X20", "MZ17", "MZ07", AtRisk::Left),
    ("X21", "MZ18", "YB01", AtRisk::Left),
    ("X21", "MZ18", "MZ11", AtRisk::Left),
    ("X21", "MZ18", "MZ07", AtRisk::Left),
    ("X21", "MZ18", "MZ17", AtRisk::Left),
    ("X26", "MZ16", "MZ11", AtRisk::Right),
    ("X30", "MZ04", "MZ01", AtRisk::Right),
    ("X30", "MZ04", "MZ02", AtRisk::Right),
    ("X30", "MZ04", "MZ03", AtRisk::Right),
    ("X31", "RS03", "MZ03", AtRisk::Lower),
    ("X40", "MZ07", "MZ02", AtRisk::Right),
    ("X40", "MZ07", "MZ03", AtRisk::Right),
    ("X40", "MZ07", "MZ04", AtRisk::Right),
    ("X41", "MZ04", "MZ09", AtRisk::Lower),
    ("X41", "MZ04", "MZ10", AtRisk::Lower),
];
/// Where home service is bought under the rules of S4, and since when the insurance bars it.
const HOME_SERVICE: [(u32, Month); 1] = [(150_104, Month::new(2025, 1))];

/// Every rule that the rows of one person break in a month of the year.
pub fn judge(facts: &[&Fact], setting: &Setting<'_>) -> Pairs {
    let year = setting.year;
    let held = holdings(facts, year);
    let mut pairs = Pairs::new();
    two_benefits(&held, &mut pairs);
    one_benefit_twice(&held, &mut pairs);
    one_shared_month(&held, &mut pairs);
    after_death(facts, &held, &mut pairs);
    paid_twice(facts, year, &mut pairs);
    stays::two_institutions(facts, year, &mut pairs);
    stays::bed_in_institution(facts, &held, &mut pairs);
    days::care_in_hospital(facts, &held, &mut pairs);
    days::subsidy_without_stay(facts, &mut pairs);
    days::residential_care(facts, &held, &mut pairs);
    amounts::deductions(&held, &mut pairs);
    amounts::pension_above_line(facts, &held, &mut pairs);
    home_service::barred(facts, &held, &mut pairs);
    home_service::in_central_support(facts, &held, &mut pairs);
    home_service::before_its_time(facts, &held, setting, &mut pairs);
    orders::orders(facts, &held, setting, &mut pairs);
    pairs
}

/// Benefit, month, county and category that a person holds: net amount above zero, or a spell.
pub fn held(facts: &[&Fact], year: i32) -> impl Iterator<Item = (Month, Side)> {
    holdings(facts, year).into_keys()
}

pub(crate) fn holdings(facts: &[&Fact], year: i32) -> Holdings {
    let mut held = Holdings::new();
    for (booking, row) in bookings_once(facts) {
        let side = (booking.benefit, booking.county, booking.category);
        let holding = held.entry((booking.month, side)).or_default();
        holding.fen = Some(holding.fen.unwrap_or(0) + booking.fen);
        holding.rows.push(row);
    }
    for fact in facts {
        if let Says::Spell { benefit, county, from, until, fen } = &fact.says {
            let first = Month::new(year, 1).max(*from);
            for month in first.to(Month::new(year, 12).min(*until)) {
                let holding = held.entry((month, (*benefit, *county, ""))).or_default();
                holding.spell = true;
                holding.fen = *fen;
                holding.rows.push(fact.row);
            }
        }
    }
    held.retain(|(month, _), holding| month.year() == year && (holding.spell || holding.fen.unwrap_or(0) > 0));
    held
}

/// The bookings, each payment number once.
pub(crate) fn bookings_once<'a>(facts: &[&'a Fact]) -> Vec<(&'a Booking, RowRef)> {
    let mut kept: Vec<(&Booking, RowRef)> = Vec::new();
    for fact in facts {
        if let Says::Booking(booking) = &fact.says {
            let repeat = booking.number.is_some()
                && kept.iter().any(|(other, row)| row.dataset == fact.row.dataset && other.number == booking.number);
            if !repeat {
                kept.push((booking, fact.row));
            }
        }
    }
    kept
}

pub(crate) fn in_month(held: &Holdings, month: Month) -> impl Iterator<Item = (&(Month, Side), &Holding)> {
    held.range((month, NO_SIDE)..(month.plus(1), NO_SIDE))
}

fn two_benefits(held: &Holdings, pairs: &mut Pairs) {
    for (&(month, left), left_holding) in held {
        for (&(_, right), right_holding) in in_month(held, month) {
            for (rule, left_benefit, right_benefit, at_risk) in BARRED {
                if left.0 != left_benefit || right.0 != right_benefit {
                    continue;
                }
                if rule == "X14" && !home_service_is_barred(right.1, month) {
                    continue;
                }
                let fen = match at_risk {
                    AtRisk::Left => left_holding.fen,
                    AtRisk::Right => right_holding.fen,
                    AtRisk::Lower => left_holding.fen.min(right_holding.fen),
                };
                let rows = both(left_holding, right_holding);
                pairs.insert(Pair { rule, month, left, right }, Ground::new(fen, rows));
            }
        }
    }
}

pub(crate) fn home_service_is_barred(county: u32, month: Month) -> bool {
    HOME_SERVICE.iter().any(|(place, start)| *place == county && month >= *start)
}

pub(crate) fn both(left: &Holding, right: &Holding) -> Vec<RowRef> {
    left.rows.iter().chain(&right.rows).copied().collect()
}

/// X07, X28: two counties. X16: two categories of home service.
fn one_benefit_twice(held: &Holdings, pairs: &mut Pairs) {
    for (&(month, left), left_holding) in held {
        for (&(_, right), right_holding) in in_month(held, month) {
            if left.0 != right.0 || left >= right {
                continue;
            }
            let rule = match left.0 {
                "RS01" | "RS02" if left.1 != right.1 => "X07",
                "MZ01" if left.1 != right.1 => "X28",
                "MZ11" if two_categories(left, right) => "X16",
                _ => continue,
            };
            let fen = left_holding.fen.min(right_holding.fen);
            let rows = both(left_holding, right_holding);
            pairs.insert(Pair { rule, month, left, right }, Ground::new(fen, rows));
        }
    }
}

/// X05, X07, X28: at a change of scheme or county one shared month is no more than `info`: the one side ends in it,
/// the other begins in it. What was before January or comes after December is not known.
fn one_shared_month(held: &Holdings, pairs: &mut Pairs) {
    let holds = |side: Side, month: Month| held.contains_key(&(month, side));
    for (pair, ground) in pairs.iter_mut().filter(|(pair, _)| matches!(pair.rule, "X05" | "X07" | "X28")) {
        let (before, after) = (pair.month.plus(-1), pair.month.plus(1));
        let gives_way =
            |one, other| holds(one, before) && !holds(one, after) && !holds(other, before) && holds(other, after);
        if gives_way(pair.left, pair.right) || gives_way(pair.right, pair.left) {
            ground.at_most = Some(Severity::Info);
        }
    }
}

fn two_categories(left: Side, right: Side) -> bool {
    let listed = |side: Side| HOME_SERVICE.iter().any(|(place, _)| *place == side.1);
    left.2 != right.2 && !left.2.is_empty() && !right.2.is_empty() && listed(left) && listed(right)
}

/// The month of a certified death: the certificate's, else the cremation's, by a row with a valid ID.
pub fn month_of_death(facts: &[&Fact]) -> Option<(Evidence, Month, RowRef)> {
    reported_death(facts).filter(|(evidence, _, _)| evidence.certifies())
}

/// The month of death by the best word for it. A number of 15 digits proves no death, but may ask for one.
fn reported_death(facts: &[&Fact]) -> Option<(Evidence, Month, RowRef)> {
    let mut deaths: Vec<(Evidence, Month, RowRef)> = Vec::new();
    for fact in facts {
        if let Says::Death { evidence, month } = &fact.says
            && (fact.link == Link::Valid || (fact.link == Link::Upgraded && !evidence.certifies()))
        {
            deaths.push((*evidence, *month, fact.row));
        }
    }
    deaths.into_iter().min()
}

fn after_death(facts: &[&Fact], held: &Holdings, pairs: &mut Pairs) {
    let Some((evidence, death, row)) = reported_death(facts) else { return };
    let is_sure = evidence.certifies() && !known::lives_after(facts, death);
    let at_most = (!is_sure).then_some(Severity::Review);
    for (&(month, left), holding) in held {
        if month > death {
            let mut rows = holding.rows.clone();
            rows.push(row);
            let pair = Pair { rule: "X08", month, left, right: NO_SIDE };
            pairs.insert(pair, Ground { at_most, ..Ground::new(holding.fen, rows) });
        }
    }
}

/// X35: normal bookings under different numbers, alike in all else, none taken back.
fn paid_twice(facts: &[&Fact], year: i32, pairs: &mut Pairs) {
    let bookings = bookings_once(facts);
    for (booking, _) in &bookings {
        let same_month = |other: &Booking| {
            other.benefit == booking.benefit && other.month == booking.month && other.county == booking.county
        };
        let taken_back = bookings.iter().any(|(other, _)| same_month(other) && other.row_type == RowType::Reversal);
        let alike: Vec<RowRef> = bookings
            .iter()
            .filter(|(other, _)| {
                same_month(other)
                    && other.category == booking.category
                    && other.fen == booking.fen
                    && other.row_type == RowType::Normal
                    && other.number.is_some()
            })
            .map(|(_, row)| *row)
            .collect();
        if taken_back || alike.len() < 2 || booking.month.year() != year {
            continue;
        }
        let extra = i64::try_from(alike.len() - 1).unwrap_or(1);
        let side = (booking.benefit, booking.county, booking.category);
        let pair = Pair { rule: "X35", month: booking.month, left: side, right: side };
        pairs.insert(pair, Ground::new(Some(extra * booking.fen), alike));
    }
}

#[cfg(test)]
mod tests;
