//! Canaries: rows of people who do not exist, made on the way of all rows and counted apart from them.

use std::collections::BTreeSet;

use yilian_contract::{Column, ColumnType, Contract};
use yilian_intake::{IntakeError, Reason, RowMap, SourcePlace, canary_tokens};

use crate::office::{Office, WITH_CANARIES, id, rows, texts};

const FUNERALS: &str = "姓名,身份证号码,性别,出生日期,死亡日期,发放区划\n";

fn office() -> Office {
    Office { schemas: &WITH_CANARIES, ..Office::new() }
}

/// The tokens of the canaries, one for each, in order.
fn tokens(office: &Office) -> Vec<String> {
    let tokens = canary_tokens(&WITH_CANARIES.canaries, &office.link_key()).unwrap();
    let mut tokens: Vec<String> = tokens.into_values().collect();
    tokens.sort();
    tokens
}

/// A cell that a row of this dataset may have.
fn cell(column: &Column) -> String {
    let first = |list: &str| WITH_CANARIES.codes.get(list).unwrap().entries[0].code.clone();
    let text = match &column.ty {
        _ if column.name == "id_number" => return id("19391104", 7),
        _ if !column.required => "",
        ColumnType::Code(list) => return first(list),
        ColumnType::Text => "A1",
        ColumnType::Region => "150104",
        ColumnType::Month => "2025-01",
        ColumnType::Date => "2025-01-31",
        ColumnType::DateTime => "2025-01-31 10:00:00",
        ColumnType::Yuan | ColumnType::Integer | ColumnType::Decimal => "3",
        ColumnType::Bool => "1",
    };
    text.to_owned()
}

/// An extract of one row.
fn extract(contract: &Contract) -> String {
    let line = |cell: &dyn Fn(&Column) -> String| contract.columns.iter().map(cell).collect::<Vec<_>>().join(",");
    format!("{}\n{}\n", line(&|column| column.header.clone()), line(&cell))
}

#[test]
fn every_dataset_about_older_people_has_a_row_of_each_canary_and_no_other_dataset_has_one() {
    let office = office();
    let expected = tokens(&office);
    let mut with = 0;
    for contract in WITH_CANARIES.contracts.iter().filter(|contract| contract.dataset != "token_bridge") {
        let prepared = office.prepare(&contract.dataset, extract(contract)).unwrap_or_else(|error| panic!("{error}"));
        let data = rows(&prepared.data);
        let counts = &prepared.counts;
        assert_eq!((counts.read, counts.delivered, counts.null_tokens), (1, 1, 0), "{}", contract.id);
        assert_eq!(data.num_rows() as u64, counts.delivered + counts.canaries, "{}", contract.id);
        let totals = &prepared.control_totals;
        assert!(totals.iter().all(|total| total.delivered == total.read && total.read.rows == 1), "{totals:?}");
        if contract.carries_canaries() {
            with += 1;
            let own = texts(&data, "person_token");
            let mut planted: Vec<String> = own.into_iter().filter(|token| expected.contains(token)).collect();
            planted.sort();
            assert_eq!(planted, expected, "{}", contract.id);
            assert_eq!(counts.canaries, expected.len() as u64);
        } else {
            assert_eq!(counts.canaries, 0, "{}", contract.id);
        }
    }
    assert!(with > 15, "only {with} datasets carry canaries");
}

#[test]
fn what_is_said_about_an_extract_is_the_same_with_canaries_and_without() {
    let (with, without) = (office(), Office::new());
    let mut text = FUNERALS.to_owned();
    for person in [id("19391104", 7), "159901391104127".to_owned(), String::new(), id("19900101", 7)] {
        text.push_str(&format!("苏和,{person},,1940-01-01,2025-03-01,152728\n"));
    }
    text.push_str("苏和,,男,1939-11-04,20250231,150104\n");
    let text = text + &format!("苏和,{},男,1939-11-04,2025-03-01,150104\n", id("19391104", 9)).repeat(30);
    let [with, without] = [&with, &without].map(|office| office.prepare("funeral", &text).unwrap());
    let mut counts = with.counts.clone();
    counts.canaries = 0;
    assert_eq!(counts, without.counts);
    assert_eq!((with.control_totals, with.findings), (without.control_totals, without.findings));
    assert_eq!(std::fs::read(with.rejects).unwrap(), std::fs::read(without.rejects).unwrap());
}

