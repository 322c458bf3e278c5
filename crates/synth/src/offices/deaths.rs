//! Evidence of death: the certificate and the cremation.

use crate::calendar::{Month, later};
use crate::dataset::Dataset;
use crate::desk::{Case, Desk};
use crate::error::SynthError;
use crate::fact::{Evidence, Fate, Says};
use crate::problem::Problem;

/// Writes what the health and the civil affairs department know of a death.
///
/// # Errors
/// If a file cannot be written.
pub fn deaths(case: &mut Case<'_>, desk: &mut Desk<'_>) -> Result<(), SynthError> {
    let Some(died) = case.person.died else { return Ok(()) };
    let doubtful = case.person.problem == Some(Problem::DoubtfulDeath);
    let variant = Problem::variant(case.person.number, 3);
    let sure = case.person.problem.is_some_and(|problem| Problem::MORE.contains(&problem));
    let certificate = if doubtful { variant == 1 } else { !case.dice.mille(80) || sure };
    let cremation = if doubtful { variant == 2 } else { case.dice.mille(550) };
    let certified = Certified { dataset: Dataset::DeathCertificate, evidence: Evidence::Certificate };
    if certificate {
        write(case, desk, certified, died)?;
    }
    if cremation {
        let cremated = Certified { dataset: Dataset::Funeral, evidence: Evidence::Cremation };
        // Now and then the crematorium writes down the day of the cremation, which may lie in the next month.
        let days = if case.dice.mille(60) { case.dice.between(1, 4) } else { 0 };
        write(case, desk, cremated, later(died, days).min(desk.december().last_day()))?;
    }
    Ok(())
}

#[derive(Debug, Clone, Copy)]
struct Certified {
    dataset: Dataset,
    evidence: Evidence,
}

fn write(
    case: &mut Case<'_>,
    desk: &mut Desk<'_>,
    certified: Certified,
    died: chrono::NaiveDate,
) -> Result<(), SynthError> {
    let old_form = case.person.problem == Some(Problem::PaidAfterDeath)
        && Problem::variant(case.person.number, 6) == 5
        && case.person.id.starts_with(['1', '3', '5']);
    let recorded = if old_form { case.recorded_in_old_form() } else { case.recorded() };
    let throw = case.dice.below(u32::MAX);
    // Most deaths are entered in the month itself, some a month later, none after the year.
    let entered = later(died, case.dice.between(0, 25));
    let month = Month::of(entered).min(desk.december()).max(desk.january());
    let region = case.person.residence;
    let row = desk.write((certified.dataset, month.number()), &recorded, throw, |row| {
        row.day(Some(died)).region(region);
    })?;
    let says = Says::Death { evidence: certified.evidence, month: Month::of(died) };
    case.note(row, &recorded, Fate::Delivered, says);
    Ok(())
}
