//! Extracts written by another hand, with what a plain reading of the rules expects of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde_json::Value;
use yilian_demo::{Flag, Offices, People, Published, World, flags};

use crate::fixture::{chain, new_folder, set_up};

/// The rules of which every required pair must be flagged.
const RULES: [&str; 12] = ["X01", "X02", "X05", "X06", "X07", "X08", "X14", "X16", "X24", "X27", "X28", "X35"];

/// The rule whose pairs in `expected.json` name no month.
const WITHOUT_MONTH: &str = "X27";

/// Rule, person, month as `YYYYMM` (empty where the rule names none).
type Pair = (String, i64, String);

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("worlds").join("a")
}

fn expected() -> Value {
    serde_json::from_str(&fs::read_to_string(folder().join("expected.json")).unwrap()).unwrap()
}

fn hub() -> &'static Offices {
    static HUB: OnceLock<Offices> = OnceLock::new();
    HUB.get_or_init(|| {
        let world = World::in_folders(&folder().join("raw"), "150104").unwrap();
        let offices = set_up(&new_folder("world_a"), &world);
        chain(&offices, &world);
        offices
    })
}

#[test]
fn every_required_pair_is_flagged_and_nothing_beyond_the_optional_ones() {
    let offices = hub();
    let expected = expected();
    let people = People::open(offices).unwrap();
    let flagged = flagged_pairs(&flags(&Published::newest(&offices.store()).unwrap()).unwrap());
    let required = pairs(&expected["required"], &people);
    let optional = pairs(&expected["optional"], &people);
    let judged: BTreeSet<&String> = required.iter().chain(&optional).map(|(rule, ..)| rule).collect();

    let missed: Vec<&Pair> =
        required.iter().filter(|pair| RULES.contains(&pair.0.as_str()) && !flagged.contains(*pair)).collect();
    let wrong: Vec<&Pair> = flagged
        .iter()
        .filter(|pair| judged.contains(&pair.0) && !required.contains(*pair) && !optional.contains(*pair))
        .collect();
    assert!(missed.is_empty(), "{} required pairs are not flagged: {missed:?}", missed.len());
    assert!(wrong.is_empty(), "{} flagged pairs are neither required nor optional: {wrong:?}", wrong.len());
}

#[test]
fn every_repeated_payment_number_is_dropped_once() {
    let rows = hub()
        .sql(
            "operator",
            "select benefit, sum(extra_rows) as rows from hub.duplicate_payment where kind = 'repeat' group by benefit",
        )
        .unwrap();
    let dropped: BTreeMap<String, u64> =
        rows.iter().map(|row| (format!("{}/repeat", text(row, "benefit")), number(row, "rows"))).collect();
    let wanted: BTreeMap<String, u64> = serde_json::from_value(expected()["dropped"].clone()).unwrap();
    assert_eq!(dropped, wanted);
}

/// A name alone makes nobody a recipient.
#[test]
fn recipients_in_december_agree() {
    let expected = expected();
    let rows = hub()
        .sql(
            "operator",
            "select benefit, count(distinct person_id) as people from hub.benefit_month \
             where month = date '2025-12-01' and held and link_grade <> 'name' group by benefit",
        )
        .unwrap();
    let found: BTreeMap<String, u64> = rows.iter().map(|row| (text(row, "benefit"), number(row, "people"))).collect();
    let wanted: BTreeMap<String, u64> = serde_json::from_value(expected["december_recipients"].clone()).unwrap();
    for (benefit, people) in wanted {
        assert_eq!(found.get(&benefit), Some(&people), "recipients of {benefit}");
    }
    let rows = hub()
        .sql(
            "operator",
            "select count(distinct person_id) as people from hub.benefit_month \
             where month = date '2025-12-01' and held and link_grade <> 'name' and benefit in ('MZ01', 'MZ02', 'MZ03', 'MZ04')",
        )
        .unwrap();
    let old_age: u64 = ["MZ01", "MZ02", "MZ03", "MZ04"].iter().filter_map(|benefit| found.get(*benefit)).sum();
    assert_eq!(Some(old_age), expected["sum_of_rolls"].as_u64());
    assert_eq!(Some(number(&rows[0], "people")), expected["distinct_persons"].as_u64());
}

#[test]
fn the_population_of_the_person_table_agrees() {
    let rows = hub()
        .sql(
            "operator",
            "select residence_county, sex, birth_month, death_status, death_month from hub.person where in_register",
        )
        .unwrap();
    let mut found: BTreeMap<(String, String, String), u64> = BTreeMap::new();
    for row in rows.iter().filter(|row| text(row, "death_status") == "alive" || died_later(row)) {
        let key = (text(row, "residence_county"), text(row, "sex"), band(&text(row, "birth_month")));
        *found.entry(key).or_default() += 1;
    }
    assert_eq!(found, population());
}

