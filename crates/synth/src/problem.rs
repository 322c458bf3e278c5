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
    /// X04: two living allowances.
    LivingAllowances,
    /// X10: insured care on days in hospital, or next to them.
    CareInHospital,
    /// X15: home service beside a family bed, or in an institution.
    HomeServiceBarred,
    /// X18, X19: subsidised care from which nothing was taken off, or above the cap.
    SubsidisedCare,
    /// X21: a voucher beside services that are paid already.
    Voucher,
    /// X22, X23: a home renovated twice.
    RenovatedTwice,
    /// X25: 特困 in an institution with what is meant for people at home.
    CentralSupport,
    /// X29: before the approval, or around the birthday.
    BeforeItsTime,
    /// X32: residential care and a subsidy of an institution.
    ResidentialCare,
    /// X33: a pension above the line of the household.
    PensionAboveLine,
    /// X36: service on hospital days, or next to them.
    ServiceInHospital,
    /// X37: two orders that run into each other, or nearly.
    ServicesOverlap,
    /// X38: orders after death, before approval, without eligibility.
    ServiceWithoutGround,
    /// A01 to A24, each alone: nothing may be flagged.
    Stack,
    /// Entitled to home service under H1 to H6, or nearly.
    HomeEntitled,
    /// Entitled to meals under M1 to M6.
    MealEntitled,
    /// Entitled to an allowance, a pension or an assessment.
    AllowanceEntitled,
    /// X08 for review: paid after a reported death, and seen alive after it.
    DeadAndAlive,
    /// The pairs of [`Self::OtherPair`] that are not among them.
    FurtherPair,
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

    /// The kinds of the second sequence, in the order in which they are planted.
    pub const MORE: [Self; 19] = [
        Self::Stack,
        Self::LivingAllowances,
        Self::HomeEntitled,
        Self::CareInHospital,
        Self::HomeServiceBarred,
        Self::AllowanceEntitled,
        Self::SubsidisedCare,
        Self::Voucher,
        Self::RenovatedTwice,
        Self::CentralSupport,
        Self::MealEntitled,
        Self::BeforeItsTime,
        Self::ResidentialCare,
        Self::PensionAboveLine,
        Self::ServiceInHospital,
        Self::ServicesOverlap,
        Self::ServiceWithoutGround,
        Self::DeadAndAlive,
        Self::FurtherPair,
    ];

    /// The sequence in which a person stands.
    const fn sequence(number: u64) -> &'static [Self] {
        match number % 16 {
            5 => &Self::ALL,
            13 => &Self::MORE,
            _ => &[],
        }
    }

    /// The problem of the person with this number: in both sequences every 16th person has one, and each kind comes
    /// equally often, so that 2,000 people already have a few of each.
    pub fn of(number: u64) -> Option<Self> {
        let sequence = Self::sequence(number);
        let kinds = u64::try_from(sequence.len()).unwrap_or(1).max(1);
        let at = usize::try_from(number / 16 % kinds).unwrap_or(0);
        sequence.get(at).copied()
    }

    /// Which of several variants of a kind this person gets: 0, 1, 2, … in turn.
    pub fn variant(number: u64, variants: u64) -> u64 {
        let kinds = u64::try_from(Self::sequence(number).len()).unwrap_or(1).max(1);
        number / (16 * kinds) % variants.max(1)
    }

    /// What the office has seen to it that nothing goes wrong with by chance.
    pub const fn is_undisturbed(self) -> bool {
        matches!(
            self,
            Self::Stack
                | Self::RenovatedTwice
                | Self::CentralSupport
                | Self::CareInHospital
                | Self::ServiceInHospital
                | Self::ServicesOverlap
                | Self::ServiceWithoutGround
                | Self::HomeEntitled
                | Self::MealEntitled
                | Self::AllowanceEntitled
        )
    }

    /// The youngest and oldest completed age at which the kind makes sense for the person with this number.
    pub fn ages(self, number: u64) -> (i32, i32) {
        match self {
            Self::BeforeItsTime => (79, 79),
            Self::Stack | Self::AllowanceEntitled => (82, 89),
            Self::HomeEntitled => match Self::variant(number, 8) {
                0 => (67, 78),
                2 => (62, 68),
                3 | 4 => (72, 79),
                5 | 6 => (91, 95),
                7 => (69, 69),
                _ => (82, 89),
            },
            Self::MealEntitled if Self::variant(number, 6) == 5 => (100, 103),
            Self::ServiceWithoutGround => (62, 68),
            Self::HomeServiceBarred | Self::CentralSupport | Self::ServiceInHospital | Self::ServicesOverlap => {
                (70, 77)
            }
            _ if number % 16 == 13 => (63, 76),
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
        for kind in Problem::ALL.into_iter().chain(Problem::MORE) {
            let people = (0..2_000).filter(|number| Problem::of(*number) == Some(kind)).count();
            assert!(people >= 5, "{kind:?}: {people}");
        }
    }
}
