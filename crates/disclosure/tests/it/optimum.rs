//! How much more than the least possible is suppressed, on tables small enough to try every pattern.

use yilian_disclosure::{Fate, Pattern, audit, suppress};

use crate::random::Random;
use crate::world::{Built, Shape, World, table};

/// The least number of secondary cells with a clean audit, found by trying all smaller numbers first.
fn least(world: &World, built: &Built, found: usize) -> usize {
    let primary = built.system.primary();
    let open: Vec<usize> = (0..world.cells.len())
        .filter(|at| {
            matches!(world.cells[*at].1, Fate::Open { .. })
                && !primary.is_suppressed(built.cells[*at])
                && world.numbers.iter().any(|number| number.cell == *at && number.value > 0)
        })
        .collect();
    (0..found).find(|size| any_of_size(built, &primary, &open, *size)).unwrap_or(found)
}

fn any_of_size(built: &Built, pattern: &Pattern, open: &[usize], size: usize) -> bool {
    if size == 0 {
        return audit(&built.system, pattern).is_clean();
    }
    (0..open.len()).any(|first| {
        let mut more = pattern.clone();
        more.suppress(built.cells[open[first]]);
        any_of_size(built, &more, &open[first + 1..], size - 1)
    })
}

#[test]
fn at_most_half_as_many_cells_again_as_needed_are_suppressed() {
    let (mut found, mut needed, mut tables, mut seed) = (0, 0, 0, 5_000);
    while tables < 40 {
        seed += 1;
        let mut random = Random::new(seed);
        let two = random.in_100(50);
        let shape = Shape {
            sizes: if two { vec![3, 3] } else { vec![2, 2, 2] },
            k: 5,
            empty: 10,
            small: 25,
            largest: 40,
            has_part: false,
            has_amount: false,
            known_every: 0,
        };
        let mut world = table(&shape, &mut random);
        for (_, fate) in &mut world.cells {
            if matches!(fate, Fate::Open { .. }) {
                *fate = Fate::Open { cost: 1 };
            }
        }
        let built = world.build();
        let Ok(protection) = suppress(&built.system) else { continue };
        let secondary = protection.secondary().len();
        if secondary == 0 || secondary > 5 {
            continue;
        }
        tables += 1;
        let least = least(&world, &built, secondary);
        assert!(2 * secondary <= 3 * least + 2, "seed {seed}: {secondary} for {least}");
        found += secondary;
        needed += least;
    }
    println!("optimum: {found} secondary cells where {needed} are needed");
    assert!(2 * found <= 3 * needed, "{found} for {needed}");
}
