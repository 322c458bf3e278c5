//! What is counted and answered, against a slow obvious count of the same invented people.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::world::{Benefit, Dice, Person, catalogue, people, write, year};
use proptest::prelude::*;
use yilian_disclosure::Status as Fate;
use yilian_micro::{Answered, Catalogue, Measure, MicroError, MicroYear, Shape, Status};
use yilian_release::{EarlierVersion, Region, RegionLevel, ReleasedRow, ReleasedTable};

/// No noise is larger, in people.
const BOUND: i64 = 20;
const THRESHOLD: i64 = 10;

fn benefits(people: &[Person], dice: &mut Dice) -> Vec<Benefit> {
    let mut rows = Vec::new();
    for (person, _) in people.iter().enumerate() {
        for benefit in ["MZ01", "MZ05", "RS02"] {
            if dice.roll(3) == 0 {
                continue;
            }
            for month in 1..=u32::try_from(dice.roll(12)).unwrap() {
                let amount = (benefit != "MZ05").then(|| i64::try_from(dice.roll(90_000)).unwrap());
                rows.push(Benefit { person, code: benefit, month, amount });
            }
        }
    }
    rows
}

fn shape(catalogue: &Catalogue, tables: &[&str], columns: &[&str]) -> Shape {
    let table = |name: &&str| catalogue.tables.iter().position(|table| table.name == **name).unwrap();
    let column = |name: &&str| catalogue.level(name).unwrap();
    Shape::new(&tables.iter().map(table).collect::<BTreeSet<_>>(), &columns.iter().map(column).collect::<BTreeSet<_>>())
}

fn ask(year: &MicroYear, shape: &Shape, measure: Measure) -> Vec<Answered> {
    year.answers(shape, measure, &AtomicBool::new(false)).unwrap()
}

/// The codes of a cell by column.
fn codes(catalogue: &Catalogue, shape: &Shape, cell: usize) -> BTreeMap<String, String> {
    let categories = shape.grid(catalogue).categories(cell);
    let code = |((dimension, level), category): (&(usize, usize), usize)| {
        let level = &catalogue.dimensions[*dimension].levels[*level];
        (level.column.clone(), level.categories[category].code.clone())
    };
    shape.dimensions().iter().zip(categories).map(code).collect()
}

/// Whether a person has these codes; the age group is told from the band by its first year.
fn has(person: &Person, codes: &BTreeMap<String, String>) -> bool {
    codes.iter().all(|(column, code)| match column.as_str() {
        "benefit" | "month" => true,
        "county" => person["region"] == *code,
        "age_group" => match person["age_band"].as_str() {
            "60-64" | "65-69" => code == "60-69",
            "70-74" | "75-79" => code == "70-79",
            _ => code == "80+",
        },
        column => person[column] == *code,
    })
}

fn is_row(row: &Benefit, codes: &BTreeMap<String, String>) -> bool {
    codes.get("benefit").is_none_or(|benefit| *benefit == row.code)
        && codes.get("month").is_none_or(|month| *month == row.month.to_string())
}

/// Money of this benefit is nobody's own: its rows have none, and everybody may know that.
fn is_without_money(codes: &BTreeMap<String, String>) -> bool {
    codes.get("benefit").is_some_and(|benefit| benefit == "MZ05")
}

