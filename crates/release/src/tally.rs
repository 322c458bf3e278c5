/// How many cells of a level are withheld or too small, by how many dimensions at a time they have.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// Those cells, and all that were counted.
    by_breadth: Vec<(usize, usize)>,
}

impl Tally {
    /// No cell yet, for cells of up to so many dimensions at a time.
    pub(crate) fn of_breadth(breadth: usize) -> Self {
        Self { by_breadth: vec![(0, 0); breadth + 1] }
    }

    pub(crate) fn add(&mut self, breadth: usize, is_withheld: bool) {
        if self.by_breadth.len() <= breadth {
            self.by_breadth.resize(breadth + 1, (0, 0));
        }
        if let Some((withheld, all)) = self.by_breadth.get_mut(breadth) {
            *withheld += usize::from(is_withheld);
            *all += 1;
        }
    }

    /// The most dimensions at a time.
    pub(crate) fn breadth(&self) -> usize {
        self.by_breadth.len().saturating_sub(1)
    }

    /// The withheld and all cells with at most so many dimensions at a time.
    pub(crate) fn up_to(&self, breadth: usize) -> (usize, usize) {
        let counted = self.by_breadth.iter().take(breadth + 1);
        counted.fold((0, 0), |(withheld, all), (more, cells)| (withheld + more, all + cells))
    }

    /// The most dimensions at a time of which at most so many hundredths are withheld; `None` where even of totals more are.
    pub(crate) fn at_a_time(&self, percent: u8) -> Option<usize> {
        let fits = |breadth: &usize| {
            let (withheld, all) = self.up_to(*breadth);
            withheld * 100 <= all * usize::from(percent)
        };
        (0..=self.breadth()).rev().find(fits)
    }

    /// The most dimensions at a time up to which each adds cells of which at most so many hundredths are withheld, `None`
    /// where even of totals more are; and the withheld and all cells that the next one adds.
    pub(crate) fn worth_adding(&self, percent: u8) -> (Option<usize>, (usize, usize)) {
        let fits = |(withheld, all): &&(usize, usize)| withheld * 100 <= all * usize::from(percent);
        let kinds = self.by_breadth.iter().take_while(fits).count();
        (kinds.checked_sub(1), self.by_breadth.get(kinds).copied().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dimension_that_adds_mostly_what_is_withheld_is_not_worth_adding_though_few_are_in_all() {
        let mut tally = Tally::default();
        for (breadth, withheld, shown) in [(0, 0, 1), (1, 2, 18), (2, 30, 20)] {
            (0..withheld).for_each(|_| tally.add(breadth, true));
            (0..shown).for_each(|_| tally.add(breadth, false));
        }
        assert_eq!((tally.at_a_time(50), tally.up_to(2)), (Some(2), (32, 71)));
        assert_eq!(tally.worth_adding(50), (Some(1), (30, 50)));
        assert_eq!(tally.worth_adding(60).0, Some(2));
        let mut small = Tally::default();
        small.add(0, true);
        assert_eq!(small.worth_adding(50), (None, (1, 1)));
    }
}
