//! An attacker who tries every table of integers, and knows nothing of how the audit works.

use yilian_disclosure::Pattern;

use crate::world::{Built, World};

/// How far above its true value a number without an upper bound is tried.
const BEYOND: i64 = 14;

/// Terms of an equation over the unknown numbers, what they add up to, and whether that is only the most.
type Row = (Vec<(i64, usize)>, i64, bool);

pub(crate) struct Attacker<'w> {
    world: &'w World,
    unknown: Vec<usize>,
    low: Vec<i64>,
    high: Vec<i64>,
    rows: Vec<Row>,
    steps: u64,
}

impl<'w> Attacker<'w> {
    /// Someone who sees the pattern and knows some numbers besides.
    pub(crate) fn new(world: &'w World, built: &Built, pattern: &Pattern, known: &[usize]) -> Self {
        let unknown: Vec<usize> = (0..world.numbers.len())
            .filter(|at| {
                let number = &world.numbers[*at];
                let shown_zero = number.value == 0 && !(number.is_outside && number.k > 0);
                pattern.is_suppressed(built.cells[number.cell]) && !shown_zero && !known.contains(at)
            })
            .collect();
        let mut low = Vec::new();
        let mut high = Vec::new();
        for at in &unknown {
            let number = &world.numbers[*at];
            let is_small = number.k > 0 && number.value < number.k;
            low.push(match (number.k, is_small) {
                (0, _) => 0,
                (_, true) => i64::from(!number.is_outside),
                (k, false) => k,
            });
            high.push(if is_small { number.k - 1 } else { number.value + BEYOND });
        }
        let mut rows = Vec::new();
        let equations = world.equations.iter().map(|row| (row, false));
        for ((terms, constant), is_at_most) in equations.chain(world.at_most.iter().map(|row| (row, true))) {
            let mut rest = *constant;
            let mut open = Vec::new();
            for (by, at) in terms {
                match unknown.iter().position(|one| one == at) {
                    Some(place) => open.push((*by, place)),
                    None => rest -= by * world.numbers[*at].value,
                }
            }
            if !open.is_empty() {
                rows.push((open, rest, is_at_most));
            }
        }
        Self { world, unknown, low, high, rows, steps: 0 }
    }

    /// Numbers that it knows already or cannot see are none of its targets.
    pub(crate) fn has(&self, at: usize) -> bool {
        self.unknown.contains(&at)
    }

    /// Least and greatest value of a number over all tables; `None` if there are too many to try.
    pub(crate) fn interval(&mut self, at: usize) -> Option<(i64, i64)> {
        let place = self.unknown.iter().position(|one| *one == at)?;
        let number = &self.world.numbers[at];
        let own = (self.low[place], self.high[place]);
        self.low[place] = i64::from(!number.is_outside);
        self.high[place] = number.value + BEYOND;
        let mut found = None;
        self.steps = 0;
        let range = self.low[place]..=self.high[place];
        for value in range {
            let (mut low, mut high) = (self.low.clone(), self.high.clone());
            (low[place], high[place]) = (value, value);
            if self.fits(low, high)? {
                found = Some(found.map_or((value, value), |(least, _)| (least, value)));
            }
        }
        (self.low[place], self.high[place]) = own;
        found
    }

    /// Whether a table exists within bounds: narrow them, then try every value of one number.
    fn fits(&mut self, mut low: Vec<i64>, mut high: Vec<i64>) -> Option<bool> {
        self.steps += 1;
        if self.steps > 20_000 {
            return None;
        }
        if !self.narrow(&mut low, &mut high) {
            return Some(false);
        }
        let open = (0..low.len()).filter(|place| low[*place] < high[*place]);
        let Some(place) = open.min_by_key(|place| high[*place] - low[*place]) else { return Some(true) };
        for value in low[place]..=high[place] {
            let (mut low, mut high) = (low.clone(), high.clone());
            (low[place], high[place]) = (value, value);
            if self.fits(low, high)? {
                return Some(true);
            }
        }
        Some(false)
    }

    fn narrow(&self, low: &mut [i64], high: &mut [i64]) -> bool {
        loop {
            let mut changed = false;
            for (terms, rest, is_at_most) in &self.rows {
                let least = |by: i64, place: usize, low: &[i64], high: &[i64]| {
                    if by > 0 { by * low[place] } else { by * high[place] }
                };
                let most = |by: i64, place: usize, low: &[i64], high: &[i64]| {
                    if by > 0 { by * high[place] } else { by * low[place] }
                };
                let sum_least: i64 = terms.iter().map(|(by, place)| least(*by, *place, low, high)).sum();
                let sum_most: i64 = terms.iter().map(|(by, place)| most(*by, *place, low, high)).sum();
                if sum_least > *rest || (!is_at_most && sum_most < *rest) {
                    return false;
                }
                for (by, place) in terms {
                    let others_least = terms
                        .iter()
                        .filter(|(_, other)| other != place)
                        .map(|(by, other)| least(*by, *other, low, high))
                        .sum::<i64>();
                    let others_most = terms
                        .iter()
                        .filter(|(_, other)| other != place)
                        .map(|(by, other)| most(*by, *other, low, high))
                        .sum::<i64>();
                    while low[*place] <= high[*place] && {
                        let sum = by * low[*place];
                        sum + others_least > *rest || (!is_at_most && sum + others_most < *rest)
                    } {
                        low[*place] += 1;
                        changed = true;
                    }
                    while low[*place] <= high[*place] && {
                        let sum = by * high[*place];
                        sum + others_least > *rest || (!is_at_most && sum + others_most < *rest)
                    } {
                        high[*place] -= 1;
                        changed = true;
                    }
                    if low[*place] > high[*place] {
                        return false;
                    }
                }
            }
            if !changed {
                return true;
            }
        }
    }
}
