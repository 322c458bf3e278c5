//! Additive noise: in every cell of every shape about as large, and in the parts of a cell together exactly that of the cell.
//!
//! Cell keys draw each cell apart, so that the sum over a partition is another answer about the same people, and enough
//! partitions average the noise away (Asghar and Kaafar, PETS 2020). Here the noise of a cell is the sum of effects, as in the
//! analysis of variance: one of the whole, one of each category, one of each pair, and so on, where the effects of the
//! categories of one dimension cancel. A cell takes of each effect of fewer dimensions its share, one part in as many as the
//! dimension has categories. Summing over a dimension leaves the noise of the coarser shape: all sums over partitions of a
//! group err by one and the same amount. Effects are keyed by what they are about, never by who is in a cell: two groups that
//! differ by one person have noise that says nothing about the difference.

use std::collections::BTreeMap;

use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use yilian_token::Tokeniser;

use crate::dimension::Dimension;

/// A dimension that adds up, at the level of a shape.
pub(crate) type Axis<'c> = (&'c Dimension, usize);

/// Makes the noise of one edition of a year, and keeps what it has drawn.
///
/// What an answer is about besides its people's dimensions are its selectors: the measure, the tables, the categories of rows.
/// Stable groups are asked again by other selectors: the same people in every month, their rows, their money by its rate. So
/// each set of selectors has a component of its own, and an answer has those of all sets of its selectors in equal parts: what
/// two answers have in common no mean takes away, and what they have not no difference takes away.
pub(crate) struct Source<'k> {
    tokeniser: &'k Tokeniser<'k>,
    edition: &'k str,
    axes: Vec<Axis<'k>>,
    drawn: BTreeMap<String, Vec<i64>>,
}

/// Noise is a whole number of so small parts of its standard deviation.
pub(crate) const PARTS: i64 = 1 << 20;

/// A level of an axis from the whole (0) down to the axis's own.
struct Step {
    size: usize,
    /// Column of the level; empty for the whole.
    column: String,
    /// For each category of the axis the one of this step in which it lies, and in how many parts that one is divided.
    of: Vec<(usize, i64)>,
    /// Categories that lie in one category of the step before.
    siblings: Vec<Vec<usize>>,
}

