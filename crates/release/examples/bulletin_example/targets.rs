//! Invented values for the targets of the rule book.

use yilian_contract::targets::{Answer, Target, Unit as Kind};
use yilian_disclosure::Status;
use yilian_release::{
    Base, Dimension, Group, Measure, Region, ReleasedRow, ReleasedTable, TableDefinition, Text, Timing, Unit,
};

use crate::cells::chance;

/// The table `kpi`: parts of each target's value.
pub(crate) fn table(rules: &[Target], year: i32, regions: &[Region]) -> ReleasedTable {
    let mut categories = Vec::new();
    let mut rows = Vec::new();
    for rule in rules.iter().filter(|rule| matches!(rule.answer, Answer::Indicator { .. })) {
        for deadline in &rule.deadlines {
            let code = format!("{}@{}", rule.id, deadline.by);
            categories.push(Group {
                code: code.clone(),
                zh: rule.title.zh.clone(),
                en: rule.title.en.clone(),
                of: Vec::new(),
            });
            for region in regions {
                rows.extend(cells(rule, &code, region));
            }
        }
    }
    let text = |zh: &str, en: &str| Text { zh: zh.to_owned(), en: en.to_owned() };
    let measure = |name: &str, zh: &str, en: &str, unit, part_of: Option<&str>| Measure {
        name: name.to_owned(),
        title: text(zh, en),
        unit,
        part_of: part_of.map(str::to_owned),
        ratio: None,
    };
    let definition = TableDefinition {
        name: "kpi".to_owned(),
        title: text("政策文件量化目标完成情况", "Targets of policy documents"),
        universe: text("政策文件规定的量化目标", "Quantified targets of policy documents"),
        base: Base::Site,
        timing: Timing::Stock,
        departments: vec!["civil_affairs".to_owned()],
        datasets: vec!["facility".to_owned()],
        formula: text("分子、分母见各指标说明。", "Numerators and denominators as each indicator says."),
        footnotes: Vec::new(),
        dimensions: vec![Dimension {
            name: "target".to_owned(),
            title: text("目标", "Target"),
            categories,
            adds_up: false,
            sensitive: Vec::new(),
            township: Vec::new(),
        }],
        measures: vec![
            measure("persons", "人数", "Persons", Unit::Person, None),
            measure("persons_reached", "达到人数", "Persons reached", Unit::Person, Some("persons")),
            measure("things", "数量", "Things", Unit::Event, None),
            measure("things_reached", "达到数量", "Things reached", Unit::Event, Some("things")),
        ],
        restricted: false,
    };
    ReleasedTable { definition, year, rows }
}

fn cells(rule: &Target, code: &str, region: &Region) -> Vec<ReleasedRow> {
    let wanted = rule.at_least.unwrap_or(100);
    let done = 55 + chance(&[code, &region.code], 75);
    let (reached, of) = match rule.unit {
        Kind::Number => (wanted * done / 10_000, None),
        Kind::Percent => (wanted * done / 250, Some(4_000)),
        Kind::Ratio => (wanted * done, Some(10_000)),
    };
    let reached = of.map_or(reached, |of: i64| reached.min(of));
    let is_suppressed = chance(&[code, "withheld"], 9) == 0;
    let row = |measure: &str, value: Option<i64>| {
        let status = match value {
            None => Status::NotApplicable,
            Some(_) if is_suppressed => Status::Suppressed,
            Some(0) => Status::Zero,
            Some(_) => Status::Published,
        };
        let value = value.filter(|_| matches!(status, Status::Published | Status::Zero));
        ReleasedRow {
            region: region.clone().into(),
            dimensions: [code.to_owned()].into(),
            measure: measure.into(),
            value,
            status,
        }
    };
    vec![row("persons", None), row("persons_reached", None), row("things", of), row("things_reached", Some(reached))]
}
