//! Invented tables of many shapes: the audit agrees with an attacker who tries everything, and suppression ends clean.

use std::sync::Mutex;

use yilian_disclosure::{
    CellId, DisclosureError, Fate, Means, Onlooker, Pattern, Progress, audit, suppress, suppress_with,
};

use crate::attacker::Attacker;
use crate::random::Random;
use crate::world::{Built, Shape, World, table};

fn shape(random: &mut Random, size: usize) -> Shape {
    let dimensions = random.within(1, 3);
    let sizes = (0..dimensions).map(|_| 2 + usize::try_from(random.below(size as u64)).unwrap()).collect();
    Shape {
        sizes,
        k: if random.in_100(70) { 5 } else { 3 },
        empty: random.below(30),
        small: random.below(50),
        largest: random.within(12, 60),
        has_part: random.in_100(30),
        has_amount: random.in_100(30),
        known_every: if random.in_100(50) { usize::try_from(random.within(3, 9)).unwrap() } else { 0 },
    }
}

/// Suppresses some cells at random beyond the primary ones.
fn at_random(world: &World, built: &Built, random: &mut Random, share: u64) -> Pattern {
    let mut pattern = built.system.primary();
    for (at, (_, fate)) in world.cells.iter().enumerate() {
        if matches!(fate, Fate::Open { .. }) && random.in_100(share) {
            pattern.suppress(built.cells[at]);
        }
    }
    pattern
}

/// Compares every target from one position; returns how many were safe, unsafe, and too many to try.
fn compare(world: &World, built: &Built, pattern: &Pattern, seed: u64, tally: &mut [usize; 4]) {
    let found = audit(&built.system, pattern);
    let positions = world.positions.iter().map(|(_, known)| known.as_slice());
    for (index, known) in [&[][..]].into_iter().chain(positions).enumerate() {
        let mut attacker = Attacker::new(world, built, pattern, known);
        let mut nothing = pattern.clone();
        built.cells.iter().for_each(|cell| nothing.suppress(*cell));
        let mut without_release = Attacker::new(world, built, &nothing, known);
        for (at, number) in world.numbers.iter().enumerate() {
            let is_target = number.k > 0 && number.value < number.k && attacker.has(at);
            if !is_target || (number.value == 0 && !number.is_outside) {
                continue;
            }
            let (Some((low, high)), Some((least, most))) = (attacker.interval(at), without_release.interval(at)) else {
                tally[2] += 1;
                continue;
            };
            let is_safe = low <= least.max(1) && high >= most.min(number.k);
            let exposed = found.exposed().iter().any(|one| {
                one.variable == built.variables[at]
                    && match one.onlooker {
                        Onlooker::Public => index == 0,
                        Onlooker::Position(_) => index == 1,
                        Onlooker::Contributor(_) => false,
                    }
            });
            tally[usize::from(!is_safe)] += 1;
            tally[3] += usize::from(is_safe && exposed);
            assert!(is_safe || exposed, "seed {seed}: number {at} is called safe and is {low} to {high}: {world:?}");
        }
    }
}

#[test]
fn the_audit_agrees_with_an_attacker_who_tries_every_table() {
    let mut tally = [0; 4];
    for seed in 0..200 {
        let mut random = Random::new(seed);
        let world = table(&shape(&mut random, 3), &mut random);
        if world.numbers.len() > 120 {
            continue;
        }
        let built = world.build();
        let share = random.below(101);
        let pattern = at_random(&world, &built, &mut random, share);
        compare(&world, &built, &pattern, seed, &mut tally);
    }
    println!("safe {} unsafe {} untried {} safe but called exposed {}", tally[0], tally[1], tally[2], tally[3]);
    assert!(tally[0] > 100 && tally[1] > 100);
    assert_eq!(tally[3], 0, "values that are uncertain enough were called exposed");
}

#[test]
fn fifty_worlds_are_clean_after_suppression_from_every_position() {
    let (mut clean, mut secondary, mut seed) = (0, 0, 1_000);
    while clean < 50 {
        seed += 1;
        let mut random = Random::new(seed);
        let world = table(&shape(&mut random, 6), &mut random);
        let built = world.build();
        match suppress(&built.system) {
            Ok(protection) => {
                let same = suppress(&world.build().system).unwrap();
                assert_eq!(protection.pattern(), same.pattern(), "seed {seed}: another pattern at the second time");
                let again = audit(&built.system, protection.pattern());
                assert!(again.is_clean(), "seed {seed}: {:?}", again.exposed());
                secondary += protection.secondary().len();
                clean += 1;
            }
            Err(DisclosureError::Unprotectable { .. }) => {
                let everything = at_random(&world, &built, &mut random, 100);
                let audit = audit(&built.system, &everything);
                assert!(!audit.is_clean(), "seed {seed} could have been protected");
            }
            Err(error) => panic!("seed {seed}: {error}"),
        }
    }
    println!("{} worlds of {} with {secondary} secondary cells", clean, seed - 1_000);
}

/// Writes down what it is told.
#[derive(Default)]
struct Heard(Mutex<Vec<(usize, usize)>>);

impl Progress for Heard {
    fn claims(&self, settled: usize, all: usize) {
        self.0.lock().unwrap().push((settled, all));
    }
}

#[test]
fn tables_with_nothing_in_common_are_suppressed_alike_together_and_apart_on_any_number_of_threads() {
    let (mut together, mut apart) = (World::default(), Vec::new());
    for seed in 300..306 {
        let mut random = Random::new(seed);
        let mut world = table(&shape(&mut random, 3), &mut random);
        world.positions.clear();
        let built = world.build();
        let Ok(protection) = suppress(&built.system) else { continue };
        apart.extend(built.cells.iter().map(|cell| protection.pattern().is_suppressed(*cell)));
        together.put_beside(world);
    }
    let built = together.build();
    let suppressed = |pattern: &Pattern| built.cells.iter().map(|cell: &CellId| pattern.is_suppressed(*cell)).collect();
    for threads in [1, 2, 8] {
        let heard = Heard::default();
        let protection = suppress_with(&built.system, Means { threads, progress: &heard }).unwrap();
        let found: Vec<bool> = suppressed(protection.pattern());
        assert_eq!(found, apart, "{threads} threads");
        assert!(protection.audit().is_clean() && !protection.secondary().is_empty());
        let mut heard = heard.0.into_inner().unwrap();
        heard.sort_unstable();
        let all = heard.len();
        assert!(
            all > protection.audit().values() && heard == (1..=all).map(|settled| (settled, all)).collect::<Vec<_>>()
        );
    }
}
