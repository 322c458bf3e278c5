//! Assessments, institutions, family beds, renovations and day care.

use chrono::NaiveDate;

use crate::calendar::{Month, day, later};
use crate::clerk::Recorded;
use crate::dataset::Dataset;
use crate::desk::{Case, Desk};
use crate::error::SynthError;
use crate::fact::{Assessor, Fate, Says};
use crate::person::Assistance;
use crate::problem::Problem;

/// 能力评估: in the month of the assessment; one taken over from last year is delivered in January.
///
/// # Errors
/// If a file cannot be written.
pub fn ability_assessment(case: &mut Case<'_>, desk: &mut Desk<'_>) -> Result<(), SynthError> {
    let person = case.person;
    let likely = match (person.level, person.assistance) {
        (1.., _) => 750,
        (_, Assistance::None) => 20,
        _ => 500,
    };
    let by_chance = case.dice.mille(likely);
    let assessed = later(day(desk.year - 1, 4, 1), case.dice.between(0, 630));
    // Who is planted among the entitled is assessed before the year and for all of it, or never.
    let planted = person.problem.is_some_and(|problem| Problem::MORE.contains(&problem));
    let never = person.planted(Problem::AllowanceEntitled, 14) == Some(11);
    let wanted = if planted { !never && person.level > 0 } else { by_chance };
    if !wanted || !person.is_in_scope(desk.year) {
        return Ok(());
    }
    let (assessed, valid_for) = if planted { (day(desk.year - 1, 10, 15), 730) } else { (assessed, 365) };
    if person.died.is_some_and(|died| died <= assessed) {
        return Ok(());
    }
    let recorded = case.recorded();
    let throw = case.dice.below(u32::MAX);
    let raised = person.level > 0 && person.dementia > 0;
    let old_scale = throw.is_multiple_of(17) && person.level < 4;
    let month = Month::of(assessed).max(desk.january()).number();
    let region = person.residence;
    let row = desk.write((Dataset::AbilityAssessment, month), &recorded, throw, |row| {
        row.day(Some(assessed));
        row.text(if old_scale { "MZT039" } else { "GBT42195" });
        row.number(person.level - u8::from(raised)).number(person.level);
        if raised {
            row.code(("dementia", "认知障碍"));
        } else {
            row.text("");
        }
        row.code(dementia(person.dementia));
        row.text(&format!("PG{}", throw % 6 + 1));
        row.day(Some(later(assessed, valid_for))).region(region);
        row.code(if throw.is_multiple_of(3) { ("county", "县级") } else { ("city", "市级") });
    })?;
    let (by, valid_to) = (Assessor::CivilAffairs, later(assessed, valid_for));
    let says = Says::Assessed { level: person.level, by, on: assessed, valid_to };
    case.note(row, &recorded, Fate::Delivered, says);
    Ok(())
}

/// Code and label of a grade of dementia.
pub const fn dementia(grade: u8) -> (&'static str, &'static str) {
    match grade {
        0 => ("none", "无"),
        1 => ("mild", "轻度"),
        2 => ("moderate", "中度"),
        _ => ("severe", "重度"),
    }
}

/// A stay from a day up to, not including, another; without that other day it still goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stay {
    institution: u32,
    admitted: NaiveDate,
    discharged: Option<NaiveDate>,
}

/// 机构入住
///
/// # Errors
/// If a file cannot be written.
pub fn institution_stay(case: &mut Case<'_>, desk: &mut Desk<'_>) -> Result<(), SynthError> {
    let stays = stays(case, desk);
    if stays.is_empty() {
        return Ok(());
    }
    let recorded = case.recorded();
    for stay in stays {
        write_stay(case, desk, &recorded, stay)?;
    }
    Ok(())
}

fn stays(case: &mut Case<'_>, desk: &Desk<'_>) -> Vec<Stay> {
    let institution = 1 + case.dice.below(desk.institutions());
    let other = institution % desk.institutions() + 1;
    let number = case.person.number;
    let spring = later(day(desk.year, 2, 10), case.dice.between(0, 60));
    let open = |institution, admitted| Stay { institution, admitted, discharged: None };
    let closed = |institution, admitted, days| Stay { institution, admitted, discharged: Some(later(admitted, days)) };
    match case.person.problem {
        Some(Problem::TwoInstitutions) => {
            let second = later(spring, 45);
            match Problem::variant(number, 4) {
                0 => vec![closed(institution, spring, 80), open(other, second)],
                1 => vec![open(institution, spring), open(other, second)],
                2 => vec![closed(institution, spring, 45), open(other, second)],
                _ => vec![closed(institution, spring, 46), closed(other, second, 100)],
            }
        }
        Some(Problem::FamilyBedInInstitution) => match Problem::variant(number, 3) {
            0 => vec![open(institution, spring)],
            1 => vec![closed(institution, spring, 75)],
            _ => vec![closed(institution, spring, 20)],
        },
        _ if case.person.problem.is_some_and(|problem| Problem::MORE.contains(&problem)) => {
            let since = day(desk.year - 2, 3, 1);
            if case.person.in_institution { vec![open(institution, since)] } else { Vec::new() }
        }
        _ if case.person.in_institution => by_chance(case, desk, institution),
        _ => Vec::new(),
    }
}

