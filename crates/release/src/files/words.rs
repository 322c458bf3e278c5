//! Codes of the files and what they are called.

use yilian_disclosure::Status;

use crate::annual::Finality;
use crate::definition::{Base, Timing, Unit};
use crate::table::RegionLevel;

/// A code and its names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) code: &'static str,
    pub(super) zh: &'static str,
    pub(super) en: &'static str,
}

const fn word(code: &'static str, zh: &'static str, en: &'static str) -> Word {
    Word { code, zh, en }
}

/// All margins of a dimension together, and all regions.
pub(super) const TOTAL: Word = word("total", "合计", "Total");

/// Stands with every table, since nothing is adjusted to add up.
pub(super) const ROUNDING: Word = word(
    "rounding",
    "部分数据合计数与分项之和因四舍五入存在差异，均未作机械调整",
    "some totals differ from the sum of their parts because of rounding; nothing was adjusted mechanically",
);

pub(super) const STATUSES: [Status; 5] =
    [Status::Published, Status::Zero, Status::Suppressed, Status::Missing, Status::NotApplicable];

pub(super) const UNITS: [Unit; 11] = [
    Unit::Person,
    Unit::Household,
    Unit::PersonMonth,
    Unit::Event,
    Unit::Hour,
    Unit::Facility,
    Unit::Bed,
    Unit::Yuan,
    Unit::Percent,
    Unit::YuanEach,
    Unit::PerThousand,
];

pub(super) const LEVELS: [RegionLevel; 5] =
    [RegionLevel::Whole, RegionLevel::Province, RegionLevel::City, RegionLevel::County, RegionLevel::Township];

pub(super) fn of_status(status: Status) -> Word {
    match status {
        Status::Published => word("published", "公布", "published"),
        Status::Zero => word("zero", "零", "zero"),
        Status::Suppressed => word("suppressed", "未公布", "suppressed"),
        Status::Missing => word("missing", "无数据", "missing"),
        Status::NotApplicable => word("not_applicable", "不适用", "not applicable"),
    }
}

/// What a status means, for a legend.
pub(super) fn meaning(status: Status) -> (&'static str, &'static str) {
    match status {
        Status::Published => ("数值已公布", "The value is published"),
        Status::Zero => ("确为零", "A true zero"),
        Status::Suppressed => ("为保护个人信息未公布，不是零", "Withheld to protect people; not a zero"),
        Status::Missing => ("部门数据不完整，无数据，不是零", "Deliveries are incomplete; not a zero"),
        Status::NotApplicable => ("该组合不存在", "The combination cannot occur"),
    }
}

pub(super) fn of_unit(unit: Unit) -> Word {
    match unit {
        Unit::Person => word("person", "人", "persons"),
        Unit::Household => word("household", "户", "households"),
        Unit::PersonMonth => word("person_month", "人月", "person-months"),
        Unit::Event => word("event", "人次", "times"),
        Unit::Hour => word("hour", "小时", "hours"),
        Unit::Facility => word("facility", "个", "facilities"),
        Unit::Bed => word("bed", "张", "beds"),
        Unit::Yuan => word("yuan", "元", "yuan"),
        Unit::Percent => word("percent", "%", "%"),
        Unit::YuanEach => word("yuan_each", "元", "yuan each"),
        Unit::PerThousand => word("per_thousand", "‰", "per thousand"),
    }
}

pub(super) fn of_level(level: RegionLevel) -> Word {
    match level {
        RegionLevel::Whole => word("whole", "全部", "whole"),
        RegionLevel::Province => word("province", "省级", "province"),
        RegionLevel::City => word("city", "地级", "city"),
        RegionLevel::County => word("county", "县级", "county"),
        RegionLevel::Township => word("township", "乡级", "township"),
    }
}

pub(super) fn of_base(base: Base) -> Word {
    match base {
        Base::Hukou => word("hukou", "户籍地", "place of registration"),
        Base::Residence => word("residence", "居住地", "place of residence"),
        Base::Paying => word("paying", "发放地", "place that pays"),
        Base::Pool => word("pool", "统筹地区", "insurance pool"),
        Base::Site => word("site", "所在地", "place of the facility or work"),
    }
}

pub(super) fn of_timing(timing: Timing) -> Word {
    match timing {
        Timing::Stock => word("stock", "12月31日24时", "31 December, 24:00"),
        Timing::Flow => word("flow", "全年", "the whole year"),
    }
}

pub(super) fn of_state(state: Finality) -> Word {
    match state {
        Finality::Provisional => word("provisional", "初步数", "provisional"),
        Finality::Final => word("final", "最终数", "final"),
    }
}