fn near(answer: Answered, truth: i64, scale: i64) -> bool {
    answer.value.is_some_and(|value| (value - truth).abs() <= BOUND * scale + 1)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn every_answer_is_the_count_of_an_obvious_loop_but_for_bounded_noise_and_small_groups_have_none(
        seed in any::<u64>(),
        columns in prop::sample::subsequence(vec!["county", "sex", "age_group", "pension", "benefit", "month"], 0..=4),
        joined in any::<bool>(),
        buckets in 1_usize..4,
    ) {
        let folder = tempfile::tempdir().unwrap();
        let mut dice = Dice(seed);
        let people = people(600, &mut dice);
        let rows = benefits(&people, &mut dice);
        let year = year(write(folder.path(), &people, &rows, buckets), EarlierVersion::default());
        let (catalogue, _) = catalogue();
        let needs_person = joined || columns.contains(&"pension");
        let tables: &[&str] = if needs_person { &["person_year", "benefit_month"] } else { &["benefit_month"] };
        let shape = shape(&catalogue, tables, &columns);
        let [persons, all, with, sums] =
            [Measure::Persons, Measure::Rows, Measure::RowsWith(0), Measure::Sum(0)].map(|of| ask(&year, &shape, of));
        for cell in 0..shape.cells(&catalogue) {
            let codes = codes(&catalogue, &shape, cell);
            let mine: Vec<&Benefit> =
                rows.iter().filter(|row| is_row(row, &codes) && has(&people[row.person], &codes)).collect();
            let truth = i64::try_from(mine.iter().map(|row| row.person).collect::<BTreeSet<_>>().len()).unwrap();
            let number = |count: usize| i64::try_from(count).unwrap();
            match persons[cell].status {
                Status::Suppressed => {
                    prop_assert!(truth < THRESHOLD + BOUND + 1);
                    for answer in [all[cell], sums[cell]] {
                        prop_assert_eq!(answer, Answered { value: None, status: Status::Suppressed });
                    }
                    let wanted = if is_without_money(&codes) { Status::Zero } else { Status::Suppressed };
                    prop_assert!([wanted, Status::Suppressed].contains(&with[cell].status));
                }
                Status::Estimated => {
                    prop_assert!(truth >= THRESHOLD);
                    prop_assert!(near(persons[cell], truth, 1));
                    // Nobody has more than 36 rows, and no row has more than 90,000 fen.
                    prop_assert!(near(all[cell], number(mine.len()), 36));
                    let valued: Vec<i64> = mine.iter().filter_map(|row| row.amount).collect();
                    prop_assert!(near(with[cell], number(valued.len()), 36));
                    if valued.is_empty() {
                        prop_assert_eq!(sums[cell].status, Status::NotApplicable);
                    } else {
                        prop_assert!(near(sums[cell], valued.iter().sum(), 36 * 90_000));
                    }
                }
                other => prop_assert!(false, "{other:?}"),
            }
        }
    }
}

#[test]
fn answers_depend_neither_on_buckets_nor_on_what_was_asked_before() {
    let mut dice = Dice(5);
    let people = people(2_000, &mut dice);
    let rows = benefits(&people, &mut dice);
    let (catalogue, _) = catalogue();
    let shape = shape(&catalogue, &["person_year", "benefit_month"], &["sex", "benefit", "age_band"]);
    let answers = [1, 3].map(|buckets| {
        let folder = tempfile::tempdir().unwrap();
        let year = year(write(folder.path(), &people, &rows, buckets), EarlierVersion::default());
        let first = ask(&year, &shape, Measure::Sum(0));
        ask(&year, &self::shape(&catalogue, &["person_year"], &["sex"]), Measure::Persons);
        assert_eq!(ask(&year, &shape, Measure::Sum(0)), first);
        first
    });
    assert_eq!(answers[0], answers[1]);
}

