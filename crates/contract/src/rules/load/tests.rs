use super::*;
use std::path::PathBuf;

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn schemas() -> Schemas {
    Schemas::load(&repository().join("schemas")).unwrap()
}

fn errors_of(yaml: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("X99.yaml"), yaml).unwrap();
    let errors = load(folder.path(), &schemas()).unwrap_err();
    errors.iter().map(ToString::to_string).collect()
}

const RULE: &str = "id: X99\ntitle: { zh: 测试, en: Test }\ntype: exclusive\nleft: [MZ07]\nright: [MZ09]\nbars: right\n\
    effective: { from: 2016-01-01 }\nseverity: info\nact_by: civil_affairs\n";

#[test]
fn the_shipped_rules_load_in_the_order_of_their_ids() {
    let rules = load(&repository().join("pipelines/rules"), &schemas()).unwrap();
    let is_reading = |id: &&str| id.contains('-');
    let (readings, ids): (Vec<_>, Vec<_>) = rules.iter().map(|rule| rule.id.as_str()).partition(is_reading);
    assert_eq!(readings, ["X15-ii", "X15-iii"]);
    let numbers = (1..=41).filter(|number| *number != 34);
    assert_eq!(ids, numbers.map(|number| format!("X{number:02}")).collect::<Vec<_>>());
}

#[test]
fn a_duplicate_compares_each_benefit_with_itself() {
    let rules = load(&repository().join("pipelines/rules"), &schemas()).unwrap();
    let pairs_of = |id: &str| rules.iter().find(|rule| rule.id == id).unwrap().pairs();
    assert_eq!(pairs_of("X07"), [("RS01", "RS01"), ("RS02", "RS02")]);
    assert_eq!(pairs_of("X01"), [("MZ07", "MZ09"), ("MZ07", "MZ10")]);
}

#[test]
fn an_unknown_benefit_is_refused_with_the_nearest() {
    let errors = errors_of(&RULE.replace("MZ09", "MZ9"));
    assert_eq!(errors.len(), 1);
    assert!(errors[0].contains("unknown benefit `MZ9`") && errors[0].contains("`MZ09`"), "{errors:?}");
}

#[test]
fn an_unknown_type_and_an_unknown_key_are_both_named() {
    let errors = errors_of(&RULE.replace("exclusive", "exclusiv").replace("bars", "bar")).join("\n");
    assert!(errors.contains("unknown rule type `exclusiv`") && errors.contains("`exclusive`"), "{errors}");
    assert!(errors.contains("unknown key `bar`") && errors.contains("`bars`"), "{errors}");
}

#[test]
fn an_unknown_department_is_refused_with_the_nearest() {
    let errors = errors_of(&RULE.replace("civil_affairs", "civil_affair"));
    assert!(errors[0].contains("`civil_affairs`"), "{errors:?}");
}

#[test]
fn a_rule_without_a_source_is_information_at_most() {
    let errors = errors_of(&RULE.replace("severity: info", "severity: violation"));
    assert!(errors[0].contains("info at most"), "{errors:?}");
}

#[test]
fn a_rule_that_is_off_runs_only_where_a_place_has_switched_it_on() {
    let read = |more: &str| {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("X99.yaml"), format!("{RULE}{more}")).unwrap();
        load(folder.path(), &schemas()).unwrap().remove(0)
    };
    assert!(read("").runs());
    assert!(!read("default: off\n").runs());
    assert!(!read("default: 'off'\n").runs());
    assert!(read("default: off\nplaces: [{ place: '150104', from: 2025-01-01 }]\n").runs());
}

#[test]
fn an_unknown_fact_and_a_benefit_of_no_side_are_refused_with_the_nearest() {
    let errors = errors_of(&format!("{RULE}needs: [{{ fact: in_institutio, left: [MZ08] }}]\n")).join("\n");
    assert!(errors.contains("unknown fact `in_institutio`") && errors.contains("`in_institution`"), "{errors}");
    assert!(errors.contains("unknown left benefit `MZ08`") && errors.contains("`MZ07`"), "{errors}");
}