#[test]
fn the_rows_of_an_extract_lead_back_to_it_and_those_of_canaries_nowhere() {
    let office = office();
    let mut text = FUNERALS.to_owned();
    for number in 0..40 {
        text.push_str(&format!("苏和,{},男,,2025-03-{:02},150104\n", id("19391104", number), number % 28 + 1));
    }
    let prepared = office.prepare("funeral", &text).unwrap();
    let data = texts(&rows(&prepared.data), "person_token");
    let canaries = tokens(&office);
    let map = RowMap::read(&prepared.rows, &(0..100).collect()).unwrap();
    assert_eq!(map.rows.len(), 40);
    for (row, token) in (0..).zip(&data) {
        assert_eq!(map.rows.contains_key(&row), !canaries.contains(token), "row {row}");
    }
    let sources: BTreeSet<u64> = map.rows.values().map(|source| source.row).collect();
    assert!(sources.into_iter().eq(2..42));
    for (row, source) in &map.rows {
        let person = id("19391104", u32::try_from(source.row).unwrap() - 2);
        let token = office.link_key().tokeniser(yilian_token::Label::Person).unwrap().token(&[person.as_bytes()]);
        assert_eq!(data[usize::try_from(*row).unwrap()], hex::encode(token));
    }
    let places = BTreeSet::from([SourcePlace { sheet: None, row: 0 }, SourcePlace { sheet: None, row: 5 }]);
    let found = RowMap::of_sources(&prepared.rows, &places).unwrap();
    assert!(found.rows.values().map(|source| source.row).eq([5]));
}

#[test]
fn a_row_of_the_office_with_the_number_of_a_canary_stays() {
    let office = office();
    let good = format!("苏和,{},男,,2025-03-01,150104\n", id("19391104", 7));
    for written in ["159901193911041234", "'159901 39110412 3", "15990119400215018x"] {
        let text = format!("{FUNERALS}苏和,{written},,,2025-03-01,150104\n{}", good.repeat(40));
        let prepared = office.prepare("funeral", &text).unwrap();
        assert_eq!(prepared.counts.rejected, [("canary".to_owned(), 1)].into(), "{written}");
        assert_eq!(rows(&prepared.data).num_rows(), 40 + WITH_CANARIES.canaries.len());
    }
}

#[test]
fn inspect_says_what_pack_would_reject_as_a_canary() {
    let office = office();
    let text = format!("{FUNERALS}苏和,159901193911041234,,,2025-03-01,150104\n");
    let inspected = office.inspect("funeral", text).unwrap();
    assert!(inspected.rejected.iter().map(|cells| cells.reason).eq([Reason::Canary]));
}

#[test]
fn a_canary_is_planted_though_its_number_is_on_the_list_of_protected_people() {
    let mut office = office();
    office.exclude = Some(office.file("exclude.txt", "159901193911041234\n"));
    let text = format!("{FUNERALS}苏和,{},男,,2025-03-01,150104\n", id("19391104", 7));
    let prepared = office.prepare("funeral", text).unwrap();
    assert_eq!(prepared.counts.canaries, WITH_CANARIES.canaries.len() as u64);
}

#[test]
fn canaries_that_would_stay_are_an_error_and_no_delivery() {
    let text = format!("{FUNERALS}苏和,{},男,,1998-03-01,150104\n", id("19191104", 7));
    let young = Office { period: "1998".parse().unwrap(), ..office() };
    let nowhere = Office { place: "159901", ..office() };
    for (office, at_fault) in [(young, "id_number"), (nowhere, "region")] {
        let error = office.prepare("funeral", &text).unwrap_err();
        let IntakeError::Canary { canary, column, .. } = &error else { panic!("{error}") };
        assert_eq!((canary.as_str(), column.as_str()), ("plain", at_fault));
        assert!(error.to_string().contains("hint: "), "{error}");
    }
}

#[test]
fn neither_order_nor_encoding_of_an_extract_changes_a_byte() {
    let office = office();
    let lines: Vec<String> =
        (0..300).map(|number| format!("苏和,{},男,,2025-03-01,150104", id("19391104", number))).collect();
    let text = |lines: &[String]| format!("{FUNERALS}{}\n", lines.join("\n"));
    let bytes = |text: &[u8]| std::fs::read(office.prepare("funeral", text).unwrap().data).unwrap();
    let usual = bytes(text(&lines).as_bytes());
    let reversed: Vec<String> = lines.iter().rev().cloned().collect();
    assert_eq!(bytes(text(&reversed).as_bytes()), usual);
    assert_eq!(bytes(&encoding_rs::GB18030.encode(&text(&lines)).0), usual);
}
