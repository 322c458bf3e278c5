//! Small worlds, made as the program makes them and read as a stranger would.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::printer::Quiet;
use encoding_rs::GB18030;

fn make(persons: u64, seed: u64, out: &Path) -> World {
    let options = Options { format: Format::Csv, ..Options::new(persons, seed, out.to_owned()) };
    generate(&options, &mut Quiet).unwrap()
}

fn bytes(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut all = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_string_lossy().into_owned();
                all.insert(name, std::fs::read(&path).unwrap());
            }
        }
    }
    all
}

fn table(bytes: &[u8]) -> Vec<BTreeMap<String, String>> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.trim_start_matches('\u{feff}').to_owned(),
        Err(_) => GB18030.decode_without_bom_handling_and_without_replacement(bytes).unwrap().into_owned(),
    };
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().unwrap().clone();
    let cells = |row: csv::StringRecord| header.iter().map(str::to_owned).zip(row.iter().map(str::to_owned)).collect();
    let is_row = |row: &csv::StringRecord| !row.iter().any(|cell| cell.starts_with("合计："));
    reader.records().map(Result::unwrap).filter(is_row).map(cells).collect()
}

fn read(folder: &Path, name: &str) -> Vec<BTreeMap<String, String>> {
    table(&std::fs::read(folder.join(name)).unwrap())
}

#[test]
fn the_same_seed_makes_the_same_bytes_and_another_seed_others() {
    let folder = tempfile::tempdir().unwrap();
    for (name, seed) in [("a", 7), ("b", 7), ("c", 8)] {
        let options = Options::new(400, seed, folder.path().join(name));
        generate(&options, &mut Quiet).unwrap();
    }
    let read = |name| bytes(&folder.path().join(name));
    assert!(read("a").contains_key("civil_affairs/elder_register.2025.xlsx"));
    assert_eq!(read("a"), read("b"));
    assert_ne!(read("a"), read("c"));
}

#[test]
fn every_row_that_is_listed_stands_in_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let world = make(600, 3, folder.path());
    assert_eq!((world.place.as_str(), world.persons), ("1501", 600));
    for file in &world.files {
        let rows = read(folder.path(), &file.path);
        assert_eq!(u64::try_from(rows.len()).unwrap(), file.rows, "{}", file.path);
    }
    let datasets: BTreeSet<&str> = world.files.iter().map(|file| file.dataset.as_str()).collect();
    for name in ["elder_register", "benefit_payment", "pension_payment", "service_event", "enrolment", "facility"] {
        assert!(datasets.contains(name), "{name}");
    }
}

#[test]
fn two_thousand_people_have_a_few_pairs_of_each_rule_and_some_out_of_reach() {
    let folder = tempfile::tempdir().unwrap();
    make(2_000, 1, folder.path());
    let truth = read(folder.path(), "truth/overlap.csv");
    for rule in ["X01", "X02", "X03", "X05", "X06", "X07", "X08", "X14", "X16", "X24", "X27", "X28", "X35"] {
        let people: BTreeSet<&String> =
            truth.iter().filter(|row| row["rule_id"] == rule).map(|row| &row["id_number"]).collect();
        assert!(people.len() >= 3, "{rule}: {}", people.len());
    }
    assert!(truth.iter().any(|row| row["reachable"] == "false"));
    assert!(read(folder.path(), "truth/repeat.csv").len() >= 3);
    assert!(read(folder.path(), "truth/gap.csv").len() >= 3);
}

/// Pairs of the truth as rule, number and month.
fn found(folder: &Path) -> Vec<BTreeMap<String, String>> {
    read(folder, "truth/overlap.csv")
}