#[test]
fn a_need_holds_for_the_benefits_that_it_names_or_for_all() {
    let rules = load(&repository().join("pipelines/rules"), &schemas()).unwrap();
    let rule = rules.iter().find(|rule| rule.id == "X15").unwrap();
    assert_eq!(rule.needs_of("MZ14").collect::<Vec<_>>(), ["moderate_or_worse"]);
    assert_eq!(rule.needs_of("MZ03").collect::<Vec<_>>(), ["moderate_or_worse", "in_institution"]);
}

#[test]
fn an_offset_needs_its_rates_and_once_its_months() {
    let errors = errors_of(&RULE.replace("exclusive", "offset")).join("\n");
    assert!(errors.contains("`standard`"), "{errors}");
    let errors = errors_of(&RULE.replace("exclusive", "once")).join("\n");
    assert!(errors.contains("`within_months`"), "{errors}");
    let offset = RULE.replace("exclusive", "offset");
    let errors = errors_of(&format!("{offset}standard: {{ plus: [subsistance] }}\n")).join("\n");
    assert!(errors.contains("unknown rate `subsistance`") && errors.contains("`subsistence`"), "{errors}");
}

#[test]
fn a_rule_against_an_allowed_stack_is_refused_unless_it_names_a_further_ground() {
    let folder = tempfile::tempdir().unwrap();
    let allow = |stack: &str| {
        let list = format!("id,benefits,title_zh,title_en,basis\nA99,{stack},甲,a,b\n");
        std::fs::write(folder.path().join("allowed.csv"), list).unwrap();
    };
    allow("MZ05|MZ07/MZ09");
    let write = |more: &str| std::fs::write(folder.path().join("X99.yaml"), format!("{RULE}{more}")).unwrap();
    write("");
    assert_eq!(load(folder.path(), &schemas()).unwrap().len(), 1);
    allow("MZ07|MZ09");
    let errors = load(folder.path(), &schemas()).unwrap_err();
    assert!(errors[0].to_string().contains("A99"), "{errors:?}");
    write("needs: [{ fact: central_support }]\n");
    assert_eq!(load(folder.path(), &schemas()).unwrap().len(), 1);
}

#[test]
fn evidence_against_a_provider_needs_its_number_and_stands_alone() {
    let provider = RULE.replace("exclusive", "status").replace("[MZ07]", "[service_event]");
    let of = |right: &str, limits: &str| errors_of(&(provider.replace("[MZ09]", right) + limits)).join("\n");
    assert!(of("[staff_hours]", "").contains("`limits`"));
    assert!(of("[staff_hours]", "limits: { staff_hours: 24, one_minute: 12 }\n").contains("`limits`"));
    assert!(of("[staff_hours]", "limits: { staff_hours: 0 }\n").contains("a number above zero"));
    assert!(of("[one_minute, death]", "limits: { one_minute: 12 }\n").contains("`right`"));
}

const TWICE: &str = "id: X99\ntitle: { zh: 测试, en: Test }\ntype: duplicate\nleft: [MZ09, MZ10]\nbars: lower\n\
    differs_in: booking\neffective: { from: 2016-01-01 }\nseverity: info\nact_by: civil_affairs\n";

#[test]
fn instalments_are_of_the_named_benefits_or_of_all_and_their_rates_are_checked() {
    let folder = tempfile::tempdir().unwrap();
    let listed = "instalments:\n  - { rate: full_care, left: [MZ10] }\n  - { rate: subsistence }\n";
    std::fs::write(folder.path().join("X99.yaml"), format!("{TWICE}{listed}")).unwrap();
    let rules = load(folder.path(), &schemas()).unwrap();
    let rates: Vec<_> = rules[0].instalment_rates().collect();
    assert_eq!(rates, [("MZ10", "full_care"), ("MZ09", "subsistence"), ("MZ10", "subsistence")]);
    let errors = errors_of(&format!("{TWICE}instalments:\n  - {{ rate: full_car, left: [MZ1] }}\n")).join("\n");
    assert!(errors.contains("`full_care`") && errors.contains("unknown left benefit `MZ1`"), "{errors}");
}

#[test]
fn instalments_of_anything_but_bookings_are_refused() {
    let errors = errors_of(&format!("{RULE}instalments:\n  - {{ rate: full_care }}\n")).join("\n");
    assert!(errors.contains("`instalments`: is for rules of type duplicate"), "{errors}");
}
