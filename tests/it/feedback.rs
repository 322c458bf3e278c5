//! From a flag at the hub to the officer's workbook, to the answer, to the next run; and what travels with it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use calamine::{Data, Reader, Xlsx, open_workbook};
use rust_xlsxwriter::Workbook;
use serde_json::Value;
use yilian_demo::{DEPARTMENTS, Offices};

use crate::expected_clue::Expected;
use crate::fixture::{copy_of, run_options, shared};
use crate::leak::{Marks, entries};

const PLACE: &str = "1501";
const OFFICE: &str = "civil_affairs";
const DECIDED_ON: &str = "2026-02-27";

#[test]
fn a_flag_reaches_its_office_is_answered_there_and_the_next_run_shows_the_answer() {
    let offices = copy_of(&shared().offices, "answered");
    let parcel = offices.parcels(PLACE, OFFICE).unwrap().pop().unwrap();
    let workbook = make_workbook(&offices, &parcel);
    let (clue, record) = first_row(&workbook);
    assert!(
        own_record_numbers().contains(&record),
        "{record:?} is none of the record numbers of the office's extracts"
    );
    assert_eq!(status_of(&offices, &clue), "new");

    let filled = offices.folder().join("filled.xlsx");
    fill_in(&filled, &clue, "政策允许");
    let answered = offices.programs().run(
        "yilian-dept",
        ["answer", &text(&filled), "--period", DECIDED_ON, "--site", &text(&offices.department(OFFICE)), "--json"],
    );
    let delivery = delivery_of(&answered.unwrap().json::<Value>().unwrap());
    fs::copy(&delivery, offices.inbox().join(delivery.file_name().unwrap())).unwrap();
    offices.run(&run_options(&[])).unwrap();
    assert_eq!(status_of(&offices, &clue), "dismissed");
    let later = offices.parcels(PLACE, OFFICE).unwrap().pop().unwrap();
    assert_ne!(later, parcel);
    assert!(clue_ids(&offices, OFFICE, &parcel).contains(&clue));
    assert!(!clue_ids(&offices, OFFICE, &later).contains(&clue), "an answered clue is asked again");
}

#[test]
fn two_people_who_share_a_name_reach_an_office_that_can_tell_them_apart() {
    let offices = copy_of(&shared().offices, "namesakes");
    let parcel = offices.parcels(PLACE, OFFICE).unwrap().pop().unwrap();
    let clues = clues_in(&opened(&offices, OFFICE, &parcel));
    let clue = clues.iter().find(|clue| clue["kind"] == "same_person").expect("no candidate reached the office");
    assert!(clue["rows"].as_array().unwrap().len() > 1);
    assert_eq!(
        (&clue["months"], &clue["amount"]),
        (&Value::from(0), &Value::Null),
        "it is about no month and no money"
    );
    let candidate = field(clue, "clue_id");
    let extract = offices.folder().join("answers.csv");
    let header = "candidate_id,核实结论,已听取本人意见,核实日期";
    fs::write(&extract, format!("{header}\n{candidate},different_person,是,{DECIDED_ON}\n")).unwrap();
    let site = text(&offices.department(OFFICE));
    let arguments =
        ["pack", &text(&extract), "--dataset", "disposition", "--period", DECIDED_ON, "--site", &site, "--json"];
    let packed: Value = offices.programs().run("yilian-dept", arguments).unwrap().json().unwrap();
    let delivery = delivery_of(&packed);
    fs::copy(&delivery, offices.inbox().join(delivery.file_name().unwrap())).unwrap();
    offices.run(&run_options(&[])).unwrap();
    let query = format!("select status from hub.link_candidate where candidate_id = {candidate}");
    assert_eq!(field(&offices.sql("operator", &query).unwrap()[0], "status"), "different_person");
    let later = offices.parcels(PLACE, OFFICE).unwrap().pop().unwrap();
    assert!(!clue_ids(&offices, OFFICE, &later).contains(&candidate), "an answered candidate is asked again");
}

#[test]
fn an_answer_of_an_office_that_was_not_asked_changes_nothing() {
    let offices = copy_of(&shared().offices, "not_asked");
    let parcel = offices.parcels(PLACE, OFFICE).unwrap().pop().unwrap();
    let clue = overlap_ids(&offices, OFFICE, &parcel).pop_first().unwrap();
    let extract = offices.folder().join("answers.csv");
    fs::write(&extract, format!("线索编号,核实结论,已听取本人意见,核实日期\n{clue},政策允许,是,{DECIDED_ON}\n"))
        .unwrap();
    let health = text(&offices.department("health"));
    let arguments =
        ["pack", &text(&extract), "--dataset", "disposition", "--period", DECIDED_ON, "--site", &health, "--json"];
    let packed: Value = offices.programs().run("yilian-dept", arguments).unwrap().json().unwrap();
    let delivery = delivery_of(&packed);
    fs::copy(&delivery, offices.inbox().join(delivery.file_name().unwrap())).unwrap();
    offices.run(&run_options(&[])).unwrap();
    assert_eq!(status_of(&offices, &clue), "new");
}

