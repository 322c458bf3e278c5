use std::collections::BTreeMap;

use yilian_disclosure::{Status, Threshold};

use crate::annual::{EarlierReleases, OnceSuppressed, SmallChanges};
use crate::cell::{Cell, Role, Value};
use crate::constraints::Constraints;
use crate::cube::{CellId, Cube};
use crate::definition::Unit;
use crate::earlier::{Earlier, EarlierVersion, Shown};
use crate::ratio::counted;

/// What readers know of the cells of a cube from earlier versions, and what the newest of these was made from.
#[derive(Debug)]
pub struct Before {
    rules: EarlierReleases,
    /// In the order of the cells.
    seen: Vec<Seen>,
    truth: Option<Truth>,
}

/// What earlier versions say of one cell.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    /// The newest value that one of them shows, in the units of the cube.
    pub(crate) shown: Option<i64>,
    /// Whether one of them withholds it.
    pub(crate) withheld: bool,
}

/// The true cells of the newest earlier version.
#[derive(Debug)]
pub(crate) struct Truth {
    pub(crate) cube: Cube,
    pub(crate) constraints: Constraints,
    /// For each of its cells the same one of the new cube.
    pub(crate) homes: Vec<Option<CellId>>,
}

impl Before {
    /// Looks up every cell of a cube in the earlier versions; `None` where there is none.
    ///
    /// What the newest of them was counted from is believed where it gives the numbers that this version shows, but for
    /// those that it kept from a version before it.
    pub fn new(
        cube: &Cube,
        (earlier, rules): (&Earlier, EarlierReleases),
        recounted: Option<(Cube, Constraints)>,
    ) -> Option<Self> {
        let newest = earlier.versions.last()?;
        let mut seen = vec![Seen::default(); cube.len()];
        for version in &earlier.versions {
            look_up(cube, version, &mut seen);
        }
        derive_rests(cube, &mut seen);
        let agrees = |cube: &Cube| agrees(cube, newest, &earlier.versions);
        let truth = recounted.filter(|(recounted, _)| agrees(recounted)).map(|(recounted, constraints)| {
            let homes = recounted.cells().map(|cell| cube.same_cell(&recounted, cell.id)).collect();
            Truth { cube: recounted, constraints, homes }
        });
        Some(Self { rules, seen, truth })
    }

    /// Whether the true cells of the newest earlier version are known, so that both can be attacked together.
    pub fn is_recounted(&self) -> bool {
        self.truth.is_some()
    }

    pub(crate) fn seen(&self, cell: CellId) -> Seen {
        self.seen.get(cell).copied().unwrap_or_default()
    }

    pub(crate) fn truth(&self) -> Option<&Truth> {
        self.truth.as_ref()
    }

    /// Whether readers have the value of a cell already.
    pub(crate) fn shows(&self, cell: &Cell<'_>, value: i64) -> bool {
        self.seen(cell.id).shown.is_some_and(|shown| reads_alike(cell.unit, shown, value))
    }

    /// Whether what was withheld once may be published where the audit of both versions is clean.
    pub(crate) fn may_return(&self) -> bool {
        self.truth.is_some() && self.rules.suppressed == OnceSuppressed::StayUnlessAuditIsClean
    }

    pub(crate) fn keeps_old_values(&self) -> bool {
        self.rules.small_changes == SmallChanges::KeepOldValue
    }

    /// Whether a count of people has changed by so few that the change must not be seen.
    pub(crate) fn is_small_change(&self, cell: &Cell<'_>, threshold: Threshold) -> bool {
        let (Value::Known(value), Some(shown)) = (cell.value, self.seen(cell.id).shown) else { return false };
        let k = threshold.k().map_or(0, u64::from);
        counts_people(cell) && (1..k).contains(&value.abs_diff(shown))
    }
}

/// Whether a cell counts people or households, who are protected.
pub(crate) fn counts_people(cell: &Cell<'_>) -> bool {
    matches!(cell.unit, Unit::Person | Unit::Household)
}

/// Whether two values of the cube are one to a reader, who gets hours in tenths.
pub(crate) fn reads_alike(unit: Unit, one: i64, other: i64) -> bool {
    counted(unit, one) == counted(unit, other)
}

/// A released value in the units of the cube.
fn of_released(unit: Unit, value: i64) -> i64 {
    if unit == Unit::Hour { value.saturating_mul(6) } else { value }
}

fn look_up(cube: &Cube, version: &EarlierVersion, seen: &mut [Seen]) {
    for (cell, seen) in cube.cells().zip(seen) {
        match shown_in(cube, version, &cell) {
            Some(Shown::Value(value)) => seen.shown = Some(of_released(cell.unit, value)),
            Some(Shown::Withheld) => seen.withheld = true,
            None => {}
        }
    }
}

fn shown_in(cube: &Cube, version: &EarlierVersion, cell: &Cell<'_>) -> Option<Shown> {
    let Role::Counted(measure) = cell.role else { return None };
    if !cell.shown {
        return None;
    }
    let place = (cell.region.code.clone(), cube.codes(cell.id), measure.name.clone());
    version.shown(&cell.table.name, &place)
}

/// What a whole counts besides its part is known where both are.
fn derive_rests(cube: &Cube, seen: &mut [Seen]) {
    for (table, block) in cube.blocks() {
        for region in 0..block.regions.len() {
            for point in 0..block.layout.points().len() {
                for (rest, part, whole) in table.slots.rests() {
                    let of = |slot: usize| seen.get(block.cell(region, point, slot)).and_then(|seen| seen.shown);
                    let known = of(whole).zip(of(part)).map(|(whole, part)| whole.saturating_sub(part));
                    if let Some(seen) = seen.get_mut(block.cell(region, point, rest)) {
                        seen.shown = known;
                    }
                }
            }
        }
    }
}

