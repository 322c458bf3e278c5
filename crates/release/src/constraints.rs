use crate::annual::Annual;
use crate::block::Block;
use crate::cube::{CellId, Cube, CubeTable};
use crate::error::ReleaseError;
use crate::layout::PointSum;
use crate::rates::PublicRates;

/// Linear equations among the cells of a cube that have a value; all of them hold for the true values.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Constraints {
    terms: Vec<Term>,
    /// Where the terms of each equation end.
    ends: Vec<usize>,
    kinds: Vec<Kind>,
    added: Vec<Added>,
}

/// A cell that is in no table: what one side of a link counts besides the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Added {
    /// Its number, after those of the cube.
    pub cell: CellId,
    /// Its true value in units of the cell that it is the rest of; at least 0.
    pub value: i64,
    /// A cell of the side that it is the rest of, which says table, region and unit.
    pub of: CellId,
}

/// Terms that add up to 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Equation<'c> {
    /// Why it holds.
    pub kind: Kind,
    /// At least one; each cell once.
    pub terms: &'c [Term],
}

/// A cell so many times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term {
    /// Never 0.
    pub coefficient: i64,
    /// Which cell.
    pub cell: CellId,
}

/// Why an equation holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A total or a township group is the sum of its categories.
    Dimension,
    /// A region is the sum of its parts.
    Region,
    /// A part and the rest are the whole.
    Part,
    /// Two tables count the same.
    Link,
    /// An amount is a public rate times person-months.
    Rate,
}

impl Constraints {
    /// All equations of a cube for the release of a year.
    ///
    /// Rates hold where one rate was in force all year and the amount is exactly what it gives: with arrears in it an amount
    /// tells nobody the person-months.
    ///
    /// # Errors
    /// [`ReleaseError::BrokenLink`].
    pub fn new(cube: &Cube, annual: &Annual, (rates, year): (&PublicRates, i32)) -> Result<Self, ReleaseError> {
        let mut constraints = Self::default();
        for table in &cube.tables {
            let mut above = None;
            for block in &table.blocks {
                constraints.dimensions(table, block);
                constraints.parts(table, block);
                if let Some(above) = above {
                    constraints.regions(table, above, block);
                }
                above = Some(block);
            }
        }
        constraints.links(cube, &annual.links)?;
        constraints.rates(cube, &annual.rates, (rates, year));
        Ok(constraints)
    }

    /// Cells that the links add to those of the cube, numbered on; nobody sees them.
    pub fn added(&self) -> &[Added] {
        &self.added
    }

    /// Numbers a cell on.
    pub(crate) fn add(&mut self, cube: &Cube, value: i64, of: CellId) -> CellId {
        let cell = cube.len() + self.added.len();
        self.added.push(Added { cell, value, of });
        cell
    }

    /// How many equations there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// How many terms all equations have.
    pub fn terms(&self) -> usize {
        self.terms.len()
    }

    /// The equations: of each table by level, then the links, then the rates.
    pub fn equations(&self) -> impl Iterator<Item = Equation<'_>> {
        let starts = [0].into_iter().chain(self.ends.iter().copied());
        starts.zip(&self.ends).zip(&self.kinds).map(|((start, end), kind)| Equation {
            kind: *kind,
            terms: self.terms.get(start..*end).unwrap_or_default(),
        })
    }

    /// Adds the equation `left = right`; cells on both sides cancel.
    pub(crate) fn equal(
        &mut self,
        kind: Kind,
        left: impl Iterator<Item = CellId>,
        right: impl Iterator<Item = (i64, CellId)>,
    ) {
        let start = self.terms.len();
        self.terms.extend(left.map(|cell| Term { coefficient: 1, cell }));
        for (times, cell) in right {
            let known = self.terms.get_mut(start..).and_then(|terms| terms.iter_mut().find(|term| term.cell == cell));
            match known {
                Some(term) => term.coefficient -= times,
                None => self.terms.push(Term { coefficient: -times, cell }),
            }
        }
        let added = self.terms.split_off(start).into_iter().filter(|term| term.coefficient != 0);
        self.terms.extend(added);
        if self.terms.len() > start {
            self.ends.push(self.terms.len());
            self.kinds.push(kind);
        }
    }

    fn dimensions(&mut self, table: &CubeTable, block: &Block) {
        let sums = block.layout.sums();
        for (region, _) in present(block) {
            for (whole, parts) in &sums {
                for slot in slots(table, block, *whole) {
                    let parts = parts.iter().map(|part| block.cell(region, *part, slot));
                    self.sum(Kind::Dimension, block.cell(region, *whole, slot), parts);
                }
            }
        }
    }

    fn parts(&mut self, table: &CubeTable, block: &Block) {
        for (region, _) in present(block) {
            for point in 0..block.layout.points().len() {
                for (rest, part, whole) in table.slots.rests().filter(|(rest, ..)| block.applies(point, *rest)) {
                    let [rest, part, whole] = [rest, part, whole].map(|slot| block.cell(region, point, slot));
                    self.sum(Kind::Part, whole, [part, rest].into_iter());
                }
            }
        }
    }

    /// What a region has of each point of the level below is what its parts have.
    fn regions(&mut self, table: &CubeTable, above: &Block, below: &Block) {
        let mut children: Vec<Vec<usize>> = vec![Vec::new(); above.regions.len()];
        for (child, region) in below.regions.iter().enumerate() {
            if let Some(children) = region.parent.and_then(|parent| children.get_mut(parent)) {
                children.push(child);
            }
        }
        let expressed = expressed(above, below);
        for (parent, _) in present(above) {
            let Some(children) = children.get(parent).filter(|children| !children.is_empty()) else { continue };
            for (point, sum) in &expressed {
                for slot in slots(table, below, *point) {
                    let left = sum.iter().map(|point| above.cell(parent, *point, slot));
                    let right = children.iter().map(|child| below.cell(*child, *point, slot));
                    self.equal_distinct(Kind::Region, left, right);
                }
            }
        }
    }

    fn sum(&mut self, kind: Kind, whole: CellId, parts: impl Iterator<Item = CellId>) {
        self.equal_distinct(kind, [whole].into_iter(), parts);
    }

    /// [`Constraints::equal`] for sides that have no cell in common, and on which no cell stands twice.
    fn equal_distinct(&mut self, kind: Kind, left: impl Iterator<Item = CellId>, right: impl Iterator<Item = CellId>) {
        self.terms.extend(left.map(|cell| Term { coefficient: 1, cell }));
        self.terms.extend(right.map(|cell| Term { coefficient: -1, cell }));
        self.ends.push(self.terms.len());
        self.kinds.push(kind);
    }
}

/// The slots that apply at a point, and with it at every point that it is a sum or a part of.
fn slots<'c>(table: &'c CubeTable, block: &'c Block, point: usize) -> impl Iterator<Item = usize> + 'c {
    (0..table.slots.len()).filter(move |slot| block.applies(point, *slot))
}

/// The regions of a block whose deliveries are complete.
pub(crate) fn present(block: &Block) -> impl Iterator<Item = (usize, &crate::block::BlockRegion)> {
    block.regions.iter().enumerate().filter(|(_, region)| !region.missing)
}

/// Each point of a level as points of the level above, where that has them.
fn expressed(above: &Block, below: &Block) -> Vec<PointSum> {
    let points = below.layout.points().iter().enumerate();
    let express = |(index, point)| Some((index, above.layout.express(&below.layout.categories(point))?));
    points.filter_map(express).collect()
}
