//! Words for codes, in Chinese and English.

use std::path::Path;

use yilian_contract::rules::{ActBy, Rule, RuleType, Severity};
use yilian_contract::{CodeLists, RegionNames};

use crate::error::HubError;

/// Labels of benefits and names of regions.
pub(super) struct Words {
    codes: CodeLists,
    regions: RegionNames,
}

impl Words {
    pub(super) fn load(schemas: &Path, codes: CodeLists) -> Result<Self, HubError> {
        let regions = RegionNames::load(schemas).map_err(|mistakes| HubError::Mistakes { mistakes })?;
        Ok(Self { codes, regions })
    }

    /// `MZ01 高龄津贴 / old-age allowance`; a code without a label is its own word.
    pub(super) fn benefit(&self, code: &str) -> String {
        let fact = match code {
            "death" => Some(("死亡", "death")),
            "institution_stay" => Some(("入住养老机构", "stay in an institution")),
            "inpatient_stay" => Some(("住院", "stay in hospital")),
            "service_event" => Some(("上门服务记录", "service event")),
            "approval" => Some(("审批", "approval")),
            _ => None,
        };
        if let Some((zh, en)) = fact {
            return format!("{zh} / {en}");
        }
        let entry = self.codes.get("benefit").and_then(|list| list.entry(code));
        entry.map_or_else(|| code.to_owned(), |entry| format!("{code} {} / {}", entry.label_zh, entry.label_en))
    }

    /// `150104 玉泉区`; nothing for nowhere.
    pub(super) fn region(&self, code: &str) -> String {
        match self.regions.name(code) {
            Some(name) => format!("{code} {name}"),
            None => code.to_owned(),
        }
    }
}

/// What a severity asks for.
pub(super) const fn severity(severity: &str) -> &str {
    match severity.as_bytes() {
        b"violation" => "违规，待核实 / violation, to be checked",
        b"review" => "待核查 / for review",
        b"info" => "仅提示 / for information",
        _ => severity,
    }
}

/// What takes a flag of a rule away, besides an answer of the office.
pub(super) const fn remedy(kind: RuleType) -> (&'static str, &'static str) {
    match kind {
        RuleType::Exclusive | RuleType::Higher => (
            "任何一方更正数据后重新报送，使两项待遇不再在同一个月享受（如冲销、停发、更正所属月份），相应月份即不再提示。",
            "A month is no longer flagged once either side delivers data in which the two are not held in it together: a reversal, a stop, another month of entitlement.",
        ),
        RuleType::Offset => (
            "发放单位按规定扣减后重新报送，或更正任一方金额，差额消失即不再提示。",
            "It is gone once the payer delivers the amount with the deduction made, or either amount is corrected.",
        ),
        RuleType::Duplicate => (
            "其中一笔（一地、一类）更正或冲销后重新报送，即不再提示。",
            "It is gone once one of the two is corrected or reversed and delivered again.",
        ),
        RuleType::Status => (
            "死亡月份等状态更正，或该月发放被冲销、更正所属月份后重新报送，即不再提示；之后的在世迹象只能改为待核查。",
            "It is gone once the state (such as the month of death) is corrected, or the month's payment is reversed or moved to another month; a later sign of life makes it one for review.",
        ),
        RuleType::Time => (
            "任一方的起止日期更正后重新报送，使两者不再重叠，即不再提示。",
            "It is gone once either side delivers days that no longer meet.",
        ),
        RuleType::Once => (
            "其中一次更正或冲销后重新报送，即不再提示。",
            "It is gone once one of the two is corrected or reversed and delivered again.",
        ),
    }
}

/// Who checks.
pub(super) fn acts(rule: &Rule) -> String {
    match rule.act_by {
        ActBy::Payer => "发放单位 / the payer".to_owned(),
        ActBy::Department(department) => department.to_string(),
    }
}

/// The severity that a rule gives at most.
pub(super) const fn at_most(rule: &Rule) -> &'static str {
    match rule.severity {
        Severity::Info => "info",
        Severity::Review => "review",
        Severity::Violation => "violation",
    }
}
