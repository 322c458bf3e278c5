//! The properties of the rule book: what changes no flag, and on whose rows a flag depends.
//!
//! Every fixture has keys of its own: tokens, and with them ids and the order of rows, differ whenever these tests run.

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;
use sha2::{Digest, Sha256};
use yilian_contract::Kind;
use yilian_demo::{Extract, Offices, PackedExtract, World};

use crate::circles::Circles;
use crate::determinism::unopened_hub;
use crate::extract_rows::{Everybody, Rows, is_about_people};
use crate::findings::{Findings, Tokens, assert_same, findings};
use crate::fixture::{copy_folder, copy_of, new_folder, pack_options, run_options, shared};
use crate::gaps::open_flags;
use crate::resealed::SCHEMAS;
use crate::strangers::strangers;

const CITY: &str = "1501";
const COUNTY: &str = "150104";

#[test]
fn strangers_bring_findings_of_their_own_and_change_nobody_elses() {
    let everybody = Everybody::invented();
    let before = findings(&shared().offices);
    let open = open_flags(&shared().offices);
    let strangers = strangers(&everybody, &before);
    let (offices, folder) = (copy_of(&shared().offices, "strangers"), new_folder("strangers_extracts"));
    let mut extracts = Vec::new();
    for (extract, rows) in &everybody.extracts {
        let mut with_strangers = rows.clone();
        for (owner, row) in everybody.owners.rows_of(extract, rows) {
            with_strangers.rows.extend(strangers.get(owner).map(|stranger| stranger.row_like(row, &everybody.owners)));
        }
        if with_strangers.rows.len() > rows.rows.len() {
            extracts.push(with_strangers.write(&folder, extract, &extract.period));
        }
    }
    deliver(&offices, &pack(&offices, extracts));

    let (known, tokens) = (Tokens::of(&shared().offices), Tokens::of(&offices));
    let mut wanted = before.clone();
    for (like, stranger) in &strangers {
        let findings = before[&known.hex(like).unwrap()].clone();
        wanted.insert(tokens.hex(&stranger.id_number).unwrap(), findings);
    }
    assert_eq!(wanted.len(), before.len() + strangers.len());
    assert_same(&findings(&offices), &wanted);
    assert!(open.is_subset(&open_flags(&offices)), "a flag has lost its id");
}

#[test]
fn a_further_health_service_record_of_everybody_changes_no_finding() {
    let everybody = Everybody::invented();
    let (offices, folder) = (copy_of(&shared().offices, "health_service"), new_folder("health_service_extract"));
    let is_health_service = |(extract, _): &&(Extract, Rows)| extract.dataset == "health_service";
    let (extract, rows) = everybody.extracts.iter().find(is_health_service).unwrap();
    let year = rows.column(&["year", "年度"]).unwrap();
    let mut doubled = rows.clone();
    doubled.rows.extend(rows.rows.iter().cloned().map(|mut row| {
        "2024".clone_into(&mut row[year]);
        row
    }));
    let packed = pack(&offices, vec![doubled.write(&folder, extract, &extract.period)]);
    assert!(packed[0].report.counts.delivered > 2_000, "{:?}", packed[0].report.counts);
    deliver(&offices, &packed);

    assert_same(&findings(&offices), &findings(&shared().offices));
    assert_eq!(open_flags(&offices), open_flags(&shared().offices));
}

#[test]
fn months_whose_bookings_come_in_two_deliveries_have_the_same_findings() {
    let everybody = Everybody::invented();
    let (offices, folder) = (copy_of(&shared().offices, "two_parts"), new_folder("two_parts_extracts"));
    let mut extracts = Vec::new();
    for (extract, rows) in everybody.extracts.iter().filter(|(extract, _)| is_of_events(extract)) {
        for (month, last_day) in [("2025-05", "2025-05-31"), ("2025-12", "2025-12-31")] {
            if extract.period == month && rows.rows.len() > 1 {
                let [even, odd] = rows.parted(|number, _| number % 2 == 0);
                extracts.push(even.write(&folder, extract, month));
                extracts.push(odd.write(&folder, extract, last_day));
            }
        }
    }
    assert!(extracts.len() > 30, "only {} parts prove nothing", extracts.len());
    deliver(&offices, &pack(&offices, extracts));

    assert_same(&findings(&offices), &findings(&shared().offices));
    assert_eq!(open_flags(&offices), open_flags(&shared().offices));
}

