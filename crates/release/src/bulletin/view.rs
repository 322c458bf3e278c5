//! The cells of one table by address, beside those of the year before.

use std::collections::{BTreeMap, BTreeSet};

use yilian_disclosure::Status;

use crate::definition::{Dimension, Group, Measure, Unit};
use crate::table::{Region, RegionLevel, ReleasedRow, ReleasedTable};

/// The code of all categories of a dimension together.
pub(super) use crate::check::TOTAL;

/// The code of those of whom a dimension is not known.
pub(super) const UNKNOWN: &str = "unknown";

/// What a released table says of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cell {
    /// The value, in units of the measure's last decimal.
    Known(i64),
    /// No value, and why.
    Withheld(Status),
    /// The table has no such cell.
    Absent,
}

/// The year of the release, or the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    Now,
    Before,
}

/// A category of a dimension: `("sex", "female")`; dimensions that are not named stand for all their categories.
pub(super) type Pick<'text> = (&'text str, &'text str);

type Index<'table> = BTreeMap<(&'table str, &'table [String], &'table str), &'table ReleasedRow>;

/// A table to read from.
pub(super) struct View<'table> {
    pub(super) table: &'table ReleasedTable,
    /// The region that all others are part of.
    pub(super) whole: &'table Region,
    /// The first level below it that has more than one region, in order; empty where there is none.
    pub(super) parts: Vec<&'table Region>,
    /// Whether the year before is there, but counted in another way.
    pub(super) is_break: bool,
    earlier: Option<&'table ReleasedTable>,
    now: Index<'table>,
    before: Index<'table>,
    open: BTreeSet<usize>,
}

impl Cell {
    fn of(row: &ReleasedRow) -> Self {
        // The status decides: a value that should not be there beside it is never read.
        match (row.status, row.value) {
            (Status::Zero, _) => Self::Known(0),
            (Status::Published, Some(value)) => Self::Known(value),
            (Status::Published, None) => Self::Withheld(Status::Missing),
            (status, _) => Self::Withheld(status),
        }
    }

    pub(super) fn known(self) -> Option<i64> {
        match self {
            Self::Known(value) => Some(value),
            Self::Withheld(_) | Self::Absent => None,
        }
    }
}

impl<'table> View<'table> {
    /// `None` for a table without rows.
    pub(super) fn new(table: &'table ReleasedTable, earlier: &'table [ReleasedTable]) -> Option<Self> {
        let whole = table.rows.iter().map(|row| &row.region).min_by_key(|region| region.level)?;
        let parts = parts(table, whole.level);
        let deepest = parts.first().map_or(whole.level, |region| region.level);
        let name = &table.definition.name;
        let before = earlier.iter().find(|before| before.definition.name == *name && before.year == table.year - 1);
        let earlier = before.filter(|before| counts_alike(before, table));
        let now = index(table, deepest);
        let open = open(table, whole);
        let before_index = earlier.map_or_else(BTreeMap::new, |earlier| index(earlier, deepest));
        let is_break = before.is_some() && earlier.is_none();
        Some(Self { table, whole, parts, is_break, earlier, now, before: before_index, open })
    }

    /// Whether a dimension has no row for all its categories together, because they overlap.
    pub(super) fn is_open(&self, dimension: usize) -> bool {
        self.open.contains(&dimension)
    }

