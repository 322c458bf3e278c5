//! How much an attacker learns who asks everything: all shapes of the catalogue, about every group at once.
//!
//! Right about a group is its exact count, right about a pair is whether both have the same people or one has one more. The
//! bars are those of the issue: counts at most ten points more often right than from one answer, pairs at most ten points
//! above guessing. The attacker adds the parts of every partition that is answered whole, and averages all these sums with
//! the answer itself; knows which categories cannot occur in a group, so that the one that is left is the group again; and
//! has the exact margins of whatever is released.

#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::float_arithmetic,
    reason = "an attacker's means and shares of small counts"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::world::{Dice, Person, catalogue, people, write, year};
use yilian_micro::{Answered, Catalogue, Measure, MicroYear, Shape, Status};
use yilian_release::{EarlierVersion, Region, RegionLevel, ReleasedRow, ReleasedTable};

const QUERIES_OF_A_SHAPE: usize = 10_000;
const GROUPS: usize = 1_000;
/// Of the same people, and of one fewer.
const PAIRS: usize = 500;

/// Dimension, level and category of each condition.
type Group = BTreeMap<(usize, usize), usize>;

struct Attack<'a> {
    catalogue: &'a Catalogue,
    people: &'a [Vec<usize>],
    /// The answers of every shape of people, by cell.
    answers: BTreeMap<Shape, Vec<Answered>>,
    /// The truth about them.
    counts: BTreeMap<Shape, Vec<i64>>,
    dimensions: Vec<(usize, usize)>,
}

impl Attack<'_> {
    fn shape(&self, conditions: &Group, extra: Option<(usize, usize)>) -> Shape {
        let table = self.catalogue.tables.iter().position(|table| table.name == "person_year").unwrap();
        let dimensions: BTreeSet<(usize, usize)> = conditions.keys().copied().chain(extra).collect();
        Shape::new(&BTreeSet::from([table]), &dimensions)
    }

    fn cell(&self, group: &Group) -> (Shape, usize) {
        let shape = self.shape(group, None);
        let categories: Vec<usize> = shape.dimensions().iter().map(|dimension| group[dimension]).collect();
        let cell = shape.grid(self.catalogue).cell(&categories);
        (shape, cell)
    }

    fn answered(&self, group: &Group) -> Answered {
        let (shape, cell) = self.cell(group);
        self.answers[&shape][cell]
    }

    fn answer(&self, group: &Group) -> Option<i64> {
        self.answered(group).value
    }

    fn count(&self, group: &Group) -> i64 {
        let (shape, cell) = self.cell(group);
        self.counts[&shape][cell]
    }

    /// The dimensions that can be added to a group.
    fn extras(&self, group: &Group) -> Vec<(usize, usize)> {
        let has = |dimension: usize| group.keys().any(|(other, _)| *other == dimension);
        if group.len() >= self.catalogue.dimensions_at_a_time {
            return Vec::new();
        }
        self.dimensions.iter().copied().filter(|(dimension, _)| !has(*dimension)).collect()
    }

    /// Every estimate of a group's count: its own answer, sums over partitions, and the one part that is possible.
    fn estimates(&self, group: &Group, deep: bool) -> Vec<(f64, f64)> {
        let mut found = Vec::new();
        found.extend(self.answer(group).map(|answer| (answer as f64, 1.0)));
        for extra in self.extras(group) {
            let parts: Vec<Group> = (0..self.catalogue.dimensions[extra.0].categories(extra.1).len())
                .map(|category| {
                    let mut part = group.clone();
                    part.insert(extra, category);
                    part
                })
                .collect();
            // The attacker knows of the laws which of the categories cannot occur.
            let possible: Vec<&Group> = parts.iter().filter(|part| self.count(part) > 0).collect();
            let answered: Option<Vec<i64>> = possible.iter().map(|part| self.answer(part)).collect();
            if let Some(answered) = answered {
                let parts = answered.len() as f64;
                found.push((answered.iter().sum::<i64>() as f64, parts));
                if deep && possible.len() == 1 {
                    found.extend(self.estimates(possible[0], true));
                }
            }
        }
        found
    }

    /// The mean of all estimates, the ones of few parts counting most.
    fn averaged(&self, group: &Group) -> Option<f64> {
        let estimates = self.estimates(group, true);
        let weight: f64 = estimates.iter().map(|(_, parts)| 1.0 / parts).sum();
        (!estimates.is_empty()).then(|| estimates.iter().map(|(sum, parts)| sum / parts).sum::<f64>() / weight)
    }
}

