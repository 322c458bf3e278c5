//! What a person draws: benefit, place, months and amount, before any clerk's error.

use crate::calendar::Month;
use crate::person::{Assistance, FamilyPlanning, Handover, Person, Scheme};
use crate::place::Region;

/// A benefit code such as `MZ01`.
pub type Benefit = &'static str;

/// One benefit over a run of months.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draw {
    /// The benefit.
    pub benefit: Benefit,
    /// H1–H6, M1–M6, or empty.
    pub category: &'static str,
    /// Who pays: the place of payment or the pension pool.
    pub region: Region,
    /// First month.
    pub from: Month,
    /// Last month, included; may lie beyond the year.
    pub until: Month,
    /// Fen a month.
    pub fen: i64,
    /// What goes wrong on the way.
    pub handling: Handling,
}

/// What goes wrong on the way of a draw into the books.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Handling {
    /// Nothing that is planted.
    Plain,
    /// One month is paid again under another payment number.
    PaidTwice(Month),
    /// One month's row is exported a second time, same payment number.
    ExportedTwice(Month),
    /// Every month is taken back in full in the month after.
    TakenBack,
    /// The first two months are paid in the third as arrears.
    Arrears,
    /// No irregularity of any kind, not even by chance.
    Clean,
    /// Approved in this month, whatever months it is paid for.
    ApprovedIn(Month),
    /// In this month something more is paid as arrears.
    MoreInArrears(Month),
}

/// How many months before the year a benefit of long standing begins.
pub const LONG_AGO: i32 = 12;

/// Collects the draws of one person in one year.
#[derive(Debug)]
pub struct Draws<'a> {
    /// The person.
    pub person: &'a Person,
    /// The year.
    pub year: i32,
    /// What was found so far.
    pub list: Vec<Draw>,
}

impl<'a> Draws<'a> {
    /// Nothing yet.
    pub const fn new(person: &'a Person, year: i32) -> Self {
        Self { person, year, list: Vec::new() }
    }

    /// January.
    pub const fn january(&self) -> Month {
        Month::new(self.year, 1)
    }

    /// The last lawful month of the year.
    pub fn last(&self) -> Month {
        self.person.last_month(self.year)
    }

    /// Adds a benefit at the person's registration for `from` up to the last lawful month; it follows a move.
    pub fn at_hukou(&mut self, benefit: Benefit, category: &'static str, from: Month, fen: i64) {
        let Some(moved) = self.person.moved else {
            self.push((benefit, category), self.person.hukou, (from, self.last()), fen);
            return;
        };
        let begins = i32::from(moved.handover == Handover::Clean);
        let until = moved.month.min(self.last());
        self.push((benefit, category), self.person.hukou, (from, until), fen);
        let from = from.max(moved.month.plus(begins));
        self.push((benefit, category), moved.to, (from, self.last()), fen);
    }

    /// Adds a benefit paid at a place for the months from the first to the second, if there are any.
    pub fn push(
        &mut self,
        (benefit, category): (Benefit, &'static str),
        region: Region,
        (from, until): (Month, Month),
        fen: i64,
    ) {
        if from <= until {
            let handling = Handling::Plain;
            self.list.push(Draw { benefit, category, region, from, until, fen, handling });
        }
    }

    /// True if this benefit is drawn in any month.
    pub fn has(&self, benefit: Benefit) -> bool {
        self.list.iter().any(|draw| draw.benefit == benefit)
    }

    /// Takes a benefit away.
    pub fn remove(&mut self, benefit: Benefit) {
        self.list.retain(|draw| draw.benefit != benefit);
    }
}

/// How offices call a benefit instead of writing its code; the code where this generator knows no name.
pub fn benefit_label(benefit: Benefit) -> &'static str {
    match benefit {
        "MZ01" => "高龄津贴",
        "MZ02" => "经济困难老年人养老服务补贴",
        "MZ03" => "失能老年人护理补贴",
        "MZ05" => "最低生活保障",
        "MZ06" => "低保边缘家庭",
        "MZ07" => "特困人员救助供养",
        "MZ09" => "困难残疾人生活补贴",
        "MZ10" => "重度残疾人护理补贴",
        "MZ11" => "政府购买居家养老服务",
        "MZ12" => "助餐服务补贴",
        _ => benefit,
    }
}

/// The home-service category of S4 that a person falls under.
pub fn home_category(person: &Person, month: Month) -> Option<&'static str> {
    let aged = |years| person.is_aged(years, month);
    if person.level == 0 || !aged(60) {
        return None;
    }
    let special = matches!(person.family_planning, Some(FamilyPlanning::Death | FamilyPlanning::Disability));
    let alone = person.living == crate::person::Living::Alone;
    match person.assistance {
        Assistance::DestituteDispersed if aged(65) => Some("H1"),
        Assistance::LowIncome | Assistance::Edge if aged(80) => Some("H2"),
        Assistance::LowIncome | Assistance::Edge if person.level >= 2 => Some("H3"),
        _ if aged(90) => Some("H6"),
        _ if aged(70) && (special || alone) => Some("H4"),
        _ if aged(70) && person.merit => Some("H5"),
        _ => None,
    }
}

/// The meal category of S4 that a person falls under.
pub fn meal_category(person: &Person, month: Month) -> Option<&'static str> {
    if !person.is_aged(60, month) {
        return None;
    }
    match person.assistance {
        assistance if assistance.is_destitute() => Some("M1"),
        assistance if assistance.is_low_income() => Some("M3"),
        _ if person.level >= 2 => Some("M2"),
        _ if person.family_planning == Some(FamilyPlanning::Death) => Some("M5"),
        _ if person.is_aged(100, month) => Some("M6"),
        _ if person.living != crate::person::Living::WithFamily => Some("M4"),
        _ => None,
    }
}

/// The pension benefit of a scheme.
pub const fn pension(scheme: Scheme) -> Benefit {
    match scheme {
        Scheme::Employee => "RS01",
        Scheme::Resident => "RS02",
    }
}