    pub(super) fn dimension(&self, name: &str) -> Option<&'table Dimension> {
        self.table.definition.dimensions.iter().find(|dimension| dimension.name == name)
    }

    pub(super) fn measure(&self, name: &str) -> Option<&'table Measure> {
        self.table.definition.measures.iter().find(|measure| measure.name == name)
    }

    /// A category, or a sum of categories, by its code.
    pub(super) fn group(&self, dimension: &str, code: &str) -> Option<&'table Group> {
        let dimension = self.dimension(dimension)?;
        dimension.categories.iter().chain(&dimension.township).find(|group| group.code == code)
    }

    /// A cell; a sum of categories that has no row of its own is added up, if all its parts are known.
    pub(super) fn cell(&self, when: When, region: &str, picks: &[Pick], measure: &str) -> Cell {
        match self.row(when, region, picks, measure) {
            Cell::Absent => self.sum(when, region, picks, measure),
            found => found,
        }
    }

    fn row(&self, when: When, region: &str, picks: &[Pick], measure: &str) -> Cell {
        let Some(dimensions) = self.address(picks) else { return Cell::Absent };
        let index = match when {
            When::Now => &self.now,
            When::Before if self.is_comparable(picks, measure) => &self.before,
            When::Before => return Cell::Absent,
        };
        index.get(&(region, dimensions.as_slice(), measure)).map_or(Cell::Absent, |row| Cell::of(row))
    }

    fn sum(&self, when: When, region: &str, picks: &[Pick], measure: &str) -> Cell {
        let adds = self.measure(measure).is_some_and(|measure| measure.ratio.is_none() && adds(measure.unit));
        let group = picks.iter().enumerate().find_map(|(place, (dimension, code))| {
            let adds_up = self.dimension(dimension).is_some_and(|dimension| dimension.adds_up);
            self.group(dimension, code).filter(|group| adds_up && !group.of.is_empty()).map(|group| (place, group))
        });
        let (true, Some((place, group))) = (adds, group) else { return Cell::Absent };
        let mut sum = 0_i64;
        for part in &group.of {
            let mut narrower = picks.to_vec();
            if let Some(pick) = narrower.get_mut(place) {
                pick.1 = part;
            }
            match self.row(when, region, &narrower, measure) {
                Cell::Known(value) => sum = sum.saturating_add(value),
                other => return other,
            }
        }
        Cell::Known(sum)
    }

    /// The codes of a row; `None` where a pick names no dimension of the table.
    fn address(&self, picks: &[Pick]) -> Option<Vec<String>> {
        let dimensions = &self.table.definition.dimensions;
        if picks.iter().any(|(name, _)| self.dimension(name).is_none()) {
            return None;
        }
        let code =
            |dimension: &Dimension| picks.iter().find(|(name, _)| *name == dimension.name).map(|(_, code)| *code);
        Some(dimensions.iter().map(|dimension| code(dimension).unwrap_or(TOTAL).to_owned()).collect())
    }

    /// Whether the categories and the measure meant the same in the year before.
    fn is_comparable(&self, picks: &[Pick], measure: &str) -> bool {
        let Some(earlier) = self.earlier else { return false };
        let before = &earlier.definition;
        let same_measure = before.measures.iter().find(|before| before.name == measure) == self.measure(measure);
        let same_groups = picks.iter().all(|(name, code)| {
            let dimension = before.dimensions.iter().find(|dimension| dimension.name == *name);
            let groups = dimension.map(|dimension| dimension.categories.iter().chain(&dimension.township));
            *code == TOTAL
                || groups.and_then(|mut groups| groups.find(|group| group.code == *code)) == self.group(name, code)
        });
        same_measure && same_groups
    }
}

/// Whether values of the unit may be added over categories that exclude each other.
fn adds(unit: Unit) -> bool {
    !matches!(unit, Unit::Percent | Unit::PerThousand | Unit::YuanEach)
}

fn counts_alike(before: &ReleasedTable, now: &ReleasedTable) -> bool {
    let (before, now) = (&before.definition, &now.definition);
    before.universe == now.universe
        && before.base == now.base
        && before.timing == now.timing
        && before.formula == now.formula
        && before.dimensions.iter().map(|dimension| &dimension.name).eq(now.dimensions.iter().map(|it| &it.name))
        && !now.restricted
}

fn parts(table: &ReleasedTable, whole: RegionLevel) -> Vec<&Region> {
    let mut levels: BTreeMap<RegionLevel, BTreeMap<&str, &Region>> = BTreeMap::new();
    for row in table.rows.iter().filter(|row| row.region.level > whole) {
        levels.entry(row.region.level).or_default().insert(&row.region.code, &row.region);
    }
    levels
        .into_values()
        .find(|regions| regions.len() > 1)
        .map_or_else(Vec::new, |regions| regions.into_values().collect())
}

fn index(table: &ReleasedTable, deepest: RegionLevel) -> Index<'_> {
    let rows = table.rows.iter().filter(|row| row.region.level <= deepest);
    rows.map(|row| ((row.region.code.as_str(), &*row.dimensions, &*row.measure), row)).collect()
}

fn open(table: &ReleasedTable, whole: &Region) -> BTreeSet<usize> {
    let mut open: BTreeSet<usize> = (0..table.definition.dimensions.len()).collect();
    for row in table.rows.iter().filter(|row| *row.region == *whole) {
        open.retain(|place| row.dimensions.get(*place).is_none_or(|code| code != TOTAL));
    }
    open
}
