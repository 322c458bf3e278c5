//! What no single key can say: the parts of a rule must fit its type.

use std::path::Path;

use crate::rules::{DiffersIn, ONE_MINUTE, Rule, RuleType, STAFF_HOURS, Severity};
use crate::yaml::Examined;

/// The parts of a rule must fit its type, and without a source nobody is accused.
pub(super) fn parts(file: &mut Examined, rule: &Rule, path: &Path) {
    if path.file_stem().map(|stem| stem.to_string_lossy()) != Some(rule.id.as_str().into()) {
        file.contradiction("`id`", format!("`{}` is not the file's name", rule.id));
    }
    if rule.left.is_empty() {
        file.missing("the rule", "left", "a list of benefits");
    }
    of_a_type(file, rule);
    limits(file, rule);
    let needed = rule.needs.iter().map(|need| ("`needs`", &need.left));
    let paid = rule.instalments.iter().map(|paid| ("`instalments`", &paid.left));
    for (key, left) in needed.chain(paid) {
        for benefit in left.iter().filter(|benefit| !rule.left.contains(benefit)) {
            file.unknown(key, "left benefit", benefit, rule.left.iter().map(String::as_str));
        }
    }
    if rule.source.is_none() && rule.severity != Severity::Info {
        file.contradiction("`severity`", "is info at most where the rule names no source");
    }
}

fn of_a_type(file: &mut Examined, rule: &Rule) {
    let duplicate = rule.kind == RuleType::Duplicate;
    if duplicate != rule.differs_in.is_some() {
        file.contradiction("`differs_in`", "is for rules of type duplicate, and each of them needs it");
    }
    if duplicate != rule.right.is_empty() {
        file.contradiction("`right`", "is the same benefit for a duplicate, and needed for every other type");
    }
    let pairs = matches!(rule.kind, RuleType::Exclusive | RuleType::Higher | RuleType::Offset);
    let resident = rule.kind == RuleType::Time && rule.right.iter().all(|right| right == "institution_stay");
    if !pairs && !resident && !rule.needs.is_empty() {
        let message = "is for rules of type exclusive, higher and offset, and of type time against `institution_stay`";
        file.contradiction("`needs`", message);
    }
    if rule.differs_in != Some(DiffersIn::Booking) && !rule.instalments.is_empty() {
        file.contradiction("`instalments`", "is for rules of type duplicate that differ in the booking");
    }
    if (rule.kind == RuleType::Offset) != rule.standard.is_some() {
        file.contradiction("`standard`", "is for rules of type offset, and each of them needs it");
    }
    if (rule.kind == RuleType::Once) != rule.within_months.is_some() {
        file.contradiction("`within_months`", "is for rules of type once, and each of them needs it");
    }
}

/// A rule about providers has a number for each of its grounds, and speaks of nothing else.
fn limits(file: &mut Examined, rule: &Rule) {
    let of_provider = |right: &&str| [STAFF_HOURS, ONE_MINUTE].contains(right);
    let provider: Vec<&str> = rule.right.iter().map(String::as_str).filter(of_provider).collect();
    let limited: Vec<&str> = rule.limits.iter().map(|limit| limit.evidence.as_str()).collect();
    if provider.len() != limited.len() || !provider.iter().all(|evidence| limited.contains(evidence)) {
        file.contradiction(
            "`limits`",
            "needs a number for each of `staff_hours` and `one_minute` in `right`, and no other",
        );
    }
    if !provider.is_empty() && (provider.len() < rule.right.len() || rule.left != ["service_event"]) {
        file.contradiction("`right`", "is about providers: it takes no other evidence, and `left` is [service_event]");
    }
}
