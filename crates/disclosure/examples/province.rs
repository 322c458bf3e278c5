//! An invented province through disclosure control: how much stays published, how long it takes, how much memory.
//!
//! `cargo run --release --example province -- [townships] [plan] [threads]` with 1200, `release` and 1 unless told
//! otherwise; the plan `full` has sex by age band by benefit in every township, `totals` only their totals.
#![expect(clippy::indexing_slicing, reason = "an example with tables of its own making")]

use std::collections::BTreeMap;
use std::io::Write;
use std::time::Instant;

use yilian_disclosure::{
    CellId, DisclosureError, Fate, Guard, Means, Protection, System, SystemBuilder, Threshold, VariableId, audit,
    suppress_with,
};

type Failure = Box<dyn std::error::Error>;

/// Nine bands 60–64 … 95–99 with 100+.
const BANDS: usize = 9;
/// In 1,000 older people, how many are in a band.
const BAND_SHARES: [u64; BANDS] = [290, 250, 180, 120, 80, 50, 22, 7, 1];

/// A benefit: recipients in 1,000 people of a band, the least band, k, whether a rate is flat, whether visits count.
struct Benefit {
    in_1000: u64,
    from_band: usize,
    k: u32,
    has_flat_rate: bool,
    has_visits: bool,
}

const BENEFITS: [Benefit; 8] = [
    Benefit { in_1000: 2000, from_band: 0, k: 5, has_flat_rate: false, has_visits: false },
    Benefit { in_1000: 620, from_band: 0, k: 5, has_flat_rate: false, has_visits: false },
    Benefit { in_1000: 930, from_band: 4, k: 5, has_flat_rate: true, has_visits: false },
    Benefit { in_1000: 30, from_band: 0, k: 5, has_flat_rate: false, has_visits: false },
    Benefit { in_1000: 6, from_band: 0, k: 10, has_flat_rate: false, has_visits: true },
    Benefit { in_1000: 40, from_band: 0, k: 10, has_flat_rate: true, has_visits: false },
    Benefit { in_1000: 24, from_band: 0, k: 10, has_flat_rate: true, has_visits: false },
    Benefit { in_1000: 12, from_band: 0, k: 10, has_flat_rate: false, has_visits: false },
];

struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound.max(1)
    }

    /// Of a number of people, those to whom something applies with a probability.
    fn some_of(&mut self, people: u64, in_1000: u64) -> u64 {
        let mean = people * in_1000 / 1000;
        if people > 200 {
            let spread = mean / 3 + 2;
            (mean + self.below(2 * spread + 1)).saturating_sub(spread).min(people)
        } else {
            (0..people).filter(|_| self.below(1000) < in_1000).count() as u64
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Province,
    City,
    County,
    Township,
}

struct Region {
    level: Level,
    parent: usize,
}

/// Measures of a cell: recipients, visited, not visited, months, amount.
const MEASURES: usize = 5;
type Values = [i64; MEASURES];
/// Sex (2 is both) and band (9 is all), or a township's own group of bands.
type Place = (usize, usize);

/// How many categories a place has that are not a total.
fn breadth((sex, band): Place) -> usize {
    usize::from(sex != 2) + usize::from(band != BANDS)
}

/// The first bands of a township's groups: 65+ and 80+.
const GROUPS: [usize; 2] = [1, 4];

/// Whether a total can be shown beside 65+ and 80+: each part that is small could be `k` people, whatever is known of the others.
fn stands(total: i64, over_65: i64, over_80: i64, k: i64) -> bool {
    let least = |people: i64| if people < k { i64::from(people > 0) } else { k };
    let (young, middle) = (total - over_65, over_65 - over_80);
    let least_over_65 = least(over_65).max(least(middle) + least(over_80));
    let parts =
        [(young, least_over_65), (middle, least(young) + least(over_80)), (over_80, least(young) + least(middle))];
    parts.iter().all(|(part, others)| !(1..k).contains(part) || k + others <= total)
}

/// Recipients of a region in a band or above.
fn from(cells: &BTreeMap<Place, Values>, first: usize) -> i64 {
    (first..BANDS).filter_map(|band| cells.get(&(2, band))).map(|values| values[0]).sum()
}

fn regions(townships: usize) -> Vec<Region> {
    let counties = (townships * 103).div_ceil(1200).max(1);
    let cities = counties.div_ceil(9);
    let mut regions = vec![Region { level: Level::Province, parent: 0 }];
    regions.extend((0..cities).map(|_| Region { level: Level::City, parent: 0 }));
    regions.extend((0..counties).map(|county| Region { level: Level::County, parent: 1 + county * cities / counties }));
    regions.extend(
        (0..townships)
            .map(|township| Region { level: Level::Township, parent: 1 + cities + township * counties / townships }),
    );
    regions
}

/// True values of one benefit: by region, sex and band, with all margins.
fn values(
    regions: &[Region],
    benefit: &Benefit,
    people: &[[[u64; BANDS]; 2]],
    random: &mut Random,
) -> Vec<BTreeMap<Place, Values>> {
    let mut table: Vec<BTreeMap<Place, Values>> = regions.iter().map(|_| BTreeMap::new()).collect();
    for (region, township) in regions.iter().enumerate().filter(|(_, region)| region.level == Level::Township) {
        let local = benefit.in_1000 * (60 + random.below(80)) / 100;
        for (sex, bands) in people[region].iter().enumerate() {
            for (band, all) in bands.iter().copied().enumerate() {
                let count = if band < benefit.from_band { 0 } else { random.some_of(all, local) };
                let visited = count - random.some_of(count, 60);
                let months = count * 12 - random.some_of(count * 6, 100);
                let values = [count, visited, count - visited, months, months * 10_000]
                    .map(|value| i64::try_from(value).unwrap_or(0));
                let county = township.parent;
                let city = regions[county].parent;
                for above in [region, county, city, 0] {
                    for place in [(sex, band), (2, band), (sex, BANDS), (2, BANDS)] {
                        let sum = table[above].entry(place).or_default();
                        for (sum, value) in sum.iter_mut().zip(values) {
                            *sum += value;
                        }
                    }
                }
            }
        }
    }
    table
}

#[derive(Default)]
struct Built {
    county_cells: Vec<(CellId, i64)>,
    township_totals: Vec<(CellId, i64)>,
    all: Vec<(CellId, i64)>,
    /// By table, the levels that have fewer categories at a time than two, and how many kinds of cells they have.
    coarser: Vec<Vec<(Level, usize)>>,
}

/// What townships have.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Plan {
    /// Totals, 65+ and 80+.
    Release,
    /// Totals alone.
    Totals,
    /// Sex by age band.
    Full,
}

struct Maker<'a> {
    number: usize,
    /// The most categories at a time of a level, and none where even totals are too small.
    finest: BTreeMap<Level, Option<usize>>,
    builder: SystemBuilder,
    regions: &'a [Region],
    plan: Plan,
    built: Built,
}