#[test]
fn a_parcel_says_nothing_of_another_offices_rows_beyond_what_the_list_allows() {
    let offices = &shared().offices;
    let marks = Marks::of_extracts();
    let expected = Expected::of(offices);
    let owners = delivery_owners(offices);
    let mut clues = 0;
    for department in DEPARTMENTS {
        for parcel in offices.parcels(PLACE, department).unwrap() {
            let files = opened(offices, department, &parcel);
            for (name, bytes) in &files {
                marks.assert_none_in(bytes, name);
                let written = String::from_utf8(bytes.clone()).unwrap();
                for (delivery, owner) in &owners {
                    assert!(owner == department || !written.contains(delivery), "{name}: a delivery of {owner}");
                }
                assert!(!written.contains("person_id") && !written.contains("token"), "{name}");
            }
            for clue in clues_in(&files) {
                clues += 1;
                assert_known_keys(&clue);
                expected.assert_is(&clue, PLACE, department);
            }
        }
    }
    assert!(clues > 20, "only {clues} clues were sent");
}

#[test]
fn a_parcel_is_sealed_for_one_office() {
    let offices = &shared().offices;
    let parcel = offices.parcels(PLACE, OFFICE).unwrap().pop().unwrap();
    let health = text(&offices.department("health"));
    let finished = offices.programs().try_run("yilian-dept", ["feedback", &text(&parcel), "--site", &health]).unwrap();
    assert_eq!(finished.code, 1);
    assert!(finished.stderr.contains("sealed for another office"), "{}", finished.stderr);
}

#[test]
fn the_receipt_of_a_refused_delivery_reaches_its_office_though_nothing_else_is_new() {
    let offices = copy_of(&shared().offices, "receipts_alone");
    let before = offices.parcels(PLACE, OFFICE).unwrap();
    let packed = shared().packed.iter().find(|packed| packed.extract.dataset == "benefit_payment").unwrap();
    let name = packed.report.delivery.file_name().unwrap().to_string_lossy().replace(".1.tar.age", ".2.tar.age");
    let whole = fs::read(&packed.report.delivery).unwrap();
    fs::write(offices.inbox().join(&name), &whole[..whole.len() / 2]).unwrap();

    let run = || offices.run(&run_options(&[])).unwrap().json::<Value>().unwrap();
    // The operator looked into the inbox first, so that the run itself meets nothing new.
    offices.receive().unwrap();
    let first = run();
    assert_eq!(
        (&first["news"], &first["parcels"], &first["parcels_of_receipts"]),
        (&"unchanged".into(), &0.into(), &1.into())
    );
    let after = offices.parcels(PLACE, OFFICE).unwrap();
    let new: Vec<&PathBuf> = after.iter().filter(|parcel| !before.contains(parcel)).collect();
    let [parcel] = new.as_slice() else { panic!("{new:?}") };
    assert!(clue_ids(&offices, OFFICE, parcel).is_empty(), "the clues are sent again");
    let said = offices
        .programs()
        .run("yilian-dept", ["feedback", &text(parcel), "--site", &text(&offices.department(OFFICE)), "--json"]);
    let said: Value = said.unwrap().json().unwrap();
    let receipts = said["receipts"].as_array().unwrap();
    assert!(receipts.iter().any(|receipt| receipt["file"] == *name && receipt["outcome"] == "refused"), "{said}");

    assert_eq!(run()["parcels_of_receipts"], 0, "the same receipts are sent again");
    assert_eq!(offices.parcels(PLACE, OFFICE).unwrap(), after);
}

/// The keys of a clue, as they are written here by hand: another key would be something more that travels.
fn assert_known_keys(clue: &Value) {
    let known = [
        "clue_id",
        "kind",
        "rule_id",
        "question_zh",
        "question_en",
        "own_benefit",
        "counterpart_zh",
        "counterpart_en",
        "from_month",
        "until_month",
        "months",
        "amount",
        "basis",
        "reliability",
        "first_seen_on",
        "due_on",
        "rows",
    ];
    let found: BTreeSet<&str> = clue.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(found, known.into_iter().collect());
}

fn delivery_owners(offices: &Offices) -> Vec<(String, String)> {
    let rows = offices.sql("operator", "select delivery_id, department from hub.delivery").unwrap();
    rows.iter().map(|row| (field(row, "delivery_id"), field(row, "department"))).collect()
}

pub(crate) fn opened(offices: &Offices, department: &str, parcel: &Path) -> Vec<(String, Vec<u8>)> {
    let identity = fs::read_to_string(offices.department(department).join("keys/seal.key")).unwrap();
    entries(&identity, &fs::read(parcel).unwrap())
}

