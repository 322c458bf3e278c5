//! The privacy reviewer's report on sound sites, and on sites that were broken in every way that it must name.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, FixedSizeBinaryArray, Int64Array, RecordBatch, StringArray};
use arrow::buffer::{NullBuffer, ScalarBuffer};
use arrow::ipc::writer::FileWriter;
use parquet::arrow::ArrowWriter;
use serde_json::Value;
use sha2::{Digest, Sha256};
use yilian_delivery::Description;
use yilian_demo::{Finished, Offices, RunOptions, Setup, World};

use crate::fixture::{AS_OF, chain, copy_of, new_folder, pack_options, programs, run_options, shared};
use crate::resealed::{Change, resealed};

const ID: &str = "159901193911041234";

#[test]
fn a_sound_world_with_hmac_sha_256_passes() {
    let finished = review(&shared().offices, "sound");
    assert_eq!(finished.code, 0, "{}{}", finished.stdout, finished.stderr);
    let report = report("sound");
    assert_eq!(report["known_answers"].as_array().unwrap().len(), 20);
    assert_eq!(report["deliveries"].as_array().unwrap().len(), shared().packed.len());
    assert!(report["residue"]["files"].as_u64().unwrap() > shared().packed.len() as u64);
    assert!(report["columns"].as_array().unwrap().len() > 200);
    let canary_rows = |dataset: &str| {
        let mut lines = report["deliveries"].as_array().unwrap().iter();
        lines.find(|line| line["file"].as_str().unwrap().contains(dataset)).unwrap()["canary_rows"].as_u64().unwrap()
    };
    assert!(canary_rows("elder_register") > 0 && canary_rows(".facility.") == 0);
    let page = fs::read_to_string(folder("sound").join("review.html")).unwrap();
    assert!(page.contains("未发现问题") && page.contains("openssl dgst -sha256"));
    assert!(!page.contains("http"), "the page needs something from outside");
    assert_eq!(measured(&report), expected_rates());
    assert!(!report["anonymity"]["diversity"].as_array().unwrap().is_empty());
    let stores = report["stores"].as_array().unwrap();
    assert!(stores.iter().any(|store| store["store"] == "deliveries" && store["oldest"] == "2025-01-31"), "{stores:?}");
    assert!(stores.iter().all(|store| store["overdue"] == 0), "{stores:?}");
    let tables = |role: &str| {
        let reader = report["readers"].as_array().unwrap().iter().find(|reader| reader["role"] == role).unwrap();
        reader["tables"].as_array().unwrap().iter().map(|table| table.as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert!(tables("operator").contains(&"hub.person".to_owned()));
    assert!(tables("reviewer").iter().any(|table| table.starts_with("statistics.")));
    assert!(tables("statistician").iter().all(|table| table.starts_with("release.") || table.starts_with("micro.")));
}

/// Every measure with its dimensions.
fn measured(report: &Value) -> BTreeSet<(String, String)> {
    let text = |rate: &Value, name: &str| rate[name].as_str().unwrap().to_owned();
    let rates = report["fairness"].as_array().unwrap();
    rates.iter().map(|rate| (text(rate, "measure"), text(rate, "dimension"))).collect()
}

fn expected_rates() -> BTreeSet<(String, String)> {
    let of_people = ["flagged", "confirmed", "lacking", "unlinked"].into_iter().flat_map(|measure| {
        ["sex", "age_band", "urban_rural", "id_quality"].map(|dimension| (measure.to_owned(), dimension.to_owned()))
    });
    let of_rows = ["department", "dataset"].map(|dimension| ("rejected".to_owned(), dimension.to_owned()));
    of_people.chain(of_rows).collect()
}

#[test]
fn what_is_kept_for_too_long_is_named_until_it_is_pruned() {
    let offices = copy_of(&shared().offices, "review_retention");
    let run = |day: &str| offices.run(&RunOptions { as_of: day.to_owned(), ..run_options(&[]) }).unwrap();
    run("2026-03-01");
    let overdue = |day: &str| {
        let (out, hub) = (text(&new_folder("review_of_retention")), text(&offices.hub()));
        programs().try_run("yilian", ["review", "--out", &out, "--as-of", day, "--site", &hub, "--json"]).unwrap();
        let report = report("retention");
        let stores = report["stores"].as_array().unwrap().clone();
        let overdue = stores.iter().filter(|store| store["overdue"] != 0).map(|store| store["store"].clone());
        (overdue.collect::<Vec<_>>(), codes("retention").contains("retention"), report["deletions"].clone())
    };
    assert_eq!(overdue("2026-03-01").0, Vec::<Value>::new());
    let (late, is_fault, _) = overdue("2028-06-01");
    assert_eq!(late, ["deliveries", "publications", "runs", "parcels"]);
    assert!(is_fault);
    let hub = text(&offices.hub());
    programs().run("yilian", ["prune", "--as-of", "2028-06-01", "--site", &hub]).unwrap();
    let (late, is_fault, deletions) = overdue("2028-06-01");
    assert_eq!((late, is_fault), (Vec::new(), false));
    assert!(deletions["retired"].as_u64() > deletions["kept_for_numbers"].as_u64(), "{deletions}");
    assert!(deletions["kept_for_numbers"].as_u64() > Some(0), "{deletions}");
}

#[test]
fn a_stored_delivery_that_cannot_be_opened_is_a_fault_and_the_others_are_reviewed() {
    let offices = copy_of(&shared().offices, "review_unreadable");
    let packed = &shared().packed[..2];
    let stored =
        |at: usize| offices.store().join(format!("deliveries/{}.tar.age", packed[at].report.delivery_id.as_str()));
    let whole = fs::read(stored(0)).unwrap();
    fs::write(stored(0), &whole[..whole.len() / 2]).unwrap();
    fs::remove_file(stored(1)).unwrap();
    assert_eq!(review(&offices, "unreadable").code, 1);
    let report = report("unreadable");
    let unreadable = report["faults"].as_array().unwrap().iter().filter(|fault| fault["code"] == "delivery_unreadable");
    assert_eq!(unreadable.count(), 2);
    assert_eq!(report["deliveries"].as_array().unwrap().len(), shared().packed.len() - 2);
}

#[test]
fn a_superseded_delivery_should_be_gone_at_once() {
    let offices = copy_of(&shared().offices, "review_superseded");
    reseal(&offices, "benefit_payment", "superseding", &RecordBatch::clone, &|_| {});
    offices.run(&RunOptions { as_of: "2026-03-01".to_owned(), ..run_options(&[]) }).unwrap();
    let hub = text(&offices.hub());
    let overdue = || {
        let out = text(&new_folder("review_of_superseded"));
        let arguments = ["review", "--out", &out, "--as-of", "2026-03-01", "--site", &hub, "--json"];
        let code = programs().try_run("yilian", arguments).unwrap().code;
        let stores = report("superseded")["stores"].as_array().unwrap().clone();
        let overdue = stores.iter().filter(|store| store["overdue"] != 0);
        (code, overdue.map(|store| store["store"].as_str().unwrap().to_owned()).collect::<Vec<_>>())
    };
    assert_eq!(overdue(), (1, vec!["deliveries".to_owned(), "staged".to_owned()]));
    programs().run("yilian", ["prune", "--as-of", "2026-03-01", "--site", &hub]).unwrap();
    assert_eq!(overdue(), (0, Vec::new()));
}

#[test]
fn a_sound_world_with_hmac_sm3_passes() {
    let (offices, world) = small_world("hsm3", "HSM3", |_| {});
    chain(&offices, &world);
    let finished = review(&offices, "hsm3_report");
    assert_eq!(finished.code, 0, "{}{}", finished.stdout, finished.stderr);
}

#[test]
fn a_department_with_another_key_stops_the_run_and_is_named() {
    let (offices, world) = small_world("another_key", "HS256", |offices| {
        fs::remove_file(offices.link_key("health")).unwrap();
        let health = text(&offices.department("health"));
        offices.programs().run("yilian-dept", ["keys", "new", "--use", "link", "--site", &health]).unwrap();
        let check = offices.programs().run("yilian-dept", ["keys", "check", "--site", &health, "--json"]).unwrap();
        register_for_health(offices, check.json::<Value>().unwrap()["link"].as_str().unwrap());
    });
    let packed = offices.pack_all(&world, &pack_options()).unwrap();
    offices.hand_over(&packed).unwrap();
    offices.receive().unwrap().nothing_refused().unwrap();
    let run = offices.try_run(&run_options(&[])).unwrap();
    assert_eq!(run.code, 1, "{}", run.stdout);
    assert!(run.stderr.contains("1501 health: 0 of ") && run.stderr.contains("hint: ask the office"), "{}", run.stderr);
    assert!(!offices.store().join("publications").exists(), "something was published");
    let finished = review(&offices, "another_key_report");
    assert_eq!(finished.code, 1);
    let codes = codes("another_key_report");
    assert!(codes.contains("keys_differ") && codes.contains("mis_key"), "{codes:?}");
}

#[test]
fn every_fault_of_a_broken_world_is_named() {
    let offices = copy_of(&shared().offices, "broken");
    assert_eq!(review(&offices, "before_broken").code, 0);
    let canary = |name: &'static str, token: String| {
        move |description: &mut Description| {
            description.canaries.insert(name.to_owned(), token.clone());
        }
    };
    let unkeyed = hex::encode(Sha256::digest(ID));
    let kept = "ab".repeat(32);
    for (dataset, name, change) in [
        ("death_certificate", "lower", canary("lower_case_x", kept)),
        ("enrolment", "fifteen", canary("fifteen_digits", "none".to_owned())),
        ("disability_certificate", "unkeyed", canary("plain", unkeyed)),
    ] {
        reseal(&offices, dataset, name, &RecordBatch::clone, &change);
    }
    reseal(&offices, "elder_register", "truncated", &truncated, &|_| {});
    let twice = |rows: &RecordBatch| arrow::compute::concat_batches(&rows.schema(), [rows, rows]).unwrap();
    reseal(&offices, "ltci_assessment", "twice", &twice, &|_| {});
    offices.receive().unwrap().nothing_refused().unwrap();
    let published = offices.store().join("runs/0123456789abcdef/statistics");
    fs::create_dir_all(&published).unwrap();
    hide_in_dictionary(&published.join("hidden.parquet"));
    hide_under_null(&published.join("withheld.arrow"));

    assert_eq!(offices.try_run(&run_options(&[])).unwrap().code, 1, "the run was published");
    let sound = report("before_broken");
    assert!(sound["changes"].is_null(), "there was a report before the first");
    assert_eq!(since(&offices, "broken_report", &folder("before_broken").join("review.json")).code, 1);
    let changes = report("broken_report")["changes"]["found"].as_array().unwrap().clone();
    assert!(changes.iter().any(|change| change["section_en"] == "fault" && change["before"].is_null()));
    let codes = codes("broken_report");
    for code in [
        "canary_not_canonical",
        "canary_without_token",
        "canary_unkeyed",
        "canary_row_missing",
        "canary_row_repeated",
        "token_truncated",
        "id_number",
        "value_under_null",
    ] {
        assert!(codes.contains(code), "{code} is not among {codes:?}");
    }
    let written = fs::read_to_string(folder("broken_report").join("review.json")).unwrap();
    assert!(!written.contains(ID), "the report repeats what it found");
}

/// Extracts of 2,000 people and offices that have not packed them; `change` is what is wrong with the offices.
fn small_world(name: &str, algorithm: &str, change: impl Fn(&Offices)) -> (Offices, World) {
    let root = new_folder(name);
    let invented = root.join("invented");
    let arguments = ["--persons", "2000", "--seed", "1", "--year", "2025", "--out", &text(&invented)];
    programs().run("yilian-synth", arguments).unwrap();
    let world = World::generated(&invented).unwrap();
    let setup = Setup { place: world.place.clone(), algorithm: algorithm.to_owned() };
    let offices = Offices::set_up(&programs(), &root.join("offices"), &setup).unwrap();
    change(&offices);
    (offices, world)
}

/// Puts another check value into the hub's settings of the health department's office.
fn register_for_health(offices: &Offices, check_value: &str) {
    let file = offices.hub().join("site.yaml");
    let settings = fs::read_to_string(&file).unwrap();
    let (before, health) = settings.split_once("department: health").unwrap();
    let (keys, after) = health.split_once("check_value: ").unwrap();
    let rest = after.split_once('\n').unwrap().1;
    fs::write(&file, format!("{before}department: health{keys}check_value: \"{check_value}\"\n{rest}")).unwrap();
}

fn reseal(
    offices: &Offices,
    dataset: &str,
    name: &str,
    rows: &dyn Fn(&RecordBatch) -> RecordBatch,
    description: &dyn Fn(&mut Description),
) {
    let packed = shared().packed.iter().find(|packed| packed.extract.dataset == dataset).unwrap();
    let change = Change { name: &format!("review_{name}"), rows, description };
    let file = resealed(offices, &packed.report.delivery, &change);
    fs::copy(&file, offices.inbox().join(file.file_name().unwrap())).unwrap();
}

/// Person tokens of which the second half is gone.
fn truncated(rows: &RecordBatch) -> RecordBatch {
    let at = rows.schema().index_of("person_token").unwrap();
    let tokens = rows.column(at).as_any().downcast_ref::<FixedSizeBinaryArray>().unwrap();
    let cut = tokens.iter().map(|token| token.map(|token| [&token[..16], &[0; 16]].concat()));
    let cut = FixedSizeBinaryArray::try_from_sparse_iter_with_size(cut, 32).unwrap();
    let mut columns = rows.columns().to_vec();
    columns[at] = Arc::new(cut);
    RecordBatch::try_new(rows.schema(), columns).unwrap()
}

fn hide_in_dictionary(path: &Path) {
    let column: ArrayRef = Arc::new(StringArray::from(vec!["150104", ID, "150104"]));
    let batch = RecordBatch::try_from_iter([("county", column)]).unwrap();
    let mut writer = ArrowWriter::try_new(fs::File::create(path).unwrap(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

fn hide_under_null(path: &Path) {
    let nulls = NullBuffer::from(vec![true, false]);
    let column: ArrayRef = Arc::new(Int64Array::new(ScalarBuffer::from(vec![12, 3]), Some(nulls)));
    let batch = RecordBatch::try_from_iter([("persons", column)]).unwrap();
    let mut writer = FileWriter::try_new(fs::File::create(path).unwrap(), &batch.schema()).unwrap();
    writer.write(&batch).unwrap();
    writer.finish().unwrap();
}

fn review(offices: &Offices, name: &str) -> Finished {
    let out = new_folder(&format!("review_of_{name}"));
    programs()
        .try_run(
            "yilian",
            ["review", "--out", &text(&out), "--as-of", AS_OF, "--site", &text(&offices.hub()), "--json"],
        )
        .unwrap()
}

fn since(offices: &Offices, name: &str, earlier: &Path) -> Finished {
    let (out, hub, earlier) = (text(&new_folder(&format!("review_of_{name}"))), text(&offices.hub()), text(earlier));
    programs()
        .try_run("yilian", ["review", "--out", &out, "--since", &earlier, "--as-of", AS_OF, "--site", &hub, "--json"])
        .unwrap()
}

fn folder(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("yilian").join(format!("review_of_{name}"))
}

fn report(name: &str) -> Value {
    serde_json::from_slice(&fs::read(folder(name).join("review.json")).unwrap()).unwrap()
}

fn codes(name: &str) -> BTreeSet<String> {
    report(name)["faults"].as_array().unwrap().iter().map(|fault| fault["code"].as_str().unwrap().to_owned()).collect()
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
