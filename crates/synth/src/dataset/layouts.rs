//! The columns of each extract, with the headers that offices use.

use super::{Kind, Layout};

pub(super) const ELDER_REGISTER: Layout = Layout {
    department: "civil_affairs",
    name: "elder_register",
    kind: Kind::Snapshot,
    people: true,
    columns: &[
        ("hukou_region", &["户籍地区划", "户籍地"]),
        ("residence_region", &["常住地区划", "居住地"]),
        ("residence_since", &["居住起始日期"]),
        ("hukou_nature", &["户口性质"]),
        ("living_alone", &["独居"]),
        ("empty_nest", &["空巢"]),
        ("left_behind", &["留守"]),
        ("evidence", &["佐证方式"]),
        ("merit", &["特殊贡献"]),
        ("dementia", &["失智程度"]),
        ("status", &["状态"]),
        ("updated_on", &["更新日期"]),
    ],
};

pub(super) const ASSISTANCE_ROLL: Layout = Layout {
    department: "civil_affairs",
    name: "assistance_roll",
    kind: Kind::Snapshot,
    people: true,
    columns: &[
        ("head_id_number", &["户主身份证号"]),
        ("benefit", &["救助类别"]),
        ("area_class", &["城乡类别"]),
        ("support_mode", &["供养方式"]),
        ("self_care", &["自理能力"]),
        ("wish_central", &["集中供养意愿"]),
        ("role", &["与户主关系"]),
        ("guaranteed", &["是否保障对象"]),
        ("cover", &["保障方式"]),
        ("household_members", &["家庭人口数"]),
        ("members_60plus", &["60周岁以上人数"]),
        ("from_month", &["起始月份"]),
        ("to_month", &["终止月份"]),
        ("monthly_amount", &["月救助金额"]),
        ("region", &["发放区划"]),
    ],
};

pub(super) const BENEFIT_PAYMENT: Layout = Layout {
    department: "civil_affairs",
    name: "benefit_payment",
    kind: Kind::Events,
    people: true,
    columns: &[
        ("payment_no", &["发放流水号"]),
        ("benefit", &["补贴项目"]),
        ("month", &["所属月份"]),
        ("paid_on", &["发放日期"]),
        ("amount", &["金额"]),
        ("row_type", &["发放类型"]),
        ("category", &["对象类别"]),
        ("region", &["发放区划"]),
        ("approved_on", &["审批日期"]),
        ("account", &["银行账号"]),
        ("central_share", &["中央资金"]),
        ("province_share", &["自治区资金"]),
        ("city_share", &["市级资金"]),
        ("county_share", &["县级资金"]),
    ],
};

pub(super) const ABILITY_ASSESSMENT: Layout = Layout {
    department: "civil_affairs",
    name: "ability_assessment",
    kind: Kind::Events,
    people: true,
    columns: &[
        ("assessed_on", &["评估日期"]),
        ("standard", &["评估标准"]),
        ("level_initial", &["初评等级"]),
        ("level", &["评估等级"]),
        ("adjust_reason", &["等级变更依据"]),
        ("dementia", &["失智程度"]),
        ("assessor_code", &["评估机构"]),
        ("valid_to", &["有效期至"]),
        ("region", &["发放区划"]),
        ("funder", &["评估经费来源"]),
    ],
};

pub(super) const SERVICE_EVENT: Layout = Layout {
    department: "civil_affairs",
    name: "service_event",
    kind: Kind::Events,
    people: true,
    columns: &[
        ("event_no", &["工单号"]),
        ("service", &["服务项目"]),
        ("category", &["对象类别"]),
        ("channel", &["探访方式"]),
        ("started_at", &["开始时间"]),
        ("ended_at", &["结束时间"]),
        ("provider_code", &["服务机构"]),
        ("units", &["数量"]),
        ("unit_price", &["单价"]),
        ("subsidy", &["补贴金额"]),
        ("self_paid", &["自付金额"]),
        ("approved_on", &["审批日期"]),
        ("region", &["发放区划"]),
    ],
};

pub(super) const INSTITUTION_STAY: Layout = Layout {
    department: "civil_affairs",
    name: "institution_stay",
    kind: Kind::Snapshot,
    people: true,
    columns: &[
        ("institution_code", &["机构编码"]),
        ("admitted_on", &["入住日期"]),
        ("discharged_on", &["退住日期"]),
        ("bed_type", &["床位类型"]),
        ("payer", &["费用来源"]),
        ("region", &["发放区划"]),
    ],
};

pub(super) const FAMILY_BED: Layout = Layout {
    department: "civil_affairs",
    name: "family_bed",
    kind: Kind::Snapshot,
    people: true,
    columns: &[
        ("opened_on", &["建床日期"]),
        ("closed_on", &["撤床日期"]),
        ("provider_code", &["服务机构"]),
        ("region", &["发放区划"]),
    ],
};