#[test]
fn whoever_asks_everything_knows_hardly_more_of_a_group_than_from_one_answer() {
    judge(EarlierVersion::default(), "nothing is released");
}

#[test]
fn exact_margins_of_a_release_do_not_help_whoever_asks_everything() {
    let mut dice = Dice(11);
    let people = people(20_000, &mut dice);
    judge(margins(&people), "margins are released");
}

fn judge(version: EarlierVersion, what: &str) {
    let folder = tempfile::tempdir().unwrap();
    let mut dice = Dice(11);
    let people = people(20_000, &mut dice);
    let year = year(write(folder.path(), &people, &[], 2), version);
    let (catalogue, _) = catalogue();
    let coded = coded(&catalogue, &people);
    let attack = asked(&catalogue, &coded, &year);
    let groups = groups(&attack, &mut dice);
    let (mut once, mut always, mut told) = (0_usize, 0_usize, 0_usize);
    for group in &groups {
        let (truth, Some(answer)) = (attack.count(group), attack.answer(group)) else { continue };
        let averaged = attack.averaged(group).unwrap();
        told += 1;
        once += usize::from(answer == truth);
        always += usize::from(averaged.round() as i64 == truth);
    }
    assert!(told >= 900, "only {told} groups have an answer");
    let percent = |right: usize| 100.0 * right as f64 / told as f64;
    println!(
        "{what}: of {told} counts {:.1} % right from one answer, {:.1} % from all",
        percent(once),
        percent(always)
    );
    assert!(percent(always) <= percent(once) + 10.0, "{} % against {} %", percent(always), percent(once));

    let pairs = pairs(&attack, &mut dice);
    let (same, other) = (&pairs[0], &pairs[1]);
    let number = same.len().min(other.len());
    assert!(number == PAIRS, "only {number} pairs of each kind");
    let differs = |(one, part): &(Group, Group)| attack.averaged(one).unwrap() - attack.averaged(part).unwrap();
    let unequal = |(one, part): &(Group, Group)| attack.answer(one) != attack.answer(part);
    let by_average = same.iter().take(number).filter(|pair| differs(pair) < 0.5).count()
        + other.iter().take(number).filter(|pair| differs(pair) >= 0.5).count();
    let by_equality = same.iter().take(number).filter(|pair| !unequal(pair)).count()
        + other.iter().take(number).filter(|pair| unequal(pair)).count();
    let percent = |right: usize| 100.0 * right as f64 / (2 * number) as f64;
    println!(
        "{what}: of {} pairs {:.1} % right by averages, {:.1} % by equality",
        2 * number,
        percent(by_average),
        percent(by_equality)
    );
    assert!(percent(by_average) <= 60.0 && percent(by_equality) <= 60.0);
}

fn coded(catalogue: &Catalogue, people: &[Person]) -> Vec<Vec<usize>> {
    let code = |person: &Person, dimension: &yilian_micro::Dimension| {
        person.get(dimension.name.as_str()).and_then(|code| dimension.levels[0].category(code)).unwrap_or_default()
    };
    people.iter().map(|person| catalogue.dimensions.iter().map(|dimension| code(person, dimension)).collect()).collect()
}

/// Asks every shape of `person_year`, its cells as often as the budget allows.
fn asked<'a>(catalogue: &'a Catalogue, people: &'a [Vec<usize>], year: &MicroYear) -> Attack<'a> {
    let table = catalogue.table("person_year").unwrap();
    let levels = |number: usize| (0..catalogue.dimensions[number].levels.len()).map(move |level| (number, level));
    let dimensions: Vec<(usize, usize)> = table.dimensions.iter().copied().flat_map(levels).collect();
    let mut attack = Attack { catalogue, people, answers: BTreeMap::new(), counts: BTreeMap::new(), dimensions };
    let mut shapes = vec![Group::new()];
    for dimension in attack.dimensions.clone() {
        let fits = |shape: &&Group| {
            shape.len() < catalogue.dimensions_at_a_time && shape.keys().all(|(other, _)| *other != dimension.0)
        };
        let longer: Vec<Group> = shapes.iter().filter(fits).cloned().collect();
        shapes.extend(longer.into_iter().map(|mut shape| {
            shape.insert(dimension, 0);
            shape
        }));
    }
    for shape in shapes.iter().map(|group| attack.shape(group, None)).collect::<Vec<_>>() {
        let answers = year.answers(&shape, Measure::Persons, &AtomicBool::new(false)).unwrap();
        // No shape of these has more cells than the budget has queries.
        assert!(answers.len() <= QUERIES_OF_A_SHAPE);
        let grid = shape.grid(catalogue);
        let mut counts = vec![0; grid.cells()];
        for person in people {
            let lift =
                |(number, level): &(usize, usize)| catalogue.dimensions[*number].category_at(person[*number], *level);
            counts[grid.cell(&shape.dimensions().iter().map(lift).collect::<Vec<_>>())] += 1;
        }
        attack.answers.insert(shape.clone(), answers);
        attack.counts.insert(shape, counts);
    }
    attack
}