/// The clues of a parcel, each with all that it says: wordings and deliveries stand in the file once.
pub(crate) fn clues_in(files: &[(String, Vec<u8>)]) -> Vec<Value> {
    let (_, bytes) = files.iter().find(|(name, _)| name == "clues.json").unwrap();
    let file: Value = serde_json::from_slice(bytes).unwrap();
    let named = |list: &str, place: &Value| file[list][usize::try_from(place.as_u64().unwrap()).unwrap()].clone();
    let clues = file["clues"].as_array().unwrap().iter().map(|clue| {
        let mut whole = clue.as_object().unwrap().clone();
        let question = named("questions", &whole.remove("question").unwrap());
        whole.extend(question.as_object().unwrap().clone());
        let rows = whole["rows"].as_array().unwrap().iter().map(|row| {
            let mut delivery = named("deliveries", &row[0]);
            delivery["row"] = row[1].clone();
            delivery
        });
        let rows = rows.collect();
        whole.insert("rows".to_owned(), rows);
        Value::Object(whole)
    });
    clues.collect()
}

fn clue_ids(offices: &Offices, department: &str, parcel: &Path) -> BTreeSet<String> {
    clues_in(&opened(offices, department, parcel)).iter().map(|clue| field(clue, "clue_id")).collect()
}

fn overlap_ids(offices: &Offices, department: &str, parcel: &Path) -> BTreeSet<String> {
    let clues = clues_in(&opened(offices, department, parcel));
    clues.iter().filter(|clue| clue["kind"] == "overlap").map(|clue| field(clue, "clue_id")).collect()
}

fn make_workbook(offices: &Offices, parcel: &Path) -> PathBuf {
    let out = offices.folder().join("clues.xlsx");
    let mut arguments: Vec<String> = ["feedback", &text(parcel), "--out", &text(&out)].map(str::to_owned).to_vec();
    for packed in &shared().packed {
        if packed.extract.department == OFFICE {
            arguments.extend(["--extract".to_owned(), text(&packed.extract.path)]);
        }
    }
    arguments.extend(["--site".to_owned(), text(&offices.department(OFFICE))]);
    offices.programs().run("yilian-dept", arguments).unwrap();
    out
}

/// Clue and record number of the first clue of the workbook that has a name, an ID number and a number of the office's
/// own; a dataset without such numbers is led to by its line (`第…行`).
fn first_row(workbook: &Path) -> (String, String) {
    let mut book: Xlsx<_> = open_workbook(workbook).unwrap();
    for sheet in book.sheet_names() {
        let range = book.worksheet_range(&sheet).unwrap();
        let rows: Vec<Vec<String>> = range.rows().map(|row| row.iter().map(Data::to_string).collect()).collect();
        let Some(header) = rows.iter().position(|row| row.iter().any(|cell| cell == "线索编号")) else { continue };
        let column = |name: &str| rows[header].iter().position(|cell| cell == name).unwrap();
        let (clue, record, name, id) = (column("线索编号"), column("本单位记录号"), column("姓名"), column("身份证号"));
        let number = |row: &Vec<String>| row[record].lines().find(|label| !label.ends_with('行')).map(str::to_owned);
        let filled = |row: &&Vec<String>| {
            [clue, name, id].iter().all(|at| !row[*at].is_empty()) && number(row).is_some_and(|label| !label.is_empty())
        };
        if let Some(row) = rows[header + 1..].iter().find(filled) {
            return (row[clue].clone(), number(row).unwrap());
        }
    }
    panic!("no row of the workbook has name, ID number and record number");
}

/// A workbook as an officer may hand it in: other columns, no colours, one clue answered.
fn fill_in(path: &Path, clue: &str, decision: &str) {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let header = ["线索编号", "核实结论", "追回金额（元）", "已听取本人意见", "核实人", "核实日期"];
    let row = [clue, decision, "", "是", "王科员", DECIDED_ON];
    for (column, (name, value)) in (0..).zip(header.into_iter().zip(row)) {
        sheet.write_string(0, column, name).unwrap();
        sheet.write_string(1, column, value).unwrap();
    }
    book.save(path).unwrap();
}

/// Every cell of the office's extracts that is long enough to be a number of a record.
fn own_record_numbers() -> BTreeSet<String> {
    let mut cells = BTreeSet::new();
    for packed in shared().packed.iter().filter(|packed| packed.extract.department == OFFICE) {
        let bytes = fs::read(&packed.extract.path).unwrap();
        let text = encoding_rs::UTF_8.decode_without_bom_handling_and_without_replacement(&bytes);
        let text = text.map_or_else(|| encoding_rs::GB18030.decode(&bytes).0.into_owned(), String::from);
        cells.extend(text.split([',', '\n', '\r', '\t', '"']).map(|cell| cell.trim().to_owned()));
    }
    cells
}

fn status_of(offices: &Offices, clue: &str) -> String {
    let rows = offices.sql("operator", &format!("select status from hub.overlap where flag_id = {clue}")).unwrap();
    assert_eq!(rows.len(), 1, "flag {clue} is not in hub.overlap");
    field(&rows[0], "status")
}

/// The sealed file that a packing program names, wherever its report has it.
pub(crate) fn delivery_of(report: &Value) -> PathBuf {
    let found = report.get("delivery").or_else(|| report.get("packed")?.get("delivery"));
    PathBuf::from(found.and_then(Value::as_str).unwrap_or_else(|| panic!("no delivery in {report}")))
}

pub(crate) fn field(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_else(|| panic!("{name} is no text")).to_owned()
}

pub(crate) fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