pub(super) const RENOVATION: Layout = Layout {
    department: "civil_affairs",
    name: "renovation",
    kind: Kind::Events,
    people: true,
    columns: &[
        ("head_id_number", &["户主身份证号"]),
        ("done_on", &["完成日期"]),
        ("government_amount", &["政府补贴金额"]),
        ("enterprise_amount", &["企业让利金额"]),
        ("self_amount", &["家庭自付金额"]),
        ("target", &["对象类别"]),
        ("region", &["发放区划"]),
    ],
};

pub(super) const FUNERAL: Layout = Layout {
    department: "civil_affairs",
    name: "funeral",
    kind: Kind::Events,
    people: true,
    columns: &[("died_on", &["死亡日期"]), ("region", &["发放区划"])],
};

pub(super) const FACILITY: Layout = Layout {
    department: "civil_affairs",
    name: "facility",
    kind: Kind::Snapshot,
    people: false,
    columns: &[
        ("facility_code", &["机构编码"]),
        ("name", &["机构名称"]),
        ("type", &["机构类型"]),
        ("ownership", &["机构性质"]),
        ("region", &["发放区划"]),
        ("opened_on", &["开业日期"]),
        ("closed_on", &["停业日期"]),
        ("beds", &["床位数"]),
        ("nursing_beds", &["护理型床位数"]),
        ("dementia_beds", &["失智床位数"]),
        ("open_beds", &["对外开放床位数"]),
        ("floor_area", &["建筑面积"]),
        ("medical", &["医养结合方式"]),
        ("home_service", &["开展居家上门服务"]),
        ("safety_standard_met", &["服务安全达标"]),
        ("evaluation_score", &["评估得分"]),
        ("operation_subsidy", &["运营补贴"]),
        ("covers", &["服务范围"]),
    ],
};

pub(super) const SERVICE_LIST: Layout = Layout {
    department: "civil_affairs",
    name: "service_list",
    kind: Kind::Snapshot,
    people: false,
    columns: &[
        ("level", &["清单层级"]),
        ("region", &["发放区划"]),
        ("item", &["服务项目"]),
        ("class", &["服务类别"]),
        ("target", &["服务对象"]),
        ("standard", &["服务标准"]),
        ("amount", &["金额"]),
        ("valid_from", &["生效日期"]),
        ("valid_to", &["失效日期"]),
    ],
};

pub(super) const BENEFIT_APPROVAL: Layout = Layout {
    department: "civil_affairs",
    name: "benefit_approval",
    kind: Kind::Events,
    people: true,
    columns: &[
        ("benefit", &["补贴项目"]),
        ("category", &["对象类别"]),
        ("applied_on", &["申请日期"]),
        ("community_on", &["社区初审日期"]),
        ("township_on", &["街道审核日期"]),
        ("decided_on", &["审批日期"]),
        ("decision", &["审批结果"]),
        ("region", &["发放区划"]),
    ],
};

pub(super) const PLATFORM_STATEMENT: Layout = Layout {
    department: "civil_affairs",
    name: "platform_statement",
    kind: Kind::Events,
    people: false,
    columns: &[
        ("provider_code", &["服务机构"]),
        ("service", &["服务项目"]),
        ("month", &["所属月份"]),
        ("units", &["数量"]),
        ("amount", &["金额"]),
        ("region", &["发放区划"]),
    ],
};

pub(super) const DEATH_CERTIFICATE: Layout = Layout {
    department: "health",
    name: "death_certificate",
    kind: Kind::Events,
    people: true,
    columns: &[("died_on", &["死亡日期"]), ("region", &["发放区划"])],
};

pub(super) const FAMILY_PLANNING_SUPPORT: Layout = Layout {
    department: "health",
    name: "family_planning_support",
    kind: Kind::Snapshot,
    people: true,
    columns: &[
        ("kind", &["扶助类别"]),
        ("from_month", &["起始月份"]),
        ("to_month", &["终止月份"]),
        ("amount", &["金额"]),
        ("period", &["发放周期"]),
        ("region", &["发放区划"]),
    ],
};

pub(super) const HEALTH_SERVICE: Layout = Layout {
    department: "health",
    name: "health_service",
    kind: Kind::Snapshot,
    people: true,
    columns: &[
        ("year", &["年度"]),
        ("contracted", &["家庭医生签约"]),
        ("health_check", &["健康体检"]),
        ("home_bed", &["家庭病床"]),
        ("region", &["发放区划"]),
    ],
};

pub(super) const MEDICAL_CARE_FACILITY: Layout = Layout {
    department: "health",
    name: "medical_care_facility",
    kind: Kind::Snapshot,
    people: false,
    columns: &[
        ("facility_code", &["机构编码"]),
        ("name", &["机构名称"]),
        ("licensed_both", &["两证齐全"]),
        ("contracts", &["签约养老机构数"]),
        ("region", &["发放区划"]),
    ],
};

pub(super) const ENROLMENT: Layout = Layout {
    department: "medical_insurance",
    name: "enrolment",
    kind: Kind::Snapshot,
    people: true,
    columns: &[
        ("scheme", &["参保险种"]),
        ("ltci_insured", &["参加长护险"]),
        ("status", &["状态"]),
        ("stopped_on", &["停保日期"]),
        ("stop_reason", &["停保原因"]),
        ("pool_region", &["统筹区"]),
    ],
};

