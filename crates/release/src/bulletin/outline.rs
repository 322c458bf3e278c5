//! Which table stands in which chapter, and how it is drawn.

use serde::Serialize;

/// A text that is part of the program.
#[derive(Debug, Clone, Copy)]
pub(super) struct Title {
    pub(super) zh: &'static str,
    pub(super) en: &'static str,
}

/// A chapter of the bulletin.
pub(super) struct Chapter {
    pub(super) title: Title,
    pub(super) entries: &'static [Entry],
}

/// A table, whether a release has it or not.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    pub(super) table: &'static str,
    /// What it is called where the release does not have it.
    pub(super) title: Title,
    pub(super) drawing: Drawing,
    /// Whether its regions are drawn as well.
    pub(super) is_regional: bool,
}

/// How a table is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Drawing {
    Nothing,
    Pyramid,
    /// A bar for each category of the first dimension.
    Bars,
    /// A bar for each category of the second dimension, under a heading for each of the first.
    Levels,
    /// Those of the rolls, their sum, and every person once.
    BothTotals,
    Targets,
}

/// Which tables have sentences of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    Population,
    OldAgeSubsidy,
    Answers,
    Other,
}

impl Entry {
    pub(super) fn kind(&self) -> Kind {
        match self.table {
            "population" | "population_hukou" => Kind::Population,
            "old_age_subsidy" => Kind::OldAgeSubsidy,
            _ => Kind::Other,
        }
    }

    const fn drawn(self, drawing: Drawing) -> Self {
        Self { drawing, ..self }
    }

    const fn regional(self) -> Self {
        Self { is_regional: true, ..self }
    }
}

const fn entry(table: &'static str, zh: &'static str, en: &'static str) -> Entry {
    Entry { table, title: Title { zh, en }, drawing: Drawing::Nothing, is_regional: false }
}

const fn chapter(zh: &'static str, en: &'static str, entries: &'static [Entry]) -> Chapter {
    Chapter { title: Title { zh, en }, entries }
}

/// The whole bulletin, in the order in which it is read.
pub(super) const CHAPTERS: &[Chapter] = &[
    chapter(
        "老年人口",
        "Older people",
        &[
            entry("population", "老年人口", "Population").drawn(Drawing::Pyramid).regional(),
            entry("population_hukou", "户籍老年人口", "Population by hukou"),
            entry("change", "老年人口变动", "Change of the population"),
        ],
    ),
    chapter(
        "居住状况和困难老年人",
        "How older people live",
        &[
            entry("living_situation", "居住状况", "Living situation").drawn(Drawing::Bars),
            entry("hardship", "特殊困难老年人", "Hardship groups").drawn(Drawing::Bars),
            entry("visits", "探访关爱", "Visits"),
            entry("visit_channels", "探访方式", "Channels of visits"),
        ],
    ),
    chapter(
        "能力和残疾状况",
        "Ability and disability",
        &[
            entry("ability", "能力评估", "Ability").drawn(Drawing::Levels),
            entry("ability_coverage", "低保、特困老年人评估覆盖", "Assessment of people on assistance"),
            entry("disability", "残疾老年人", "Disability"),
        ],
    ),
    chapter(
        "社会救助和老年福利",
        "Assistance and benefits",
        &[
            entry("assistance", "社会救助", "Social assistance"),
            entry("benefit_recipients", "各项待遇享受情况", "Recipients of benefits").drawn(Drawing::Bars),
            entry("old_age_subsidy", "老年人补贴", "Old-age subsidies").drawn(Drawing::BothTotals).regional(),
            entry("benefits_held", "待遇叠加享受情况", "Benefits held together"),
            entry("benefit_pairs", "同时享受的待遇", "Pairs of benefits"),
        ],
    ),
    chapter(
        "社会保险",
        "Social insurance",
        &[
            entry("pension", "基本养老保险", "Pensions"),
            entry("long_term_care", "长期护理保险", "Long-term care insurance"),
        ],
    ),
    chapter(
        "基本养老服务",
        "Basic care services",
        &[
            entry("service_list", "基本养老服务清单落实情况", "Service list"),
            entry("service_entitlement", "应享和享受情况", "Entitled and served"),
            entry("services", "居家上门服务", "Home services"),
            entry("meals", "助餐服务", "Meals"),
            entry("family_beds", "家庭养老床位", "Family care beds"),
            entry("renovation", "居家适老化改造", "Home adaptation"),
        ],
    ),
    chapter(
        "养老服务机构、设施和人员",
        "Facilities and staff",
        &[
            entry("facilities", "养老服务机构和设施", "Facilities"),
            entry("facility_coverage", "机构床位保有情况", "Beds and older people"),
            entry("residents", "入住机构老年人", "Residents of institutions"),
            entry("workforce", "养老服务人员", "Workforce"),
            entry("carer_training", "照护人员培训", "Training of carers"),
        ],
    ),
    chapter("老年健康服务", "Health services", &[entry("health_services", "老年健康服务", "Health services")]),
    chapter("资金", "Expenditure", &[entry("expenditure", "资金支出", "Expenditure").drawn(Drawing::Bars)]),
    chapter(
        "目标完成情况",
        "Targets",
        &[entry("kpi", "政策文件量化目标完成情况", "Targets of policy documents").drawn(Drawing::Targets)],
    ),
    chapter(
        "数据质量",
        "Quality of the data",
        &[
            entry("quality", "交付和关联质量", "Records and links"),
            entry("quality_persons", "仅其他部门知悉的老年人", "People known to others alone"),
        ],
    ),
];

/// The chapter for what offices found when they checked clues.
pub(super) const ANSWERS: Title = Title { zh: "待遇核查", en: "Checks of benefits" };

/// The chapter for tables that the outline does not know.
pub(super) const REST: Title = Title { zh: "其他统计表", en: "Other tables" };

/// How a table is drawn that the outline does not know.
pub(super) const UNKNOWN: Entry = entry("", "", "");

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_table_stands_in_one_place() {
        let names: Vec<&str> = CHAPTERS.iter().flat_map(|chapter| chapter.entries).map(|entry| entry.table).collect();
        let different: BTreeSet<&str> = names.iter().copied().collect();
        assert_eq!(names.len(), different.len());
        assert!(!different.contains("overlap_summary") && !different.contains("entitlement_gap_summary"));
    }
}
