//! A book with clues of every kind, made up by hand.

use std::path::Path;
use std::sync::LazyLock;

use chrono::NaiveDate;
use tempfile::TempDir;
use yilian_contract::Schemas;
use yilian_delivery::{Clue, ClueKind, Reliability};
use yilian_intake::{PersonCells, Plain};
use yilian_workbook::{Answers, Book, Decisions, Entry, Known, OwnRecord, Reading, Returned, WorkbookError, read};

pub(crate) static DECISIONS: LazyLock<Decisions> = LazyLock::new(|| {
    let schemas = Schemas::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas")).unwrap();
    Decisions::new(schemas.codes.get("decision").unwrap(), today())
});

pub(crate) fn today() -> NaiveDate {
    "2026-11-22".parse().unwrap()
}

/// Longer than a spreadsheet's numbers.
pub(crate) const FLAG: &str = "9223372036854775801";
pub(crate) const OTHER_FLAG: &str = "1234567890123456789";
pub(crate) const GAP: &str = "8000000000000000003";
pub(crate) const CANDIDATE: &str = "7000000000000000004";

pub(crate) fn clue(clue_id: &str, kind: ClueKind) -> Clue {
    Clue {
        clue_id: clue_id.to_owned(),
        kind,
        rule_id: "X01".into(),
        question_zh: "特困供养与残疾人两项补贴不得同时享受，请核实".into(),
        question_en: "destitute support and the two disability allowances".into(),
        own_benefit: Some("MZ09".to_owned()),
        counterpart_zh: "其他部门待遇".into(),
        counterpart_en: "a benefit of another department".into(),
        from_month: "2025-01".to_owned(),
        until_month: "2025-03".to_owned(),
        months: 3,
        amount: Some("1234.50".to_owned()),
        basis: "国发〔2015〕52号 第二条（六）「…」".into(),
        reliability: Reliability::Exact,
        first_seen_on: "2026-02-28".parse().unwrap(),
        due_on: "2026-03-30".parse().ok(),
        rows: Vec::new(),
    }
}

pub(crate) fn person(name: &str, id_number: &str) -> PersonCells {
    PersonCells { name: Plain::new(name), id_number: Plain::new(id_number), township: None }
}

pub(crate) fn entry(clue: Clue, people: Vec<PersonCells>, township: Option<&str>) -> Entry {
    Entry {
        clue,
        own_benefit: "困难残疾人生活补贴".to_owned(),
        records: vec![OwnRecord {
            dataset: "补贴发放明细".into(),
            period: "2025-01".into(),
            source_row: Some(17),
            number: Some("ZF202501000017".to_owned()),
        }],
        people,
        township: township.map(str::to_owned),
    }
}

pub(crate) fn book(entries: Vec<Entry>) -> Book {
    Book {
        office: "玉泉区民政".to_owned(),
        made_on: today(),
        as_of: "2026-02-28".parse().unwrap(),
        publication: 3,
        entries,
        returned: vec![Returned {
            dataset: "补贴发放明细".into(),
            period: "2025-01".into(),
            row: Some(12),
            column: "发放日期".to_owned(),
            reason: "date_impossible".to_owned(),
            what: "日期不存在".to_owned(),
        }],
    }
}

/// Two flags, a gap and a candidate, of no township.
pub(crate) fn usual() -> Book {
    let one = || vec![person("苏和", "159901193911041234")];
    book(vec![
        entry(clue(FLAG, ClueKind::Overlap), one(), None),
        entry(clue(OTHER_FLAG, ClueKind::Overlap), one(), None),
        entry(clue(GAP, ClueKind::Gap), one(), None),
        entry(clue(CANDIDATE, ClueKind::SamePerson), one(), None),
    ])
}

/// A folder with a workbook in it.
pub(crate) fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

pub(crate) fn read_file(path: &Path, known: &Known) -> Result<Answers, WorkbookError> {
    read(&Reading { path, today: today(), decisions: &DECISIONS, known })
}

pub(crate) fn known(book: &Book) -> Known {
    Known::of(&book.entries.iter().map(|entry| entry.clue.clone()).collect::<Vec<_>>())
}
