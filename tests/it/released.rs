//! The year's release at the command line: a version is made, signed, published, verified, corrected and explained.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use yilian_demo::{Finished, Offices};
use yilian_engine::rows_of_parquet;

use crate::feedback::text;
use crate::fixture::few_people;
use crate::prune::{later, supersede_one_of};

struct Hub<'a>(&'a Offices);

impl Hub<'_> {
    fn asked(&self, arguments: &[&str]) -> Finished {
        let site = text(&self.0.hub());
        let arguments = arguments.iter().copied().chain(["--site", &site]);
        self.0.programs().try_run("yilian", arguments).unwrap()
    }

    fn done(&self, arguments: &[&str]) -> Finished {
        let finished = self.asked(arguments);
        assert_eq!(finished.code, 0, "{arguments:?}: {}", finished.stderr);
        finished
    }

    fn refused(&self, arguments: &[&str], said: &str) {
        let finished = self.asked(arguments);
        assert!(finished.code == 1 || finished.code == 2, "{arguments:?}: {}", finished.stderr);
        assert!(finished.stderr.contains(said), "{arguments:?}: {}", finished.stderr);
    }

    fn version(&self, number: u32) -> PathBuf {
        self.0.hub().join("releases/2025").join(number.to_string())
    }

    fn verified(&self, number: u32) -> String {
        let finished = self.done(&["verify", &text(&self.version(number)), "--json"]);
        let machine: Value = finished.json().unwrap();
        machine["proof"].as_str().unwrap().to_owned()
    }

    fn sign_and_publish(&self) {
        for office in ["reviewer", "compiler", "checker", "head"] {
            self.done(&["release", "2025", "--sign-as", office, "--name", "王芳"]);
        }
        self.done(&["release", "2025", "--publish"]);
    }
}

fn read(file: &Path) -> String {
    fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

// One test, for every release is computing.
#[test]
fn a_version_is_made_signed_published_corrected_explained_and_verified() {
    let chain = few_people("released");
    let hub = Hub(&chain.offices);
    hub.refused(&["release", "2025", "--publish"], "2025 has no version");
    hub.done(&["release", "2025"]);
    explains_numbers(&hub);
    hub.refused(&["sql", "-c", "select 1 from release.population"], "there is no table release.population");

    hub.refused(&["release", "2025", "--publish"], "these have not signed");
    hub.refused(&["release", "2025", "--sign-as", "head", "--name", "王芳"], "privacy reviewer signs first");
    hub.sign_and_publish();
    hub.refused(&["release", "2025", "--publish"], "published already");
    hub.refused(&["release", "2025", "--sign-as", "head", "--name", "王芳"], "has signed already");
    hub.refused(&["release", "2025"], "--note");
    assert_eq!(hub.verified(1), "rebuilt");
    answers_in_sql(&hub);

    // The office delivers the same rows again, and a later run reads them.
    supersede_one_of(hub.0, &chain.packed);
    hub.0.receive().unwrap().nothing_refused().unwrap();
    hub.0.run(&later("2026-03-01")).unwrap();
    hub.done(&["release", "2025", "--note", "补发数据"]);
    let dossier = read(&hub.version(2).join("public/DOSSIER.md"));
    assert!(dossier.contains("## Changes") && dossier.contains("was counted again from its run"), "{dossier}");
    assert!(dossier.contains("| population | 0 | 0 | 0 | 0 |"), "{dossier}");
    for table in ["population", "benefit_recipients"] {
        let [first, second] = [1, 2].map(|number| read(&hub.version(number).join(format!("public/csv/{table}.csv"))));
        assert_eq!(first, second, "{table}: the same rows give other numbers");
    }
    assert_eq!(hub.verified(2), "rebuilt");

    let number = hub.version(1).join("public/csv/population.csv");
    let text_of_it = read(&number);
    fs::write(&number, text_of_it.replacen(",published", ",zero", 1)).unwrap();
    hub.refused(&["verify", &text(&hub.version(1))], "csv/population.csv: changed since it was made");
    hub.refused(&["release", "2025", "--note", "另一处"], "csv/population.csv: changed since it was made");
    fs::write(&number, text_of_it).unwrap();

    // What the first run read and no later one does is what retention removes first.
    let run: Value = serde_json::from_str(&read(&hub.version(1).join("state.json"))).unwrap();
    let read_by = |number: &str| {
        let file = hub.0.store().join(format!("publications/{number}.json"));
        let publication: Value = serde_json::from_str(&read(&file)).unwrap();
        (publication["run_id"].clone(), publication["inputs"]["deliveries"].as_array().unwrap().clone())
    };
    let [(first_run, first), (_, second)] = ["00000001", "00000002"].map(read_by);
    assert_eq!(run["run"], first_run);
    let superseded = first.iter().find(|delivery| !second.contains(delivery)).unwrap().as_str().unwrap();
    fs::remove_file(hub.0.store().join(format!("deliveries/{superseded}.json"))).unwrap();
    assert_eq!(hub.verified(1), "digests only");
    assert_eq!(hub.verified(2), "digests only", "it was attacked together with what can no longer be counted");
}

/// What is published is read in SQL as it stands in the files, and what is for inside use by the roles that it is for.
fn answers_in_sql(hub: &Hub<'_>) {
    let question = "select value from release.population where region = 'total' and sex = 'total' and age_band = 'total' \
                    and urban_rural = 'total' and measure = 'persons'";
    let rows = hub.0.sql("statistician", question).unwrap();
    let file = read(&hub.version(1).join("public/csv/population.csv"));
    let line =
        file.lines().find(|line| line.starts_with("2025,total,") && line.contains(",total,total,total,persons,"));
    let value = line.unwrap().split(',').rev().nth(1).unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0]["value"].as_f64(), value.parse().ok(), "{rows:?}");

    let inside = "select count(*) as numbers from restricted.overlap_summary";
    hub.refused(&["sql", "-c", inside], "restricted.overlap_summary is not for the role statistician");
    for role in ["reviewer", "release", "operator"] {
        assert_eq!(hub.0.sql(role, inside).unwrap().len(), 1, "{role}");
    }

    let (questions, out) = (hub.0.hub().join("questions.sql"), hub.0.hub().join("answer.parquet"));
    fs::write(&questions, "select region from release.population;\nselect 1 as one;\n").unwrap();
    let both = hub.done(&["sql", "-f", &text(&questions), "--format", "csv"]);
    assert!(both.stdout.starts_with("region\n") && both.stdout.ends_with("\none\n1\n"), "{}", both.stdout);
    let parquet = ["--format", "parquet", "--out", &text(&out)];
    hub.refused(&[&["sql", "-f", &text(&questions)], &parquet[..]].concat(), "one statement at a time");
    hub.done(&[&["sql", "-c", "select * from release.pension"], &parquet[..]].concat());
    let released = hub.version(1).join("public/data/pension.parquet");
    assert_eq!(rows_of_parquet(&out).unwrap(), rows_of_parquet(&released).unwrap());
    hub.refused(&[&["sql", "-c", "select 1"], &parquet[..]].concat(), "answer.parquet");
}