pub(super) const LTCI_ASSESSMENT: Layout = Layout {
    department: "medical_insurance",
    name: "ltci_assessment",
    kind: Kind::Events,
    people: true,
    columns: &[
        ("assessed_on", &["评估日期"]),
        ("level", &["失能等级"]),
        ("valid_to", &["有效期至"]),
        ("pool_region", &["统筹区"]),
    ],
};

pub(super) const LTCI_BENEFIT: Layout = Layout {
    department: "medical_insurance",
    name: "ltci_benefit",
    kind: Kind::Events,
    people: true,
    columns: &[
        ("month", &["所属月份"]),
        ("mode", &["待遇方式"]),
        ("from_on", &["服务起始日期"]),
        ("to_on", &["服务截止日期"]),
        ("days", &["服务天数"]),
        ("amount", &["金额"]),
        ("provider_code", &["服务机构"]),
        ("pool_region", &["统筹区"]),
    ],
};

pub(super) const INPATIENT_STAY: Layout = Layout {
    department: "medical_insurance",
    name: "inpatient_stay",
    kind: Kind::Events,
    people: true,
    columns: &[("admitted_on", &["入院日期"]), ("discharged_on", &["出院日期"]), ("hospital_code", &["医院编码"])],
};

pub(super) const LTCI_COVERAGE: Layout = Layout {
    department: "medical_insurance",
    name: "ltci_coverage",
    kind: Kind::Snapshot,
    people: false,
    columns: &[
        ("pool_region", &["统筹区"]),
        ("scheme", &["参保险种"]),
        ("insured", &["参保人数"]),
        ("ltci_insured", &["长护险参保人数"]),
    ],
};

pub(super) const DISABILITY_CERTIFICATE: Layout = Layout {
    department: "disabled_federation",
    name: "disability_certificate",
    kind: Kind::Snapshot,
    people: true,
    columns: &[
        ("certificate_no", &["残疾人证号"]),
        ("category", &["残疾类别", "对象类别"]),
        ("grade", &["残疾等级"]),
        ("issued_on", &["发证日期"]),
        ("valid_to", &["有效期至"]),
        ("status", &["状态"]),
        ("region", &["发放区划"]),
    ],
};

pub(super) const ACCESSIBILITY_RENOVATION: Layout = Layout {
    department: "disabled_federation",
    name: "accessibility_renovation",
    kind: Kind::Events,
    people: true,
    columns: &[
        ("head_id_number", &["户主身份证号"]),
        ("done_on", &["完成日期"]),
        ("amount", &["金额"]),
        ("region", &["发放区划"]),
    ],
};

pub(super) const DAY_CARE: Layout = Layout {
    department: "disabled_federation",
    name: "day_care",
    kind: Kind::Snapshot,
    people: true,
    columns: &[
        ("mode", &["托养方式"]),
        ("from_month", &["起始月份"]),
        ("to_month", &["终止月份"]),
        ("amount", &["金额"]),
        ("region", &["发放区划"]),
    ],
};

pub(super) const PENSION_PAYMENT: Layout = Layout {
    department: "human_resources",
    name: "pension_payment",
    kind: Kind::Events,
    people: true,
    columns: &[
        ("scheme", &["养老保险类型"]),
        ("month", &["所属月份"]),
        ("amount", &["金额"]),
        ("row_type", &["发放类型"]),
        ("pool_region", &["统筹区"]),
        ("payment_no", &["发放流水号"]),
        ("account", &["银行账号"]),
    ],
};

pub(super) const PENSION_STATUS: Layout = Layout {
    department: "human_resources",
    name: "pension_status",
    kind: Kind::Snapshot,
    people: true,
    columns: &[
        ("scheme", &["养老保险类型"]),
        ("from_month", &["起始月份"]),
        ("stopped_on", &["停发日期"]),
        ("stop_reason", &["停发原因"]),
        ("pool_region", &["统筹区"]),
    ],
};

pub(super) const WORK_INJURY_CARE: Layout = Layout {
    department: "human_resources",
    name: "work_injury_care",
    kind: Kind::Events,
    people: true,
    columns: &[
        ("month", &["所属月份"]),
        ("grade", &["护理依赖等级"]),
        ("amount", &["金额"]),
        ("pool_region", &["统筹区"]),
    ],
};

pub(super) const CARE_WORKER: Layout = Layout {
    department: "human_resources",
    name: "care_worker",
    kind: Kind::Snapshot,
    people: true,
    columns: &[
        ("certificate_level", &["职业技能等级"]),
        ("professional", &["专业技术人员"]),
        ("facility_code", &["机构编码"]),
        ("employed", &["在岗"]),
        ("since", &["上岗日期"]),
        ("region", &["发放区划"]),
    ],
};

pub(super) const TRAINING_SUBSIDY: Layout = Layout {
    department: "human_resources",
    name: "training_subsidy",
    kind: Kind::Events,
    people: true,
    columns: &[
        ("trained_on", &["培训日期"]),
        ("course", &["培训类别"]),
        ("amount", &["金额"]),
        ("region", &["发放区划"]),
    ],
};
