use std::collections::{BTreeMap, BTreeSet};

use yilian_contract::RegionNames;

use crate::annual::SmallAreas;
use crate::check::TOTAL;
use crate::definitions::TableDefinitions;
use crate::finest::FinestCells;
use crate::table::{Region, RegionLevel};

/// Number of an area in [`Areas`].
pub(crate) type AreaId = usize;

/// The regions of a release, the same in all its tables, and where each code of the finest cells belongs.
///
/// A township that is too small or a development zone, and rows without a township, are in `other` of their county. A row of
/// no county of the hub's counts in the whole alone; one that names only a city or province, there and above.
#[derive(Debug, Clone)]
pub struct Areas {
    areas: Vec<Area>,
    ids: BTreeMap<String, AreaId>,
}

/// A region, or rows that lie in no region of the next level.
#[derive(Debug, Clone)]
pub(crate) struct Area {
    pub(crate) region: Region,
    /// At each level the area in which this one lies, itself included.
    within: [Option<AreaId>; 5],
    /// For rows that lie in no deeper region: the deepest level at which they do. No reader sees them.
    pub(crate) left_over: Option<RegionLevel>,
}

/// What the areas of a release are made from.
#[derive(Debug, Clone, Copy)]
pub struct AreasInput<'a> {
    /// The hub's place of 2, 4 or 6 digits; no region above it has a row, for it would be a low number.
    pub place: &'a str,
    /// Every county of the place, whether its offices deliver or not.
    pub counties: &'a BTreeSet<String>,
    /// All counted cells by table.
    pub finest: &'a BTreeMap<String, FinestCells>,
    /// What the tables are.
    pub definitions: &'a TableDefinitions,
    /// Which areas are too small.
    pub small: &'a SmallAreas,
}

impl Areas {
    /// Makes the regions; their names are those of the list of regions, else their codes.
    pub fn new(input: AreasInput<'_>, names: &RegionNames) -> Self {
        let standing = input.standing();
        let mut areas = Self { areas: Vec::new(), ids: BTreeMap::new() };
        areas.add(total(), RegionLevel::Whole, "");
        let levels = [(RegionLevel::Province, 2), (RegionLevel::City, 4), (RegionLevel::County, 6)];
        for (level, digits) in levels.into_iter().filter(|(_, digits)| *digits >= input.place.len()) {
            let counties = input.counties.iter().filter(|county| county.starts_with(input.place));
            let codes: BTreeSet<&str> = counties.filter_map(|county| county.get(..digits)).collect();
            for code in codes {
                areas.add(named(code, level, names), level, code);
            }
        }
        let is_inside = |code: &&String| code.get(..6).is_some_and(|county| areas.ids.contains_key(county));
        for code in standing.iter().filter(is_inside).collect::<Vec<_>>() {
            areas.add(named(code, RegionLevel::Township, names), RegionLevel::Township, code);
        }
        let codes: BTreeSet<&str> = input.finest.values().flat_map(FinestCells::regions).collect();
        let homes: BTreeSet<(RegionLevel, String)> = codes.iter().map(|code| areas.home(code)).collect();
        for (level, code) in homes.into_iter().filter(|(_, code)| !areas.ids.contains_key(code)).collect::<Vec<_>>() {
            let within = code.trim_end_matches(OTHER).trim_end_matches(REST).to_owned();
            match level {
                RegionLevel::Township => areas.add(other(code), level, &within),
                _ => areas.add_left_over(code, level, &within),
            }
        }
        areas.sort();
        areas
    }

    /// The regions that readers see, by level and code.
    pub fn regions(&self) -> impl Iterator<Item = &Region> {
        self.areas.iter().filter(|area| area.left_over.is_none()).map(|area| &area.region)
    }

    pub(crate) fn get(&self, id: AreaId) -> Option<&Area> {
        self.areas.get(id)
    }