/// A number leads to its models, rows and deliveries, and a withheld one to its rule.
fn explains_numbers(hub: &Hub<'_>) {
    let asked = |further: &[&str]| -> Value {
        let arguments = [&["explain", "--year", "2025", "--json"], further].concat();
        hub.done(&arguments).json().unwrap()
    };
    let all = asked(&["--table", "population", "--measure", "persons"]);
    assert_eq!((all["status"].as_str(), all["region"].as_str()), (Some("published"), Some("total")));
    let file = read(&hub.version(1).join("public/csv/population.csv"));
    let line = file.lines().find(|line| line.contains(",total,total,")).unwrap();
    assert!(line.contains(&format!(",{},", all["value"].as_str().unwrap())), "{line} {all}");
    let models: Vec<&str> =
        all["models"].as_array().unwrap().iter().map(|model| model["file"].as_str().unwrap()).collect();
    assert_eq!(models.last(), Some(&"80_release/population_cell.sql"), "{models:?}");
    assert!(models.iter().any(|model| model.contains("release_person.sql")), "{models:?}");
    assert!(all["rows"]["elder_register"].as_u64().unwrap() > 100, "{all}");
    assert!(all["deliveries"].as_array().unwrap().iter().all(|delivery| delivery["dataset"] == "elder_register"));

    // The first withheld number that the table has.
    let header: Vec<&str> = file.trim_start_matches('\u{feff}').lines().next().unwrap().split(',').collect();
    let line = file.lines().find(|line| line.ends_with(",suppressed")).unwrap();
    let of = |name: &str| line.split(',').nth(header.iter().position(|column| *column == name).unwrap()).unwrap();
    let codes: Vec<String> =
        ["sex", "age_band", "urban_rural"].iter().map(|dimension| format!("{dimension}={}", of(dimension))).collect();
    let mut arguments = vec!["--table", "population", "--region", of("region"), "--measure", of("measure")];
    arguments.extend(codes.iter().flat_map(|code| ["--code", code.as_str()]));
    let withheld = asked(&arguments);
    assert_eq!((withheld["status"].as_str(), withheld["value"].is_null()), (Some("suppressed"), true));
    assert!(withheld["withheld"]["rule"]["zh"].as_str().is_some_and(|rule| !rule.is_empty()), "{withheld}");
    assert!(withheld["rows"].is_null(), "{withheld}");
    let released = asked(&[&arguments[..], &["--as", "release"]].concat());
    assert!(released["rows"]["elder_register"].as_u64().unwrap() > 0, "{released}");
    let page = hub.done(&[&["explain", "--year", "2025"], &arguments[..]].concat()).stdout;
    assert!(page.contains("规则 / rule:") && page.contains("方法 / method:") && page.contains("sha256"), "{page}");

    for (wrong, said) in [
        (vec!["--table", "populaton", "--measure", "persons"], "the nearest valid one is `population`"),
        (vec!["--table", "population", "--measure", "person"], "the nearest valid one is `persons`"),
        (
            vec!["--table", "population", "--measure", "persons", "--region", "150199"],
            "there is no region `150199`; the nearest",
        ),
        (vec!["--table", "population", "--measure", "persons", "--code", "sexes=1"], "the nearest valid one is `sex`"),
        (
            vec!["--table", "population", "--measure", "persons", "--code", "sex=3"],
            "there is no category `3`; the nearest",
        ),
    ] {
        let arguments = [&["explain", "--year", "2025"], &wrong[..]].concat();
        assert_eq!(hub.asked(&arguments).code, 2);
        hub.refused(&arguments, said);
    }
}