impl Maker<'_> {
    /// Which combinations a region's table has.
    fn places(&self, region: usize) -> Vec<Place> {
        let level = self.regions[region].level;
        let Some(finest) = self.finest.get(&level).copied().flatten() else { return Vec::new() };
        let all = (0..=2).flat_map(|sex| (0..=BANDS).map(move |band| (sex, band)));
        all.filter(|place| breadth(*place) <= finest.min(self.planned(level))).collect()
    }

    /// How many categories at a time the plan has; a township's groups are not counted here.
    fn planned(&self, level: Level) -> usize {
        match level {
            _ if self.plan == Plan::Full => 2,
            Level::Province | Level::City => 2,
            Level::County => 1,
            Level::Township => 0,
        }
    }

    /// As in a release: a level has so many categories at a time as long as, of the cells that the last of them adds, at most
    /// half are too small by themselves.
    fn coarsen(&mut self, table: &[BTreeMap<Place, Values>], benefit: &Benefit) -> Vec<(Level, usize)> {
        let mut counts: BTreeMap<(Level, usize), [usize; 2]> = BTreeMap::new();
        let mut count = |level: Level, breadth: usize, values: &[i64]| {
            if values[0] > 0 {
                let counted = counts.entry((level, breadth)).or_default();
                counted[0] += usize::from(values.iter().any(|value| (1..i64::from(benefit.k)).contains(value)));
                counted[1] += 1;
            }
        };
        let measures = if benefit.has_visits { 3 } else { 1 };
        for (region, cells) in table.iter().enumerate() {
            let level = self.regions[region].level;
            for (place, values) in cells.iter().filter(|(place, _)| breadth(**place) <= self.planned(level)) {
                count(level, breadth(*place), &values[..measures]);
            }
            if level == Level::Township && self.plan == Plan::Release {
                for first in GROUPS {
                    count(level, 1, &[from(cells, first)]);
                }
            }
        }
        let loses_totals = self.loses_totals(table, i64::from(benefit.k));
        let mut coarser = Vec::new();
        for level in [Level::Province, Level::City, Level::County, Level::Township] {
            let fits = |breadth: &usize| {
                let is_small = counts.get(&(level, *breadth)).is_some_and(|[small, all]| 2 * small > *all);
                let takes_totals = level == Level::Township && *breadth == 1 && loses_totals;
                !is_small && !takes_totals
            };
            let worth = (0..=2).take_while(fits).count();
            self.finest.insert(level, worth.checked_sub(1));
            if worth < 3 {
                coarser.push((level, worth));
            }
        }
        coarser
    }

    /// As in a release: whether the groups of townships would take more than 2 hundredths of their totals with them.
    fn loses_totals(&self, table: &[BTreeMap<Place, Values>], k: i64) -> bool {
        let townships = table.iter().zip(self.regions).filter(|(_, region)| region.level == Level::Township);
        let totals = townships.map(|(cells, _)| (from(cells, 0), from(cells, GROUPS[0]), from(cells, GROUPS[1])));
        let large: Vec<(i64, i64, i64)> = totals.filter(|(total, ..)| *total >= k).collect();
        let lost = large.iter().filter(|(total, over_65, over_80)| !stands(*total, *over_65, *over_80, k)).count();
        self.plan == Plan::Release && 50 * lost > large.len()
    }

    fn cell(
        &mut self,
        region: usize,
        place: Place,
        values: &Values,
        benefit: &Benefit,
    ) -> Result<[VariableId; MEASURES], Failure> {
        let level = self.regions[region].level;
        let totals = u32::from(place.0 == 2) + u32::from(place.1 == BANDS);
        let base = match level {
            Level::Province => 64,
            Level::City => 32,
            Level::County => 8,
            Level::Township => 2,
        };
        let size = 64 - values[0].unsigned_abs().leading_zeros();
        let cost = base * [1, 3, 20][totals as usize] * (4 + size) / 4;
        let name = format!("{}/{region}/{place:?}", self.number);
        let cell = self.builder.cell(name, Fate::Open { cost });
        self.built.all.push((cell, values[0]));
        if level == Level::County {
            self.built.county_cells.push((cell, values[0]));
        }
        if level == Level::Township && place == (2, BANDS) {
            self.built.township_totals.push((cell, values[0]));
        }
        self.measures(cell, values, benefit)
    }

    fn measures(
        &mut self,
        cell: CellId,
        values: &Values,
        benefit: &Benefit,
    ) -> Result<[VariableId; MEASURES], Failure> {
        let people = Guard::People(Threshold::of_people(benefit.k)?);
        let builder = &mut self.builder;
        let all = builder.variable(cell, values[0], people.clone());
        let mut found = [all; MEASURES];
        if benefit.has_visits {
            found[1] = builder.variable(cell, values[1], people.clone());
            found[2] = builder.variable(cell, values[2], people);
            builder.equation(&[(1, found[1]), (1, found[2]), (-1, all)], 0);
        }
        if benefit.has_flat_rate {
            found[3] = builder.variable(cell, values[3], Guard::None);
            found[4] = builder.variable(cell, values[4], Guard::Companion { percent: 5 });
            builder.equation(&[(10_000, found[3]), (-1, found[4])], 0);
            builder.at_most(&[(1, all), (-1, found[3])], 0);
            builder.at_most(&[(1, found[3]), (-12, all)], 0);
        }
        Ok(found)
    }

    fn benefit(&mut self, table: &[BTreeMap<Place, Values>], benefit: &Benefit) -> Result<(), Failure> {
        let coarser = self.coarsen(table, benefit);
        self.built.coarser.push(coarser);
        let mut ids: BTreeMap<(usize, Place), [VariableId; MEASURES]> = BTreeMap::new();
        for (region, cells) in table.iter().enumerate() {
            for place in self.places(region) {
                let values = cells.get(&place).copied().unwrap_or_default();
                ids.insert((region, place), self.cell(region, place, &values, benefit)?);
            }
        }
        let measures: &[usize] = match (benefit.has_visits, benefit.has_flat_rate) {
            (true, _) => &[0, 1, 2],
            (_, true) => &[0, 3],
            _ => &[0],
        };
        for measure in measures {
            self.margins(&ids, *measure);
        }
        if self.plan == Plan::Release && self.finest.get(&Level::Township).copied().flatten() >= Some(1) {
            self.township_groups(table, &ids, benefit)?;
        }
        Ok(())
    }

    fn margins(&mut self, ids: &BTreeMap<(usize, Place), [VariableId; MEASURES]>, measure: usize) {
        let mut children: BTreeMap<(usize, Place), Vec<VariableId>> = BTreeMap::new();
        for ((region, place), found) in ids {
            let (sex, band) = *place;
            if *region != 0 {
                children.entry((self.regions[*region].parent, *place)).or_default().push(found[measure]);
            }
            let one = found[measure];
            let of = |place: Place| ids.get(&(*region, place)).map(|found| (1, found[measure]));
            if sex == 2 {
                let parts: Vec<_> = (0..2).filter_map(|sex| of((sex, band))).collect();
                if parts.len() == 2 {
                    self.builder.equation(&[parts.as_slice(), &[(-1, one)]].concat(), 0);
                }
            }
            if band == BANDS {
                let parts: Vec<_> = (0..BANDS).filter_map(|band| of((sex, band))).collect();
                if parts.len() == BANDS {
                    self.builder.equation(&[parts.as_slice(), &[(-1, one)]].concat(), 0);
                }
            }
        }
        for (whole, parts) in children {
            if let Some(whole) = ids.get(&whole) {
                let terms: Vec<_> = parts.into_iter().map(|part| (1, part)).chain([(-1, whole[measure])]).collect();
                self.builder.equation(&terms, 0);
            }
        }
    }

    /// 65+ and 80+ of a township beside its total; what lies between is shown by subtraction.
    fn township_groups(
        &mut self,
        table: &[BTreeMap<Place, Values>],
        ids: &BTreeMap<(usize, Place), [VariableId; MEASURES]>,
        benefit: &Benefit,
    ) -> Result<(), Failure> {
        let mut sums: BTreeMap<(usize, usize), Vec<(i64, VariableId)>> = BTreeMap::new();
        for (region, cells) in table.iter().enumerate().filter(|(at, _)| self.regions[*at].level == Level::Township) {
            let mut above = ids[&(region, (2, BANDS))][0];
            let mut above_value = from(cells, 0);
            for first in GROUPS {
                let mut values = Values::default();
                values[0] = from(cells, first);
                let plain = Benefit { has_flat_rate: false, has_visits: false, ..*benefit };
                let group = self.cell(region, (3, first), &values, &plain)?[0];
                let between = self.builder.cell(format!("{}/{region}/between {first}", self.number), Fate::Never);
                let people = Guard::People(Threshold::of_people(benefit.k)?);
                let rest = self.builder.variable(between, above_value - values[0], people);
                self.builder.equation(&[(1, group), (1, rest), (-1, above)], 0);
                sums.entry((self.regions[region].parent, first)).or_default().push((1, group));
                (above, above_value) = (group, values[0]);
            }
        }
        for ((county, first), mut terms) in sums {
            let bands = (first..BANDS).filter_map(|band| ids.get(&(county, (2, band))));
            terms.extend(bands.map(|found| (-1, found[0])));
            if ids.contains_key(&(county, (2, first))) {
                self.builder.equation(&terms, 0);
            }
        }
        Ok(())
    }
}

