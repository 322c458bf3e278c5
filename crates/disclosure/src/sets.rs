/// Sets of numbers that are joined two by two; each is known by its least.
#[derive(Debug, Clone)]
pub struct Sets(Vec<usize>);

impl Sets {
    /// So many numbers from 0 on, each a set of its own.
    pub fn new(size: usize) -> Self {
        Self((0..size).collect())
    }

    /// The least number of the set; a number outside of all sets is its own.
    pub fn first(&mut self, number: usize) -> usize {
        let mut at = number;
        while let Some(next) = self.0.get(at).copied().filter(|next| *next != at) {
            let further = self.0.get(next).copied().unwrap_or(next);
            if let Some(slot) = self.0.get_mut(at) {
                *slot = further;
            }
            at = next;
        }
        at
    }

    /// Makes one set of two.
    pub fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.first(one), self.first(other));
        if let Some(slot) = self.0.get_mut(one.max(other)) {
            *slot = one.min(other);
        }
    }
}
