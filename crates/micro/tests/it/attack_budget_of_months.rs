//! How much an attacker learns of people who stay the same: every month, their rows and their money by its rate are answers
//! about the same people. The bars are those of `attack_budget.rs`.

#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::float_arithmetic,
    reason = "an attacker's means and shares of small counts"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::AtomicBool;

use crate::world::{Benefit, Dice, people, write, year};
use yilian_micro::{Catalogue, Measure, MicroYear, Shape};
use yilian_release::EarlierVersion;

/// What everybody has of a benefit in each month, in fen: whoever knows it divides sums by it.
const RATE: i64 = 15_000;
const BENEFITS: [&str; 3] = ["MZ01", "MZ03", "MZ09"];
const COLUMNS: [&str; 6] = ["region", "age_band", "situation", "ability", "pension", "benefits_held"];

/// A pair of columns of people with a code of each.
type Group = [(&'static str, String); 2];
/// What is asked of a group and benefit: every estimate of how many people there are.
type Estimates = BTreeMap<(Group, &'static str), Vec<f64>>;

#[test]
fn months_rows_and_money_of_people_who_stay_the_same_hardly_help_whoever_asks_them_all() {
    let folder = tempfile::tempdir().unwrap();
    let mut dice = Dice(23);
    let people = people(50_000, &mut dice);
    let mut benefits = Vec::new();
    let mut truth: BTreeMap<(Group, &str), i64> = BTreeMap::new();
    for (at, person) in people.iter().enumerate().filter(|(at, _)| at % 11 == 0) {
        // Nearly everybody who has one of them has all.
        for benefit in BENEFITS.into_iter().filter(|_| dice.roll(60) > 0) {
            benefits.extend((1..=12).map(|month| Benefit { person: at, code: benefit, month, amount: Some(RATE) }));
            for pair in pairs_of_columns() {
                *truth.entry((pair.map(|column| (column, person[column].clone())), benefit)).or_default() += 1;
            }
        }
    }
    let year = year(write(folder.path(), &people, &benefits, 2), EarlierVersion::default());
    let estimates = estimates(&year);
    let mean = |estimates: &[f64]| estimates.iter().sum::<f64>() / estimates.len() as f64;
    let (mut told, mut once, mut always) = (0, 0, 0);
    let mut pairs = [Vec::new(), Vec::new()];
    for ((group, benefit), found) in &estimates {
        let truth_of = |benefit| truth.get(&(group.clone(), benefit)).copied().unwrap_or_default();
        told += 1;
        once += usize::from(found[0].round() as i64 == truth_of(benefit));
        always += usize::from(mean(found).round() as i64 == truth_of(benefit));
        for other in BENEFITS.into_iter().filter(|other| other > benefit) {
            let Some(others) = estimates.get(&(group.clone(), other)) else { continue };
            let fewer = truth_of(benefit) - truth_of(other);
            if let Some(pairs) = usize::try_from(fewer).ok().and_then(|fewer| pairs.get_mut(fewer)) {
                pairs.push(mean(found) - mean(others));
            }
        }
    }
    let number = pairs[0].len().min(pairs[1].len());
    let right = pairs[0].iter().take(number).filter(|difference| **difference < 0.5).count()
        + pairs[1].iter().take(number).filter(|difference| **difference >= 0.5).count();
    let percent = |right: usize, of: usize| 100.0 * right as f64 / of as f64;
    println!(
        "stable benefits: of {told} counts {:.1} % right from one answer, {:.1} % from all; of {} pairs {:.1} % right",
        percent(once, told),
        percent(always, told),
        2 * number,
        percent(right, 2 * number)
    );
    assert!(told >= 500 && number >= 100, "{told} counts, {number} pairs of each kind");
    assert!(percent(always, told) <= percent(once, told) + 10.0);
    assert!(percent(right, 2 * number) <= 60.0);
}

fn pairs_of_columns() -> impl Iterator<Item = [&'static str; 2]> {
    COLUMNS
        .into_iter()
        .flat_map(|one| COLUMNS.into_iter().filter(move |other| *other > one).map(move |other| [one, other]))
}

/// Everything that can be asked about the people of each group and benefit.
fn estimates(year: &MicroYear) -> Estimates {
    let mut estimates = Estimates::new();
    for pair in pairs_of_columns() {
        for months in [1.0, 12.0] {
            let units = [
                (Measure::Persons, 1.0),
                (Measure::Rows, months),
                (Measure::RowsWith(0), months),
                (Measure::Sum(0), months * RATE as f64),
            ];
            // One answer about the whole year, or one about each month.
            let shape = shape(year.catalogue(), &pair, months < 12.0);
            for (measure, unit) in units {
                add(&mut estimates, (year, &pair, &shape), measure, unit);
            }
        }
    }
    estimates
}

fn shape(catalogue: &Catalogue, pair: &[&str], by_month: bool) -> Shape {
    let tables = ["person_year", "benefit_month"];
    let tables = tables.map(|name| catalogue.tables.iter().position(|table| table.name == name).unwrap());
    let finest = |name: &str| (catalogue.dimensions.iter().position(|dimension| dimension.name == name).unwrap(), 0);
    let columns = pair.iter().copied().chain(["benefit"]).chain(by_month.then_some("month"));
    Shape::new(&BTreeSet::from(tables), &columns.map(finest).collect())
}

fn add(
    estimates: &mut Estimates,
    (year, pair, shape): (&MicroYear, &[&'static str; 2], &Shape),
    measure: Measure,
    unit: f64,
) {
    let catalogue = year.catalogue();
    let grid = shape.grid(catalogue);
    let answers = year.answers(shape, measure, &AtomicBool::new(false)).unwrap();
    for (cell, answer) in answers.iter().enumerate() {
        let categories = grid.categories(cell);
        let code = |name: &str| {
            let named = |(number, _): &(usize, usize)| catalogue.dimensions[*number].name == name;
            let position = shape.dimensions().iter().position(named).unwrap();
            catalogue.dimensions[shape.dimensions()[position].0].categories(0)[categories[position]].code.clone()
        };
        let Some(benefit) = BENEFITS.into_iter().find(|benefit| *benefit == code("benefit")) else { continue };
        if let Some(value) = answer.value {
            let group = pair.map(|column| (column, code(column)));
            estimates.entry((group, benefit)).or_default().push(value as f64 / unit);
        }
    }
}