fn population(regions: &[Region], random: &mut Random) -> Vec<[[u64; BANDS]; 2]> {
    regions
        .iter()
        .map(|region| {
            let mut people = [[0; BANDS]; 2];
            if region.level == Level::Township {
                let size = 400 + random.below(1200) * (1 + random.below(5));
                for (sex, weight) in [(0, 47), (1, 53)] {
                    for band in 0..BANDS {
                        people[sex][band] = size * weight * BAND_SHARES[band] / 100_000 + random.below(2);
                    }
                }
            }
            people
        })
        .collect()
}

fn build(townships: usize, plan: Plan) -> Result<(System, Built), Failure> {
    let regions = regions(townships);
    let mut random = Random(88_172_645_463_325_252);
    let people = population(&regions, &mut random);
    let mut maker = Maker {
        number: 0,
        finest: BTreeMap::new(),
        builder: System::builder(),
        regions: &regions,
        plan,
        built: Built::default(),
    };
    for benefit in &BENEFITS {
        let table = values(&regions, benefit, &people, &mut random);
        maker.number += 1;
        maker.benefit(&table, benefit)?;
    }
    Ok((maker.builder.build()?, maker.built))
}

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let townships = arguments.next().map_or(Ok(1200), |text| text.parse())?;
    let plan = match arguments.next().as_deref() {
        Some("full") => Plan::Full,
        Some("totals") => Plan::Totals,
        _ => Plan::Release,
    };
    let mut out = std::io::stdout().lock();
    let started = Instant::now();
    let (system, built) = build(townships, plan)?;
    let (cells, variables, equations) = system.size();
    let primary = system.primary_cells();
    writeln!(out, "{townships} townships: {cells} cells, {variables} variables, {equations} equations")?;
    writeln!(out, "primary cells: {}; built in {} s", primary.len(), started.elapsed().as_secs())?;
    for (table, coarser) in built.coarser.iter().enumerate().filter(|(_, coarser)| !coarser.is_empty()) {
        writeln!(out, "table {}: fewer categories at a time, and nothing at 0: {coarser:?}", table + 1)?;
    }
    let threads = arguments.next().map_or(Ok(1), |text| text.parse())?;
    let protection = match suppress_with(&system, Means { threads, progress: &() }) {
        Err(DisclosureError::Unprotectable { position, cells }) => {
            let first: Vec<_> = cells.iter().take(12).collect();
            return Ok(writeln!(out, "{position}: {} cells are not protected, first {first:?}", cells.len())?);
        }
        other => other?,
    };
    let found = protection.audit();
    writeln!(out, "secondary cells: {}; after {} s", protection.secondary().len(), started.elapsed().as_secs())?;
    report(&mut out, "county cells", &system, &protection, &built.county_cells)?;
    report(&mut out, "township totals", &system, &protection, &built.township_totals)?;
    report(&mut out, "all cells", &system, &protection, &built.all)?;
    writeln!(
        out,
        "values {}, sides lowered {} ({} by search), {:?}",
        found.values(),
        found.lowered(),
        found.lowered_by_search(),
        found.counts()
    )?;
    if townships <= 200 {
        let again = audit(&system, protection.pattern());
        let seconds = started.elapsed().as_secs();
        writeln!(
            out,
            "audit without its witnesses: {} exposed, {:?}, after {seconds} s",
            again.exposed().len(),
            again.counts()
        )?;
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    writeln!(out, "{}", status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default())?;
    Ok(())
}

/// How many of a list of cells are published, and how many of those that are not primary; then by table.
fn report(
    out: &mut impl Write,
    what: &str,
    system: &System,
    protection: &Protection,
    cells: &[(CellId, i64)],
) -> Result<(), Failure> {
    let mut tables: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
    for (cell, value) in cells {
        let is_shown = *value == 0 || !protection.pattern().is_suppressed(*cell);
        let is_primary = system.reason(*cell).is_some();
        for table in ["all", system.name(*cell).split('/').next().unwrap_or_default()] {
            let counts = tables.entry(table).or_default();
            counts[0] += 1;
            counts[1] += usize::from(is_shown);
            counts[2] += usize::from(is_primary);
        }
    }
    for (table, [all, shown, primary]) in tables {
        let share = |of: usize| shown * 1000 / of.max(1);
        writeln!(
            out,
            "{what}, table {table}: {} in 1,000 published, {} of those not primary",
            share(all),
            share(all - primary)
        )?;
    }
    Ok(())
}
