//! An invented release in plain lists, from which both the system and the test's own attacker are made.

use std::collections::BTreeMap;

use yilian_disclosure::{CellId, Fate, Guard, System, Threshold, VariableId};

use crate::random::Random;

#[derive(Debug, Clone)]
pub(crate) struct Number {
    pub(crate) cell: usize,
    pub(crate) value: i64,
    /// Threshold of a count of people; 0 where nobody is protected.
    pub(crate) k: i64,
    /// People outside of a sensitive class.
    pub(crate) is_outside: bool,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct World {
    pub(crate) cells: Vec<(String, Fate)>,
    pub(crate) numbers: Vec<Number>,
    pub(crate) equations: Vec<(Vec<(i64, usize)>, i64)>,
    pub(crate) at_most: Vec<(Vec<(i64, usize)>, i64)>,
    pub(crate) positions: Vec<(String, Vec<usize>)>,
}

pub(crate) struct Built {
    pub(crate) system: System,
    pub(crate) cells: Vec<CellId>,
    pub(crate) variables: Vec<VariableId>,
}

impl World {
    pub(crate) fn cell(&mut self, name: &str, fate: Fate) -> usize {
        self.cells.push((name.to_owned(), fate));
        self.cells.len() - 1
    }

    pub(crate) fn number(&mut self, cell: usize, value: i64, k: i64) -> usize {
        self.numbers.push(Number { cell, value, k, is_outside: false });
        self.numbers.len() - 1
    }

    /// parts add up to the whole.
    pub(crate) fn sum(&mut self, whole: usize, parts: &[usize]) {
        let terms = parts.iter().map(|part| (1, *part)).chain([(-1, whole)]).collect();
        self.equations.push((terms, 0));
    }

    /// Puts another world beside this one, with nothing in common.
    pub(crate) fn put_beside(&mut self, other: World) {
        let (cells, numbers) = (self.cells.len(), self.numbers.len());
        let moved = |terms: Vec<(i64, usize)>| terms.into_iter().map(|(by, at)| (by, at + numbers)).collect();
        self.cells.extend(other.cells);
        self.numbers.extend(other.numbers.into_iter().map(|number| Number { cell: number.cell + cells, ..number }));
        self.equations.extend(other.equations.into_iter().map(|(terms, constant)| (moved(terms), constant)));
        self.at_most.extend(other.at_most.into_iter().map(|(terms, constant)| (moved(terms), constant)));
    }