impl<'k> Source<'k> {
    /// For cells of these axes, the last one fastest.
    pub(crate) fn new((tokeniser, edition): (&'k Tokeniser<'k>, &'k str), axes: Vec<Axis<'k>>) -> Self {
        Self { tokeniser, edition, axes, drawn: BTreeMap::new() }
    }

    /// Noise of standard deviation [`PARTS`] for every cell of what the selectors select.
    pub(crate) fn cells(&mut self, selectors: &[String]) -> Vec<i64> {
        let sets = sets(selectors);
        let mut noise: Vec<i64> = Vec::new();
        for set in &sets {
            let component = self.component(&set.join("\n"));
            noise.resize(component.len(), 0);
            noise.iter_mut().zip(component).for_each(|(noise, part)| *noise += part);
        }
        let scale = (number(sets.len()) * PARTS * PARTS).isqrt();
        noise.iter().map(|noise| noise * PARTS / scale).collect()
    }

    /// The component of a set of selectors.
    fn component(&mut self, set: &str) -> &[i64] {
        if !self.drawn.contains_key(set) {
            let component = self.draw(&format!("{}\n{set}\n", self.edition));
            self.drawn.insert(set.to_owned(), component);
        }
        self.drawn.get(set).map(Vec::as_slice).unwrap_or_default()
    }

    /// Noise for every cell, keyed by a universe.
    fn draw(&self, universe: &str) -> Vec<i64> {
        let steps: Vec<Vec<Step>> = self.axes.iter().map(|axis| steps(*axis)).collect();
        let sizes: Vec<usize> = steps.iter().map(|steps| steps.last().map_or(1, |step| step.size)).collect();
        let mut noise = vec![0; sizes.iter().product()];
        for chosen in choices(&steps) {
            let effect = self.effect(universe, &chosen);
            add(&mut noise, &chosen, &sizes, &effect);
        }
        noise
    }

    /// The effects of one choice of levels, which cancel along every dimension that is not the whole.
    fn effect(&self, universe: &str, chosen: &[&Step]) -> Vec<i64> {
        let columns: Vec<&str> =
            chosen.iter().map(|step| step.column.as_str()).filter(|name| !name.is_empty()).collect();
        let about = [universe, &columns.join("\n")].join("\n");
        let mut random = ChaCha12Rng::from_seed(self.tokeniser.token(&[about.as_bytes()]));
        let sizes: Vec<usize> = chosen.iter().map(|step| step.size).collect();
        let mut effect: Vec<i64> = (0..sizes.iter().product()).map(|_| normal(&mut random)).collect();
        for (axis, step) in chosen.iter().enumerate().filter(|(_, step)| !step.column.is_empty()) {
            let stride: usize = sizes.iter().skip(axis + 1).product();
            let blocks: usize = sizes.iter().take(axis).product();
            for block in 0..blocks {
                for offset in 0..stride {
                    let start = block * step.size * stride + offset;
                    step.siblings.iter().for_each(|siblings| cancel(&mut effect, siblings, (start, stride)));
                }
            }
        }
        effect
    }
}

/// Takes their mean from siblings and gives them back the variance that this takes.
fn cancel(effect: &mut [i64], siblings: &[usize], (start, stride): (usize, usize)) {
    let count = number(siblings.len());
    let at = |sibling: &usize| start + sibling * stride;
    let mean = siblings.iter().filter_map(|sibling| effect.get(at(sibling))).sum::<i64>() / count;
    // The square root of count / (count - 1), in parts; an only child has no effect beside that of its parent.
    let scale = if count > 1 { (count * PARTS * PARTS / (count - 1)).isqrt() } else { 0 };
    for sibling in siblings {
        if let Some(value) = effect.get_mut(at(sibling)) {
            *value = (*value - mean) * scale / PARTS;
        }
    }
}

/// Adds to each cell its share of an effect.
fn add(noise: &mut [i64], chosen: &[&Step], sizes: &[usize], effect: &[i64]) {
    let mut categories = vec![0_usize; sizes.len()];
    for value in noise {
        let (mut cell, mut parts) = (0, 1);
        for (step, category) in chosen.iter().zip(&categories) {
            let (within, of) = step.of.get(*category).copied().unwrap_or((0, 1));
            cell = cell * step.size + within;
            parts *= of;
        }
        *value += effect.get(cell).copied().unwrap_or_default() / parts;
        for (category, size) in categories.iter_mut().zip(sizes).rev() {
            *category += 1;
            if *category < *size {
                break;
            }
            *category = 0;
        }
    }
}

/// Every set of these, the empty one too.
fn sets(selectors: &[String]) -> Vec<Vec<&str>> {
    selectors.iter().fold(vec![Vec::new()], |sets, selector| {
        let with = sets.iter().map(|set| [set.as_slice(), &[selector.as_str()]].concat());
        let with: Vec<_> = with.collect();
        sets.into_iter().chain(with).collect()
    })
}

/// Every choice of a level on each axis.
fn choices(steps: &[Vec<Step>]) -> Vec<Vec<&Step>> {
    steps.iter().fold(vec![Vec::new()], |choices, steps| {
        let longer =
            |choice: &Vec<_>| steps.iter().map(|step| [choice.as_slice(), &[step]].concat()).collect::<Vec<_>>();
        choices.iter().flat_map(longer).collect()
    })
}

fn steps((dimension, level): Axis<'_>) -> Vec<Step> {
    let size = dimension.categories(level).len();
    // From the whole down: beyond the coarsest level there is one category.
    let levels: Vec<usize> = (level..=dimension.levels.len()).rev().collect();
    let lifted = |category: usize, to: usize| dimension.lift_between(category, (level, to));
    let members = |to: usize, category: usize, below: usize| -> Vec<usize> {
        let all = 0..dimension.categories(below).len();
        all.filter(|one| dimension.lift_between(*one, (below, to)) == category).collect()
    };
    let mut steps: Vec<Step> = Vec::new();
    for (at, to) in levels.iter().copied().enumerate() {
        let above = at.checked_sub(1).and_then(|above| levels.get(above)).copied();
        let whole = dimension.categories(to).is_empty();
        let parts = |category: usize| -> i64 {
            let below = levels.iter().skip(at + 1);
            below.map(|finer| number(members(finer + 1, lifted(category, finer + 1), *finer).len())).product()
        };
        let groups = above.map_or(0, |above| dimension.categories(above).len().max(1));
        steps.push(Step {
            size: dimension.categories(to).len().max(1),
            column: dimension.levels.get(to).filter(|_| !whole).map_or_else(String::new, |level| level.column.clone()),
            of: (0..size).map(|category| (lifted(category, to), parts(category))).collect(),
            siblings: above.map_or_else(Vec::new, |above| (0..groups).map(|group| members(above, group, to)).collect()),
        });
    }
    steps
}

/// About normal, of standard deviation [`PARTS`], never beyond eight times that: the set bits of a word.
fn normal(random: &mut ChaCha12Rng) -> i64 {
    (i64::from(random.next_u64().count_ones()) - 32) * (PARTS / 4)
}

fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use yilian_release::Text;
    use yilian_token::{Algorithm, Key, KeyUse, Label};

    use super::*;
    use crate::dimension::{Category, DimensionOf, Level};

    fn level(column: &str, within: Vec<usize>) -> Level {
        let text = || Text { zh: String::new(), en: String::new() };
        let categories = (0..within.len()).map(|at| Category { code: at.to_string(), title: text() }).collect();
        Level { column: column.to_owned(), title: text(), categories, within }
    }

    fn dimension(name: &str, levels: Vec<Level>) -> Dimension {
        let of = DimensionOf::Person;
        Dimension { name: name.to_owned(), of, levels, otherwise: None, is_numbered: false }
    }