#[test]
fn published_population_cells_are_equal_or_withheld() {
    let rows = hub()
        .sql(
            "reviewer",
            "select region, sex, age_band, cast(cast(value as bigint) as varchar) as value, status \
             from statistics.population where base = 'residence' and year = 2025",
        )
        .unwrap();
    let expected = population();
    let mut equal = 0;
    for row in &rows {
        let (region, sex, band) = (text(row, "region"), text(row, "sex"), text(row, "age_band"));
        let fits = |key: &(String, String, String)| {
            (region == "total" || key.0 == region)
                && (sex == "total" || key.1 == sex)
                && (band == "total" || key.2 == band)
        };
        let people: u64 = expected.iter().filter(|(key, _)| fits(key)).map(|(_, people)| people).sum();
        match text(row, "status").as_str() {
            "published" | "zero" => {
                assert_eq!(text(row, "value"), people.to_string(), "{region} {sex} {band}");
                equal += 1;
            }
            "suppressed" => assert_eq!(text(row, "value"), "", "a withheld cell has a value: {region} {sex} {band}"),
            status => panic!("{region} {sex} {band} is {status}"),
        }
    }
    assert!(equal > 50, "only {equal} of {} cells are published", rows.len());
}

#[test]
fn the_published_old_age_subsidy_counts_the_living() {
    let living = "p.death_status in ('alive', 'death_unconfirmed') or p.death_month > date '2025-12-31'";
    let slow = hub()
        .sql(
            "operator",
            &format!(
                "select count(*) as rolls, count(distinct b.person_id) as people from \
                 (select distinct person_id, benefit from hub.benefit_month where month = date '2025-12-01' and held \
                 and link_grade <> 'name' and benefit in ('MZ01', 'MZ02', 'MZ03', 'MZ04')) b \
                 join hub.person p on p.person_id = b.person_id where {living}"
            ),
        )
        .unwrap();
    let published = hub()
        .sql(
            "reviewer",
            "select roll, cast(cast(value as bigint) as varchar) as value from statistics.old_age_subsidy \
             where year = 2025 and region = 'total' and measure = 'persons' and status = 'published'",
        )
        .unwrap();
    let total = |roll: &str| published.iter().find(|row| text(row, "roll") == roll).map(|row| text(row, "value"));
    assert_eq!(total("sum_of_rolls"), Some(number(&slow[0], "rolls").to_string()));
    assert_eq!(total("distinct_persons"), Some(number(&slow[0], "people").to_string()));
}

fn population() -> BTreeMap<(String, String, String), u64> {
    let cells: Vec<(String, String, String, u64)> = serde_json::from_value(expected()["population"].clone()).unwrap();
    cells.into_iter().map(|(county, sex, band, people)| ((county, sex, band), people)).collect()
}

fn died_later(row: &Value) -> bool {
    text(row, "death_month").as_str() > "2025-12-31"
}

/// The five-year band at the end of 2025, from a date `YYYY-MM-DD` of the birth month.
fn band(birth_month: &str) -> String {
    let year: i32 = birth_month.get(..4).and_then(|year| year.parse().ok()).unwrap();
    let age = 2025 - year;
    if age >= 100 { "100+".to_owned() } else { format!("{}-{}", age / 5 * 5, age / 5 * 5 + 4) }
}

fn pairs(lists: &Value, people: &People) -> BTreeSet<Pair> {
    let lists: BTreeMap<String, Vec<(String, String)>> = serde_json::from_value(lists.clone()).unwrap();
    let mut pairs = BTreeSet::new();
    for (rule, list) in lists {
        for (id_number, month) in list {
            // A person whom the hub has never seen keeps an id that no flag has, so that a required pair is missed.
            let person = people.person_id(&id_number).unwrap_or(-1);
            pairs.insert((rule.clone(), person, month));
        }
    }
    pairs
}

fn flagged_pairs(flags: &[Flag]) -> BTreeSet<Pair> {
    flags
        .iter()
        .flat_map(Flag::pairs)
        .map(|pair| {
            let month = pair.month.format("%Y%m").to_string();
            let month = if pair.rule_id == WITHOUT_MONTH { String::new() } else { month };
            (pair.rule_id, pair.person_id, month)
        })
        .collect()
}

fn text(row: &Value, column: &str) -> String {
    row[column].as_str().unwrap_or_default().to_owned()
}

/// A whole number, which JSON may carry as a number or, where it is a decimal, as text.
fn number(row: &Value, column: &str) -> u64 {
    let value = &row[column];
    value.as_u64().or_else(|| value.as_str().and_then(|text| text.parse().ok())).unwrap()
}