    pub(crate) fn build(&self) -> Built {
        let mut builder = System::builder();
        let cells: Vec<CellId> = self.cells.iter().map(|(name, fate)| builder.cell(name.as_str(), *fate)).collect();
        let mut variables = Vec::new();
        for number in &self.numbers {
            let guard = match (number.k, number.is_outside) {
                (0, _) => Guard::None,
                (k, false) => Guard::People(Threshold::of_people(u32::try_from(k).unwrap()).unwrap()),
                (k, true) => Guard::Outside(Threshold::of_people(u32::try_from(k).unwrap()).unwrap()),
            };
            variables.push(builder.variable(cells[number.cell], number.value, guard));
        }
        let named = |terms: &[(i64, usize)]| -> Vec<(i64, VariableId)> {
            terms.iter().map(|(by, at)| (*by, variables[*at])).collect()
        };
        for (terms, constant) in &self.equations {
            builder.equation(&named(terms), *constant);
        }
        for (terms, constant) in &self.at_most {
            builder.at_most(&named(terms), *constant);
        }
        for (name, known) in &self.positions {
            let position = builder.position(name.as_str());
            for at in known {
                builder.known_to(position, variables[*at]);
            }
        }
        Built { system: builder.build().unwrap(), cells, variables }
    }
}

/// How a random table looks.
#[derive(Debug, Clone)]
pub(crate) struct Shape {
    /// Categories of each dimension.
    pub(crate) sizes: Vec<usize>,
    pub(crate) k: i64,
    /// In 100 inner cells, how many are empty, and how many small.
    pub(crate) empty: u64,
    pub(crate) small: u64,
    /// The largest inner cell.
    pub(crate) largest: i64,
    /// Each cell also counts a part of its people.
    pub(crate) has_part: bool,
    /// Each cell also has an amount of a flat rate, and months.
    pub(crate) has_amount: bool,
    /// A position knows every so manieth number.
    pub(crate) known_every: usize,
}

/// A table with all its margins; the grand total must stay where it can.
pub(crate) fn table(shape: &Shape, random: &mut Random) -> World {
    let mut world = World::default();
    let mut at: BTreeMap<Vec<usize>, [usize; 5]> = BTreeMap::new();
    let mut values: BTreeMap<Vec<usize>, (i64, i64)> = BTreeMap::new();
    for place in places(&shape.sizes) {
        if place.iter().zip(&shape.sizes).all(|(index, size)| index < size) {
            let people = if random.in_100(shape.empty) {
                0
            } else if random.in_100(shape.small) {
                random.within(1, shape.k - 1)
            } else {
                random.within(shape.k, shape.largest)
            };
            let part =
                if random.in_100(50) { people - people.min(random.within(0, 2)) } else { random.within(0, people) };
            for margin in margins_of(&place, &shape.sizes) {
                let sum = values.entry(margin).or_default();
                *sum = (sum.0 + people, sum.1 + part);
            }
        }
    }
    for (place, (people, part)) in &values {
        let totals = place.iter().zip(&shape.sizes).filter(|(index, size)| index == size).count();
        let fate = if totals == shape.sizes.len() && *people >= shape.k && !shape.has_part {
            Fate::Fixed
        } else {
            Fate::Open { cost: 1 + 2 * u32::try_from(totals).unwrap() }
        };
        at.insert(place.clone(), add_cell(&mut world, place, (*people, *part, fate), shape));
    }
    add_margins(&mut world, &at, shape);
    if shape.known_every > 0 {
        let known = (0..world.numbers.len()).step_by(shape.known_every).collect();
        world.positions.push(("department".to_owned(), known));
    }
    world
}

fn add_cell(world: &mut World, place: &[usize], (people, part, fate): (i64, i64, Fate), shape: &Shape) -> [usize; 5] {
    let cell = world.cell(&format!("{place:?}"), fate);
    let mut found = [world.number(cell, people, shape.k), 0, 0, 0, 0];
    if shape.has_part {
        found[1] = world.number(cell, part, shape.k);
        found[2] = world.number(cell, people - part, shape.k);
        world.sum(found[0], &[found[1], found[2]]);
    }
    if shape.has_amount {
        let months = people * 12 - people / 3;
        found[3] = world.number(cell, months, 0);
        found[4] = world.number(cell, months * 100, 0);
        world.equations.push((vec![(100, found[3]), (-1, found[4])], 0));
        world.at_most.push((vec![(1, found[0]), (-1, found[3])], 0));
        world.at_most.push((vec![(1, found[3]), (-12, found[0])], 0));
    }
    found
}

fn add_margins(world: &mut World, at: &BTreeMap<Vec<usize>, [usize; 5]>, shape: &Shape) {
    // Months are made cell by cell, so their margins differ from the sum of the parts by rounding: none are stated.
    let measures = if shape.has_part { 3 } else { 1 };
    for (place, whole) in at {
        for (dimension, size) in shape.sizes.iter().enumerate().filter(|(dimension, size)| place[*dimension] == **size)
        {
            for measure in 0..measures {
                let parts: Vec<usize> = (0..*size)
                    .map(|index| {
                        let mut part = place.clone();
                        part[dimension] = index;
                        at[&part][measure]
                    })
                    .collect();
                world.sum(whole[measure], &parts);
            }
        }
    }
}

/// Every combination, the total of a dimension being one category more.
fn places(sizes: &[usize]) -> Vec<Vec<usize>> {
    sizes.iter().fold(vec![Vec::new()], |places, size| {
        places
            .iter()
            .flat_map(|place| (0..=*size).map(move |index| place.iter().copied().chain([index]).collect()))
            .collect()
    })
}

fn margins_of(place: &[usize], sizes: &[usize]) -> Vec<Vec<usize>> {
    place.iter().zip(sizes).fold(vec![Vec::new()], |margins, (index, size)| {
        margins
            .iter()
            .flat_map(|margin: &Vec<usize>| {
                [*index, *size].map(|chosen| margin.iter().copied().chain([chosen]).collect())
            })
            .collect()
    })
}