/// Groups of one to three conditions that have an answer which nobody knows exactly.
fn groups(attack: &Attack<'_>, dice: &mut Dice) -> Vec<Group> {
    let mut groups = BTreeSet::new();
    for _ in 0..200_000 {
        let group = some_group(attack, dice);
        if attack.answered(&group).status == Status::Estimated {
            groups.insert(group);
        }
        if groups.len() == GROUPS {
            break;
        }
    }
    groups.into_iter().collect()
}

fn some_group(attack: &Attack<'_>, dice: &mut Dice) -> Group {
    let person = &attack.people[usize::try_from(dice.roll(attack.people.len() as u64)).unwrap()];
    let mut group = Group::new();
    for _ in 0..=dice.roll(3) {
        let extras = attack.extras(&group);
        let extra = extras[usize::try_from(dice.roll(extras.len() as u64)).unwrap()];
        group.insert(extra, attack.catalogue.dimensions[extra.0].category_at(person[extra.0], extra.1));
    }
    group
}

/// Pairs of a group and a part of it: first those of the same people, then those of one fewer.
fn pairs(attack: &Attack<'_>, dice: &mut Dice) -> [Vec<(Group, Group)>; 2] {
    let mut found = [Vec::new(), Vec::new()];
    for (shape, answers) in attack.answers.iter().filter(|(shape, _)| (2..4).contains(&shape.dimensions().len())) {
        let grid = shape.grid(attack.catalogue);
        let estimated = answers.iter().enumerate().filter(|(_, answer)| answer.status == Status::Estimated);
        for (cell, _) in estimated {
            let group: Group = shape.dimensions().iter().copied().zip(grid.categories(cell)).collect();
            let truth = attack.count(&group);
            for extra in attack.extras(&group) {
                for category in 0..attack.catalogue.dimensions[extra.0].categories(extra.1).len() {
                    let mut part = group.clone();
                    part.insert(extra, category);
                    let fewer = truth - attack.count(&part);
                    let is_estimated = attack.answered(&part).status == Status::Estimated;
                    if let Some(pairs) =
                        usize::try_from(fewer).ok().filter(|_| is_estimated).and_then(|at| found.get_mut(at))
                    {
                        pairs.push((group.clone(), part));
                    }
                }
            }
        }
    }
    for pairs in &mut found {
        for at in 0..pairs.len().min(PAIRS) {
            let other = at + usize::try_from(dice.roll((pairs.len() - at) as u64)).unwrap();
            pairs.swap(at, other);
        }
        pairs.truncate(PAIRS);
    }
    found
}

/// A release whose table `population` has every number of one and two dimensions exactly.
fn margins(people: &[Person]) -> EarlierVersion {
    let (_, definitions) = catalogue();
    let definition = definitions.get("population").unwrap().clone();
    let mut cells: BTreeMap<(String, Vec<String>), i64> = BTreeMap::new();
    for person in people {
        for chosen in 0..16_u32 {
            let code = |bit: u32, name: &str| {
                if chosen & (1 << bit) == 0 { "total".to_owned() } else { person[name].clone() }
            };
            let codes = vec![code(1, "sex"), code(2, "age_band"), code(3, "urban_rural")];
            if chosen.count_ones() <= 2 {
                *cells.entry((code(0, "region"), codes)).or_default() += 1;
            }
        }
    }
    let rows = cells.into_iter().map(|((code, codes), persons)| ReleasedRow {
        region: Arc::new(Region { code, level: RegionLevel::County, name_zh: String::new(), name_en: String::new() }),
        dimensions: codes.into(),
        measure: "persons".into(),
        value: Some(persons),
        status: yilian_disclosure::Status::Published,
    });
    let table = ReleasedTable { definition, year: 2025, rows: rows.collect() };
    EarlierVersion::of_tables(&[table], 1)
}
