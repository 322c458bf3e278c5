//! The annual release of the shared hub, as `yilian release` makes it: the same bytes whatever it is made with, and numbers
//! that agree with each other, with the rule book and with what the metadata say of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde_json::Value;
use yilian_demo::{Finished, Offices};

use crate::fixture::{copy_folder, copy_of, new_folder, shared};

const FOLDERS: [&str; 2] = ["public", "restricted"];

/// A row of a released table by the names of its columns.
type Row = BTreeMap<String, String>;

/// A copy of the shared hub with one version of its year, made once.
pub(crate) fn released() -> &'static Offices {
    static RELEASED: OnceLock<Offices> = OnceLock::new();
    RELEASED.get_or_init(|| {
        let offices = copy_of(&shared().offices, "release");
        yilian(&offices, ["release", "2025", "--threads", "2"]);
        offices
    })
}

/// Contracts, models and pipelines as they are shipped, but for a threshold of two people and fewer levels and dimensions:
/// 2,000 people are few, and most of their numbers would be withheld, at the price of minutes.
pub(crate) fn library() -> &'static PathBuf {
    static LIBRARY: OnceLock<PathBuf> = OnceLock::new();
    LIBRARY.get_or_init(|| {
        let library = new_folder("release_library");
        for folder in ["schemas", "sql", "pipelines"] {
            copy_folder(&repository().join(folder), &library.join(folder));
        }
        change(&library.join("schemas/disclosure_threshold.csv"), &[(",5,", ",2,"), (",10,", ",2,")]);
        let annual = library.join("pipelines/annual.yaml");
        change(
            &annual,
            &[
                (": 10", ": 2"),
                ("county: { at_most: 2 }", "county: { at_most: 0 }"),
                ("township: groups", "township: none"),
            ],
        );
        library
    })
}

fn change(file: &Path, changes: &[(&str, &str)]) {
    let text = changes.iter().fold(fs::read_to_string(file).unwrap(), |text, (from, to)| {
        assert!(text.contains(from), "{} has no `{from}`", file.display());
        text.replace(from, to)
    });
    fs::write(file, text).unwrap();
}

fn version(offices: &Offices) -> PathBuf {
    offices.hub().join("releases/2025/1")
}

pub(crate) fn yilian<const N: usize>(offices: &Offices, arguments: [&str; N]) -> Finished {
    let [hub, schemas] = [offices.hub(), library().join("schemas")].map(|path| path.display().to_string());
    let arguments = arguments.iter().copied().chain(["--site", &hub, "--schemas", &schemas]);
    offices.programs().run("yilian", arguments).unwrap()
}

/// The checksums of both folders of a version.
fn sums(offices: &Offices) -> [String; 2] {
    FOLDERS.map(|folder| fs::read_to_string(version(offices).join(folder).join("SHA256SUMS")).unwrap())
}

