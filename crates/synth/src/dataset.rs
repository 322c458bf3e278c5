//! The extracts: which department exports what, with which headers.

mod layouts;

/// Whether an extract is a stock at the end of the year or what was booked in a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One file for the year.
    Snapshot,
    /// One file for each month.
    Events,
}

/// A column: English name and the Chinese headers that offices use; none means that the English name is used.
pub type Column = (&'static str, &'static [&'static str]);

/// The first columns of every extract about people.
pub const PERSON: [Column; 4] = [
    ("name", &["姓名"]),
    ("id_number", &["身份证号码", "公民身份号码", "居民身份证号", "身份证号", "证件号码", "SFZH"]),
    ("sex", &["性别"]),
    ("birth_date", &["出生日期", "出生年月"]),
];

/// An extract of one department.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dataset {
    /// `civil_affairs.elder_register`
    ElderRegister,
    /// `civil_affairs.assistance_roll`
    AssistanceRoll,
    /// `civil_affairs.benefit_payment`
    BenefitPayment,
    /// `civil_affairs.ability_assessment`
    AbilityAssessment,
    /// `civil_affairs.service_event`
    ServiceEvent,
    /// `civil_affairs.institution_stay`
    InstitutionStay,
    /// `civil_affairs.family_bed`
    FamilyBed,
    /// `civil_affairs.renovation`
    Renovation,
    /// `civil_affairs.funeral`
    Funeral,
    /// `civil_affairs.facility`
    Facility,
    /// `civil_affairs.service_list`
    ServiceList,
    /// `civil_affairs.benefit_approval`
    BenefitApproval,
    /// `civil_affairs.platform_statement`
    PlatformStatement,
    /// `health.death_certificate`
    DeathCertificate,
    /// `health.family_planning_support`
    FamilyPlanningSupport,
    /// `health.health_service`
    HealthService,
    /// `health.medical_care_facility`
    MedicalCareFacility,
    /// `medical_insurance.enrolment`
    Enrolment,
    /// `medical_insurance.ltci_assessment`
    LtciAssessment,
    /// `medical_insurance.ltci_benefit`
    LtciBenefit,
    /// `medical_insurance.inpatient_stay`
    InpatientStay,
    /// `medical_insurance.ltci_coverage`
    LtciCoverage,
    /// `disabled_federation.disability_certificate`
    DisabilityCertificate,
    /// `disabled_federation.accessibility_renovation`
    AccessibilityRenovation,
    /// `disabled_federation.day_care`
    DayCare,
    /// `human_resources.pension_payment`
    PensionPayment,
    /// `human_resources.pension_status`
    PensionStatus,
    /// `human_resources.work_injury_care`
    WorkInjuryCare,
    /// `human_resources.care_worker`
    CareWorker,
    /// `human_resources.training_subsidy`
    TrainingSubsidy,
}

/// What stands in the files of a dataset.
#[derive(Debug, Clone, Copy)]
pub struct Layout {
    /// The department that exports it.
    pub department: &'static str,
    /// The name of the dataset.
    pub name: &'static str,
    /// Snapshot or events.
    pub kind: Kind,
    /// Whether the rows begin with the person block.
    pub people: bool,
    /// The columns after the person block.
    pub columns: &'static [Column],
}

impl Dataset {
    /// Every dataset, in the order of their declaration.
    pub const ALL: [Self; 30] = [
        Self::ElderRegister,
        Self::AssistanceRoll,
        Self::BenefitPayment,
        Self::AbilityAssessment,
        Self::ServiceEvent,
        Self::InstitutionStay,
        Self::FamilyBed,
        Self::Renovation,
        Self::Funeral,
        Self::Facility,
        Self::ServiceList,
        Self::BenefitApproval,
        Self::PlatformStatement,
        Self::DeathCertificate,
        Self::FamilyPlanningSupport,
        Self::HealthService,
        Self::MedicalCareFacility,
        Self::Enrolment,
        Self::LtciAssessment,
        Self::LtciBenefit,
        Self::InpatientStay,
        Self::LtciCoverage,
        Self::DisabilityCertificate,
        Self::AccessibilityRenovation,
        Self::DayCare,
        Self::PensionPayment,
        Self::PensionStatus,
        Self::WorkInjuryCare,
        Self::CareWorker,
        Self::TrainingSubsidy,
    ];

    /// What stands in its files.
    pub const fn layout(self) -> &'static Layout {
        match self {
            Self::ElderRegister => &layouts::ELDER_REGISTER,
            Self::AssistanceRoll => &layouts::ASSISTANCE_ROLL,
            Self::BenefitPayment => &layouts::BENEFIT_PAYMENT,
            Self::AbilityAssessment => &layouts::ABILITY_ASSESSMENT,
            Self::ServiceEvent => &layouts::SERVICE_EVENT,
            Self::InstitutionStay => &layouts::INSTITUTION_STAY,
            Self::FamilyBed => &layouts::FAMILY_BED,
            Self::Renovation => &layouts::RENOVATION,
            Self::Funeral => &layouts::FUNERAL,
            Self::Facility => &layouts::FACILITY,
            Self::ServiceList => &layouts::SERVICE_LIST,
            Self::BenefitApproval => &layouts::BENEFIT_APPROVAL,
            Self::PlatformStatement => &layouts::PLATFORM_STATEMENT,
            Self::DeathCertificate => &layouts::DEATH_CERTIFICATE,
            Self::FamilyPlanningSupport => &layouts::FAMILY_PLANNING_SUPPORT,
            Self::HealthService => &layouts::HEALTH_SERVICE,
            Self::MedicalCareFacility => &layouts::MEDICAL_CARE_FACILITY,
            Self::Enrolment => &layouts::ENROLMENT,
            Self::LtciAssessment => &layouts::LTCI_ASSESSMENT,
            Self::LtciBenefit => &layouts::LTCI_BENEFIT,
            Self::InpatientStay => &layouts::INPATIENT_STAY,
            Self::LtciCoverage => &layouts::LTCI_COVERAGE,
            Self::DisabilityCertificate => &layouts::DISABILITY_CERTIFICATE,
            Self::AccessibilityRenovation => &layouts::ACCESSIBILITY_RENOVATION,
            Self::DayCare => &layouts::DAY_CARE,
            Self::PensionPayment => &layouts::PENSION_PAYMENT,
            Self::PensionStatus => &layouts::PENSION_STATUS,
            Self::WorkInjuryCare => &layouts::WORK_INJURY_CARE,
            Self::CareWorker => &layouts::CARE_WORKER,
            Self::TrainingSubsidy => &layouts::TRAINING_SUBSIDY,
        }
    }
}