#[test]
fn the_parts_of_an_answer_have_its_sum_but_for_rounding() {
    let folder = tempfile::tempdir().unwrap();
    let people = people(20_000, &mut Dice(3));
    let year = year(write(folder.path(), &people, &[], 2), EarlierVersion::default());
    let (catalogue, _) = catalogue();
    let mut compared = 0;
    for extra in ["county", "sex", "age_group", "age_band", "urban_rural", "pension"] {
        let coarse = shape(&catalogue, &["person_year"], &["situation"]);
        let fine = shape(&catalogue, &["person_year"], &["situation", extra]);
        let (whole, parts) = (ask(&year, &coarse, Measure::Persons), ask(&year, &fine, Measure::Persons));
        let mut sums: BTreeMap<String, (i64, i64)> = BTreeMap::new();
        for (cell, part) in parts.iter().enumerate() {
            let codes = codes(&catalogue, &fine, cell);
            let nobody = !people.iter().any(|person| has(person, &codes));
            let sum = sums.entry(codes["situation"].clone()).or_default();
            // A part that nobody can be in has noise too, which no reader gets.
            match part.value {
                Some(value) => *sum = (sum.0 + value, sum.1 + 1),
                None if nobody => *sum = (sum.0, sum.1 + BOUND),
                None => *sum = (sum.0, i64::MAX / 2),
            }
        }
        for (cell, answer) in whole.iter().enumerate() {
            let (Some(value), Some((sum, slack))) =
                (answer.value, sums.get(&codes(&catalogue, &coarse, cell)["situation"]))
            else {
                continue;
            };
            if *slack < BOUND {
                assert!((value - sum).abs() <= slack / 2 + 1, "{extra}: {value} and {sum}");
                compared += 1;
            }
        }
    }
    assert!(compared >= 5, "only {compared} groups have parts that are all answered");
}

#[test]
fn a_cell_of_the_release_is_the_number_of_the_release_and_what_lies_in_a_withheld_one_has_no_answer() {
    let folder = tempfile::tempdir().unwrap();
    let people = people(5_000, &mut Dice(9));
    let (catalogue, definitions) = catalogue();
    let definition = definitions.get("population").unwrap().clone();
    let row = |county: &str, value: Option<i64>, status| ReleasedRow {
        region: Arc::new(Region {
            code: county.to_owned(),
            level: RegionLevel::County,
            name_zh: String::new(),
            name_en: String::new(),
        }),
        dimensions: vec!["total".to_owned(); 3].into(),
        measure: "persons".into(),
        value,
        status,
    };
    let rows = vec![
        row("150102", Some(4_321), Fate::Published),
        row("150103", None, Fate::Suppressed),
        row("150104", None, Fate::Missing),
        row("150105", Some(0), Fate::Zero),
    ];
    let version = EarlierVersion::of_tables(&[ReleasedTable { definition, year: 2025, rows }], 1);
    let year = year(write(folder.path(), &people, &[], 1), version);
    let answers = ask(&year, &shape(&catalogue, &["person_year"], &["county"]), Measure::Persons);
    let said = |value, status| Answered { value, status };
    assert_eq!(answers[0], said(Some(4_321), Status::Published));
    assert_eq!(answers[1], said(None, Status::Suppressed));
    assert_eq!(answers[2], said(None, Status::Missing));
    assert_eq!(answers[3], said(Some(0), Status::Zero));
    let finer = shape(&catalogue, &["person_year"], &["county", "sex"]);
    for (cell, answer) in ask(&year, &finer, Measure::Persons).into_iter().enumerate() {
        match codes(&catalogue, &finer, cell)["county"].as_str() {
            "150103" => assert_eq!(answer, said(None, Status::Suppressed)),
            "150104" => assert_eq!(answer, said(None, Status::Missing)),
            _ => assert!(matches!(answer.status, Status::Estimated | Status::Suppressed)),
        }
    }
}

#[test]
fn a_question_that_was_cancelled_or_has_too_many_cells_has_no_answer() {
    let folder = tempfile::tempdir().unwrap();
    let people = people(100, &mut Dice(1));
    let year = year(write(folder.path(), &people, &[], 1), EarlierVersion::default());
    let (catalogue, _) = catalogue();
    let small = shape(&catalogue, &["person_year"], &["sex"]);
    let cancelled = year.answers(&small, Measure::Persons, &AtomicBool::new(true));
    assert!(matches!(cancelled, Err(MicroError::Cancelled)));
    let every = [
        "county",
        "sex",
        "age_band",
        "urban_rural",
        "situation",
        "ability",
        "pension",
        "benefits_held",
        "disability_grade",
    ];
    let large = year.answers(&shape(&catalogue, &["person_year"], &every), Measure::Persons, &AtomicBool::new(false));
    assert!(matches!(large, Err(MicroError::TooManyCells { .. })));
}
