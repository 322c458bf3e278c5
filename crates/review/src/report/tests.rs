//! What a report names, and whether it passes.

use super::*;
use crate::residue::Found;

fn report() -> Report {
    let subject = Subject {
        place: "1501".to_owned(),
        name: "呼和浩特市".to_owned(),
        publication: None,
        run_id: None,
        as_of: None,
        reviewed_on: "2026-02-28".to_owned(),
    };
    Report::new(subject, Vec::new(), Enumeration { hashes_per_second: 1, areas: Vec::new() })
}

fn named(report: &Report) -> Vec<(&str, &str)> {
    report.faults.iter().map(|fault| (fault.code, fault.place.as_str())).collect()
}

#[test]
fn an_unused_entry_of_a_dictionary_is_named_with_file_and_column() {
    let mut report = report();
    let (file, place) = ("runs/r/statistics/t.parquet".to_owned(), "persons".to_owned());
    let first = "row group 0".to_owned();
    let found = Found { file, place, first, kind: FoundKind::UnusedDictionaryEntry, count: 2 };
    report.add_residue(Residue { files: 1, bytes: 100, found: vec![found] });
    assert_eq!(named(&report), [("unused_dictionary_entry", "runs/r/statistics/t.parquet (persons)")]);
    assert!(report.faults[0].en.ends_with(": 2, the first at row group 0"), "{}", report.faults[0].en);
    assert!(!report.passes());
}

#[test]
fn a_delivery_without_rows_of_canaries_is_named_and_the_review_passes() {
    let mut report = report();
    let file = "1501.health.death_certificate.2025.1.tar.age";
    report.remark_without_canary_rows(file.to_owned());
    assert_eq!(named(&report), [("canary_rows_none", file)]);
    assert!(report.passes());
}

#[test]
fn what_is_kept_for_too_long_is_a_fault_of_its_store() {
    let mut report = report();
    let holding = |store, overdue| Holding { store, months: Some(13), count: 3, oldest: None, overdue };
    let stores = vec![holding("runs", 2), holding("logs", 0)];
    report.add_holdings(Holdings { stores, deletions: Deletions::default() });
    assert_eq!(named(&report), [("retention", "runs")]);
    assert!(!report.passes());
}
