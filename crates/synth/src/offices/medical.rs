//! Medical insurance, long-term care assessments, hospital days and primary care.

use chrono::NaiveDate;

use crate::calendar::{Month, day, later};
use crate::dataset::Dataset;
use crate::desk::{Case, Desk};
use crate::error::SynthError;
use crate::fact::{Assessor, Evidence, Fate, Says};
use crate::person::Scheme;
use crate::problem::Problem;
use crate::stack;

/// 参保
///
/// # Errors
/// If a file cannot be written.
pub fn enrolment(case: &mut Case<'_>, desk: &mut Desk<'_>) -> Result<(), SynthError> {
    if case.dice.mille(40) && !case.person.is_undisturbed() {
        return Ok(());
    }
    let person = case.person;
    let recorded = case.recorded();
    let throw = case.dice.below(u32::MAX);
    let employee = person.scheme == Some(Scheme::Employee);
    let scheme = if employee { ("employee", "职工") } else { ("resident", "居民") };
    let stopped = person.died.filter(|_| !throw.is_multiple_of(9));
    let drawn = case.draws.iter().any(|draw| draw.benefit == "YB01");
    let insured = person.ltci_insured || drawn;
    let region = person.residence;
    let row = desk.write((Dataset::Enrolment, 0), &recorded, throw, |row| {
        row.code(scheme).flag(insured);
        row.code(if stopped.is_some() { ("stopped", "终止") } else { ("active", "正常") });
        row.day(stopped);
        if stopped.is_some() {
            row.code(("death", "死亡"));
        } else {
            row.text("");
        }
        row.region(region);
    })?;
    desk.insured((region.county(), scheme.0), insured);
    let says = Says::Enrolled { long_term_care: insured, stopped: stopped.map(Month::of) };
    case.note(row, &recorded, Fate::Delivered, says);
    if let Some(stopped) = stopped {
        let says = Says::Death { evidence: Evidence::Stop, month: Month::of(stopped) };
        case.note(row, &recorded, Fate::Delivered, says);
    }
    Ok(())
}

/// 长护失能等级评估: of those who draw, and of some who do not.
///
/// # Errors
/// If a file cannot be written.
pub fn ltci_assessment(case: &mut Case<'_>, desk: &mut Desk<'_>) -> Result<(), SynthError> {
    let person = case.person;
    let drawn = case.draws.iter().find(|draw| draw.benefit == "YB01").map(|draw| draw.from);
    let candidate = person.ltci_insured && person.level >= 2 && person.died.is_none();
    let planted = person.is_undisturbed() && candidate;
    let assessed = match drawn {
        Some(from) => from.plus(-1).day(5),
        None if planted => Month::new(desk.year - 1, 11).day(12),
        None if candidate && case.dice.mille(300) => Month::new(desk.year, case.dice.between(1, 12)).day(12),
        None => return Ok(()),
    };
    let recorded = case.recorded();
    let throw = case.dice.below(u32::MAX);
    let level =
        if drawn.is_some() { person.level.clamp(3, 4) + u8::from(throw.is_multiple_of(4)) } else { person.level };
    let month = Month::of(assessed).max(desk.january()).number();
    let row = desk.write((Dataset::LtciAssessment, month), &recorded, throw, |row| {
        row.day(Some(assessed)).number(level).day(Some(later(assessed, 730)));
        row.region(person.residence);
    })?;
    let says = Says::Assessed { level, by: Assessor::Insurance, on: assessed, valid_to: later(assessed, 730) };
    case.note(row, &recorded, Fate::Delivered, says);
    Ok(())
}

/// 住院
///
/// # Errors
/// If a file cannot be written.
pub fn inpatient_stay(case: &mut Case<'_>, desk: &mut Desk<'_>) -> Result<(), SynthError> {
    let stays = hospital_stays(case, desk.year);
    if stays.is_empty() {
        return Ok(());
    }
    let recorded = case.recorded();
    for (admitted, discharged) in stays {
        let throw = case.dice.below(u32::MAX);
        let left = later(admitted, discharged);
        let open = left > desk.december().last_day();
        let month = if open { desk.december() } else { Month::of(left) };
        let row = desk.write((Dataset::InpatientStay, month.number()), &recorded, throw, |row| {
            row.day(Some(admitted)).day((!open).then_some(left));
            row.text(&format!("YY{}", throw % 12 + 1));
        })?;
        let end = desk.december().plus(1).first_day();
        let hospital = Says::Hospital { admitted, discharged: left.min(end) };
        case.note(row, &recorded, Fate::Delivered, hospital);
    }
    Ok(())
}

/// Days of admission and lengths of stay.
fn hospital_stays(case: &mut Case<'_>, year: i32) -> Vec<(NaiveDate, i32)> {
    match case.person.problem {
        Some(Problem::HospitalDays | Problem::CareInHospital | Problem::ServiceInHospital) => {
            vec![(day(year, 5, 6), 14)]
        }
        Some(Problem::DeadAndAlive) => {
            let died = case.person.died.unwrap_or(day(year, 6, 1));
            vec![(later(died, 80), 5)]
        }
        Some(problem) if problem.is_undisturbed() => Vec::new(),
        // A sign of life two months after the reported death.
        Some(Problem::DoubtfulDeath) if Problem::variant(case.person.number, 3) == 1 => {
            let died = case.person.died.unwrap_or(day(year, 6, 1));
            vec![(later(died, 62).min(day(year, 12, 20)), 5)]
        }
        _ => {
            let admitted = later(day(year, 1, 1), case.dice.between(0, 355));
            let days = case.dice.between(3, 21);
            let dead = case.person.died.is_some_and(|died| died <= later(admitted, days));
            if dead || !case.dice.mille(95) { Vec::new() } else { vec![(admitted, days)] }
        }
    }
}

/// 家庭医生与健康管理
///
/// # Errors
/// If a file cannot be written.
pub fn health_service(case: &mut Case<'_>, desk: &mut Desk<'_>) -> Result<(), SynthError> {
    let home_bed = stack::is(case.person, "A15");
    if case.person.died.is_some() || !case.dice.mille(720) && !home_bed {
        return Ok(());
    }
    let recorded = case.recorded();
    let throw = case.dice.below(u32::MAX);
    let (year, person) = (desk.year, case.person);
    desk.write((Dataset::HealthService, 0), &recorded, throw, |row| {
        row.number(year).flag(throw % 10 < 7).flag(throw % 7 < 4);
        row.flag(home_bed || person.level >= 3 && throw.is_multiple_of(5)).region(person.residence);
    })?;
    Ok(())
}