/// Whether counted cells give the numbers that a version shows, but for those that an older one shows as well.
fn agrees(recounted: &Cube, version: &EarlierVersion, all: &[EarlierVersion]) -> bool {
    recounted.cells().all(|cell| {
        let Value::Known(value) = cell.value else { return true };
        let Some(Shown::Value(shown)) = shown_in(recounted, version, &cell) else { return true };
        let older = || all.iter().filter(|older| older.number < version.number);
        reads_alike(cell.unit, value, of_released(cell.unit, shown))
            || older().any(|older| shown_in(recounted, older, &cell) == Some(Shown::Value(shown)))
    })
}

/// What a version changes in the eyes of somebody who has the earlier ones.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// By table, in numbers.
    pub tables: BTreeMap<String, TableChanges>,
    /// The cells that show their old value, and that value.
    pub kept: BTreeMap<CellId, i64>,
}

/// What a version changes in one table, in numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TableChanges {
    /// Another value is published.
    pub changed: usize,
    /// The old value is published again, since too few people have come or gone.
    pub kept: usize,
    /// Withheld, and published before.
    pub newly_withheld: usize,
    /// Published, and withheld before.
    pub published_again: usize,
    /// Withheld, for an earlier version did and the audit of both needs it.
    pub still_withheld: usize,
}

impl Before {
    /// Lets withheld cells whose change is small show their old value, and counts what a reader finds changed.
    pub(crate) fn settle(
        &self,
        cube: &Cube,
        fates: &mut [Status],
        thresholds: &BTreeMap<String, Threshold>,
    ) -> Changes {
        let threshold = |cell: &Cell<'_>| thresholds.get(&cell.table.name).copied().unwrap_or_else(Threshold::none);
        let mut groups: BTreeMap<CellId, Group> = BTreeMap::new();
        for (cell, fate) in cube.cells().zip(&*fates).filter(|(cell, _)| cell.shown) {
            let Value::Known(value) = cell.value else { continue };
            let group = groups.entry(cell.group).or_insert(Group::new(*fate));
            let threshold = threshold(&cell);
            group.add(cell, (value, self.seen(cell.id)), threshold);
        }
        let mut changes = Changes::default();
        for (cell, fate) in cube.cells().zip(&mut *fates).filter(|(cell, _)| cell.shown) {
            let Some(group) = groups.get(&cell.group).filter(|_| matches!(cell.value, Value::Known(_))) else {
                continue;
            };
            let seen = self.seen(cell.id);
            if self.keeps_old_values()
                && group.may_keep()
                && let Some(old) = seen.shown
            {
                changes.kept.insert(cell.id, old);
                *fate = if old == 0 { Status::Zero } else { Status::Published };
            } else if group.is_too_small {
                *fate = Status::Suppressed;
            }
            changes.count(&cell, seen, *fate);
        }
        changes
    }
}

/// What shares a fate, as earlier versions have it.
#[derive(Debug, Clone, Copy)]
struct Group {
    /// It is withheld; all of it was shown by one version and withheld by none, and no count of people has changed by as
    /// many as the threshold.
    has_changed_little: bool,
    counts_people: bool,
    /// A count that was published under a lower threshold.
    is_too_small: bool,
}

impl Group {
    const fn new(fate: Status) -> Self {
        let has_changed_little = matches!(fate, Status::Suppressed);
        Self { has_changed_little, counts_people: false, is_too_small: false }
    }

    fn add(&mut self, cell: Cell<'_>, (value, seen): (i64, Seen), threshold: Threshold) {
        self.has_changed_little &= seen.shown.is_some() && !seen.withheld;
        let k = threshold.k().map_or(0, i64::from);
        if counts_people(&cell) {
            self.counts_people = true;
            self.has_changed_little &= seen.shown.is_some_and(|shown| (value - shown).abs() < k);
            self.is_too_small |= seen.shown.is_some_and(|shown| (1..k).contains(&shown) && (1..k).contains(&value));
        }
    }

    fn may_keep(self) -> bool {
        self.has_changed_little && self.counts_people && !self.is_too_small
    }
}

impl Changes {
    fn count(&mut self, cell: &Cell<'_>, seen: Seen, fate: Status) {
        if !matches!(cell.role, Role::Counted(_)) {
            return;
        }
        let Value::Known(value) = cell.value else { return };
        let table = self.tables.entry(cell.table.name.clone()).or_default();
        let is_same = seen.shown.is_some_and(|shown| reads_alike(cell.unit, shown, value));
        let counter = match (fate, seen.shown.is_some(), seen.withheld) {
            (Status::Suppressed, _, true) => &mut table.still_withheld,
            (Status::Suppressed, true, false) => &mut table.newly_withheld,
            (Status::Published | Status::Zero, _, true) => &mut table.published_again,
            (Status::Published | Status::Zero, true, false) if is_same => return,
            (Status::Published | Status::Zero, true, false) if self.kept.contains_key(&cell.id) => &mut table.kept,
            (Status::Published | Status::Zero, true, false) => &mut table.changed,
            _ => return,
        };
        *counter += 1;
    }

    /// How many numbers of all tables show their old value.
    pub fn numbers_kept(&self) -> usize {
        self.tables.values().map(|table| table.kept).sum()
    }
}
