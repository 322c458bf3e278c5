//! What each department writes about a person.

pub mod deaths;
pub mod payments;
pub mod registers;

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
    deaths::deaths(case, desk)?;
    Ok(())
}