fn by_chance(case: &mut Case<'_>, desk: &Desk<'_>, institution: u32) -> Vec<Stay> {
    let admitted = later(day(desk.year - 5, 1, 1), case.dice.between(0, 2_000));
    let discharged = case.person.died.filter(|died| *died > admitted);
    let dead_before = case.person.died.is_some_and(|died| died <= admitted);
    let beyond = admitted > desk.december().last_day();
    if dead_before || beyond {
        return Vec::new();
    }
    vec![Stay { institution, admitted, discharged }]
}

fn write_stay(case: &mut Case<'_>, desk: &mut Desk<'_>, recorded: &Recorded, stay: Stay) -> Result<(), SynthError> {
    let throw = case.dice.below(u32::MAX);
    let region = case.person.residence;
    let payer = if case.person.assistance == Assistance::DestituteCentral {
        ("MZ07", "特困供养")
    } else if case.draws.iter().any(|draw| draw.benefit == "MZ17") {
        ("MZ17", "集中照护")
    } else if case.draws.iter().any(|draw| draw.benefit == "MZ16") {
        ("MZ16", "入住补贴")
    } else {
        ("private", "自费")
    };
    let bed = match (case.person.dementia, case.person.level) {
        (2.., _) => ("dementia", "失智"),
        (_, 2..) => ("nursing", "护理型"),
        _ => ("ordinary", "普通床位"),
    };
    let row = desk.write((Dataset::InstitutionStay, 0), recorded, throw, |row| {
        row.text(&format!("JG{}", stay.institution)).day(Some(stay.admitted));
        row.day(stay.discharged).code(bed).code(payer).region(region);
    })?;
    let end = desk.december().plus(1).first_day();
    let says = Says::Stay {
        institution: stay.institution,
        admitted: stay.admitted,
        discharged: stay.discharged.unwrap_or(end),
    };
    case.note(row, recorded, Fate::Delivered, says);
    Ok(())
}

/// 家庭养老床位
///
/// # Errors
/// If a file cannot be written.
pub fn family_bed(case: &mut Case<'_>, desk: &mut Desk<'_>) -> Result<(), SynthError> {
    let Some(draw) = case.draws.iter().find(|draw| draw.benefit == "MZ14") else { return Ok(()) };
    let planted = case.person.problem == Some(Problem::FamilyBedInInstitution);
    let unrecorded = if planted { Problem::variant(case.person.number, 9) >= 7 } else { case.dice.mille(100) };
    if unrecorded {
        return Ok(());
    }
    let recorded = case.recorded();
    let throw = case.dice.below(u32::MAX);
    let opened = draw.from.first_day();
    let closed = case.person.died.filter(|died| *died > opened);
    let region = draw.region;
    let row = desk.write((Dataset::FamilyBed, 0), &recorded, throw, |row| {
        row.day(Some(opened)).day(closed);
        row.text(&format!("FW{}", throw % 20 + 1)).region(region);
    })?;
    let end = desk.december().plus(1).first_day();
    let says = Says::Bed { opened, closed: closed.unwrap_or(end) };
    case.note(row, &recorded, Fate::Delivered, says);
    Ok(())
}

/// 居家适老化改造 and 家庭无障碍改造: once in a household, now and then by both departments.
///
/// # Errors
/// If a file cannot be written.
pub fn renovations(case: &mut Case<'_>, desk: &mut Desk<'_>) -> Result<(), SynthError> {
    let person = case.person;
    let alive = person.died.is_none() && person.is_in_scope(desk.year);
    let poor = person.assistance != Assistance::None && person.assistance != Assistance::DestituteCentral;
    let by_civil_affairs = alive && poor && case.dice.mille(45);
    let by_federation =
        alive && person.disability.is_some() && case.dice.mille(if by_civil_affairs { 150 } else { 12 });
    if let Some(planted) = planted_renovations(case, desk) {
        for (by_federation, done) in planted {
            if by_federation {
                accessibility(case, desk, done)?;
            } else {
                adaptation(case, desk, done)?;
            }
        }
        return Ok(());
    }
    let undisturbed = person.household.undisturbed;
    // Where a member of the household had it done, another one applies more often.
    let again = desk.renovated == Some(person.household.number) && alive && poor && case.dice.mille(150);
    if (by_civil_affairs || again) && !undisturbed {
        let done = some_day(case, desk);
        desk.renovated = Some(person.household.number);
        adaptation(case, desk, done)?;
    }
    if by_federation && !undisturbed {
        let done = some_day(case, desk);
        accessibility(case, desk, done)?;
    }
    Ok(())
}

