//! From a row of a delivery back to the person, in the department alone.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use yilian_intake::{
    PeopleRequest, PersonCells, Plain, Prepared, RowMap, SourcePlace, SourceRow, TraceError, people, source_digest,
};

use crate::office::{Office, REGIONS, SCHEMAS};

const HEADER: &str = "姓名,身份证号码,性别,出生日期,死亡日期,发放区划";
const ROWS: [&str; 3] = [
    "苏和,159901193911041234,男,1939-11-04,2025-03-01,150104001",
    "\" 阿拉坦\n其其格\",15990119400229222x,女,1940-02-29,2025-04-01,150104",
    "乌云,,女,1940-01-01,2025-04-01,150104002003",
];

fn text() -> String {
    format!("殡葬火化登记\n{HEADER}\n{}\n", ROWS.join("\n"))
}

fn followed(prepared: &Prepared, extract: &Path, digest: &str) -> Result<Vec<(u64, PersonCells)>, TraceError> {
    let every: BTreeSet<u64> = (0..10).collect();
    let map = RowMap::read(&prepared.rows, &every).unwrap();
    let rows = map.rows.values().map(SourceRow::place).collect();
    let contract = SCHEMAS.dataset("funeral").unwrap();
    let request = PeopleRequest { schemas: &SCHEMAS, contract, regions: &REGIONS, extract, digest, rows: &rows };
    people(&request).map(|people| people.into_iter().map(|(place, person)| (place.row, person)).collect())
}

fn shown(person: &PersonCells) -> [&str; 3] {
    [&person.name, &person.id_number, &person.township].map(|cell| cell.as_ref().map_or("", Plain::reveal))
}

#[test]
fn every_delivered_row_leads_back_to_its_person_as_written_in_either_encoding() {
    let chinese = encoding_rs::GB18030.encode(&text()).0.into_owned();
    for bytes in [text().into_bytes(), chinese] {
        let office = Office::new();
        let prepared = office.prepare("funeral", &bytes).unwrap();
        let extract = office.folder.path().join("extract");
        let digest = source_digest(&extract).unwrap();
        assert_eq!(digest, prepared.source_digest);
        let people = followed(&prepared, &extract, &digest).unwrap();
        let rows: Vec<_> = people.iter().map(|(row, person)| (*row, shown(person))).collect();
        let expected = [
            (3, ["苏和", "159901193911041234", "150104001"]),
            (4, ["阿拉坦\n其其格", "15990119400229222x", ""]),
            (5, ["乌云", "", "150104002"]),
        ];
        assert_eq!(rows, expected);
    }
}

#[test]
fn an_extract_that_has_changed_gives_nobody() {
    let office = Office::new();
    let prepared = office.prepare("funeral", text()).unwrap();
    for changed in [text() + "\n", text().replace("乌云", "乌仁"), "姓名\n苏和\n".to_owned(), String::new()] {
        let extract = office.file("changed", changed);
        let error = followed(&prepared, &extract, &prepared.source_digest).unwrap_err();
        assert!(matches!(error, TraceError::AnotherFile { .. }), "{error}");
        assert!(!error.to_string().contains("苏和") && !error.to_string().contains("乌"), "{error}");
    }
}

#[test]
fn people_do_not_print() {
    let office = Office::new();
    let prepared = office.prepare("funeral", text()).unwrap();
    let people = followed(&prepared, &office.folder.path().join("extract"), &prepared.source_digest).unwrap();
    let printed = format!("{people:?}");
    for value in ["苏和", "1599", "150104001"] {
        assert!(!printed.contains(value), "{printed}");
    }
}

#[test]
fn rows_that_the_delivery_does_not_have_are_left_out_and_no_row_map_is_no_answer() {
    let office = Office::new();
    let prepared = office.prepare("funeral", text()).unwrap();
    let map = RowMap::read(&prepared.rows, &BTreeSet::from([1, 7, u64::MAX])).unwrap();
    assert_eq!(map.rows.keys().collect::<Vec<_>>(), [&1]);
    assert!(map.rows[&1].record_number.is_none());
    fs::write(&prepared.rows, "no Parquet").unwrap();
    let error = RowMap::read(&prepared.rows, &BTreeSet::new()).unwrap_err();
    assert!(matches!(error, TraceError::RowMap { .. }));
    let data = RowMap::read(&prepared.data, &BTreeSet::new()).unwrap_err();
    assert!(matches!(data, TraceError::RowMap { .. }));
}

#[test]
fn the_paying_place_names_the_township_before_the_residence() {
    let office = Office::new();
    let header = "姓名,身份证号码,性别,出生日期,户籍地区划,常住地区划,状态,更新日期";
    let row = "苏和,159901193911041234,男,1939-11-04,150104001,150104002,active,2025-12-01";
    let prepared = office.prepare("elder_register", format!("{header}\n{row}\n")).unwrap();
    let place = SourcePlace { sheet: None, row: 2 };
    let rows = BTreeSet::from([place.clone()]);
    let request = PeopleRequest {
        schemas: &SCHEMAS,
        contract: SCHEMAS.dataset("elder_register").unwrap(),
        regions: &REGIONS,
        extract: &office.folder.path().join("extract"),
        digest: &prepared.source_digest,
        rows: &rows,
    };
    assert_eq!(shown(&people(&request).unwrap()[&place])[2], "150104002");
}