#[test]
fn every_rule_and_gap_is_planted_where_a_hub_can_reach_it() {
    let folder = tempfile::tempdir().unwrap();
    make(6_000, 1, folder.path());
    let pairs = found(folder.path());
    let reached = |rule: &str| pairs.iter().any(|row| row["rule_id"] == rule && row["reachable"] == "true");
    let rules = (1..=41).filter(|rule| ![34, 39].contains(rule)).map(|rule| format!("X{rule:02}"));
    let missing: Vec<String> = rules.filter(|rule| !reached(rule)).collect();
    assert!(missing.is_empty(), "{missing:?}");
    assert!(pairs.iter().all(|row| row["rule_id"] != "X34"));
    let days = read(folder.path(), "truth/provider.csv");
    assert!(days.iter().any(|row| row["overworked"] == "true"));
    assert!(days.iter().any(|row| row["orders_in_one_minute"].parse::<u64>().unwrap() >= 12));
    let gaps = read(folder.path(), "truth/gap.csv");
    let names = ["MZ01", "MZ02", "MZ03", "MZ09", "MZ10", "MZ15", "MZ17", "RS", "YB", "WJ01", "N-32", "E-08", "visit"];
    for name in names {
        assert!(gaps.iter().any(|row| row["gap"] == name && row["reachable"] == "true"), "{name}");
    }
    for category in ["H1", "H2", "H3", "H4", "H5", "H6", "M1", "M2", "M3", "M4", "M5", "M6"] {
        let holds = |row: &BTreeMap<String, String>| row["categories"].split('|').any(|of| of == category);
        assert!(gaps.iter().any(|row| holds(row) && row["reachable"] == "true"), "{category}");
    }
}

#[test]
fn every_allowed_combination_is_planted_and_nothing_is_said_about_it() {
    let folder = tempfile::tempdir().unwrap();
    make(20_000, 9, folder.path());
    let pairs = found(folder.path());
    let allowed = read(folder.path(), "truth/allowed.csv");
    let kinds: BTreeSet<&str> = allowed.iter().map(|row| row["kind"].as_str()).collect();
    for stack in (1..=24).map(|stack| format!("A{stack:02}")) {
        assert!(kinds.contains(stack.as_str()), "{stack}");
    }
    let mut of: BTreeMap<&str, Vec<&BTreeMap<String, String>>> = BTreeMap::new();
    for pair in &pairs {
        of.entry(&pair["id_number"]).or_default().push(pair);
    }
    for row in &allowed {
        let rule = row["kind"].strip_prefix("near_");
        for pair in of.get(row["id_number"].as_str()).into_iter().flatten() {
            assert!(rule.is_some_and(|rule| rule != pair["rule_id"]), "{row:?} {pair:?}");
        }
    }
}

#[test]
fn a_finding_says_how_grave_it_is_and_which_switch_it_needs() {
    let folder = tempfile::tempdir().unwrap();
    make(6_000, 2, folder.path());
    let pairs = found(folder.path());
    let seen = |rule: &str| -> BTreeSet<(String, String)> {
        let of = pairs.iter().filter(|row| row["rule_id"] == rule && row["grade"] == "id");
        of.map(|row| (row["severity"].clone(), row["switch"].clone())).collect()
    };
    let has = |rule: &str, severity: &str, switch: &str| {
        assert!(seen(rule).contains(&(severity.to_owned(), switch.to_owned())), "{rule}: {:?}", seen(rule));
    };
    has("X01", "violation", "");
    has("X04", "review", "X04");
    has("X05", "info", "");
    has("X05", "violation", "");
    has("X08", "review", "");
    has("X12", "info", "");
    has("X15", "review", "");
    has("X15", "info", "X15_reading_ii");
    has("X33", "review", "X33");
    has("X36", "review", "");
}

#[test]
fn people_are_spread_as_in_the_bulletin() {
    let folder = tempfile::tempdir().unwrap();
    make(6_000, 2, folder.path());
    let people = read(folder.path(), "truth/person.csv");
    let age = |row: &BTreeMap<String, String>| 2025 - row["birth_date"][..4].parse::<i32>().unwrap();
    let per_mille =
        |wanted: &dyn Fn(i32) -> bool| people.iter().filter(|row| wanted(age(row))).count() * 1000 / people.len();
    assert!((10..80).contains(&per_mille(&|age| age < 60)), "{}", per_mille(&|age| age < 60));
    assert!((200..320).contains(&per_mille(&|age| (60..65).contains(&age))));
    assert!((120..210).contains(&per_mille(&|age| age >= 80)), "{}", per_mille(&|age| age >= 80));
    let women = people.iter().filter(|row| row["sex"] == "2").count() * 1000 / people.len();
    assert!((480..560).contains(&women), "{women}");
    let away = people.iter().filter(|row| row["hukou"][..6] != row["residence"][..6]).count();
    assert!((60..200).contains(&(away * 1000 / people.len())), "{away}");
    let dead = read(folder.path(), "truth/death.csv").len() * 1000 / people.len();
    assert!((10..50).contains(&dead), "{dead}");
}

