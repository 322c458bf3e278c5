//! What each department writes about a person.

pub mod care;
pub mod certificates;
pub mod deaths;
pub mod medical;
pub mod payments;
pub mod registers;
pub mod services;
pub mod tables;

use crate::desk::{Case, Desk};
use crate::error::SynthError;

/// Writes everything that the five departments have about a person.
///
/// # Errors
/// If a file cannot be written.
pub fn write_all(case: &mut Case<'_>, desk: &mut Desk<'_>) -> Result<(), SynthError> {
    registers::elder_register(case, desk)?;
    registers::assistance_roll(case, desk)?;
    registers::family_planning_support(case, desk)?;
    registers::pension_status(case, desk)?;
    payments::payments(case, desk)?;
    certificates::disability_certificate(case, desk)?;
    certificates::benefit_approval(case, desk)?;
    care::ability_assessment(case, desk)?;
    care::institution_stay(case, desk)?;
    care::family_bed(case, desk)?;
    care::renovations(case, desk)?;
    care::day_care(case, desk)?;
    services::service_event(case, desk)?;
    medical::enrolment(case, desk)?;
    medical::ltci_assessment(case, desk)?;
    medical::inpatient_stay(case, desk)?;
    medical::health_service(case, desk)?;
    deaths::deaths(case, desk)
}