#[test]
fn threads_change_no_byte_of_a_release_and_making_it_again_gives_the_same() {
    let wanted = sums(released());
    assert!(wanted[0].lines().count() > 90 && wanted[1].lines().count() > 5, "{wanted:?}");
    let offices = copy_of(&shared().offices, "release_again");
    yilian(&offices, ["release", "2025", "--threads", "8"]);
    assert!(sums(&offices) == wanted, "8 threads make another release than 2");
    let version = version(released()).display().to_string();
    let answer = yilian(released(), ["verify", &version, "--threads", "1", "--json"]);
    assert_eq!(answer.json::<Value>().unwrap()["proof"], "rebuilt", "1 thread");
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn rows(folder: &str, table: &str) -> Vec<Row> {
    let file = version(released()).join(folder).join("csv").join(format!("{table}.csv"));
    let text = fs::read_to_string(file).unwrap();
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let names: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let row = |record: csv::StringRecord| names.iter().cloned().zip(record.iter().map(str::to_owned)).collect();
    reader.records().map(|record| row(record.unwrap())).collect()
}

#[test]
fn the_sum_of_the_rolls_is_never_below_the_people_and_equal_where_nobody_is_on_two() {
    let persons = rows("public", "old_age_subsidy").into_iter().filter(|row| row["measure"] == "persons");
    let mut by_region: BTreeMap<String, BTreeMap<String, Option<i64>>> = BTreeMap::new();
    for row in persons {
        by_region.entry(row["region"].clone()).or_default().insert(row["roll"].clone(), row["value"].parse().ok());
    }
    let on_two = people_on_two_rolls();
    assert!(on_two.values().sum::<u64>() > 0, "nobody is on two rolls, so that nothing is shown");
    let (mut compared, mut equal) = (0, 0);
    for (region, rolls) in &by_region {
        let [Some(sum), Some(distinct)] = ["sum_of_rolls", "distinct_persons"].map(|roll| rolls[roll]) else {
            continue;
        };
        compared += 1;
        assert!(sum >= distinct, "{region}: {sum} on rolls, {distinct} people");
        let twice: u64 = on_two.iter().filter(|(county, _)| is_within(county, region)).map(|(_, people)| people).sum();
        if twice == 0 {
            equal += 1;
            assert_eq!(sum, distinct, "{region}: nobody is on two rolls");
        } else {
            assert!(sum > distinct, "{region}: {twice} people are on two rolls, {sum} and {distinct} published");
        }
    }
    assert!(compared > 10 && equal > 0, "{compared} regions compared, {equal} without anybody on two rolls");
}

fn is_within(county: &str, region: &str) -> bool {
    region == "total" || county.starts_with(region)
}

/// By the county where they live, from the table of the hub that holds every month of every person.
fn people_on_two_rolls() -> BTreeMap<String, u64> {
    let query = "select p.residence_county as county, count(*) as people from hub.person p join (\
         select person_id from hub.benefit_month where benefit in ('MZ01', 'MZ02', 'MZ03', 'MZ04') and held \
         and link_grade <> 'name' and month = date '2025-12-01' group by person_id having count(distinct benefit) > 1\
         ) t on t.person_id = p.person_id where p.residence_county is not null group by p.residence_county";
    let rows = released().sql("operator", query).unwrap();
    rows.iter().map(|row| (row["county"].as_str().unwrap().to_owned(), row["people"].as_u64().unwrap())).collect()
}

/// `ID@DEADLINE` of every target of the rule book, and of those what no department delivers.
fn targets() -> (BTreeSet<String>, BTreeSet<String>) {
    let text = fs::read_to_string(repository().join("pipelines/kpi.yaml")).unwrap();
    let (mut all, mut missing) = (BTreeSet::new(), BTreeSet::new());
    for target in text.split("\n  - id: ").skip(1) {
        let id = target.lines().next().unwrap().trim();
        for deadline in target.split("by: ").skip(1) {
            let code = format!("{id}@{}", &deadline[..10]);
            if target.contains("\n    missing: ") {
                missing.insert(code.clone());
            }
            all.insert(code);
        }
    }
    (all, missing)
}

#[test]
fn every_target_of_the_rule_book_is_in_the_release_and_what_nobody_delivers_has_no_number() {
    let (all, missing) = targets();
    assert!(all.len() > 45 && missing.len() > 10, "{} targets, {} without data", all.len(), missing.len());
    let rows = rows("public", "kpi");
    let shown = |region: &str| -> BTreeSet<String> {
        rows.iter().filter(|row| row["region"] == region).map(|row| row["target"].clone()).collect()
    };
    for region in ["total", "1501", "150104"] {
        assert_eq!(shown(region), all, "{region}");
    }
    for row in rows.iter().filter(|row| missing.contains(&row["target"]) || row["target"].starts_with("L-")) {
        // 聊城市 lies in another province.
        assert_eq!((row["status"].as_str(), row["value"].as_str()), ("not_applicable", ""), "{row:?}");
    }
    assert!(rows.iter().any(|row| row["status"] == "published"), "no target has a number");
}

/// A file of metadata of a folder.
fn package(folder: &str) -> Value {
    serde_json::from_slice(&fs::read(version(released()).join(folder).join("datapackage.json")).unwrap()).unwrap()
}

fn described(package: &Value) -> Vec<&Value> {
    package["resources"].as_array().unwrap().iter().filter(|resource| resource["type"] == "table").collect()
}

#[test]
fn the_metadata_of_every_table_say_what_a_reader_must_know() {
    let has_text = |value: &Value| value.as_str().is_some_and(|text| !text.trim().is_empty());
    let mut tables = 0;
    for folder in FOLDERS {
        let package = package(folder);
        for table in described(&package) {
            tables += 1;
            let name = table["name"].as_str().unwrap();
            for property in ["title", "universe", "formula"] {
                assert!(has_text(&table[property]), "{name} has no {property}");
                assert!(has_text(&table[format!("{property}@en")]), "{name} has no English {property}");
            }
            for property in ["base", "timing"] {
                assert!(has_text(&table[property]), "{name} has no {property}");
            }
            for property in ["departments", "measures", "footnotes", "plan"] {
                assert!(table[property].as_array().is_some_and(|list| !list.is_empty()), "{name} has no {property}");
            }
            for measure in table["measures"].as_array().unwrap() {
                assert!(["title", "title@en", "unit"].iter().all(|key| has_text(&measure[*key])), "{name}: {measure}");
            }
            assert!(table["threshold"].is_null() != (table["threshold"] == 2), "{name}: {}", table["threshold"]);
            assert!(table["footnotes"].to_string().contains("未作机械调整"), "{name} does not say how it is rounded");
            plan_is_what_stands_there(folder, table);
        }
    }
    let definitions = fs::read_dir(repository().join("sql/80_release")).unwrap();
    let definitions =
        definitions.filter(|entry| entry.as_ref().unwrap().path().extension().is_some_and(|end| end == "yaml"));
    assert_eq!(tables, definitions.count());
}

/// The plan says which levels a table has and with how many dimensions at a time: as many as its rows have.
fn plan_is_what_stands_there(folder: &str, table: &Value) {
    let name = table["name"].as_str().unwrap();
    let mut planned: BTreeMap<String, u64> = BTreeMap::new();
    for level in table["plan"].as_array().unwrap() {
        planned.insert(
            level["region_level"].as_str().unwrap().to_owned(),
            level["dimensions_at_a_time"].as_u64().unwrap(),
        );
    }
    let mut found: BTreeMap<String, u64> = BTreeMap::new();
    for row in rows(folder, name) {
        let dimensions =
            table["dimensions"].as_array().unwrap().iter().filter(|dimension| dimension["adds_up"] == true);
        let names = dimensions.map(|dimension| dimension["name"].as_str().unwrap());
        let at_a_time = u64::try_from(names.filter(|name| row[*name] != "total").count()).unwrap();
        let most = found.entry(row["region_level"].clone()).or_default();
        *most = at_a_time.max(*most);
    }
    assert_eq!(planned, found, "{name}");
}

#[test]
fn what_is_public_names_no_parameter_of_protection_but_k() {
    let root = version(released()).join("public");
    // Keys of metadata; of the others only the words that the dossier and the bulletin must not have.
    let package = package("public");
    let mut keys = BTreeSet::new();
    collect_keys(&package, &mut keys);
    for word in ["dominance", "p_percent", "interval", "lower", "upper", "protection", "secondary", "weight"] {
        assert!(!keys.iter().any(|key| key.contains(word)), "datapackage.json has `{word}`");
    }
    for file in ["datapackage.json", "DOSSIER.md", "bulletin.zh.html", "bulletin.en.html"] {
        let text = fs::read_to_string(root.join(file)).unwrap();
        for word in ["(n,k)", "(n, k)", "p%", "p％", "dominance", "主导", "占优", "feasible interval", "可行区间", "±"]
        {
            assert!(!text.contains(word), "{file} has `{word}`");
        }
    }
}

fn collect_keys(value: &Value, keys: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                keys.insert(key.to_lowercase());
                collect_keys(value, keys);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| collect_keys(value, keys)),
        _ => {}
    }
}