#[test]
fn no_file_is_so_bad_that_a_department_must_refuse_it() {
    let folder = tempfile::tempdir().unwrap();
    let world = make(3_000, 5, folder.path());
    for file in world.files.iter().filter(|file| file.rows > 0) {
        let rows = read(folder.path(), &file.path);
        let bad = rows.iter().filter(|row| row.values().any(|cell| cell.ends_with("0231") && cell.len() == 8)).count();
        assert!(bad * 40 <= rows.len(), "{}: {bad} of {}", file.path, rows.len());
        let zeros = rows.iter().filter(|row| {
            row.iter().any(|(header, cell)| {
                (header.contains("证") || header == "SFZH") && cell.len() == 18 && cell.ends_with("000")
            })
        });
        assert_eq!(zeros.count(), 0, "{}", file.path);
    }
}

#[test]
fn the_sums_are_those_of_the_rows() {
    let folder = tempfile::tempdir().unwrap();
    let world = make(500, 4, folder.path());
    let text = std::fs::read_to_string(folder.path().join("truth/control.json")).unwrap();
    let control: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
    for name in ["benefit_payment", "pension_payment"] {
        let counted: u64 =
            control.iter().filter(|line| line["dataset"] == name).map(|line| line["rows"].as_u64().unwrap()).sum();
        let written: u64 = world.files.iter().filter(|file| file.dataset == name).map(|file| file.rows).sum();
        assert_eq!(counted, written, "{name}");
        let fen: i64 =
            control.iter().filter(|line| line["dataset"] == name).map(|line| line["fen"].as_i64().unwrap()).sum();
        let read: i64 = world
            .files
            .iter()
            .filter(|file| file.dataset == name)
            .flat_map(|file| read(folder.path(), &file.path))
            .map(|row| row.get("金额").or(row.get("amount")).unwrap().replace([',', '.'], ""))
            .map(|cell| cell.parse::<i64>().unwrap())
            .sum();
        // Without the point, whole yuan count as fen: the sum of the text is then at most that of the fen.
        assert!(read <= fen && read * 100 >= fen, "{name}: {read} {fen}");
    }
}

#[test]
fn marked_people_are_listed_and_their_names_stand_in_the_extracts() {
    let folder = tempfile::tempdir().unwrap();
    let options =
        Options { markers: Marked::Yes, format: Format::Csv, ..Options::new(500, 6, folder.path().to_owned()) };
    generate(&options, &mut Quiet).unwrap();
    let markers = read(folder.path(), "truth/markers.csv");
    for kind in ["name", "id_number", "account", "certificate_no"] {
        assert!(markers.iter().any(|row| row["kind"] == kind), "{kind}");
    }
    let names: BTreeSet<&String> =
        markers.iter().filter(|row| row["kind"] == "name").map(|row| &row["value"]).collect();
    let register = bytes(&folder.path().join("civil_affairs"));
    let rows = table(&register["elder_register.2025.csv"]);
    let seen = rows.iter().filter(|row| row.values().any(|cell| names.contains(cell))).count();
    assert_eq!(seen, names.len());
}

#[test]
fn one_county_alone_still_has_people_who_are_paid_in_two() {
    let folder = tempfile::tempdir().unwrap();
    let options =
        Options { places: vec![150_104], format: Format::Csv, ..Options::new(2_000, 1, folder.path().to_owned()) };
    let world = generate(&options, &mut Quiet).unwrap();
    assert_eq!(world.place, "150104");
    let truth = read(folder.path(), "truth/overlap.csv");
    for rule in ["X07", "X14", "X16", "X28"] {
        assert!(truth.iter().any(|row| row["rule_id"] == rule), "{rule}");
    }
}

#[test]
fn a_folder_with_something_in_it_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("mine.txt"), "mine").unwrap();
    let error = generate(&Options::new(10, 1, folder.path().to_owned()), &mut Quiet).unwrap_err();
    assert_eq!(error.exit_code(), 2);
    assert!(error.to_string().contains("hint:"));
    assert_eq!(bytes(folder.path()).len(), 1);
}