    /// All areas with their numbers, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (AreaId, &Area)> {
        self.areas.iter().enumerate()
    }

    /// The deepest area of a region code of the finest cells.
    pub(crate) fn of_code(&self, code: &str) -> Option<AreaId> {
        self.ids.get(&self.home(code).1).copied()
    }

    /// The code of the deepest area of a region code, and the level that it lies at or is left over at.
    fn home(&self, code: &str) -> (RegionLevel, String) {
        let known = |digits: usize| code.get(..digits).filter(|part| self.ids.contains_key(*part));
        if let Some(county) = known(6) {
            let township = known(9).filter(|_| code.len() >= 9).map(str::to_owned);
            return (RegionLevel::Township, township.unwrap_or_else(|| format!("{county}{OTHER}")));
        }
        // A city or province is also written with zeros, 150100.
        let short = |digits: usize| code.len() == digits || code.get(digits..).is_some_and(|rest| is_zeros(rest, code));
        let left = |level, within: &str| (level, format!("{within}{REST}"));
        match (known(2).filter(|_| short(2)), known(4).filter(|_| short(4))) {
            (Some(province), _) => left(RegionLevel::Province, province),
            (None, Some(city)) => left(RegionLevel::City, city),
            (None, None) => left(RegionLevel::Whole, ""),
        }
    }

    fn add(&mut self, region: Region, level: RegionLevel, code: &str) {
        let id = self.areas.len();
        let mut within = self.above(code);
        if let Some(own) = within.get_mut(depth(level)) {
            *own = Some(id);
        }
        self.ids.insert(region.code.clone(), id);
        self.areas.push(Area { region, within, left_over: None });
    }

    fn add_left_over(&mut self, code: String, level: RegionLevel, within: &str) {
        let id = self.areas.len();
        let region = Region { code: code.clone(), level, name_zh: String::new(), name_en: String::new() };
        let within = self.above(within);
        self.ids.insert(code, id);
        self.areas.push(Area { region, within, left_over: Some(level) });
    }

    /// The areas above a code, and the one that it is where it is one already.
    fn above(&self, code: &str) -> [Option<AreaId>; 5] {
        let at = |digits: usize| code.get(..digits).and_then(|part| self.ids.get(part)).copied();
        [self.ids.get(TOTAL).copied(), at(2), at(4), at(6), None]
    }

    /// Puts the areas in the order of their levels and codes, what readers do not see last.
    fn sort(&mut self) {
        let mut order: Vec<AreaId> = (0..self.areas.len()).collect();
        let key = |id: &AreaId| {
            self.areas.get(*id).map(|area| (area.left_over.is_some(), area.region.level, area.region.code.clone()))
        };
        order.sort_by_key(key);
        let mut moved = vec![0; order.len()];
        for (new, old) in order.iter().enumerate() {
            if let Some(moved) = moved.get_mut(*old) {
                *moved = new;
            }
        }
        let new = |old: AreaId| moved.get(old).copied().unwrap_or(old);
        let mut sorted: Vec<Area> = order.iter().filter_map(|old| self.areas.get(*old)).cloned().collect();
        for area in &mut sorted {
            area.within = area.within.map(|within| within.map(new));
        }
        self.areas = sorted;
        for id in self.ids.values_mut() {
            *id = new(*id);
        }
    }
}

impl Area {
    /// The area of a level in which this one lies.
    pub(crate) fn at(&self, level: RegionLevel) -> Option<AreaId> {
        self.within.get(depth(level)).copied().flatten()
    }

    /// Whether it is left over between a level that a table has and the next one that it has.
    pub(crate) fn is_between(&self, above: RegionLevel, below: RegionLevel) -> bool {
        self.left_over.is_some_and(|level| above <= level && level < below)
    }
}

impl AreasInput<'_> {
    /// The townships that have rows of their own.
    fn standing(&self) -> BTreeSet<String> {
        let Some(cells) = self.finest.get(&self.small.table) else { return BTreeSet::new() };
        let Ok(definition) = self.definitions.get(&self.small.table) else { return BTreeSet::new() };
        let Some(measure) = definition.counted().position(|measure| measure.name == self.small.measure) else {
            return BTreeSet::new();
        };
        let mut people: BTreeMap<usize, i64> = BTreeMap::new();
        for (region, _, values) in cells.cells() {
            let people = people.entry(region).or_default();
            *people = people.saturating_add(values.get(measure).copied().unwrap_or_default());
        }
        let is_unit = |code: &str| {
            code.get(6..).is_some_and(|rest| self.small.units.iter().any(|unit| rest.starts_with(unit.as_str())))
        };
        let mut of_township: BTreeMap<&str, i64> = BTreeMap::new();
        for (code, region) in cells.numbered_regions() {
            let Some(township) = code.get(..9).filter(|township| !is_unit(township)) else { continue };
            *of_township.entry(township).or_default() += people.get(&region).copied().unwrap_or_default();
        }
        let standing = of_township.into_iter().filter(|(_, people)| *people >= self.small.below);
        standing.map(|(township, _)| township.to_owned()).collect()
    }
}

const OTHER: &str = "other";
/// Ends the name of what is left over, which no reader sees.
const REST: &str = "rest";

fn depth(level: RegionLevel) -> usize {
    match level {
        RegionLevel::Whole => 0,
        RegionLevel::Province => 1,
        RegionLevel::City => 2,
        RegionLevel::County => 3,
        RegionLevel::Township => 4,
    }
}

fn is_zeros(rest: &str, code: &str) -> bool {
    code.len() == 6 && !rest.is_empty() && rest.bytes().all(|byte| byte == b'0')
}

fn total() -> Region {
    Region {
        code: TOTAL.to_owned(),
        level: RegionLevel::Whole,
        name_zh: "合计".to_owned(),
        name_en: "Total".to_owned(),
    }
}

fn other(code: String) -> Region {
    Region { code, level: RegionLevel::Township, name_zh: "其他".to_owned(), name_en: "Other".to_owned() }
}

fn named(code: &str, level: RegionLevel, names: &RegionNames) -> Region {
    let name = names.name(code).unwrap_or(code);
    Region { code: code.to_owned(), level, name_zh: name.to_owned(), name_en: code.to_owned() }
}