#[test]
fn a_year_of_bookings_in_one_delivery_has_the_findings_of_its_twelve_months() {
    let everybody = Everybody::invented();
    let (offices, folder) = (unopened_hub("whole_year"), new_folder("whole_year_extracts"));
    let mut years: BTreeMap<&str, (&Extract, Rows)> = BTreeMap::new();
    for (extract, rows) in everybody.extracts.iter().filter(|(extract, _)| is_of_events(extract)) {
        let empty = Rows { header: rows.header.clone(), rows: Vec::new() };
        let (_, year) = years.entry(&extract.dataset).or_insert((extract, empty));
        year.rows.extend(rows.rows.iter().cloned());
    }
    let yearly = years.values().map(|(like, rows)| rows.write(&folder, like, "2025")).collect();
    let mut packed = pack(&offices, yearly);
    packed.extend(packed_before(|extract| !is_of_events(extract)));
    deliver(&offices, &packed);

    assert_same(&findings(&offices), &findings(&shared().offices));
}

#[test]
fn a_county_that_delivers_its_own_share_has_the_findings_of_the_citys_delivery() {
    const SHARED: [(&str, &[&str]); 3] = [
        ("elder_register", &["residence_region", "常住地区划", "居住地"]),
        ("assistance_roll", &["region", "发放区划"]),
        ("benefit_payment", &["region", "发放区划"]),
    ];
    let everybody = Everybody::invented();
    let (offices, folder) = (copy_of(&shared().offices, "county"), new_folder("county_extracts"));
    let office = set_up_county_office(&offices, &SHARED.map(|(dataset, _)| dataset));
    let mut extracts = Vec::new();
    for (extract, rows) in &everybody.extracts {
        if let Some((_, headers)) = SHARED.iter().find(|(dataset, _)| *dataset == extract.dataset) {
            let region = rows.column(headers).unwrap();
            let [of_county, of_others] = rows.parted(|_, row| row[region].starts_with(COUNTY));
            extracts.push(of_others.write(&folder, extract, &extract.period));
            let as_county = Extract { department: office.clone(), ..extract.clone() };
            extracts.push(of_county.write(&folder, &as_county, &extract.period));
        }
    }
    deliver(&offices, &pack(&offices, extracts));

    assert_same(&findings(&offices), &findings(&shared().offices));
    assert_eq!(open_flags(&offices), open_flags(&shared().offices));
}

#[test]
fn deliveries_in_any_order_over_several_runs_come_to_the_same_findings() {
    /// How many deliveries the first run of three has: few, so that later ones meet people whom hardly anybody knew.
    const FIRST: usize = 10;
    let wanted = findings(&shared().offices);
    for seed in ["first", "second"] {
        let offices = unopened_hub(&format!("shuffled_{seed}"));
        let mut packed = shared().packed.clone();
        packed.sort_by_key(|PackedExtract { extract, .. }| {
            Sha256::digest(format!("{seed} {} {}", extract.dataset, extract.period))
        });
        let (early, later) = packed.split_at(FIRST);
        let (late, last) = later.split_at(later.len() / 2);
        for part in [early, late, last] {
            deliver(&offices, part);
        }
        assert_same(&findings(&offices), &wanted);
        let taken_back = "select flag_id from hub.flag_record where is_gone";
        assert!(!offices.sql("operator", taken_back).unwrap().is_empty(), "{seed}: no run judged on less than all");
    }
}