    /// Counties in cities, and two plain dimensions.
    fn three() -> [Dimension; 3] {
        [
            dimension("county", vec![level("county", vec![0, 0, 0, 1, 1, 2]), level("city", vec![0; 3])]),
            dimension("sex", vec![level("sex", vec![0; 2])]),
            dimension("age", vec![level("age", vec![0; 5])]),
        ]
    }

    fn noise(axes: &[Axis<'_>], universe: &str) -> Vec<i64> {
        let key = Key::from_bytes(KeyUse::Noise, Algorithm::Hs256, "test", [9; 32]);
        let tokeniser = key.tokeniser(Label::Effect).unwrap();
        Source::new((&tokeniser, universe), axes.to_vec()).cells(&["persons".to_owned()])
    }

    /// Shares and means are rounded to a part each.
    fn agree(one: i64, other: i64) -> bool {
        (one - other).abs() < PARTS / 1_000
    }

    proptest! {
        #[test]
        fn the_noise_of_the_parts_of_a_cell_is_that_of_the_cell(seed in any::<u64>()) {
            let dimensions = three();
            let universe = seed.to_string();
            let [county, sex, age] = [(&dimensions[0], 0), (&dimensions[1], 0), (&dimensions[2], 0)];
            let city = (&dimensions[0], 1);
            let fine = noise(&[county, sex, age], &universe);
            let coarse = noise(&[county, age], &universe);
            for (place, whole) in coarse.iter().enumerate() {
                let (of_county, of_age) = (place / 5, place % 5);
                let parts: i64 = (0..2).map(|of_sex| fine[(of_county * 2 + of_sex) * 5 + of_age]).sum();
                prop_assert!(agree(parts, *whole));
            }
            let cities = noise(&[city, sex], &universe);
            for (place, whole) in cities.iter().enumerate() {
                let (of_city, of_sex) = (place / 2, place % 2);
                let counties = [0, 0, 0, 1, 1, 2].iter().enumerate().filter(|(_, city)| **city == of_city);
                let parts: i64 = counties
                    .flat_map(|(of_county, _)| (0..5).map(move |of_age| (of_county * 2 + of_sex) * 5 + of_age))
                    .map(|cell| fine[cell])
                    .sum();
                prop_assert!(agree(parts, *whole));
            }
            let whole: i64 = fine.iter().sum();
            prop_assert!(agree(whole, noise(&[], &universe)[0]));
        }
    }

    #[test]
    fn the_noise_of_every_shape_is_about_as_large_as_it_should_be() {
        let dimensions = three();
        let [county, sex, age] = [(&dimensions[0], 0), (&dimensions[1], 0), (&dimensions[2], 0)];
        let shapes: [&[Axis<'_>]; 4] = [&[], &[sex], &[county, age], &[county, sex, age]];
        for axes in shapes {
            let drawn: Vec<i64> = (0..400).map(|universe| noise(axes, &universe.to_string())[0]).collect();
            let squares: i128 = drawn.iter().map(|value| i128::from(*value).pow(2)).sum();
            // In hundredths of the variance that is wanted: shares of coarser effects come on top of one whole effect.
            let variance = squares * 100 / 400 / i128::from(PARTS).pow(2);
            assert!((75..260).contains(&variance), "{} axes: {variance}", axes.len());
            let mean = drawn.iter().sum::<i64>() / 400;
            assert!(mean.abs() < PARTS / 4, "{} axes: {mean}", axes.len());
        }
    }

    #[test]
    fn another_universe_has_other_noise_and_the_same_one_the_same() {
        let dimensions = three();
        let axes = [(&dimensions[2], 0)];
        assert_eq!(noise(&axes, "2025"), noise(&axes, "2025"));
        assert_ne!(noise(&axes, "2025"), noise(&axes, "2024"));
    }

    #[test]
    fn two_answers_that_differ_in_one_selector_share_half_of_their_noise() {
        let key = Key::from_bytes(KeyUse::Noise, Algorithm::Hs256, "test", [9; 32]);
        let tokeniser = key.tokeniser(Label::Effect).unwrap();
        let (mut same, mut product) = (0, 0);
        for edition in 0..500 {
            let edition = edition.to_string();
            let mut source = Source::new((&tokeniser, &edition), Vec::new());
            let [one, other] = ["month=1", "month=2"]
                .map(|month| i128::from(source.cells(&["persons".to_owned(), month.to_owned()])[0]));
            same += one * one;
            product += one * other;
        }
        let variance = same * 100 / 500 / i128::from(PARTS).pow(2);
        let shared = product * 100 / 500 / i128::from(PARTS).pow(2);
        assert!((80..120).contains(&variance) && (35..65).contains(&shared), "{variance} {shared}");
    }

    #[test]
    fn an_only_category_has_the_noise_of_the_whole() {
        let single = dimension("place", vec![level("place", vec![0])]);
        assert_eq!(noise(&[(&single, 0)], "one"), noise(&[], "one"));
    }
}