/// The planted renovations of a person, if it is about them: whether the federation did it, and when.
fn planted_renovations(case: &Case<'_>, desk: &Desk<'_>) -> Option<Vec<(bool, NaiveDate)>> {
    let person = case.person;
    let (spring, autumn) = (desk.january().plus(3).day(9), desk.january().plus(8).day(24));
    if let Some(variant) = person.planted(Problem::RenovatedTwice, 4) {
        return Some(match variant {
            0 => vec![(false, spring), (true, autumn)],
            1 => vec![(false, spring), (false, autumn)],
            2 => vec![(true, spring), (false, autumn)],
            _ => vec![(false, spring)],
        });
    }
    let paid = case.draws.iter().find(|draw| draw.benefit == "MZ15");
    if let Some(draw) = paid {
        return Some(vec![(false, draw.from.day(14))]);
    }
    person.is_undisturbed().then(Vec::new)
}

fn some_day(case: &mut Case<'_>, desk: &Desk<'_>) -> NaiveDate {
    later(desk.january().first_day(), case.dice.between(0, 364))
}

fn adaptation(case: &mut Case<'_>, desk: &mut Desk<'_>, done: NaiveDate) -> Result<(), SynthError> {
    let recorded = case.recorded();
    let throw = case.dice.below(u32::MAX);
    let person = case.person;
    let target = match (person.assistance, person.level) {
        (Assistance::DestituteDispersed, _) => ("dispersed_destitute", "特困分散"),
        (_, 2..) => ("low_income_disabled", "低保失能"),
        _ if person.disability.is_some() => ("low_income_certified", "低保残疾"),
        _ if person.is_aged(80, desk.january()) => ("low_income_oldest", "低保高龄"),
        _ => ("other", "其他"),
    };
    let row = desk.write((Dataset::Renovation, Month::of(done).number()), &recorded, throw, |row| {
        row.text(&person.head_id).day(Some(done));
        row.yuan(300_000).yuan(50_000).yuan(20_000).code(target).region(person.residence);
    })?;
    desk.count(row, "MZ15", None, 300_000);
    let (benefit, county) = ("MZ15", person.residence.county());
    case.note(row, &recorded, Fate::Delivered, Says::Renovated { benefit, county, on: done, fen: 300_000 });
    Ok(())
}

fn accessibility(case: &mut Case<'_>, desk: &mut Desk<'_>, done: NaiveDate) -> Result<(), SynthError> {
    let recorded = case.recorded();
    let throw = case.dice.below(u32::MAX);
    let person = case.person;
    let key = (Dataset::AccessibilityRenovation, Month::of(done).number());
    let row = desk.write(key, &recorded, throw, |row| {
        row.text(&person.head_id).day(Some(done)).yuan(280_000).region(person.residence);
    })?;
    desk.count(row, "CL02", None, 280_000);
    let (benefit, county) = ("CL02", person.residence.county());
    case.note(row, &recorded, Fate::Delivered, Says::Renovated { benefit, county, on: done, fen: 280_000 });
    Ok(())
}

/// 托养服务
///
/// # Errors
/// If a file cannot be written.
pub fn day_care(case: &mut Case<'_>, desk: &mut Desk<'_>) -> Result<(), SynthError> {
    let Some(draw) = case.draws.iter().find(|draw| draw.benefit == "CL04") else { return Ok(()) };
    let recorded = case.recorded();
    let throw = case.dice.below(u32::MAX);
    let to_month = (draw.until < desk.december()).then_some(draw.until);
    let residential = case.person.planted(Problem::ResidentialCare, 3).is_some_and(|variant| variant < 2);
    let row = desk.write((Dataset::DayCare, 0), &recorded, throw, |row| {
        row.code(if residential {
            ("residential", "寄宿")
        } else if throw.is_multiple_of(2) {
            ("home", "居家")
        } else {
            ("day", "日间")
        });
        row.month(Some(draw.from)).month(to_month).yuan(draw.fen).region(draw.region);
    })?;
    let says = Says::Spell {
        benefit: "CL04",
        county: draw.region.county(),
        from: draw.from,
        until: draw.until.min(desk.december()),
        fen: Some(draw.fen),
    };
    desk.count(row, "CL04", None, draw.fen);
    case.note(row, &recorded, Fate::Delivered, says);
    if residential {
        let (from, until) = (draw.from, draw.until.min(desk.december()));
        case.note(row, &recorded, Fate::Delivered, Says::ResidentialCare { from, until });
    }
    Ok(())
}