/// Households and namesakes stay together: a home is adapted for all who live there, and a row without a number is
/// linked by a name that one person alone bears.
#[test]
fn the_findings_of_two_halves_of_the_people_are_the_findings_of_all() {
    let everybody = Everybody::invented();
    let circles = Circles::of(&everybody);
    let (mut of_all, tokens) = (findings(&shared().offices), Tokens::of(&shared().offices));
    for half in [0, 1] {
        let is_here = |person: &str| Sha256::digest(circles.lowest(person))[0] % 2 == half;
        let (offices, folder) = (unopened_hub(&format!("half_{half}")), new_folder(&format!("half_{half}_extracts")));
        let extracts = everybody.extracts.iter().map(|(extract, rows)| {
            let owned = everybody.owners.rows_of(extract, rows).into_iter();
            let here = owned.filter(|(owner, _)| is_here(owner)).map(|(_, row)| row.clone()).collect();
            Rows { header: rows.header.clone(), rows: here }.write(&folder, extract, &extract.period)
        });
        let mut packed = pack(&offices, extracts.collect());
        packed.extend(packed_before(|extract| !is_about_people(extract)));
        deliver(&offices, &packed);

        let here = everybody.owners.people().iter().filter(|person| is_here(person));
        let wanted: Findings = here.filter_map(|person| of_all.remove_entry(&tokens.hex(person)?)).collect();
        assert!(wanted.len() > 800, "half of the people are {}", wanted.len());
        assert_same(&findings(&offices), &wanted);
    }
    assert!(of_all.is_empty(), "{} people are in neither half", of_all.len());
}

/// An office of a county, with keys of its own and the link key of all; returns the name of its folder.
fn set_up_county_office(offices: &Offices, datasets: &[&str]) -> String {
    let name = format!("{COUNTY}.civil_affairs");
    let (city, county) = (offices.department("civil_affairs"), offices.department(&name));
    copy_folder(&city, &county);
    for folder in ["records", "out"] {
        fs::remove_dir_all(county.join(folder)).unwrap();
        fs::create_dir(county.join(folder)).unwrap();
    }
    let settings = fs::read_to_string(county.join("dept.yaml")).unwrap();
    fs::write(county.join("dept.yaml"), settings.replace(&format!("\"{CITY}\""), &format!("\"{COUNTY}\""))).unwrap();
    fs::remove_file(county.join("keys/sign.key")).unwrap();
    fs::remove_file(county.join("keys/sign.pub")).unwrap();
    let (county, hub) = (county.display().to_string(), offices.hub().display().to_string());
    let programs = offices.programs();
    programs.run("yilian-dept", ["keys", "new", "--use", "sign", "--site", &county]).unwrap();
    let keys: Value =
        programs.run("yilian-dept", ["keys", "check", "--site", &county, "--json"]).unwrap().json().unwrap();
    let key = |name: &str| keys[name].as_str().unwrap().to_owned();
    let (signature, link, datasets) = (key("sign"), key("link"), datasets.join(","));
    let office = ["--place", COUNTY, "--department", "civil_affairs", "--datasets", &datasets];
    let keys = ["--signature-key", &signature, "--link-key", &link, "--site", &hub];
    programs.run("yilian", ["senders", "add"].into_iter().chain(office).chain(keys)).unwrap();
    name
}

fn is_of_events(extract: &Extract) -> bool {
    is_about_people(extract) && SCHEMAS.dataset(&extract.dataset).unwrap().kind == Kind::Events
}

fn pack(offices: &Offices, extracts: Vec<Extract>) -> Vec<PackedExtract> {
    offices.pack_all(&World { place: CITY.to_owned(), extracts }, &pack_options()).unwrap()
}

/// The deliveries of the shared hub of some extracts.
fn packed_before(is_wanted: impl Fn(&Extract) -> bool) -> impl Iterator<Item = PackedExtract> {
    shared().packed.iter().filter(move |packed| is_wanted(&packed.extract)).cloned()
}

/// Lets the hub receive deliveries and run.
fn deliver(offices: &Offices, packed: &[PackedExtract]) {
    offices.hand_over(packed).unwrap();
    offices.receive().unwrap().nothing_refused().unwrap();
    offices.run(&run_options(&[])).unwrap();
}
