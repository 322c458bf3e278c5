//! What is planted: which person gets which irregularity.

/// An irregularity, or a harmless case that looks like one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    /// X01: 特困 and a disability allowance.
    DestituteWithDisabilityAllowance,
    /// X02: work-injury care and a disability allowance.
    InjuryCareWithDisabilityAllowance,
    /// X03: two nursing subsidies.
    TwoNursingSubsidies,
    /// X05: on the 低保 and on the 特困 roll.
    LowIncomeAndDestitute,
    /// X06: employees' and residents' pension.
    TwoPensions,
    /// X07: one pension in two counties.
    PensionInTwoCounties,
    /// X08: paid after the month of death.
    PaidAfterDeath,
    /// X14: long-term care insurance and bought home service.
    InsuredCareWithHomeService,
    /// X16: home service under two categories.
    TwoServiceCategories,
    /// X24: a subsidised family bed while in an institution.
    FamilyBedInInstitution,
    /// X27: two institutions at one time.
    TwoInstitutions,
    /// X28: the old-age allowance in two counties.
    AllowanceInTwoCounties,
    /// X35: paid twice under two payment numbers.
    PaidTwice,
    /// The same payment number exported twice: no money moved.
    ExportedTwice,
    /// Paid in error and taken back in full: no overlap.
    TakenBack,
    /// January's money paid in March, when another benefit began: no overlap.
    ArrearsNearMiss,
    /// Entitled and not receiving.
    NotReceiving,
    /// Moved to another county during the year.
    Moved,
    /// Other pairs of the rule book: X09, X11, X13, X17, X20, X26, X30, X31, X40, X41.
    OtherPair,
    /// Stacks that are allowed: A01 and on.
    AllowedStack,
    /// X10, X36: hospital days that are also days of care.
    HospitalDays,
    /// X37, X38: service orders that overlap, or after death.
    ServiceOrders,
    /// Died, and the evidence of death is weak or contradictory.
    DoubtfulDeath,
    /// X29: the old-age allowance before the 80th birthday.
    AllowanceTooEarly,
}

impl Problem {
    /// Every kind, in the order in which they are planted.
    pub const ALL: [Self; 24] = [
        Self::DestituteWithDisabilityAllowance,
        Self::PaidAfterDeath,
        Self::InjuryCareWithDisabilityAllowance,
        Self::TwoNursingSubsidies,
        Self::Moved,
        Self::LowIncomeAndDestitute,
        Self::TwoPensions,
        Self::AllowedStack,
        Self::PensionInTwoCounties,
        Self::InsuredCareWithHomeService,
        Self::PaidTwice,
        Self::TwoServiceCategories,
        Self::FamilyBedInInstitution,
        Self::TwoInstitutions,
        Self::NotReceiving,
        Self::AllowanceInTwoCounties,
        Self::ExportedTwice,
        Self::TakenBack,
        Self::ArrearsNearMiss,
        Self::OtherPair,
        Self::HospitalDays,
        Self::ServiceOrders,
        Self::DoubtfulDeath,
        Self::AllowanceTooEarly,
    ];

    /// The problem of the person with this number: every 16th person has one, and each kind comes equally often,
    /// so that 2,000 people already have a few of each.
    pub fn of(number: u64) -> Option<Self> {
        if number % 16 != 5 {
            return None;
        }
        let kinds = u64::try_from(Self::ALL.len()).unwrap_or(1);
        let at = usize::try_from(number / 16 % kinds).unwrap_or(0);
        Self::ALL.get(at).copied()
    }

    /// Which of several variants of a kind this person gets: 0, 1, 2, … in turn.
    pub fn variant(number: u64, variants: u64) -> u64 {
        let kinds = u64::try_from(Self::ALL.len()).unwrap_or(1);
        number / (16 * kinds) % variants.max(1)
    }

    /// The youngest and oldest completed age at which the kind makes sense.
    pub const fn ages(self) -> (i32, i32) {
        match self {
            Self::AllowanceInTwoCounties | Self::NotReceiving | Self::Moved => (81, 94),
            Self::AllowanceTooEarly => (70, 78),
            Self::TwoServiceCategories | Self::AllowedStack => (82, 93),
            _ => (63, 90),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_thousand_people_bring_every_kind_at_least_five_times() {
        for kind in Problem::ALL {
            let people = (0..2_000).filter(|number| Problem::of(*number) == Some(kind)).count();
            assert!(people >= 5, "{kind:?}: {people}");
        }
    }
}
